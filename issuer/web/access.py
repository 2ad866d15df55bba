"""Who may open which page. A view says what it asks for; a view that says nothing is shut.

``PUBLIC`` anybody; ``HALF`` somebody who gave the password and not yet the second factor;
any other word is a permission of :mod:`issuer.accounts.roles`.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from issuer.accounts.directory import Account
from issuer.accounts.sessions import FULL, PASSWORD
from issuer.web.context import web_context
from issuer.web.publicside import on_public_side

PUBLIC, HALF, BEARER = "public", "half", "bearer"
ASKED: dict[str, str] = {}
"""Endpoint → what it asks for; filled as the blueprints are registered, read by the table of routes."""

LARGEST_CALL = 64 << 10
"""Bytes of a call's body, or of an applicant's form."""
LARGEST_SIGN_IN = 512 << 10
"""Bytes of the forms of signing in, which may carry another one."""
LARGEST_FORM = 2 << 20
"""Bytes of any other form."""
SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing (RFC 9110 §9.2.1)."""
_UNFINISHED = ("account.password", "signin.sign_out", "about.language")


def asks(permission: str) -> Callable:
    """Mark a view with what it asks for."""

    def mark(view: Callable) -> Callable:
        view.asks = permission  # type: ignore[attr-defined]  # a mark of ours on the function
        return view

    return mark


def asked(app: Flask, endpoint: str | None) -> str | None:
    """What the view of an endpoint asks for; None for one that is shut."""
    if endpoint == "static":
        return PUBLIC
    return getattr(app.view_functions.get(endpoint or ""), "asks", None)


class AnotherSite(Forbidden):
    """The browser says that another site made it send this."""


def from_anywhere(view: Callable) -> Callable:
    """Mark a view whose address is itself the right to post to it, from wherever: a link of a message (RFC 8058)."""
    view.from_anywhere = True  # type: ignore[attr-defined]  # a mark of ours
    return view


def check_origin() -> None:
    """Before anything else: nothing that changes something is taken from another site's page. Raises AnotherSite.

    Browsers say it by ``Sec-Fetch-Site``, at https addresses and on this machine, or by ``Origin``. Who sends neither
    is no browser of today; then the form's token decides alone.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in SAFE or getattr(view, "from_anywhere", False):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin", "none") or not (origin is None or _is_ours(origin)):
        g.another_site = True
        raise AnotherSite


def _is_ours(origin: str) -> bool:
    """Whether this is the origin of these pages: the configured address to the letter, else the host that was asked."""
    address = web_context().settings.address
    if address:
        return origin == address
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:
        return False


def takes_files(view: Callable) -> Callable:
    """Mark a view as one that takes files."""
    view.takes_files = True  # type: ignore[attr-defined]  # a mark of ours
    return view


def bound_body() -> None:
    """Before a body is read: how much of it is. A file is for whoever is signed in and may send one; a call of the API,
    an applicant's form and signing in are small. A body of no announced length is cut off at the same place.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.path.startswith("/api/") or on_public_side():
        request.max_content_length = LARGEST_CALL
    elif (request.endpoint or "").startswith(("signin.", "openid.")):
        request.max_content_length = LARGEST_SIGN_IN
    elif not (
        getattr(view, "takes_files", False) and g.account is not None and g.account.may(getattr(view, "asks", ""))
    ):
        request.max_content_length = LARGEST_FORM


def know_visitor() -> None:
    """Before each request: find the session and its account. Sets ``g.session`` and ``g.account`` (None for a
    stranger).
    """
    g.session = g.account = g.half_account = None
    if request.endpoint == "static" or request.path.startswith("/api/") or on_public_side():
        return
    token = session.get("sid")
    if not isinstance(token, str):
        return
    found = web_context().sessions.find(token)
    account = web_context().directory.get(found.account_id) if found else None
    if found is None or account is None or account.disabled_at is not None:
        session.pop("sid", None)
        g.session_ended = True
        return
    g.session = found
    if found.stage == FULL:
        g.account = account
    elif found.stage == PASSWORD:
        g.half_account = account


def check_access() -> ResponseReturnValue | None:
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
        return redirect(url_for("account.password"))
    if not g.account.may(needed):
        abort(403)
    return None


def _to_sign_in() -> ResponseReturnValue:
    from issuer.web.kept import keep_form

    if g.half_account is not None:
        return redirect(url_for("signin.code"))
    if request.method not in SAFE:
        return keep_form()
    if request.accept_mimetypes.best == "application/json":
        abort(401)
    return redirect(url_for("signin.sign_in", next=request.full_path.rstrip("?") if request.method == "GET" else None))


def start_session(account: Account, stage: str, device: str, id_token: str | None = None) -> None:
    """Give the browser a new session, in place of the one it had: nothing that was fixed before signing in counts
    after. ``id_token``, sealed, is what a provider vouched with.
    """
    former = session.get("sid")
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session["account"] = account.id
    former = former if isinstance(former, str) else None
    session["sid"] = web_context().sessions.open(account.id, stage, device, former, id_token)
