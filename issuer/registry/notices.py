"""Notices in the database: made from the history with a cursor, so that no step is forgotten, claimed, settled.

Every step is one line of ``request_event``, whose ids grow in the order of commits (writers are alone).
Making notices and moving the cursor are one transaction. A notice is claimed before it is sent and settled
after: a process that dies in between leaves it to be claimed again, so a message may be sent twice, with the
same Message-ID, and is never lost.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, update

from issuer.registry import seals
from issuer.registry.database import reading, write
from issuer.registry.notice_tables import Notice, NoticeCursor, NoticeStop
from issuer.registry.request_tables import Request, RequestEvent

FRESH = 3 * 86_400
"""Seconds after which a step is no news: it is passed over, so that a first synchronisation or a long stop sends no
flood.
"""
CLAIM = 600
"""Seconds for which a claimed notice is its claimer's."""
PAGE = 500
"""Lines of the history read at a time."""


@dataclass(frozen=True, repr=False)
class Claimed:
    """A notice to send now, with what it needs. Its ``repr`` shows no address."""

    event_id: int
    kind: str
    message_id: str
    created_at: int
    attempts: int
    number: int
    """The number that the applicant knows."""
    email: str | None


def enqueue(engine: Engine, kinds: Sequence[str], now: int, token: Callable[[], str]) -> int:
    """Make the notices of the history's new lines that are among ``kinds``; how many. The first call ever only begins:
    what came before is no news.

    Of several lines of one request only the last of a page becomes a notice; one that does not bear its seal becomes
    none. ``token`` gives 1 to 32 characters of a
    Message-ID.
    """
    with reading(engine) as connection:
        cursor = connection.scalar(select(NoticeCursor.event_id))
        newest = connection.scalar(select(func.max(RequestEvent.id))) or 0
    if cursor is not None and newest <= cursor:
        return 0
    made = 0
    while True:
        fresh, more = write(engine, lambda connection: _page(connection, kinds, now, token))
        made += fresh
        if not more:
            return made


def _page(connection: Connection, kinds: Sequence[str], now: int, token: Callable[[], str]) -> tuple[int, bool]:
    cursor = connection.scalar(select(NoticeCursor.event_id))
    if cursor is None:
        connection.execute(
            insert(NoticeCursor).values(id=1, event_id=connection.scalar(select(func.max(RequestEvent.id))) or 0)
        )
        return 0, False
    query = select(RequestEvent.__table__).where(RequestEvent.id > cursor).order_by(RequestEvent.id)
    read = list(islice(seals.parted(connection, RequestEvent, query), PAGE))
    if not read:
        return 0, False
    rows = [row for row, sound in read if sound]
    chosen = {row.request_id: row for row in rows if row.what in kinds and min(row.at, row.seen_at) >= now - FRESH}
    if chosen:
        connection.execute(
            insert(Notice),
            [
                {
                    "event_id": row.id,
                    "request_id": row.request_id,
                    "kind": row.what,
                    "message_id": token(),
                    "created_at": now,
                    "due_at": now,
                    "attempts": 0,
                }
                for row in sorted(chosen.values(), key=lambda row: row.id)
            ],
        )
    connection.execute(update(NoticeCursor).values(event_id=read[-1][0].id))
    return len(chosen), len(read) == PAGE


def claim(engine: Engine, now: int) -> Claimed | None:
    """The notice longest due, for this process alone during :data:`CLAIM` seconds; None when none is due."""
    with reading(engine) as connection:
        if connection.scalar(select(Notice.event_id).where(Notice.due_at <= now).limit(1)) is None:
            return None

    def work(connection: Connection) -> Claimed | None:
        due = select(Notice.__table__).where(Notice.due_at <= now).order_by(Notice.due_at, Notice.event_id)
        found = next(_sound(connection, due), None)
        if found is None:
            return None
        row, request = found
        connection.execute(
            update(Notice).where(Notice.event_id == row.event_id).values(due_at=now + CLAIM, attempts=row.attempts + 1)
        )
        return Claimed(
            row.event_id,
            row.kind,
            row.message_id,
            row.created_at,
            row.attempts + 1,
            request.dossier or request.number,
            request.email,
        )

    return write(engine, work)


def _sound(connection: Connection, due: Select[Any]) -> Iterator[tuple[Row[Any], Row[Any]]]:
    """Notices with their requests. What was changed by another way than this program is passed over: it stays due, and
    stops none behind it.
    """
    for row, is_sound in seals.parted(connection, Notice, due):
        asked = select(Request.__table__).where(Request.id == row.request_id)
        if is_sound:
            yield from ((row, request) for request, fits in seals.parted(connection, Request, asked) if fits)


def settle(engine: Engine, event_id: int, outcome: str, now: int) -> None:
    """Say what became of a notice, once and for all."""
    write(
        engine,
        lambda connection: connection.execute(
            update(Notice)
            .where(Notice.event_id == event_id, Notice.due_at.is_not(None))
            .values(due_at=None, settled_at=now, outcome=outcome),
        ),
    )


def postpone(engine: Engine, event_id: int, due_at: int) -> None:
    """Try a notice again at UTC second ``due_at``."""
    write(
        engine,
        lambda connection: connection.execute(
            update(Notice).where(Notice.event_id == event_id, Notice.due_at.is_not(None)).values(due_at=due_at),
        ),
    )


def release(engine: Engine, event_id: int, now: int) -> None:
    """Give a claimed notice back untried: the server, not the notice, was at fault."""
    write(
        engine,
        lambda connection: connection.execute(
            update(Notice)
            .where(Notice.event_id == event_id, Notice.due_at.is_not(None))
            .values(due_at=now, attempts=Notice.attempts - 1),
        ),
    )


def outcomes(engine: Engine) -> dict[str, int]:
    """How many notices there are by outcome; ``waiting`` those still to be sent."""
    with reading(engine) as connection:
        rows = connection.execute(select(Notice.outcome, func.count()).group_by(Notice.outcome)).all()
    return {outcome or "waiting": count for outcome, count in rows}


def is_stopped(engine: Engine, address: str) -> bool:
    """Whether the address of this keyed hash wants no notice."""
    with reading(engine) as connection:
        return connection.scalar(select(NoticeStop.at).where(NoticeStop.address == address)) is not None


def stop(engine: Engine, address: str, now: int) -> None:
    """Send no more notices to the address of this keyed hash."""
    if not is_stopped(engine, address):
        write(
            engine,
            lambda connection: (
                is_stopped_in(connection, address)
                or connection.execute(insert(NoticeStop).values(address=address, at=now))
            ),
        )


def is_stopped_in(connection: Connection, address: str) -> bool:
    """The same inside a transaction."""
    return connection.scalar(select(NoticeStop.at).where(NoticeStop.address == address)) is not None


def resume(engine: Engine, address: str) -> None:
    """Send notices again to the address of this keyed hash."""
    write(engine, lambda connection: connection.execute(delete(NoticeStop).where(NoticeStop.address == address)))
