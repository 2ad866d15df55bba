"""Sending what is due: enqueue from the history, claim, send, settle. At least once, never lost; a repetition bears the
same Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from issuer.applicants.mail_settings import MailSettings
from issuer.applicants.notices import Links, compose, usable
from issuer.applicants.smtp import MailError, MailServer
from issuer.registry import notices

_LOG = logging.getLogger("wif.mail")
FIRST_PAUSE, LONGEST_PAUSE = 60, 6 * 3600
"""Seconds before a message is tried again: twice as long each time."""
MOST_ATTEMPTS = 14
"""After which a message is given up: about two days."""
WORTH_SAYING = 7 * 86_400
"""Seconds after which an unsent notice is no news any more."""
ROUND = 500
"""Messages of one round at most."""


@dataclass(frozen=True)
class MailingContext:
    """What sending needs from outside. ``address_hash`` is a keyed hash of 64 hexadecimal digits; ``token`` gives up to
    32 random characters.
    """

    engine: Engine
    settings: MailSettings
    clock: Callable[[], int]
    token: Callable[[], str]
    address_hash: Callable[[str], str]
    links: Callable[[str], Links | None] = field(repr=False)
    """From an address's keyed hash."""


@dataclass
class Sent:
    """What a round did."""

    enqueued: int = 0
    sent: int = 0
    postponed: int = 0
    dropped: int = 0
    fault: str | None = None
    """The code of what stopped the round, None when nothing did."""


def send_due(context: MailingContext, server: MailServer | None = None) -> Sent:
    """Enqueue what is new and send what is due. A fault of the server or the configuration ends the round, and no
    notice is used up by it.
    """
    done = Sent(notices.enqueue(context.engine, context.settings.steps, context.clock(), context.token))
    with server or MailServer(context.settings) as server:
        for _ in range(ROUND):
            notice = notices.claim(context.engine, context.clock())
            if notice is None:
                break
            if not _send(context, server, notice, done):
                break
    return done


def _send(context: MailingContext, server: MailServer, notice: notices.Claimed, done: Sent) -> bool:
    """Send one claimed notice; whether the round goes on."""
    now, to = context.clock(), usable(notice.email)
    hashed = context.address_hash(to) if to else ""
    reason = (
        "address"
        if to is None
        else "stopped"
        if notices.is_stopped(context.engine, hashed)
        else "stale"
        if now - notice.created_at > WORTH_SAYING
        else ""
    )
    if to is None or reason:
        notices.settle(context.engine, notice.event_id, reason, now)
        done.dropped += 1
        return True
    settings = context.settings
    try:
        server.send(
            compose(
                notice.kind, notice.number, to, notice.message_id, notice.created_at, context.links(hashed), settings
            ),
            settings.sender,
            to,
        )
    except MailError as error:
        return _failed(context, notice, error.code, done)
    notices.settle(context.engine, notice.event_id, "sent", context.clock())
    done.sent += 1
    return True


def _failed(context: MailingContext, notice: notices.Claimed, code: str, done: Sent) -> bool:
    now = context.clock()
    if code in ("refused", "later"):
        if code == "refused" or notice.attempts >= MOST_ATTEMPTS:
            notices.settle(context.engine, notice.event_id, "refused" if code == "refused" else "exhausted", now)
            done.dropped += 1
        else:
            notices.postpone(context.engine, notice.event_id, now + pause(notice.attempts))
            done.postponed += 1
        return True
    notices.release(context.engine, notice.event_id, now)
    done.fault = code
    _LOG.error("mail server", extra={"code": code})
    return False


def pause(attempts: int) -> int:
    """Seconds to wait after so many attempts (from 1)."""
    return min(FIRST_PAUSE << min(attempts - 1, 20), LONGEST_PAUSE)
