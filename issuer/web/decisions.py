"""What agents do with a request: correct it, accept it, close it; and requests that do not come from Démarches simplifiées."""

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for

from issuer.accounts.roles import IMPORT, ISSUE
from issuer.attestation.problems import Problem
from issuer.demarches import deciding, taking
from issuer.demarches.deciding import DecisionRefused
from issuer.errors import UnreadableSource
from issuer.intake import read_items, record_from_fields
from issuer.registry import alerts
from issuer.registry.database import reading
from issuer.registry.request_tables import REFUSE, SANS_SUITE
from issuer.registry.requests import Request
from issuer.web import preview, recordform
from issuer.web.access import asks
from issuer.web.office import office
from issuer.web.requests import can_accept, one_or_404, shown, task_words
from issuer.web.wording import has, problem_text, t

pages = Blueprint("decisions", __name__)
SECTIONS = tuple(
    (name, tuple(item for item in items if item.name != "reference")) for name, items in recordform.SECTIONS
)
NAMES = tuple(item.name for _, items in SECTIONS for item in items)
MOST_ROWS = 2_000
"""Rows of one import of requests."""


@pages.route("/requests/<number>/correct", methods=["GET", "POST"])
@asks(ISSUE)
def correct(number: str):
    """What the mapping read, to be corrected; corrections stay over what the source tells later."""
    found = one_or_404(number)
    merged = taking.merged(found.record, found.corrections)
    if request.method == "GET":
        fields = recordform.from_record(merged)
        _propose_hours(found, fields)
        return _form(found, fields, {problem.field: problem for problem in taking.evaluate(merged).problems}, 200)
    typed = {name: request.form[name] for name in NAMES if request.form.get(name)}
    reading_ = recordform.read(typed)
    wrong = {name: problem for name, problem in reading_.problems.items() if problem.code not in taking.MISSING}
    if wrong:
        return _form(found, typed, wrong, 422)
    try:
        changed = deciding.correct(
            office().bureau, found, _revision(), corrections(found, typed, reading_.record), g.account
        )
    except DecisionRefused as refused:
        return _form(found, typed, {}, 409, t(f"request.refused.{refused.code}"))
    flash(t("request.corrected"), "good")
    return redirect(url_for("requests.page", number=changed.number))


def corrections(found: Request, typed: dict[str, str], record) -> dict[str, object]:
    """What differs between the form and what the source tells: flat field → value, None for what was taken out.

    ``record`` is what the form was read as, None while something is missing in it.
    """
    known = dict(typed, nationality=recordform.country_code(typed.get("nationality", "")))
    if not known.get("hours.count"):
        known.pop("hours.per", None)
    read = record.to_json() if record else record_from_fields({name: text for name, text in known.items() if text})
    new, old = _flat(read), _flat(found.record)
    unsure = {doubt["field"] for doubt in found.doubts}
    return {
        name: new.get(name)
        for name in NAMES
        if new.get(name) != old.get(name) or name in unsure or name.partition(".")[0] in unsure
    }


def _flat(record: dict) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in record.items():
        flat.update(
            {f"{name}.{inner}": item for inner, item in value.items()} if isinstance(value, dict) else {name: value}
        )
    return flat


def _propose_hours(found: Request, fields: dict[str, str]) -> None:
    """The likeliest reading of unsure hours, for the agent to look at."""
    for doubt in found.doubts:
        if (
            doubt["field"] == "hours"
            and doubt.get("guess")
            and "hours.count" not in fields
            and not any(n.startswith("hours") for n in found.corrections)
        ):
            fields["hours.count"] = str(doubt["guess"]["count"]).replace(".", ",")
            fields["hours.per"] = doubt["guess"]["per"]


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _form(found: Request | None, fields: dict, problems: dict[str, Problem], status: int, refused: str = ""):
    return render_template(
        "requests/form.html",
        found=found,
        fields=fields,
        problems=problems,
        sections=SECTIONS,
        choices=recordform.choices,
        refused=refused,
        elsewhere={name: problem for name, problem in problems.items() if name not in NAMES},
        email=request.form.get("email", ""),
        doubts=found.doubts if found else [],
    ), status


@pages.route("/requests/<number>/accept", methods=["GET", "POST"])
@asks(ISSUE)
def accept(number: str):
    """The one question, and the one decision."""
    found = one_or_404(number)
    evaluation = taking.evaluate(taking.merged(found.record, found.corrections))
    if not can_accept(found, evaluation):
        return shown(
            found,
            refused=t("request.refused.problems" if evaluation.record is None else "request.refused.state"),
            status=409,
        )
    if request.method == "GET":
        return _question(found, evaluation)
    if not g.account.covers(evaluation.record.department):
        return _question(found, evaluation, problem_text(Problem("department", "department_not_yours")), 422)
    try:
        task = deciding.accept(office().bureau, found, _revision(), request.form.get("motivation", ""), g.account)
    except DecisionRefused as refused:
        return _question(found, evaluation, t(f"request.refused.{refused.code}"), 409)
    current_app.extensions["wif_metrics"].acts.labels("accept", task.step).inc()
    if task.step == "done":
        flash(t("request.accepted"), "good")
    elif task.step == "failed":
        flash(task_words(task), "bad")
    else:
        flash(t("request.sending", why=task_words(task)), "note")
    return redirect(url_for("requests.page", number=found.number))


