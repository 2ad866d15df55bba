"""From text fields, as a CSV row or a form gives them, to a record by its JSON names.

Understands the forms people write in France: days as 05/01/2026, SIRETs with spaces, a decimal comma.
What is not understood is left as it is, so that the record's own checks name the field and the fault.
"""

import re

from issuer.attestation.entries import FIELDS

_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})", re.ASCII)
_FRENCH_MONTH = re.compile(r"([0-9]{1,2})[/.]([0-9]{4})", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,6}(?:[.,][0-9]+)?", re.ASCII)
_WIDE_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


def record_from_fields(fields: dict[str, str]) -> dict:
    """The record of dotted field names and texts; empty texts are absent. Unknown names stay, to be refused by name."""
    record: dict = {}
    for name, raw in fields.items():
        text = raw.translate(_WIDE_SPACES).strip()
        if not text:
            continue
        group, _, inner = name.partition(".")
        target = record.setdefault(group, {}) if inner and name in FIELDS else record
        target[inner if target is not record else name] = _value(name, text)
    return record


def _value(name: str, text: str) -> object:
    if name in ("valid_from", "valid_until", "birth_date"):
        return iso_day(text)
    if name == "hours.count":
        return _number(text)
    if name == "workplaces":
        return [code for code in re.split(r"[\s,;]+", text) if code]
    if name in ("kind", "contract", "nationality"):
        return text.upper()
    return text


def iso_day(text: str) -> str:
    """``05/01/2026`` as ``2026-01-05`` and ``07/1984`` as ``1984-07``; any other text unchanged."""
    if day := _FRENCH_DAY.fullmatch(text):
        return f"{day[3]}-{day[2]:0>2}-{day[1]:0>2}"
    if month := _FRENCH_MONTH.fullmatch(text):
        return f"{month[2]}-{month[1]:0>2}"
    return text


def _number(text: str) -> object:
    text = text.replace(" ", "")
    if not _COUNT.fullmatch(text):
        return text
    text = text.replace(",", ".")
    return float(text) if "." in text else int(text)
