"""The outbox: what a decision still has to do in another system, written in the same transaction as the decision.

A task is claimed for a while before anything is done, so that one process works on it; what a killed one left is
claimed again once that while is over, and by then whatever the killed one had sent has been answered.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from issuer.registry import seals
from issuer.registry.database import new_id, reading, write
from issuer.registry.request_tables import RequestTask

ACCEPT, DELIVER, SIGN, CLOSE, WRITE = "accept", "deliver", "sign", "close", "message"
"""Accept with the PDF as justificatif; send the PDF by message; only sign; refuse or close with the letter; write to
the usager.
"""
DONE, FAILED, ALTERED = "done", "failed", "altered"
"""Steps at which nothing follows; the last is shown of a row that was changed by another way than this program."""


@dataclass(frozen=True, repr=False)
class Task:
    """A line of the outbox. ``data`` is what its steps before left behind; instants are UTC seconds."""

    id: int
    request_id: int
    kind: str
    step: str
    data: dict[str, Any]
    author: str
    attempts: int
    error: str | None
    due_at: int
    created_at: int
    done_at: int | None
    round: int

    def __repr__(self) -> str:
        return f"<Task {self.id} {self.kind} {self.step}>"


_OPEN = select(RequestTask.__table__).where(RequestTask.done_at.is_(None))
_COLUMNS = tuple(getattr(RequestTask, name) for name in Task.__dataclass_fields__)


def _of(row: Row[*tuple[Any, ...]]) -> Task:
    return Task(**dict(row._mapping, data=json.loads(row.data)))


def add(
    connection: Connection, request_id: int, kind: str, step: str, data: Mapping[str, object], author: str, now: int
) -> Task | None:
    """Write a task for a request that has none open; None when it has."""
    if open_of(connection, request_id) is not None:
        return None
    last = connection.scalar(select(func.max(RequestTask.round)).where(RequestTask.request_id == request_id)) or 0
    values: dict[str, Any] = {
        "request_id": request_id,
        "kind": kind,
        "step": step,
        "author": author,
        "attempts": 0,
        "error": None,
        "due_at": now,
        "created_at": now,
        "done_at": None,
        "round": last + 1,
    }
    made = connection.execute(insert(RequestTask).values(**values, data=json.dumps(dict(data), ensure_ascii=False)))
    return Task(id=new_id(made), data=dict(data), **values)


def open_of(connection: Connection, request_id: int) -> Task | None:
    """The task of a request that is not done. Raises RegistryError ("tampered") for one that was changed by another way
    than this program.
    """
    rows = seals.read(connection, RequestTask, _OPEN.where(RequestTask.request_id == request_id).limit(1))
    return _of(rows[0]) if rows else None


def last_of(engine: Engine, request_id: int) -> Task | None:
    """The last task of a request, done or not, to be shown: of one that was changed by another way than this program
    only that, as its step.
    """
    query = select(RequestTask.__table__).where(RequestTask.request_id == request_id)
    with reading(engine) as connection:
        row, sound = next(
            seals.parted(connection, RequestTask, query.order_by(RequestTask.round.desc()), 1), (None, True)
        )
    if row is None:
        return None
    return _of(row) if sound else _altered(row)


def _altered(row: Row[*tuple[Any, ...]]) -> Task:
    nothing: dict[str, Any] = {
        "kind": ALTERED,
        "step": ALTERED,
        "data": {},
        "author": "",
        "error": None,
        "done_at": None,
    }
    return Task(**{**{name: row._mapping[name] for name in Task.__dataclass_fields__}, **nothing})


def due(engine: Engine, now: int, most: int = 20) -> list[Task]:
    """Tasks that may be worked on now, the longest due first. A row that was changed by another way than this program
    is passed over, so that it does not stop the others; :func:`tampered` counts it.
    """
    query = _OPEN.where(RequestTask.due_at <= now).order_by(RequestTask.due_at, RequestTask.id)
    with reading(engine) as connection:
        rows = seals.parted(connection, RequestTask, query)
        return [_of(row) for row in islice((row for row, sound in rows if sound), most)]


def tampered(engine: Engine) -> int:
    """How many open tasks were changed or inserted by another way than this program: nothing is done with them."""
    with reading(engine) as connection:
        rows = seals.parted(connection, RequestTask, _OPEN.order_by(RequestTask.id))
        return sum(not sound for _, sound in rows)


def claim(engine: Engine, task: Task, now: int, seconds: int) -> Task | None:
    """Take a due task for so many seconds; None when another process took it, or it changed."""

    def work(connection: Connection) -> Task | None:
        taken = connection.execute(
            update(RequestTask)
            .where(
                RequestTask.id == task.id,
                RequestTask.done_at.is_(None),
                RequestTask.due_at == task.due_at,
                RequestTask.due_at <= now,
            )
            .values(due_at=now + seconds, attempts=RequestTask.attempts + 1)
        )
        if not taken.rowcount:
            return None
        return _of(connection.execute(select(*_COLUMNS).where(RequestTask.id == task.id)).one())

    return write(engine, work)


def save(connection: Connection, task: Task, **changes: object) -> Task:
    """Write changes of a claimed task: ``kind``, ``step``, ``data``, ``error``, ``due_at``, ``done_at``."""
    connection.execute(
        update(RequestTask)
        .where(RequestTask.id == task.id)
        .values(
            **{
                name: json.dumps(value, ensure_ascii=False) if name == "data" else value
                for name, value in changes.items()
            }
        )
    )
    return Task(**{**vars(task), **changes})


def troubled(engine: Engine, attempts: int = 3) -> int:
    """How many open tasks were tried so often and still are not done."""
    with reading(engine) as connection:
        return (
            connection.scalar(
                select(func.count())
                .select_from(RequestTask)
                .where(RequestTask.done_at.is_(None), RequestTask.attempts >= attempts),
            )
            or 0
        )
