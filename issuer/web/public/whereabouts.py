"""Where a request stands, for who knows its number and the birth date. Tells nothing to a guesser.

There is no session, so no token of one: this form changes nothing, its answer cannot be read from another
site, and what another site makes a browser send is refused by ``Sec-Fetch-Site`` and ``Origin`` before it
counts as a try. Number and date travel in the body, never in an address or a journal.
"""

from urllib.parse import urlsplit

from flask import Blueprint, render_template, request

from issuer.accounts.throttles import Limit
from issuer.applicants import wording as words
from issuer.applicants.birthdates import read_birth_date
from issuer.applicants.estimate import LEAST, RECENT, estimate
from issuer.applicants.whereabouts import matching, read_number, whereabouts
from issuer.registry import request_matches, requests
from issuer.web.access import PUBLIC, asks
from issuer.web.office import office
from issuer.web.publicside import keep_for, public_language

NUMBER = Limit(10, 15 * 60, 60, 15 * 60)
"""Tries of one number, whoever makes them: afterwards about a hundred a day, against some twenty thousand birth dates."""
ADDRESS = Limit(40, 15 * 60, 30, 15 * 60)
"""Failed tries from one address: a university may stand behind one, so it is slowed down late."""
LONGEST_TYPED = 60
"""Characters read, and shown again, of what was typed."""
DAY = 86_400


def add_routes(pages: Blueprint) -> None:
    """Add it to the public side."""
    pages.add_url_rule("/demande", "whereabouts", page, methods=["GET", "POST"])


@asks(PUBLIC)
def page():
    """The form, and its answer."""
    if request.method == "GET":
        keep_for(3600)
        return _form()
    if _from_another_site():
        return _form(error=words.text("whereabouts.elsewhere", public_language())), 403
    typed = {name: request.form.get(name, "")[:LONGEST_TYPED].strip() for name in ("number", "birth_date")}
    today = words.local_day(office().clock())
    number, birth_date = read_number(typed["number"]), read_birth_date(typed["birth_date"], today)
    problems = {}
    if number is None:
        problems["number"] = words.text("whereabouts.bad_number", public_language())
    if birth_date is None:
        problems["birth_date"] = words.text("whereabouts.bad_birth", public_language())
    if problems:
        return _form(typed, problems), 422
    return _answer(number, birth_date, typed)


def _answer(number: int, birth_date: str, typed: dict):
    rooms = office()
    by_number = rooms.sealer.keyed_hash("whereabouts", str(number))
    by_address = rooms.sealer.keyed_hash("whereabouts-address", request.remote_addr or "")
    wait = rooms.throttles.wait(by_number, by_address)
    if wait:
        return _slowed(wait, typed)
    # Counted before it is looked up, so that tries side by side cannot outrun the count.
    rooms.throttles.fail(by_number, NUMBER)
    found = matching(request_matches.candidates(rooms.engine, number), birth_date)
    if found is None:
        rooms.throttles.fail(by_address, ADDRESS)
        return _form(typed, error=words.text("whereabouts.unknown", public_language())), 404
    rooms.throttles.clear(by_number)
    return _found(found)


def _found(request_id: int):
    rooms, language = office(), public_language()
    now, held = rooms.clock(), requests.by_id(rooms.engine, request_id)
    shown = whereabouts(held, requests.history(rooms.engine, request_id), now)
    likely = None
    if shown.waiting:
        likely = estimate(
            lambda department, contract: requests.handling_seconds(rooms.engine, now - RECENT, department, contract),
            held.department,
            held.contract,
        )
    return render_template(
        "public/whereabouts.html",
        shown=shown,
        likely=likely,
        least=LEAST,
        span=lambda seconds: _span(seconds, language),
        date=lambda at: words.day(words.local_day(at), language),
    )


def _span(seconds: int, language: str) -> str:
    """Whole days, rounded up: ``4 jours``."""
    days = -(-seconds // DAY)
    return words.plural("span.day", language, days) if seconds >= DAY else words.text("span.less_than_a_day", language)


def _slowed(wait: int, typed: dict):
    language = public_language()
    minutes = -(-wait // 60)
    answer = _form(
        typed, error=words.text("whereabouts.wait", language, span=words.plural("span.minute", language, minutes))
    )
    return answer, 429, {"Retry-After": str(wait)}


def _form(typed: dict | None = None, problems: dict | None = None, error: str = "") -> str:
    return render_template("public/find.html", typed=typed or {}, problems=problems or {}, error=error)


def _from_another_site() -> bool:
    """Whether the browser says that another site sent this form. Browsers too old to say it are let through: the form changes nothing."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
