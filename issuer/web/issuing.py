"""Issuing: the form, its checks as one types, the preview of the page, one question, one signature."""

from datetime import UTC, datetime

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)

from issuer.accounts.roles import ISSUE
from issuer.attestation.places import time_zone
from issuer.desk.errors import ActRefused
from issuer.desk.law import HEARD_FIRST
from issuer.intake import record_from_fields
from issuer.registry import archived, by_number, by_reference
from issuer.web import grounds as law_form
from issuer.web import preview, recordform, scope
from issuer.web.access import asks
from issuer.web.drafts import Draft
from issuer.web.office import office
from issuer.web.wording import problem_text, t

pages = Blueprint("issuing", __name__)


@pages.route("/attestations/new", methods=["GET", "POST"])
@asks(ISSUE)
def new():
    """An empty form, or what was typed in it."""
    if request.method == "GET":
        return _form(recordform.fresh(), None)
    return _typed(None)


@pages.route("/drafts/<id_>", methods=["GET", "POST"])
@asks(ISSUE)
def draft(id_: str):
    """A draft taken up again."""
    found = _mine(id_)
    if found.number is not None:
        return redirect(url_for("attestations.page", number=found.number))
    return _typed(found) if request.method == "POST" else _form(found.fields, found)


def _typed(found: Draft | None):
    """Keep what was typed; on to the question when it is right, back to the form when it is not."""
    rooms, typed = office(), recordform.typed_fields(request.form)
    if found is None:
        found = rooms.drafts.make(g.account.id, typed)
    else:
        rooms.drafts.save(found, typed)
    if request.form.get("go") == "later":
        flash(t("draft.kept"), "good")
        return redirect(url_for("home.page"))
    reading = recordform.read(typed)
    if reading.problems:
        return _form(typed, found, reading.problems), 422
    return redirect(url_for("issuing.confirm", id_=found.id))


def _form(fields: dict[str, str], found: Draft | None, problems: dict | None = None) -> str:
    return render_template(
        "issuing/form.html",
        fields=fields,
        draft=found,
        problems=problems or {},
        sections=recordform.SECTIONS,
        choices=recordform.choices,
        elsewhere={name: problem for name, problem in (problems or {}).items() if name not in recordform.NAMES},
    )


@pages.post("/attestations/check")
@asks(ISSUE)
def check():
    """Checks as one types: the problems by field, in words."""
    reading = recordform.read(recordform.typed_fields(request.form))
    return jsonify({name: problem_text(problem) for name, problem in reading.problems.items()})


@pages.post("/attestations/preview.png")
@asks(ISSUE)
def live_preview():
    """The page as it stands, for the form's side."""
    return _picture(recordform.typed_fields(request.form))


@pages.get("/drafts/<id_>/page.png")
@asks(ISSUE)
def draft_preview(id_: str):
    """The page of a draft."""
    return _picture(_mine(id_).fields)


def _picture(fields: dict[str, str]) -> Response:
    rooms = office()
    known = dict(fields, nationality=recordform.country_code(fields.get("nationality", "")))
    value = record_from_fields({name: text for name, text in known.items() if text})
    today = datetime.fromtimestamp(rooms.clock(), UTC).date()
    record = preview.lenient(value, g.account.signatory().to_json(), today)
    if record is None:
        return Response(status=204)
    pdf = rooms.print_draft(preview.document(rooms, record, rooms.home.config.authority))
    return Response(preview.picture(pdf), mimetype="image/png")


@pages.get("/drafts/<id_>/confirm")
@asks(ISSUE)
def confirm(id_: str):
    """The one question: what will be signed, and the page as it will be printed."""
    found = _mine(id_)
    if found.number is not None:
        return redirect(url_for("attestations.page", number=found.number))
    reading = recordform.read(found.fields)
    if reading.problems:
        return _form(found.fields, found, reading.problems), 422
    return _question(found, reading.record)


def _question(found: Draft, record, problems=(), grounds=None, refused: str = ""):
    rooms = office()
    former = found.replaces or found.origin
    today = datetime.fromtimestamp(rooms.clock(), time_zone(record.department)).date()
    return render_template(
        "issuing/confirm.html",
        draft=found,
        record=record.to_json(),
        past=record.valid_until < today,
        former=former,
        problems=problems,
        grounds=grounds or {},
        refused=refused,
        today=today,
        reasons=law_form.reasons("replace"),
        bases=law_form.BASES,
        heard_first=HEARD_FIRST,
        retrait=law_form.RETRAIT,
    ), 422 if problems or refused else 200


