"""The claims of an attestation: the wire form, its checks, and its names in JSON (``docs/format.md`` §1.2, §1.3)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from issuer.attestation.numbers import HIGHEST, LOWEST
from issuer.attestation.places import local_day
from keys import cbor, latin
from keys.errors import FormError
from keys.trust_content import DEPARTMENT, UINT_LIMIT

LABEL_EXPIRES, LABEL_NOT_BEFORE, LABEL_ISSUED_AT = 4, 5, 6
"""RFC 8392 §3.1: exp, nbf, iat."""
LABEL_ATTESTATION = -65537

KINDS = {1: "APT", 2: "AT", 3: "AT-SAISONNIER"}
CONTRACTS = {
    1: "CDI",
    2: "CDD",
    3: "APPRENTISSAGE",
    4: "PROFESSIONNALISATION",
    5: "DOCTORAL",
    6: "SAISONNIER",
    7: "PROMESSE",
}
PERIODS = {1: "week", 2: "month", 3: "year"}

MIN_PAYLOAD, MAX_PAYLOAD = 24, 800
"""Bytes."""
TIME_LIMIT = 253_370_764_800
"""9999-01-01T00:00:00Z: every time is below, in UTC seconds."""
LISTS, INDEXES = 999, 1 << 20
"""The highest status list number; the number of indexes of a list."""
MAX_TEXT = 80
"""Code points of a name or a job."""
MAX_PERMIT = 20
"""Code points of a residence permit's number."""
MAX_HOURS = 999_999
"""Hundredths of an hour."""
MAX_WORKPLACES = 8
CRITICAL = (17, 18, 19)
"""Reserved keys: a verifier that does not know one answers ``unsupported``."""
ADDITIVE = (20, 21, 22, 23)
"""Reserved keys: a verifier that does not know one ignores it and says that there is more."""
MIDDAY = 43_200
"""Half a day in seconds: the day shown is that of the middle of the day, so that no change of summer time moves it."""

BIRTH_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", re.ASCII)
NATIONALITY = re.compile(r"[A-Z]{3}", re.ASCII)


class Unsupported(FormError):
    """Claims of a later version of this format: nothing is wrong with them, this software is too old."""


