"""Acts on an attestation: suspend, reinstate, revoke, note the notification; and the second person's word."""

from datetime import date

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for

from issuer.accounts.roles import ACT, CONFIRM
from issuer.desk.errors import ActRefused
from issuer.desk.law import HEARD_FIRST, last_day
from issuer.intake.fields import iso_day
from issuer.registry import history
from issuer.web import grounds as law_form
from issuer.web import proposals, scope
from issuer.web.access import asks
from issuer.web.office import office
from issuer.web.wording import t

pages = Blueprint("acts", __name__)
ACTS = ("suspend", "reinstate", "revoke")
POSSIBLE = {"suspend": ("valid",), "reinstate": ("suspended",), "revoke": ("valid", "suspended")}


@pages.route("/attestations/<number>/<any(suspend, reinstate, revoke):act>", methods=["GET", "POST"])
@asks(ACT)
def act(number: str, act: str):
    """The form of an act, and the act."""
    rooms, entry = office(), scope.entry_or_404(number)
    last = history(rooms.engine, entry.number)[-1].id
    typed = request.form.to_dict() if request.method == "POST" else {"seen": str(last), "heard": "", **_proposed()}
    if request.method == "GET":
        return _form(entry, act, typed, {})
    if typed.get("seen") != str(last):
        typed["seen"] = str(last)
        return _form(entry, act, typed, {}, t("act.changed_meanwhile"), 409)
    reading = law_form.read_grounds(act, typed)
    if reading.problems:
        return _form(entry, act, typed, reading.problems)
    if act == "revoke" and rooms.settings.second_person:
        if proposals.waiting_for(rooms, entry.number) is None:
            proposals.propose(rooms, entry, reading.grounds, g.account)
        flash(t("proposal.made"), "note")
        return redirect(url_for("attestations.page", number=entry.number))
    try:
        done = getattr(rooms.desk(), act)(entry.number, reading.grounds, g.account.author)
    except ActRefused as refused:
        _count(act, refused.code)
        return _form(entry, act, typed, {}, _words(refused, entry), 409 if refused.code == "state" else 422)
    _tell(done)
    return redirect(url_for("attestations.page", number=entry.number))


def _proposed() -> dict[str, str]:
    """What another page proposes to fill in: a person reads it and decides."""
    return {name: request.args[name][:200] for name in ("reason", "legal_basis") if name in request.args}


def _tell(done) -> None:
    _count(done.act, "done")
    flash(t(f"act.done.{done.act}" + (".waiting" if done.waiting else "")), "good")
    if "not_notified" in done.warnings:
        flash(t("act.warning.not_notified"), "note")


def _form(entry, act: str, typed: dict, problems: dict, refused: str = "", status: int = 0):
    events = history(office().engine, entry.number)
    return render_template(
        "acts/form.html",
        entry=entry,
        act=act,
        typed=typed,
        problems=problems,
        refused=refused,
        reasons=law_form.reasons(act),
        bases=law_form.BASES,
        heard_first=HEARD_FIRST,
        retrait=law_form.RETRAIT,
        events=events,
        names=office().directory.names(),
        limit=last_day(date.fromtimestamp(entry.issued_at)),
        second=act == "revoke" and office().settings.second_person,
        possible=entry.state in POSSIBLE[act] or (act == "reinstate" and entry.next_state),
    ), status or (422 if problems or refused else 200)


def _words(refused: ActRefused, entry) -> str:
    return t(f"desk.{refused.code}", state=t(f"state.{entry.state}"))


@pages.route("/attestations/<number>/notify", methods=["GET", "POST"])
@asks(ACT)
def notify(number: str):
    """Note the day on which the last decision was notified."""
    rooms, entry = office(), scope.entry_or_404(number)
    typed, error = request.form.get("notified_on", ""), ""
    if request.method == "POST":
        try:
            rooms.desk().note_notification(entry.number, date.fromisoformat(iso_day(typed.strip())), g.account.author)
        except ValueError:
            error = t("act.problem.day")
        except ActRefused as refused:
            error = _words(refused, entry)
        else:
            flash(t("act.done.notify"), "good")
            return redirect(url_for("attestations.page", number=entry.number))
    return render_template("acts/notify.html", entry=entry, typed=typed, error=error), 422 if error else 200


@pages.route("/proposals/<int:id_>", methods=["GET", "POST"])
@asks(CONFIRM)
def proposal(id_: int):
    """A revocation that waits for a second person: confirmed, it is done at once; rejected, it is not."""
    rooms = office()
    found = proposals.by_id(rooms, id_)
    if found is None or not g.account.covers(found.department):
        abort(404)
    entry, refused = scope.entry_or_404(str(found.number)), ""
    same = found.proposed_by == g.account.id
    if request.method == "POST":
        answer = request.form.get("answer", "")
        if found.outcome is not None or answer not in ("confirm", "reject"):
            return redirect(url_for("acts.proposal", id_=id_))
        if answer == "confirm" and same:
            refused = t("proposal.same_person")
        else:
            try:
                if answer == "reject":
                    proposals.reject(rooms, found, g.account)
                    flash(t("proposal.rejected"), "good")
                else:
                    _tell(proposals.confirm(rooms, found, g.account))
                return redirect(url_for("attestations.page", number=entry.number))
            except proposals.AlreadyDecided:
                return redirect(url_for("acts.proposal", id_=id_))
            except ActRefused as error:
                refused = _words(error, entry)
    return render_template(
        "acts/proposal.html",
        proposal=found,
        entry=entry,
        names=rooms.directory.names(),
        refused=refused,
        same=same,
    ), 422 if refused else 200


def _count(act: str, outcome: str) -> None:
    current_app.extensions["wif_metrics"].acts.labels(act, outcome).inc()
