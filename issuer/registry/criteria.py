"""What is looked for, and how the database is led to it.

A criterion can lead (its index gives the rows, which are then sorted) or only be checked (the rows
are read in the order wanted until the page is full). Leading by a common name reads a tenth of the
registry; checking a rare one reads all of it. So each criterion is first counted, up to a limit:
the rarest leads when it is rare enough, all the others are checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, literal, select

from issuer.registry.models import STATES, Attestation, NameWord, ReferenceUse
from issuer.registry.names import fold, words
from issuer.registry.queries import ENTRY_COLUMNS

MOST_WORDS = 6
"""Words of a name that are looked for; the others are left out."""
SHORTEST_PREFIX = 2
"""A word of fewer letters must be the whole word."""
SIRET_LENGTH = 14
LEADS_BELOW = 20_000
"""Rows of a criterion that may lead: so many are read and sorted in well under 200 ms."""
LEADS_IN_TIME_BELOW = 60_000
"""The same for a search by validity, whose rows may all lie at the far end of a walk."""
CLOCK_ERROR = 86_400
"""Seconds. Issue times follow the order of issue but for corrections of the clock; a larger one may hide rows from a search by date."""


@dataclass(frozen=True)
class Search:
    """What is looked for; all the given criteria hold together.

    ``names`` the beginnings of any words of the holder's names; ``employer`` the beginning of the employer's name;
    ``states`` words of ``models.STATES``; ``issued_from`` and ``issued_until`` UTC seconds, both
    included; ``valid_on`` a day on which the attestation is within its dates; ``expires_before`` and
    ``begins_after`` UTC seconds; ``siret`` 14 digits, or the 9 of a SIREN.
    """

    names: str = field(default="", repr=False)
    siret: str | None = field(default=None, repr=False)
    employer: str = field(default="", repr=False)
    reference: str | None = field(default=None, repr=False)
    department: str | None = None
    kind: str | None = None
    states: tuple[str, ...] = ()
    issued_from: int | None = None
    issued_until: int | None = None
    valid_on: date | None = None
    expires_before: int | None = None
    begins_after: int | None = None


@dataclass(frozen=True)
class Criterion:
    """One criterion in both forms; ``counted`` selects one column of each row it leads to. ``checks`` uses no index that could lead."""

    leads: ColumnElement[bool]
    checks: ColumnElement[bool]
    counted: Select


def matching(connection: Connection, search: Search, departments: tuple[str, ...] = ()) -> Select:
    """The query of the entries that meet every criterion (of any of ``departments``, when given), in no order yet."""
    query = select(*ENTRY_COLUMNS)
    if (search.names.strip() and not words(search.names)) or (search.employer.strip() and not fold(search.employer)):
        return query.where(false())
    found = list(_criteria(search, departments))
    most = LEADS_BELOW if search.valid_on is None and search.expires_before is None else LEADS_IN_TIME_BELOW
    sizes = [connection.scalar(select(func.count()).select_from(one.counted.limit(most).subquery())) for one in found]
    leader = min(range(len(found)), key=sizes.__getitem__, default=None)
    if leader is not None and sizes[leader] >= most:
        leader = None
    query = query.where(*(one.leads if place == leader else one.checks for place, one in enumerate(found)))
    if search.kind is not None:
        query = query.where(Attestation.kind == search.kind)
    if search.valid_on is not None:
        query = query.where(Attestation.valid_from <= search.valid_on, Attestation.valid_until >= search.valid_on)
    return query.where(*_issued_between(connection, search.issued_from, search.issued_until))


def _beginning_with(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return and_(column >= text, column < text + "[") if len(text) >= SHORTEST_PREFIX else column == text


def _of_column(column: ColumnElement, condition) -> Criterion:
    """A criterion on an indexed column; ``condition(column)`` makes the comparison. An expression of the column has no index."""
    apart = column + 0 if column.type.python_type is int else func.coalesce(column, "")
    return Criterion(condition(column), condition(apart), select(literal(1)).where(condition(column)))


def _criteria(search: Search, departments: tuple[str, ...]) -> Iterator[Criterion]:
    for word in words(search.names)[:MOST_WORDS]:
        begins = _beginning_with(NameWord.word, word)
        bearers = select(NameWord.attestation_id).where(begins)
        yield Criterion(
            Attestation.id.in_(bearers), exists().where(NameWord.attestation_id == Attestation.id, begins).correlate(Attestation), bearers,
        )
    if employer := fold(search.employer):
        yield _of_column(Attestation.employer_key, lambda column: _beginning_with(column, employer))
    if search.reference is not None:
        users = select(ReferenceUse.attestation_id).where(ReferenceUse.reference == search.reference)
        yield Criterion(Attestation.id.in_(users), Attestation.id.in_(users), users)
    if search.siret is not None:
        whole = len(search.siret) >= SIRET_LENGTH
        yield _of_column(Attestation.employer_siret, lambda column: column == search.siret if whole else _beginning_with(column, search.siret))
    if search.department is not None:
        yield _of_column(Attestation.department, lambda column: column == search.department)
    if departments:
        yield _of_column(Attestation.department, lambda column: column.in_(departments))
    if search.states:
        values = [STATES.index(word) for word in search.states if word in STATES]
        yield _of_column(Attestation.state, lambda column: column.in_(values))
    if search.expires_before is not None:
        yield _of_column(Attestation.expires, lambda column: column < search.expires_before)
    if search.begins_after is not None:
        yield _of_column(Attestation.not_before, lambda column: column > search.begins_after)


def _issued_between(connection: Connection, first: int | None, last: int | None) -> Iterator[ColumnElement[bool]]:
    """What was issued from UTC second ``first`` to ``last``: by the ids around those times, then exactly."""
    by_time = select(Attestation.id).limit(1)
    if first is not None:
        lowest = connection.scalar(by_time.where(Attestation.issued_at >= first - CLOCK_ERROR).order_by(Attestation.issued_at, Attestation.id))
        yield false() if lowest is None else Attestation.id >= lowest
        yield Attestation.issued_at + 0 >= first
    if last is not None:
        highest = connection.scalar(
            by_time.where(Attestation.issued_at <= last + CLOCK_ERROR).order_by(Attestation.issued_at.desc(), Attestation.id.desc())
        )
        yield false() if highest is None else Attestation.id <= highest
        yield Attestation.issued_at + 0 <= last
