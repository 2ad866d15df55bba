"""The fields of a record as people and programs give them: their names, flat and nested, and the check of each by
itself, with what is wrong noted.

These are the checks that only the issuer makes (``docs/format.md`` §1.2), so that a new country or rule never turns
genuine papers red.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from issuer.attestation import claims as wire
from issuer.attestation.countries import NATIONALITIES
from issuer.attestation.numbers import is_siret
from issuer.attestation.places import DEPARTMENTS
from issuer.attestation.problems import Findings
from keys import latin

KIND_CODES = {word: code for code, word in wire.KINDS.items()}
CONTRACT_CODES = {word: code for code, word in wire.CONTRACTS.items()}
PERIOD_CODES = {word: code for code, word in wire.PERIODS.items()}

FIELDS = (
    "reference",
    "kind",
    "family_name",
    "given_names",
    "birth_date",
    "nationality",
    "employer.name",
    "employer.siret",
    "job",
    "contract",
    "hours.count",
    "hours.per",
    "workplaces",
    "residence_permit",
    "department",
    "valid_from",
    "valid_until",
    "signatory.given_names",
    "signatory.family_name",
    "signatory.title",
    "signatory.service",
)
"""Every field of a record by its dotted name: the columns of a CSV file."""

MAX_READ = 1000
"""Longer texts are refused for their length without being looked into."""
FIRST_BIRTH_YEAR = 1900
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(9998, 12, 30)
"""What the format's times can hold, in every time zone."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
_GROUPS = {name.partition(".")[0] for name in FIELDS if "." in name}


def clean(text: str) -> str:
    """A typed text as it may be signed: no-break spaces become spaces, then NFC."""
    return unicodedata.normalize("NFC", text.translate(_SPACES))


def flattened(record: Mapping[str, object]) -> dict[str, object]:
    """A record, or claims, by JSON names as fields by dotted names (``employer.siret``). What is no group of fields
    stays as it is, unknown names and absent values too.
    """
    fields: dict[str, object] = {}
    for name, value in record.items():
        if name in _GROUPS and isinstance(value, Mapping):
            fields.update({f"{name}.{inner}": item for inner, item in value.items()})
        else:
            fields[str(name)] = value
    return fields


def nested(fields: Mapping[str, object]) -> dict[str, object]:
    """The way back of :func:`flattened`: fields by dotted names as a record by JSON names, without absent values."""
    record: dict[str, object] = {}
    for name, value in fields.items():
        group, _, inner = name.partition(".")
        if value is None:
            continue
        if group in _GROUPS and inner:
            held = record.get(group)
            record[group] = {**(held if isinstance(held, dict) else {}), inner: value}
        else:
            record[name] = value
    return record


def given(record: dict[str, object], findings: Findings) -> dict[str, object]:
    """The fields that a record gives, by their dotted names, unknown ones noted."""
    flat: dict[str, object] = {}
    for name, value in flattened(record).items():
        if name in _GROUPS and value is not None:
            findings.add(name, "not_an_object")
        elif name not in FIELDS and name not in _GROUPS:
            findings.add(name[:60], "unknown_field")
        elif value is not None:
            flat[name] = value
    return flat


SORTS = tuple(
    """
    arabic armenian bengali cjk cyrillic devanagari ethiopic fullwidth georgian greek gujarati gurmukhi hangul hebrew
    hiragana kannada katakana khmer lao latin malayalam mongolian myanmar sinhala tamil telugu thai tibetan tifinagh
    letter accent sign invisible
    """.split()
)


def text(flat: dict[str, object], name: str, most: int, required: bool, findings: Findings) -> str | None:
    """A text under the text rule, at most ``most`` code points, cleaned; None when it is not given."""
    value = flat.get(name)
    if value is None or value == "":
        if required:
            findings.add(name, "missing")
        return None
    if not isinstance(value, str):
        findings.add(name, "not_text")
        return None
    if len(value) <= MAX_READ:
        value = clean(value)
        fault = latin.first_fault(value)
        if fault:
            code, character = fault
            findings.add(name, f"text_{code}", character=_shown(character), sort=sort_of(character))
    if len(value) > most:
        findings.add(name, "too_long", length=len(value), most=most)
    return value


def _shown(character: str) -> str:
    if unicodedata.combining(character):
        return f"« \u25cc{character} »"
    return f"« {character} »" if character.isprintable() else f"U+{ord(character):04X}"


def sort_of(character: str) -> str:
    """What sort of character it is: one of :data:`SORTS`, whose words stand in the messages as ``sort.SORT``."""
    if unicodedata.category(character)[0] in "CZ":
        return "invisible"
    name = unicodedata.name(character, "")
    found = next((sort for sort in SORTS if name.startswith((f"{sort.upper()} ", f"{sort.upper()}-"))), None)
    return found or ("letter" if character.isalpha() else "accent" if unicodedata.combining(character) else "sign")


