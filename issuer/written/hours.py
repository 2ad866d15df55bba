"""Working hours as people write them in a free field, read leniently. Pure.

``35 heures/semaine``, ``144 h/mois``, ``964 heures par an``, ``35h30 hebdo``: certain. ``35 h``, ``mi-temps``, ``entre
20 et 35``: unsure, with the likeliest reading if there is one; an agent then decides. Nothing is made up: no ceiling of
the law is assumed here.
"""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from issuer.registry.names import fold
from issuer.written.answers import Reading, certain, is_asked, is_negated, unsure

LONGEST = 200
"""Characters that are looked at."""
HUNDREDTHS = Decimal(100)
CEILINGS = {"week": 60, "month": 260, "year": 2_200}
"""Hours above which a reading is unsure: no contract is that long, so the unit or a digit is likely wrong."""

_PERIOD = (
    (re.compile(r"\b(?:SEMAINES?|SEM|HEBDO\w*|WEEKS?|WEEKLY)\b"), "week"),
    (re.compile(r"\b(?:MOIS|MENSUEL\w*|MENSUALISE\w*|MENS|MONTHS?|MONTHLY)\b"), "month"),
    (re.compile(r"\b(?:AN|ANS|ANNEES?|ANNUEL\w*|YEARS?|YEARLY)\b"), "year"),
)
_DAY = re.compile(r"\b(?:JOURS?|JOUR|JOURNALIER\w*|DAYS?|QUOTIDIEN\w*)\b")
_NUMBER = re.compile(r"(?<![\w.,])([0-9]{1,2} [0-9]{3}|[0-9]{1,4})(?:[.,]([0-9]{1,2}))?(?![0-9]|[.,][0-9])")
_CLOCK = re.compile(r"(?<![\w.,])([0-9]{1,4})\s*(?:H|HEURES?)\s*([0-9]{2})(?:\s*(?:MN|MIN|MINUTES?))?\b")
_PART = re.compile(
    r"\b(?:MI TEMPS|TEMPS PARTIEL|TEMPS PLEIN|TEMPS COMPLET|PLEIN TEMPS|PART TIME|FULL TIME|QUART TEMPS)\b"
)
_SPREAD = re.compile(r"\b(?:REPARTIE?S? |OVER |SUR )+[1-7] (?:JOURS?|DAYS?)\b")
"""On how many days of the week they are worked: it changes nothing once the hours of a week are said."""
_SHARE = re.compile("%|\u2030|\\bETP\\b|[\u00bc-\u00be]")
_HOUR = re.compile(r"\b(?:H|HR|HRS|HEURES?|HOURS?)\b")
_NEUTRAL = re.compile(
    r"\b(?:DUREE|DU|DE|D|TRAVAIL|PAR|LA|LE|LES|L|A|AN|PER|THE|EN|SUR|ANNUALISEE?S?|HORAIRES?|TEMPS|CONTRAT|TOTAL|"
    r"OF|WORK|ETUDIANTE?)\b"
)
_TENS = dict(zip("VINGT TRENTE QUARANTE CINQUANTE SOIXANTE".split(), range(20, 70, 10), strict=True))
_TEENS = "DIX|ONZE|DOUZE|TREIZE|QUATORZE|QUINZE|SEIZE|DIX SEPT|DIX HUIT|DIX NEUF".split("|")
_ONES = "ET UNE|ET UN|DEUX|TROIS|QUATRE|CINQ|SIX|SEPT|HUIT|NEUF".split("|")
_NUMBERS = {word: count for count, word in enumerate(_TEENS, 10)} | _TENS
_NUMBERS |= {f"{tens} {one}": count + max(1, more) for tens, count in _TENS.items() for more, one in enumerate(_ONES)}
"""The numbers from 10 to 69 in French words; a smaller one is also an article."""
_WORDED = re.compile(
    r"(?<!QUATRE.)(?<!CENT.)(?<!CENTS.)\b(?:"
    + "|".join(re.escape(n).replace(r"\ ", r"[ -]+") for n in sorted(_NUMBERS, key=len, reverse=True))
    + r")\b"
)
_USUAL = {3_500: "week", 3_900: "week", 15_167: "month", 160_700: "year", 96_400: "year"}
"""Amounts that say their period to whoever knows the law (L3121-27, L3121-41, R5221-26): proposed, never taken."""
FLOORS = {"week": 1, "month": 4, "year": 48}
"""Hours below which a reading is unsure: the unit is likely wrong."""
_RANGE = re.compile(
    r"-\s*[0-9]|\b(?:ENTRE|ENVIRON|MAXIMUM|MAX|MINIMUM|MIN|VARIABLE|SELON|JUSQU|MOYENNE|BETWEEN|ABOUT|OU|OR|MOINS|PLUS|ENVIRONS?)\b|[0-9]\s*(?:-|A|À)\s*[0-9]"
)
_ABOUT = re.compile(r"[~≈≃≅∼<>≤≥±+*=#]")
"""Signs that say about, at most or at least, or that something is to be added."""


