"""The statement of a receipt: what a device signs of a check (``docs/format.md`` §9.2). Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from issuer.attestation.claims import TIME_LIMIT
from issuer.attestation.verdicts import LEVELS, VERDICTS
from keys import cbor, latin
from keys.errors import FormError
from keys.instants import instant
from keys.trust_content import UINT_LIMIT

HASH, SHORT_HASH = 32, 16
"""Bytes of a SHA-256, and of one cut to its first half."""
LONGEST = 700
"""Bytes of an encoded statement."""
CHECKED = tuple(word for word in VERDICTS if word not in ("foreign", "unsupported", "malformed"))
"""Verdicts of a paper that has a token, the only ones that a receipt can speak of."""
SAID = ("unsaid", "no", "yes")
OUTCOMES = {1: "same", 2: "different", 3: "near", 4: "not_comparable"}
CHANNELS = {1: "email", 2: "registered_letter", 3: "online", 4: "other"}
ANSWERS = {0: "none_yet", 1: "confirmed", 2: "refused", 3: "silence"}
COMPARED = {
    0: "dates",
    3: "family_name",
    4: "given_names",
    5: "birth_date",
    7: "employer.name",
    8: "employer.siret",
    9: "job",
    10: "contract",
    11: "hours",
    12: "workplaces",
    13: "residence_permit",
}
"""What a comparison speaks of: keys of the attestation, and 0 for the days of the hire inside the validity."""

_CRITICAL, _ADDITIVE = (17, 18, 19), (20, 21, 22, 23)


class LaterVersion(FormError):
    """A critical field that this version does not know."""


@dataclass(frozen=True)
class Listed:
    """A status list by number (1..999), time of issue (UTC seconds) and the first 16 bytes of its file's SHA-256."""

    number: int
    issued: int
    digest: bytes


@dataclass(frozen=True, repr=False)
class Statement:
    """What the device signed. Everything in it is declared by who checked; times are UTC seconds of the device.

    ``token_digest`` and ``former`` 32 bytes, ``trust_digest`` and ``random`` 16, ``build`` 8, ``device`` 33 (a point
    of P-256, compressed); days are YYYY-MM-DD; texts follow the text rule.
    """

    declared_at: int
    verdict: str
    level: str
    token_digest: bytes
    trust_version: int
    trust_digest: bytes
    status: Listed | None
    build: bytes
    device: bytes
    random: bytes
    siret: int | None
    company: str
    person: str | None
    seen: tuple[int, int, int]
    compared: dict[int, int] = field(default_factory=dict)
    hired_on: str | None = None
    request: tuple[str, int, str, int, str] | None = None
    dpae: tuple[int, str] | None = None
    former: bytes | None = None
    more: bool = False

    def to_json(self) -> dict[str, Any]:
        """The statement by its names in JSON; what is absent has no key."""
        company = {"siret": None if self.siret is None else f"{self.siret:014d}", "name": self.company}
        company |= {"person": self.person}
        made: dict[str, Any] = {
            "declared_at": instant(self.declared_at),
            "verdict": self.verdict,
            "level": self.level,
            "token_sha256": self.token_digest.hex(),
            "trust": {"version": self.trust_version, "hash": self.trust_digest.hex()},
            "status": self.status
            and {
                "list": self.status.number,
                "issued_at": instant(self.status.issued),
                "hash": self.status.digest.hex(),
            },
            "build": self.build.hex(),
            "device": self.device.hex(),
            "company": _present(company),
            "seen": dict(zip(("original", "person", "permit"), (SAID[one] for one in self.seen), strict=True)),
            "compared": {COMPARED[label]: OUTCOMES[outcome] for label, outcome in self.compared.items()} or None,
            "hired_on": self.hired_on,
            "request": self.request
            and _present(
                {
                    "sent_on": self.request[0],
                    "channel": CHANNELS[self.request[1]],
                    "reference": self.request[2] or None,
                    "answer": ANSWERS[self.request[3]],
                    "answered_on": self.request[4] or None,
                }
            ),
            "dpae": self.dpae and {"at": instant(self.dpae[0]), "certificate": self.dpae[1]},
            "former": self.former and self.former.hex(),
        }
        return _present(made)


