"""The tables of notices: what is to be said to whom of a request's steps, and which addresses want to hear nothing.

No personal data: a notice names a step of a request's history, and the address is read when it is sent. Instants are
UTC seconds.
"""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from issuer.registry.models import Base
from issuer.registry.request_tables import Request


class Notice(Base):
    """One e-mail about one step of a request."""

    __tablename__ = "notice"

    event_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """The line of the history that it tells: one notice a line, whatever happens."""
    request_id: Mapped[int] = mapped_column(ForeignKey(Request.id))
    kind: Mapped[str] = mapped_column(String(24))
    message_id: Mapped[str] = mapped_column(String(32))
    """The random part of its Message-ID: the same at every attempt, so that a mailbox knows a repetition."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[int | None] = mapped_column(BigInteger)
    """When it is next tried; None once it is settled."""
    attempts: Mapped[int] = mapped_column(Integer)
    settled_at: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str | None] = mapped_column(String(16))
    """``sent``, ``stopped`` (not wanted), ``address`` (none or unusable), ``refused`` (by the server), ``exhausted``
    (tried too often), ``stale``.
    """

    __table_args__ = (Index(None, "due_at"), Index(None, "request_id"))


class NoticeCursor(Base):
    """Up to which line of the history notices were made: one row."""

    __tablename__ = "notice_cursor"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(Integer)

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class NoticeStop(Base):
    """An address that wants no notice, as a keyed hash: it says nothing of the address to whoever lacks the home's
    secret.
    """

    __tablename__ = "notice_stop"

    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)
