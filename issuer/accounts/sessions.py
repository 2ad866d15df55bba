"""Sessions of browsers, kept in the database: ended there, they are ended everywhere."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Row as SelectedRow, delete, insert, or_, select, update

from issuer.registry import seals
from issuer.registry.account_tables import Session as Row
from issuer.registry.database import reading, write

IDLE = 30 * 60
"""Seconds without a request after which a session ends, by default."""
ABSOLUTE = 10 * 3600
"""Seconds after which a session ends whatever happens: a working day, by default."""
HALF_WAY = 10 * 60
"""Seconds that a person has between the password and the second factor."""
TOUCH = 60
"""Seconds between two notes of activity: not every request writes."""

PASSWORD, FULL = "password", "full"


@dataclass(frozen=True)
class Session:
    """A session. ``id`` is the 32-byte hash of its token; times are UTC seconds."""

    id: bytes
    account_id: int
    stage: str
    created_at: int
    seen_at: int
    device: str
    id_token: str | None = field(default=None, repr=False)
    """Sealed; None for who signed in here."""


class Sessions:
    """The sessions of one home. ``idle`` and ``absolute`` are seconds."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], int],
        idle: int = IDLE,
        absolute: int = ABSOLUTE,
        random_token: Callable[[int], str] = secrets.token_urlsafe,
    ) -> None:
        self.engine, self.clock, self.idle, self.absolute, self._token = engine, clock, idle, absolute, random_token

    def open(
        self, account_id: int, stage: str, device: str, instead_of: str | None = None, id_token: str | None = None
    ) -> str:
        """A new session's token (43 characters); ``instead_of``, the token before this rotation, no longer counts.
        ``id_token``, sealed, is by default that of the same account's session before.
        """
        token, now = self._token(32), self.clock()

        def work(connection: Connection) -> str:
            before = select(Row.id_token).where(Row.id == _hash(instead_of or ""), Row.account_id == account_id)
            kept = id_token or connection.scalar(before)
            connection.execute(
                delete(Row).where(
                    or_(
                        Row.seen_at < now - self.idle,
                        Row.created_at < now - self.absolute,
                        Row.id == _hash(instead_of or ""),
                    )
                )
            )
            connection.execute(
                insert(Row).values(
                    id=_hash(token),
                    account_id=account_id,
                    stage=stage,
                    created_at=now,
                    seen_at=now,
                    device=device[:60],
                    id_token=kept,
                )
            )
            return token

        return write(self.engine, work)

    def find(self, token: str) -> Session | None:
        """The session of this token while it lasts; notes that it was used."""
        if not 20 <= len(token) <= 64:
            return None
        now = self.clock()
        with reading(self.engine) as connection:
            row = connection.execute(select(Row.__table__).where(Row.id == _hash(token))).first()
            if row is not None:
                seals.trusted(connection, seals.table_of(Row), [row])
        if row is None or not self._lasts(row, now):
            return None
        if row.seen_at < now - TOUCH:
            write(
                self.engine,
                lambda connection: connection.execute(update(Row).where(Row.id == row.id).values(seen_at=now)),
            )
        return Session(bytes(row.id), row.account_id, row.stage, row.created_at, row.seen_at, row.device, row.id_token)

    def _lasts(self, row: SelectedRow[*tuple[Any, ...]], now: int) -> bool:
        limit = HALF_WAY if row.stage == PASSWORD else self.absolute
        return now - row.seen_at < self.idle and now - row.created_at < limit

    def end(self, token: str) -> None:
        """End one session."""
        write(self.engine, lambda connection: connection.execute(delete(Row).where(Row.id == _hash(token))))

    def end_all(self, account_id: int, but: bytes | None = None) -> int:
        """End every session of an account, except the one of this id; how many ended."""
        query = delete(Row).where(Row.account_id == account_id)
        if but is not None:
            query = query.where(Row.id != but)
        return write(self.engine, lambda connection: connection.execute(query).rowcount)

    def of(self, account_id: int) -> list[Session]:
        """The sessions of an account that last, the latest used first."""
        now = self.clock()
        query = (
            select(Row.__table__).where(Row.account_id == account_id, Row.stage == FULL).order_by(Row.seen_at.desc())
        )
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        return [
            Session(bytes(r.id), r.account_id, r.stage, r.created_at, r.seen_at, r.device)
            for r in rows
            if self._lasts(r, now)
        ]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def device_name(agent: str) -> str:
    """``Firefox, Windows``: what a person recognises of a User-Agent; nothing else of it is kept."""
    browser = next(
        (
            name
            for mark, name in (
                ("Edg", "Edge"),
                ("Firefox", "Firefox"),
                ("Chrom", "Chrome"),
                ("Safari", "Safari"),
            )
            if mark in agent
        ),
        "?",
    )
    system = next(
        (
            name
            for mark, name in (
                ("Android", "Android"),
                ("iPhone", "iPhone"),
                ("iPad", "iPad"),
                ("Windows", "Windows"),
                ("Mac OS", "macOS"),
                ("Linux", "Linux"),
            )
            if mark in agent
        ),
        "?",
    )
    return f"{browser}, {system}"
