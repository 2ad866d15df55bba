"""The words for applicants, in French and English, from the message files beside this module; and how dates and numbers are shown."""

import functools
import json
from datetime import UTC, date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

LANGUAGES = ("fr", "en")
ZONE = ZoneInfo("Europe/Paris")


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    """Every message of one language by its dotted key."""
    return json.loads((files("issuer.applicants") / "messages" / f"{language}.json").read_text(encoding="utf-8"))


def text(key: str, language: str, **params: object) -> str:
    """The message ``key`` with its ``{parameters}`` filled in. Raises KeyError for a key no file holds."""
    words = catalogue(language)[key]
    return words.format(**params) if params else words


def plural(key: str, language: str, number: int, **params: object) -> str:
    """The message ``key.one`` or ``key.many``; in French zero is singular."""
    one = number == 1 or (number == 0 and language == "fr")
    return text(f"{key}.{'one' if one else 'many'}", language, count=count(number, language), **params)


def count(value: int, language: str) -> str:
    """A number with its thousands apart."""
    return f"{value:,}".replace(",", "\u202f" if language == "fr" else ",")


def decimal(value: float, language: str) -> str:
    """A number with one decimal, none when it is whole: ``3,5``."""
    shown = f"{value:.1f}".removesuffix(".0")
    return shown.replace(".", ",") if language == "fr" else shown


def local_day(at: int) -> date:
    """The day of UTC second ``at`` in Paris."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZONE).date()


def day(value: date, language: str) -> str:
    """``1er janvier 2026``, ``1 January 2026``."""
    number = "1er" if value.day == 1 and language == "fr" else str(value.day)
    return f"{number} {month_name(value.month, language)} {value.year}"


def month(value: str, language: str) -> str:
    """``2026-01`` → ``janvier 2026``."""
    year, number = value.split("-")
    return f"{month_name(int(number), language)} {year}"


def month_name(number: int, language: str) -> str:
    """The name of month 1..12."""
    return text("months", language).split()[number - 1]
