"""The stage of the verification vectors: test keys, times, lists, and the reference attestation (``docs/format.md``
§6).
"""

from tests.vectors.wire import (
    Key,
    deflated,
    item,
    status_list,
    status_payload,
    status_values,
    token_text,
    trust_entry,
    trust_list,
)

ORIGIN = "https://verif.workinfrance.example"
SECOND_ORIGIN = "https://verif-2.workinfrance.example:8443"
LOCAL_ORIGIN = "http://localhost:8001"

ROOTS = [Key(f"root {number}") for number in (1, 2, 3)]
SIGNER = Key("attestation")
OTHER_SIGNER = Key("attestation of 2027")
RETIRED = Key("attestation, retired")
REVOKED = Key("attestation, revoked")
PARIS_ONLY = Key("attestation, 75 and 2A only")
NARROW = Key("attestation, narrow window")
STATUS = Key("status")
RECEIPT = Key("receipt")
FUTURE_USE = Key("a use of a later version")
STRANGER = Key("stranger")

IAT = 1_767_000_000
"""2025-12-29T09:20:00Z, the reference's time of issue."""
NBF = 1_767_567_600
"""2026-01-05T00:00 in Paris."""
EXP = 1_798_758_000
"""2027-01-01T00:00 in Paris."""
NOW = 1_770_000_000
"""2026-02-02T02:40:00Z, when most vectors are verified."""
DAY = 86_400
TRUST_ISSUED = NOW - 10_000
NEXT_UPDATE = TRUST_ISSUED + 7 * DAY
TRUST_EXPIRES = TRUST_ISSUED + 30 * DAY
STATUS_ISSUED = NOW - 1_000
AGE = 1_000
"""Age in seconds of the main status list at NOW."""
STATUS_EXPIRES = STATUS_ISSUED + 7 * DAY
AUTHORITY = "Préfecture d'exemple"
INDEX = 524_287

REFERENCE = {
    1: 1,
    2: 4829130571,
    3: "NGUYEN ÉPOUSE DUPONT",
    4: "Thị Mai",
    5: "1996-03-14",
    6: "VNM",
    7: "SOCIÉTÉ EXEMPLE SAS",
    8: 81234567800013,
    9: "Ingénieure d'études",
    10: 2,
    11: [96400, 3],
    12: ["75"],
    13: "9912345678",
    14: "75",
    15: [1, INDEX],
}
REFERENCE_JSON = {
    "kind": "APT",
    "number": "4829130571",
    "family_name": "NGUYEN ÉPOUSE DUPONT",
    "given_names": "Thị Mai",
    "birth_date": "1996-03-14",
    "nationality": "VNM",
    "employer": {"name": "SOCIÉTÉ EXEMPLE SAS", "siret": "81234567800013"},
    "job": "Ingénieure d'études",
    "contract": "CDD",
    "hours": {"count": 964, "per": "year"},
    "workplaces": ["75"],
    "residence_permit": "9912345678",
    "department": "75",
    "status": {"list": 1, "index": INDEX},
    "valid_from": "2026-01-05",
    "valid_until": "2026-12-31",
    "issued_at": "2025-12-29T09:20:00Z",
}


def attestation(**changes: object) -> dict:
    """The reference's map with changes named k1 … k255 after the keys; None takes a key out."""
    result = dict(REFERENCE)
    for name, value in changes.items():
        key = int(name[1:])
        if value is None:
            result.pop(key, None)
        else:
            result[key] = value
    return result


def payload(inner: object, exp: object = EXP, nbf: object = NBF, iat: object = IAT) -> bytes:
    """The encoded claims around an attestation."""
    return item({4: exp, 5: nbf, 6: iat, -65537: inner})


REFERENCE_PAYLOAD = payload(REFERENCE)
REFERENCE_TEXT = token_text(ORIGIN, SIGNER, REFERENCE_PAYLOAD)


def main_trust(**changes: object) -> dict:
    """The claims of the main trust list, with changes named k1 … after the keys; None takes a key out."""
    claims: dict = {
        1: 7,
        2: TRUST_ISSUED,
        3: NEXT_UPDATE,
        4: TRUST_EXPIRES,
        5: [2, [root.public for root in ROOTS]],
        6: [
            trust_entry(SIGNER, 1),
            trust_entry(OTHER_SIGNER, 1),
            trust_entry(RETIRED, 1, f6=2, f5=IAT),
            trust_entry(REVOKED, 1, f6=3),
            trust_entry(PARIS_ONLY, 1, f8=["75", "2A"]),
            trust_entry(NARROW, 1, f4=IAT, f5=IAT + 10),
            trust_entry(STATUS, 2),
            trust_entry(RECEIPT, 3),
            trust_entry(FUTURE_USE, 9),
        ],
        7: [
            {1: 1, 2: "status-1.cose", 3: STATUS.kid},
            {1: 2, 2: "status-2.cose", 3: STATUS.kid},
            {1: 999, 2: "status-999.cose", 3: STATUS.kid},
        ],
        8: [ORIGIN, SECOND_ORIGIN, LOCAL_ORIGIN],
    }
    for name, value in changes.items():
        claims[int(name[1:])] = value
    return {key: value for key, value in claims.items() if value is not None}


