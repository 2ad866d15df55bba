"""Papers that bear a good signature and were never issued here: marked as revoked, where the settings ask for it by two
people.
"""

import re

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from issuer.accounts.roles import ACT, CONFIRM
from issuer.desk import foreign
from issuer.desk.errors import ActRefused
from issuer.registry.database import reading
from issuer.web.access import asks
from issuer.web.context import web_context
from issuer.web.wording import t

pages = Blueprint("foreign", __name__)
PLACE = re.compile(r"([0-9]{1,3})/([0-9]{1,7})", re.ASCII)
LONGEST = 4_000
"""Characters of a text or reason that are looked at."""


@pages.route("/foreign", methods=["GET", "POST"])
@asks(ACT)
def page() -> ResponseReturnValue:
    """The form, the question what exactly will be marked, and the mark or its proposal."""
    if request.method == "GET":
        return _page({}, {})
    context = web_context()
    typed = {name: request.form.get(name, "").strip()[:LONGEST] for name in ("text", "place", "reason", "sure")}
    place = PLACE.fullmatch(typed["place"])
    if bool(typed["text"]) == bool(typed["place"]) or (typed["place"] and not place):
        return _page(typed, {"place" if typed["place"] else "text": t("foreign.problem.one")})
    desk, second = context.desk(), context.settings.second_person
    try:
        if place:
            paper = foreign.Foreign((int(place[1]), int(place[2])))
        else:
            paper = foreign.read(desk, context.trust(), typed["text"])
        if paper.department is not None and not g.account.covers(paper.department):
            return _page(typed, {"text": t("foreign.problem.department", department=paper.department)})
        with reading(context.engine) as connection:
            foreign.check(desk, connection, paper, typed["reason"])
        if typed["sure"] != "yes":
            return render_template("foreign/sure.html", typed=typed, paper=paper, second=second)
        foreign.mark(desk, paper, typed["reason"], g.account.author, waits=second)
    except ActRefused as refused:
        field = {"basis": "reason", "text": "text"}.get(refused.code, "place" if place else "text")
        return _page(typed, {field: t(f"foreign.problem.{refused.code}")})
    flash(t("foreign.proposed" if second else "foreign.marked"), "good")
    return redirect(url_for("foreign.page"))


@pages.post("/foreign/<int:number>/<int:index>")
@asks(CONFIRM)
def decide(number: int, index: int) -> ResponseReturnValue:
    """A second person's word on a mark that waits."""
    confirmed = request.form.get("decision") == "confirm"
    try:
        foreign.decide(web_context().desk(), (number, index), confirmed, g.account.author)
    except ActRefused as refused:
        return _page({}, {"decision": t(f"foreign.problem.{'decided' if refused.code == 'state' else refused.code}")})
    flash(t("foreign.marked" if confirmed else "foreign.rejected"), "good")
    return redirect(url_for("foreign.page"))


def _page(typed: dict[str, str], problems: dict[str, str]) -> ResponseReturnValue:
    context = web_context()
    answer = render_template(
        "foreign/page.html",
        typed=typed,
        problems=problems,
        waiting=foreign.waiting(context.desk()),
        names=context.directory.names(),
        second=context.settings.second_person,
        may_confirm=g.account.may(CONFIRM),
    )
    return (answer, 422) if problems else answer
