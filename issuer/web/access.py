"""Who may open which page. A view says what it asks for; a view that says nothing is shut.

``PUBLIC`` anybody; ``HALF`` somebody who gave the password and not yet the second factor;
any other word is a permission of :mod:`issuer.accounts.roles`.
"""

from collections.abc import Callable

from flask import Flask, abort, current_app, g, redirect, request, session, url_for

from issuer.accounts.sessions import FULL, PASSWORD
from issuer.web.office import office
from issuer.web.publicside import on_public_side

PUBLIC, HALF, BEARER = "public", "half", "bearer"
ASKED: dict[str, str] = {}
"""Endpoint → what it asks for; filled as the blueprints are registered, read by the table of routes."""

_UNFINISHED = ("own.password", "signin.sign_out", "about.language")


def asks(permission: str) -> Callable:
    """Mark a view with what it asks for."""

    def mark(view: Callable) -> Callable:
        view.asks = permission
        return view

    return mark


def asked(app: Flask, endpoint: str | None) -> str | None:
    """What the view of an endpoint asks for; None for one that is shut."""
    if endpoint == "static":
        return PUBLIC
    return getattr(app.view_functions.get(endpoint or ""), "asks", None)


def know_visitor() -> None:
    """Before each request: find the session and its account. Sets ``g.session`` and ``g.account`` (None for a stranger)."""
    g.session = g.account = g.half_account = None
    if request.endpoint == "static" or request.path.startswith("/api/") or on_public_side():
        return
    token = session.get("sid")
    if not isinstance(token, str):
        return
    found = office().sessions.find(token)
    account = office().directory.get(found.account_id) if found else None
    if found is None or account is None or account.disabled_at is not None:
        session.pop("sid", None)
        g.session_ended = True
        return
    g.session = found
    if found.stage == FULL:
        g.account = account
    elif found.stage == PASSWORD:
        g.half_account = account


def check_access():
    """Before each request: let it through, send the person to sign in, or refuse."""
    if request.endpoint is None:
        return None
    needed = asked(current_app, request.endpoint)
    if needed in (PUBLIC, BEARER):
        return None
    if needed is None:
        abort(403)
    if needed == HALF:
        return None if g.half_account or g.account else redirect(url_for("signin.sign_in"))
    if g.account is None:
        return _to_sign_in()
    if g.account.must_change and request.endpoint not in _UNFINISHED:
        return redirect(url_for("own.password"))
    if not g.account.may(needed):
        abort(403)
    return None


def _to_sign_in():
    from issuer.web.kept import keep_form

    if g.half_account is not None:
        return redirect(url_for("signin.code"))
    if request.method == "POST" and request.form:
        return keep_form()
    if request.accept_mimetypes.best == "application/json":
        abort(401)
    return redirect(url_for("signin.sign_in", next=request.full_path.rstrip("?") if request.method == "GET" else None))


def start_session(account, stage: str, device: str) -> None:
    """Give the browser a new session, in place of the one it had: nothing that was fixed before signing in counts after."""
    former = session.get("sid")
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session["account"] = account.id
    session["sid"] = office().sessions.open(account.id, stage, device, former if isinstance(former, str) else None)


def require_department(department: str) -> None:
    """404 for a département that is not this person's: whether the attestation exists is not said."""
    if not g.account.covers(department):
        abort(404)
