"""Requests: adding, changing and reading them, one by one and in pages; their history; how long they took.

A request is found by its own public number, or by the number of its dossier: applicants know either.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, func, insert, or_, select, update

from issuer.attestation.numbers import draw_number, read_typed
from issuer.registry import seals
from issuer.registry.database import new_id, reading
from issuer.registry.draws import chunks
from issuer.registry.names import asked_words, fold, found_by, near_patterns
from issuer.registry.request_tables import DECIDED, WAITING, Request as Table, RequestAlert, RequestEvent
from issuer.registry.told import ALTERED

JSON_COLUMNS = ("record", "doubts", "pieces", "corrections", "aside_details")
LARGEST_PAGE = 200
SHORTEST_DIGITS = 7
"""Digits that may be part of a SIRET or a permit; fewer are a number of a request only."""


@dataclass(frozen=True, repr=False)
class Request:
    """A request as the registry holds it: the columns of its table, JSON read. Instants are UTC seconds. Its ``repr``
    shows no personal data.
    """

    id: int
    number: int
    source: str
    demarche: int | None
    dossier: int | None
    dossier_id: str | None
    reference: str | None
    state: str
    deposited_at: int
    instructed_at: int | None
    decided_at: int | None
    modified_at: int
    withdrawn_at: int | None
    archived: int
    department: str | None
    family_name: str | None
    given_names: str | None
    birth_date: str | None
    person_key: str | None
    email: str | None
    employer_name: str | None
    employer_siret: str | None
    contract: str | None
    valid_from: str | None
    valid_until: str | None
    record: dict[str, Any]
    doubts: list[Any]
    pieces: list[Any]
    corrections: dict[str, Any]
    aside: str | None
    aside_details: dict[str, Any] | None
    awaited_from: str
    awaited: str
    attestation: int | None
    decided_by: str | None
    last_message_at: int | None
    digest: bytes | None
    revision: int
    created_at: int
    updated_at: int
    anonymised_at: int | None

    def __repr__(self) -> str:
        return f"<Request {self.number} {self.state}>"

    @property
    def shown_number(self) -> int:
        """The number that its applicant knows: of the dossier, else the public one."""
        return self.dossier or self.number


@dataclass(frozen=True)
class Happening:
    """A line of a request's history: ``what`` came about ``at`` (UTC seconds), by ``author``, seen here ``seen_at``."""

    id: int
    at: int
    what: str
    author: str
    seen_at: int


@dataclass(frozen=True)
class Wanted:
    """Which requests a page shows; all the given criteria hold together.

    ``states`` words of REQUEST_STATES; ``aside`` True for those set aside, False for the others; ``alert`` a code of an
    open alert; ``text`` a number of the request or of its dossier, a reference, or parts of names, employer, SIRET and
    permit; ``near``: one letter of each word may be wrong. ``born`` is a birth date or its beginning.
    """

    states: tuple[str, ...] = ()
    aside: bool | None = None
    alert: str | None = None
    withdrawn: bool | None = False
    text: str = ""
    near: bool = False
    born: str | None = None


def person_key(family_name: str | None, given_names: str | None, birth_date: str | None) -> str | None:
    """The same for the same person: names folded, and the birth date; None while either is missing."""
    names = fold(f"{family_name or ''} {given_names or ''}")
    return f"{names[:180]} {birth_date}" if names and birth_date else None


def add(connection: Connection, now: int, below: Callable[[int], int], values: Mapping[str, object]) -> int:
    """Write a new request with a number drawn for it; its id. ``values`` are columns, JSON ones as objects."""
    number = draw_number(below)
    while connection.scalar(select(Table.id).where(Table.number == number)) is not None:
        number = draw_number(below)
    row = {
        "record": {},
        "doubts": [],
        "pieces": [],
        "corrections": {},
        "archived": 0,
        "found_by": found_by(
            values.get("family_name"),
            values.get("given_names"),
            values.get("employer_name"),
            values.get("employer_siret"),
            values.get("birth_date"),
            None,
        ),
        **values,
        "number": number,
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }
    return new_id(connection.execute(insert(Table).values(**_written(row))))


def change(connection: Connection, request_id: int, now: int, values: Mapping[str, object]) -> None:
    """Change some columns of a request."""
    connection.execute(
        update(Table)
        .where(Table.id == request_id)
        .values(**_written(values), updated_at=now, revision=Table.revision + 1),
    )


