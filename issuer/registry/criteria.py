"""What is looked for, and how the database is led to it.

A criterion can lead (its index gives the rows, which are then sorted) or only be checked (the rows
are read in the order wanted until the page is full). Leading by a common name reads a tenth of the
registry; checking a rare one reads all of it. So each criterion is first counted, up to a limit:
the rarest leads when it is rare enough, all the others are checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, literal, select

from issuer.registry.models import STATES, Attestation, NameWord, ReferenceUse
from issuer.registry.names import fold, words
from issuer.registry.queries import ENTRY_COLUMNS
from issuer.registry.walks import walked, within

MOST_WORDS = 6
"""Words of a name that are looked for; the others are left out."""
SHORTEST_PREFIX = 2
"""A word of fewer letters must be the whole word."""
SIRET_LENGTH = 14
LEADS_BELOW = 20_000
"""Rows of a criterion that may lead: so many are read and sorted in well under 200 ms."""
LEADS_IN_TIME_BELOW = 60_000
"""The same for a search by validity, whose rows may all lie at the far end of a walk."""
LAST_SECOND = 2**62
"""After every attestation. SQLite expects few rows between two ends, and many beyond one: it would rather walk than be led."""
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
    """One criterion in both forms; ``counted`` selects one column of each row it leads to. ``checks`` uses no index that could lead.

    ``dated``: its index is in the order of issue and carries both ends of the attestation.
    """

    leads: ColumnElement[bool]
    checks: ColumnElement[bool]
    counted: Select
    dated: bool = False


def matching(
    connection: Connection, search: Search, column: ColumnElement, departments: tuple[str, ...] = ()
) -> Select:
    """The query of the entries that meet every criterion (of any of ``departments``, when given), not sorted yet.

    ``column`` is the one of the order in which they are going to be read.
    """
    query = select(*ENTRY_COLUMNS)
    if (search.names.strip() and not words(search.names)) or (search.employer.strip() and not fold(search.employer)):
        return query.where(false())
    found = list(_criteria(search, departments))
    leader = _leader(connection, search, found, column)
    query = query.where(*((one.leads if one is leader else one.checks) for one in found))
    if search.kind is not None:
        query = query.where(Attestation.kind == search.kind)
    if search.valid_on is not None:
        query = query.where(Attestation.valid_from <= search.valid_on, Attestation.valid_until >= search.valid_on)
    if leader is None:
        query = walked(query, column, within(search))
    else:
        query = query.where(*within(search, checked=not leader.dated))
    return query.where(*_issued_between(connection, search.issued_from, search.issued_until))


def groups(connection: Connection, search: Search, departments: tuple[str, ...]) -> list[tuple[str, ...]]:
    """``departments`` parted into what is best read at once: the common ones, whose rows are walked, and the rare ones, which lead.

    So a rare one is found as fast as a common one, and no walk is made twice. Rare ones that would be too many together stay alone;
    all are read at once when another criterion would lead to the common ones anyway.
    """
    if len(departments) == 1:
        return [departments]
    most = _most(search)
    sizes = {code: _size(connection, _of_department(code), most) for code in departments}
    common = tuple(code for code, size in sizes.items() if size >= most)
    if common and any(_size(connection, one, most) < most for one in _criteria(search, ())):
        return [departments]
    rare = tuple(code for code in sizes if code not in common)
    parted = [rare] if sum(sizes[code] for code in rare) < most else [(code,) for code in rare]
    return [group for group in (common, *parted) if group]


def _leader(connection: Connection, search: Search, found: list[Criterion], column: ColumnElement) -> Criterion | None:
    """The rarest criterion when it is rare enough; else the département when its index gives the order; else None: the rows are walked."""
    most = _most(search)
    sizes = [_size(connection, one, most) for one in found]
    rarest = min(range(len(found)), key=sizes.__getitem__, default=None)
    if rarest is not None and sizes[rarest] < most:
        return found[rarest]
    return next((one for one in found if one.dated), None) if column.key == "id" else None


def _most(search: Search) -> int:
    in_time = (search.valid_on, search.expires_before, search.begins_after)
    return LEADS_BELOW if in_time == (None, None, None) else LEADS_IN_TIME_BELOW


def _size(connection: Connection, one: Criterion, most: int) -> int:
    return connection.scalar(select(func.count()).select_from(one.counted.limit(most).subquery())) or 0


def _beginning_with(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return and_(column >= text, column < text + "[") if len(text) >= SHORTEST_PREFIX else column == text


def _of_column(column: ColumnElement, condition) -> Criterion:
    """A criterion on an indexed column; ``condition(column)`` makes the comparison. An expression of the column has no index."""
    apart = column + 0 if column.type.python_type is int else func.coalesce(column, "")
    return Criterion(condition(column), condition(apart), select(literal(1)).where(condition(column)))


def _of_department(code: str) -> Criterion:
    return replace(_of_column(Attestation.department, lambda column: column == code), dated=True)


def _criteria(search: Search, departments: tuple[str, ...]) -> Iterator[Criterion]:
    for word in words(search.names)[:MOST_WORDS]:
        begins = _beginning_with(NameWord.word, word)
        bearers = select(NameWord.attestation_id).where(begins)
        yield Criterion(
            Attestation.id.in_(bearers),
            exists().where(NameWord.attestation_id == Attestation.id, begins).correlate(Attestation),
            bearers,
        )
    if employer := fold(search.employer):
        yield _of_column(Attestation.employer_key, lambda column: _beginning_with(column, employer))
    if search.reference is not None:
        users = select(ReferenceUse.attestation_id).where(ReferenceUse.reference == search.reference)
        yield Criterion(Attestation.id.in_(users), Attestation.id.in_(users), users)
    if search.siret is not None:
        whole = len(search.siret) >= SIRET_LENGTH
        yield _of_column(
            Attestation.employer_siret,
            lambda column: column == search.siret if whole else _beginning_with(column, search.siret),
        )
    if search.department is not None:
        yield _of_department(search.department)
    if departments:
        yield _of_column(Attestation.department, lambda column: column.in_(departments))
    if search.states:
        values = [STATES.index(word) for word in search.states if word in STATES]
        yield _of_column(Attestation.state, lambda column: column.in_(values))
    if search.expires_before is not None:
        yield _of_column(Attestation.expires, lambda column: and_(column < search.expires_before, column >= 0))
    if search.begins_after is not None:
        yield _of_column(
            Attestation.not_before, lambda column: and_(column > search.begins_after, column <= LAST_SECOND)
        )


def _issued_between(connection: Connection, first: int | None, last: int | None) -> Iterator[ColumnElement[bool]]:
    """What was issued from UTC second ``first`` to ``last``: by the ids around those times, then exactly."""
    by_time = select(Attestation.id).limit(1)
    if first is not None:
        lowest = connection.scalar(
            by_time.where(Attestation.issued_at >= first - CLOCK_ERROR).order_by(Attestation.issued_at, Attestation.id)
        )
        yield false() if lowest is None else Attestation.id >= lowest
        yield Attestation.issued_at + 0 >= first
    if last is not None:
        highest = connection.scalar(
            by_time.where(Attestation.issued_at <= last + CLOCK_ERROR).order_by(
                Attestation.issued_at.desc(), Attestation.id.desc()
            )
        )
        yield false() if highest is None else Attestation.id <= highest
        yield Attestation.issued_at + 0 <= last
