"""Publication within a minute of each act: one thread in each worker process, one publisher at a time."""

import fcntl
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from issuer.registry.database import reading
from issuer.registry.models import Attestation, Audit, Publication
from issuer.rounds import Rounds

_LOG = logging.getLogger("wif.web")
AUTHOR = "publisher"
ACTS = ("suspend", "reinstate", "revoke", "replace", "take_effect")
"""Acts that change what is published. A new attestation does not: its index is 0, valid, beforehand."""
LOCK = ".publisher"


@dataclass(frozen=True)
class PublicationState:
    """What is published. Times are UTC seconds, None before the first; ``waiting`` counts the acts not published yet."""

    published_at: int | None
    expires: int | None
    waiting: int
    oldest_waiting: int | None
    trust_next_update: int
    trust_expires: int
    trust_version: int


def publication_state(office) -> PublicationState:
    """What is published now and what waits."""
    with reading(office.engine) as connection:
        last = connection.execute(
            select(Publication.id, Publication.issued_at, Publication.expires).order_by(Publication.id.desc()).limit(1)
        ).first()
        after = last.id if last else 0
        waiting = connection.execute(
            select(func.count(), func.min(Audit.at)).where(Audit.seq > after, Audit.act.in_(ACTS))
        ).one()
    trust = office.trust()
    return PublicationState(
        last.issued_at if last else None,
        last.expires if last else None,
        waiting[0],
        waiting[1],
        trust.next_update,
        trust.expires,
        trust.version,
    )


def is_due(office, now: int) -> bool:
    """Whether something is to be published: an act, a decision whose day has come, or lists older than a quarter of their time."""
    state = publication_state(office)
    if state.published_at is None or state.waiting:
        return True
    if now - state.published_at > min(office.home.config.status_ttl // 4, 6 * 3600):
        return True
    with reading(office.engine) as connection:
        return connection.scalar(select(Attestation.id).where(Attestation.next_at <= now).limit(1)) is not None


def publisher(office, delay: float) -> Rounds:
    """The thread that publishes; ``delay`` is the seconds between two looks."""

    def look(stopped: Callable[[], bool]) -> bool:
        publish_if_due(office)
        return True

    return Rounds("publication", look, delay, _LOG)


def publish_if_due(office, author: str = AUTHOR) -> bool:
    """Publish when something is due and nobody else is at it; whether it was done. Raises WifError or OSError."""
    if not is_due(office, office.clock()):
        return False
    with Path(office.home.public, LOCK).open("a", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if not is_due(office, office.clock()):
            return False
        office.home.publish(author)
    return True
