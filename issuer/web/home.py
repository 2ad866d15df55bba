"""The first page: what waits, and what was done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for

from issuer.accounts.roles import ACT, CONFIRM, ISSUE, OWN, PEOPLE, PUBLISH, READ
from issuer.attestation.numbers import format_number
from issuer.registry import Search, list_use
from issuer.registry.browse import browse, latest_acts
from issuer.registry.models import LIST_SIZE
from issuer.registry.unnotified import unnotified
from issuer.web import importing, proposals, scope
from issuer.web.access import asks
from issuer.web.office import Office, office
from issuer.web.publishing import publication_state
from issuer.web.wording import moment, plural, span, t
from keys.content import STATE_IN_USE

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
"""Key of ``app.extensions``: functions ``(office, account) -> iterable of Waiting`` that other rooms add to."""


def add_source(app, source: Callable) -> None:
    """Let another room say what waits with it."""
    app.extensions.setdefault(SOURCES, []).append(source)


@pages.get("/")
@asks(OWN)
def page():
    """What waits, and what was done."""
    rooms = office()
    recent, decisions = (), ()
    if g.account.may(READ):
        recent = browse(rooms.engine, Search(), scope.departments(), limit=RECENT).found
        decisions = latest_acts(rooms.engine, scope.departments(), DECISIONS)
    return render_template(
        "home.html",
        waiting=_waiting(rooms),
        recent=recent,
        decisions=decisions,
        names=rooms.directory.names(),
        now=rooms.clock(),
        drafts=rooms.drafts.of(g.account.id) if g.account.may(ISSUE) else (),
        publication=publication_state(rooms),
    )


@pages.get("/go")
@asks(READ)
def go():
    """The box of the top bar: a number, or words to look for."""
    return redirect(url_for("attestations.find", q=request.args.get("q", "")[:200]))


def _waiting(rooms: Office) -> list[Waiting]:
    found: list[Waiting] = []
    if g.account.may(CONFIRM):
        for proposal in proposals.waiting(rooms, scope.departments()):
            if proposal.proposed_by != g.account.id:
                found.append(
                    Waiting(
                        t("waiting.proposal", number=str(proposal.number)),
                        url_for("acts.proposal", id_=proposal.id),
                        "note",
                    )
                )
    if g.account.may(ACT):
        found.extend(_to_notify(rooms))
    for job in importing.unfinished(rooms, g.account.id):
        found.append(Waiting(t("waiting.import", name=job.name), url_for("imports.page", id_=job.id)))
    for source in current_app.extensions.get(SOURCES, ()):
        found.extend(source(rooms, g.account))
    found.extend(_machinery(rooms))
    return sorted(found, key=lambda item: ("bad", "note", "todo").index(item.weight))


def _to_notify(rooms: Office) -> Iterator[Waiting]:
    """Decisions that wait to be notified, with the oldest ones to note below."""
    total, oldest = unnotified(rooms.engine, scope.departments())
    if total:
        lines = tuple(
            (
                t("waiting.unnotified.line", act=t(f"event.{act}"), number=format_number(at)),
                url_for("acts.notify", number=at),
            )
            for at, act in oldest
        )
        yield Waiting(plural("waiting.unnotified", total), None, "todo", lines)


def _machinery(rooms: Office) -> list[Waiting]:
    """Lists about to expire, keys about to end: said to everybody, dealt with by whoever may."""
    now, state, trust = rooms.clock(), publication_state(rooms), rooms.trust()
    where = url_for("publication.page") if g.account.may(PUBLISH) or g.account.may(PEOPLE) else None
    found = []
    if state.oldest_waiting is not None and now - state.oldest_waiting > 120:
        found.append(Waiting(plural("waiting.unpublished", state.waiting), where, "bad"))
    fresh = None if state.published_at is None else state.published_at + rooms.home.config.status_ttl
    if fresh is None or now > fresh:
        found.append(Waiting(t("waiting.stale_lists"), where, "bad"))
    elif fresh - now < rooms.home.config.status_ttl // LATE:
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
    for number, used in list_use(rooms.engine).items():
        if used > LIST_SIZE * LIST_NOTICE:
            found.append(
                Waiting(t("waiting.list_full", number=number, percent=round(100 * used / LIST_SIZE)), where, "note")
            )
    return found


__all__ = ["Waiting", "add_source", "pages"]
