"""The status list: a profile of Token Status List in CWT form (``docs/format.md`` §4). Pure: the time is an argument.

Acceptance, in this order; the first that fails names the refusal: ``form``, ``unlisted`` (the trust list
names no such list), ``signer`` (another kid, or its key is not of use 2 or is revoked), ``window`` (iat outside
the key's), ``uri`` (claim 2 is no listed origin + path), ``signature``, ``future``, ``rollback``.
"""

import zlib
from dataclasses import dataclass, field
from typing import Any

from keys import cbor, cose, ed25519
from keys.errors import FormError, StatusRefused
from keys.signer import Signer
from keys.trust_content import AT_MOST_AHEAD, STATE_REVOKED, UINT_LIMIT, USE_STATUS, StatusListEntry, TrustContent

TYP = "application/statuslist+cwt"
LABEL_SUBJECT, LABEL_EXPIRES, LABEL_ISSUED_AT, LABEL_STATUS_LIST, LABEL_TTL = 2, 4, 6, 65533, 65534
BITS = 2
VALID, REVOKED, SUSPENDED, REPLACED = 0, 1, 2, 3
MIN_BYTES, MAX_BYTES = 32_768, 262_144
"""Inflated length of a list: at least 131,072 entries, at most 1,048,576."""
DEFAULT_TTL = 24 * 3600
DEFAULT_LIFETIME = 7 * 24 * 3600
MAX_TTL = 7 * 24 * 3600
MAX_LIFETIME = 31 * 24 * 3600
"""Seconds that a list may count as fresh, and live, whatever it says: so long a stolen status key can be used. The
roots may allow a list more (extension 32 of its entry in the trust list)."""

_STRATEGIES = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_RLE)


@dataclass(frozen=True)
class StatusList:
    """An accepted status list. Times are UTC seconds, ``ttl`` seconds; ``values`` holds four entries a byte,
    least significant first; ``payload`` and ``cose`` are its exact bytes.
    """

    number: int
    uri: str
    kid: bytes
    issued_at: int
    expires: int
    ttl: int
    values: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    cose: bytes = field(repr=False)

    def value(self, index: int) -> int | None:
        """The 2-bit value of an entry, or None when the list does not hold the index."""
        if index >= len(self.values) * 4:
            return None
        return self.values[index >> 2] >> (index & 3) * BITS & 3


def longest(status_list: StatusListEntry) -> tuple[int, int]:
    """The seconds, ``(ttl, lifetime)``, beyond which nothing that this list says of itself counts."""
    ttl, lifetime = status_list.longest or (0, 0)
    return max(ttl, MAX_TTL), max(lifetime, MAX_LIFETIME)


def life(listed: StatusList, trust: TrustContent) -> tuple[int, int]:
    """The effective ttl in seconds and the effective expiry in UTC seconds of an accepted list under ``trust``."""
    status_list = trust.status_list(listed.number)
    ttl, lifetime = longest(status_list) if status_list else (MAX_TTL, MAX_LIFETIME)
    return min(listed.ttl, ttl), min(listed.expires, listed.issued_at + lifetime)


def set_value(values: bytearray, index: int, value: int) -> None:
    """Write the 2-bit ``value`` of one entry into ``values``."""
    shift = (index & 3) * BITS
    values[index >> 2] = values[index >> 2] & ~(3 << shift) | value << shift


def compress(values: bytes) -> bytes:
    """The zlib form (RFC 1950) of a list's bytes: the shortest of a few strategies at level 9."""
    return min((_compress(values, strategy) for strategy in _STRATEGIES), key=len)


def _compress(values: bytes, strategy: int) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, strategy)
    return machine.compress(values) + machine.flush()


def inflate(data: bytes) -> bytes:
    """Inflate a list, never beyond 262,144 bytes. Raises FormError: broken, more, trailing bytes, under 32,768
    bytes.
    """
    machine = zlib.decompressobj()
    try:
        values = machine.decompress(data, MAX_BYTES + 1)
    except zlib.error:
        raise FormError("The compressed list is broken.") from None
    if len(values) > MAX_BYTES or not machine.eof or machine.unused_data:
        raise FormError("The compressed list is too long, cut short, or followed by other bytes.")
    if len(values) < MIN_BYTES:
        raise FormError(f"The list is shorter than {MIN_BYTES} bytes.")
    return values


