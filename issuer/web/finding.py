"""The search form: what was typed, read as criteria of the registry."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import g, redirect, url_for
from flask.typing import ResponseReturnValue

from issuer.attestation.numbers import is_number, read_typed
from issuer.attestation.places import DEPARTMENTS, local_day, local_midnight
from issuer.registry import Search, by_number, by_reference, requests
from issuer.registry.search import DEFAULT_ORDER, ORDERS
from issuer.web import grounds as law_form
from issuer.web.context import web_context
from issuer.web.wording import t
from issuer.written.dates import typed_birth_date

STATES = ("valid", "suspended", "revoked", "replaced", "expired", "future")
FIELDS = (
    "q",
    "siret",
    "employer",
    "reference",
    "department",
    "state",
    "kind",
    "issued_from",
    "issued_until",
    "valid_on",
)
SEALED = ("q", "employer", "siret", "reference")
"""Fields that say who is looked for: no address holds them readably."""
USE = "search"
"""What the sealed address is sealed for."""
PARAMETER = "s"
_DAY_FORM = re.compile(r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}")
"""What is written as a day, be there such a day or not."""
_DATED = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}|[0-9]{8}"
    r"|(?:[0-9]{1,2}(?:er)? )?[^\W\d]{3,9}\.? [0-9]{4}|[0-9]{1,2}[/.-][0-9]{4}",
    re.IGNORECASE,
)
"""What may be a birth date among other words."""


@dataclass(frozen=True)
class Query:
    """A search as it was typed: ``typed`` by field, the criteria, the number when one was typed, the problems by
    field.
    """

    typed: dict[str, str]
    search: Search
    number: int | None
    problems: dict[str, str]
    order: str
    after: tuple[int, int] | None
    instead: tuple[Search, ...] = ()
    """What is looked for in turn when nothing is found: names with a wrong letter, a permit of nine digits."""
    hint: str = ""

    @property
    def only_number(self) -> int | None:
        """The number that was typed, and nothing else."""
        return self.number if len([value for value in self.typed.values() if value]) == 1 else None

    @property
    def empty(self) -> bool:
        """Whether nothing is looked for: everything is listed."""
        return not any(self.typed.values())

    def address(self, **changes: str) -> str:
        """The query string of this search, with some fields changed; an empty one is left out."""
        order = {"order": self.order} if self.order != DEFAULT_ORDER else {}
        plain = {name: value for name, value in self.typed.items() if name not in SEALED}
        return urlencode(
            {
                name: value
                for name, value in {PARAMETER: sealed(self.typed), **plain, **order, **changes}.items()
                if value
            }
        )


def sealed(typed: Mapping[str, str]) -> str:
    """The names that are searched, sealed for this home; empty when there are none."""
    said = {name: typed[name] for name in SEALED if typed.get(name)}
    if not said:
        return ""
    return (
        base64.urlsafe_b64encode(web_context().sealer.seal(json.dumps(said).encode(), USE)).decode("ascii").rstrip("=")
    )


def _unsealed(text: str) -> dict[str, str] | None:
    """What :func:`sealed` was given; None for any other text."""
    try:
        data = web_context().sealer.open(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)), USE)
    except ValueError:
        return None
    return None if data is None else json.loads(data)


def searched_for(args: Mapping[str, str]) -> dict[str, str]:
    """Who an address looks for, by field."""
    held = _unsealed(args[PARAMETER]) if args.get(PARAMETER) else None
    return {name: (held or {}).get(name) or args.get(name, "") for name in SEALED}


def asked_for(form: Mapping[str, str]) -> ResponseReturnValue:
    """The answer to a search form: on to the page of the number that was typed, or to what is found."""
    query = read_query(form, web_context().clock())
    if query.only_number is not None:
        return redirect(url_for("attestations.page", number=query.only_number), 303)
    return redirect(f"{url_for('attestations.find')}?{query.address()}".rstrip("?"), 303)


def read_query(args: Mapping[str, str], now: int) -> Query:
    """Read the search form. ``now`` is UTC seconds.

    One box takes whatever names an attestation or a request (:func:`read_box`); the other criteria have their own.
    """
    said = {**{name: args.get(name, "") for name in FIELDS}, **searched_for(args)}
    typed = {name: " ".join(value.split())[:120] for name, value in said.items()}
    problems: dict[str, str] = {}
    if args.get(PARAMETER) and _unsealed(args[PARAMETER]) is None:
        problems["q"] = t("find.problem.address")
    box = read_box(typed["q"], local_day(None, now))
    siret = re.sub(r"[\s.-]", "", typed["siret"]) or box.siret
    number = box.number
    if siret and not re.fullmatch(r"[0-9]{9}|[0-9]{14}", siret):
        problems["siret"] = t("find.problem.siret")
        siret = ""
    days = {name: _day(typed[name], name, problems) for name in ("issued_from", "issued_until", "valid_on")}
    state = typed["state"] if typed["state"] in STATES else ""
    if typed["department"] and typed["department"] not in DEPARTMENTS:
        problems["department"] = t("find.problem.department")
    place = typed["department"] or None
    search = Search(
        anything="" if number else box.words,
        born=box.born,
        siret=siret or None,
        employer=typed["employer"],
        reference=typed["reference"] or box.reference,
        department=typed["department"] or None,
        kind=typed["kind"] or None,
        states=(state,) if state in ("valid", "suspended", "revoked", "replaced") else ("valid",) if state else (),
        issued_from=_midnight(place, days["issued_from"]),
        issued_until=_midnight(place, days["issued_until"], 1),
        valid_on=days["valid_on"],
        valid_at=now if state == "valid" and days["valid_on"] is None else None,
        expires_before=now if state == "expired" else None,
        begins_after=now if state == "future" else None,
    )
    order = args.get("order", "") if args.get("order", "") in ORDERS else DEFAULT_ORDER
    instead = []
    if box.words and not number:
        instead.append(replace(search, near=True))
    if " " in box.words and any(c.isdigit() for c in box.words):
        instead.append(replace(search, anything=box.words.replace(" ", "")))
    if box.siret:
        instead.append(replace(search, siret=None, anything=box.siret))
    return Query(typed, search, number, problems, order, _cursor(args.get("after", "")), tuple(instead), box.hint)


@dataclass(frozen=True, repr=False)
class Box:
    """What one box was read as: the ``number`` of an attestation or a request that is there, a SIRET or SIREN, a known
    reference, a birth date (``born``), and the ``words`` to look for. ``hint`` is a key of the messages, for when
    nothing is found.
    """

    number: int | None = None
    siret: str | None = None
    reference: str | None = None
    born: str | None = None
    words: str = ""
    hint: str = ""


def read_box(text: str, today: date) -> Box:
    """Read what was typed, or copied off a paper: a number with or without ``N°``, a dossier, a SIRET, a reference, a
    birth date as people write it, a permit, parts of names; a date among names too. ``today`` bounds birth dates.
    """
    typed = read_typed(text)
    if typed is not None:
        digits, label = typed
        value = int(digits)
        if label != "attestation" and len(digits) not in (9, 14) and is_there(value, label != "request"):
            return Box(number=value)
        if label == "request":
            return Box(number=value if is_there(value, False) else None, words=digits, hint="find.hint.dossier")
        if len(digits) in (9, 14) and not label:
            return Box(siret=digits, hint="find.hint.digits")
        born = typed_birth_date(text, today) if len(digits) in (6, 8) else None
        if born is not None:
            return Box(born=born)
        if is_number(value) and is_there(value, True):
            return Box(number=value)
        hint = "find.problem.number" if len(digits) == 10 else "find.problem.digits"
        hint = "find.hint.day" if _DAY_FORM.fullmatch(text) else hint
        return Box(words=digits, hint="find.hint.unknown" if is_number(value) else hint)
    if text and by_reference(web_context().engine, text) is not None:
        return Box(reference=text)
    born = typed_birth_date(text, today) if any(c.isdigit() for c in text) else None
    if born is not None:
        return Box(born=born)
    for found in _DATED.finditer(text):
        if (born := typed_birth_date(found[0], today)) is not None:
            return Box(born=born, words=" ".join((text[: found.start()] + " " + text[found.end() :]).split()))
    return Box(words=text, hint="find.hint.day" if _DAY_FORM.fullmatch(text) else "")


def is_there(number: int, attestation: bool) -> bool:
    """Whether this person may see an attestation (unless these are left out) or a request of this number."""
    engine = web_context().engine
    registered = by_number(engine, number) if attestation else None
    if registered is not None and g.account.covers(registered.department):
        return True
    asked = requests.by_number(engine, number)
    return asked is not None and (asked.department is None or g.account.covers(asked.department))


def _day(text: str, name: str, problems: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return law_form.read_day(text)
    except law_form.NoDay as wrong:
        problems[name] = wrong.words
        return None


def _midnight(department: str | None, day: date | None, days: int = 0) -> int | None:
    if day is None:
        return None
    try:
        shifted = day + timedelta(days=days)
    except OverflowError:
        return None
    return local_midnight(department, shifted) - (1 if days else 0)


def _cursor(text: str) -> tuple[int, int] | None:
    first, _, last = text.partition("-")
    if first.isascii() and first.isdigit() and last.isascii() and last.isdigit() and len(text) < 36:
        return int(first), int(last)
    return None
