"""Working hours as people write them in a free field, read leniently. Pure.

``35 heures/semaine``, ``144 h/mois``, ``964 heures par an``, ``35h30 hebdo``: certain. ``35 h``, ``mi-temps``, ``entre 20 et 35``: unsure,
with the likeliest reading if there is one; an agent then decides. Nothing is made up: no ceiling of the law is assumed here.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from issuer.registry.names import fold

LONGEST = 200
"""Characters that are looked at."""
HUNDREDTHS = Decimal(100)
CEILINGS = {"week": 60, "month": 260, "year": 2_200}
"""Hours above which a reading is unsure: no contract is that long, so the unit or a digit is likely wrong."""

_PERIOD = (
    (re.compile(r"\b(?:SEMAINES?|SEM|HEBDO\w*|WEEKS?|WEEKLY|HS)\b"), "week"),
    (re.compile(r"\b(?:MOIS|MENSUEL\w*|MENSUALISE\w*|MENS|MONTHS?|MONTHLY)\b"), "month"),
    (re.compile(r"\b(?:AN|ANS|ANNEES?|ANNUEL\w*|YEARS?|YEARLY)\b"), "year"),
)
_DAY = re.compile(r"\b(?:JOURS?|JOUR|JOURNALIER\w*|DAYS?|QUOTIDIEN\w*)\b")
_NUMBER = re.compile(r"(?<![\w.,])([0-9]{1,2} [0-9]{3}|[0-9]{1,4})(?:[.,]([0-9]{1,2}))?(?![0-9]|[.,][0-9])")
_CLOCK = re.compile(r"(?<![\w.,])([0-9]{1,4})\s*(?:H|HEURES?)\s*([0-9]{2})(?:\s*(?:MN|MIN|MINUTES?))?\b")
_PART = re.compile(
    r"\b(?:MI TEMPS|TEMPS PARTIEL|TEMPS PLEIN|TEMPS COMPLET|PLEIN TEMPS|PART TIME|FULL TIME|QUART TEMPS)\b"
)
_RANGE = re.compile(
    r"-\s*[0-9]|\b(?:ENTRE|ENVIRON|MAXIMUM|MAX|MINIMUM|MIN|VARIABLE|SELON|JUSQU|MOYENNE|BETWEEN|ABOUT|OU|OR)\b|[0-9]\s*(?:-|A|À)\s*[0-9]"
)


@dataclass(frozen=True)
class Hours:
    """What a text was read as: ``hundredths`` of an hour ``per`` ``week``, ``month`` or ``year`` (both None when nothing was found).

    ``doubt`` is None when it is certain, else a code: ``empty``, ``no_number``, ``no_period``, ``several``, ``range``, ``day``, ``part_time``, ``high``.
    """

    hundredths: int | None
    per: str | None
    doubt: str | None

    def to_json(self) -> dict | None:
        """The hours of a record, None without a whole reading."""
        if self.hundredths is None or self.per is None:
            return None
        count = Decimal(self.hundredths) / HUNDREDTHS
        return {"count": int(count) if count == int(count) else float(count), "per": self.per}


def read_hours(text: str) -> Hours:
    """Read a free text. Never raises."""
    plain = _plain(text)
    if not plain.strip():
        return Hours(None, None, "empty")
    amounts = _amounts(plain)
    periods = list(dict.fromkeys(per for pattern, per in _PERIOD if pattern.search(plain)))
    if not amounts:
        return Hours(None, None, "part_time" if _PART.search(plain) else "no_number")
    if _DAY.search(plain):
        return Hours(None, None, "day")
    first = amounts[0]
    per = periods[0] if len(periods) == 1 else None
    if len(amounts) > 1 and len(periods) > 1:
        return Hours(first, _nearest(plain, periods), "several")
    if len(amounts) > 1 or _RANGE.search(plain):
        return Hours(first, per, "range" if _RANGE.search(plain) else "several")
    if len(periods) > 1:
        return Hours(first, None, "several")
    if per is None:
        return Hours(first, None, "no_period")
    if not 1 <= first <= 999_999:
        return Hours(None, None, "no_number")
    return Hours(first, per, "high" if first > CEILINGS[per] * 100 else None)


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
    plain = re.sub(r"[/:]", " ", plain)
    return re.sub(r"\s+", " ", plain)


def _amounts(plain: str) -> list[int]:
    """Every number of the text, in hundredths; ``35 H 30`` is 35 and a half."""
    found: list[tuple[int, int]] = []

    def clock(match: re.Match) -> str:
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
