"""Issuing: check, draw, sign, archive and witness, in one transaction; answered only once it is committed."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from issuer.attestation.claims import encode
from issuer.attestation.problems import Problem, RecordRefused
from issuer.attestation.qr import encode_text
from issuer.attestation.record import Record, Signatory, read_record
from issuer.attestation.token import sign
from issuer.desk.errors import NoSigner
from issuer.desk.means import Means
from issuer.registry import chain, store
from issuer.registry.database import write
from issuer.registry.draws import draw_indexes, draw_numbers
from keys.signer import Signer

BATCH = 250
"""Records of one transaction, by default."""
LARGEST_BATCH = 1_000

ISSUED, ALREADY_ISSUED, REFUSED = "issued", "already_issued", "refused"


@dataclass(frozen=True, repr=False)
class Issued:
    """The answer to one record. Its ``repr`` shows no personal data.

    ``index`` counts the records from 0; ``number`` is a text of 10 digits, ``token`` the whole
    COSE_Sign1, ``text`` the QR text, ``annex`` ``{"signatory": {…}}``: all None when ``status`` is
    ``refused``, and then ``errors`` says why.
    """

    index: int
    status: str
    number: str | None = None
    text: str | None = None
    token: bytes | None = None
    annex: dict | None = None
    errors: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return f"<Issued {self.index} {self.status} {self.number}>"


@dataclass(frozen=True, repr=False)
class Asked:
    """A record on its way: checked, or refused already."""

    index: int
    record: Record | None
    content: bytes = b""
    annex: str = ""
    errors: tuple[Problem, ...] = ()


def prepare(index: int, value: object, default: Signatory | None) -> Asked:
    """Check one record: a JSON object, a Record, or the RecordRefused that reading it gave."""
    try:
        if isinstance(value, RecordRefused):
            raise value
        record = value if isinstance(value, Record) else read_record(value)
        signatory = record.signatory or default
        if signatory is None:
            raise RecordRefused([Problem("signatory", "signatory_missing")])
    except RecordRefused as refusal:
        return Asked(index, None, errors=tuple(refusal.problems))
    annex = json.dumps({"signatory": signatory.to_json()}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Asked(index, record, record.content_hash(), annex)


def issue_many(
    means: Means,
    records: Iterable[object],
    author: str,
    batch: int = BATCH,
    signatory: Signatory | None = None,
) -> Iterator[Issued]:
    """Issue records as they come, in transactions of ``batch``; each answer is given after its commit, in order.

    A refused record stops nothing. Whatever stops the run, everything answered is kept, and running
    the same references again answers the same tokens. ``signatory`` replaces the default one.
    Raises RegistryError, KeystoreError, ListsFull or AuditError; then nothing of the last batch is kept.
    """
    chain.check_actor(author)
    size = max(1, min(batch, LARGEST_BATCH))
    asked = (prepare(index, value, signatory or means.signatory) for index, value in enumerate(records))
    while group := list(islice(asked, size)):
        open_signers(means, group)
        yield from write(means.engine, lambda connection, group=group: issue_group(means, connection, group, author))


def issue_group(
    means: Means, connection: Connection, group: Sequence[Asked], author: str, replaces: int | None = None
) -> list[Issued]:
    """Issue a group inside a writing transaction. Nothing here is to be told to anybody before the commit."""
    now = means.clock()
    known = store.known_references(
        connection, [asked.record.reference for asked in group if asked.record and asked.record.reference]
    )
    signer_of = _signers(means, now)
    answers: dict[int, Issued] = {}
    first_of: dict[str, Asked] = {}
    again: list[tuple[Asked, Asked]] = []
    to_sign: list[tuple[Asked, Signer]] = []
    for asked in group:
        record = asked.record
        if record is None:
            answers[asked.index] = Issued(asked.index, REFUSED, errors=asked.errors)
        elif record.reference in known:
            answers[asked.index] = _answer_again(means, asked, known[record.reference], replaces)
        elif record.reference in first_of:
            again.append((asked, first_of[record.reference]))
        else:
            signer = signer_of(record.department)
            if signer is None:
                answers[asked.index] = _refused(asked, "department", "no_signer")
                continue
            to_sign.append((asked, signer))
            if record.reference is not None:
                first_of[record.reference] = asked
    signed = _sign(means, connection, to_sign, now, replaces)
    store.add_attestations(connection, now, author, signed)
    for (asked, _signer), new in zip(to_sign, signed, strict=True):
        answers[asked.index] = _issued(means, asked.index, ISSUED, new.claims.number, new.token, new.annex)
    for asked, first in again:
        answers[asked.index] = _answer_twice(asked, first, answers[first.index])
    return [answers[asked.index] for asked in group]


def open_signers(means: Means, group: Sequence[Asked]) -> None:
    """Have the signers of a group ready before the database is held: opening a sealed key takes time, or asks for a passphrase."""
    signer_of = _signers(means, means.clock())
    for department in {asked.record.department for asked in group if asked.record}:
        signer_of(department)


def _signers(means: Means, now: int) -> Callable[[str], Signer | None]:
    held: dict[str, Signer | None] = {}

    def signer_of(department: str) -> Signer | None:
        if department not in held:
            try:
                held[department] = means.signers(department, now)
            except NoSigner:
                held[department] = None
        return held[department]

    return signer_of


def _sign(
    means: Means,
    connection: Connection,
    to_sign: Sequence[tuple[Asked, Signer]],
    now: int,
    replaces: int | None,
) -> list[store.NewAttestation]:
    if not to_sign:
        return []
    numbers = draw_numbers(connection, len(to_sign), means.below)
    places = draw_indexes(connection, len(to_sign), means.below, means.status_lists, now)
    signed = []
    for (asked, signer), number, place in zip(to_sign, numbers, places, strict=True):
        record, salt = asked.record, means.salt()
        claims = record.to_claims(number, place, now, replaces)
        content = None if record.reference is None else chain.salted(salt, asked.content)
        signed.append(
            store.NewAttestation(
                claims,
                signer.kid,
                sign(encode(claims), signer),
                asked.annex,
                salt,
                record.valid_from,
                record.valid_until,
                record.reference,
                content,
            )
        )
    return signed


def _answer_again(means: Means, asked: Asked, known: store.KnownReference, replaces: int | None) -> Issued:
    if known.token is None:
        return _refused(asked, "reference", "reference_anonymised")
    if chain.salted(known.salt, asked.content) != known.content or known.replaces != replaces:
        return _refused(asked, "reference", "reference_conflict")
    return _issued(means, asked.index, ALREADY_ISSUED, known.number, known.token, known.annex)


def _answer_twice(asked: Asked, first: Asked, answer: Issued) -> Issued:
    if asked.content != first.content:
        return _refused(asked, "reference", "reference_conflict")
    return Issued(asked.index, ALREADY_ISSUED, answer.number, answer.text, answer.token, answer.annex)


def _refused(asked: Asked, field: str, code: str) -> Issued:
    return Issued(asked.index, REFUSED, errors=(Problem(field, code),))


def _issued(means: Means, index: int, status: str, number: int, token: bytes, annex: str) -> Issued:
    return Issued(index, status, str(number), encode_text(means.origin, token), token, json.loads(annex))
