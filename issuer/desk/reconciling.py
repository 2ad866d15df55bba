"""Reconciling log, registry, audit chain and published files: a signature that one of them does not know shows.

Four witnesses say what was signed: the archive (token and salt), the audit entry of the issue, the leaf of the log, and what
was published or kept elsewhere. Each is held against the others; scanned papers can be added as a fifth.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, func, select

from issuer.attestation import qr
from issuer.attestation.claims import decode
from issuer.attestation.token import Parts, join, signed_bytes
from issuer.desk import transparency
from issuer.desk.errors import PublicationRefused
from issuer.registry import merklelog
from issuer.registry.database import reading
from issuer.registry.models import Archive, Attestation, Audit, LogLeaf
from issuer.registry.queries import find
from keys import ed25519, merkle, note
from keys.content import USE_ATTESTATION, TrustContent
from keys.errors import FormError
from keys.inclusion import Proof, entry_of

MOST = 20
"""Problems named at most."""
PAGE = 2_000


@dataclass(frozen=True)
class Reconciled:
    """What a reconciliation found: leaves, root over them, and the problems in words (none: everything agrees)."""

    size: int
    root: bytes
    problems: tuple[str, ...]


def reconcile(engine: Engine, public: Path, content: TrustContent, kept: Iterable[bytes] = (), seen: Iterable[str] = ()) -> Reconciled:
    """Hold everything against everything. ``kept``: checkpoints saved earlier; ``seen``: QR texts that were scanned somewhere."""
    entries: list[bytes] = []
    problems = list(islice(_leaves(engine, entries), MOST))
    root = transparency.leaf_root(entries)
    problems += islice(_published(public, content, entries, root, kept), MOST)
    problems += islice(_unknown(engine, content, seen), MOST)
    return Reconciled(len(entries), root, tuple(problems[:MOST]))


def _leaves(engine: Engine, entries: list[bytes]) -> Iterator[str]:
    query = (
        select(LogLeaf.place, LogLeaf.attestation_id, LogLeaf.entry, Attestation.number, Attestation.anonymised_at, Archive.token, Archive.salt, Audit.act, Audit.details)
        .outerjoin(Attestation, Attestation.id == LogLeaf.attestation_id).outerjoin(Archive, Archive.attestation_id == LogLeaf.attestation_id)
        .outerjoin(Audit, Audit.seq == LogLeaf.attestation_id).order_by(LogLeaf.place).limit(PAGE)
    )
    while True:
        with reading(engine) as connection:
            page = connection.execute(query.where(LogLeaf.place >= len(entries))).all()
        for row in page:
            if row.place != len(entries):
                yield f"leaf {len(entries)} of the log is missing"
                return
            entries.append(bytes(row.entry))
            yield from _leaf(row)
        if len(page) < PAGE:
            break
    missing = select(Attestation.number).outerjoin(LogLeaf, LogLeaf.attestation_id == Attestation.id).where(LogLeaf.place.is_(None)).limit(MOST)
    with reading(engine) as connection:
        unknown = connection.scalars(missing).all()
        issued = connection.scalar(select(func.count()).select_from(Audit).where(Audit.act == "issue"))
        known = connection.scalar(select(func.count()).select_from(LogLeaf).where(LogLeaf.attestation_id.is_not(None)))
    for number in unknown:
        yield f"attestation {number} is in the registry but the log does not know it"
    if not unknown and issued != known:
        yield f"the audit trail tells of {issued} issues, the log of {known}"


def _leaf(row) -> Iterator[str]:
    if row.attestation_id is None:
        yield f"leaf {row.place} is of a signature that the registry does not know"
    elif row.number is None:
        yield f"leaf {row.place} is of an attestation that is no longer in the registry"
    elif row.act != "issue" or json.loads(row.details)["token"] != bytes(row.entry).hex():
        yield f"leaf {row.place} (attestation {row.number}) is not what the audit trail says was signed"
    elif row.token is not None and entry_of(bytes(row.salt), bytes(row.token)) != bytes(row.entry):
        yield f"leaf {row.place} is not of the token that the archive holds for attestation {row.number}"
    elif row.token is None and row.anonymised_at is None:
        yield f"the token of attestation {row.number} was removed"


def _published(public: Path, content: TrustContent, entries: list[bytes], root: bytes, kept: Iterable[bytes]) -> Iterator[str]:
    try:
        held = transparency.published(public, content)
    except PublicationRefused as error:
        yield str(error)
        held = None
    if held is not None:
        yield from _fits(held, entries, "published")
        for place in range(-(-held.size // merkle.TILE)):
            width = min(merkle.TILE, held.size - place * merkle.TILE)
            try:
                bundle = transparency.read_bundle(public, place, width)
            except PublicationRefused as error:
                yield str(error)
                continue
            if bundle != entries[place * merkle.TILE:place * merkle.TILE + width]:
                yield f"the published entries {transparency.numbered(place)} are not those of the registry"
    for data in kept:
        try:
            yield from _fits(note.read(data, transparency.name_of(content), transparency.receipt_keys(content)), entries, "kept")
        except FormError as error:
            yield f"a kept checkpoint cannot be read: {error}"


def _fits(checkpoint: note.Checkpoint, entries: list[bytes], word: str) -> Iterator[str]:
    if checkpoint.size > len(entries):
        yield f"the {word} checkpoint tells of {checkpoint.size} signatures, the registry's log of {len(entries)}: its end was removed"
    elif transparency.leaf_root(entries[:checkpoint.size]) != checkpoint.root:
        yield f"the {word} checkpoint of {checkpoint.size} signatures does not fit the registry's log: it was rewritten"


def _unknown(engine: Engine, content: TrustContent, seen: Iterable[str]) -> Iterator[str]:
    """Scanned texts that bear a signature of a listed key and that nobody issued here."""
    for line, text in enumerate(seen, 1):
        try:
            parts = _parts(text)
            number = decode(parts.payload).number
        except FormError:
            continue
        key = content.key(parts.kid)
        if key is None or key.use != USE_ATTESTATION or not ed25519.verify_strict(key.public_key, signed_bytes(parts.kid, parts.payload), parts.signature):
            continue
        with reading(engine) as connection:
            entry = find(connection, number)
            token = connection.scalar(select(Archive.token).where(Archive.attestation_id == entry.id)) if entry else None
        if entry is None or (token is not None and bytes(token) != join(parts)):
            yield f"line {line}: a paper with the number {number} bears a good signature of the key {parts.kid.hex()}, but was never issued here"


def prove(engine: Engine, public: Path, content: TrustContent, number: int | str) -> Proof | None:
    """The proof that an attestation stands in the published log; None while it is not published, or once it is anonymised.

    Raises PublicationRefused for a published checkpoint that is not this log's.
    """
    held = transparency.published(public, content)
    with reading(engine) as connection:
        entry = find(connection, number)
        if entry is None or held is None:
            return None
        row = connection.execute(
            select(LogLeaf.place, Archive.salt).join(Archive, Archive.attestation_id == LogLeaf.attestation_id).where(LogLeaf.attestation_id == entry.id)
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
