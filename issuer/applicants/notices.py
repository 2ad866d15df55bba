"""A notice as an e-mail: French, then English, as plain text and as simple HTML. Pure.

It says the number and the step, never a name, an employer, a date of birth or a ground. Headers cannot be
injected: the recipient is one plain mailbox or nothing, and the standard library's policy refuses line breaks.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from issuer.applicants.mail_settings import ADDRESS, MailSettings
from issuer.applicants.wording import LANGUAGES, text


@dataclass(frozen=True)
class Links:
    """Where a notice leads: the page of the request, and the page to receive no more."""

    follow: str
    stop: str


def usable(address: str | None) -> str | None:
    """The address when a notice can go there, else None."""
    return address if address and ADDRESS.fullmatch(address) else None


def message_id(token: str, settings: MailSettings) -> str:
    """The Message-ID of a notice: the same at each attempt."""
    return f"<notice.{token}@{settings.sender.rpartition('@')[2]}>"


def compose(
    kind: str, number: int, to: str, token: str, created_at: int, links: Links | None, settings: MailSettings
) -> EmailMessage:
    """The message of a step of the request that its applicant knows as ``number``. ``to`` is :func:`usable`;
    ``created_at`` UTC seconds.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=settings.name, addr_spec=settings.sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = " / ".join(text(f"mail.{kind}.subject", language, number=number) for language in LANGUAGES)
    message["Date"] = format_datetime(datetime.fromtimestamp(created_at, UTC))
    message["Message-ID"] = message_id(token, settings)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = ", ".join(LANGUAGES)
    if links:
        message["List-Unsubscribe"] = f"<{links.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("\n\n-- \n\n".join(_plain(kind, number, links, language) for language in LANGUAGES) + "\n")
    bodies = "<hr>".join(_html(kind, number, links, language) for language in LANGUAGES)
    title = escape(text(f"mail.{kind}.subject", LANGUAGES[0], number=number))
    message.add_alternative(
        f'<!doctype html><html lang="{LANGUAGES[0]}"><head><meta'
        f' charset="utf-8"><title>{title}</title></head><body>{bodies}</body></html>\n',
        subtype="html",
    )
    return message


def _address(link: str, language: str) -> str:
    return link if language == LANGUAGES[0] else f"{link}{'&' if '?' in link else '?'}lang={language}"


def _plain(kind: str, number: int, links: Links | None, language: str) -> str:
    say = lambda key: text(key, language, number=number)
    parts = [*([say("mail.english")] if language == LANGUAGES[0] else []), say("mail.hello"), say(f"mail.{kind}.text")]
    if links:
        parts.append(f"{say('mail.follow')}\n{_address(links.follow, language)}\n{say('mail.follow.text')}")
    parts.append(say("mail.automatic"))
    if links:
        parts.append(f"{say('mail.stop')}\n{_address(links.stop, language)}")
    return "\n\n".join(parts)


def _html(kind: str, number: int, links: Links | None, language: str) -> str:
    say = lambda key: escape(text(key, language, number=number))
    link = lambda address: f'<a href="{escape(_address(address, language))}">{escape(_address(address, language))}</a>'
    parts = [say("mail.hello"), say(f"mail.{kind}.text")]
    if links:
        parts.append(f"{say('mail.follow')}<br>{link(links.follow)}<br>{say('mail.follow.text')}")
    parts.append(say("mail.automatic"))
    if links:
        parts.append(f"{say('mail.stop')}<br>{link(links.stop)}")
    return f'<div lang="{language}">' + "".join(f"<p>{part}</p>" for part in parts) + "</div>"