def read(data: bytes) -> Statement:
    """Take an encoded statement apart. Raises LaterVersion, and FormError for every other breach."""
    if len(data) > LONGEST:
        raise FormError(f"The statement is longer than {LONGEST} bytes.")
    value = cbor.decode(data)
    _require(isinstance(value, dict), "the statement")
    fields: dict[Any, Any] = value  # type: ignore[assignment]
    if any(label in fields for label in _CRITICAL):
        raise LaterVersion("The statement has a field that this version does not know.")
    _require(all(type(label) is int and (1 <= label <= 15 or label in _ADDITIVE) for label in fields), "its fields")
    _require(all(label in fields for label in (1, 2, 3, 4, 6, 7, 8, 9, 10)), "its required fields")

    def get(label: int) -> Any:
        return fields.get(label)

    _require(is_moment(get(1)), "the time")
    _require(_is_pair_of(get(2), CHECKED, LEVELS), "the verdict")
    _require(_is_bytes(get(3), HASH), "the hash of the token")
    _require(
        isinstance(get(4), list) and len(get(4)) == 2 and _is_uint(get(4)[0]) and _is_bytes(get(4)[1], SHORT_HASH),
        "the trust list",
    )
    status = listed(get(5)) if 5 in fields else None
    _require(_is_bytes(get(6), 8), "the build")
    _require(_is_bytes(get(7), 33) and get(7)[0] in (2, 3), "the device's key")
    _require(_is_bytes(get(8), SHORT_HASH), "the random bytes")
    siret, company, person = _company(get(9))
    seen = get(10)
    _require(
        isinstance(seen, list) and len(seen) == 3 and all(_is_one_of(one, range(3)) for one in seen), "what was seen"
    )
    compared = get(11)
    _require(
        11 not in fields
        or (
            isinstance(compared, dict)
            and len(compared) > 0
            and all(
                _is_one_of(label, COMPARED) and _is_one_of(outcome, OUTCOMES) for label, outcome in compared.items()
            )
        ),
        "the comparison",
    )
    _require(12 not in fields or _is_day(get(12)), "the first day of the hire")
    request = _request(get(13)) if 13 in fields else None
    dpae = get(14)
    _require(
        14 not in fields
        or (isinstance(dpae, list) and len(dpae) == 2 and is_moment(dpae[0]) and latin.follows(dpae[1], 1, 40)),
        "the DPAE",
    )
    _require(15 not in fields or _is_bytes(get(15), HASH), "the former receipt")
    _require(
        all(_is_uint(get(label)) or latin.follows(get(label), 0, 200) for label in _ADDITIVE if label in fields),
        "an additional field",
    )
    verdict, level = get(2)
    version, digest = get(4)
    original, met, permit = seen
    return Statement(
        declared_at=get(1),
        verdict=verdict,
        level=level,
        token_digest=get(3),
        trust_version=version,
        trust_digest=digest,
        status=status,
        build=get(6),
        device=get(7),
        random=get(8),
        siret=siret,
        company=company,
        person=person,
        seen=(original, met, permit),
        compared=compared or {},
        hired_on=get(12),
        request=request,
        dpae=(dpae[0], dpae[1]) if dpae else None,
        former=get(15),
        more=any(label in fields for label in _ADDITIVE),
    )


def _company(value: Any) -> tuple[int | None, str, str | None]:
    _require(
        isinstance(value, dict)
        and 2 in value
        and all(type(label) is int and 1 <= label <= 3 for label in value)
        and (1 not in value or (_is_uint(value[1]) and value[1] < 10**14))
        and latin.follows(value[2], 1, 80)
        and (3 not in value or latin.follows(value[3], 1, 80)),
        "the company",
    )
    return value.get(1), value[2], value.get(3)


def _request(value: Any) -> tuple[str, int, str, int, str]:
    match value:
        case [str() as sent, int() as channel, str() as reference, int() as answer, str() as day] if (
            _is_day(sent)
            and channel in CHANNELS
            and latin.follows(reference, 0, 60)
            and answer in ANSWERS
            and (_is_day(day) if answer else day == "")
        ):
            return sent, channel, reference, answer, day
    raise FormError("It breaks the format: the request to the préfet.")


def listed(row: object) -> Listed:
    """One status list of a statement or a countersignature. Raises FormError."""
    match row:
        case [int() as number, int() as issued, bytes() as digest] if (
            1 <= number <= 999 and is_moment(issued) and len(digest) == SHORT_HASH
        ):
            return Listed(number, issued, digest)
    raise FormError("A status list is not [number, time of issue, hash].")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise FormError(f"It breaks the format: {what}.")


def _is_uint(value: object) -> bool:
    return type(value) is int and 0 <= value < UINT_LIMIT


def is_moment(value: object) -> bool:
    """Whether it is a time of the format, in UTC seconds."""
    return type(value) is int and 0 <= value < TIME_LIMIT


def _is_bytes(value: object, length: int) -> bool:
    return type(value) is bytes and len(value) == length


def _is_one_of(value: object, choices: Iterable[int]) -> bool:
    return type(value) is int and value in choices


def _is_pair_of(value: object, first: Iterable[str], second: Iterable[str]) -> bool:
    return isinstance(value, list) and len(value) == 2 and value[0] in first and value[1] in second


def _is_day(value: object) -> bool:
    if type(value) is not str or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        return False
    try:
        return date.fromisoformat(value).year >= 1
    except ValueError:
        return False


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
