"""Issuing: check, draw, sign, archive and witness, in one transaction; answered only once it is committed."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from issuer.attestation.claims import encode
from issuer.attestation.numbers import format_number
from issuer.attestation.places import local_day
from issuer.attestation.problems import Problem, RecordRefused
from issuer.attestation.qr import encode_text
from issuer.attestation.record import Record, Signatory, read_record
from issuer.attestation.token import join, sign_parts
from issuer.desk import plausibility
from issuer.desk.context import DeskContext
from issuer.desk.errors import NoSigner
from issuer.registry import chain, store, twins
from issuer.registry.database import reading, write
from issuer.registry.draws import draw_indexes, draw_numbers
from keys.signer import Signer

BATCH = 250
"""Records of one transaction, by default."""
LARGEST_BATCH = 1_000

CONTENT = (
    "kind",
    "family_name",
    "given_names",
    "birth_date",
    "nationality",
    "employer",
    "job",
    "contract",
    "hours",
    "workplaces",
    "residence_permit",
    "department",
    "valid_from",
    "valid_until",
)
"""What an attestation says by itself: its record without reference and signatory."""

ISSUED, ALREADY_ISSUED, REFUSED = "issued", "already_issued", "refused"
READY = "ready"
"""What :func:`foresee` answers of a record that would be issued."""


@dataclass(frozen=True, repr=False)
class Issued:
    """The answer to one record. Its ``repr`` shows no personal data.

    ``index`` counts the records from 0; ``number`` is a text of 10 digits, ``token`` the whole
    COSE_Sign1, ``text`` the QR text, ``annex`` ``{"signatory": {…}}``: all None when ``status`` is
    ``refused``, and then ``errors`` says why. ``warnings``: what is hardly ever so in the record
    (:mod:`issuer.desk.plausibility`), confirmed when it was issued, among the errors when it was not.
    """

    index: int
    status: str
    number: str | None = None
    text: str | None = None
    token: bytes | None = None
    annex: dict[str, Any] | None = None
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return f"<Issued {self.index} {self.status} {self.number}>"


@dataclass(frozen=True, repr=False)
class Confirmed:
    """A record with the warnings that somebody confirmed: keys of :func:`plausibility.key`, None for all."""

    record: object
    warnings: Collection[str] | None = None


@dataclass(frozen=True, repr=False)
class Asked:
    """A record to be issued: checked, or refused already. ``confirmed`` as in :class:`Confirmed`."""

    index: int
    record: Record | None
    content: bytes = b""
    annex: str = ""
    errors: tuple[Problem, ...] = ()
    confirmed: Collection[str] | None = ()


def prepare(index: int, value: object, default: Signatory | None) -> Asked:
    """Check one record: a JSON object, a Record, the RecordRefused that reading it gave, or one of these Confirmed."""
    confirmed: Collection[str] | None = ()
    if isinstance(value, Confirmed):
        confirmed, value = value.warnings, value.record
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
    return Asked(index, record, record.content_hash(), annex, confirmed=confirmed)


def looked_at(
    context: DeskContext, connection: Connection, record: Record, besides: int | None = None
) -> tuple[list[Problem], list[Problem]]:
    """What refuses a record that would be signed now, and what warns, twins in the registry among it. ``besides``: the
    number of the attestation that it replaces.
    """
    return next(looked_at_all(context, connection, [record], besides))


def looked_at_all(
    context: DeskContext, connection: Connection, records: Sequence[Record], besides: int | None = None
) -> Iterator[tuple[list[Problem], list[Problem]]]:
    """What :func:`looked_at` finds of each record, in their order; the registry is asked once for all."""
    found = twins.find(connection, [_holding(record) for record in records], besides)
    for record, held in zip(records, found, strict=True):
        refused, warned = plausibility.broken(record, local_day(record.department, context.clock()))
        content = record.to_json() if held else {}
        for twin in held:
            same = all(content.get(name) == twin.claims.get(name) for name in CONTENT)
            warned.append(Problem("record", "twin_same" if same else "twin", {"number": format_number(twin.number)}))
        yield refused, warned


def looked_over(
    context: DeskContext, record: Record, besides: int | None = None
) -> tuple[list[Problem], list[Problem]]:
    """What :func:`looked_at` finds now, for the page that asks before it is signed."""
    with reading(context.engine) as connection:
        return looked_at(context, connection, record, besides)


def foresee(context: DeskContext, index: int, value: object) -> Issued:
    """What issuing a record would answer now: ``ready`` in place of ``issued``, with the warnings that it would ask to
    be confirmed. Nothing is written.
    """
    asked = prepare(index, value, context.signatory)
    record = asked.record
    if record is None:
        return Issued(index, REFUSED, errors=asked.errors)
    with reading(context.engine) as connection:
        known = store.known_references(connection, [record.reference] if record.reference else [])
        if record.reference is not None and record.reference in known:
            return _answer_again(context, asked, known[record.reference], None)
        if _signers(context, context.clock())(record.department) is None:
            return _refused(asked, "department", "no_signer")
        refused, warned = looked_at(context, connection, record)
    if refused:
        return Issued(index, REFUSED, errors=(*refused, *warned), warnings=tuple(warned))
    return Issued(index, READY, warnings=tuple(warned))


def _holding(record: Record) -> twins.Holding:
    return twins.Holding(
        record.family_name,
        record.given_names,
        record.birth_date,
        record.nationality,
        record.employer_name,
        record.employer_siret,
        record.valid_from,
        record.valid_until,
    )


def issue_many(
    context: DeskContext,
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
    asked = (prepare(index, value, signatory or context.signatory) for index, value in enumerate(records))
    while group := list(islice(asked, size)):
        open_signers(context, group)
        yield from write(context.engine, partial(_issued_together, context, group, author))


def issue(context: DeskContext, record: object, author: str, signatory: Signatory | None = None) -> Issued:
    """Issue one record; a refused one is answered, not raised. Raises as :func:`issue_many`."""
    return next(issue_many(context, [record], author, 1, signatory))


def _issued_together(context: DeskContext, group: Sequence[Asked], author: str, connection: Connection) -> list[Issued]:
    return issue_group(context, connection, group, author)


def issue_group(
    context: DeskContext, connection: Connection, group: Sequence[Asked], author: str, replaces: int | None = None
) -> list[Issued]:
    """Issue a group inside a writing transaction. Nothing here is to be told to anybody before the commit."""
    now = context.clock()
    known = store.known_references(
        connection, [asked.record.reference for asked in group if asked.record and asked.record.reference]
    )
    signer_of = _signers(context, now)
    answers: dict[int, Issued] = {}
    first_of: dict[str, Asked] = {}
    again: list[tuple[Asked, Asked]] = []
    to_sign: list[tuple[Asked, Record, Signer]] = []
    warnings: dict[int, tuple[Problem, ...]] = {}
    beside: dict[tuple[str, ...], list[Record]] = {}
    fresh = [(asked.index, asked.record) for asked in group if asked.record and asked.record.reference not in known]
    found = looked_at_all(context, connection, [record for _index, record in fresh], replaces)
    looked = {index: one for (index, _record), one in zip(fresh, found, strict=True)}
    for asked in group:
        record = asked.record
        if record is None:
            answers[asked.index] = Issued(asked.index, REFUSED, errors=asked.errors)
        elif record.reference in known:
            answers[asked.index] = _answer_again(context, asked, known[record.reference], replaces)
        elif record.reference in first_of:
            again.append((asked, first_of[record.reference]))
        else:
            signer = signer_of(record.department)
            if signer is None:
                answers[asked.index] = _refused(asked, "department", "no_signer")
                continue
            refused, warned = looked[asked.index]
            held = beside.setdefault(plausibility.identity(record), [])
            if any(one.valid_from <= record.valid_until and record.valid_from <= one.valid_until for one in held):
                warned.append(Problem("record", "twin_earlier"))
            confirmed = None if context.accept_warnings else asked.confirmed
            if refused or plausibility.unconfirmed(warned, confirmed):
                errors = (*refused, *warned)
                answers[asked.index] = Issued(asked.index, REFUSED, errors=errors, warnings=tuple(warned))
                continue
            held.append(record)
            warnings[asked.index] = tuple(warned)
            to_sign.append((asked, record, signer))
            if record.reference is not None:
                first_of[record.reference] = asked
    signed = _sign(context, connection, to_sign, now, replaces, warnings)
    store.add_attestations(connection, now, author, [new for new, _text in signed])
    for (asked, _record, _signer), (new, text) in zip(to_sign, signed, strict=True):
        issued = _issued(asked.index, ISSUED, new.claims.number, text, new.token, new.annex)
        answers[asked.index] = replace(issued, warnings=warnings[asked.index])
    for asked, first in again:
        answers[asked.index] = _answer_twice(asked, first, answers[first.index])
    return [answers[asked.index] for asked in group]


def open_signers(context: DeskContext, group: Sequence[Asked]) -> None:
    """Have the signers of a group ready before the database is held: opening a sealed key takes time, or asks for a
    passphrase.
    """
    signer_of = _signers(context, context.clock())
    for department in {asked.record.department for asked in group if asked.record}:
        signer_of(department)


def _signers(context: DeskContext, now: int) -> Callable[[str], Signer | None]:
    held: dict[str, Signer | None] = {}

    def signer_of(department: str) -> Signer | None:
        if department not in held:
            try:
                held[department] = context.signers(department, now)
            except NoSigner:
                held[department] = None
        return held[department]

    return signer_of


def _sign(
    context: DeskContext,
    connection: Connection,
    to_sign: Sequence[tuple[Asked, Record, Signer]],
    now: int,
    replaces: int | None,
    warnings: Mapping[int, Sequence[Problem]],
) -> list[tuple[store.NewAttestation, str]]:
    """Each new attestation with its QR text, made of the very parts that were signed."""
    if not to_sign:
        return []
    numbers = draw_numbers(connection, len(to_sign), context.below)
    places = draw_indexes(connection, len(to_sign), context.below, context.status_lists, now)
    signed = []
    for (asked, record, signer), number, place in zip(to_sign, numbers, places, strict=True):
        salt = context.salt()
        claims = record.to_claims(number, place, now, replaces)
        content = None if record.reference is None else chain.salted(salt, asked.content)
        parts = sign_parts(encode(claims), signer)
        new = store.NewAttestation(
            claims=claims,
            kid=signer.kid,
            token=join(parts),
            annex=asked.annex,
            salt=salt,
            valid_from=record.valid_from,
            valid_until=record.valid_until,
            reference=record.reference,
            content=content,
            warnings=tuple(sorted({warning.code for warning in warnings[asked.index]})),
        )
        signed.append((new, encode_text(context.origin, parts)))
    return signed


def _answer_again(context: DeskContext, asked: Asked, known: store.KnownReference, replaces: int | None) -> Issued:
    if known.token is None or known.annex is None:
        return _refused(asked, "reference", "reference_anonymised")
    if chain.salted(known.salt, asked.content) != known.content or known.replaces != replaces:
        return _refused(asked, "reference", "reference_conflict")
    text = encode_text(context.origin, known.token)
    return _issued(asked.index, ALREADY_ISSUED, known.number, text, known.token, known.annex)


def _answer_twice(asked: Asked, first: Asked, answer: Issued) -> Issued:
    if asked.content != first.content:
        return _refused(asked, "reference", "reference_conflict")
    return Issued(asked.index, ALREADY_ISSUED, answer.number, answer.text, answer.token, answer.annex)


def _refused(asked: Asked, field: str, code: str) -> Issued:
    return Issued(asked.index, REFUSED, errors=(Problem(field, code),))


def _issued(index: int, status: str, number: int, text: str, token: bytes, annex: str) -> Issued:
    return Issued(index, status, str(number), text, token, json.loads(annex))
