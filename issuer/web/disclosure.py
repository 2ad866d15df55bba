"""What is kept about one person, for a person who exercises the right of access (GDPR, article 15)."""

import json

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from issuer.accounts.roles import DISCLOSE
from issuer.attestation.places import local_day
from issuer.registry import archived, by_number, history, letters, requests
from issuer.registry.criteria import Search
from issuer.registry.search import as_told, find_page
from issuer.web import scope
from issuer.web.access import asks
from issuer.web.context import WebContext, web_context
from issuer.web.grounds import day_refused
from issuer.web.wording import t
from issuer.written.dates import FRENCH, read_birth_date
from keys.errors import not_none

pages = Blueprint("disclosure", __name__)
MOST = 200


@pages.route("/disclosure", methods=["GET", "POST"])
@asks(DISCLOSE)
def page() -> ResponseReturnValue:
    """A family name and a birth date; everything kept about that person, to be downloaded."""
    context, typed, problem = web_context(), {}, ""
    if request.method == "POST":
        typed = {name: request.form.get(name, "").strip()[:200] for name in ("family_name", "birth_date")}
        if not typed["family_name"] or not typed["birth_date"]:
            problem = t("disclosure.both")
        else:
            born = read_birth_date(typed["birth_date"], local_day(None, context.clock()))
            if not born.value or born.doubt not in (None, *FRENCH):
                problem = day_refused(born.doubt or "", typed["birth_date"])
                return render_template("disclosure.html", typed=typed, problem=problem), 422
            found = person_data(context, typed["family_name"], born.value, scope.departments())
            asked = request_data(context, typed["family_name"], born.value, scope.departments())
            if found or asked:
                context.directory.note(
                    g.account.author, "disclosed", g.account.id, attestations=len(found), requests=len(asked)
                )
                body = json.dumps({"attestations": found, "requests": asked}, ensure_ascii=False, indent=2)
                return Response(
                    body,
                    mimetype="application/json",
                    headers={"Content-Disposition": 'attachment; filename="donnees.json"'},
                )
            problem = t("disclosure.nothing")
    return render_template("disclosure.html", typed=typed, problem=problem), 422 if problem else 200


def person_data(
    context: WebContext, family_name: str, birth_date: str, departments: tuple[str, ...] | None
) -> list[dict]:
    """Everything kept about the holder of this family name and birth date (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``),
    within some départements.
    """
    numbers: list[int] = []
    after = None
    while len(numbers) < MOST:
        page_found = find_page(
            context.engine, Search(names=family_name), departments=departments, limit=MOST, after=after
        )
        numbers += [
            found.attestation.number
            for found in page_found.found
            if found.archived and found.archived.claims.birth_date == birth_date
        ]
        after = page_found.next
        if after is None:
            break
    return [_kept(context, number) for number in numbers[:MOST]]


def request_data(
    context: WebContext, family_name: str, birth_date: str, departments: tuple[str, ...] | None
) -> list[dict]:
    """Every request kept about the person of this family name and birth date, with its history."""
    found, _ = requests.browse(
        context.engine, requests.Wanted(text=family_name, withdrawn=None), departments, limit=MOST
    )
    hidden = ("id", "digest", "person_key", "dossier_id", "revision")
    return [
        {
            **{name: value for name, value in vars(one).items() if value is not None and name not in hidden},
            "history": [{"what": line.what, "at": line.at} for line in requests.history(context.engine, one.id)],
            "letters": [
                {name: value for name, value in vars(letter).items() if name not in ("id", "request_id", "author")}
                for letter in letters.of_request(context.engine, one.id)
            ],
        }
        for one in found
        if one.birth_date == birth_date
    ]


def _kept(context: WebContext, number: int) -> dict:
    stored = not_none(archived(context.engine, number))
    [attestation] = as_told(context.engine, [not_none(by_number(context.engine, number))])
    events = [
        {
            name: str(value) if name.endswith("_on") else value
            for name, value in vars(event).items()
            if value is not None and name != "id"
        }
        for event in history(context.engine, number)
    ]
    return {
        "claims": stored.claims.to_json(),
        "state": attestation.state,
        "annex": stored.annex,
        "token": stored.token.hex(),
        "history": events,
    }
