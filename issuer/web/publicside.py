"""The side for applicants: pages without account, cookie or session, under one prefix. Their language stands in the
address.
"""

from typing import Any

from flask import g, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from issuer.applicants.wording import LANGUAGES

PREFIX = "/usagers"


def on_public_side() -> bool:
    """Whether this request is for the public side, known page or not."""
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")


def public_language() -> str:
    """What ``lang`` says in the address or the form, else French; a form that is too large is not asked."""
    try:
        asked = request.values.get("lang")
    except RequestEntityTooLarge:
        asked = request.args.get("lang")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def keep_for(seconds: int) -> None:
    """Let everybody keep this answer for so many seconds, and search engines list it: it depends on its address
    alone.
    """
    g.public_age = seconds


def link(endpoint: str, language: str | None = None, **values: object) -> str:
    """The address of a public page in a language, by default that of this request. French, the first one, needs no word
    for it.
    """
    language = language or public_language()
    query: dict[str, Any] = {**values, **({"lang": language} if language != LANGUAGES[0] else {})}
    return url_for(f"public.{endpoint}", **query)