@dataclass(frozen=True, repr=False)
class Claims:
    """The checked claims, as on the wire. Its ``repr`` shows no personal data."""

    kind: int
    number: int
    family_name: str
    birth_date: str
    nationality: str
    employer_name: str
    job: str
    contract: int
    department: str
    status: tuple[int, int]
    not_before: int
    expires: int
    issued_at: int
    given_names: str | None = None
    employer_siret: int | None = None
    hours: tuple[int, int] | None = None
    workplaces: tuple[str, ...] | None = None
    residence_permit: str | None = None
    replaces: int | None = None
    additional: dict[int, int | str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "<Claims>"

    def days(self) -> tuple[date, date]:
        """The first and the last day, in the deciding département's time zone."""
        return (
            local_day(self.department, self.not_before + MIDDAY),
            local_day(self.department, self.expires - MIDDAY),
        )

    def to_json(self) -> dict[str, Any]:
        """The claims by their JSON names; absent ones have no key. Days are in the deciding département's time zone."""
        employer = {"name": self.employer_name}
        if self.employer_siret is not None:
            employer["siret"] = f"{self.employer_siret:014d}"
        first, last = self.days()
        result: dict[str, Any] = {
            "kind": KINDS[self.kind],
            "number": str(self.number),
            "family_name": self.family_name,
            "given_names": self.given_names,
            "birth_date": self.birth_date,
            "nationality": self.nationality,
            "employer": employer,
            "job": self.job,
            "contract": CONTRACTS[self.contract],
            "hours": hours_to_json(self.hours) if self.hours else None,
            "workplaces": list(self.workplaces) if self.workplaces else None,
            "residence_permit": self.residence_permit,
            "department": self.department,
            "status": {"list": self.status[0], "index": self.status[1]},
            "replaces": None if self.replaces is None else str(self.replaces),
            "valid_from": first.isoformat(),
            "valid_until": last.isoformat(),
            "issued_at": datetime.fromtimestamp(self.issued_at, UTC).isoformat()[:19] + "Z",
        }
        return {name: value for name, value in result.items() if value is not None}


def hours_to_json(hours: tuple[int, int]) -> dict[str, Any]:
    """``[hundredths of an hour, unit]`` as ``{"count": 151.67, "per": "month"}``, without needless decimals."""
    whole, rest = divmod(hours[0], 100)
    return {"count": hours[0] / 100 if rest else whole, "per": PERIODS[hours[1]]}


def encode(claims: Claims) -> bytes:
    """The payload, 24 to 800 bytes of deterministic CBOR. Raises FormError when it would be longer."""
    attestation: dict[int, object] = {
        1: claims.kind,
        2: claims.number,
        3: claims.family_name,
        4: claims.given_names,
        5: claims.birth_date,
        6: claims.nationality,
        7: claims.employer_name,
        8: claims.employer_siret,
        9: claims.job,
        10: claims.contract,
        11: claims.hours,
        12: claims.workplaces,
        13: claims.residence_permit,
        14: claims.department,
        15: claims.status,
        16: claims.replaces,
        **claims.additional,
    }
    payload = cbor.encode(
        {
            LABEL_EXPIRES: claims.expires,
            LABEL_NOT_BEFORE: claims.not_before,
            LABEL_ISSUED_AT: claims.issued_at,
            LABEL_ATTESTATION: {key: value for key, value in attestation.items() if value is not None},
        }
    )
    if len(payload) > MAX_PAYLOAD:
        raise FormError(
            f"The attestation takes {len(payload)} bytes; a QR code holds {MAX_PAYLOAD}. Shorten the longest text."
        )
    return payload


def decode(payload: bytes) -> Claims:
    """Steps 6a to 6c over a payload whose signature was verified.

    Raises Unsupported for claims of a later version (6b), FormError for everything else that is wrong.
    """
    value = cbor.decode(payload)  # 6a
    attestation = value.get(LABEL_ATTESTATION) if isinstance(value, dict) else None
    if isinstance(attestation, dict):
        _refuse_later_versions(attestation)  # 6b
    return _checked(value, attestation)  # 6c


def _is_uint(value: object) -> bool:
    return type(value) is int and 0 <= value < UINT_LIMIT


def _refuse_later_versions(attestation: dict[Any, Any]) -> None:
    if any(key in attestation for key in CRITICAL):
        raise Unsupported("The attestation holds a claim that this version does not know.")
    for key, table in ((1, KINDS), (10, CONTRACTS)):
        if _is_uint(attestation.get(key)) and attestation[key] not in table:
            raise Unsupported("The attestation is of a kind or contract that this version does not know.")
    hours = attestation.get(11)
    if isinstance(hours, list) and len(hours) == 2 and _is_uint(hours[1]) and hours[1] not in PERIODS:
        raise Unsupported("The attestation counts hours by a period that this version does not know.")


def _checked(value: object, attestation: object) -> Claims:
    if not isinstance(value, dict) or not isinstance(attestation, dict):
        raise FormError("The payload is not a map with an attestation.")
    if value.keys() != {LABEL_EXPIRES, LABEL_NOT_BEFORE, LABEL_ISSUED_AT, LABEL_ATTESTATION}:
        raise FormError("The payload does not have exactly the labels 4, 5, 6 and -65537.")
    expires, not_before, issued_at = (value[label] for label in (LABEL_EXPIRES, LABEL_NOT_BEFORE, LABEL_ISSUED_AT))
    for time in (expires, not_before, issued_at):
        _require(_is_uint(time) and time < TIME_LIMIT, "a time")
    _require(not_before < expires, "the validity")
    get: Callable[[int], Any] = attestation.get
    _require(all(type(key) is int and (1 <= key <= 16 or key in ADDITIVE) for key in attestation), "a key")
    _require(_is_uint(get(1)), "the kind")
    _require(_is_uint(get(2)) and LOWEST <= get(2) <= HIGHEST, "the number")
    for key, most in ((3, MAX_TEXT), (7, MAX_TEXT), (9, MAX_TEXT)):
        _require(latin.follows(get(key), 1, most), f"text {key}")
    _require(4 not in attestation or latin.follows(get(4), 1, MAX_TEXT), "the given names")
    _require(isinstance(get(5), str) and BIRTH_DATE.fullmatch(get(5)), "the birth date")
    _require(isinstance(get(6), str) and NATIONALITY.fullmatch(get(6)), "the nationality")
    _require(8 not in attestation or (_is_uint(get(8)) and get(8) < 10**14), "the SIRET")
    _require(_is_uint(get(10)), "the contract")
    _require(11 not in attestation or _is_hours(get(11)), "the hours")
    _require(12 not in attestation or _are_workplaces(get(12)), "the workplaces")
    _require(13 not in attestation or latin.follows(get(13), 1, MAX_PERMIT), "the residence permit")
    _require(isinstance(get(14), str) and DEPARTMENT.fullmatch(get(14)), "the département")
    _require(_is_status(get(15)), "the status")
    _require(16 not in attestation or (_is_uint(get(16)) and LOWEST <= get(16) <= HIGHEST), "the number it replaces")
    additional = {key: get(key) for key in ADDITIVE if key in attestation}
    _require(all(_is_uint(more) or latin.follows(more, 0, 200) for more in additional.values()), "an additive claim")
    return Claims(
        kind=get(1),
        number=get(2),
        family_name=get(3),
        given_names=get(4),
        birth_date=get(5),
        nationality=get(6),
        employer_name=get(7),
        employer_siret=get(8),
        job=get(9),
        contract=get(10),
        hours=tuple(get(11)) if 11 in attestation else None,
        workplaces=tuple(get(12)) if 12 in attestation else None,
        residence_permit=get(13),
        department=get(14),
        status=tuple(get(15)),
        replaces=get(16),
        not_before=not_before,
        expires=expires,
        issued_at=issued_at,
        additional=additional,
    )


def _require(condition: object, what: str) -> None:
    if not condition:
        raise FormError(f"The attestation breaks the format: {what}.")


def _is_hours(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_uint, value)) and 1 <= value[0] <= MAX_HOURS


def _are_workplaces(value: object) -> bool:
    return (
        isinstance(value, list)
        and 1 <= len(value) <= MAX_WORKPLACES
        and all(isinstance(code, str) and DEPARTMENT.fullmatch(code) for code in value)
        and len(set(value)) == len(value)
    )


def _is_status(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(map(_is_uint, value))
        and 1 <= value[0] <= LISTS
        and value[1] < INDEXES
    )
