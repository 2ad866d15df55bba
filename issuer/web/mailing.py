"""Notices by e-mail from a home: addresses under keyed hashes, the links of messages, and the thread that sends."""

import hmac
import logging
import secrets
from collections.abc import Callable

from issuer.accounts.sealing import Sealer
from issuer.applicants.mail_settings import MailSettings, from_table
from issuer.applicants.mailing import MailingContext, send_due
from issuer.applicants.notices import Links
from issuer.background import BackgroundLoop
from issuer.errors import ConfigError
from issuer.home import Home
from issuer.web.publicside import PREFIX
from issuer.web.settings import WebSettings

_LOG = logging.getLogger("wif.mail")
LONGEST_PAUSE = 900
"""Seconds between two rounds when the mail server goes on refusing."""
HASH, MARK = 64, 32
"""Hexadecimal digits of an address's keyed hash, and of the mark that this home put after it."""


def settings_of(home: Home) -> MailSettings | None:
    """The ``[mail]`` table of a home's configuration. Raises ConfigError; links need ``web.address``."""
    from issuer.web.settings import from_table as web_from_table

    settings = from_table(home.config.extra.get("mail"))
    if settings is not None and not web_from_table(home.config.extra.get("web", {})).address:
        raise ConfigError("[mail] needs web.address, the public address of these pages: messages lead there. Add it.")
    return settings


def address_hash(sealer: Sealer, address: str) -> str:
    """The keyed hash under which an address is stopped."""
    return sealer.keyed_hash("mail", address.lower())


def stop_token(sealer: Sealer, hashed: str) -> str:
    """What stands in the link to receive no more: the keyed hash and a mark of this home, so that nobody stores
    others.
    """
    return hashed + sealer.keyed_hash("mail-stop", hashed)[:MARK]


def read_stop_token(sealer: Sealer, token: str) -> str | None:
    """The keyed hash of a link that this home made; None for any other."""
    if len(token) != HASH + MARK or not token.isascii():
        return None
    return token[:HASH] if hmac.compare_digest(stop_token(sealer, token[:HASH]), token) else None


def mailing_context(home: Home, sealer: Sealer, settings: MailSettings, web: WebSettings) -> MailingContext:
    """What sending needs, from a home."""
    base = f"{web.address}{PREFIX}"
    return MailingContext(
        home.engine,
        settings,
        home.clock,
        lambda: secrets.token_hex(12),
        lambda address: address_hash(sealer, address),
        lambda hashed: Links(f"{base}/demande", f"{base}/courriels/{stop_token(sealer, hashed)}"),
    )


def postman(context: MailingContext, send: Callable = send_due) -> BackgroundLoop:
    """The thread that sends: one in each worker process; claims in the database keep them apart."""

    def send_what_is_due(_stopped: Callable[[], bool]) -> bool:
        done = send(context)
        if done.sent or done.dropped:
            _LOG.info("notices", extra={"sent": done.sent, "dropped": done.dropped, "postponed": done.postponed})
        return not done.fault

    return BackgroundLoop("notices", send_what_is_due, context.settings.delay, _LOG, LONGEST_PAUSE, private=True)
