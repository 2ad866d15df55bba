"""Words of the pages, in French and English, and how dates, numbers and names are shown."""

import functools
import json
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, g, request, session

from issuer import messages as shared
from issuer.attestation.numbers import format_number
from issuer.attestation.places import DEPARTMENTS
from issuer.registry.names import fold
from issuer.web.publicside import on_public_side, public_language

LANGUAGES = shared.LANGUAGES
COOKIE = "language"
_ZONE = ZoneInfo("Europe/Paris")
_MONTHS = {
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    """Every message of the pages in one language, by its dotted key."""
    return json.loads((Path(__file__).parent / "messages" / f"{language}.json").read_text(encoding="utf-8"))


@functools.cache
def countries(language: str) -> dict[str, str]:
    """Nationality code → country name, in alphabetical order of the language."""
    path = (
        files("issuer.documents") / "messages/countries.fr.json"
        if language == "fr"
        else files("issuer.web") / "messages/countries.en.json"
    )
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return dict(sorted(table.items(), key=lambda item: fold(item[1])))


def language() -> str:
    """The language of this request: what the person chose, the account's, else French. On the public side the address says it."""
    if on_public_side():
        return public_language()
    chosen = session.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    account = getattr(g, "account", None) or getattr(g, "half_account", None)
    return account.language if account else LANGUAGES[0]


def t(key: str, /, **params: object) -> str:
    """The message of this key in the request's language; the shared messages (``record.…``) are looked in as well."""
    lang = language()
    table = catalogue(lang)
    text = table[key] if key in table else shared.catalogue(lang)[key]
    return text.format(**params) if params else text


def has(key: str) -> bool:
    """Whether there is a message of this key."""
    return key in catalogue("fr") or key in shared.catalogue("fr")


def problem_text(problem) -> str:
    """What is wrong with a field, in the request's language."""
    key = f"record.{problem.code}"
    return t(key, **problem.params) if key in catalogue(language()) else shared.problem_text(problem, language())


def events() -> list[tuple[str, str]]:
    """The acts of the audit trail with their words."""
    prefix = "event."
    return [
        (key.removeprefix(prefix), words)
        for key, words in catalogue(language()).items()
        if key.startswith(prefix) and "." not in key.removeprefix(prefix)
    ]


def day(value: date | str | None, form: str = "long") -> str:
    """A day: ``5 janvier 2026`` (long) or ``05/01/2026`` (short). Texts are ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        parts = value.split("-")
        if len(parts) == 1:
            return parts[0]
        if len(parts) == 2:
            return f"{_MONTHS[language()][int(parts[1]) - 1]} {parts[0]}"
        value = date.fromisoformat(value)
    if form == "short":
        return value.strftime("%d/%m/%Y")
    number = "1er" if value.day == 1 and language() == "fr" else str(value.day)
    return f"{number} {_MONTHS[language()][value.month - 1]} {value.year}"


def moment(at: int | None, seconds: bool = False) -> str:
    """An instant of UTC seconds in Paris time: ``23/11/2026 à 14:05``."""
    if at is None:
        return "—"
    local = datetime.fromtimestamp(at, UTC).astimezone(_ZONE)
    joined = " à " if language() == "fr" else " at "
    return local.strftime("%d/%m/%Y") + joined + local.strftime("%H:%M:%S" if seconds else "%H:%M")


def span(seconds: int) -> str:
    """A length of time in its largest unit: ``3 minutes``."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = round(seconds / length)
            return t(f"span.{unit}.{'one' if count == 1 else 'many'}", count=count)
    return t("span.second.one" if seconds == 1 else "span.second.many", count=max(0, seconds))


def count(value: int) -> str:
    """A number with its thousands apart."""
    return f"{value:,}".replace(",", "\u202f" if language() == "fr" else ",")


def siret(digits: str | None) -> str:
    """``812 345 678 00013``."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:9]} {digits[9:]}" if digits else "—"


def department(code: str | None) -> str:
    """``75 Paris``."""
    return f"{code} {DEPARTMENTS.get(code, '')}".strip() if code else "—"


def hours(value: dict | None) -> str:
    """``964 heures par an``."""
    if not value:
        return "—"
    number = str(value["count"]).replace(".", "," if language() == "fr" else ".")
    return t(f"hours.{value['per']}", count=number)


def name_of(claims: dict) -> str:
    """``NGUYEN Thị Mai``."""
    return " ".join(filter(None, (claims.get("family_name"), claims.get("given_names"))))


def plural(key: str, number: int, /, **params: object) -> str:
    """The message ``key.one`` or ``key.many``; in French zero is singular."""
    one = number == 1 or (number == 0 and language() == "fr")
    return t(f"{key}.{'one' if one else 'many'}", count=count(number), **params)


def shown_state(entry, now: int) -> str:
    """The state as people read it: a valid one may be expired or yet to begin. ``now`` is UTC seconds."""
    if entry.state != "valid":
        return entry.state
    return "expired" if entry.expires <= now else "future" if entry.not_before > now else "valid"


def _department_words() -> list[tuple[str, str]]:
    """The départements that the person sees, with their names."""
    return [(code, department(code)) for code in DEPARTMENTS if g.account.covers(code)]


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.globals.update(
        t=t,
        has=has,
        plural=plural,
        problem_text=problem_text,
        departments=DEPARTMENTS,
        countries=countries,
        language=language,
        shown_state=shown_state,
        states_words=lambda states: [(word, t(f"state.{word}")) for word in states],
        roles_words=lambda roles: [(word, t(f"role.{word}")) for word in roles],
        department_words=_department_words,
    )
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        span=span,
        number=format_number,
        count=count,
        siret=siret,
        department=department,
        hours=hours,
        name_of=name_of,
        combine=lambda first, second: {**first, **second},
    )

    @app.context_processor
    def _about_page() -> dict:
        return {"lang": language(), "account": getattr(g, "account", None), "here": request.endpoint or ""}
