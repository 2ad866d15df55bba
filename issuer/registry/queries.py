"""Reading the registry: one attestation, its archive, its history, the counts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from issuer.attestation.claims import Claims, decode
from issuer.attestation.numbers import is_number, parse_number
from issuer.attestation.places import local_day
from issuer.attestation.token import split
from issuer.registry import told
from issuer.registry.database import reading
from issuer.registry.draws import chunks
from issuer.registry.models import STATES, Archive, Attestation, Event, ReferenceUse, StatusList


@dataclass(frozen=True, repr=False)
class RegisteredAttestation:
    """An attestation as the registry knows it, without its personal data.

    Instants are UTC seconds, days are the département's. ``next_state`` and ``next_at``: a decision that has yet to
    take effect.
    """

    id: int
    number: int
    state: str
    kind: str
    department: str
    valid_from: date
    valid_until: date
    not_before: int
    expires: int
    issued_at: int
    author: str
    kid: bytes
    list_number: int
    list_index: int
    replaces: int | None
    employer_siret: str | None
    anonymised_at: int | None
    next_state: str | None = None
    next_at: int | None = None

    @property
    def issued_on(self) -> date:
        """The day of the decision, in the deciding département: legal limits are counted from it."""
        return local_day(self.department, self.issued_at)

    def __repr__(self) -> str:
        return f"<RegisteredAttestation {self.number} {self.state}>"


@dataclass(frozen=True, repr=False)
class Archived:
    """What was signed and printed: the token's exact bytes, and the annex ``{"signatory": {…}}``. Its ``repr`` shows
    none of it.
    """

    number: int
    token: bytes
    annex: dict[str, Any]

    @cached_property
    def claims(self) -> Claims:
        """The signed claims, decoded and checked once."""
        return decode(split(self.token).payload)

    def __repr__(self) -> str:
        return f"<Archived {self.number}>"


@dataclass(frozen=True)
class HistoryEvent:
    """An act on an attestation, the issue first. ``at`` is UTC seconds; days are the département's; absent ones are
    None.
    """

    id: int
    act: str
    at: int
    author: str
    reason: str | None = None
    legal_basis: str | None = field(default=None, repr=False)
    effective_on: date | None = None
    notified_on: date | None = None
    heard_on: date | None = None
    forced: str | None = field(default=None, repr=False)
    other_number: int | None = None


REGISTERED_COLUMNS = (
    Attestation.id,
    Attestation.number,
    Attestation.state,
    Attestation.kind,
    Attestation.department,
    Attestation.valid_from,
    Attestation.valid_until,
    Attestation.not_before,
    Attestation.expires,
    Attestation.issued_at,
    Attestation.author,
    Attestation.kid,
    Attestation.list_number,
    Attestation.list_index,
    Attestation.replaces,
    Attestation.employer_siret,
    Attestation.anonymised_at,
    Attestation.next_state,
    Attestation.next_at,
)


def registered(row: Row[*tuple[Any, ...]]) -> RegisteredAttestation:
    """The RegisteredAttestation of a row of :data:`REGISTERED_COLUMNS`."""
    values = {column.key: row._mapping[column.key] for column in REGISTERED_COLUMNS}
    waiting = None if row.next_state is None else STATES[row.next_state]
    return RegisteredAttestation(**dict(values, state=STATES[row.state], kid=bytes(row.kid), next_state=waiting))


def read_number(number: int | str) -> int | None:
    """A number given as an int or as typed (with or without spaces); None when it is not one."""
    if isinstance(number, str):
        return parse_number(number)
    return number if type(number) is int and is_number(number) else None


def find(connection: Connection, number: int | str) -> RegisteredAttestation | None:
    """The attestation of this number, inside a transaction."""
    wanted = read_number(number)
    if wanted is None:
        return None
    row = connection.execute(select(*REGISTERED_COLUMNS).where(Attestation.number == wanted)).first()
    return None if row is None else registered(row)


def by_number(engine: Engine, number: int | str) -> RegisteredAttestation | None:
    """The attestation of this number, None when there is none (or it is no number)."""
    with reading(engine) as connection:
        return find(connection, number)


def by_reference(engine: Engine, reference: str) -> RegisteredAttestation | None:
    """The attestation issued under this reference."""
    query = select(*REGISTERED_COLUMNS).join(ReferenceUse, ReferenceUse.attestation_id == Attestation.id)
    with reading(engine) as connection:
        row = connection.execute(query.where(ReferenceUse.reference == reference)).first()
    return None if row is None else registered(row)


def is_used(connection: Connection, reference: str) -> bool:
    """Whether an attestation was issued under this reference."""
    return connection.scalar(select(ReferenceUse.attestation_id).where(ReferenceUse.reference == reference)) is not None


def reference_of(engine: Engine, number: int | str) -> str | None:
    """The reference under which this attestation was issued, if any."""
    query = select(ReferenceUse.reference).join(Attestation, ReferenceUse.attestation_id == Attestation.id)
    with reading(engine) as connection:
        return connection.scalar(query.where(Attestation.number == read_number(number)))


def successor(engine: Engine, number: int | str) -> int | None:
    """The number of the attestation that replaces this one."""
    query = select(Event.other_number).join(Attestation, Event.attestation_id == Attestation.id)
    with reading(engine) as connection:
        return connection.scalar(query.where(Attestation.number == read_number(number), Event.act == "replace"))


def archives(connection: Connection, ids: Iterable[int]) -> dict[int, Archived]:
    """The archives of some attestations by their ``id``; the anonymised ones have none."""
    found: dict[int, Archived] = {}
    query = select(Attestation.id, Attestation.number, Archive.token, Archive.annex).join(
        Archive, Archive.attestation_id == Attestation.id
    )
    for chunk in chunks(list(ids)):
        for row in connection.execute(query.where(Attestation.id.in_(chunk))):
            found[row.id] = Archived(row.number, bytes(row.token), json.loads(row.annex))
    return found


def archived(engine: Engine, number: int | str) -> Archived | None:
    """The token and the annex of this attestation, as the audit trail binds them; None when there is none, or when it
    was anonymised. Raises RegistryError.
    """
    with reading(engine) as connection:
        attestation = find(connection, number)
        held = None if attestation is None else told.archived(connection, attestation.id, attestation.number)
    return None if attestation is None or held is None else Archived(attestation.number, held[0], json.loads(held[1]))


def history(engine: Engine, number: int | str) -> list[HistoryEvent]:
    """The issue, then every act on this attestation, in order; empty when there is none."""
    columns = (
        Event.id,
        Event.act,
        Event.at,
        Event.author,
        Event.reason,
        Event.legal_basis,
        Event.effective_on,
        Event.notified_on,
        Event.heard_on,
        Event.forced,
        Event.other_number,
    )
    with reading(engine) as connection:
        attestation = find(connection, number)
        if attestation is None:
            return []
        rows = connection.execute(
            select(*columns).where(Event.attestation_id == attestation.id).order_by(Event.id)
        ).all()
    first = HistoryEvent(
        attestation.id, "issue", attestation.issued_at, attestation.author, other_number=attestation.replaces
    )
    return [first, *(HistoryEvent(**row._mapping) for row in rows)]


def counts(engine: Engine) -> dict[str, int]:
    """How many attestations are in each state, by its word."""
    with reading(engine) as connection:
        found = dict(connection.execute(select(Attestation.state, func.count()).group_by(Attestation.state)).all())
    return {word: found.get(value, 0) for value, word in enumerate(STATES)}


def list_use(engine: Engine) -> dict[int, int]:
    """Status list number → indexes taken."""
    with reading(engine) as connection:
        return dict(connection.execute(select(StatusList.number, StatusList.used).order_by(StatusList.number)).all())
