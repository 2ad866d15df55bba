"""Anomalies of requests: kept with the moment they came up, settled by a person or because they went away."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, Update, func, insert, or_, select, update

from issuer.registry import seals
from issuer.registry.database import reading
from issuer.registry.draws import chunks
from issuer.registry.request_tables import Request, RequestAlert, RequestEvent
from issuer.registry.told import ALTERED


@dataclass(frozen=True)
class Alert:
    """An anomaly of a request. ``details`` are parameters of its words; instants are UTC seconds."""

    request_id: int
    code: str
    since: int
    details: dict[str, Any]
    settled_at: int | None
    settled_by: str | None


@dataclass(frozen=True, repr=False)
class Listed:
    """An anomaly in a list, with what it is found by. Of a row that does not bear its seal, ``state`` and the code of
    ``alert`` are :data:`issuer.registry.told.ALTERED`.
    """

    alert: Alert
    number: int
    dossier: int | None
    department: str | None
    state: str


_COLUMNS = (
    RequestAlert.request_id,
    RequestAlert.code,
    RequestAlert.since,
    RequestAlert.details,
    RequestAlert.settled_at,
    RequestAlert.settled_by,
)


def _of(row: Row[*tuple[Any, ...]]) -> Alert:
    return Alert(row.request_id, row.code, row.since, json.loads(row.details), row.settled_at, row.settled_by)


def of_request(connection: Connection, request_id: int) -> dict[str, Alert]:
    """Every anomaly of a request, settled ones too, by code. Raises RegistryError ("tampered")."""
    query = select(RequestAlert.__table__).where(RequestAlert.request_id == request_id)
    rows = seals.read(connection, RequestAlert, query.order_by(RequestAlert.since, RequestAlert.code))
    return {row.code: _of(row) for row in rows}


def put(
    connection: Connection, request_id: int, now: int, found: Mapping[str, dict[str, Any]], sticky: Iterable[str] = ()
) -> None:
    """Make ``found`` the open anomalies of a request. One that a person settled stays so while its details stay the
    same; ``sticky`` ones do not go away by themselves.
    """
    known = of_request(connection, request_id)
    for code, details in found.items():
        former = known.get(code)
        if former is None:
            connection.execute(
                insert(RequestAlert).values(request_id=request_id, code=code, since=now, details=_text(details))
            )
        elif former.details != details or (former.settled_at is not None and former.settled_by is None):
            connection.execute(
                _one(request_id, code).values(
                    details=_text(details),
                    settled_at=None,
                    settled_by=None,
                    since=now if former.settled_at is not None else former.since,
                )
            )
    for code, former in known.items():
        if code not in found and code not in sticky and former.settled_at is None:
            connection.execute(_one(request_id, code).values(settled_at=now, settled_by=None))


def settle(connection: Connection, request_id: int, code: str, now: int, author: str) -> bool:
    """Note that a person has dealt with an anomaly; False when there is none open."""
    done = connection.execute(
        _one(request_id, code).where(RequestAlert.settled_at.is_(None)).values(settled_at=now, settled_by=author)
    )
    return bool(done.rowcount)


def _one(request_id: int, code: str) -> Update:
    return update(RequestAlert).where(RequestAlert.request_id == request_id, RequestAlert.code == code)


def _text(details: dict[str, Any]) -> str:
    return json.dumps(details, ensure_ascii=False, sort_keys=True)


def open_ids(connection: Connection, after: int, most: int = 100) -> list[int]:
    """Requests with open anomalies, by id, after ``after``."""
    query = (
        select(RequestAlert.request_id)
        .where(RequestAlert.settled_at.is_(None), RequestAlert.request_id > after)
        .distinct()
    )
    return list(connection.scalars(query.order_by(RequestAlert.request_id).limit(most)))


def counts(engine: Engine, departments: tuple[str, ...] | None) -> dict[str, int]:
    """How many requests of ``departments`` (None: all) have each anomaly open."""
    query = (
        select(RequestAlert.code, func.count())
        .join(Request, Request.id == RequestAlert.request_id)
        .where(RequestAlert.settled_at.is_(None))
    )
    with reading(engine) as connection:
        return dict(connection.execute(_within(query, departments).group_by(RequestAlert.code)).all())


def listed(
    engine: Engine, since: int, until: int, departments: tuple[str, ...] | None, page: int = 1_000
) -> Iterator[Listed]:
    """The anomalies that came up from UTC second ``since`` to before ``until``, by département, then by day. Read in
    pages.
    """
    columns = (*_COLUMNS, Request.number, Request.dossier, Request.department, Request.state)
    base = (
        select(*columns)
        .join(Request, Request.id == RequestAlert.request_id)
        .where(RequestAlert.since >= since, RequestAlert.since < until)
    )
    done = 0
    while True:
        query = _within(base, departments).order_by(
            Request.department, RequestAlert.since, RequestAlert.request_id, RequestAlert.code
        )
        with reading(engine) as connection:
            rows = connection.execute(query.offset(done).limit(page)).all()
            requests, anomalies = _altered(connection, {row.request_id for row in rows})
        for row in rows:
            altered = (row.request_id, row.code) in anomalies
            alert = Alert(row.request_id, ALTERED, row.since, {}, None, None) if altered else _of(row)
            state = ALTERED if row.request_id in requests else row.state
            yield Listed(alert, row.number, row.dossier, row.department, state)
        done += len(rows)
        if len(rows) < page:
            return


def _altered(connection: Connection, ids: set[int]) -> tuple[set[int], set[tuple[int, str]]]:
    """Which of these requests, and of their anomalies by request and code, do not bear their seal."""
    requests, anomalies = set(), set()
    for chunk in chunks(sorted(ids)):
        query = select(Request.__table__).where(Request.id.in_(chunk)).order_by(Request.id)
        requests |= {row.id for row, sound in seals.parted(connection, Request, query) if not sound}
        query = select(RequestAlert.__table__).where(RequestAlert.request_id.in_(chunk))
        query = query.order_by(RequestAlert.request_id, RequestAlert.code)
        found = seals.parted(connection, RequestAlert, query)
        anomalies |= {(row.request_id, row.code) for row, sound in found if not sound}
    return requests, anomalies


def _within(query: Select[*tuple[Any, ...]], departments: tuple[str, ...] | None) -> Select[*tuple[Any, ...]]:
    return (
        query
        if departments is None
        else query.where(or_(Request.department.in_(departments), Request.department.is_(None)))
    )


def accepted_by(connection: Connection, author: str, since: int, until: int) -> list[int]:
    """When this author accepted requests, from UTC second ``since`` to ``until``, both included."""
    query = select(RequestEvent.at).where(
        RequestEvent.what == "accepte",
        RequestEvent.author == author,
        RequestEvent.at >= since,
        RequestEvent.at <= until,
    )
    return list(connection.scalars(query.order_by(RequestEvent.at)))
