"""What agents do with a request: correct it, accept it, close it; and requests that do not come from Démarches
simplifiées.
"""

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from issuer.accounts.roles import IMPORT, ISSUE, READ
from issuer.attestation.places import local_day
from issuer.attestation.problems import Problem
from issuer.attestation.record import Record
from issuer.attestation.record_fields import flattened, nested
from issuer.demarches import closing, deciding, records, routing
from issuer.demarches.deciding import DecisionRefused
from issuer.desk import plausibility
from issuer.desk.issuing import looked_at
from issuer.documents import RenderError
from issuer.documents.letter import compose, print_letter
from issuer.errors import UnreadableSource
from issuer.intake import Item, read_items
from issuer.registry import alerts, letters
from issuer.registry.database import reading
from issuer.registry.outbox import Task
from issuer.registry.requests import Request
from issuer.web import preview, recordform
from issuer.web.access import asks, takes_files
from issuer.web.context import web_context
from issuer.web.requests import can_accept, can_ask, can_close, doubts_in_words, one_or_404, shown, task_words
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
def correct(number: str) -> ResponseReturnValue:
    """What the mapping read, to be corrected; corrections stay over what the source tells later."""
    found = one_or_404(number)
    merged = records.merged(found.record, found.corrections)
    if request.method == "GET":
        fields = recordform.from_record(merged)
        _propose(found, fields)
        return _form(found, fields, {problem.field: problem for problem in records.evaluate(merged).problems}, 200)
    typed = {name: request.form[name] for name in NAMES if request.form.get(name)}
    reading_ = recordform.read(typed)
    wrong = {name: problem for name, problem in reading_.problems.items() if problem.code not in records.MISSING}
    if wrong:
        return _form(found, typed, wrong, 422)
    try:
        changed = deciding.correct(
            web_context().demarches, found, _revision(), corrections(found, typed, reading_.record), g.account
        )
    except DecisionRefused as refused:
        return _form(found, typed, {}, 409, t(f"request.refused.{refused.code}"))
    flash(t("request.corrected"), "good")
    return redirect(url_for("requests.page", number=changed.number))


def corrections(found: Request, typed: dict[str, str], record: Record | None) -> dict[str, object]:
    """What differs between the form and what the source tells: flat field → value, None for what was taken out.

    ``record`` is what the form was read as, None while something is missing in it.
    """
    read = record.to_json() if record else recordform.typed_record(typed).record
    new, old = flattened(read), flattened(found.record)
    unsure = {doubt["field"] for doubt in found.doubts}
    return {
        name: new.get(name)
        for name in NAMES
        if new.get(name) != old.get(name) or name in unsure or name.partition(".")[0] in unsure
    }


def _propose(found: Request, fields: dict[str, str]) -> None:
    """The likeliest reading of what is unsure, for the agent to look at."""
    guesses = {
        doubt["field"]: doubt["guess"]
        for doubt in routing.open_doubts(found.doubts, found.corrections)
        if doubt.get("guess")
    }
    for name, text in recordform.from_record(nested(guesses)).items():
        if not fields.get(name):
            fields[name] = text


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _form(
    found: Request | None, fields: dict, problems: dict[str, Problem], status: int, refused: str = ""
) -> ResponseReturnValue:
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
        doubts=doubts_in_words(found) if found else [],
    ), status


@pages.route("/requests/<number>/accept", methods=["GET", "POST"])
@asks(ISSUE)
def accept(number: str) -> ResponseReturnValue:
    """The one question, and the one decision."""
    found = one_or_404(number)
    if request.method == "GET":
        return _question(found)
    try:
        task = deciding.accept(
            web_context().demarches,
            found,
            _revision(),
            request.form.get("motivation", ""),
            g.account,
            request.form.getlist("confirmed"),
        )
    except DecisionRefused as refused:
        return _question(found, refused.code)
    current_app.extensions["wif_metrics"].acts.labels("accept", task.step).inc()
    _tell(task, "request.accepted" if found.dossier else "request.accepted.here")
    return redirect(url_for("requests.page", number=found.number))


