"""Requests as agents see them: those that wait, one with its pieces and anomalies, those set aside with their
reason.
"""

from dataclasses import replace
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from issuer.accounts.directory import Account
from issuer.accounts.roles import ACT, READ
from issuer.attestation.numbers import format_number, parse_number
from issuer.attestation.places import local_day
from issuer.attestation.problems import Problem
from issuer.attestation.record_fields import FIELDS
from issuer.demarches import deciding, records, routing
from issuer.demarches.anomalies import CODES, GRAVE
from issuer.demarches.errors import DemarchesError
from issuer.registry import alerts, letters, outbox, progress, queries, requests as registry
from issuer.registry.database import reading
from issuer.registry.request_tables import EN_INSTRUCTION, REQUEST_STATES, WAITING
from issuer.registry.requests import Request, Wanted
from issuer.web import scope, sure, wording
from issuer.web.access import asks
from issuer.web.context import WebContext, web_context
from issuer.web.finding import read_box, sealed, searched_for
from issuer.web.home import Waiting
from issuer.web.wording import has, plural, t
from keys.errors import WifError

pages = Blueprint("requests", __name__)
VIEWS = ("waiting", "aside", "decided", "withdrawn")
TROUBLED = 3
"""Tries after which the home page speaks of a decision that cannot be sent."""


def wanted() -> tuple[str, Wanted]:
    """The view that the address asks for, and what it shows."""
    view = request.args.get("view", "waiting")
    text, code = searched_for(request.args)["q"][:200], request.args.get("alert", "")
    alert = code if code in CODES else None
    if text.strip():
        box = read_box(" ".join(text.split()), local_day(None, web_context().clock()))
        words = text if box.number or box.siret or box.reference else box.words
        return "all", Wanted(text=words, born=box.born, withdrawn=None)
    if alert:
        return "all", Wanted(alert=alert, withdrawn=None)
    view = view if view in VIEWS else "waiting"
    return view, {
        "waiting": Wanted(states=WAITING, aside=False),
        "aside": Wanted(aside=True),
        "withdrawn": Wanted(withdrawn=True),
        "decided": Wanted(states=tuple(state for state in REQUEST_STATES if state not in WAITING), aside=False),
    }[view]


@pages.route("/requests", methods=["GET", "POST"])
@asks(READ)
def find() -> ResponseReturnValue:
    """A page of requests; what was typed into the search form goes on sealed."""
    if request.method == "POST":
        return redirect(url_for("requests.find", s=sealed({"q": request.form.get("q", "")[:200].strip()}) or None), 303)
    context, (view, chosen) = web_context(), wanted()
    place = request.args.get("after", "").split("-")
    after = (
        (int(place[0]), int(place[1]))
        if len(place) == 2 and all(part.isascii() and part.isdigit() and len(part) < 13 for part in place)
        else None
    )
    found, following = registry.browse(
        context.engine, chosen, scope.departments(), newest_first=view in ("decided", "withdrawn", "all"), after=after
    )
    nearly = False
    if not found and chosen.text.strip():
        chosen, nearly = replace(chosen, near=True), True
        found, following = registry.browse(context.engine, chosen, scope.departments(), newest_first=True, after=after)
    counts = {
        name: registry.count(
            context.engine,
            Wanted(states=WAITING, aside=False) if name == "waiting" else Wanted(aside=True),
            scope.departments(),
        )
        for name in ("waiting", "aside")
    }
    return render_template(
        "requests/find.html",
        view=view,
        found=found,
        after=following,
        counts=counts,
        views=VIEWS,
        alert=chosen.alert,
        text=searched_for(request.args)["q"][:200],
        sealed=sealed(searched_for(request.args)) or None,
        nearly=nearly,
        now=context.clock(),
        anomalies=alerts.counts(context.engine, scope.departments()),
        progress=progress.every_progress(context.engine),
        reason=aside_words,
        mine=context.demarches.settings,
    )


def one_or_404(number: str) -> Request:
    """The request of this public number, within the person's départements."""
    wanted_number = parse_number(number)
    found = registry.by_number(web_context().engine, wanted_number) if wanted_number else None
    if found is None or found.number != wanted_number or not may_see(found):
        abort(404)
    if request.method == "GET":
        scope.note_view(f"request-{found.id}")
    return found