def trust_bytes(**changes: object) -> bytes:
    """A main trust list with changes, signed by two of the three roots."""
    return trust_list(main_trust(**changes), ROOTS[:2])


WORKED_TRUST = {
    1: 1,
    2: TRUST_ISSUED,
    3: NEXT_UPDATE,
    4: TRUST_EXPIRES,
    5: [2, [root.public for root in ROOTS]],
    6: [trust_entry(SIGNER, 1, f5=1_830_000_000), trust_entry(STATUS, 2, f5=1_830_000_000)],
    7: [{1: 1, 2: "status-1.cose", 3: STATUS.kid}],
    8: [ORIGIN],
}
"""The trust list that the format's page takes apart."""
WORKED_LST = bytes.fromhex("78daedc13101000000c2a0f54fed6d07a0") + bytes(254) + bytes.fromhex("de00003c0001")
"""262,144 bytes of zeros as zlib 1.2.13 compresses them: one block with codes of its own."""

TRUST = {
    "worked": (trust_list(WORKED_TRUST, ROOTS[:2]), NOW),
    "main": (trust_bytes(), NOW),
    "ahead-300": (trust_bytes(k2=NOW + 300), NOW),
    "ahead-301": (trust_bytes(k2=NOW + 301), NOW + 1),
    "demonstration": (trust_bytes(k9=1), NOW),
    "open-ended": (trust_bytes(k4=NOW + 2000 * DAY), NOW),
    "long-lists": (
        trust_bytes(
            k4=NOW + 2000 * DAY,
            k7=[
                {1: 1, 2: "status-1.cose", 3: STATUS.kid, 32: [30 * DAY, 300 * DAY]},
                {1: 2, 2: "status-2.cose", 3: STATUS.kid, 32: [60, 60]},
            ],
        ),
        NOW,
    ),
}
"""Name: the list's bytes, and when it was accepted (UTC seconds)."""

SMALL, LARGE = 32_768, 262_144
ENTRIES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 3, 5: 2, 6: 1, 7: 0, 131_071: 1, 1_048_575: 2}


def _list(
    number: int = 1,
    issued: int = STATUS_ISSUED,
    expires: int = STATUS_EXPIRES,
    ttl: int = DAY,
    entries=None,
    size: int = LARGE,
) -> bytes:
    lst = deflated(status_values(size, entries or {}))
    return status_list(STATUS, status_payload(f"{ORIGIN}/status-{number}.cose", issued, expires, ttl, lst))


WORKED_STATUS = status_list(
    STATUS, status_payload(f"{ORIGIN}/status-1.cose", STATUS_ISSUED, STATUS_EXPIRES, DAY, WORKED_LST)
)
STATUSES = {
    "worked": (1, WORKED_STATUS, NOW),
    "one": (1, _list(entries=ENTRIES), NOW),
    "one-revoked": (1, _list(entries={INDEX: 1}), NOW),
    "one-suspended": (1, _list(entries={INDEX: 2}), NOW),
    "one-replaced": (1, _list(entries={INDEX: 3}), NOW),
    "one-neighbours": (1, _list(entries={INDEX - 1: 1, INDEX + 1: 1, INDEX - 4: 1, INDEX + 4: 1}), NOW),
    "one-small": (1, _list(size=SMALL, entries={131_071: 0}), NOW),
    "one-long": (1, _list(expires=NOW + 900 * DAY), NOW),
    "one-ten-years": (1, _list(expires=NOW + 3650 * DAY, ttl=3650 * DAY), NOW),
    "one-suspended-ten-years": (1, _list(expires=NOW + 3650 * DAY, ttl=3650 * DAY, entries={INDEX: 2}), NOW),
    "two-ten-years": (2, _list(2, expires=NOW + 3650 * DAY, ttl=3650 * DAY), NOW),
    "one-ahead-300": (1, _list(issued=NOW + 300), NOW),
    "one-ahead-301": (1, _list(issued=NOW + 301), NOW + 1),
    "one-late": (1, _list(issued=NEXT_UPDATE, expires=NEXT_UPDATE + 7 * DAY), NEXT_UPDATE),
    "one-later": (1, _list(issued=TRUST_EXPIRES - 100, expires=TRUST_EXPIRES + 7 * DAY), TRUST_EXPIRES - 100),
    "two": (2, _list(2, size=SMALL), NOW),
    "two-ahead-301": (2, _list(2, issued=NOW + 301, size=SMALL), NOW + 1),
    "second-origin": (
        1,
        status_list(
            STATUS,
            status_payload(
                f"{SECOND_ORIGIN}/status-1.cose", STATUS_ISSUED, STATUS_EXPIRES, DAY, deflated(bytes(LARGE))
            ),
        ),
        NOW,
    ),
}
"""Name: the list's number, its bytes, and when it was accepted (UTC seconds)."""