def _question(found: Request, evaluation: taking.Evaluation, refused: str = "", status: int = 200):
    rooms = office()
    with reading(rooms.engine) as connection:
        anomalies = [alert for alert in alerts.of_request(connection, found.id).values() if alert.settled_at is None]
    return render_template(
        "requests/accept.html",
        found=found,
        record={**evaluation.record.to_json(), "signatory": g.account.signatory().to_json()},
        refused=refused,
        anomalies=anomalies,
        doubts=[
            doubt for doubt in found.doubts if not any(name.startswith(doubt["field"]) for name in found.corrections)
        ],
        motivation=request.form.get("motivation", ""),
    ), status


@pages.get("/requests/<number>/page.png")
@asks(ISSUE)
def picture(number: str):
    """The page as it would be printed."""
    found, rooms = one_or_404(number), office()
    today = datetime.fromtimestamp(rooms.clock(), UTC).date()
    record = preview.lenient(taking.merged(found.record, found.corrections), g.account.signatory().to_json(), today)
    if record is None:
        return Response(status=204)
    return Response(
        preview.picture(rooms.print_draft(preview.document(rooms, record, rooms.home.config.authority))),
        mimetype="image/png",
    )


@pages.post("/requests/<number>/close")
@asks(ISSUE)
def close(number: str):
    """Refuse, or close without effect, a request that has no dossier elsewhere."""
    found, state = one_or_404(number), request.form.get("state", "")
    if state not in (REFUSE, SANS_SUITE):
        return shown(found, refused=t("request.refused.state"), status=422)
    try:
        deciding.close(office().bureau, found, _revision(), state, g.account)
    except DecisionRefused as refused:
        return shown(found, refused=t(f"request.refused.{refused.code}"), status=409)
    flash(t(f"request.closed.{state}"), "good")
    return redirect(url_for("requests.page", number=found.number))


@pages.route("/requests/new", methods=["GET", "POST"])
@asks(ISSUE)
def new():
    """A request that came by another way, typed in."""
    if request.method == "GET":
        return _form(None, recordform.fresh(), {}, 200)
    typed = {name: request.form[name] for name in NAMES if request.form.get(name)}
    reading_ = recordform.read(typed)
    email = request.form.get("email", "").strip()[:254]
    if reading_.problems:
        return _form(None, typed, reading_.problems, 422)
    record = reading_.record.to_json()
    record.pop("signatory", None)
    made = deciding.enter(office().bureau, "form", record, g.account, None, email if "@" in email else None)
    flash(t("request.entered"), "good")
    return redirect(url_for("requests.page", number=made.number))


@pages.route("/requests/import", methods=["GET", "POST"])
@asks(IMPORT)
def bring_in():
    """Requests from a file of records: each row is taken, or set aside with its reasons; a row without a département of one's own is refused."""
    if request.method == "GET":
        return render_template("requests/import.html", error="", rows=None)
    file = request.files.get("file")
    if file is None or not file.filename:
        return render_template("requests/import.html", error=t("import.no_file"), rows=None), 422
    name = "".join(c for c in file.filename if c.isprintable())[:120]
    rows: list[dict] = []
    try:
        for item in read_items(file.stream, name):
            if len(rows) >= MOST_ROWS:
                raise UnreadableSource("The file has too many rows.", "rows", most=MOST_ROWS)
            rows.append(_take_row(item))
    except UnreadableSource as error:
        words = (
            t(f"import.broken.{error.code}", **error.params)
            if error.code and has(f"import.broken.{error.code}")
            else t("import.broken.stopped")
        )
        return render_template("requests/import.html", error=words, rows=rows or None), 422
    return render_template("requests/import.html", error="", rows=rows), 200


def _take_row(item) -> dict:
    row = {"index": item.index + 1, "number": None, "words": "", "aside": False}
    record = item.value if isinstance(item.value, dict) else None
    if record is None or item.problems:
        return {
            **row,
            "words": " ".join(problem_text(problem) for problem in item.problems) or t("request.import.unreadable"),
        }
    record = {name: value for name, value in record.items() if name != "signatory"}
    reference = record.pop("reference", None)
    reference = reference if isinstance(reference, str) and 0 < len(reference) <= 80 else None
    department = record.get("department")
    if not isinstance(department, str) or not g.account.covers(department):
        return {**row, "words": t("request.import.department")}
    made = deciding.enter(office().bureau, "import", record, g.account, reference)
    return {
        **row,
        "number": made.number,
        "aside": made.aside is not None,
        "words": t(f"request.aside.{made.aside}") if made.aside else t("request.import.taken"),
    }
