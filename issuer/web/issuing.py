"""Issuing: the form, its checks as one types, the preview of the page, one question, one signature."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace as changed

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
from flask.typing import ResponseReturnValue

from issuer.accounts.roles import ISSUE
from issuer.attestation.places import local_day
from issuer.attestation.problems import Problem
from issuer.attestation.record import Record
from issuer.desk import Confirmed, Issued, acts, issue, looked_over, plausibility
from issuer.desk.errors import ActRefused
from issuer.desk.law import HEARD_FIRST
from issuer.registry import RegisteredAttestation, archived, by_number, by_reference
from issuer.web import grounds as law_form, preview, proposals, recordform, scope, sure
from issuer.web.access import asks
from issuer.web.acts import claims_of, differing
from issuer.web.context import web_context
from issuer.web.drafts import Draft
from issuer.web.wording import problem_text, t
from keys.errors import not_none

pages = Blueprint("issuing", __name__)


@pages.route("/attestations/new", methods=["GET", "POST"])
@asks(ISSUE)
def new() -> ResponseReturnValue:
    """An empty form, or what was typed in it."""
    if request.method == "GET":
        return _form(recordform.fresh(), None)
    return _typed(None)


@pages.route("/drafts/<id_>", methods=["GET", "POST"])
@asks(ISSUE)
def draft(id_: str) -> ResponseReturnValue:
    """A draft taken up again."""
    found = _mine(id_)
    if found.number is not None:
        return redirect(url_for("attestations.page", number=found.number))
    return _typed(found) if request.method == "POST" else _form(found.fields, found)


def _typed(found: Draft | None) -> ResponseReturnValue:
    """Keep what was typed; on to the question when it is right, back to the form when it is not."""
    context, typed = web_context(), recordform.typed_fields(request.form)
    if found is None:
        found = context.drafts.make(g.account.id, typed)
    else:
        context.drafts.save(found, typed)
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
def check() -> ResponseReturnValue:
    """Checks as one types: the problems by field, in words."""
    reading = recordform.read(recordform.typed_fields(request.form))
    return jsonify({name: problem_text(problem) for name, problem in reading.problems.items()})


@pages.post("/attestations/preview.png")
@asks(ISSUE)
def live_preview() -> ResponseReturnValue:
    """The page as it stands, for the form's side."""
    return _picture(recordform.typed_fields(request.form))


@pages.get("/drafts/<id_>/page.png")
@asks(ISSUE)
def draft_preview(id_: str) -> ResponseReturnValue:
    """The page of a draft."""
    return _picture(_mine(id_).fields)


def _picture(fields: dict[str, str]) -> Response:
    context = web_context()
    typed = recordform.typed_record(fields)
    return preview.answer(context, typed.record, (doubt.field for doubt in typed.doubts))


@pages.get("/drafts/<id_>/confirm")
@asks(ISSUE)
def confirm(id_: str) -> ResponseReturnValue:
    """The one question: what will be signed, and the page as it will be printed."""
    found = _mine(id_)
    if found.number is not None:
        return redirect(url_for("attestations.page", number=found.number))
    reading = recordform.read(found.fields)
    if reading.problems or reading.record is None:
        return _form(found.fields, found, reading.problems), 422
    return _question(found, reading.record)


def _question(
    found: Draft,
    record: Record,
    problems: Sequence[Problem] | Mapping[str, str] = (),
    grounds: dict[str, str] | None = None,
    refused: str = "",
    status: int = 422,
) -> ResponseReturnValue:
    context = web_context()
    shown, (refusals, warnings) = _digest(found, record), looked_over(context.desk(), record, found.replaces)
    refused = refused or " ".join(problem_text(problem) for problem in refusals)
    former, old = found.replaces or found.origin, by_number(context.engine, found.replaces) if found.replaces else None
    before = claims_of(old) if old else None
    today = local_day(record.department, context.clock())
    return render_template(
        "issuing/confirm.html",
        draft=found,
        record=record.to_json(),
        shown=shown,
        warnings=[(plausibility.key(warning), problem_text(warning)) for warning in warnings],
        confirmed=request.form.getlist("confirmed"),
        former=former,
        problems=problems,
        grounds=grounds or {},
        refused=refused,
        today=today,
        reasons=law_form.reasons("replace"),
        bases=law_form.BASES,
        heard_first=HEARD_FIRST,
        retrait=law_form.RETRAIT,
        attestation=old,
        holder=before,
        differing=differing(before, record.to_json()) if old else {},
        other_holder=acts.other_holder(archived(context.engine, old.number), record.to_json()) if old else (),
        second=old is not None and context.settings.second_person,
    ), status if problems or refused else 200


