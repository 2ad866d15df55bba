"""A record: what an agent asks to be attested, checked as only the issuer checks (``docs/format.md`` §1.2)."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from keys import cbor, latin
from keys.errors import FormError

from issuer.attestation import claims as wire
from issuer.attestation.countries import NATIONALITIES
from issuer.attestation.numbers import is_siret
from issuer.attestation.places import DEPARTMENTS, time_zone
from issuer.attestation.problems import Findings, Problem, RecordRefused

KIND_CODES = {word: code for code, word in wire.KINDS.items()}
CONTRACT_CODES = {word: code for code, word in wire.CONTRACTS.items()}
PERIOD_CODES = {word: code for code, word in wire.PERIODS.items()}

FIELDS = (
    "reference", "kind", "family_name", "given_names", "birth_date", "nationality", "employer.name", "employer.siret", "job",
    "contract", "hours.count", "hours.per", "workplaces", "residence_permit", "department", "valid_from", "valid_until",
    "signatory.given_names", "signatory.family_name", "signatory.title", "signatory.service",
)
"""Every field of a record by its dotted name: the columns of a CSV file."""

MAX_REFERENCE = 80
MAX_SIGNATORY = 120
"""Code points of each of the signatory's fields (printed and archived, not in the QR)."""
MAX_READ = 1000
"""Longer texts are refused for their length without being looked into."""
FIRST_BIRTH_YEAR = 1900
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(9998, 12, 30)
"""What the format's times can hold, in every time zone."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
_GROUPS = {"employer": ("name", "siret"), "hours": ("count", "per"), "signatory": ("given_names", "family_name", "title", "service")}


@dataclass(frozen=True, repr=False)
class Signatory:
    """Who decides, as the decision must show (CRPA L212-1): given names may be missing."""

    family_name: str
    title: str
    service: str
    given_names: str | None = None

    def to_json(self) -> dict:
        """The signatory by its JSON names; absent ones have no key."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True, repr=False)
class Record:
    """A checked record. Days are dates of the deciding département; texts are NFC. Its ``repr`` shows no personal data."""

    kind: str
    family_name: str
    birth_date: str
    nationality: str
    employer_name: str
    job: str
    contract: str
    department: str
    valid_from: date
    valid_until: date
    given_names: str | None = None
    employer_siret: str | None = None
    hours: tuple[int, int] | None = None
    workplaces: tuple[str, ...] | None = None
    residence_permit: str | None = None
    reference: str | None = None
    signatory: Signatory | None = None

    def to_claims(self, number: int, status: tuple[int, int], issued_at: int, replaces: int | None = None) -> wire.Claims:
        """The claims of this record. ``issued_at`` is UTC seconds; validity begins and ends at local midnight."""
        zone = time_zone(self.department)
        return wire.Claims(
            kind=KIND_CODES[self.kind], number=number, family_name=self.family_name, given_names=self.given_names,
            birth_date=self.birth_date, nationality=self.nationality, employer_name=self.employer_name,
            employer_siret=int(self.employer_siret) if self.employer_siret else None, job=self.job,
            contract=CONTRACT_CODES[self.contract], hours=self.hours, workplaces=self.workplaces,
            residence_permit=self.residence_permit, department=self.department, status=status, replaces=replaces,
            not_before=_midnight(self.valid_from, zone), expires=_midnight(self.valid_until + timedelta(days=1), zone),
            issued_at=issued_at,
        )

    def to_json(self) -> dict:
        """The record by its JSON names, as ``read_record`` takes it."""
        employer = {"name": self.employer_name, "siret": self.employer_siret}
        values = {
            "reference": self.reference, "kind": self.kind, "family_name": self.family_name, "given_names": self.given_names,
            "birth_date": self.birth_date, "nationality": self.nationality,
            "employer": {name: value for name, value in employer.items() if value}, "job": self.job, "contract": self.contract,
            "hours": wire.hours_to_json(self.hours) if self.hours else None,
            "workplaces": list(self.workplaces) if self.workplaces else None,
            "residence_permit": self.residence_permit, "department": self.department,
            "valid_from": self.valid_from.isoformat(), "valid_until": self.valid_until.isoformat(),
            "signatory": self.signatory.to_json() if self.signatory else None,
        }
        return {name: value for name, value in values.items() if value is not None}

    def content_hash(self) -> bytes:
        """SHA-256 (32 bytes) of the record's content without its reference: equal content, equal hash."""
        content = self.to_json()
        content.pop("reference", None)
        if self.hours:
            content["hours"] = list(self.hours)
        return hashlib.sha256(cbor.encode(content)).digest()


