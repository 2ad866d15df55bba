"""The side for applicants: pages without account, cookie or session, under one prefix. Their language stands in the address."""

from flask import g, request

from issuer.applicants.wording import LANGUAGES

PREFIX = "/usagers"


def on_public_side() -> bool:
    """Whether this request is for the public side, known page or not."""
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")


def public_language() -> str:
    """What ``lang`` says in the address or the form, else French."""
    asked = request.values.get("lang")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def keep_for(seconds: int) -> None:
    """Let everybody keep this answer for so many seconds, and search engines list it: it depends on its address alone."""
    g.public_age = seconds
