"""Days and birth dates as people type them: ``14/03/1996``, ``14 mars 1996``, ``1996-03-14``; a birth date without a
day (``03/1996``, ``00/03/1996``, ``mars 1996``) or without a month (``1996``).

Day before month, as in France. Where the other order would be a date as well, the doubt is ``swapped``, with the
French reading proposed: a page that shows what it read may take it, what is signed unseen may not.
"""

import re
from datetime import date, timedelta

from issuer.written.answers import Reading, capitals, certain, is_asked, unsure

LONGEST = 60
"""Characters read of what was typed."""
FIRST_YEAR = 1900
FIRST_VALID, LAST_VALID = 2000, 2100
"""Years in which a period of work may lie; another is a slip."""

SERIAL_START, SERIALS = date(1899, 12, 30), range(10_000, 73_051)
"""Day 0 of the days that spreadsheets count, and those of May 1927 to 2099, which have five digits."""

FRENCH = ("swapped", "short_year")
"""Doubts that a page may settle by the French usage, where its reader sees or knows what was meant."""

_MONTHS = {
    name: place % 12 + 1
    for names in (
        "JANVIER FEVRIER MARS AVRIL MAI JUIN JUILLET AOUT SEPTEMBRE OCTOBRE NOVEMBRE DECEMBRE",
        "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER",
        "JANV FEVR MARS AVR MAI JUIN JUIL AOUT SEPT OCT NOV DEC",
        "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC",
    )
    for place, name in enumerate(names.split())
} | {"FEV": 2, "JUILL": 7}
_WEEKDAYS = {
    name: place % 7
    for names in (
        "LUNDI MARDI MERCREDI JEUDI VENDREDI SAMEDI DIMANCHE",
        "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY",
    )
    for place, name in enumerate(names.split())
}
_FORM = re.compile(r"[A-Z0-9\s/.,\-]*", re.ASCII)
_PARTS = re.compile(r"[A-Z]+|[0-9]+")
_INSIDE = re.compile(
    r"(?<![0-9])(?:[0-9]{1,2}(?:[/.-][0-9]{1,2}[/.-]| [A-Z]{3,9}\.? )[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])"
)
_MONTH_ONLY = re.compile(rf"(?<![A-Z0-9])(?:(?:{'|'.join(_MONTHS)})\.? [0-9]{{4}}|[0-9]{{4}})(?![A-Z0-9])")
_INTRODUCED = {
    "valid_from": re.compile(r"^(?:A PARTIR DU|A COMPTER DU|DES LE|DEBUT LE|FROM|STARTING(?: ON)?)\b[ :]*(?=.)"),
    "valid_until": re.compile(r"^(?:JUSQU'AU|FIN LE|UNTIL|TO)\b[ :]*(?=.)"),
    "birth_date": re.compile(r"^(?:NE\(E\)|NEE?\b|BORN\b)(?: (?:LE|EN|ON|IN)\b)?[ :]*(?=.)"),
}
"""Words that may stand before a date and say nothing that its field does not say."""
_PLACE_OF_BIRTH = re.compile(r"(?<=[0-9]{4}) A [A-Z][A-Z' -]*$")
_TIME = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?Z?$")


def read_day(text: str, field: str = "") -> Reading[str]:
    """``YYYY-MM-DD`` of one whole day. ``field``, ``valid_from`` or ``valid_until``, says what may introduce it."""
    found = _read(text, None, field)
    if found.value is None or len(found.value) == 10:
        if found.value and not FIRST_VALID <= int(found.value[:4]) <= LAST_VALID:
            return unsure("out_of_range")
        return found
    return unsure(found.doubt or "partial")


def typed_day(text: str) -> Reading[str]:
    """A whole day that a French page asks for, day first and with a year of two digits if need be: what was typed is
    shown again before anything is signed. What is not certain is refused by its doubt.
    """
    return in_french(read_day(text))


