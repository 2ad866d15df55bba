"""Acts on an attestation: suspend, reinstate, revoke, note the notification; and the second person's word."""

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from issuer.accounts.roles import ACT, CONFIRM
from issuer.desk import Done, acts
from issuer.desk.errors import ActRefused
from issuer.desk.law import HEARD_FIRST, last_day
from issuer.registry import RegisteredAttestation, archived, history
from issuer.web import grounds as law_form, proposals, recordform, scope
from issuer.web.access import asks
from issuer.web.context import web_context
from issuer.web.wording import problem_text, t

pages = Blueprint("acts", __name__)
ACTS = ("suspend", "reinstate", "revoke")
POSSIBLE = {"suspend": ("valid",), "reinstate": ("suspended",), "revoke": ("valid", "suspended")}


@pages.route("/attestations/<number>/<any(suspend, reinstate, revoke):act>", methods=["GET", "POST"])
@asks(ACT)
def act(number: str, act: str) -> ResponseReturnValue:
    """The form of an act, and the act."""
    context, attestation = web_context(), scope.attestation_or_404(number)
    last = history(context.engine, attestation.number)[-1].id
    typed = request.form.to_dict() if request.method == "POST" else {"seen": str(last), "heard": "", **_proposed()}
    if request.method == "GET":
        return _form(attestation, act, typed, {})
    if typed.get("seen") != str(last):
        typed["seen"] = str(last)
        return _form(attestation, act, typed, {}, t("act.changed_meanwhile"), 409)
    reading = law_form.read_grounds(act, typed)
    if reading.problems or reading.grounds is None:
        return _form(attestation, act, typed, reading.problems)
    second = act == "revoke" and context.settings.second_person
    if second and reading.grounds.notified_on is not None:
        return _form(attestation, act, typed, {"notified_on": t("act.problem.notified_second")})
    try:
        if act == "revoke" and typed.get("sure") != "yes":
            acts.check(context.desk(), act, attestation.number, reading.grounds)
            return _form(attestation, act, typed, {}, sure=True)
        if second:
            made = proposals.propose(context, attestation, reading.grounds, g.account)
            flash(t("proposal.made" if made else "proposal.waits"), "note")
            return redirect(url_for("attestations.page", number=attestation.number))
        done = acts.do(context.desk(), act, attestation.number, reading.grounds, g.account.author)
    except ActRefused as refused:
        _count(act, refused.code)
        return _form(attestation, act, typed, {}, _words(refused, attestation), 409 if refused.code == "state" else 422)
    _tell(done)
    return redirect(url_for("attestations.page", number=attestation.number))


def _proposed() -> dict[str, str]:
    """What another page proposes to fill in: a person reads it and decides."""
    return {name: request.args[name][:200] for name in ("reason", "legal_basis") if name in request.args}


def _tell(done: Done) -> None:
    _count(done.act, "done")
    flash(t(f"act.done.{done.act}" + (".waiting" if done.waiting else "")), "good")
    if "not_notified" in done.warnings:
        flash(t("act.warning.not_notified"), "note")


def _form(
    attestation: RegisteredAttestation,
    act: str,
    typed: dict,
    problems: dict,
    refused: str = "",
    status: int = 0,
    sure: bool = False,
) -> ResponseReturnValue:
    """The form of an act; ``sure``: the question whether it is meant, which its answers go along with."""
    events = history(web_context().engine, attestation.number)
    return render_template(
        "acts/sure.html" if sure else "acts/form.html",
        attestation=attestation,
        holder=claims_of(attestation),
        act=act,
        typed=typed,
        problems=problems,
        refused=refused,
        reasons=law_form.reasons(act),
        bases=law_form.BASES,
        heard_first=HEARD_FIRST,
        retrait=law_form.RETRAIT,
        events=events,
        names=web_context().directory.names(),
        limit=last_day(attestation.issued_on),
        second=act == "revoke" and web_context().settings.second_person,
        possible=attestation.state in POSSIBLE[act] or (act == "reinstate" and attestation.next_state),
    ), status or (422 if problems or refused else 200)


