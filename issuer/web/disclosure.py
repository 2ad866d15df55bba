"""What is kept about one person, for whoever exercises the right of access (GDPR, article 15)."""

import json

from flask import Blueprint, Response, g, render_template, request

from issuer.accounts.roles import DISCLOSE
from issuer.intake.fields import iso_day
from issuer.registry import archived, by_number, history, requests
from issuer.registry.browse import browse
from issuer.registry.search import Search
from issuer.web import scope
from issuer.web.access import asks
from issuer.web.office import Office, office
from issuer.web.wording import t

pages = Blueprint("disclosure", __name__)
MOST = 200


@pages.route("/disclosure", methods=["GET", "POST"])
@asks(DISCLOSE)
def page():
    """A family name and a birth date; everything kept about that person, to be downloaded."""
    rooms, typed, problem = office(), {}, ""
    if request.method == "POST":
        typed = {name: request.form.get(name, "").strip()[:200] for name in ("family_name", "birth_date")}
        if not typed["family_name"] or not typed["birth_date"]:
            problem = t("disclosure.both")
        else:
            found = person_data(rooms, typed["family_name"], iso_day(typed["birth_date"]), scope.departments())
            asked = request_data(rooms, typed["family_name"], iso_day(typed["birth_date"]), scope.departments())
            if found or asked:
                rooms.directory.note(
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


def person_data(rooms: Office, family_name: str, birth_date: str, departments: tuple[str, ...] | None) -> list[dict]:
    """Everything kept about the holder of this family name and birth date (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``), within some départements."""
    numbers, after = [], None
    while len(numbers) < MOST:
        page_found = browse(rooms.engine, Search(names=family_name), departments, limit=MOST, after=after)
        numbers += [
            found.entry.number
            for found in page_found.found
            if found.archived and found.archived.claims().birth_date == birth_date
        ]
        after = page_found.next
        if after is None:
            break
    return [_kept(rooms, number) for number in numbers[:MOST]]


def request_data(rooms: Office, family_name: str, birth_date: str, departments: tuple[str, ...] | None) -> list[dict]:
    """Every request kept about the person of this family name and birth date, with its history."""
    found, _ = requests.browse(rooms.engine, requests.Wanted(text=family_name, withdrawn=None), departments, limit=MOST)
    hidden = ("id", "digest", "person_key", "dossier_id", "revision")
    return [
        {
            **{name: value for name, value in vars(one).items() if value is not None and name not in hidden},
            "history": [{"what": line.what, "at": line.at} for line in requests.history(rooms.engine, one.id)],
        }
        for one in found
        if one.birth_date == birth_date
    ]


def _kept(rooms: Office, number: int) -> dict:
    stored, entry = archived(rooms.engine, number), by_number(rooms.engine, number)
    events = [
        {
            name: str(value) if name.endswith("_on") else value
            for name, value in vars(event).items()
            if value is not None and name != "id"
        }
        for event in history(rooms.engine, number)
    ]
    return {
        "claims": stored.claims().to_json(),
        "state": entry.state,
        "annex": stored.annex,
        "token": stored.token.hex(),
        "history": events,
    }
