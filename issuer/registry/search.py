"""Searching a million attestations: pages of them in the order a person chose, of the départements that they may see.

A page goes on from the last row seen, never by counting rows. What is looked for is in :mod:`issuer.registry.criteria`.
Common and rare départements are read apart and the pages merged, so that a rare one is found as
fast as a common one among a million.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from heapq import merge
from itertools import islice

from sqlalchemy import Connection, Engine, func, select, tuple_

from issuer.registry import told
from issuer.registry.criteria import Search, groups, matching
from issuer.registry.database import reading
from issuer.registry.models import Attestation, Event
from issuer.registry.queries import Archived, HistoryEvent, RegisteredAttestation, archives, registered

ORDERS = {
    "issued": (Attestation.id, True),
    "issued_first": (Attestation.id, False),
    "until": (Attestation.expires, False),
    "until_last": (Attestation.expires, True),
    "from_last": (Attestation.not_before, True),
    "from": (Attestation.not_before, False),
    "number": (Attestation.number, False),
    "number_last": (Attestation.number, True),
}
"""Order → the column that gives it and whether the largest comes first; ties are broken by ``id``."""
DEFAULT_ORDER = "issued"
LARGEST_PAGE = 500
DECISIONS = ("suspend", "reinstate", "revoke", "replace", "renew")
MERGED = 12
"""Départements that are parted into the common and the rare ones; more are read together."""


@dataclass(frozen=True, repr=False)
class Found:
    """A line of a page: the attestation, and its archive unless anonymised."""

    attestation: RegisteredAttestation
    archived: Archived | None


@dataclass(frozen=True)
class Page:
    """A page of results; ``next`` is where the page that follows begins, None on the last."""

    found: tuple[Found, ...]
    next: tuple[int, int] | None


def find_page(
    engine: Engine,
    search: Search,
    *,
    departments: tuple[str, ...] | None = None,
    order: str = DEFAULT_ORDER,
    limit: int = 50,
    after: tuple[int, int] | None = None,
) -> Page:
    """A page of at most ``limit`` (1 to 500) attestations of ``departments`` (None: all), in an order of
    :data:`ORDERS`.

    ``after`` is the ``next`` of the page before: (value of the order's column, id).
    """
    order = order if order in ORDERS else DEFAULT_ORDER
    limit = max(1, min(limit, LARGEST_PAGE))
    with reading(engine) as connection:
        attestations = _attestations(connection, search, departments, order, limit + 1, after)
        more = len(attestations) > limit
        attestations = attestations[:limit]
        stored = archives(connection, [attestation.id for attestation in attestations])
    column = ORDERS[order][0].key
    last = (getattr(attestations[-1], column), attestations[-1].id) if more else None
    return Page(tuple(Found(attestation, stored.get(attestation.id)) for attestation in attestations), last)


def _attestations(
    connection: Connection,
    search: Search,
    departments: tuple[str, ...] | None,
    order: str,
    limit: int,
    after: tuple[int, int] | None,
) -> list[RegisteredAttestation]:
    if departments is not None and search.department is not None:
        departments = (search.department,) if search.department in departments else ()
    if departments is None:
        return _read(connection, search, order, limit, after)
    if len(departments) > MERGED:
        return _read(connection, search, order, limit, after, departments)
    pages = [_read(connection, search, order, limit, after, group) for group in groups(connection, search, departments)]
    column, descending = ORDERS[order]
    return list(
        islice(
            merge(
                *pages, key=lambda attestation: (getattr(attestation, column.key), attestation.id), reverse=descending
            ),
            limit,
        )
    )


def _read(
    connection: Connection,
    search: Search,
    order: str,
    limit: int,
    after: tuple[int, int] | None,
    departments: tuple[str, ...] = (),
) -> list[RegisteredAttestation]:
    if len(departments) == 1:
        search, departments = replace(search, department=departments[0]), ()
    column, descending = ORDERS[order]
    query = matching(connection, search, column, departments)
    if after is not None:
        place = tuple_(column, Attestation.id)
        query = query.where(place < tuple_(*after) if descending else place > tuple_(*after))
    places = [column] if column.key == "id" else [column, Attestation.id]
    ordered = [one.desc() for one in places] if descending else places
    return [registered(row) for row in connection.execute(query.order_by(*ordered).limit(limit))]


def find_all(
    engine: Engine,
    search: Search,
    *,
    departments: tuple[str, ...] | None = None,
    order: str = DEFAULT_ORDER,
    most: int = 1_000_000,
) -> Iterator[Found]:
    """Every attestation found, page after page, ``most`` at most: for an export that holds the database briefly."""
    after, told = None, 0
    while told < most:
        page = find_page(engine, search, departments=departments, order=order, limit=LARGEST_PAGE, after=after)
        yield from page.found[: most - told]
        told += len(page.found)
        after = page.next
        if after is None:
            return


def as_told(engine: Engine, attestations: Sequence[RegisteredAttestation]) -> list[RegisteredAttestation]:
    """Attestations for a page or an answer: one whose row is not what the trail tells is in state
    :data:`issuer.registry.told.ALTERED`, with nothing that waits.
    """
    with reading(engine) as connection:
        wrong = set(told.altered(connection, [attestation.id for attestation in attestations]))
    return [
        replace(one, state=told.ALTERED, next_state=None, next_at=None) if one.number in wrong else one
        for one in attestations
    ]


def found_as_told(engine: Engine, found: Iterable[Found], page: int = LARGEST_PAGE) -> Iterator[Found]:
    """The same of what a search found, a page at a time."""
    rest = iter(found)
    while some := list(islice(rest, page)):
        attestations = as_told(engine, [one.attestation for one in some])
        yield from (replace(one, attestation=attestation) for one, attestation in zip(some, attestations, strict=True))


def latest_acts(
    engine: Engine, departments: tuple[str, ...] | None = None, most: int = 10
) -> list[tuple[int, HistoryEvent]]:
    """The last decisions on attestations of ``departments`` (None: all), the latest first: each with the attestation's
    number.
    """
    query = select(Attestation.number, *(getattr(Event, name.name) for name in fields(HistoryEvent))).join(
        Attestation, Attestation.id == Event.attestation_id
    )
    query = query.where(Event.act.in_(DECISIONS))
    if departments is not None:
        # Not by the index of départements: the latest events are few, the attestations of a département many.
        query = query.where(func.coalesce(Attestation.department, "").in_(departments))
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(Event.id.desc()).limit(most)).all()
    return [
        (row.number, HistoryEvent(**{name: value for name, value in row._mapping.items() if name != "number"}))
        for row in rows
    ]
