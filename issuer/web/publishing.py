"""Publication within a minute of each act: one thread in each worker process, one publisher at a time."""

import fcntl
import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from issuer.registry.database import reading
from issuer.registry.models import Attestation, Audit, Publication
from keys.errors import WifError

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
        last = connection.execute(select(Publication.id, Publication.issued_at, Publication.expires).order_by(Publication.id.desc()).limit(1)).first()
        after = last.id if last else 0
        waiting = connection.execute(
            select(func.count(), func.min(Audit.at)).where(Audit.seq > after, Audit.act.in_(ACTS))
        ).one()
    trust = office.trust()
    return PublicationState(
        last.issued_at if last else None, last.expires if last else None, waiting[0], waiting[1], trust.next_update, trust.expires, trust.version,
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


class Publisher:
    """The thread that publishes. ``delay`` is the seconds between two looks."""

    def __init__(self, office, delay: int) -> None:
        self._office, self._delay = office, delay
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the publication under way."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stop.wait(self._delay):
            try:
                publish_if_due(self._office)
            except (WifError, OSError) as error:
                _LOG.error("publication failed", extra={"kind": type(error).__name__, "reason": str(error)})


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
