"""The issuer's pages and JSON API: Flask blueprints over the registry and the desk."""

import hashlib
import secrets
from functools import cache
from pathlib import Path

from flask import Flask, request, url_for
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from issuer.home import Home
from issuer.web import access, failures, headers, journal, wording
from issuer.web.context import WebContext
from issuer.web.publicside import on_public_side
from issuer.web.settings import from_table

LARGEST_UPLOAD = 64 << 20
"""Bytes of a request: a file of records."""
SHOWN_FIELD = 4000
"""Characters of one field that a page shows again."""

csrf = CSRFProtect()


def create_app(home: Home) -> Flask:
    """The application of one home (:class:`issuer.home.Home`). Reads no environment; raises ConfigError for a bad
    ``[web]`` table.
    """
    settings = from_table(home.config.extra.get("web", {}))
    app = Flask(__name__)
    context = WebContext(home, settings)
    app.extensions["wif"] = context
    app.config.update(
        SECRET_KEY=context.sealer.cookie_key,
        SESSION_COOKIE_NAME="__Host-wif" if settings.secure else "wif",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        MAX_FORM_MEMORY_SIZE=access.LARGEST_FORM,
        MAX_FORM_PARTS=500,
        WTF_CSRF_TIME_LIMIT=settings.session_hours * 3600,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=settings.secure,
        TRAP_BAD_REQUEST_ERRORS=False,
        PROPAGATE_EXCEPTIONS=False,
    )
    if settings.proxies:
        proxied = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # as Flask documents it
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    journal.install(app)
    headers.install(app, settings.secure)
    wording.install(app)
    failures.install(app)
    csrf.init_app(app)
    app.before_request(access.check_origin)
    app.before_request(access.know_visitor)
    app.before_request(access.bound_body)
    app.before_request(access.check_access)
    app.before_request(_check_form)
    _register(app)
    app.jinja_env.globals.update(asset=asset, demonstration=context.demonstration, nonce=lambda: secrets.token_hex(8))
    app.jinja_env.filters["shown"] = lambda text: text[:SHOWN_FIELD]
    access.ASKED.update({rule.endpoint: access.asked(app, rule.endpoint) for rule in app.url_map.iter_rules()})
    return app


def _check_form() -> None:
    """The token against forged requests: every form, but neither the API nor the public side, which take no cookie, nor
    what no view answers.
    """
    if request.routing_exception is not None:
        return
    if not request.path.startswith("/api/") and not on_public_side():
        csrf.protect()


def _register(app: Flask) -> None:
    from issuer.web import (
        about,
        account,
        acts,
        anomalies,
        api,
        attestations,
        audit,
        decisions,
        disclosure,
        foreign,
        home,
        imports,
        issuing,
        openid,
        people,
        public,
        publication,
        requests,
        service,
        signin,
    )

    for room in (
        signin,
        openid,
        account,
        home,
        requests,
        decisions,
        anomalies,
        issuing,
        attestations,
        acts,
        foreign,
        imports,
        publication,
        audit,
        people,
        disclosure,
        about,
        service,
        public,
        api,
    ):
        app.register_blueprint(room.pages)
    home.add_source(app, requests.waiting)


@cache
def _hash(name: str) -> str:
    return hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file, with its hash."""
    return url_for("static", filename=name, v=_hash(name))