def read_birth_date(text: str, today: date) -> Reading[str]:
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` of a birth date from 1900 to ``today``.

    00 stands for an unknown day or month, as on some passports.
    """
    found = _read(text, today, "birth_date")
    if found.value is not None and not _is_born(found.value, today):
        return unsure("out_of_range")
    return found


def in_french(found: Reading[str]) -> Reading[str]:
    """A reading of a date where day before month is agreed: what is unsure only by the order, or by a year of two
    digits, is certain.
    """
    return certain(found.value) if found.value is not None and found.doubt in FRENCH else found


def typed_birth_date(text: str, today: date) -> str | None:
    """A birth date that a French page asks for, day first and with a year of two digits if need be; None when it is
    none.
    """
    found = in_french(read_birth_date(text, today))
    return found.value if found.certain else None


def _is_born(value: str, today: date) -> bool:
    return f"{FIRST_YEAR:04}" <= value <= today.isoformat()[: len(value)]


def _read(text: str, today: date | None, field: str = "") -> Reading[str]:
    """Any date, its unknown parts left out. With ``today`` a year of two digits is one of the hundred before it."""
    plain = _TIME.sub("", capitals(text))
    if field in _INTRODUCED:
        plain = _INTRODUCED[field].sub("", plain)
    if field == "birth_date":
        plain = _PLACE_OF_BIRTH.sub("", plain)
    if not plain:
        return unsure("empty")
    asked = is_asked(text)
    if len(plain) > LONGEST or asked or not _FORM.fullmatch(plain):
        return unsure("qualified", _inside(plain))
    plain = re.sub(r"\b(?:1ER|PREMIER)\b", "1", plain)
    plain = re.sub(r"\b([0-9]{1,2})(?:ST|ND|RD|TH)\b", r"\1", plain)
    parts = _PARTS.findall(plain)
    parts = [part for part in parts if part != "LE"]
    weekday = _WEEKDAYS.get(parts[0]) if parts else None
    parts = parts[1:] if weekday is not None else parts
    if parts[1:2] and parts[1] == "DE":
        return unsure("qualified", _inside(plain))
    found = _ordered(parts, today)
    if found is None:
        return unsure("unknown", _inside(plain))
    if found.certain and weekday is not None and len(found.value or "") == 10:
        return found if date.fromisoformat(found.value or "").weekday() == weekday else unsure("disagree", found.value)
    return found


def _ordered(parts: list[str], today: date | None) -> Reading[str] | None:
    """The reading of the parts of a date; None when they are no date at all."""
    if len(parts) == 1 and len(parts[0]) == 5 and parts[0].isdigit() and int(parts[0]) in SERIALS:
        return unsure("serial", (SERIAL_START + timedelta(int(parts[0]))).isoformat())
    if len(parts) == 1 and len(parts[0]) == 8 and parts[0].isdigit():
        whole = parts[0]
        parts = [whole[:2], whole[2:4], whole[4:]]
        if not 1 <= int(whole[2:4]) <= 12 or not 0 < int(whole[:2]) <= 31:
            basic = _made(int(whole[:4]), int(whole[4:6]), int(whole[6:]))
            return unsure("ambiguous", basic.value) if basic.certain else unsure("impossible")
    if not 1 <= len(parts) <= 3:
        return None
    worded = [place for place, part in enumerate(parts) if part in _MONTHS]
    if len(worded) > 1 or any(not part.isdigit() for place, part in enumerate(parts) if place not in worded):
        return None
    if worded:
        if len(parts) == 1 or (len(parts) == 3 and worded[0] == 2):
            return None
        if len(parts) == 3 and worded[0] == 0:
            parts = [parts[1], parts[0], parts[2]]
        elif len(parts) == 2 and worded[0] == 1:
            return unsure("partial")
        parts = [str(_MONTHS.get(part, part)) for part in parts]
    elif len(parts[0]) == 4:
        parts = parts[::-1]
        worded = [1]
    year = parts[-1]
    if len(year) not in (2, 4) or any(len(part) > 2 for part in parts[:-1]) or (len(year) == 2 and len(parts) == 1):
        return None
    day, month = ([0, 0] + [int(part) for part in parts[:-1]])[-2:]
    if len(year) == 2:
        if len(parts) == 2 and not worded:
            return unsure("short_year")
        full = 2000 + int(year)
        full -= 100 if today is not None and full > today.year else 0
        return unsure("partial" if len(parts) == 2 else "short_year", _made(full, month, day).value)
    made = _made(int(year), month, day)
    if made.certain and not worded and 0 < day <= 12 and day != month:
        return unsure("swapped", made.value)
    if not made.certain and not worded and _made(int(year), day, month).certain and day and month:
        return unsure("month_first", _made(int(year), day, month).value)
    return made


def _made(year: int, month: int, day: int) -> Reading[str]:
    """The date with its unknown parts left out; a doubt when there is no such day."""
    if month == 0 and day != 0:
        return unsure("impossible")
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return unsure("impossible")
    return certain("-".join([f"{year:04}", *([f"{month:02}"] if month else []), *([f"{day:02}"] if day else [])]))


def _inside(plain: str) -> str | None:
    """The one date within a longer text, to be proposed."""
    found = _INSIDE.findall(plain) or _MONTH_ONLY.findall(plain)
    made = _ordered(_PARTS.findall(found[0]), None) if len(found) == 1 else None
    return made.value if made else None
