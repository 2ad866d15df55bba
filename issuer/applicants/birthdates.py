"""Birth dates as people type them: ``14/03/1996``, ``14 mars 1996``, ``1996-03-14``; without a day ``03/1996``, without a month ``1996``."""

import re
import unicodedata
from datetime import date

LONGEST = 40
"""Characters read of what was typed."""
FIRST_YEAR = 1900

_MONTHS = {
    name: place % 12 + 1
    for names in (
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "january february march april may june july august september october november december",
        "janv fevr mars avr mai juin juil aout sept oct nov dec",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    )
    for place, name in enumerate(names.split())
}


def read_birth_date(typed: str, today: date) -> str | None:
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` of what was typed; None when it is no date from 1900 to ``today``.

    Day before month, as in France. 00 stands for an unknown day or month, as on some passports.
    """
    if len(typed) > LONGEST:
        return None
    plain = "".join(c for c in unicodedata.normalize("NFKD", typed.lower()) if not unicodedata.combining(c))
    plain = re.sub(r"\b1er\b", "1", plain)
    if not re.fullmatch(r"[a-z0-9\s/.,-]*", plain, re.ASCII):
        return None
    parts = re.findall(r"[a-z]+|[0-9]+", plain)
    if len(parts) == 1 and len(parts[0]) == 8 and parts[0].isdigit():
        parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
    parts = [str(_MONTHS[part]) if part in _MONTHS else part for part in parts]
    if not 1 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):
        return None
    if len(parts[0]) == 4:
        parts.reverse()
    if len(parts[-1]) != 4 or any(len(part) > 2 for part in parts[:-1]):
        return None
    year, month, day = [int(part) for part in reversed(parts)] + [0] * (3 - len(parts))
    return _written(year, month, day, today)


def _written(year: int, month: int, day: int, today: date) -> str | None:
    """The date with its unknown parts left out; None when it cannot be."""
    if not FIRST_YEAR <= year <= today.year or month == 0 and day != 0:
        return None
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if first > today:
        return None
    return "-".join([f"{year:04}", *([f"{month:02}"] if month else []), *([f"{day:02}"] if day else [])])
