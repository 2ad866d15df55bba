"""The words for applicants, in French and English, from the message files beside this module."""

from collections.abc import Mapping

from issuer import messages
from issuer.messages import LANGUAGES, formats

__all__ = ["LANGUAGES", "catalogue", "plural", "text"]


def catalogue(language: str) -> Mapping[str, str]:
    """Every message of one language by its dotted key."""
    return messages.catalogue(language, "issuer.applicants")


def text(key: str, language: str, **params: object) -> str:
    """The message ``key`` with its ``{parameters}`` filled in. Raises KeyError for a key no file holds."""
    words = catalogue(language)[key]
    words = formats.unbroken(words) if language == "fr" else words
    return words.format(**params) if params else words


def plural(key: str, language: str, number: int, **params: object) -> str:
    """The message ``key.one`` or ``key.many``."""
    form = "one" if formats.is_one(number, language) else "many"
    return text(f"{key}.{form}", language, count=formats.count(number, language), **params)