@pages.post("/drafts/<id_>/sign")
@asks(ISSUE)
def sign(id_: str):
    """Sign once. A second click, or the same request after a lost connection, leads to the same attestation."""
    rooms, found = office(), _mine(id_)
    if found.number is not None:
        return redirect(url_for("attestations.page", number=found.number))
    reading = recordform.read(found.fields)
    if reading.problems:
        return _form(found.fields, found, reading.problems), 422
    record = reading.record
    value = record.to_json()
    value.setdefault("reference", found.reference)
    if found.replaces is not None:
        return _replace(found, record, value)
    if found.origin is not None:
        former = by_number(rooms.engine, found.origin)
        if former is None or not g.account.covers(former.department):
            abort(404)
        issued = rooms.desk().renew(former.number, value, g.account.author)
    else:
        issued = rooms.desk().issue(value, g.account.author)
    _count("issue", issued.status)
    if issued.status == "refused":
        return _refused(found, record, value, issued.errors)
    return _signed(found, issued)


def _replace(found: Draft, record, value: dict):
    rooms = office()
    old = by_number(rooms.engine, found.replaces)
    if old is None or not g.account.covers(old.department):
        abort(404)
    typed = request.form.to_dict()
    reading = law_form.read_grounds("replace", typed)
    if reading.problems:
        return _question(found, record, reading.problems, typed)
    try:
        issued, _done = rooms.desk().replace(found.replaces, value, reading.grounds, g.account.author)
    except ActRefused as refused:
        return _question(found, record, grounds=typed, refused=t(f"desk.{refused.code}"))
    _count("replace", issued.status)
    if issued.status == "refused":
        return _refused(found, record, value, issued.errors)
    return _signed(found, issued)


def _signed(found: Draft, issued):
    rooms = office()
    rooms.drafts.sign(found, int(issued.number))
    if issued.status == "issued":
        flash(t("issued.done"), "good")
    else:
        flash(t("issued.already"), "note")
    return redirect(url_for("attestations.page", number=issued.number))


def _refused(found: Draft, record, value: dict, errors):
    """Refused by the desk: a reference used before leads to its attestation."""
    if any(problem.code == "reference_conflict" for problem in errors):
        entry = by_reference(office().engine, value["reference"])
        if entry is not None and g.account.covers(entry.department):
            return _question(found, record, [*errors], refused=t("issued.conflict", number=str(entry.number)))
    return _question(found, record, [*errors], refused=" ".join(problem_text(problem) for problem in errors))


@pages.post("/drafts/<id_>/drop")
@asks(ISSUE)
def drop(id_: str):
    """Throw a draft away."""
    office().drafts.drop(_mine(id_))
    flash(t("draft.dropped"), "good")
    return redirect(url_for("home.page"))


@pages.post("/attestations/<number>/renew")
@asks(ISSUE)
def renew(number: str):
    """A new request that starts from a former attestation: the dates are to be given anew."""
    entry, fields = _former(number)
    for name in ("valid_from", "valid_until", "reference"):
        fields.pop(name, None)
    made = office().drafts.make(g.account.id, fields, origin=entry.number)
    return redirect(url_for("issuing.draft", id_=made.id))


@pages.post("/attestations/<number>/replace")
@asks(ISSUE)
def replace(number: str):
    """An attestation that will take the place of another."""
    entry, fields = _former(number)
    fields.pop("reference", None)
    made = office().drafts.make(g.account.id, fields, replaces=entry.number)
    return redirect(url_for("issuing.draft", id_=made.id))


def _former(number: str):
    rooms, entry = office(), scope.entry_or_404(number)
    stored = archived(rooms.engine, entry.number)
    if stored is None:
        flash(t("attestation.anonymised"), "bad")
        abort(409)
    return entry, recordform.from_record(stored.claims().to_json())


def _mine(id_: str) -> Draft:
    found = office().drafts.find(id_, g.account.id)
    if found is None:
        abort(404)
    return found


def _count(act: str, outcome: str) -> None:
    current_app.extensions["wif_metrics"].acts.labels(act, outcome).inc()
