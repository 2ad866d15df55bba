"""The search form: what was typed, read as criteria of the registry."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from issuer.attestation.numbers import parse_number
from issuer.attestation.places import DEPARTMENTS
from issuer.intake.fields import iso_day
from issuer.registry import Search
from issuer.registry.browse import DEFAULT_ORDER, ORDERS

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
_PARIS = ZoneInfo("Europe/Paris")
_DIGITS = re.compile(r"[0-9 \u00a0\u202f]+", re.ASCII)


@dataclass(frozen=True)
class Query:
    """A search as it was typed: ``typed`` by field, the criteria, the number when one was typed, the problems by field."""

    typed: dict[str, str]
    search: Search
    number: int | None
    problems: dict[str, str]
    order: str
    after: tuple[int, int] | None

    @property
    def empty(self) -> bool:
        """Whether nothing is looked for: everything is listed."""
        return not any(self.typed.values())

    def address(self, **changes: str) -> str:
        """The query string of this search, with some fields changed; an empty one is left out."""
        order = {"order": self.order} if self.order != DEFAULT_ORDER else {}
        return urlencode({name: value for name, value in {**self.typed, **order, **changes}.items() if value})


def read_query(args, now: int) -> Query:
    """Read the search form. ``now`` is UTC seconds.

    One box takes a number with or without spaces, a SIRET, or names; the other criteria have their own.
    """
    typed = {name: " ".join(args.get(name, "").split())[:120] for name in FIELDS}
    problems: dict[str, str] = {}
    names, siret = typed["q"], typed["siret"].replace(" ", "")
    number = None
    if names and _DIGITS.fullmatch(names):
        digits = re.sub(r"\D", "", names)
        if len(digits) == 10:
            number = parse_number(digits)
            if number is None:
                problems["q"] = "find.problem.number"
        elif len(digits) in (9, 14):
            siret, names = digits, ""
        else:
            problems["q"] = "find.problem.digits"
    if siret and not re.fullmatch(r"[0-9]{9}|[0-9]{14}", siret):
        problems["siret"] = "find.problem.siret"
        siret = ""
    days = {name: _day(typed[name], name, problems) for name in ("issued_from", "issued_until", "valid_on")}
    state = typed["state"] if typed["state"] in STATES else ""
    if typed["department"] and typed["department"] not in DEPARTMENTS:
        problems["department"] = "find.problem.department"
    today = datetime.fromtimestamp(now, _PARIS).date()
    search = Search(
        names="" if number or problems.get("q") else names,
        siret=siret or None,
        employer=typed["employer"],
        reference=typed["reference"] or None,
        department=typed["department"] or None,
        kind=typed["kind"] or None,
        states=(state,) if state in ("valid", "suspended", "revoked", "replaced") else ("valid",) if state else (),
        issued_from=_midnight(days["issued_from"]),
        issued_until=_midnight(days["issued_until"], 1),
        valid_on=days["valid_on"] or (today if state == "valid" else None),
        expires_before=now if state == "expired" else None,
        begins_after=now if state == "future" else None,
    )
    order = args.get("order", "") if args.get("order", "") in ORDERS else DEFAULT_ORDER
    return Query(typed, search, number, problems, order, _cursor(args.get("after", "")))


def _day(text: str, name: str, problems: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(iso_day(text))
    except ValueError:
        problems[name] = "act.problem.day"
        return None


def _midnight(day: date | None, days: int = 0) -> int | None:
    if day is None:
        return None
    try:
        shifted = day + timedelta(days=days)
    except OverflowError:
        return None
    return int(datetime(shifted.year, shifted.month, shifted.day, tzinfo=_PARIS).timestamp()) - (1 if days else 0)


def _cursor(text: str) -> tuple[int, int] | None:
    first, _, last = text.partition("-")
    if first.isascii() and first.isdigit() and last.isascii() and last.isdigit() and len(text) < 36:
        return int(first), int(last)
    return None