def note(connection: Connection, request_id: int, at: int, what: str, author: str, seen_at: int) -> None:
    """Write a line of a request's history."""
    connection.execute(
        insert(RequestEvent).values(request_id=request_id, at=at, what=what, author=author, seen_at=seen_at)
    )


def _written(values: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if name in JSON_COLUMNS and value is not None
        else value
        for name, value in values.items()
    }


_NAMES = tuple(field.name for field in fields(Request))
_WHOLE = select(Table.__table__)


def _of(row: Row[*tuple[Any, ...]]) -> Request:
    values = {name: row._mapping[name] for name in _NAMES}
    for name in JSON_COLUMNS:
        values[name] = None if values[name] is None else json.loads(values[name])
    return Request(**values)


def find(connection: Connection, request_id: int) -> Request | None:
    """The request of this id, inside a transaction."""
    rows = seals.read(connection, Table, _WHOLE.where(Table.id == request_id))
    return _of(rows[0]) if rows else None


def find_dossiers(connection: Connection, dossiers: Sequence[int]) -> dict[int, Request | None]:
    """Those of these dossiers that are known, by the dossier's number; None for one whose row was changed by another
    way than this program.
    """
    found = {}
    for chunk in chunks(list(dossiers)):
        for row, sound in seals.parted(connection, Table, _WHOLE.where(Table.dossier.in_(chunk)).order_by(Table.id)):
            found[row.dossier] = _of(row) if sound else None
    return found


def find_reference(connection: Connection, reference: str) -> Request | None:
    """The imported request of this reference."""
    rows = seals.read(connection, Table, _WHOLE.where(Table.reference == reference))
    return _of(rows[0]) if rows else None


def by_id(engine: Engine, request_id: int) -> Request | None:
    """The request of this id."""
    with reading(engine) as connection:
        return find(connection, request_id)


def by_number(engine: Engine, number: int) -> Request | None:
    """The request of this public number, else that of the dossier of this number. Whether the asker may know it is the
    caller's to check.
    """
    with reading(engine) as connection:
        mine = or_(Table.number == number, Table.dossier == number)
        rows = seals.read(connection, Table, _WHOLE.where(mine).order_by(Table.number == number))
    return _of(rows[-1]) if rows else None


def of_person(connection: Connection, key: str) -> list[Request]:
    """The requests of this person, oldest first."""
    query = _WHOLE.where(Table.person_key == key).order_by(Table.id).limit(LARGEST_PAGE)
    return [_of(row) for row in seals.read(connection, Table, query)]


def history(engine: Engine, request_id: int) -> list[Happening]:
    """What came about with a request, in the order in which it was seen. Raises RegistryError ("tampered")."""
    query = select(RequestEvent.__table__).where(RequestEvent.request_id == request_id).order_by(RequestEvent.id)
    with reading(engine) as connection:
        rows = seals.read(connection, RequestEvent, query)
    return [Happening(row.id, row.at, row.what, row.author, row.seen_at) for row in rows]


def wanted_query(
    query: Select[*tuple[Any, ...]], wanted: Wanted, departments: tuple[str, ...] | None
) -> Select[*tuple[Any, ...]]:
    """``query`` over the requests wanted, of ``departments`` (None: all). Those whose département is unknown are
    everybody's to sort.
    """
    if departments is not None:
        query = query.where(or_(Table.department.in_(departments), Table.department.is_(None)))
    if wanted.states:
        query = query.where(Table.state.in_(wanted.states))
    if wanted.aside is not None:
        query = query.where(Table.aside.is_not(None) if wanted.aside else Table.aside.is_(None))
    if wanted.withdrawn is not None:
        query = query.where(Table.withdrawn_at.is_not(None) if wanted.withdrawn else Table.withdrawn_at.is_(None))
    if wanted.alert is not None:
        query = query.where(
            Table.id.in_(
                select(RequestAlert.request_id).where(
                    RequestAlert.code == wanted.alert, RequestAlert.settled_at.is_(None)
                ),
            )
        )
    typed = read_typed(wanted.text)
    numbers = [Table.number == int(typed[0]), Table.dossier == int(typed[0])] if typed and len(typed[0]) <= 18 else []
    if wanted.text.strip():
        folded = asked_words(wanted.text)[:6]
        said = [_said(word, wanted.near) for word in ([typed[0]] if typed else folded)]
        others = [and_(*said)] if said and not (typed and len(typed[0]) < SHORTEST_DIGITS) else []
        if said:
            query = query.where(or_(Table.reference == wanted.text.strip(), *numbers, *others))
    if wanted.born is not None:
        query = query.where(Table.birth_date.startswith(wanted.born, autoescape=True))
    return query