def may_see(found: Request) -> bool:
    """A request without a département is for everybody to sort."""
    return found.department is None or g.account.covers(found.department)


def aside_words(found: Request) -> str:
    """Why it was set aside."""
    return t(f"request.aside.{found.aside}")


def task_words(task: outbox.Task) -> str:
    """What went wrong with a task."""
    key = f"request.task.error.{task.error}"
    return t(key if has(key) else "request.task.error.other")


@pages.get("/requests/<number>")
@asks(READ)
def page(number: str) -> ResponseReturnValue:
    """One request."""
    return shown(one_or_404(number))


def shown(found: Request, files: list[dict] | None = None, refused: str = "", status: int = 200) -> ResponseReturnValue:
    """The page of a request. ``files``: its pieces with addresses, when they were asked for."""
    context = web_context()
    merged = records.merged(found.record, found.corrections)
    evaluation = records.evaluate(merged)
    with reading(context.engine) as connection:
        anomalies = [alert for alert in alerts.of_request(connection, found.id).values() if alert.settled_at is None]
        attestation = queries.find(connection, found.attestation) if found.attestation else None
    return render_template(
        "requests/page.html",
        found=found,
        record=merged,
        problems=evaluation.problems,
        anomalies=anomalies,
        attestation=attestation,
        files=files,
        refused=refused,
        history=registry.history(context.engine, found.id),
        names=context.directory.names(),
        task=outbox.last_of(context.engine, found.id),
        grave=GRAVE,
        doubts=doubts_in_words(found),
        now=context.clock(),
        reason=aside_words,
        task_words=task_words,
        aside_problems=[
            Problem(p["field"], p["code"], p["params"])
            for p in (found.aside_details or {}).get("problems", ())
            if p["field"] not in {doubt["field"] for doubt in found.doubts} or p["code"] not in records.MISSING
        ],
        can_accept=can_accept(found, evaluation),
        can_close=can_close(found),
        can_ask=can_ask(found),
        letters=letters.of_request(context.engine, found.id),
        there=dossier_address(context, found),
        label=field_label,
        fields=taking_fields(merged),
    ), status


def taking_fields(record: dict) -> list[tuple[str, str]]:
    """The record's values by field in words, in the order of the form; what cannot be put into words, as it stands."""
    shown_fields = []
    order = [name.partition(".")[0] for name in FIELDS]
    for name, value in sorted(
        record.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)
    ):
        whole = name == "hours" and isinstance(value, dict) and len(value) == 2
        for inner, item in value.items() if isinstance(value, dict) and not whole else ((None, value),):
            field = f"{name}.{inner}" if inner else name
            try:
                text = wording.siret(item) if field == "employer.siret" else wording.value(field, item)
            except (KeyError, TypeError, ValueError):
                text = None
            shown_fields.append((field, text or (", ".join(map(str, item)) if isinstance(item, list) else str(item))))
    return shown_fields


def field_label(name: str) -> str:
    """The label of a field of a record."""
    key = f"fact.{name}" if name == "hours" else f"field.{name}"
    return t(key) if has(key) else name


def can_accept(found: Request, evaluation: records.Evaluation) -> bool:
    """Whether the acceptance form has anything to decide."""
    open_state = found.state == "en_instruction" or (found.state == "accepte" and found.attestation is None)
    settled = not routing.open_doubts(found.doubts, found.corrections)
    return open_state and found.withdrawn_at is None and evaluation.record is not None and settled


def shown_numbers(found: Request) -> str:
    """The numbers by which people know a request."""
    own = t("request.own_number", number=format_number(found.number))
    return f"{t('request.dossier', number=found.dossier)}, {own}" if found.dossier else own


def can_close(found: Request) -> bool:
    """Whether it may be refused or closed: a dossier only once it is in instruction, as Démarches simplifiées asks."""
    return found.withdrawn_at is None and (
        found.state == EN_INSTRUCTION if found.dossier is not None else found.state in WAITING
    )


