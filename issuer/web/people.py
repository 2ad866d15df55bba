"""The administrator's pages: accounts, their roles and départements."""

import re

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from issuer.accounts import ROLES, Account
from issuer.accounts.errors import AccountRefused
from issuer.accounts.roles import PEOPLE
from issuer.web import sure
from issuer.web.access import asks
from issuer.web.context import web_context
from issuer.web.wording import t

pages = Blueprint("people", __name__)
FIELDS = ("identifier", "role", "departments", "given_names", "family_name", "title", "service", "language")

REASONS = {"disable": ("departure", "misuse", "by_mistake"), "reset": ("forgotten", "lost_factor", "suspicion")}
"""Act on an account → the codes of its reasons, one of which stands in the trail."""


@pages.get("/people")
@asks(PEOPLE)
def everybody() -> ResponseReturnValue:
    """The accounts."""
    return render_template("people/list.html", people=web_context().directory.all())


@pages.route("/people/new", methods=["GET", "POST"])
@asks(PEOPLE)
def new() -> ResponseReturnValue:
    """A new account and its first password, shown once."""
    typed, problems = {"role": "agent", "language": "fr"}, {}
    if request.method == "POST":
        typed = _typed()
        role, departments, family_name, title, service = _values(typed)
        try:
            account, password = web_context().directory.add(
                typed["identifier"],
                role,
                departments,
                family_name,
                title,
                service,
                g.account.author,
                typed["given_names"],
                language=typed["language"],
            )
        except AccountRefused as refused:
            problems = {refused.field: t(f"account.{refused.code}")}
        else:
            return render_template("people/password.html", person=account, password=password)
    return render_template(
        "people/form.html", typed=typed, problems=problems, roles=ROLES, person=None
    ), 422 if problems else 200


@pages.route("/people/<int:id_>", methods=["GET", "POST"])
@asks(PEOPLE)
def person(id_: int) -> ResponseReturnValue:
    """One account, to be changed."""
    found, problems = _found(id_), {}
    typed = {name: getattr(found, name) or "" for name in FIELDS if name != "departments"} | {
        "departments": " ".join(found.departments)
    }
    if request.method == "POST":
        typed = _typed() | {"identifier": found.identifier}
        role, departments, family_name, title, service = _values(typed)
        tokens = web_context().tokens.labels(found.id) if (role, departments) != (found.role, found.departments) else ""
        if tokens and not sure.is_sure():
            facts = [
                (t("people.name"), found.name),
                (t("field.identifier"), found.identifier),
                (t("field.role"), t(f"role.{role}") if role in ROLES else role),
                (t("field.departments"), " ".join(departments)),
                (t("own.tokens"), tokens),
            ]
            return sure.ask("people.change", facts, request.path, kept=FIELDS)
        try:
            web_context().directory.change(
                found.id,
                g.account.author,
                role,
                departments,
                family_name,
                title,
                service,
                typed["given_names"],
                typed["language"],
            )
        except AccountRefused as refused:
            problems = {refused.field: t(f"account.{refused.code}")}
        else:
            flash(t("people.changed"), "good")
            return redirect(url_for("people.everybody"))
    return render_template(
        "people/form.html", typed=typed, problems=problems, roles=ROLES, person=found
    ), 422 if problems else 200


@pages.post("/people/<int:id_>/<any(disable, enable, reset, bind):what>")
@asks(PEOPLE)
def change(id_: int, what: str) -> ResponseReturnValue:
    """Shut an account out or let it in again, give it a new password, bind it to an identity provider's subject."""
    found, context = _found(id_), web_context()
    reasons = REASONS.get(what, ())
    if what != "enable" and not sure.is_sure(reasons):
        facts = [
            (t("people.name"), found.name),
            (t("field.identifier"), found.identifier),
            (t("field.role"), t(f"role.{found.role}")),
            (t("field.subject"), request.form.get("subject", "").strip()[:300] if what == "bind" else ""),
        ]
        return sure.ask(f"people.{what}", facts, url_for("people.person", id_=found.id), reasons, ("subject",))
    reason = request.form.get("reason")
    if what == "reset":
        password = context.directory.reset(found.id, g.account.author, reason)
        return render_template("people/password.html", person=found, password=password)
    try:
        if what == "bind":
            context.directory.bind(found.id, request.form.get("subject", "").strip()[:300] or None, g.account.author)
        else:
            context.directory.set_enabled(found.id, what == "enable", g.account.author, reason if reasons else None)
    except AccountRefused as refused:
        flash(t(f"account.{refused.code}"), "bad")
    else:
        flash(t(f"people.done.{what}"), "good")
    return redirect(url_for("people.person", id_=found.id))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[:1000].strip() for name in FIELDS}


def _values(typed: dict[str, str]) -> tuple[str, tuple[str, ...], str, str, str]:
    departments = tuple(code for code in re.split(r"[\s,;]+", typed["departments"].upper()) if code)
    return typed["role"], departments, typed["family_name"], typed["title"], typed["service"]


def _found(id_: int) -> Account:
    found = web_context().directory.get(id_)
    if found is None:
        abort(404)
    return found
