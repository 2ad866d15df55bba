"""Publication within a minute of each act: one thread in each worker process, one publisher at a time."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from issuer.background import BackgroundLoop
from issuer.registry.database import reading
from issuer.registry.models import Attestation, Audit, Publication
from issuer.web.context import WebContext
from keys import durable

_LOG = logging.getLogger("wif.web")
AUTHOR = "publisher"
ACTS = ("suspend", "reinstate", "revoke", "replace", "take_effect", "mark_foreign")
"""Acts that change what is published. A new attestation does not: its index is 0, valid, beforehand."""
LOCK = ".publisher"


@dataclass(frozen=True)
class PublicationState:
    """What is published. Times are UTC seconds, None before the first; ``waiting`` counts the acts not published
    yet.
    """

    published_at: int | None
    expires: int | None
    waiting: int
    oldest_waiting: int | None
    trust_next_update: int
    trust_expires: int


def publication_state(context: WebContext) -> PublicationState:
    """What is published now and what waits."""
    with reading(context.engine) as connection:
        last = connection.execute(
            select(Publication.id, Publication.issued_at, Publication.expires).order_by(Publication.id.desc()).limit(1)
        ).first()
        after = last.id if last else 0
        waiting = connection.execute(
            select(func.count(), func.min(Audit.at)).where(Audit.seq > after, Audit.act.in_(ACTS))
        ).one()
    trust = context.trust()
    return PublicationState(
        last.issued_at if last else None,
        last.expires if last else None,
        waiting[0],
        waiting[1],
        trust.next_update,
        trust.expires,
    )


def is_due(context: WebContext, now: int) -> bool:
    """Whether something is to be published: an act, a decision whose day has come, or lists older than a quarter of
    their time.
    """
    state = publication_state(context)
    if state.published_at is None or state.waiting:
        return True
    if now - state.published_at > min(context.home.config.status_ttl // 4, 6 * 3600):
        return True
    with reading(context.engine) as connection:
        return connection.scalar(select(Attestation.id).where(Attestation.next_at <= now).limit(1)) is not None


def publisher(context: WebContext, delay: float) -> BackgroundLoop:
    """The thread that publishes; ``delay`` is the seconds between two looks."""

    def look(_stopped: Callable[[], bool]) -> bool:
        publish_if_due(context)
        return True

    return BackgroundLoop("publication", look, delay, _LOG)


def publish_if_due(context: WebContext, author: str = AUTHOR) -> bool:
    """Publish when something is due and nobody else is at it; whether it was done. Where the clock is not believed the
    public address and the configured ``clocks`` are asked. Raises WifError or OSError.
    """
    if not is_due(context, context.clock()):
        return False
    with durable.alone(context.home.public / LOCK, wait=False) as held:
        if not held or not is_due(context, context.clock()):
            return False
        context.home.publish(author, ask=True)
    return True
