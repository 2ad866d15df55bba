"""Reconciling log, registry, audit chain and published files: a signature that one of them does not know shows.

Four witnesses say what was signed: the archive (token and salt), the audit entry of the issue, the leaf of the log, and
what was published or kept elsewhere. Each is held against the others; scanned papers can be added as a fifth.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, func, select

from issuer.attestation import qr
from issuer.attestation.claims import decode
from issuer.attestation.token import Parts, join, signed_bytes
from issuer.desk import foreign, transparency
from issuer.desk.errors import PublicationRefused
from issuer.registry import merklelog
from issuer.registry.database import reading
from issuer.registry.models import Archive, Attestation, Audit, LogLeaf, LogTile
from issuer.registry.queries import find
from keys import ed25519, merkle, note
from keys.errors import FormError
from keys.inclusion import Proof, leaf_of
from keys.trust_content import USE_ATTESTATION, TrustContent

MOST = 20
"""Problems named at most."""
PAGE = 2_000
"""Leaves read at a time."""
PUBLISHED = "published"


@dataclass(frozen=True)
class Reconciled:
    """What a reconciliation found: leaves, root over them, and the problems in words (none: everything agrees)."""

    size: int
    root: bytes
    problems: tuple[str, ...]


def reconcile(
    engine: Engine, public: Path, content: TrustContent, kept: Iterable[bytes] = (), seen: Iterable[str] = ()
) -> Reconciled:
    """Hold everything against everything. ``kept``: checkpoints saved earlier; ``seen``: QR texts that were scanned
    somewhere.

    What was published is read first, so that issuing and publishing may go on; the log is read once, a page at a time.
    """
    told, unread = _checkpoints(public, content, kept)
    log = _Log(public, told)
    problems = list(islice(_leaves(engine, log), MOST))
    if len(problems) < MOST:
        log.end()
        problems += [
            *unread,
            *(words for word, checkpoint in told for words in _fits(word, checkpoint, log)),
            *log.problems,
        ]
        problems += islice(_tiles(engine, log.full), MOST)
        problems += islice(_unknown(engine, content, seen), MOST)
    return Reconciled(log.tree.size, log.tree.root(), tuple(problems[:MOST]))


class _Log:
    """The registry's log as it is read, leaf by leaf: held are the tile at hand, and the roots of the sizes that
    checkpoints tell of.
    """

    def __init__(self, public: Path, told: list[tuple[str, note.Checkpoint]]) -> None:
        self.tree, self.roots, self.problems = merkle.Growing(), {0: merkle.EMPTY}, list[str]()
        self.full = list[bytes]()
        """The roots of the full tiles of level 0."""
        self._wanted = {checkpoint.size for _word, checkpoint in told}
        self._published = next((checkpoint.size for word, checkpoint in told if word == PUBLISHED), 0)
        self._public, self._tile, self._place = public, list[bytes](), 0

    def add(self, entry: bytes) -> None:
        """The next leaf's 32-byte entry."""
        self.tree.add(entry)
        if self.tree.size in self._wanted:
            self.roots[self.tree.size] = self.tree.root()
        self._tile.append(entry)
        if len(self._tile) == merkle.TILE:
            self.full.append(merkle.fold([merkle.leaf_hash(leaf) for leaf in self._tile]))
            self._hold()

    def end(self) -> None:
        """No leaf follows: hold the rest of what is published against what there is."""
        while self._place * merkle.TILE < self._published and len(self.problems) < MOST:
            self._hold()

    def _hold(self) -> None:
        """Hold the published entries of the tile at hand against the registry's, and begin the next tile."""
        width = min(merkle.TILE, self._published - self._place * merkle.TILE)
        if width > 0 and len(self.problems) < MOST:
            try:
                if transparency.read_bundle(self._public, self._place, width) != self._tile[:width]:
                    self.problems.append(
                        f"the published entries {transparency.numbered(self._place)} are not those of the registry"
                    )
            except PublicationRefused as error:
                self.problems.append(str(error))
        self._tile, self._place = [], self._place + 1


def _leaves(engine: Engine, log: _Log) -> Iterator[str]:
    query = (
        select(
            LogLeaf.place,
            LogLeaf.attestation_id,
            LogLeaf.entry,
            Attestation.number,
            Attestation.anonymised_at,
            Archive.token,
            Archive.salt,
            Audit.act,
            Audit.details,
        )
        .outerjoin(Attestation, Attestation.id == LogLeaf.attestation_id)
        .outerjoin(Archive, Archive.attestation_id == LogLeaf.attestation_id)
        .outerjoin(Audit, Audit.seq == LogLeaf.attestation_id)
        .order_by(LogLeaf.place)
        .limit(PAGE)
    )
    while True:
        with reading(engine) as connection:
            page = connection.execute(query.where(LogLeaf.place >= log.tree.size)).all()
        for row in page:
            if row.place != log.tree.size:
                yield f"leaf {log.tree.size} of the log is missing"
                return
            log.add(bytes(row.entry))
            yield from _leaf(row)
        if len(page) < PAGE:
            break
    missing = (
        select(Attestation.number)
        .outerjoin(LogLeaf, LogLeaf.attestation_id == Attestation.id)
        .where(LogLeaf.place.is_(None))
        .limit(MOST)
    )
    with reading(engine) as connection:
        unknown = connection.scalars(missing).all()
        issued = connection.scalar(select(func.count()).select_from(Audit).where(Audit.act == "issue"))
        known = connection.scalar(select(func.count()).select_from(LogLeaf).where(LogLeaf.attestation_id.is_not(None)))
    for number in unknown:
        yield f"attestation {number} is in the registry but the log does not know it"
    if not unknown and issued != known:
        yield f"the audit trail tells of {issued} issues, the log of {known}"