def _digest(found: Draft, record: Record) -> str:
    """Of all that the question shows of a draft: what is signed must be what was shown, whatever another window made of
    the draft meanwhile.
    """
    content = json.dumps([record.to_json(), found.replaces, found.origin], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


@pages.post("/drafts/<id_>/sign")
@asks(ISSUE)
def sign(id_: str) -> ResponseReturnValue:
    """Sign what the question showed, once. A second click, or the same request after a lost connection, leads to the
    same attestation; a draft that another window changed meanwhile is shown anew.
    """
    context, found = web_context(), _mine(id_)
    if found.number is not None:
        if request.form.get("shown") != found.fields.get("shown"):
            flash(t("confirm.other_signed"), "bad")
        return redirect(url_for("attestations.page", number=found.number))
    reading = recordform.read(found.fields)
    if reading.problems or reading.record is None:
        return _form(found.fields, found, reading.problems), 422
    if request.form.get("shown") != _digest(found, reading.record):
        return _question(found, reading.record, refused=t("confirm.changed"), status=409)
    record = changed(reading.record, reference=reading.record.reference or found.reference)
    confirmed = Confirmed(record, frozenset(request.form.getlist("confirmed")))
    if found.replaces is not None:
        return _replace(found, found.replaces, record, confirmed)
    if found.origin is not None:
        former = by_number(context.engine, found.origin)
        if former is None or not g.account.covers(former.department):
            abort(404)
        issued = acts.renew(context.desk(), former.number, confirmed, g.account.author)
    else:
        issued = issue(context.desk(), confirmed, g.account.author)
    _count("issue", issued.status)
    if issued.status == "refused":
        return _refused(found, record, issued)
    return _signed(found, issued)


def _replace(found: Draft, former: int, record: Record, confirmed: Confirmed) -> ResponseReturnValue:
    context = web_context()
    old = by_number(context.engine, former)
    if old is None or not g.account.covers(old.department):
        abort(404)
    typed = request.form.to_dict()
    reading = law_form.read_grounds("replace", typed)
    if reading.problems or reading.grounds is None:
        return _question(found, record, reading.problems, typed)
    another = typed.get("other_holder") == "yes"
    refusals, warnings = looked_over(context.desk(), record, former)
    if refusals or plausibility.unconfirmed(warnings, confirmed.warnings):
        return _question(found, record, grounds=typed, refused="" if refusals else t("confirm.unconfirmed"))
    try:
        if context.settings.second_person:
            grounds = changed(reading.grounds, notified_on=None)
            made = proposals.propose(context, old, grounds, g.account, record, another, confirmed.warnings or ())
            context.drafts.sign(found, old.number, request.form["shown"])
            flash(t("proposal.made" if made else "proposal.waits"), "note")
            return redirect(url_for("attestations.page", number=old.number))
        issued, _done = acts.replace(
            context.desk(), former, confirmed, reading.grounds, g.account.author, another_holder=another
        )
    except ActRefused as refused:
        return _question(found, record, grounds=typed, refused=t(f"desk.{refused.code}", **_said(refused, old)))
    _count("replace", issued.status)
    if issued.status == "refused":
        return _refused(found, record, issued)
    return _signed(found, issued)


def _said(refused: ActRefused, attestation: RegisteredAttestation) -> dict[str, str]:
    fields = ", ".join(t(f"field.{name}") for name in refused.fields)
    return {"state": t(f"state.{attestation.state}"), "fields": fields}


def _signed(found: Draft, issued: Issued) -> ResponseReturnValue:
    context = web_context()
    context.drafts.sign(found, int(not_none(issued.number)), request.form["shown"])
    if issued.status == "issued":
        flash(t("issued.done"), "good")
    else:
        flash(t("issued.already"), "note")
    return redirect(url_for("attestations.page", number=issued.number))


def _refused(found: Draft, record: Record, issued: Issued) -> ResponseReturnValue:
    """Refused by the desk: a reference used before leads to its attestation, a warning is asked about."""
    errors = issued.errors
    if errors == issued.warnings:
        return _question(found, record, errors, refused=t("confirm.unconfirmed"))
    if any(problem.code == "reference_conflict" for problem in errors):
        attestation = by_reference(web_context().engine, not_none(record.reference))
        if attestation is not None and g.account.covers(attestation.department):
            return _question(found, record, [*errors], refused=t("issued.conflict", number=str(attestation.number)))
    return _question(found, record, [*errors], refused=" ".join(problem_text(problem) for problem in errors))


@pages.post("/drafts/<id_>/drop")
@asks(ISSUE)
def drop(id_: str) -> ResponseReturnValue:
    """Throw a draft away."""
    found = _mine(id_)
    if not sure.is_sure():
        names = " ".join(filter(None, (found.fields.get("family_name"), found.fields.get("given_names"))))
        facts = [(t("column.holder"), names), (t("field.employer.name"), found.fields.get("employer.name", ""))]
        return sure.ask("draft", facts, url_for("issuing.draft", id_=found.id))
    web_context().drafts.drop(found)
    flash(t("draft.dropped"), "good")
    return redirect(url_for("home.page"))


@pages.post("/attestations/<number>/renew")
@asks(ISSUE)
def renew(number: str) -> ResponseReturnValue:
    """A new request that starts from a former attestation: the dates are to be given anew."""
    attestation, fields = _former(number)
    for name in ("valid_from", "valid_until", "reference"):
        fields.pop(name, None)
    made = web_context().drafts.make(g.account.id, fields, origin=attestation.number)
    return redirect(url_for("issuing.draft", id_=made.id))


@pages.post("/attestations/<number>/replace")
@asks(ISSUE)
def replace(number: str) -> ResponseReturnValue:
    """An attestation that will take the place of another."""
    attestation, fields = _former(number)
    fields.pop("reference", None)
    made = web_context().drafts.make(g.account.id, fields, replaces=attestation.number)
    return redirect(url_for("issuing.draft", id_=made.id))


def _former(number: str) -> tuple[RegisteredAttestation, dict[str, str]]:
    context, attestation = web_context(), scope.attestation_or_404(number)
    stored = archived(context.engine, attestation.number)
    if stored is None:
        flash(t("attestation.anonymised"), "bad")
        abort(409)
    return attestation, recordform.from_record(stored.claims.to_json())


def _mine(id_: str) -> Draft:
    found = web_context().drafts.find(id_, g.account.id)
    if found is None:
        abort(404)
    return found


def _count(act: str, outcome: str) -> None:
    current_app.extensions["wif_metrics"].acts.labels(act, outcome).inc()
