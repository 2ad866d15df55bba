"""One's own account: password, second factor, sessions, API tokens."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for

from issuer.accounts.errors import AccountRefused
from issuer.accounts.roles import OWN, SCOPES
from issuer.accounts.sessions import FULL, device_name
from issuer.accounts.throttles import ACCOUNT
from issuer.accounts.tokens import NEEDED
from issuer.web.access import asks, start_session
from issuer.web.office import office
from issuer.web.wording import plural, span, t

pages = Blueprint("own", __name__)


@pages.get("/account")
@asks(OWN)
def page():
    """The account, its sessions and its tokens."""
    return _page()


def _page(problems: dict | None = None, typed: dict | None = None, token: str = ""):
    rooms = office()
    return render_template(
        "own/page.html",
        sessions=rooms.sessions.of(g.account.id),
        current=g.session.id,
        tokens=rooms.tokens.of(g.account.id),
        now=rooms.clock(),
        scopes=[scope for scope in SCOPES if g.account.may(NEEDED[scope])],
        problems=problems or {},
        typed=typed or {},
        new_token=token,
    ), 422 if problems else 200


@pages.route("/account/password", methods=["GET", "POST"])
@asks(OWN)
def password():
    """Choosing another password; every other session ends."""
    problems: dict[str, str] = {}
    if request.method == "POST":
        problems = _change_password(request.form)
        if not problems:
            start_session(g.account, FULL, device_name(request.user_agent.string))
            flash(t("own.password_changed"), "good")
            return redirect(url_for("home.page"))
    return render_template("own/password.html", problems=problems), 422 if problems else 200


def _change_password(form) -> dict[str, str]:
    rooms = office()
    now, fresh, again = (form.get(name, "")[:512] for name in ("password_now", "password_new", "password_again"))
    key = rooms.sealer.keyed_hash("password", str(g.account.id))
    wait = rooms.throttles.wait(key)
    if wait:
        return {"password_now": t("signin.locked", span=span(wait))}
    if not rooms.credentials.password_is(g.account, now):
        rooms.throttles.fail(key, ACCOUNT)
        return {"password_now": t("own.wrong_password")}
    rooms.throttles.clear(key)
    if fresh != again:
        return {"password_again": t("own.not_the_same")}
    if fresh == now:
        return {"password_new": t("own.same_password")}
    try:
        rooms.credentials.set_password(g.account, fresh)
    except AccountRefused as refused:
        return {"password_new": t(f"account.{refused.code}")}
    rooms.sessions.end_all(g.account.id)
    return {}


@pages.post("/account/recovery")
@asks(OWN)
def recovery():
    """New recovery codes, against the password."""
    rooms = office()
    if not rooms.credentials.password_is(g.account, request.form.get("password", "")[:512]):
        return _page({"recovery": t("own.wrong_password")})
    return render_template("signin/recovery.html", codes=rooms.credentials.new_recovery(g.account), first=False)


@pages.post("/account/sessions/end")
@asks(OWN)
def end_sessions():
    """Sign out everywhere: every session of this account ends, this one too."""
    rooms = office()
    ended = rooms.sessions.end_all(g.account.id)
    session.pop("sid", None)
    rooms.directory.note(g.account.author, "sign_out_everywhere", g.account.id, sessions=ended)
    flash(plural("own.signed_out_everywhere", ended), "good")
    return redirect(url_for("signin.sign_in"))


@pages.post("/account/tokens")
@asks(OWN)
def make_token():
    """A new API token, shown once."""
    rooms, typed = office(), request.form.to_dict()
    days = typed.get("days", "")
    try:
        _made, text = rooms.tokens.make(
            g.account,
            typed.get("label", "")[:200],
            tuple(request.form.getlist("scopes")),
            int(days) if days.isdecimal() and len(days) < 6 else 0,
            g.account.author,
        )
    except AccountRefused as refused:
        return _page({refused.field: t(f"account.{refused.code}")}, typed)
    return _page(token=text)


@pages.post("/account/tokens/<int:id_>/revoke")
@asks(OWN)
def revoke_token(id_: int):
    """End a token."""
    if office().tokens.revoke(id_, g.account.id, g.account.author):
        flash(t("own.token_revoked"), "good")
    return redirect(url_for("own.page"))