def _leaf(row: Row[*tuple[Any, ...]]) -> Iterator[str]:
    if row.attestation_id is None:
        yield f"leaf {row.place} is of a signature that the registry does not know"
    elif row.number is None:
        yield f"leaf {row.place} is of an attestation that is no longer in the registry"
    elif row.act != "issue" or json.loads(row.details)["token"] != bytes(row.entry).hex():
        yield f"leaf {row.place} (attestation {row.number}) is not what the audit trail says was signed"
    elif row.token is not None and leaf_of(bytes(row.salt), bytes(row.token)) != bytes(row.entry):
        yield f"leaf {row.place} is not of the token that the archive holds for attestation {row.number}"
    elif row.token is None and row.anonymised_at is None:
        yield f"the token of attestation {row.number} was removed"


def _tiles(engine: Engine, full: list[bytes]) -> Iterator[str]:
    """Merged tiles that are not what the leaves give: those of level 0 are ``full``."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(LogTile.level, LogTile.place, LogTile.root).order_by(LogTile.level, LogTile.place)
        ).all()
    held: dict[int, dict[int, bytes]] = {}
    for row in rows:
        held.setdefault(row.level, {})[row.place] = bytes(row.root)
    level = 0
    while held or full:
        found = held.pop(level, {})
        for place, root in found.items():
            if place >= len(full) or full[place] != root:
                yield f"tile {place} of level {level} of the log is not what its leaves give"
        for place in sorted(set(range(max(found, default=-1))) - found.keys()):
            yield f"tile {place} of level {level} of the log was removed"
        full = [
            merkle.fold(full[place : place + merkle.TILE])
            for place in range(0, len(full) // merkle.TILE * merkle.TILE, merkle.TILE)
        ]
        level += 1


def _checkpoints(
    public: Path, content: TrustContent, kept: Iterable[bytes]
) -> tuple[list[tuple[str, note.Checkpoint]], list[str]]:
    """The published checkpoint and the kept ones, each with its word; and what cannot be read."""
    told: list[tuple[str, note.Checkpoint]] = []
    unread: list[str] = []
    try:
        held = transparency.published(public, content)
        told += [(PUBLISHED, held)] if held is not None else []
    except PublicationRefused as error:
        unread.append(str(error))
    for data in kept:
        try:
            told.append(("kept", note.read(data, transparency.name_of(content), transparency.receipt_keys(content))))
        except FormError as error:
            unread.append(f"a kept checkpoint cannot be read: {error}")
    return told, unread


def _fits(word: str, checkpoint: note.Checkpoint, log: _Log) -> Iterator[str]:
    if checkpoint.size > log.tree.size:
        yield (
            f"the {word} checkpoint tells of {checkpoint.size} signatures, the registry's log of {log.tree.size}: its"
            " end was removed"
        )
    elif log.roots[checkpoint.size] != checkpoint.root:
        yield f"the {word} checkpoint of {checkpoint.size} signatures does not fit the registry's log: it was rewritten"


def _unknown(engine: Engine, content: TrustContent, seen: Iterable[str]) -> Iterator[str]:
    """Scanned texts that bear a signature of a listed key and that nobody issued here."""
    for line, text in enumerate(seen, 1):
        try:
            parts = _parts(text)
            claims = decode(parts.payload)
        except FormError:
            continue
        key = content.key(parts.kid)
        if (
            key is None
            or key.use != USE_ATTESTATION
            or not ed25519.verify_strict(key.public_key, signed_bytes(parts.kid, parts.payload), parts.signature)
        ):
            continue
        with reading(engine) as connection:
            attestation = find(connection, claims.number)
            token = (
                connection.scalar(select(Archive.token).where(Archive.attestation_id == attestation.id))
                if attestation
                else None
            )
            marked = foreign.is_marked(connection, (claims.status[0], claims.status[1]))
        if attestation is None or (token is not None and bytes(token) != join(parts)):
            yield (
                f"line {line}: a paper with the number {claims.number} bears a good signature of the key"
                f" {parts.kid.hex()}, but was never issued here"
                + (
                    f"; its place {claims.status[1]} in status list {claims.status[0]} is marked"
                    if marked
                    else ': mark it with "wif log mark", and replace the key if it was stolen'
                )
            )


def prove(engine: Engine, public: Path, content: TrustContent, number: int | str) -> Proof | None:
    """The proof that an attestation stands in the published log; None while it is not published, or once it is
    anonymised.

    Raises PublicationRefused for a published checkpoint that is not this log's.
    """
    held = transparency.published(public, content)
    with reading(engine) as connection:
        attestation = find(connection, number)
        if attestation is None or held is None:
            return None
        row = connection.execute(
            select(LogLeaf.place, Archive.salt)
            .join(Archive, Archive.attestation_id == LogLeaf.attestation_id)
            .where(LogLeaf.attestation_id == attestation.id)
        ).first()
        if row is None or row.place >= held.size:
            return None
        siblings = merkle.inclusion(row.place, held.size, merklelog.perfect(connection))
    return Proof(bytes(row.salt), row.place, tuple(siblings), (public / transparency.CHECKPOINT).read_bytes())


def text_token(text: str) -> bytes:
    """The whole token of a QR text. Raises FormError."""
    return join(_parts(text))


def _parts(text: str) -> Parts:
    found = qr.split_text(text)
    parts = qr.unpack(found[1][1:]) if found and found[1][:1] == qr.FORMAT_VERSION else None
    if parts is None:
        raise FormError("This is not the text of an attestation's QR code.")
    return parts
