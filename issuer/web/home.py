"""The first page: what waits, and what was done."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Flask, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from issuer.accounts.roles import ACT, CONFIRM, ISSUE, OWN, PEOPLE, PUBLISH, READ
from issuer.attestation.numbers import format_number
from issuer.registry import Search, list_use
from issuer.registry.models import LIST_SIZE
from issuer.registry.queries import HistoryEvent
from issuer.registry.search import Found, find_page, found_as_told, latest_acts
from issuer.registry.unnotified import unnotified
from issuer.web import importing, proposals, scope
from issuer.web.access import asks
from issuer.web.context import WebContext, web_context
from issuer.web.finding import asked_for
from issuer.web.publisher import publication_state
from issuer.web.wording import moment, plural, span, t
from keys.trust_content import STATE_IN_USE

pages = Blueprint("home", __name__)
DAY = 86_400
RECENT = 12
DECISIONS = 6
LATE = 3
"""Lists are spoken of when less than one of so many parts of their time is left: publishing renews them long before."""
KEY_NOTICE = 60 * DAY
"""Seconds before a key's end from which the page speaks of it."""
LIST_NOTICE = 0.9
"""Share of a status list's places from which the page speaks of it."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits: its words, where it is dealt with, and how grave it is (``bad``, ``note`` or ``todo``)."""

    text: str
    address: str | None = None
    weight: str = "todo"
    details: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Lines of ``(text, address)`` below it."""


SOURCES = "wif_waiting"
"""Key of ``app.extensions``: functions ``(context, account) -> iterable of Waiting`` that other modules add to."""


def add_source(app: Flask, source: Callable) -> None:
    """Let another room say what waits with it."""
    app.extensions.setdefault(SOURCES, []).append(source)


@pages.get("/")
@asks(OWN)
def page() -> ResponseReturnValue:
    """What waits, and what was done."""
    context = web_context()
    recent: Sequence[Found] = ()
    decisions: Sequence[tuple[int, HistoryEvent]] = ()
    if g.account.may(READ):
        found = find_page(context.engine, Search(), departments=scope.departments(), limit=RECENT).found
        recent = list(found_as_told(context.engine, found))
        decisions = latest_acts(context.engine, scope.departments(), DECISIONS)
    return render_template(
        "home.html",
        waiting=_waiting(context),
        recent=recent,
        decisions=decisions,
        names=context.directory.names(),
        now=context.clock(),
        drafts=context.drafts.of(g.account.id) if g.account.may(ISSUE) else (),
        publication=publication_state(context),
    )


@pages.post("/go")
@asks(READ)
def go() -> ResponseReturnValue:
    """The box of the top bar: a number, or words to look for, which go on sealed."""
    return asked_for({"q": request.form.get("q", "")[:200]})


def _waiting(context: WebContext) -> list[Waiting]:
    found: list[Waiting] = []
    if g.account.may(CONFIRM):
        found.extend(
            Waiting(
                t(f"waiting.proposal.{proposal.act}", number=format_number(proposal.number)),
                url_for("acts.proposal", id_=proposal.id),
                "note",
            )
            for proposal in proposals.waiting(context, scope.departments())
            if proposal.proposed_by != g.account.id
        )
    if g.account.may(ACT):
        found.extend(
            Waiting(
                t(f"waiting.rejected.{proposal.act}", number=format_number(proposal.number), reason=proposal.reason),
                url_for("acts.proposal", id_=proposal.id),
                "bad",
            )
            for proposal in proposals.untold(context, g.account)
        )
    if g.account.may(ACT):
        found.extend(_to_notify(context))
    found.extend(
        Waiting(t("waiting.import", name=job.name), url_for("imports.page", id_=job.id))
        for job in importing.unfinished(context, g.account.id)
    )
    for source in current_app.extensions.get(SOURCES, ()):
        found.extend(source(context, g.account))
    found.extend(_machinery(context))
    return sorted(found, key=lambda item: ("bad", "note", "todo").index(item.weight))


def _to_notify(context: WebContext) -> Iterator[Waiting]:
    """Decisions that wait to be notified, with the oldest ones to note below."""
    total, oldest = unnotified(context.engine, scope.departments())
    if total:
        lines = tuple(
            (
                t("waiting.unnotified.line", act=t(f"event.{act}"), number=format_number(at)),
                url_for("acts.notify", number=at),
            )
            for at, act in oldest
        )
        yield Waiting(plural("waiting.unnotified", total), None, "todo", lines)


def _machinery(context: WebContext) -> list[Waiting]:
    """Lists about to expire, keys about to end: shown to everybody; those with the right can act on them."""
    now, state, trust = context.clock(), publication_state(context), context.trust()
    where = url_for("publication.page") if g.account.may(PUBLISH) or g.account.may(PEOPLE) else None
    found = []
    if state.oldest_waiting is not None and now - state.oldest_waiting > 120:
        found.append(Waiting(plural("waiting.unpublished", state.waiting), where, "bad"))
    fresh = None if state.published_at is None else state.published_at + context.home.config.status_ttl
    if fresh is None or now > fresh:
        found.append(Waiting(t("waiting.stale_lists"), where, "bad"))
    elif fresh - now < context.home.config.status_ttl // LATE:
        found.append(Waiting(t("waiting.lists_age", span=span(fresh - now)), where, "note"))
    if now >= trust.expires:
        found.append(Waiting(t("waiting.trust_expired"), where, "bad"))
    elif now > trust.next_update:
        found.append(Waiting(t("waiting.trust_late", at=moment(trust.expires)), where, "bad"))
    elif trust.next_update - now < (trust.next_update - trust.issued) // LATE:
        found.append(Waiting(t("waiting.trust_soon", at=moment(trust.next_update)), where, "note"))
    for key in trust.keys:
        left = key.not_after - now
        if key.state == STATE_IN_USE and left < KEY_NOTICE:
            words = "waiting.key_ended" if left <= 0 else "waiting.key_ends"
            found.append(
                Waiting(t(words, key=key.kid.hex(), days=max(0, left // DAY)), where, "bad" if left <= 0 else "note")
            )
    for number, used in list_use(context.engine).items():
        if used > LIST_SIZE * LIST_NOTICE:
            found.append(
                Waiting(t("waiting.list_full", number=number, percent=round(100 * used / LIST_SIZE)), where, "note")
            )
    return found


__all__ = ["Waiting", "add_source", "pages"]
