"""Error pages: what happened, that nothing was lost, and a way on. Never what the program knows."""

import logging
import secrets

from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from issuer.applicants import wording as words
from issuer.registry.faults import RegistryError
from issuer.web.access import AnotherSite, know_visitor
from issuer.web.api.problem import problem
from issuer.web.context import web_context
from issuer.web.kept import FIELD, act_of, open_form, typed_fields
from issuer.web.publicside import on_public_side, public_language
from issuer.web.wording import has, t
from keys.errors import WifError

_SAID = ("Allow", "Content-Range")
"""Headers of an error that say how to ask better (RFC 9110); its other ones are our page's own."""
_LOG = logging.getLogger("wif.web")
KNOWN = (400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 503)
"""Statuses with words of their own; the others use those of 400 or 500."""


def install(app: Flask) -> None:
    """Answer every error with a page, or with problem+json under ``/api/``."""

    @app.errorhandler(CSRFError)
    def _stale(_error: CSRFError) -> ResponseReturnValue:
        return _stale_form()

    @app.errorhandler(AnotherSite)
    def _elsewhere(_error: AnotherSite) -> ResponseReturnValue:
        if request.path.startswith("/api/"):
            return problem(403, "Another site made a browser send this.", code="another_site")
        if on_public_side():
            said = words.text("whereabouts.elsewhere", public_language())
            return render_template("public/failure.html", status=403, said=said), 403
        return render_template("failure.html", status="elsewhere"), 403

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if isinstance(error.response, Response):
            return error.response
        answered = app.make_response(answer(error.code or 500))
        answered.headers.extend((name, value) for name, value in error.get_headers() if name in _SAID)
        return answered

    @app.errorhandler(RegistryError)
    def _registry(error: RegistryError) -> ResponseReturnValue:
        _LOG.error("database refused", extra={"code": error.code})
        if error.code == "tampered" and request.path.startswith("/api/"):
            return problem(503, "What was asked for was changed by another way than this service.", code="tampered")
        if error.code == "tampered":
            name = "public/failure.html" if on_public_side() else "failure.html"
            return render_template(name, status="tampered"), 503
        return answer(503)

    @app.errorhandler(WifError)
    def _declared(error: WifError) -> ResponseReturnValue:
        _LOG.warning("refused", extra={"kind": type(error).__name__})
        return answer(409, str(error) if request.path.startswith("/api/") else fault_text(error))

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> ResponseReturnValue:
        incident = secrets.token_hex(4)
        place = _place(error)
        _LOG.error("unexpected", extra={"incident": incident, "kind": type(error).__name__, "place": place})
        return answer(500, incident=incident)


def fault_text(error: WifError) -> str:
    """What a declared error means, in the language of the page."""
    key = f"fault.{type(error).__name__}"
    return t(key if has(key) else "fault.other")


def _place(error: Exception) -> str:
    """File and line where it happened: never a value."""
    trace = error.__traceback__
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " < ".join(reversed(places[-4:]))


def answer(status: int, detail: str = "", incident: str = "") -> ResponseReturnValue:
    """The answer of an error in the form that was asked for."""
    if request.path.startswith("/api/"):
        return problem(status, detail)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error=status, detail=detail), status
    shown = status if status in KNOWN else 400 if status < 500 else 500
    if on_public_side():
        return render_template("public/failure.html", status=shown, incident=incident), status
    return render_template("failure.html", status=shown, detail=detail, incident=incident), status


def _stale_form() -> ResponseReturnValue:
    """An old or missing form token: the page says so. Whoever is signed in gets the same form again with what was
    typed, under the words for what it does.
    """
    if request.path.startswith("/api/"):
        return problem(400, "")
    if not hasattr(g, "account"):
        know_visitor()
    if request.endpoint == "signin.sign_in":
        kept = request.form.get(FIELD, "")
        return render_template(
            "signin/sign_in.html",
            error=t("stale.again"),
            identifier="",
            kept=kept if open_form(kept) else "",
            openid=web_context().settings.openid,
        ), 400
    act = act_of(request.path, g.account) if g.account is not None else None
    return render_template("stale.html", path=request.path, act=act, typed=typed_fields()), 400