def _midnight(day: date, zone) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def read_record(value: object) -> Record:
    """Check one record given by its JSON names. Raises RecordRefused with every problem found."""
    findings = Findings()
    if not isinstance(value, dict):
        raise RecordRefused([Problem("record", "not_an_object")])
    flat = _flattened(value, findings)
    text = lambda name, most, required=True: _text(flat, name, most, required, findings)
    kind = _word(flat, "kind", KIND_CODES, findings)
    contract = _word(flat, "contract", CONTRACT_CODES, findings)
    family_name, given_names = text("family_name", wire.MAX_TEXT), text("given_names", wire.MAX_TEXT, False)
    nationality = _nationality(flat, findings)
    employer_name, job = text("employer.name", wire.MAX_TEXT), text("job", wire.MAX_TEXT)
    siret = _siret(flat, findings)
    hours = _hours(flat, findings)
    workplaces = _workplaces(flat, findings)
    permit, reference = text("residence_permit", wire.MAX_PERMIT, False), text("reference", MAX_REFERENCE, False)
    department = _department(flat, findings)
    valid_from, valid_until = _day(flat, "valid_from", findings), _day(flat, "valid_until", findings)
    _check_validity(kind, valid_from, valid_until, findings)
    birth_date = _birth_date(flat, valid_from, findings)
    signatory = _signatory(flat, text)
    findings.raise_if_any()
    record = Record(
        kind=kind, family_name=family_name, given_names=given_names, birth_date=birth_date, nationality=nationality,
        employer_name=employer_name, employer_siret=siret, job=job, contract=contract, hours=hours, workplaces=workplaces,
        residence_permit=permit, department=department, valid_from=valid_from, valid_until=valid_until,
        reference=reference, signatory=signatory,
    )
    check_size(record)
    return record


def check_size(record: Record, replaces: bool = True) -> None:
    """Refuse a record whose payload could exceed 800 bytes, naming the longest text. Raises RecordRefused."""
    largest = record.to_claims(wire.HIGHEST, (wire.LISTS, wire.INDEXES - 1), wire.TIME_LIMIT - 1, wire.HIGHEST if replaces else None)
    try:
        wire.encode(largest)
    except FormError:
        texts = {
            "family_name": record.family_name, "given_names": record.given_names or "",
            "employer.name": record.employer_name, "job": record.job,
        }
        longest = max(texts, key=lambda name: len(texts[name].encode()))
        raise RecordRefused([Problem(longest, "payload_too_long")]) from None


def clean(text: str) -> str:
    """A typed text as it may be signed: no-break spaces become spaces, then NFC."""
    return unicodedata.normalize("NFC", text.translate(_SPACES))


def _flattened(value: dict, findings: Findings) -> dict:
    flat: dict = {}
    for name, item in value.items():
        name = str(name)
        if name in _GROUPS and isinstance(item, dict):
            for inner, inner_item in item.items():
                _keep(flat, f"{name}.{inner}", inner_item, findings)
        elif name in _GROUPS and item is not None:
            findings.add(name, "not_an_object")
        elif name not in _GROUPS:
            _keep(flat, name, item, findings)
    return flat


def _keep(flat: dict, name: str, value: object, findings: Findings) -> None:
    if name not in FIELDS:
        findings.add(name[:60], "unknown_field")
    elif value is not None:
        flat[name] = value


def _text(flat: dict, name: str, most: int, required: bool, findings: Findings) -> str | None:
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
            findings.add(name, f"text_{code}", character=_named(character))
    if len(value) > most:
        findings.add(name, "too_long", length=len(value), most=most)
    return value