def make(uri: str, issued_at: int, expires: int, ttl: int, values: bytes, signer: Signer) -> bytes:
    """The signed list: a tagged COSE_Sign1. ``values`` is 32,768 to 262,144 bytes; times are UTC seconds."""
    if not MIN_BYTES <= len(values) <= MAX_BYTES:
        raise FormError(f"A status list is {MIN_BYTES} to {MAX_BYTES} bytes before compression.")
    payload = cbor.encode(
        {
            LABEL_SUBJECT: uri,
            LABEL_EXPIRES: expires,
            LABEL_ISSUED_AT: issued_at,
            LABEL_STATUS_LIST: {"lst": compress(values), "bits": BITS},
            LABEL_TTL: ttl,
        }
    )
    protected = cose.protected_header(signer.kid, TYP)
    return cose.build_sign1(protected, payload, signer.sign(cose.sign1_structure(protected, payload)))


def read(data: bytes, number: int) -> StatusList:
    """Read a status list without trusting it: its form only. Raises StatusRefused ``form``."""
    try:
        return _read(data, number)
    except FormError as error:
        raise StatusRefused("form", f"This is not a status list. {error}") from None


def _read(data: bytes, number: int) -> StatusList:
    sign1 = cose.parse_sign1(data)
    kid = sign1.protected[5 : 5 + ed25519.KID_LENGTH]
    if len(kid) != ed25519.KID_LENGTH or sign1.protected != cose.protected_header(kid, TYP):
        raise FormError("Its protected header is not that of a status list.")
    claims: Any = cbor.decode(sign1.payload)
    match claims:
        case {
            2: str() as uri,
            4: expires,
            6: issued_at,
            65533: {"lst": bytes() as lst, "bits": 2 as bits},
            65534: ttl,
        } if (
            len(claims) == 5
            and len(claims[LABEL_STATUS_LIST]) == 2
            and type(bits) is int
            and all(type(value) is int and 0 <= value < UINT_LIMIT for value in (expires, issued_at, ttl))
        ):
            return StatusList(number, uri, kid, issued_at, expires, ttl, inflate(lst), sign1.payload, data)
    raise FormError("Its claims are not exactly 2, 4, 6, 65533 and 65534 of a 2-bit list.")


def check_against(listed: StatusList, trust: TrustContent) -> None:
    """What must hold again whenever the trust list changes: signer, window and claim 2. Raises StatusRefused."""
    status_list = trust.status_list(listed.number)
    if status_list is None:
        raise StatusRefused("unlisted", f"The trust list names no status list {listed.number}.")
    key = trust.key(status_list.kid)
    if listed.kid != status_list.kid or key is None or key.use != USE_STATUS or key.state == STATE_REVOKED:
        raise StatusRefused("signer", "This status list is not signed by the key that the trust list names for it.")
    if not key.spans(listed.issued_at):
        raise StatusRefused("window", "This status list was issued outside the window of its key.")
    if listed.uri not in {f"{origin}/{status_list.path}" for origin in trust.origins}:
        raise StatusRefused("uri", "This status list is that of another address.")


def accept(data: bytes, number: int, trust: TrustContent, held: StatusList | None, now: int) -> StatusList:
    """Accept a fetched status list, or raise StatusRefused with the first failing rule's code.

    ``now`` is UTC seconds. Bytes identical to the held list's give the held list back: nothing to do.
    """
    listed = read(data, number)
    check_against(listed, trust)
    sign1 = cose.parse_sign1(data)
    key = trust.key(listed.kid)
    if key is None or not ed25519.verify_checked(
        key.public_key, cose.sign1_structure(sign1.protected, sign1.payload), sign1.signature
    ):
        raise StatusRefused("signature", "The signature of this status list does not hold.")
    if listed.issued_at > now + AT_MOST_AHEAD:
        raise StatusRefused("future", "This status list was issued in the future. Check this device's clock.")
    if held is not None:
        if data == held.cose:
            return held
        if listed.issued_at <= held.issued_at:
            raise StatusRefused(
                "rollback", "This status list is not newer than the one you hold. Keep the one you hold."
            )
    return listed
