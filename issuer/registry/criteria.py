"""What is looked for, and how the database is led to it.

A criterion can lead (its index gives the rows, which are then sorted) or only be checked (the rows
are read in the order wanted until the page is full). Leading by a common name reads a tenth of the
registry; checking a rare one reads all of it. So each criterion is first counted, up to a limit:
the rarest leads when it is rare enough, all the others are checked.

When none leads, the rows are read in the order wanted. The indexes of the orders that time gives (issue, first day,
last day), and the one of the départements, carry both ends of each attestation: what is over, or has yet to begin, is
passed over at the index.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from issuer.registry.models import STATES, Attestation, NameWord, ReferenceUse
from issuer.registry.names import BIRTH, EMPLOYER, PERMIT, asked_words, fold, near, words
from issuer.registry.queries import REGISTERED_COLUMNS

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
"""After every attestation. SQLite expects few rows between two ends, and many beyond one: it would rather walk than be
led.
"""
CLOCK_ERROR = 86_400
"""Seconds. Issue times follow the order of issue but for corrections of the clock; a larger one may hide rows from a
search by date.
"""

DAY = 86_400
IN_TIME = ("id", "not_before", "expires")
"""The columns of the orders that time gives."""
BY_ISSUE = "INDEXED BY ix_attestation_id_not_before_expires"
"""SQLite would take the index of the primary key, which gives the same order without the ends."""


Column = ColumnElement[Any] | InstrumentedAttribute[Any]
"""A mapped column, or an expression of one."""
Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Search:
    """What is looked for; all the given criteria hold together.

    ``names`` the beginnings of any words of the holder's names; ``anything`` the beginnings of words of the holder's
    names, of the employer or of the residence permit, with ``near`` also words with one wrong letter; ``born`` a birth
    date (``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``) or its beginning; ``employer`` the beginning of the employer's name;
    ``states`` words of ``models.STATES``; ``issued_from`` and ``issued_until`` UTC seconds, both
    included; ``valid_on`` a day of its département on which the attestation is within its dates, ``valid_at``
    a UTC second at which it is; ``expires_before`` and ``begins_after`` UTC seconds; ``siret`` 14 digits, or the 9 of a
    SIREN.
    """

    names: str = field(default="", repr=False)
    anything: str = field(default="", repr=False)
    near: bool = False
    born: str | None = field(default=None, repr=False)
    siret: str | None = field(default=None, repr=False)
    employer: str = field(default="", repr=False)
    reference: str | None = field(default=None, repr=False)
    department: str | None = None
    kind: str | None = None
    states: tuple[str, ...] = ()
    issued_from: int | None = None
    issued_until: int | None = None
    valid_on: date | None = None
    valid_at: int | None = None
    expires_before: int | None = None
    begins_after: int | None = None


@dataclass(frozen=True)
class Criterion:
    """One criterion in both forms; ``counted`` selects one column of each row it leads to. ``checks`` uses no index
    that could lead.

    ``dated``: its index is in the order of issue and carries both ends of the attestation.
    """

    leads: ColumnElement[bool]
    checks: ColumnElement[bool]
    counted: Query
    dated: bool = False


def matching(connection: Connection, search: Search, column: Column, departments: tuple[str, ...] = ()) -> Query:
    """The query of the entries that meet every criterion (of any of ``departments``, when given), not sorted yet.

    ``column`` is the one of the order in which they are going to be read.
    """
    query = select(*REGISTERED_COLUMNS)
    if any(text.strip() and not fold(text) for text in (search.names, search.anything, search.employer)):
        return query.where(false())
    found = list(_criteria(search, departments))
    leader = _leader(connection, search, found, column)
    query = query.where(*((one.leads if one is leader else one.checks) for one in found))
    if search.kind is not None:
        query = query.where(Attestation.kind == search.kind)
    if search.valid_on is not None:
        query = query.where(Attestation.valid_from <= search.valid_on, Attestation.valid_until >= search.valid_on)
    if search.valid_at is not None:
        query = query.where(Attestation.not_before + 0 <= search.valid_at, Attestation.expires + 0 > search.valid_at)
    if leader is None:
        query = _walked(query, column, _within(search))
    else:
        query = query.where(*_within(search, checked=not leader.dated))
    return query.where(*_issued_between(connection, search.issued_from, search.issued_until))


def groups(connection: Connection, search: Search, departments: tuple[str, ...]) -> list[tuple[str, ...]]:
    """``departments`` parted into what is best read at once: the common ones, whose rows are walked, and the rare ones,
    which lead.

    So a rare one is found as fast as a common one, and no walk is made twice. Rare ones that would be too many together
    stay alone; all are read at once when another criterion would lead to the common ones anyway.
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