def _question(found: Request, code: str = "") -> ResponseReturnValue:
    """The question; what refuses it, ``code`` of DecisionRefused, in words."""
    context, evaluation = web_context(), records.evaluate(records.merged(found.record, found.corrections))
    if not can_accept(found, evaluation) or evaluation.record is None:
        code = "problems" if evaluation.record is None else "state"
        return shown(found, refused=t(f"request.refused.{code}"), status=409)
    with reading(context.engine) as connection:
        anomalies = [alert for alert in alerts.of_request(connection, found.id).values() if alert.settled_at is None]
        refusals, warnings = looked_at(context.desk(), connection, evaluation.record)
    words = [problem_text(problem) for problem in refusals]
    return render_template(
        "requests/accept.html",
        warnings=[(plausibility.key(warning), problem_text(warning)) for warning in warnings],
        confirmed=request.form.getlist("confirmed"),
        found=found,
        record={**evaluation.record.to_json(), "signatory": g.account.signatory().to_json()},
        refused=" ".join([*words, t(f"request.refused.{code}") if code else ""]).strip(),
        anomalies=anomalies,
        doubts=doubts_in_words(found),
        motivation=request.form.get("motivation", ""),
    ), 422 if code in ("department", "warnings") else 409 if code else 200


@pages.get("/requests/<number>/page.png")
@asks(ISSUE)
def picture(number: str) -> ResponseReturnValue:
    """The page as it would be printed."""
    found, context = one_or_404(number), web_context()
    doubts = routing.open_doubts(found.doubts, found.corrections)
    return preview.answer(
        context, records.merged(found.record, found.corrections), (doubt["field"] for doubt in doubts)
    )


@pages.route("/requests/<number>/close", methods=["GET", "POST"])
@asks(ISSUE)
def close(number: str) -> ResponseReturnValue:
    """Refuse, or close without further action: why, then the letter as it will be, then the decision."""
    found, context = one_or_404(number), web_context()
    typed = request.form
    state = typed.get("state", "") or request.args.get("state", "")
    if state not in closing.REASONS or not can_close(found):
        return shown(found, refused=t("request.refused.state"), status=409)
    given = closing.Closing(
        state,
        typed.get("reason", ""),
        " ".join(typed.get("legal_basis", "").split()),
        closing.plain_lines(typed.get("words", "")),
    )
    if request.method == "GET" or "again" in typed:
        return _closing(found, given, {})
    if wrong := closing.problems(given):
        return _closing(found, given, {name: t(f"closing.problem.{name}.{code}") for name, code in wrong.items()})
    config = context.home.config
    day = local_day(found.department, context.clock())
    letter = closing.letter(
        found,
        records.merged(found.record, found.corrections),
        given,
        g.account.signatory().to_json(),
        config.authority,
        day,
        config.demonstration,
    )
    try:
        pdf = print_letter(letter)
    except RenderError:
        return _closing(found, given, {"words": t("closing.problem.words.letters")})
    if typed.get("sure") != "yes":
        return render_template(
            "requests/letter.html", found=found, given=given, words=compose(letter), revision=_revision()
        )
    try:
        task = deciding.close(context.demarches, found, _revision(), given, pdf, closing.motivation(letter), g.account)
    except DecisionRefused as refused:
        return _closing(found, given, {}, t(f"request.refused.{refused.code}"), 409)
    current_app.extensions["wif_metrics"].acts.labels(f"request_{state}", task.step if task else "done").inc()
    _tell(task, f"request.closed.{state}")
    return redirect(url_for("requests.page", number=found.number))


def _closing(
    found: Request, given: closing.Closing, problems: dict[str, str], refused: str = "", status: int = 0
) -> ResponseReturnValue:
    return render_template(
        "requests/close.html",
        found=found,
        given=given,
        problems=problems,
        refused=refused,
        reasons=closing.REASONS[given.state],
    ), status or (422 if problems else 200)


