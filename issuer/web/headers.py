"""The headers of every answer."""

from flask import Flask, Response, g, request, session

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action"
    " 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script';"
    " trusted-types 'none'"
)
DOCUMENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
"""Of what is no page: PDF, pictures, data."""
STATIC_AGE = 365 * 86_400
"""Seconds for which a static file is kept: its address holds its hash."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "X-Robots-Tag": "noindex, nofollow",
}


def install(app: Flask, secure: bool) -> None:
    """Put the headers on every answer; ``secure`` adds HSTS and is for an HTTPS address."""

    @app.after_request
    def _headers(response: Response) -> Response:
        if g.get("another_site"):
            session.modified = False  # no cookie: it would take the place of the one that stayed at home
        for name, value in ALWAYS.items():
            response.headers[name] = value
        is_page = response.mimetype == "text/html"
        response.headers["Content-Security-Policy"] = POLICY if is_page else DOCUMENT_POLICY
        if request.endpoint == "static" and response.status_code in (200, 304) and request.args.get("v"):
            response.headers["Cache-Control"] = f"public, max-age={STATIC_AGE}, immutable"
        elif request.endpoint == "static":
            response.headers["Cache-Control"] = "no-cache"
        elif g.get("public_age") and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={g.public_age}"
            response.headers.pop("X-Robots-Tag")
        else:
            response.headers["Cache-Control"] = "no-store"
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        response.headers.pop("Server", None)
        return response
