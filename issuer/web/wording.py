"""Words of the pages, in French and English, and how dates, numbers and names are shown."""

import functools
from collections.abc import Mapping
from datetime import UTC, date, datetime

from flask import Flask, g, request, session

from issuer import messages as shared
from issuer.attestation.numbers import format_number, format_siret
from issuer.attestation.places import DEPARTMENTS, local_day, time_zone
from issuer.attestation.problems import Problem
from issuer.documents import wording as printed
from issuer.messages import formats
from issuer.registry import RegisteredAttestation
from issuer.registry.names import fold
from issuer.web.publicside import on_public_side, public_language

LANGUAGES = shared.LANGUAGES
COOKIE = "language"


def catalogue(language: str) -> Mapping[str, str]:
    """Every message of the pages in one language, by its dotted key."""
    return shared.catalogue(language, "issuer.web")


@functools.cache
def countries(language: str) -> dict[str, str]:
    """Nationality code → country name, in alphabetical order of the language."""
    return dict(sorted(printed.countries(language).items(), key=lambda item: fold(item[1])))


def language() -> str:
    """The language of this request: what the person chose, the account's, else French. On the public side the address
    says it.
    """
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
    text = formats.unbroken(text) if lang == "fr" else text
    return text.format(**params) if params else text


def has(key: str) -> bool:
    """Whether there is a message of this key."""
    return key in catalogue("fr") or key in shared.catalogue("fr")


def problem_text(problem: Problem) -> str:
    """What is wrong with a field, in the request's language."""
    if problem.code == "doubt":
        return shared.doubt_text(problem, language(), value(problem.field, problem.params["guess"]))
    key = f"record.{problem.code}"
    return (
        t(key, **shared.worded(problem.params, language()))
        if key in catalogue(language())
        else shared.problem_text(problem, language())
    )


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
            return formats.month(value, language())
        value = date.fromisoformat(value)
    if form == "short":
        return value.strftime("%d/%m/%Y")
    return formats.day(value, language())


def moment(at: int | None, seconds: bool = False) -> str:
    """An instant of UTC seconds in Paris time: ``23/11/2026 à 14:05``."""
    if at is None:
        return "—"
    local = datetime.fromtimestamp(at, UTC).astimezone(time_zone(None))
    joined = " à " if language() == "fr" else " at "
    return local.strftime("%d/%m/%Y") + joined + local.strftime("%H:%M:%S" if seconds else "%H:%M")


def span(seconds: int) -> str:
    """A length of time in its largest unit: ``3 minutes``."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return plural(f"span.{unit}", seconds // length)
    return plural("span.second", max(0, seconds))


def count(value: int) -> str:
    """A number with its thousands apart."""
    return formats.count(value, language())


def siret(digits: str | None) -> str:
    """``812 345 678 00013``."""
    return format_siret(digits) if digits else "—"


def department(code: str | None) -> str:
    """``75 Paris``."""
    return f"{code} {DEPARTMENTS.get(code, '')}".strip() if code else "—"


def hours(value: dict | None) -> str:
    """``964 heures par an``."""
    if not value:
        return "—"
    number = value["count"]
    shown = formats.decimal(number, language()) if isinstance(number, int | float) else str(number)
    return t(f"hours.{value['per']}", count=shown)


def value(field: str, value: object) -> str | None:
    """A value of a record as the reader's language writes it; None for none."""
    if value is None or value == []:
        return None
    if field.startswith("hours") and isinstance(value, dict):
        return hours(value)
    if field == "nationality":
        return countries(language()).get(str(value), str(value))
    if field in ("contract", "kind"):
        return t(f"{field}.{value}")
    if field in ("department", "workplaces"):
        return ", ".join(department(code) for code in (value if isinstance(value, list) else [str(value)]))
    if field in ("birth_date", "valid_from", "valid_until"):
        return day(str(value))
    return t(f"per.{value}") if field == "hours.per" else str(value)


def name_of(claims: dict) -> str:
    """``NGUYEN Thị Mai``."""
    return " ".join(filter(None, (claims.get("family_name"), claims.get("given_names"))))


def author(value: str, names: Mapping[str, str]) -> str:
    """Who did an act, for people: an account's name, or what the service, a person at its machine or an older system
    is called. ``names``: as :meth:`issuer.accounts.directory.Directory.names` gives them.
    """
    if value in names:
        return names[value]
    where, _, name = ("demarches", "", "") if value.startswith("instructeur-") else value.partition(":")
    key = f"author.{where}"
    return t(key, name=name) if has(key) else value


_SAID_ONE_BY_ONE = {"warnings": "audit.warning", "fields": "field", "scopes": "scope"}
"""Details of the trail that are lists of words: the messages that say each."""


def detail(name: str, value: object) -> tuple[str, str]:
    """A detail of an entry of the audit trail, its name and its value in words where there are some."""
    label = t(f"audit.detail.{name}") if has(f"audit.detail.{name}") else name
    if isinstance(value, bool):
        return label, t("yes" if value else "no")
    if isinstance(value, list):
        keys = [f"{_SAID_ONE_BY_ONE.get(name, '')}.{item}" for item in value]
        return label, (", " if name in _SAID_ONE_BY_ONE else " ").join(
            t(key) if has(key) else str(item) for key, item in zip(keys, value, strict=True)
        )
    if isinstance(value, int) and name.endswith(("_at", "not_before", "not_after")):
        return label, moment(value)
    if isinstance(value, str) and name.endswith("_on"):
        return label, day(value, "short")
    said = {"source": "request.source", "reason": "reason", "role": "role", "anomaly": "anomaly"}.get(name)
    for key in (f"{said}.{value}", f"state.{value}", f"request.state.{value}"):
        if (said or name == "state") and has(key):
            return label, t(key)
    return label, str(value)


def plural(key: str, number: int, /, **params: object) -> str:
    """The message ``key.one`` or ``key.many``."""
    return t(f"{key}.{'one' if formats.is_one(number, language()) else 'many'}", count=count(number), **params)


def shown_state(attestation: RegisteredAttestation, now: int) -> str:
    """The state as people read it: a valid one may be expired or yet to begin. ``now`` is UTC seconds."""
    if attestation.state != "valid":
        return attestation.state
    return "expired" if attestation.expires <= now else "future" if attestation.not_before > now else "valid"


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
        author=author,
        detail=detail,
        roles_words=lambda roles: [(word, t(f"role.{word}")) for word in roles],
        department_words=_department_words,
    )
    app.jinja_env.filters.update(
        day=day,
        day_in=lambda at, code: day(local_day(code, at)),
        moment=moment,
        span=span,
        number=format_number,
        count=count,
        siret=siret,
        department=department,
        hours=hours,
        name_of=name_of,
        dropped=lambda table, name: {key: value for key, value in table.items() if key != name and value},
        combine=lambda first, second: {**first, **second},
    )

    @app.context_processor
    def _about_page() -> dict:
        return {"lang": language(), "account": getattr(g, "account", None), "here": request.endpoint or ""}