def read_hours(text: str) -> Reading[dict[str, Any]]:
    """The ``hours`` of a record, ``{"count", "per"}``, of a free text. Never raises."""
    plain = _plain(text)
    if not plain.strip():
        return unsure("empty")
    amounts = _amounts(plain)
    periods = list(dict.fromkeys(per for pattern, per in _PERIOD if pattern.search(plain)))
    if not amounts or _SHARE.search(text):
        return unsure("part_time" if _PART.search(plain) or _SHARE.search(text) else "no_number")
    if periods == ["week"]:
        plain = _SPREAD.sub(" ", plain)
        amounts = _amounts(plain)
    if _DAY.search(plain):
        return unsure("day")
    first = amounts[0]
    per = periods[0] if len(periods) == 1 else None
    if len(amounts) > 1 and len(periods) > 1:
        return unsure("several", _hours(first, _nearest(plain, periods)))
    hedged = _RANGE.search(plain) or _ABOUT.search(text)
    if len(amounts) > 1 or hedged:
        return unsure("range" if hedged else "several", _hours(first, per))
    if len(periods) > 1:
        return unsure("several")
    if per is None:
        return unsure("no_period", _hours(first, _USUAL.get(first)))
    if not _HOUR.search(plain) and not _CLOCK.search(plain):
        return unsure("no_number")
    if not 1 <= first <= 999_999:
        return unsure("no_number")
    if first > CEILINGS[per] * 100:
        return unsure("high", _hours(first, per))
    if first < FLOORS[per] * 100:
        return unsure("low", _hours(first, per))
    if is_negated(plain):
        return unsure("negated", _hours(first, per))
    if is_asked(text) or _rest(plain):
        return unsure("qualified", _hours(first, per))
    return certain({"count": _number(first), "per": per})


def read_period(text: str) -> Reading[str]:
    """``week``, ``month`` or ``year`` of ``par semaine``, ``mois``, ``annuel``; a doubt for anything else."""
    plain = _plain(text)
    if plain.strip() in CEILINGS.keys() | {word.upper() for word in CEILINGS}:
        return certain(plain.strip().lower())
    periods = [per for pattern, per in _PERIOD if pattern.search(plain)]
    if len(periods) != 1:
        return unsure("several" if periods else "no_period")
    return unsure("qualified", periods[0]) if is_asked(text) or _rest(plain) or _amounts(plain) else certain(periods[0])


def read_count(text: str) -> Reading[int | float]:
    """A number of hours by itself: ``35``, ``151,67``, ``1 607 h``, ``17h30``."""
    plain = _plain(text)
    amounts = _amounts(plain)
    hedged = is_asked(text) or _ABOUT.search(text) or _RANGE.search(plain)
    if len(amounts) != 1 or hedged or _SHARE.search(text) or _rest(plain):
        return unsure("several" if len(amounts) > 1 else "no_number")
    if any(pattern.search(plain) for pattern, _ in _PERIOD):
        return unsure("qualified", _number(amounts[0]))
    return certain(_number(amounts[0]))


def _hours(hundredths: int, per: str | None) -> dict[str, Any] | None:
    return {"count": _number(hundredths), "per": per} if per else None


def _number(hundredths: int) -> int | float:
    return hundredths // 100 if hundredths % 100 == 0 else float(Decimal(hundredths) / HUNDREDTHS)


def _rest(plain: str) -> str:
    """What is left when amounts, units, periods and words that change nothing are taken out."""
    for pattern in (_CLOCK, _NUMBER, *(pattern for pattern, _ in _PERIOD), _HOUR, _PART, _NEUTRAL):
        plain = pattern.sub(" ", plain)
    return plain.strip(" .,-")


def _plain(text: str) -> str:
    """Capitals without accents; digits of other scripts and signs become what they mean."""
    text = unicodedata.normalize("NFKC", text[:LONGEST])
    kept = "".join(
        c if c in "0123456789.,-/:" or c.isspace() else " " + fold(c) + " " if not c.isalpha() else c for c in text
    )
    plain = unicodedata.normalize("NFD", kept.upper())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"([0-9])([A-Z])", r"\1 \2", plain)
    plain = re.sub(r"\bMI\s*-\s*TEMPS\b", "MI TEMPS", plain)
    plain = re.sub(r"\b(PART|FULL)\s*-\s*TIME\b", r"\1 TIME", plain)
    plain = _WORDED.sub(lambda found: str(_NUMBERS[" ".join(found[0].replace("-", " ").split())]), plain)
    plain = re.sub(r"[/:]", " ", plain)
    return re.sub(r"\s+", " ", plain)


def _amounts(plain: str) -> list[int]:
    """Every number of the text, in hundredths; ``35 H 30`` is 35 and a half."""
    found: list[tuple[int, int]] = []

    def clock(match: re.Match[str]) -> str:
        minutes = int(match[2])
        found.append(
            (match.start(), int(Decimal(int(match[1])) * 100 + Decimal(minutes * 100) / 60) if minutes < 60 else -1)
        )
        return " " * len(match[0])

    rest = _CLOCK.sub(clock, plain)
    for match in _NUMBER.finditer(rest):
        whole = int(match[1].replace(" ", ""))
        found.append((match.start(), whole * 100 + int((match[2] or "0").ljust(2, "0"))))
    return [amount for _, amount in sorted(found) if amount > 0]


def _nearest(plain: str, periods: list[str]) -> str | None:
    """The period named first: what people write before the rest."""
    places = [(match.start(), per) for pattern, per in _PERIOD if (match := pattern.search(plain)) and per in periods]
    return min(places)[1] if places else None
