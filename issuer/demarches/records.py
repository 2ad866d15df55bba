"""The record that a request asks for: what was read with an agent's corrections over it, its checks, and the columns by
which it is found. Pure.
"""

import re
from dataclasses import dataclass

from issuer.attestation.claims import BIRTH_DATE
from issuer.attestation.places import DEPARTMENTS
from issuer.attestation.problems import Problem, RecordRefused
from issuer.attestation.record import Record, read_record
from issuer.attestation.record_fields import flattened, nested
from issuer.registry import requests
from issuer.registry.names import found_by

MISSING = ("missing",)


@dataclass(frozen=True, repr=False)
class Evaluation:
    """What the record's own checks say: the record that would be signed, or the problems."""

    record: Record | None
    problems: tuple[Problem, ...]

    @property
    def wrong(self) -> tuple[Problem, ...]:
        """Problems of what was answered, not of what is missing."""
        return tuple(problem for problem in self.problems if problem.code not in MISSING)


def merged(record: dict, corrections: dict) -> dict:
    """The record with an agent's corrections over it; a correction of None takes the field out."""
    return nested({**flattened(record), **corrections})


def evaluate(record: dict) -> Evaluation:
    """The record's own checks."""
    try:
        return Evaluation(read_record(record), ())
    except RecordRefused as refused:
        return Evaluation(None, tuple(refused.problems))


def searched(record: dict) -> dict:
    """The columns by which a request is found and compared, of its merged record."""
    flat = flattened(record)
    text = lambda value, most: value[:most] if isinstance(value, str) and value else None
    birth = flat.get("birth_date")
    birth = birth if isinstance(birth, str) and BIRTH_DATE.fullmatch(birth) else None
    siret = flat.get("employer.siret")
    siret = text(re.sub(r"\s", "", siret) if isinstance(siret, str) else None, 14)
    day = lambda name: (
        text(flat.get(name), 10) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(flat.get(name)), re.ASCII) else None
    )
    department = flat.get("department")
    return {
        "family_name": text(flat.get("family_name"), 200),
        "given_names": text(flat.get("given_names"), 200),
        "birth_date": birth,
        "person_key": requests.person_key(
            text(flat.get("family_name"), 200), text(flat.get("given_names"), 200), birth
        ),
        "found_by": found_by(
            flat.get("family_name"),
            flat.get("given_names"),
            flat.get("employer.name"),
            siret,
            birth,
            flat.get("residence_permit"),
        ),
        "employer_name": text(flat.get("employer.name"), 200),
        "employer_siret": siret if siret and siret.isascii() and siret.isdigit() and len(siret) == 14 else None,
        "contract": text(flat.get("contract"), 20),
        "department": department if department in DEPARTMENTS else None,
        "valid_from": day("valid_from"),
        "valid_until": day("valid_until"),
    }
