"""The pages for applicants: checklist, where a request stands, statistics, e-mail choice. No account, cookie or
session.
"""

from flask import Blueprint

from issuer.applicants import wording as words
from issuer.messages import formats
from issuer.web.public import about, checklist, statistics, stopping, whereabouts
from issuer.web.publicside import PREFIX, link, public_language

pages = Blueprint("public", __name__, url_prefix=PREFIX)


@pages.app_context_processor
def _public_words() -> dict:
    return {
        "w": lambda key, **params: words.text(key, public_language(), **params),
        "w_plural": lambda key, number, **params: words.plural(key, public_language(), number, **params),
        "w_day": lambda value: formats.day(value, public_language()),
        "w_month": lambda value: formats.month(value, public_language()),
        "link": link,
    }


for room in (about, checklist, whereabouts, statistics, stopping):
    room.add_routes(pages)

__all__ = ["pages"]