@pages.route("/requests/<number>/ask", methods=["GET", "POST"])
@asks(ISSUE)
def ask(number: str) -> ResponseReturnValue:
    """Write to the usager of a dossier, to ask for a piece or an answer."""
    found, problem, refused = one_or_404(number), "", ""
    if not can_ask(found):
        return shown(found, refused=t("request.refused.state"), status=409)
    words = "\n".join(line.strip() for line in request.form.get("words", "").replace("\r", "").split("\n")).strip()
    if request.method == "POST":
        if not 0 < len(words) <= closing.LONGEST_WORDS:
            problem = t("closing.problem.words.long" if words else "closing.problem.words.missing")
        else:
            try:
                back = request.form.get("back") == "yes"
                task = deciding.ask(web_context().demarches, found, _revision(), words, back, g.account)
            except DecisionRefused as error:
                refused = t(f"request.refused.{error.code}")
            else:
                _tell(task, "request.asked.done")
                return redirect(url_for("requests.page", number=found.number))
    return render_template(
        "requests/ask.html", found=found, words=words, problem=problem, refused=refused
    ), 409 if refused else 422 if problem else 200


def _tell(task: Task | None, done: str) -> None:
    """How far a decision or a message went."""
    if task is None or task.step == "done":
        flash(t(done), "good")
    elif task.step == "failed":
        flash(task_words(task), "bad")
    else:
        flash(t("request.sending", why=task_words(task)), "note")


@pages.get("/requests/<number>/letters/<int:id_>.pdf")
@asks(READ)
def kept_letter(number: str, id_: int) -> ResponseReturnValue:
    """A letter as it was given."""
    found = one_or_404(number)
    with reading(web_context().engine) as connection:
        pdf = letters.pdf_of(connection, id_, found.id)
    if pdf is None:
        abort(404)
    name = f"decision-{found.number}-{id_}.pdf"
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


@pages.route("/requests/new", methods=["GET", "POST"])
@asks(ISSUE)
def new() -> ResponseReturnValue:
    """A request that came by another way, typed in."""
    if request.method == "GET":
        return _form(None, recordform.fresh(), {}, 200)
    typed = {name: request.form[name] for name in NAMES if request.form.get(name)}
    reading_ = recordform.read(typed)
    email = request.form.get("email", "").strip()[:254]
    if reading_.problems or reading_.record is None:
        return _form(None, typed, reading_.problems, 422)
    record = reading_.record.to_json()
    record.pop("signatory", None)
    made = deciding.enter(web_context().demarches, "form", record, g.account, None, email if "@" in email else None)
    flash(t("request.entered"), "good")
    return redirect(url_for("requests.page", number=made.number))


@pages.route("/requests/import", methods=["GET", "POST"])
@asks(IMPORT)
@takes_files
def bring_in() -> ResponseReturnValue:
    """Requests from a file of records: each row is taken, or set aside with its reasons; a row without a département of
    one's own is refused.
    """
    if request.method == "GET":
        return render_template("requests/import.html", error="", rows=None)
    file = request.files.get("file")
    if file is None or not file.filename:
        return render_template("requests/import.html", error=t("import.no_file"), rows=None), 422
    name = "".join(c for c in file.filename if c.isprintable())[:120]
    rows: list[dict] = []
    try:
        for item in read_items(file.stream, name, local_day(None, web_context().clock())):
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


def _take_row(item: Item) -> dict:
    row = {"index": item.index + 1 if item.row is None else item.row, "number": None, "words": "", "aside": False}
    record = item.value if isinstance(item.value, dict) else None
    unsure = {doubt.field: doubt for doubt in item.doubts}
    if record is None or "department" in unsure:
        problems = [unsure["department"].problem()] if "department" in unsure else item.problems
        words = " ".join(problem_text(problem) for problem in problems)
        return {**row, "words": words or t("request.import.unreadable")}
    record = {name: value for name, value in record.items() if name != "signatory"}
    reference = record.pop("reference", None)
    reference = reference if isinstance(reference, str) and 0 < len(reference) <= 80 else None
    department = record.get("department")
    if not isinstance(department, str) or not g.account.covers(department):
        return {**row, "words": t("request.import.department")}
    doubts = [doubt.to_json() for doubt in item.doubts]
    try:
        made = deciding.enter(web_context().demarches, "import", record, g.account, reference, doubts=doubts)
    except DecisionRefused as refused:
        return {**row, "words": t(f"request.refused.{refused.code}")}
    return {
        **row,
        "number": made.number,
        "aside": made.aside is not None,
        "words": t(f"request.aside.{made.aside}") if made.aside else t("request.import.taken"),
    }
