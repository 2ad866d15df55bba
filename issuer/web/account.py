"""One's own account: password, second factor, sessions, API tokens."""

from collections.abc import Mapping

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from issuer.accounts.errors import AccountRefused
from issuer.accounts.roles import OWN, SCOPES
from issuer.accounts.sessions import FULL, device_name
from issuer.accounts.tokens import LIFE, NEEDED
from issuer.web import sure
from issuer.web.access import asks, start_session
from issuer.web.context import web_context
from issuer.web.guesses import is_own_password
from issuer.web.openid import leave_provider
from issuer.web.wording import moment, plural, span, t

pages = Blueprint("account", __name__)


@pages.get("/account")
@asks(OWN)
def page() -> ResponseReturnValue:
    """The account, its sessions and its tokens."""
    return _page()


def _page(problems: dict | None = None, typed: dict | None = None, token: str = "") -> ResponseReturnValue:
    context = web_context()
    return render_template(
        "account/page.html",
        sessions=context.sessions.of(g.account.id),
        current=g.session.id,
        tokens=context.tokens.of(g.account.id),
        now=context.clock(),
        scopes=[scope for scope in SCOPES if g.account.may(NEEDED[scope])],
        problems=problems or {},
        typed={"days": str(LIFE), **(typed or {})},
        chosen=request.form.getlist("scopes"),
        new_token=token,
    ), 422 if problems else 200


@pages.route("/account/password", methods=["GET", "POST"])
@asks(OWN)
def password() -> ResponseReturnValue:
    """Choosing another password; every other session and every API token ends."""
    problems: dict[str, str] = {}
    if request.method == "POST":
        problems = _change_password(request.form)
        if not problems:
            start_session(g.account, FULL, device_name(request.user_agent.string), g.session.id_token)
            flash(t("own.password_changed"), "good")
            return redirect(url_for("home.page"))
    return render_template("account/password.html", problems=problems), 422 if problems else 200


def _change_password(form: Mapping[str, str]) -> dict[str, str]:
    context = web_context()
    now, fresh, again = (form.get(name, "")[:512] for name in ("password_now", "password_new", "password_again"))
    problem = _wrong_password(now)
    if problem:
        return {"password_now": problem}
    if fresh != again:
        return {"password_again": t("own.not_the_same")}
    if fresh == now:
        return {"password_new": t("own.same_password")}
    try:
        context.credentials.set_password(g.account, fresh)
    except AccountRefused as refused:
        return {"password_new": t(f"account.{refused.code}")}
    return {}


def _wrong_password(typed: str) -> str:
    """What to say of the password that was asked once more; empty when it is the right one."""
    is_right, wait = is_own_password(typed[:512])
    return "" if is_right else t("signin.locked", span=span(wait)) if wait else t("own.wrong_password")


@pages.post("/account/recovery")
@asks(OWN)
def recovery() -> ResponseReturnValue:
    """New recovery codes, against the password."""
    context = web_context()
    problem = _wrong_password(request.form.get("password", ""))
    if problem:
        return _page({"recovery": problem})
    return render_template("signin/recovery.html", codes=context.credentials.new_recovery(g.account), first=False)


@pages.post("/account/sessions/end")
@asks(OWN)
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere: every session of this account ends, this one too, and every API token. Where there are
    tokens it asks once more: they do not come back by signing in.
    """
    context = web_context()
    tokens = context.tokens.labels(g.account.id)
    if tokens and not sure.is_sure():
        return sure.ask("everywhere", [(t("own.tokens"), tokens)], url_for("account.page"))
    ended = context.directory.sign_out_everywhere(g.account.id, g.account.author)
    session.pop("sid", None)
    flash(plural("own.signed_out_everywhere", ended), "good")
    return leave_provider(g.session.id_token) or redirect(url_for("signin.sign_in"))


@pages.post("/account/tokens")
@asks(OWN)
def make_token() -> ResponseReturnValue:
    """A new API token, shown once, against the password."""
    context, typed = web_context(), request.form.to_dict()
    problem = _wrong_password(typed.pop("password_now", ""))
    if problem:
        return _page({"password_now": problem}, typed)
    days = typed.get("days") or str(LIFE)
    try:
        _made, text = context.tokens.make(
            g.account,
            typed.get("label", "")[:200],
            tuple(request.form.getlist("scopes")),
            int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else 0,
            g.account.author,
        )
    except AccountRefused as refused:
        return _page({refused.field: t(f"account.{refused.code}")}, typed)
    return _page(token=text)


@pages.post("/account/tokens/<int:id_>/revoke")
@asks(OWN)
def revoke_token(id_: int) -> ResponseReturnValue:
    """End a token."""
    found = next((one for one in web_context().tokens.of(g.account.id) if one.id == id_ and not one.revoked_at), None)
    if found is None:
        return redirect(url_for("account.page"))
    if not sure.is_sure():
        used = moment(found.last_used_at) if found.last_used_at else t("own.token_unused")
        facts = [
            (t("own.token_label"), found.label),
            (t("own.token_scopes"), " ".join(found.scopes)),
            (t("own.token_last"), used),
        ]
        return sure.ask("token", facts, url_for("account.page"))
    if web_context().tokens.revoke(id_, g.account.id, g.account.author):
        flash(t("own.token_revoked"), "good")
    return redirect(url_for("account.page"))