def _named(character: str) -> str:
    shown = f"« {character} » " if character.isprintable() and not unicodedata.combining(character) else ""
    return f"{shown}U+{ord(character):04X} {unicodedata.name(character, '').lower()}".strip()


def _word(flat: dict, name: str, table: dict, findings: Findings) -> str | None:
    value = flat.get(name)
    if value is None or value == "":
        findings.add(name, "missing")
    elif not isinstance(value, str) or value not in table:
        findings.add(name, "not_a_choice", choices=", ".join(table))
    else:
        return value
    return None


def _nationality(flat: dict, findings: Findings) -> str | None:
    value = flat.get("nationality")
    if value is None or value == "":
        findings.add("nationality", "missing")
    elif not isinstance(value, str) or value not in NATIONALITIES:
        findings.add("nationality", "nationality")
    return value


def _siret(flat: dict, findings: Findings) -> str | None:
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


def _hours(flat: dict, findings: Findings) -> tuple[int, int] | None:
    count, per = flat.get("hours.count"), flat.get("hours.per")
    if count is None and per is None:
        return None
    if per is None or not isinstance(per, str) or per not in PERIOD_CODES:
        findings.add("hours.per", "not_a_choice", choices=", ".join(PERIOD_CODES))
        return None
    small = type(count) is int and abs(count) <= wire.MAX_HOURS or type(count) is float
    hundredths = Decimal(str(count)) * 100 if small else None
    if hundredths is None or not hundredths.is_finite() or hundredths != int(hundredths) or not 1 <= hundredths <= wire.MAX_HOURS:
        findings.add("hours.count", "hours")
        return None
    return int(hundredths), PERIOD_CODES[per]


def _workplaces(flat: dict, findings: Findings) -> tuple[str, ...] | None:
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


def _department(flat: dict, findings: Findings) -> str | None:
    value = flat.get("department")
    if value is None or value == "":
        findings.add("department", "missing")
    elif not isinstance(value, str) or value not in DEPARTMENTS:
        findings.add("department", "department", value=str(value)[:20])
    return value


def _day(flat: dict, name: str, findings: Findings) -> date | None:
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


def _check_validity(kind: str | None, valid_from: date | None, valid_until: date | None, findings: Findings) -> None:
    if not valid_from or not valid_until or findings.found("valid_from") or findings.found("valid_until"):
        return
    if valid_until < valid_from:
        findings.add("valid_until", "validity_order")
    elif kind == "APT" and valid_until >= twelve_months_after(valid_from):
        findings.add("valid_until", "validity_long", latest=(twelve_months_after(valid_from) - timedelta(days=1)).isoformat())


def twelve_months_after(day: date) -> date:
    """The first day after twelve months that begin on ``day`` (R5221-3 14°: an APT lasts at most twelve months)."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _birth_date(flat: dict, valid_from: date | None, findings: Findings) -> str | None:
    value = flat.get("birth_date")
    if value is None or value == "":
        findings.add("birth_date", "missing")
        return None
    if not isinstance(value, str) or not wire.BIRTH_DATE.fullmatch(value):
        findings.add("birth_date", "birth_form")
        return None
    try:
        first = date.fromisoformat(value + "-01-01"[len(value) - 4:] if len(value) < 10 else value)
    except ValueError:
        findings.add("birth_date", "day_impossible", value=value)
        return None
    if first.year < FIRST_BIRTH_YEAR or (valid_from and first > valid_from):
        findings.add("birth_date", "birth_range", first=FIRST_BIRTH_YEAR)
    return value


def _signatory(flat: dict, text) -> Signatory | None:
    if not any(name.startswith("signatory.") for name in flat):
        return None
    return Signatory(
        given_names=text("signatory.given_names", MAX_SIGNATORY, False),
        family_name=text("signatory.family_name", MAX_SIGNATORY) or "",
        title=text("signatory.title", MAX_SIGNATORY) or "",
        service=text("signatory.service", MAX_SIGNATORY) or "",
    )
