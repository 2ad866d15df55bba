"""The transparency log in the database: a leaf for every signed token, in order, and the roots of full tiles.

A leaf is written in the transaction that issues, so that no token exists without one. Its entry is the salted hash
that the audit entry of the issue holds too: it outlives the token, its salt and the personal data.
Tiles are merged when lists are published.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select

from issuer.registry.models import LogLeaf, LogTile
from keys import merkle


def size(connection: Connection) -> int:
    """How many leaves there are."""
    last = connection.scalar(select(func.max(LogLeaf.place)))
    return 0 if last is None else last + 1


def append(connection: Connection, entries: Sequence[tuple[int | None, bytes]]) -> None:
    """Add leaves: the attestation's ``id`` (None: a signature that this registry does not know) and its 32-byte entry.

    ``connection`` must be in a writing transaction, which holds the chain's lock: so places have no gap.
    """
    if entries:
        first = size(connection)
        connection.execute(
            insert(LogLeaf),
            [
                {"place": first + offset, "attestation_id": id_, "entry": entry}
                for offset, (id_, entry) in enumerate(entries)
            ],
        )


def entries(connection: Connection, start: int, count: int) -> list[bytes]:
    """The 32-byte entries from ``start`` on, at most ``count``."""
    query = select(LogLeaf.entry).where(LogLeaf.place >= start, LogLeaf.place < start + count).order_by(LogLeaf.place)
    return [bytes(entry) for entry in connection.scalars(query)]


def hashes(connection: Connection, level: int, start: int, count: int) -> list[bytes]:
    """Hashes of a tile level: of leaves at level 0, of full tiles of the level below above it."""
    if level == 0:
        return [merkle.leaf_hash(entry) for entry in entries(connection, start, count)]
    query = (
        select(LogTile.root)
        .where(LogTile.level == level - 1, LogTile.place >= start, LogTile.place < start + count)
        .order_by(LogTile.place)
    )
    return [bytes(root) for root in connection.scalars(query)]


def merge(connection: Connection) -> int:
    """Work out the roots of the tiles that became full; the number of leaves. In a writing transaction."""
    leaves = below = size(connection)
    level = 0
    while below >= merkle.TILE:
        last = connection.scalar(select(func.max(LogTile.place)).where(LogTile.level == level))
        begun, full = 0 if last is None else last + 1, below // merkle.TILE
        for place in range(begun, full):
            root = merkle.fold(hashes(connection, level, place * merkle.TILE, merkle.TILE))
            connection.execute(insert(LogTile).values(level=level, place=place, root=root))
        level, below = level + 1, full
    return leaves


def perfect(connection: Connection) -> merkle.Perfect:
    """The hashes of perfect subtrees, for :mod:`keys.merkle`. Tiles must have been merged."""

    def of(height: int, place: int) -> bytes:
        level, rest = divmod(height, merkle.TILE_HEIGHT)
        return merkle.fold(hashes(connection, level, place << rest, 1 << rest))

    return of


def root(connection: Connection, of_size: int) -> bytes:
    """The root over the first ``of_size`` leaves."""
    return merkle.root(of_size, perfect(connection))