def word(flat: dict[str, object], name: str, table: Mapping[str, object], findings: Findings) -> str | None:
    """One of the words of ``table``."""
    value = flat.get(name)
    if value is None or value == "":
        findings.add(name, "missing")
    elif not isinstance(value, str) or value not in table:
        findings.add(name, "not_a_choice", choices=", ".join(table))
    else:
        return value
    return None


def nationality(flat: dict[str, object], findings: Findings) -> str | None:
    """A country code that an issuer accepts."""
    value = flat.get("nationality")
    if value is None or value == "":
        findings.add("nationality", "missing")
    elif not isinstance(value, str) or value not in NATIONALITIES:
        findings.add("nationality", "nationality")
    return value if isinstance(value, str) else None


def siret(flat: dict[str, object], findings: Findings) -> str | None:
    """The 14 digits of a SIRET, typed with or without spaces; None when it is not given."""
    value = flat.get("employer.siret")
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        findings.add("employer.siret", "not_text")
        return None
    digits = clean(value).replace(" ", "")
    if not re.fullmatch(r"[0-9]{14}", digits, re.ASCII):
        findings.add("employer.siret", "siret_form")
    elif not is_siret(digits):
        findings.add("employer.siret", "siret_check")
    return digits


def hours(flat: dict[str, object], findings: Findings) -> tuple[int, int] | None:
    """``[hundredths of an hour, unit]`` of the two fields of the hours; None when they are not given."""
    count, per = flat.get("hours.count"), flat.get("hours.per")
    if count is None and per is None:
        return None
    if per is None or not isinstance(per, str) or per not in PERIOD_CODES:
        findings.add("hours.per", "not_a_choice", choices=", ".join(PERIOD_CODES))
        return None
    small = (type(count) is int and abs(count) <= wire.MAX_HOURS) or type(count) is float
    hundredths = Decimal(str(count)) * 100 if small else None
    if (
        hundredths is None
        or not hundredths.is_finite()
        or hundredths != int(hundredths)
        or not 1 <= hundredths <= wire.MAX_HOURS
    ):
        findings.add("hours.count", "hours")
        return None
    return int(hundredths), PERIOD_CODES[per]


def workplaces(flat: dict[str, object], findings: Findings) -> tuple[str, ...] | None:
    """1 to 8 distinct département codes; None when none is given."""
    value = flat.get("workplaces")
    if value is None or value == []:
        return None
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        findings.add("workplaces", "workplaces_form")
        return None
    for code in value:
        if code not in DEPARTMENTS:
            findings.add("workplaces", "department", value=code[:20])
    if len(set(value)) != len(value):
        findings.add("workplaces", "workplaces_twice")
    if len(value) > wire.MAX_WORKPLACES:
        findings.add("workplaces", "workplaces_many", most=wire.MAX_WORKPLACES)
    return tuple(value)


def department(flat: dict[str, object], findings: Findings) -> str | None:
    """The deciding département."""
    value = flat.get("department")
    if value is None or value == "":
        findings.add("department", "missing")
    elif not isinstance(value, str) or value not in DEPARTMENTS:
        findings.add("department", "department", value=str(value)[:20])
    return value if isinstance(value, str) else None


def day(flat: dict[str, object], name: str, findings: Findings) -> date | None:
    """A day that exists, as YYYY-MM-DD."""
    value = flat.get(name)
    if value is None or value == "":
        findings.add(name, "missing")
        return None
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        findings.add(name, "day_form")
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        findings.add(name, "day_impossible", value=value)
        return None
    if not FIRST_DAY <= day <= LAST_DAY:
        findings.add(name, "day_range", first=FIRST_DAY.isoformat(), last=LAST_DAY.isoformat())
    return day


def check_validity(kind: str | None, valid_from: date | None, valid_until: date | None, findings: Findings) -> None:
    """Note a validity that ends before it begins, or an APT of more than twelve months."""
    if not valid_from or not valid_until or findings.found("valid_from") or findings.found("valid_until"):
        return
    if valid_until < valid_from:
        findings.add("valid_until", "validity_order")
    elif kind == "APT" and valid_until >= twelve_months_after(valid_from):
        findings.add(
            "valid_until", "validity_long", latest=(twelve_months_after(valid_from) - timedelta(days=1)).isoformat()
        )


def twelve_months_after(day: date) -> date:
    """The first day after twelve months that begin on ``day`` (R5221-3 14°: an APT lasts at most twelve months)."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def birth_date(flat: dict[str, object], valid_from: date | None, findings: Findings) -> str | None:
    """A year, month or day of birth that exists and does not follow the validity."""
    value = flat.get("birth_date")
    if value is None or value == "":
        findings.add("birth_date", "missing")
        return None
    if not isinstance(value, str) or not wire.BIRTH_DATE.fullmatch(value):
        findings.add("birth_date", "birth_form")
        return None
    try:
        first = date.fromisoformat(value + "-01-01"[len(value) - 4 :] if len(value) < 10 else value)
    except ValueError:
        findings.add("birth_date", "day_impossible", value=value)
        return None
    if first.year < FIRST_BIRTH_YEAR or (valid_from and first > valid_from):
        findings.add("birth_date", "birth_range", first=FIRST_BIRTH_YEAR)
    return value