def _leader(connection: Connection, search: Search, found: list[Criterion], column: Column) -> Criterion | None:
    """The rarest criterion when it is rare enough; else the département when its index gives the order; else None: the
    rows are walked.
    """
    most = _most(search)
    sizes = [_size(connection, one, most) for one in found]
    rarest = min(range(len(found)), key=sizes.__getitem__, default=None)
    if rarest is not None and sizes[rarest] < most:
        return found[rarest]
    return next((one for one in found if one.dated), None) if column.key == "id" else None


def _most(search: Search) -> int:
    in_time = (search.valid_on, search.valid_at, search.expires_before, search.begins_after)
    return LEADS_BELOW if all(one is None for one in in_time) else LEADS_IN_TIME_BELOW


def _size(connection: Connection, one: Criterion, most: int) -> int:
    return connection.scalar(select(func.count()).select_from(one.counted.limit(most).subquery())) or 0


def _beginning_with(column: Column, text: str) -> ColumnElement[bool]:
    return and_(column >= text, column < text + "[") if len(text) >= SHORTEST_PREFIX else column == text


def _of_column(column: Column, condition: Callable[[Column], ColumnElement[bool]]) -> Criterion:
    """A criterion on an indexed column; ``condition(column)`` makes the comparison. An expression of the column has no
    index.
    """
    apart = column + 0 if column.type.python_type is int else func.coalesce(column, "")
    return Criterion(condition(column), condition(apart), select(literal(1)).where(condition(column)))


def _of_department(code: str) -> Criterion:
    return replace(_of_column(Attestation.department, lambda column: column == code), dated=True)


def _by_words(condition: ColumnElement[bool]) -> Criterion:
    """The attestations that bear a word of some kind."""
    bearers = select(NameWord.attestation_id).where(condition)
    return Criterion(
        Attestation.id.in_(bearers),
        exists().where(NameWord.attestation_id == Attestation.id, condition).correlate(Attestation),
        bearers,
    )


def _anywhere(word: str, wrong: bool) -> ColumnElement[bool]:
    """A word of names, employer or permit; ``wrong``: one letter of it may be."""
    found = [_beginning_with(NameWord.word, sign + word) for sign in ("", EMPLOYER, PERMIT)]
    others = near(word) if wrong else []
    if others:
        found.append(NameWord.word.in_([sign + other for sign in ("", EMPLOYER) for other in others]))
    return or_(*found)


def _criteria(search: Search, departments: tuple[str, ...]) -> Iterator[Criterion]:
    for word in words(search.names)[:MOST_WORDS]:
        yield _by_words(_beginning_with(NameWord.word, word))
    for word in asked_words(search.anything)[:MOST_WORDS]:
        yield _by_words(_anywhere(word, search.near))
    if search.born is not None:
        yield _by_words(_beginning_with(NameWord.word, BIRTH + search.born.replace("-", "")))
    if employer := fold(search.employer):
        yield _of_column(Attestation.employer_key, lambda column: _beginning_with(column, employer))
    if search.reference is not None:
        users = select(ReferenceUse.attestation_id).where(ReferenceUse.reference == search.reference)
        yield Criterion(Attestation.id.in_(users), Attestation.id.in_(users), users)
    if (siret := search.siret) is not None:
        whole = len(siret) >= SIRET_LENGTH
        yield _of_column(
            Attestation.employer_siret,
            lambda column: column == siret if whole else _beginning_with(column, siret),
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


def _within(search: Search, checked: bool = False) -> Iterator[ColumnElement[bool]]:
    """What the criteria imply for the ends of an attestation; ``checked``: written so that no index can lead."""
    begins, ends = (
        (Attestation.not_before + 0, Attestation.expires + 0)
        if checked
        else (Attestation.not_before, Attestation.expires)
    )
    if search.valid_on is not None:
        midnight = int(
            datetime(search.valid_on.year, search.valid_on.month, search.valid_on.day, tzinfo=UTC).timestamp()
        )
        yield (
            ends > midnight
        )  # it ends on the day after at the earliest, at 00:00 of a zone that is 12 hours ahead at most
        yield (
            begins < midnight + DAY
        )  # it begins on that day at the latest, at 00:00 of a zone that is 11 hours behind at most
    if search.valid_at is not None:
        yield ends > search.valid_at
        yield begins <= search.valid_at
    if search.begins_after is not None:
        yield begins > search.begins_after
        yield ends > search.begins_after
    if search.expires_before is not None:
        yield ends < search.expires_before
        yield begins < search.expires_before


def _walked(query: Query, column: Column, bounds: Iterable[ColumnElement[bool]]) -> Query:
    """``query`` that reads the rows in the order of ``column``: when time gives it, its index is entered within
    ``bounds``.
    """
    bounds = list(bounds)
    if column.key not in IN_TIME or not bounds:
        return query
    query = query.where(*bounds)
    return query.with_hint(Attestation, BY_ISSUE, "sqlite") if column.key == "id" else query