def claims_of(attestation: RegisteredAttestation) -> dict | None:
    """What an attestation says, by JSON names; None once it was anonymised."""
    stored = archived(web_context().engine, attestation.number)
    return stored.claims.to_json() if stored else None


def _words(refused: ActRefused, attestation: RegisteredAttestation) -> str:
    fields = ", ".join(t(f"field.{name}") for name in refused.fields)
    return t(f"desk.{refused.code}", state=t(f"state.{attestation.state}"), fields=fields)


@pages.route("/attestations/<number>/notify", methods=["GET", "POST"])
@asks(ACT)
def notify(number: str) -> ResponseReturnValue:
    """Note the day on which the last decision was notified."""
    context, attestation = web_context(), scope.attestation_or_404(number)
    typed, error = request.form.get("notified_on", ""), ""
    if request.method == "POST":
        try:
            acts.note_notification(context.desk(), attestation.number, law_form.read_day(typed), g.account.author)
        except law_form.NoDay as wrong:
            error = wrong.words
        except ActRefused as refused:
            error = _words(refused, attestation)
        else:
            flash(t("act.done.notify"), "good")
            return redirect(url_for("attestations.page", number=attestation.number))
    return render_template(
        "acts/notify.html", attestation=attestation, holder=claims_of(attestation), typed=typed, error=error
    ), 422 if error else 200


@pages.route("/proposals/<int:id_>", methods=["GET", "POST"])
@asks(ACT)
def proposal(id_: int) -> ResponseReturnValue:
    """A revocation or a replacement that waits for a second person: confirmed, it is done at once; rejected, it is not,
    and its author is told why.
    """
    context = web_context()
    found = proposals.by_id(context, id_)
    same = found is not None and found.proposed_by == g.account.id
    if found is None or not g.account.covers(found.department) or not (same or g.account.may(CONFIRM)):
        abort(404)
    if found.record is not None and not g.account.covers(found.record["department"]):
        abort(404)
    attestation, refused = scope.attestation_or_404(str(found.number)), ""
    reason = " ".join(request.form.get("reason", "").split())
    if request.method == "POST":
        answer = request.form.get("answer", "")
        if same and answer == "read":
            proposals.read(context, found, g.account)
            return redirect(url_for("home.page"))
        if found.outcome is not None or answer not in ("confirm", "reject"):
            return redirect(url_for("acts.proposal", id_=id_))
        if same:
            refused = t("proposal.same_person")
        elif answer == "reject" and not 0 < len(reason) <= acts.LONGEST_TEXT:
            refused = t("proposal.reason_missing")
        else:
            try:
                if answer == "reject":
                    proposals.reject(context, found, g.account, reason)
                    flash(t("proposal.rejected"), "good")
                    return redirect(url_for("attestations.page", number=attestation.number))
                done, issued = proposals.confirm(context, found, g.account)
                if done is not None:
                    _tell(done)
                    return redirect(
                        url_for("attestations.page", number=issued.number if issued else attestation.number)
                    )
                refused = " ".join(problem_text(problem) for problem in issued.errors) if issued else ""
            except proposals.AlreadyDecided:
                return redirect(url_for("acts.proposal", id_=id_))
            except ActRefused as error:
                refused = _words(error, attestation)
    before = claims_of(attestation)
    return render_template(
        "acts/proposal.html",
        proposal=found,
        attestation=attestation,
        holder=before,
        record=found.record,
        differing=differing(before, found.record) if found.record else {},
        names=context.directory.names(),
        refused=refused,
        reason=reason,
        same=same,
    ), 422 if refused else 200


def differing(before: dict | None, record: dict) -> dict[str, tuple[str, str]]:
    """What a replacement changes: field → its value before and after as people type it, those of the holder first."""
    old, new = recordform.from_record(before or {}), recordform.from_record(record)
    changed = {name: (old.get(name, ""), new.get(name, "")) for name in recordform.NAMES if name != "reference"}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    return dict(sorted(changed.items(), key=lambda item: item[0] not in acts.HOLDER))


def _count(act: str, outcome: str) -> None:
    current_app.extensions["wif_metrics"].acts.labels(act, outcome).inc()
