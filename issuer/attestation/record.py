"""A record: what an agent asks to be attested, checked as only the issuer checks (``docs/format.md`` §1.2)."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from issuer.attestation import claims as wire, record_fields
from issuer.attestation.numbers import HIGHEST
from issuer.attestation.places import local_midnight
from issuer.attestation.problems import Findings, Problem, RecordRefused
from issuer.attestation.record_fields import CONTRACT_CODES, KIND_CODES
from keys import cbor
from keys.errors import FormError, not_none

MAX_REFERENCE = 80
MAX_SIGNATORY = 120
MOST_BESIDES_TEXTS = 200
"""Bytes: no payload of a record takes as many besides its texts."""
"""Code points of each of the signatory's fields (printed and archived, not in the QR)."""


@dataclass(frozen=True, repr=False)
class Signatory:
    """Who decides, as the decision must show (CRPA L212-1): given names may be missing."""

    family_name: str
    title: str
    service: str
    given_names: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The signatory by its JSON names; absent ones have no key."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True, repr=False)
class Record:
    """A checked record. Days are dates of the deciding département; texts are NFC. Its ``repr`` shows no personal
    data.
    """

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

    def to_claims(
        self, number: int, status: tuple[int, int], issued_at: int, replaces: int | None = None
    ) -> wire.Claims:
        """The claims of this record. ``issued_at`` is UTC seconds; validity begins and ends at local midnight."""
        return wire.Claims(
            kind=KIND_CODES[self.kind],
            number=number,
            family_name=self.family_name,
            given_names=self.given_names,
            birth_date=self.birth_date,
            nationality=self.nationality,
            employer_name=self.employer_name,
            employer_siret=int(self.employer_siret) if self.employer_siret else None,
            job=self.job,
            contract=CONTRACT_CODES[self.contract],
            hours=self.hours,
            workplaces=self.workplaces,
            residence_permit=self.residence_permit,
            department=self.department,
            status=status,
            replaces=replaces,
            not_before=local_midnight(self.department, self.valid_from),
            expires=local_midnight(self.department, self.valid_until + timedelta(days=1)),
            issued_at=issued_at,
        )

    def to_json(self) -> dict[str, Any]:
        """The record by its JSON names, as ``read_record`` takes it; absent fields have no key."""
        hours = wire.hours_to_json(self.hours) if self.hours else {}
        fields: dict[str, object] = {
            "reference": self.reference,
            "kind": self.kind,
            "family_name": self.family_name,
            "given_names": self.given_names,
            "birth_date": self.birth_date,
            "nationality": self.nationality,
            "employer.name": self.employer_name,
            "employer.siret": self.employer_siret,
            "job": self.job,
            "contract": self.contract,
            "hours.count": hours.get("count"),
            "hours.per": hours.get("per"),
            "workplaces": list(self.workplaces) if self.workplaces else None,
            "residence_permit": self.residence_permit,
            "department": self.department,
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "signatory": self.signatory.to_json() if self.signatory else None,
        }
        return record_fields.nested(fields)

    def content_hash(self) -> bytes:
        """SHA-256 (32 bytes) of the record's content without its reference: equal content, equal hash."""
        content = self.to_json()
        content.pop("reference", None)
        if self.hours:
            content["hours"] = list(self.hours)
        return hashlib.sha256(cbor.encode(content)).digest()


def read_record(value: object) -> Record:
    """Check one record given by its JSON names. Raises RecordRefused with every problem found."""
    findings = Findings()
    if not isinstance(value, dict):
        raise RecordRefused([Problem("record", "not_an_object")])
    flat = record_fields.given(value, findings)

    def text(name: str, most: int, required: bool = True) -> str | None:
        return record_fields.text(flat, name, most, required, findings)

    kind = record_fields.word(flat, "kind", KIND_CODES, findings)
    contract = record_fields.word(flat, "contract", CONTRACT_CODES, findings)
    family_name, given_names = text("family_name", wire.MAX_TEXT), text("given_names", wire.MAX_TEXT, False)
    nationality = record_fields.nationality(flat, findings)
    employer_name, job = text("employer.name", wire.MAX_TEXT), text("job", wire.MAX_TEXT)
    siret = record_fields.siret(flat, findings)
    hours = record_fields.hours(flat, findings)
    workplaces = record_fields.workplaces(flat, findings)
    permit, reference = text("residence_permit", wire.MAX_PERMIT, False), text("reference", MAX_REFERENCE, False)
    department = record_fields.department(flat, findings)
    valid_from = record_fields.day(flat, "valid_from", findings)
    valid_until = record_fields.day(flat, "valid_until", findings)
    record_fields.check_validity(kind, valid_from, valid_until, findings)
    birth_date = record_fields.birth_date(flat, valid_from, findings)
    signatory = _signatory(flat, text)
    findings.raise_if_any()
    record = Record(
        kind=not_none(kind),
        family_name=not_none(family_name),
        given_names=given_names,
        birth_date=not_none(birth_date),
        nationality=not_none(nationality),
        employer_name=not_none(employer_name),
        employer_siret=siret,
        job=not_none(job),
        contract=not_none(contract),
        hours=hours,
        workplaces=workplaces,
        residence_permit=permit,
        department=not_none(department),
        valid_from=not_none(valid_from),
        valid_until=not_none(valid_until),
        reference=reference,
        signatory=signatory,
    )
    check_size(record)
    return record


def check_size(record: Record, replaces: bool = True) -> None:
    """Refuse a record whose payload could exceed 800 bytes, naming the longest text. Raises RecordRefused."""
    texts = {
        "family_name": record.family_name,
        "given_names": record.given_names or "",
        "employer.name": record.employer_name,
        "job": record.job,
        "residence_permit": record.residence_permit or "",
    }
    lengths = {name: len(text.encode()) for name, text in texts.items()}
    if sum(lengths.values()) + MOST_BESIDES_TEXTS <= wire.MAX_PAYLOAD:
        return
    largest = record.to_claims(
        HIGHEST, (wire.LISTS, wire.INDEXES - 1), wire.TIME_LIMIT - 1, HIGHEST if replaces else None
    )
    try:
        wire.encode(largest)
    except FormError:
        longest = max(lengths, key=lambda name: lengths[name])
        raise RecordRefused([Problem(longest, "payload_too_long")]) from None


class _Text(Protocol):
    """How a text of the record is read."""

    def __call__(self, name: str, most: int, required: bool = True) -> str | None: ...


def _signatory(flat: dict[str, object], text: _Text) -> Signatory | None:
    if not any(name.startswith("signatory.") for name in flat):
        return None
    return Signatory(
        given_names=text("signatory.given_names", MAX_SIGNATORY, False),
        family_name=text("signatory.family_name", MAX_SIGNATORY) or "",
        title=text("signatory.title", MAX_SIGNATORY) or "",
        service=text("signatory.service", MAX_SIGNATORY) or "",
    )
