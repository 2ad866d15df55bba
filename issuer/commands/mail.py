"""``wif mail``: notices of requests by e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from issuer.commands.terminal import emit, open_home, say
from issuer.errors import ConfigError

if TYPE_CHECKING:
    from issuer.applicants.mailing import MailingContext


@click.group()
def mail() -> None:
    """Send the notices of requests, count them, try the mail server. ``wif serve issuer`` sends by itself."""


def _context() -> MailingContext:
    from issuer.web import mailing
    from issuer.web.settings import from_table

    home = open_home()
    settings = mailing.settings_of(home)
    if settings is None:
        raise ConfigError(
            "The configuration has no [mail] table, or mail.enabled is false: no notice is sent. See"
            " docs/operations.md."
        )
    return mailing.mailing_context(home, home.sealer, settings, from_table(home.config.extra.get("web", {})))


@mail.command()
def send() -> int:
    """Make the notices of new steps and send those that are due, once."""
    from issuer.applicants.mailing import send_due
    from issuer.applicants.smtp import MailError

    done = send_due(_context())
    emit(
        {
            "enqueued": done.enqueued,
            "sent": done.sent,
            "postponed": done.postponed,
            "dropped": done.dropped,
            "fault": done.fault,
        }
    )
    if done.fault:
        say(str(MailError(done.fault)))
        return 1
    return 0


@mail.command()
def status() -> None:
    """Count the notices by what became of them."""
    from issuer.registry.notices import outcomes

    emit(dict(sorted(outcomes(open_home().engine).items())))


@mail.command(name="try")
@click.argument("address")
def try_(address: str) -> int:
    """Send a message to ADDRESS, to see whether the mail server takes it."""
    from issuer.applicants.notices import compose, usable
    from issuer.applicants.smtp import MailServer

    if usable(address) is None:
        raise ConfigError("This is no e-mail address that notices can go to. Write one plain ASCII address.")
    context = _context()
    with MailServer(context.settings) as server:
        server.send(
            compose("try", 0, address, context.token(), context.clock(), None, context.settings),
            context.settings.sender,
            address,
        )
    emit({"sent": 1})
    return 0