def can_ask(found: Request) -> bool:
    """Whether its usager can be written to: they read it in Démarches simplifiées."""
    return found.dossier is not None and found.withdrawn_at is None and found.state in WAITING


def dossier_address(context: WebContext, found: Request) -> str | None:
    """Where instructeurs find the dossier in Démarches simplifiées; None without one."""
    settings = context.demarches.settings
    if found.dossier is None or settings is None:
        return None
    place = urlsplit(settings.address)
    return f"{place.scheme}://{place.netloc}/procedures/{found.demarche}/a-suivre/dossiers/{found.dossier}"


def doubts_in_words(found: Request) -> list[dict]:
    """The open doubts: ``label``, the applicant's ``words``, ``why`` it is unsure, and the ``proposal`` or None."""
    return [
        {
            "label": field_label(doubt["field"]),
            "words": doubt["shown"],
            "why": t(f"doubt.{doubt['code']}"),
            "proposal": wording.value(doubt["field"], doubt.get("guess")),
        }
        for doubt in routing.open_doubts(found.doubts, found.corrections)
    ]


@pages.post("/requests/<number>/pieces")
@asks(READ)
def pieces(number: str) -> ResponseReturnValue:
    """The pieces with their addresses, which live one hour: fetched when somebody asks, never kept."""
    found = one_or_404(number)
    if found.dossier is None:
        return redirect(url_for("requests.page", number=found.number))
    try:
        return shown(found, files=list(web_context().demarches.source().pieces(found.dossier)))
    except DemarchesError as error:
        key = f"request.task.error.{error.code}"
        return shown(found, refused=t(key if has(key) else "request.task.error.other"), status=502)
    except WifError as error:
        return shown(found, refused=str(error), status=502)


@pages.post("/requests/<number>/anomalies/<code>")
@asks(ACT)
def settle(number: str, code: str) -> ResponseReturnValue:
    """An anomaly was dealt with."""
    found = one_or_404(number)
    if code not in CODES:
        abort(404)
    if not sure.is_sure(deciding.SETTLED):
        facts = [
            (t("anomalies.column.anomaly"), t(f"anomaly.{code}")),
            (t("column.holder"), " ".join(filter(None, (found.family_name, found.given_names)))),
            (t("field.employer.name"), found.employer_name or ""),
            (t("column.number"), shown_numbers(found)),
        ]
        return sure.ask("settle", facts, url_for("requests.page", number=found.number), deciding.SETTLED)
    if deciding.settle(web_context().demarches, found, code, g.account, request.form["reason"]):
        flash(t("request.settled"), "good")
    return redirect(url_for("requests.page", number=found.number))


def waiting(context: WebContext, account: Account) -> list[Waiting]:
    """What waits with requests, for the first page."""
    if not account.may(READ):
        return []
    departments, found = scope.departments(), []
    if count := registry.count(context.engine, Wanted(states=WAITING, aside=False), departments):
        found.append(Waiting(plural("waiting.requests", count), url_for("requests.find")))
    if count := registry.count(context.engine, Wanted(aside=True), departments):
        found.append(Waiting(plural("waiting.aside", count), url_for("requests.find", view="aside"), "note"))
    for code, count in sorted(
        alerts.counts(context.engine, departments).items(),
        key=lambda item: CODES.index(item[0]) if item[0] in CODES else 99,
    ):
        words = plural("waiting.anomaly", count, what=t(f"anomaly.{code}"))
        found.append(Waiting(words, url_for("requests.find", alert=code), "bad" if code in GRAVE else "note"))
    for state in progress.every_progress(context.engine):
        if state.error:
            key = f"request.task.error.{state.error}"
            words = t(key if has(key) else "request.task.error.other")
            found.append(Waiting(t("waiting.sync", demarche=state.demarche, why=words), None, "bad"))
    if count := outbox.tampered(context.engine):
        found.append(Waiting(plural("waiting.tampered", count), None, "bad"))
    if count := outbox.troubled(context.engine, TROUBLED):
        found.append(Waiting(plural("waiting.outbox", count), url_for("requests.find"), "bad"))
    return found


__all__ = ["pages", "waiting"]
