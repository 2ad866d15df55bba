"""The tables read against the audit chain: what was changed behind the desk's back.

The chain says what was issued and which state each act gave; the tables must say the same. Run it
after ``chain.verify`` found the chain whole: a table is only as good as the chain it is held against.
"""

import json
from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection, Engine, func, select

from issuer.registry import chain
from issuer.registry.database import reading
from issuer.registry.draws import CHUNK
from issuer.registry.models import STATES, VALID, Archive, Attestation, Event

MOST = 20
"""Problems named at most."""

_ATTESTATION = (
    Attestation.id,
    Attestation.number,
    Attestation.list_number,
    Attestation.list_index,
    Attestation.anonymised_at,
    Attestation.kind,
    Attestation.department,
    Archive.token,
    Archive.annex,
    Archive.salt,
)


def verify(engine: Engine) -> tuple[str, ...]:
    """The differences between the tables and the chain, in words, at most :data:`MOST`; none when they agree.

    Issuing may go on meanwhile. Found: an attestation, token, annex or ground that was added, changed or removed; a state that no act gave.
    """
    return tuple(islice(_differences(engine), MOST))


def _differences(engine: Engine) -> Iterator[str]:
    states: dict[str, str] = {}
    issued = last = 0
    before = -1
    while before != last:
        before, entries = last, chain.entries(engine, last)
        while group := list(islice(entries, CHUNK)):
            for entry in group:
                entry["details"] = details = json.loads(entry["details"])
                issued += entry["act"] == "issue"
                if "state" in details and "effective_at" not in details:
                    states[entry["subject"]] = details["state"]
            last = group[-1]["seq"]
            with reading(engine) as connection:
                yield from _issues(connection, [entry for entry in group if entry["act"] == "issue"])
                yield from _grounds(connection, [entry for entry in group if "legal_basis" in entry["details"]])
        with reading(engine) as connection:
            stored = connection.scalar(select(func.count()).select_from(Attestation)) or 0
            marked = connection.execute(
                select(Attestation.number, Attestation.state).where(Attestation.state > VALID)
            ).all()
            if chain.head_of(connection).seq <= last:
                break
    if stored != issued:
        yield f"the registry holds {stored} attestations, the audit trail issued {issued}"
    found = {str(row.number): STATES[row.state] for row in marked}
    for number in sorted(found.keys() | states.keys()):
        is_, should = found.get(number, "valid"), states.get(number, "valid")
        if is_ != should:
            yield f"attestation {number} is {is_} in the registry, {should} by the audit trail"


def _issues(connection: Connection, entries: list[dict]) -> Iterator[str]:
    query = select(*_ATTESTATION).outerjoin(Archive, Archive.attestation_id == Attestation.id)
    rows = {
        row.id: row for row in connection.execute(query.where(Attestation.id.in_([entry["seq"] for entry in entries])))
    }
    for entry in entries:
        row, details = rows.get(entry["seq"]), entry["details"]
        if row is None:
            yield f"attestation {entry['subject']} is no longer in the registry"
            continue
        columns = (str(row.number), [row.list_number, row.list_index], row.kind, row.department)
        if columns != (entry["subject"], details["status"], details["kind"], details["department"]):
            yield f"attestation {entry['subject']} is not the one that was issued"
        if row.token is None:
            if row.anonymised_at is None:
                yield f"the token of attestation {entry['subject']} was removed"
        elif chain.salted(bytes(row.salt), bytes(row.token)).hex() != details["token"]:
            yield f"the token of attestation {entry['subject']} is not the one that was signed"
        elif chain.salted(bytes(row.salt), row.annex.encode()).hex() != details["annex"]:
            yield f"the signatory of attestation {entry['subject']} is not the one that was archived"


def _grounds(connection: Connection, entries: list[dict]) -> Iterator[str]:
    query = select(Event.id, Event.act, Event.reason, Event.legal_basis, Event.salt)
    rows = {row.id: row for row in connection.execute(query.where(Event.id.in_([entry["seq"] for entry in entries])))}
    for entry in entries:
        row, details = rows.get(entry["seq"]), entry["details"]
        if row is None or (row.act, row.reason) != (entry["act"], details.get("reason")):
            yield f"the act {entry['act']} on attestation {entry['subject']} is not the one that was done"
        elif (
            row.legal_basis is not None
            and chain.salted(bytes(row.salt), row.legal_basis.encode()).hex() != details["legal_basis"]
        ):
            yield f"the legal basis of an act on attestation {entry['subject']} was changed"
