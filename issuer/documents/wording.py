"""The texts of the printed page, from ``messages/fr.json`` and ``messages/en.json``, and French ways of writing
values.
"""

from collections.abc import Mapping
from datetime import date

from issuer.attestation.places import DEPARTMENTS
from issuer.messages import catalogue, formats


def _messages(name: str) -> Mapping[str, str]:
    return catalogue(name, "issuer.documents")


def text(key: str, lang: str = "fr", **params: str) -> str:
    """The message of that key in ``fr`` or ``en``, with its ``{parameters}`` filled in. KeyError: no such message."""
    return _messages(lang)[key].format_map(params)


def gloss(key: str) -> str:
    """The English message of that key, or an empty text where the page has none."""
    return _messages("en").get(key, "")


def countries(lang: str = "fr") -> Mapping[str, str]:
    """Nationality code → name of the country in ``fr`` or ``en``."""
    return _messages(f"countries.{lang}")


def birth_date(value: str) -> str:
    """``14 mars 1996``; with a month or a year only (``1984-07``, ``1984``), what is unknown is said."""
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 1:
        return text("birth_date.month_unknown", date=f"{parts[0]:04}")
    if len(parts) == 2:
        return text("birth_date.day_unknown", date=formats.month(value, "fr"))
    return formats.day(date(*parts), "fr")


def department(code: str) -> str:
    """``Paris (75)``; the code alone when it has no name here."""
    name = DEPARTMENTS.get(code)
    return f"{name} ({code})" if name else code


def nationality(code: str) -> str:
    """``Viêt Nam (VNM)``: only the three letters are signed. The letters alone when they have no name here."""
    name = _messages("countries.fr").get(code)
    return f"{name} ({code})" if name else code


def hours(value: Mapping) -> str:
    """``964 heures par an``, ``17,5 heures par semaine``."""
    form = "hours.one" if formats.is_one(value["count"], "fr") else "hours.many"
    return text(form, count=formats.decimal(value["count"], "fr"), per=text(f"per.{value['per']}"))
