"""Signing in: password, then one-time code; setting the second factor up; signing out."""

from io import BytesIO

import segno
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from issuer.accounts import factor
from issuer.accounts.directory import Account, looked_up
from issuer.accounts.sessions import FULL, PASSWORD, device_name
from issuer.accounts.throttles import Reservation
from issuer.web.access import HALF, PUBLIC, asks, start_session
from issuer.web.context import web_context
from issuer.web.guesses import CODE, PASSWORD as SIGN_IN, forget, guess, right
from issuer.web.kept import FIELD, taken_up
from issuer.web.openid import leave_provider
from issuer.web.wording import span, t

pages = Blueprint("signin", __name__)
LONGEST_TYPED = 512
"""Characters read of an identifier or a password."""


@pages.route("/sign-in", methods=["GET", "POST"])
@asks(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """The first step: identifier and password."""
    if g.account is not None and request.method == "GET":
        return redirect(url_for("home.page"))
    identifier, error = "", ""
    if request.method == "POST":
        identifier = request.form.get("identifier", "")[:LONGEST_TYPED].strip()
        account, error = _by_password(identifier, request.form.get("password", "")[:LONGEST_TYPED])
        if account is not None:
            start_session(account, PASSWORD, device_name(request.user_agent.string))
            session["next"] = local_address(request.form.get("next"))
            return _second_step(account)
    return render_template(
        "signin/sign_in.html",
        identifier=identifier,
        error=error,
        next=local_address(request.values.get("next")),
        kept=_carried(),
        ended=bool(g.get("session_ended")),
        samples=_samples(),
        openid=web_context().settings.openid,
    ), 422 if error else 200


def _by_password(identifier: str, password: str) -> tuple[Account | None, str]:
    """The account, or the words that say why not: the same for every account, so that none is confirmed."""
    context = web_context()
    tried = guess(SIGN_IN, looked_up(identifier))
    if tried.wait:
        _count("locked")
        return None, t("signin.locked", span=span(tried.wait))
    account = context.directory.by_identifier(identifier)
    if context.credentials.password_is(account, password) and account is not None and account.disabled_at is None:
        right(tried)
        return account, ""
    wait = _pause(tried)
    _count("refused")
    if wait and account is not None:
        context.directory.note(account.author, "sign_in_locked", account.id, seconds=wait)
    return None, t("signin.locked", span=span(wait)) if wait else t("signin.refused")


def _pause(tried: Reservation) -> int:
    """Seconds for which the next try is refused because of this one, which was wrong."""
    return max(0, max(tried.until.values()) - web_context().clock())


def _second_step(account: Account) -> ResponseReturnValue:
    where = "signin.code" if account.has_factor else "signin.set_up"
    if request.form.get(FIELD):
        return render_template("signin/onward.html", to=url_for(where), kept=_carried())
    return redirect(url_for(where))


@pages.route("/sign-in/code", methods=["GET", "POST"])
@asks(HALF)
def code() -> ResponseReturnValue:
    """The second step: the code of the moment, or a recovery code."""
    account = g.half_account
    if account is None:
        return redirect(url_for("home.page"))
    if not account.has_factor:
        return redirect(url_for("signin.set_up"))
    context, error = web_context(), ""
    if request.method == "POST" and "code" in request.form:
        tried = guess(CODE, str(account.id))
        if tried.wait:
            error = t("signin.locked", span=span(tried.wait))
        elif context.credentials.take_code(account, request.form["code"][:40]):
            right(tried)
            return _entered(account)
        else:
            wait = _pause(tried)
            _count("wrong_code")
            error = t("signin.locked", span=span(wait)) if wait else t("signin.wrong_code")
    return render_template("signin/code.html", error=error, kept=_carried(), hint=_hint(account)), 422 if error else 200


def _entered(account: Account) -> ResponseReturnValue:
    """Signed in: a new session, and on to where the person was going."""
    context, onward = web_context(), session.get("next")
    forget(SIGN_IN, account.identifier)
    forget(CODE, str(account.id))
    start_session(account, FULL, device_name(request.user_agent.string))
    context.directory.note(account.author, "sign_in", account.id)
    _count("entered")
    if request.form.get(FIELD) and not account.must_change:
        g.account = account
        page = taken_up(request.form[FIELD], account)
        if page is not None:
            return page
    return redirect(onward or url_for("home.page"))


@pages.route("/sign-in/factor", methods=["GET", "POST"])
@asks(HALF)
def set_up() -> ResponseReturnValue:
    """Setting the second factor up, at the first sign-in: the secret as a QR code and in letters, proved by a first
    code.
    """
    account = g.half_account
    if account is None or account.has_factor:
        return redirect(url_for("signin.code" if account else "home.page"))
    context, error = web_context(), ""
    sealed = session.get("factor")
    secret = context.sealer.open(bytes.fromhex(sealed)) if isinstance(sealed, str) else None
    if secret is None:
        secret = context.credentials.new_secret()
        session["factor"] = context.sealer.seal(secret).hex()
    if request.method == "POST" and "code" in request.form:
        tried = guess(CODE, str(account.id))
        codes = None
        if not tried.wait:
            codes = context.credentials.set_factor(account, secret, request.form["code"][:40])
        if codes is not None:
            right(tried)
            _entered(account)
            session.pop("factor", None)
            return render_template("signin/recovery.html", codes=codes, first=True)
        error = t("signin.locked", span=span(tried.wait)) if tried.wait else t("signin.wrong_code")
    return render_template(
        "signin/set_up.html",
        secret=_grouped(factor.base32(secret)),
        error=error,
        hint=factor.code_now(secret, context.clock()) if context.demonstration else "",
    ), 422 if error else 200


@pages.get("/sign-in/factor.svg")
@asks(HALF)
def factor_picture() -> ResponseReturnValue:
    """The secret being set up, as the QR code that authenticator applications read."""
    context, sealed = web_context(), session.get("factor")
    secret = context.sealer.open(bytes.fromhex(sealed)) if isinstance(sealed, str) else None
    account = g.half_account
    if secret is None or account is None:
        abort(404)
    picture = BytesIO()
    segno.make(factor.address(secret, account.identifier, "Work In France"), error="m").save(
        picture, kind="svg", scale=5, border=4, light="#fff"
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@pages.post("/sign-out")
@asks(HALF)
def sign_out() -> ResponseReturnValue:
    """End this session, and that of the provider who vouched for it."""
    context, account = web_context(), g.account or g.half_account
    context.sessions.end(session.pop("sid", ""))
    session.pop("account", None)
    context.directory.note(account.author, "sign_out", account.id)
    onward = leave_provider(g.session.id_token)
    if onward is not None:
        return onward
    flash(t("signin.signed_out"), "good")
    return redirect(url_for("signin.sign_in"))


def local_address(address: str | None) -> str | None:
    """An address of this application only: never another site's (no ``//``, no scheme, no backslash)."""
    if (
        address
        and address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and address.isprintable()
        and len(address) < 2000
    ):
        return address
    return None


def _carried() -> str:
    return request.form.get(FIELD, "") if request.method == "POST" else ""


def _grouped(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _hint(account: Account) -> str:
    """With demonstration keys the code is shown: there is nothing to protect."""
    context = web_context()
    secret = context.credentials.secret_of(account) if context.demonstration else None
    return factor.code_now(secret, context.clock()) if secret else ""


def _samples() -> list[tuple[Account, str]]:
    from issuer.accounts.demonstration import PASSWORD as demonstration_password, sample_accounts

    if not web_context().demonstration:
        return []
    return [(account, demonstration_password) for account in sample_accounts(web_context().directory)]


def _count(outcome: str) -> None:
    current_app.extensions["wif_metrics"].sign_ins.labels(outcome).inc()
