"""The texts of the printed page, from ``messages/fr.json`` and ``messages/en.json``, and French ways of writing values."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from issuer.attestation.places import DEPARTMENTS, time_zone


@cache
def _messages(name: str) -> Mapping[str, str]:
    source = files("issuer.documents").joinpath("messages", f"{name}.json").read_text("utf-8")
    return MappingProxyType(json.loads(source))


def text(key: str, lang: str = "fr", **params: str) -> str:
    """The message of that key in ``fr`` or ``en``, with its ``{parameters}`` filled in. KeyError: no such message."""
    return _messages(lang)[key].format_map(params)


def gloss(key: str) -> str:
    """The English message of that key, or an empty text where the page has none."""
    return _messages("en").get(key, "")


def countries() -> Mapping[str, str]:
    """Nationality code → name of the country in French."""
    return _messages("countries.fr")


def day(value: date, lang: str = "fr") -> str:
    """``1er janvier 2026``, ``5 January 2026``."""
    number = text("day.first", lang) if value.day == 1 else str(value.day)
    return f"{number} {month(value.month, lang)} {value.year:04}"


def month(number: int, lang: str = "fr") -> str:
    """The name of month 1..12."""
    return text("months", lang).split()[number - 1]


def birth_date(value: str) -> str:
    """``14 mars 1996``; with a month or a year only (``1984-07``, ``1984``), what is unknown is said."""
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 1:
        return text("birth_date.month_unknown", date=f"{parts[0]:04}")
    if len(parts) == 2:
        return text("birth_date.day_unknown", date=f"{month(parts[1])} {parts[0]:04}")
    return day(date(*parts))


def issue_day(issued_at: str, department: str) -> date:
    """The day of ``YYYY-MM-DDThh:mm:ssZ`` in the time zone of the deciding département."""
    return datetime.fromisoformat(issued_at).astimezone(time_zone(department)).date()


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
    count = f"{value['count']:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    form = "hours.one" if value["count"] < 2 else "hours.many"
    return text(form, count=count, per=text(f"per.{value['per']}"))


def siret(digits: str) -> str:
    """``812 345 678 00013``."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:9]} {digits[9:]}"