def _said(word: str, wrong: bool) -> ColumnElement[bool]:
    """A word within what a request is found by; ``wrong``: one letter of it may be."""
    return or_(
        Table.found_by.contains(word, autoescape=True),
        *(Table.found_by.like(pattern) for pattern in (near_patterns(word) if wrong else ())),
    )


def browse(
    engine: Engine,
    wanted: Wanted,
    departments: tuple[str, ...] | None = None,
    newest_first: bool = False,
    limit: int = 50,
    after: tuple[int, int] | None = None,
) -> tuple[list[Request], tuple[int, int] | None]:
    """A page of requests by the day of deposit, and where the next page begins (None on the last). One whose row does
    not bear its seal is in state :data:`issuer.registry.told.ALTERED`.
    """
    limit = max(1, min(limit, LARGEST_PAGE))
    query = wanted_query(_WHOLE, wanted, departments)
    if after is not None:
        at, last = after
        later = or_(Table.deposited_at > at, and_(Table.deposited_at == at, Table.id > last))
        earlier = or_(Table.deposited_at < at, and_(Table.deposited_at == at, Table.id < last))
        query = query.where(earlier if newest_first else later)
    order = (Table.deposited_at.desc(), Table.id.desc()) if newest_first else (Table.deposited_at, Table.id)
    with reading(engine) as connection:
        rows = islice(seals.parted(connection, Table, query.order_by(*order), limit + 1), limit + 1)
        found = [_of(row) if sound else replace(_of(row), state=ALTERED) for row, sound in rows]
    more = len(found) > limit
    found = found[:limit]
    return found, (found[-1].deposited_at, found[-1].id) if more else None


def count(engine: Engine, wanted: Wanted, departments: tuple[str, ...] | None = None) -> int:
    """How many requests are wanted."""
    with reading(engine) as connection:
        return connection.scalar(wanted_query(select(func.count()).select_from(Table), wanted, departments)) or 0


def handling_seconds(
    engine: Engine,
    since: int,
    department: str | None = None,
    contract: str | None = None,
    most: int = 5_000,
) -> list[int]:
    """Seconds from deposit to decision of the comparable requests decided at UTC second ``since`` or later, the latest
    first, ``most`` at most.
    """
    query = select(Table.decided_at - Table.deposited_at).where(
        Table.decided_at >= since,
        Table.state.in_(DECIDED),
        Table.withdrawn_at.is_(None),
        Table.decided_at >= Table.deposited_at,
    )
    if department is not None:
        query = query.where(Table.department == department)
    if contract is not None:
        query = query.where(Table.contract == contract)
    with reading(engine) as connection:
        return list(connection.scalars(query.order_by(Table.decided_at.desc()).limit(most)))


def waiting_ids(connection: Connection, before: int, after: int = 0, most: int = 100) -> list[int]:
    """Requests still waiting that were deposited before UTC second ``before`` and have no open alert of it, by id,
    after ``after``.
    """
    told = select(RequestAlert.request_id).where(RequestAlert.code == "waiting", RequestAlert.settled_at.is_(None))
    return list(
        connection.scalars(
            select(Table.id)
            .where(
                Table.state.in_(WAITING),
                Table.deposited_at < before,
                Table.id > after,
                Table.withdrawn_at.is_(None),
                Table.id.not_in(told),
            )
            .order_by(Table.id)
            .limit(most)
        )
    )


def find_many(connection: Connection, ids: Iterable[int]) -> list[Request]:
    """The requests of these ids, by id, without those that were changed by another way than this program."""
    found = []
    for chunk in chunks(sorted(ids)):
        query = _WHOLE.where(Table.id.in_(chunk)).order_by(Table.id)
        found += [_of(row) for row, sound in seals.parted(connection, Table, query) if sound]
    return found
