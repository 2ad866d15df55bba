"""Requests as agents see them: those that wait, one with its pieces and anomalies, those set aside with their reason."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for

from issuer.accounts.roles import ACT, READ
from issuer.attestation.numbers import parse_number
from issuer.attestation.problems import Problem
from issuer.demarches import deciding, taking
from issuer.demarches.anomalies import CODES, GRAVE
from issuer.demarches.errors import DemarchesError
from issuer.registry import alerts, outbox, progress, queries
from issuer.registry import requests as registry
from issuer.registry.database import reading
from issuer.registry.request_tables import REQUEST_STATES, WAITING
from issuer.registry.requests import Request, Wanted
from issuer.web import scope
from issuer.web.access import asks
from issuer.web.home import Waiting
from issuer.web.office import Office, office
from issuer.web.wording import has, plural, t
from keys.errors import WifError

pages = Blueprint("requests", __name__)
VIEWS = ("waiting", "aside", "decided", "withdrawn")
TROUBLED = 3
"""Tries after which the home page speaks of a decision that cannot be sent."""


def wanted() -> tuple[str, Wanted]:
    """The view that the address asks for, and what it shows."""
    view = request.args.get("view", "waiting")
    text, alert = request.args.get("q", "")[:200], request.args.get("alert", "")
    alert = alert if alert in CODES else None
    if text.strip():
        return "all", Wanted(text=text, withdrawn=None)
    if alert:
        return "all", Wanted(alert=alert, withdrawn=None)
    view = view if view in VIEWS else "waiting"
    return view, {
        "waiting": Wanted(states=WAITING, aside=False),
        "aside": Wanted(aside=True),
        "withdrawn": Wanted(withdrawn=True),
        "decided": Wanted(states=tuple(state for state in REQUEST_STATES if state not in WAITING), aside=False),
    }[view]


@pages.get("/requests")
@asks(READ)
def find():
    """A page of requests."""
    rooms, (view, chosen) = office(), wanted()
    place = request.args.get("after", "").split("-")
    after = (
        (int(place[0]), int(place[1]))
        if len(place) == 2 and all(part.isascii() and part.isdigit() and len(part) < 13 for part in place)
        else None
    )
    found, following = registry.browse(
        rooms.engine, chosen, scope.departments(), newest_first=view in ("decided", "withdrawn", "all"), after=after
    )
    counts = {
        name: registry.count(
            rooms.engine,
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
        text=chosen.text,
        now=rooms.clock(),
        anomalies=alerts.counts(rooms.engine, scope.departments()),
        progress=progress.every_progress(rooms.engine),
        reason=aside_words,
        mine=rooms.bureau.settings,
    )


def one_or_404(number: str) -> Request:
    """The request of this public number, within the person's départements."""
    wanted_number = parse_number(number)
    found = registry.by_number(office().engine, wanted_number) if wanted_number else None
    if found is None or found.number != wanted_number or not may_see(found):
        abort(404)
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
def page(number: str):
    """One request."""
    return shown(one_or_404(number))


def shown(found: Request, files=None, refused: str = "", status: int = 200):
    """The page of a request. ``files``: its pieces with addresses, when they were asked for."""
    rooms = office()
    merged = taking.merged(found.record, found.corrections)
    evaluation = taking.evaluate(merged)
    with reading(rooms.engine) as connection:
        anomalies = [alert for alert in alerts.of_request(connection, found.id).values() if alert.settled_at is None]
        entry = queries.find(connection, found.attestation) if found.attestation else None
    corrected = {name.partition(".")[0] for name in found.corrections}
    return render_template(
        "requests/page.html",
        found=found,
        record=merged,
        problems=evaluation.problems,
        anomalies=anomalies,
        entry=entry,
        files=files,
        refused=refused,
        history=registry.history(rooms.engine, found.id),
        names=rooms.directory.names(),
        task=outbox.last_of(rooms.engine, found.id),
        grave=GRAVE,
        doubts=[doubt for doubt in found.doubts if doubt["field"].partition(".")[0] not in corrected],
        now=rooms.clock(),
        reason=aside_words,
        task_words=task_words,
        aside_problems=[
            Problem(p["field"], p["code"], p["params"]) for p in (found.aside_details or {}).get("problems", ())
        ],
        can_accept=can_accept(found, evaluation),
        label=field_label,
        fields=taking_fields(merged),
    ), status


def taking_fields(record: dict) -> list[tuple[str, object]]:
    """The record's values by field, those that are texts or lists of texts, as they stand."""
    shown_fields = []
    for name, value in record.items():
        for inner, item in value.items() if isinstance(value, dict) else ((None, value),):
            text = ", ".join(map(str, item)) if isinstance(item, list) else str(item)
            shown_fields.append((f"{name}.{inner}" if inner else name, text))
    return shown_fields


def field_label(name: str) -> str:
    """The label of a field of a record."""
    return t(f"field.{name}") if has(f"field.{name}") else name


def can_accept(found: Request, evaluation: taking.Evaluation) -> bool:
    """Whether the acceptance form has anything to decide."""
    open_state = found.state == "en_instruction" or (found.state == "accepte" and found.attestation is None)
    return open_state and found.withdrawn_at is None and evaluation.record is not None


@pages.post("/requests/<number>/pieces")
@asks(READ)
def pieces(number: str):
    """The pieces with their addresses, which live one hour: fetched when somebody asks, never kept."""
    found = one_or_404(number)
    if found.dossier is None:
        return redirect(url_for("requests.page", number=found.number))
    try:
        return shown(found, files=list(office().bureau.source().pieces(found.dossier)))
    except DemarchesError as error:
        key = f"request.task.error.{error.code}"
        return shown(found, refused=t(key if has(key) else "request.task.error.other"), status=502)
    except WifError as error:
        return shown(found, refused=str(error), status=502)


@pages.post("/requests/<number>/anomalies/<code>")
@asks(ACT)
def settle(number: str, code: str):
    """An anomaly was dealt with."""
    found = one_or_404(number)
    if code not in CODES:
        abort(404)
    if deciding.settle(office().bureau, found, code, g.account):
        flash(t("request.settled"), "good")
    return redirect(url_for("requests.page", number=found.number))


def waiting(rooms: Office, account) -> list[Waiting]:
    """What waits with requests, for the first page."""
    if not account.may(READ):
        return []
    departments, found = scope.departments(), []
    if count := registry.count(rooms.engine, Wanted(states=WAITING, aside=False), departments):
        found.append(Waiting(plural("waiting.requests", count), url_for("requests.find")))
    if count := registry.count(rooms.engine, Wanted(aside=True), departments):
        found.append(Waiting(plural("waiting.aside", count), url_for("requests.find", view="aside"), "note"))
    for code, count in sorted(
        alerts.counts(rooms.engine, departments).items(),
        key=lambda item: CODES.index(item[0]) if item[0] in CODES else 99,
    ):
        words = plural("waiting.anomaly", count, what=t(f"anomaly.{code}"))
        found.append(Waiting(words, url_for("requests.find", alert=code), "bad" if code in GRAVE else "note"))
    for state in progress.every_progress(rooms.engine):
        if state.error:
            key = f"request.task.error.{state.error}"
            words = t(key if has(key) else "request.task.error.other")
            found.append(Waiting(t("waiting.sync", demarche=state.demarche, why=words), None, "bad"))
    if count := outbox.troubled(rooms.engine, TROUBLED):
        found.append(Waiting(plural("waiting.outbox", count), url_for("requests.find"), "bad"))
    return found


__all__ = ["pages", "waiting"]
