"""The pages for applicants: checklist, where a request stands, statistics, e-mail choice. No account, cookie or session."""

from flask import Blueprint, url_for

from issuer.applicants import wording as words
from issuer.web.publicside import PREFIX, public_language

pages = Blueprint("public", __name__, url_prefix=PREFIX)


def link(endpoint: str, language: str | None = None, **values: object) -> str:
    """The address of a public page in a language, by default that of this request. French, the first one, needs no word for it."""
    language = language or public_language()
    return url_for(f"public.{endpoint}", **values, **({"lang": language} if language != words.LANGUAGES[0] else {}))


@pages.app_context_processor
def _public_words() -> dict:
    return {
        "w": lambda key, **params: words.text(key, public_language(), **params),
        "w_plural": lambda key, number, **params: words.plural(key, public_language(), number, **params),
        "w_day": lambda value: words.day(value, public_language()),
        "w_month": lambda value: words.month(value, public_language()),
        "link": link,
    }


from issuer.web.public import about, checklist, statistics, stopping, whereabouts  # noqa: E402

for room in (about, checklist, whereabouts, statistics, stopping):
    room.add_routes(pages)

__all__ = ["link", "pages"]
