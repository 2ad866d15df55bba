"""The verifier's web server: the static files of a built site, their headers, and nothing else.

No cookie, no session, no log: a request says nothing about a person and leaves no trace here.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from pathlib import Path

from flask import Flask, Request, Response, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.security import safe_join

from .compression import ENCODINGS
from .headers import IMMUTABLE, REVALIDATE, cache_control, security_headers
from .site_data import FETCHED_NAME, HEAD_NAME, LOG_NAME, STATUS_NAME, TRUST_NAME

__all__ = ["create_app"]

_TYPES = {
    ".cbor": "application/cbor",
    ".cose": "application/cose",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    "": "text/plain; charset=utf-8",
}
_SERVED = re.compile(r"(?=.{1,200}\Z)[A-Za-z0-9@-][A-Za-z0-9.@_-]*(?:/[A-Za-z0-9@-][A-Za-z0-9.@_-]*)*")
"""No hidden file, no name that begins with an underscore: those are the build's own. The longest real name has 80
characters.
"""


def _content_type(name: str) -> str:
    suffix = Path(name).suffix
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _choose_copy(path: Path, asked: Request) -> tuple[Path, str | None]:
    """Chooses among the file and its compressed copies: (file, Content-Encoding). A range is always of the file
    itself.
    """
    if "Range" not in asked.headers:
        for suffix, encoding in ENCODINGS.items():
            copy = path.with_name(path.name + suffix)
            if asked.accept_encodings.quality(encoding) > 0 and copy.is_file():
                return copy, encoding
    return path, None


def _send(path: Path, relative: str, status: int = 200) -> Response:
    """Answers with the file, conditionally and by ranges as the request asks."""
    negotiable = any(path.with_name(path.name + suffix).is_file() for suffix in ENCODINGS)
    chosen, encoding = _choose_copy(path, request)
    content = chosen.read_bytes()
    response = Response(
        content,
        status=status,
        content_type="application/octet-stream" if relative.startswith("log/tile/") else _content_type(path.name),
    )
    response.headers["Cache-Control"] = cache_control(relative)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    if negotiable:
        response.headers["Vary"] = "Accept-Encoding"
    if status == 200:
        response.set_etag(hashlib.sha256(content).hexdigest()[:32])
        response.make_conditional(request, accept_ranges=True, complete_length=len(content))
    return response


def create_app(site_dir: str | Path, public_dir: str | Path | None = None, demonstration: bool = False) -> Flask:
    """Makes the WSGI application that serves the site in `site_dir`.

    `public_dir`, when given, is where what is published is read at each request (trust.cose, status-N.cose, seals.cose,
    genuine/, audit-head.json and the transparency log), so that a publication shows at once; without it they are those
    of `site_dir`. `demonstration` leaves Strict-Transport-Security out.
    """
    site = Path(site_dir).resolve()
    public = Path(public_dir).resolve() if public_dir else site
    app = Flask("verifier_pwa", static_folder=None)
    sets = {hashed: security_headers(demonstration, hashed) for hashed in (False, True)}

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in sets[response.headers.get("Cache-Control") == IMMUTABLE].items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def find(path: str) -> Path | None:
        if path in (TRUST_NAME, HEAD_NAME) or any(
            name.fullmatch(path) for name in (STATUS_NAME, LOG_NAME, FETCHED_NAME)
        ):
            return public / path
        if not _SERVED.fullmatch(path) or path.endswith(tuple(ENCODINGS)):
            return None
        joined = safe_join(str(site), path)
        return Path(joined) if joined else None

    @app.get("/")
    def index() -> Response:
        return serve("index.html")

    @app.get("/<path:path>")
    def serve(path: str) -> Response:
        found = find(path)
        if found is None or not found.is_file():
            return not_found()
        return _send(found, path)

    @app.post("/share")
    def share() -> Response:
        """A phone whose worker is gone sends here what was shared with the application: it is not read, and the page
        says so.
        """
        answer = redirect("/?shared", 303)
        answer.headers["Cache-Control"] = REVALIDATE
        assert isinstance(answer, Response)  # noqa: S101 - said for mypy
        return answer

    def not_found() -> Response:
        page = site / "404.html"
        if page.is_file():
            response = _send(page, "404.html", 404)
            response.headers["Cache-Control"] = "no-store"
            return response
        return Response("Page introuvable. — Page not found.\n", 404, content_type=_TYPES[""])

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        """Answers a wrong method and the like in words, in both languages."""
        if error.code == 404:
            return not_found()
        response = Response(
            "Demande impossible. — This request is not possible.\n", error.code, content_type=_TYPES[""]
        )
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response

    return app
