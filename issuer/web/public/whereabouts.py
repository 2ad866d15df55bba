"""Where a request stands, for who knows its number and the birth date. Tells nothing to a guesser.

There is no session, so no token of one: this form changes nothing, its answer cannot be read from another
site, and what another site makes a browser send is refused before it counts as a try. Number and date travel in
the body, never in an address or a journal.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from issuer.accounts.throttles import Limit
from issuer.applicants import wording as words
from issuer.applicants.estimate import LEAST, RECENT, estimate
from issuer.applicants.whereabouts import matching, read_number, whereabouts
from issuer.attestation.places import local_day
from issuer.messages import formats
from issuer.registry import request_matches, requests
from issuer.web.access import PUBLIC, asks
from issuer.web.context import web_context
from issuer.web.guesses import forget, guess, right
from issuer.web.publicside import keep_for, public_language
from issuer.written.dates import typed_birth_date
from keys.errors import not_none

NUMBER = Limit(10, 60, 15 * 60, 2 * 3600)
"""Tries of one request, by whichever of its numbers and whoever makes them: in the long run about a hundred a day,
against some twenty thousand birth dates.
"""
AROUND = ("whereabouts-", Limit(40, 30, 15 * 60, 60), Limit(160, 30, 15 * 60, 15))
"""Failed tries from one address, and from one network: a university may stand behind one, so it is slowed down late."""
LONGEST_TYPED = 60
"""Characters read, and shown again, of what was typed."""
DAY = 86_400


def add_routes(pages: Blueprint) -> None:
    """Add it to the public side."""
    pages.add_url_rule("/demande", "whereabouts", page, methods=["GET", "POST"])


@asks(PUBLIC)
def page() -> ResponseReturnValue:
    """The form, and its answer."""
    if request.method == "GET":
        keep_for(3600)
        return _form()
    typed = {name: request.form.get(name, "")[:LONGEST_TYPED].strip() for name in ("number", "birth_date")}
    today = local_day(None, web_context().clock())
    number, birth_date = read_number(typed["number"]), typed_birth_date(typed["birth_date"], today)
    problems = {}
    if number is None:
        problems["number"] = words.text("whereabouts.bad_number", public_language())
    if birth_date is None:
        problems["birth_date"] = words.text("whereabouts.bad_birth", public_language())
    if problems or number is None or birth_date is None:
        return _form(typed, problems), 422
    return _answer(number, birth_date, typed)


def _answer(number: int, birth_date: str, typed: dict) -> ResponseReturnValue:
    context = web_context()
    candidates = request_matches.candidates(context.engine, number)
    subjects = [f"request {id_}" for id_, _ in candidates] or [str(number)]
    tried = guess("whereabouts", subjects, NUMBER, AROUND)
    if tried.wait:
        return _slowed(tried.wait, typed)
    found = matching(candidates, birth_date)
    if found is None:
        return _form(typed, error=words.text("whereabouts.unknown", public_language())), 404
    right(tried)
    forget("whereabouts", f"request {found}")
    return _found(found)


def _found(request_id: int) -> ResponseReturnValue:
    context, language = web_context(), public_language()
    now, held = context.clock(), not_none(requests.by_id(context.engine, request_id))
    shown = whereabouts(held, requests.history(context.engine, request_id), now)
    likely = None
    if shown.waiting:
        likely = estimate(
            lambda department, contract: requests.handling_seconds(context.engine, now - RECENT, department, contract),
            held.department,
            held.contract,
        )
    return render_template(
        "public/whereabouts.html",
        shown=shown,
        likely=likely,
        least=LEAST,
        waited=_waited(held.deposited_at, now, language),
        filing=context.settings.filing,
        span=lambda seconds: _span(seconds, language),
        date=lambda at: formats.day(local_day(None, at), language),
    )


def _span(seconds: int, language: str) -> str:
    """Whole days, rounded up: ``4 jours``."""
    days = -(-seconds // DAY)
    return words.plural("span.day", language, days) if seconds >= DAY else words.text("span.less_than_a_day", language)


def _waited(deposited: int, now: int, language: str) -> str:
    """The days of the calendar between two instants, in Paris: deposited on Monday, on Wednesday it waits for two."""
    days = (local_day(None, now) - local_day(None, deposited)).days
    return words.plural("span.day", language, days) if days > 0 else words.text("span.less_than_a_day", language)


def _slowed(wait: int, typed: dict) -> ResponseReturnValue:
    language = public_language()
    minutes = -(-wait // 60)
    answer = _form(
        typed, error=words.text("whereabouts.wait", language, span=words.plural("span.minute", language, minutes))
    )
    return answer, 429, {"Retry-After": str(wait)}


def _form(typed: dict | None = None, problems: dict | None = None, error: str = "") -> str:
    return render_template("public/find.html", typed=typed or {}, problems=problems or {}, error=error)
