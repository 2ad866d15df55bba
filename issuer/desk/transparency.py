"""The transparency log as published: checkpoint, tiles and entries below ``log/`` (C2SP tlog-checkpoint, tlog-tiles).

Tiles that the checkpoint speaks of are in place before it is: a reader never finds it torn. What was published once
binds: a registry that is not a continuation of it publishes nothing.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from issuer.desk.errors import PublicationRefused
from issuer.registry import chain, merklelog
from keys import note
from keys.errors import FormError
from keys.merkle import TILE
from keys.signer import Signer
from keys.trust_content import USE_RECEIPT, TrustContent

FOLDER = "log"
CHECKPOINT = f"{FOLDER}/checkpoint"
ENTRY_BYTES = 34
"""Of one entry in a bundle: its length in 2 bytes, then the salted hash."""


@dataclass(frozen=True)
class Drawn:
    """A log about to be published: its files by name, the checkpoint last; size and root; the size that was published
    before.
    """

    files: dict[str, bytes]
    size: int
    root: bytes
    before: int


def name_of(content: TrustContent) -> str:
    """The log's name: its first origin's host, with ``/log``. It stays when addresses are added behind the first."""
    return content.origins[0].partition("://")[2] + "/log"


def receipt_keys(content: TrustContent) -> list[bytes]:
    """The public keys that may sign, or have signed, checkpoints."""
    return [key.public_key for key in content.keys if key.use == USE_RECEIPT]


def numbered(place: int) -> str:
    """The path of a tile number: 5 is ``005``, 1234067 is ``x001/x234/067``."""
    parts = [f"{place % 1000:03d}"]
    while place := place // 1000:
        parts.insert(0, f"x{place % 1000:03d}")
    return "/".join(parts)


def signing(content: TrustContent, now: int) -> list[bytes]:
    """The kids of the receipt keys in service at UTC second ``now``: each signs the checkpoint."""
    return [key.kid for key in content.keys if key.use == USE_RECEIPT and key.signs_at(now)]


def draw(
    connection: Connection, folder: Path, content: TrustContent, signers: Sequence[Signer], now: int, author: str
) -> Drawn | None:
    """Merge the tiles and draw up what is new, inside the publication's transaction. None without a receipt key in
    service.

    Raises PublicationRefused when the published log is no beginning of this registry's.
    """
    if not signers:
        return None
    before = published(folder, content)
    size = follow(connection, folder, before, now, author)
    root = merklelog.root(connection, size)
    begun = before.size if before else 0
    files = dict(_tiles(connection, begun, size))
    files[CHECKPOINT] = note.sign(name_of(content), size, root, list(signers), now)
    return Drawn(files, size, root, begun)


def follow(connection: Connection, folder: Path, before: note.Checkpoint | None, now: int, author: str) -> int:
    """Make the registry's log a continuation of the published one, in a writing transaction; how many leaves it then
    has.

    Entries that a restored registry lost are taken over, with an entry in the audit trail. Raises PublicationRefused
    when both differ.
    """
    size = merklelog.merge(connection)
    if before is not None and before.size > size:
        chain.append(connection, now, author, [chain.Act("log_taken_over", None, {"from": size, "to": before.size})])
        size = _take_over(connection, folder, before)
    if before is not None and merklelog.root(connection, before.size) != before.root:
        raise PublicationRefused(
            f"The published log of {before.size:,} entries is not the beginning of this registry's. Nothing was done:"
            f" restore a newer backup; or move {folder / FOLDER} away to begin another log, which whoever kept a"
            " checkpoint will notice."
        )
    return size


def published(folder: Path, content: TrustContent) -> note.Checkpoint | None:
    """The checkpoint in place, None when there is none. Raises PublicationRefused for one that is not this log's."""
    path = folder / CHECKPOINT
    if not path.exists():
        return None
    try:
        return note.read(path.read_bytes(), name_of(content), receipt_keys(content))
    except FormError as error:
        raise PublicationRefused(
            f"{path} is not this log's: {error} Restore it from where the public files are copied, or move"
            f" {path.parent} away."
        ) from None


def _tiles(connection: Connection, before: int, size: int) -> Iterator[tuple[str, bytes]]:
    """The tiles of every level, and the bundles of entries, that growing from ``before`` leaves changes."""
    for name, level, place, width in tile_names(size, before):
        if level is None:
            bundle = merklelog.entries(connection, place * TILE, width)
            yield name, b"".join(len(entry).to_bytes(2, "big") + entry for entry in bundle)
        else:
            yield name, b"".join(merklelog.hashes(connection, level, place * TILE, width))


def tile_names(size: int, before: int = 0) -> Iterator[tuple[str, int | None, int, int]]:
    """The path of each tile that a log of ``size`` leaves has and one of ``before`` had not, its level (None: a bundle
    of entries), its place in the level and its width.
    """
    level, old, new = 0, before, size
    while new:
        for place in range(old // TILE, -(-new // TILE)):
            width = min(TILE, new - place * TILE)
            if width + place * TILE == old:
                continue
            end = numbered(place) + ("" if width == TILE else f".p/{width}")
            if level == 0:
                yield f"{FOLDER}/tile/entries/{end}", None, place, width
            yield f"{FOLDER}/tile/{level}/{end}", level, place, width
        level, old, new = level + 1, old // TILE, new // TILE


def _take_over(connection: Connection, folder: Path, before: note.Checkpoint) -> int:
    """After a restore: the published entries that this registry lost, as leaves of attestations that it does not
    know.
    """
    size = merklelog.size(connection)
    missing = []
    for place in range(size // TILE, -(-before.size // TILE)):
        width = min(TILE, before.size - place * TILE)
        bundle = read_bundle(folder, place, width)
        missing += bundle[max(0, size - place * TILE) :]
    merklelog.append(connection, [(None, entry) for entry in missing])
    return merklelog.merge(connection)


def read_bundle(folder: Path, place: int, width: int) -> list[bytes]:
    """The first ``width`` published entries of a bundle. Raises PublicationRefused when they are not in place."""
    paths = [folder / FOLDER / "tile/entries" / numbered(place)]
    paths += sorted(paths[0].with_name(paths[0].name + ".p").glob("[0-9]*"), key=lambda path: -int(path.name))
    for path in paths:
        data = path.read_bytes() if path.is_file() else b""
        if len(data) >= width * ENTRY_BYTES:
            return [data[at + 2 : at + ENTRY_BYTES] for at in range(0, width * ENTRY_BYTES, ENTRY_BYTES)]
    raise PublicationRefused(
        f"The published log lacks {paths[0]}. Restore the folder {FOLDER} from where the public files are copied."
    )


def clear_partial(folder: Path, before: int) -> None:
    """Take away the partial tiles that were full at the last publication already: no verifier reads them any more.
    Raises OSError.
    """
    for partial in (folder / FOLDER / "tile").glob("**/*.p"):
        kind = partial.relative_to(folder / FOLDER / "tile").parts[0]
        level = 0 if kind == "entries" else int(kind)
        place = int(
            "".join(
                part.lstrip("x").removesuffix(".p")
                for part in partial.relative_to(folder / FOLDER / "tile" / kind).parts
            )
        )
        if (place + 1) * TILE ** (level + 1) <= before:
            shutil.rmtree(partial)
