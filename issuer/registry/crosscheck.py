"""The tables read against the audit chain: what was changed behind the desk's back.

The chain says what was issued, which state each act gave, and what was published; the tables must say the same. Run it
after ``chain.verify`` found the chain whole: a table is only as good as the chain it is held against.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from issuer.attestation.claims import Claims, decode
from issuer.attestation.token import split
from issuer.registry import chain
from issuer.registry.database import reading
from issuer.registry.draws import CHUNK
from issuer.registry.models import (
    STATES,
    VALID,
    Archive,
    Attestation,
    Event,
    NameWord,
    Publication,
    ReferenceUse,
)
from issuer.registry.names import fold, search_words
from issuer.registry.told import Told
from keys.errors import FormError

MOST = 20
"""Problems named at most."""
GROUNDS = ("legal_basis", "notified_on", "other")
"""Details of an act on an attestation that has its row of grounds: one of them stands in each."""

Entry = dict[str, Any]


def verify(engine: Engine) -> tuple[str, ...]:
    """The differences between the tables and the chain, in words, at most :data:`MOST`; none when they agree.

    Issuing may go on meanwhile. Found: an attestation, token, annex, reference, word of the search, ground or
    publication that was added, changed or removed; a state, or a waiting one, that no act gave.
    """
    return tuple(islice(differences(engine), MOST))


def differences(engine: Engine) -> Iterator[str]:
    """The same, one after the other."""
    told = Told()
    last, before = 0, -1
    while before != last:
        before, entries = last, chain.entries(engine, last)
        while group := list(islice(entries, CHUNK)):
            for entry in group:
                entry["details"] = json.loads(entry["details"])
                told.learn(entry)
            first, last = last + 1, group[-1]["seq"]
            with reading(engine) as connection:
                yield from _issues(connection, [entry for entry in group if entry["act"] == "issue"], told)
                yield from _grounds(connection, group, first, last)
                yield from _publications(connection, group, first, last)
        with reading(engine) as connection:
            stored = connection.scalar(select(func.count()).select_from(Attestation)) or 0
            marked = connection.execute(
                select(Attestation.number, Attestation.state, Attestation.next_state, Attestation.next_at).where(
                    (Attestation.state > VALID) | Attestation.next_at.is_not(None) | Attestation.next_state.is_not(None)
                )
            ).all()
            later = [
                connection.scalar(select(func.count()).select_from(table).where(column > last))
                for table, column in ((Event, Event.id), (Publication, Publication.id))
            ]
            orphans = [
                (table.__tablename__, id_)
                for table in (Archive, ReferenceUse, NameWord, Event)
                for id_ in connection.scalars(
                    select(table.attestation_id).where(table.attestation_id.not_in(select(Attestation.id))).limit(MOST)
                )
            ]
            withdrawn = set(connection.scalars(select(Publication.id).where(Publication.withdrawn.is_not(None))))
            if chain.head_of(connection).seq <= last:
                break
    for seq in sorted(withdrawn ^ told.withdrawn):
        yield f"the publication of entry {seq} was taken back, or not, by another way than this program"
    yield from (f"a row of the table {name} is of no attestation: it names {id_}" for name, id_ in orphans)
    if stored != told.issued:
        yield f"the registry holds {stored} attestations, the audit trail issued {told.issued}"
    if any(later):
        yield "the registry holds acts or publications that the audit trail does not tell of"
    yield from told.impossible
    yield from _states(told, marked)


def _states(told: Told, marked: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[str]:
    """What the rows that are not simply valid say otherwise."""
    found = {str(row.number): STATES[row.state] for row in marked}
    for number in sorted(found.keys() | told.states.keys()):
        is_, should = found.get(number, "valid"), told.states.get(number, "valid")
        if is_ != should:
            yield f"attestation {number} is {is_} in the registry, {should} by the audit trail"
    waiting = {
        str(row.number): (STATES[row.next_state or 0], row.next_at or 0)
        for row in marked
        if row.next_at is not None or row.next_state is not None
    }
    for number in sorted(waiting.keys() | told.waiting.keys()):
        if waiting.get(number) != told.waiting.get(number):
            yield f"the decision that waits for its day on attestation {number} is not the one that was taken"


_ATTESTATION = (
    *Attestation.__table__.columns,
    Archive.token,
    Archive.annex,
    Archive.salt,
    ReferenceUse.reference,
    ReferenceUse.content,
    ReferenceUse.salt.label("reference_salt"),
)


def _issues(connection: Connection, entries: list[Entry], told: Told) -> Iterator[str]:
    if not entries:
        return
    ids = [entry["seq"] for entry in entries]
    query = (
        select(*_ATTESTATION)
        .outerjoin(Archive, Archive.attestation_id == Attestation.id)
        .outerjoin(ReferenceUse, ReferenceUse.attestation_id == Attestation.id)
    )
    rows = {row.id: row for row in connection.execute(query.where(Attestation.id.in_(ids)))}
    found: dict[int, set[str]] = {}
    for word in connection.execute(
        select(NameWord.attestation_id, NameWord.word).where(NameWord.attestation_id.in_(ids))
    ):
        found.setdefault(word.attestation_id, set()).add(word.word)
    for entry in entries:
        row, subject = rows.get(entry["seq"]), entry["subject"]
        if row is None:
            yield f"attestation {subject} is no longer in the registry"
            continue
        yield from _row(row, entry)
        yield from _reference(row, entry)
        if row.token is None:
            if row.anonymised_at is None:
                yield f"the token of attestation {subject} was removed"
            elif told.anonymised.get(subject, row.anonymised_at) != row.anonymised_at or found.get(row.id):
                yield f"attestation {subject} is not as its anonymisation left it"
            continue
        yield from _token(row, entry, found.get(row.id, set()))


def _row(row: Row[*tuple[Any, ...]], entry: Entry) -> Iterator[str]:
    details = entry["details"]
    columns = (str(row.number), [row.list_number, row.list_index], row.kind, row.department)
    made = (row.author, row.issued_at, bytes(row.kid).hex(), None if row.replaces is None else str(row.replaces))
    if columns != (entry["subject"], details["status"], details["kind"], details["department"]) or made != (
        entry["actor"],
        entry["at"],
        details["kid"],
        details.get("replaces"),
    ):
        yield f"attestation {entry['subject']} is not the one that was issued"


def _reference(row: Row[*tuple[Any, ...]], entry: Entry) -> Iterator[str]:
    told, content = entry["details"].get("reference"), entry["details"].get("content")
    if (row.reference is None) != (told is None):
        yield f"the reference of attestation {entry['subject']} was {'removed' if told else 'added'}"
    elif row.reference is not None and row.anonymised_at is None:
        same = chain.salted(bytes(row.reference_salt), row.reference.encode()).hex() == told
        if not same or content not in (None, bytes(row.content).hex()):
            yield f"the reference of attestation {entry['subject']} was changed"


def _token(row: Row[*tuple[Any, ...]], entry: Entry, found: set[str]) -> Iterator[str]:
    subject, details = entry["subject"], entry["details"]
    if chain.salted(bytes(row.salt), bytes(row.token)).hex() != details["token"]:
        yield f"the token of attestation {subject} is not the one that was signed"
        return
    if chain.salted(bytes(row.salt), row.annex.encode()).hex() != details["annex"]:
        yield f"the signatory of attestation {subject} is not the one that was archived"
    try:
        claims = decode(split(bytes(row.token)).payload)
    except FormError:
        yield f"the token of attestation {subject} cannot be read"
        return
    if row.anonymised_at is not None or _searched(claims) != tuple(getattr(row, name) for name in _SEARCHED):
        yield f"attestation {subject} is not what its token says"
    names = (claims.family_name, claims.given_names or "")
    if found != set(search_words(names, claims.employer_name, claims.birth_date, claims.residence_permit)):
        yield f"the words by which attestation {subject} is found are not those of its token"


_SEARCHED = (
    "not_before",
    "expires",
    "valid_from",
    "valid_until",
    "employer_siret",
    "employer_key",
)


def _searched(claims: Claims) -> tuple[object, ...]:
    first, last = claims.days()
    siret = None if claims.employer_siret is None else f"{claims.employer_siret:014d}"
    return (claims.not_before, claims.expires, first, last, siret, fold(claims.employer_name)[:160])


def _grounds(connection: Connection, group: list[Entry], first: int, last: int) -> Iterator[str]:
    query = select(*Event.__table__.columns, Attestation.number).join(
        Attestation, Attestation.id == Event.attestation_id
    )
    rows = {row.id: row for row in connection.execute(query.where(Event.id >= first, Event.id <= last))}
    for entry in group:
        row, details = rows.pop(entry["seq"], None), entry["details"]
        # A replacement's note of another holder bears the other number too, and no event of its own.
        has = (
            entry["act"] != "other_holder"
            and (entry["subject"] or "").isdigit()
            and any(name in details for name in GROUNDS)
        )
        if row is None and not has:
            continue
        columns = (
            "act",
            "reason",
            "author",
            "at",
            "effective_on",
            "notified_on",
            "heard_on",
            "number",
            "other_number",
        )
        told = (
            entry["act"],
            details.get("reason"),
            entry["actor"],
            entry["at"],
            *(details.get(name) for name in ("effective_on", "notified_on", "heard_on")),
            entry["subject"],
            details.get("other"),
        )
        if row is None or tuple(_plain(getattr(row, name)) for name in columns) != tuple(map(_plain, told)):
            yield f"the act {entry['act']} on attestation {entry['subject']} is not the one that was done"
            continue
        for name in ("legal_basis", "forced"):
            text = getattr(row, name)
            if text is not None and chain.salted(bytes(row.salt), text.encode()).hex() != details.get(name):
                yield f"the legal basis of an act on attestation {entry['subject']} was changed"
    for seq in rows:
        yield f"the act of entry {seq} is one that the audit trail does not tell of"


def _plain(value: object) -> str | None:
    return None if value is None else str(value)


def _publications(connection: Connection, group: list[Entry], first: int, last: int) -> Iterator[str]:
    columns = (
        Publication.id,
        Publication.list_number,
        Publication.issued_at,
        Publication.expires,
        Publication.kid,
        Publication.digest,
    )
    found = {
        (row.id, row.list_number, row.issued_at, row.expires, bytes(row.kid).hex(), bytes(row.digest).hex())
        for row in connection.execute(select(*columns).where(Publication.id >= first, Publication.id <= last))
    }
    told = {(entry["seq"], *one) for entry in group if entry["act"] == "publish" for one in entry["details"]["lists"]}
    for seq, number, *_rest in sorted(found ^ told):
        yield f"the publication of status list {number} in entry {seq} is not the one that was made"
