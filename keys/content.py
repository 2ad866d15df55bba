"""What a trust list says, and its CBOR form (``docs/format.md`` §3)."""

import re
from dataclasses import dataclass

from keys import cbor, ed25519, latin
from keys.errors import FormError
from keys.roots import RootSet

USE_ATTESTATION, USE_STATUS, USE_RECEIPT = 1, 2, 3
STATE_IN_USE, STATE_RETIRED, STATE_REVOKED = 1, 2, 3

DEPARTMENT = re.compile(r"[0-9]{2}|2[AB]|9[78][0-9]", re.ASCII)
ORIGIN = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?", re.ASCII)
PATH = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", re.ASCII)

UINT_LIMIT = 1 << 53
"""Every uint without a narrower range is below this."""
AT_MOST_AHEAD = 300
"""Seconds a list may be issued after now."""
EXTENSIONS_FROM = 32
"""Integer keys from here on are extensions: ignored, and part of what is signed."""


@dataclass(frozen=True)
class TrustedKey:
    """One entry of key 6. ``kid`` 8 bytes, ``public_key`` 32 bytes; the window is UTC seconds, both ends
    included, for the iat of what it signs; ``authority`` 1..120 code points; ``departments`` empty means all."""

    kid: bytes
    public_key: bytes
    use: int
    not_before: int
    not_after: int
    state: int
    authority: str
    departments: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatusListEntry:
    """One entry of key 7: the list's number (1..999), its path relative to the origin, the 8-byte kid of its key of use 2."""

    number: int
    path: str
    kid: bytes


@dataclass(frozen=True)
class TrustContent:
    """The payload of a trust list, in words. Times are UTC seconds."""

    version: int
    issued: int
    next_update: int
    expires: int
    roots: RootSet
    keys: tuple[TrustedKey, ...]
    status_lists: tuple[StatusListEntry, ...]
    origins: tuple[str, ...]
    demonstration: bool = False

    def key(self, kid: bytes) -> TrustedKey | None:
        """The entry with this 8-byte kid, or None."""
        return next((entry for entry in self.keys if entry.kid == kid), None)

    def status_list(self, number: int) -> StatusListEntry | None:
        """The entry of the status list with this number, or None."""
        return next((entry for entry in self.status_lists if entry.number == number), None)


def encode_payload(content: TrustContent) -> bytes:
    """The deterministic CBOR of ``content``. Raises FormError when it would not be accepted for its form."""
    payload: dict = {
        1: content.version,
        2: content.issued,
        3: content.next_update,
        4: content.expires,
        5: [content.roots.threshold, list(content.roots.keys)],
        6: [_key_map(entry) for entry in content.keys],
        7: [{1: entry.number, 2: entry.path, 3: entry.kid} for entry in content.status_lists],
        8: list(content.origins),
    }
    if content.demonstration:
        payload[9] = 1
    encoded = cbor.encode(payload)
    content_from(cbor.decode(encoded))
    return encoded


def _key_map(entry: TrustedKey) -> dict:
    return {
        1: entry.kid,
        2: entry.public_key,
        3: entry.use,
        4: entry.not_before,
        5: entry.not_after,
        6: entry.state,
        7: entry.authority,
        8: list(entry.departments),
    }


def content_from(value: object) -> TrustContent:
    """Check a decoded payload against the tables. Raises FormError naming the field."""
    fields = _fields(value, required=range(1, 9), optional=(9,), where="The trust list")
    if 9 in fields and fields[9] != 1:
        raise FormError("The demonstration mark of the trust list is not 1.")
    for label in (1, 2, 3, 4):
        _uint(fields[label], f"Key {label} of the trust list")
    match fields[5]:
        case [int() as threshold, list() as keys] if all(isinstance(key, bytes) for key in keys):
            roots = RootSet(threshold, tuple(keys))
        case _:
            raise FormError("The roots are not [threshold, [public key, …]].")
    entries = tuple(entry for entry in map(_trusted_key, _list(fields[6], "The keys")) if entry)
    lists = tuple(map(_status_entry, _list(fields[7], "The status lists")))
    status_kids = {entry.kid for entry in entries if entry.use == USE_STATUS}
    if len({entry.number for entry in lists}) != len(lists):
        raise FormError("A status list number stands twice.")
    if any(entry.kid not in status_kids for entry in lists):
        raise FormError("A status list names a kid that is no key of use 2.")
    origins = _list(fields[8], "The origins")
    if not origins or not all(isinstance(origin, str) and ORIGIN.fullmatch(origin) for origin in origins):
        raise FormError("The origins are not lower-case https:// addresses without a trailing slash.")
    return TrustContent(fields[1], fields[2], fields[3], fields[4], roots, entries, lists, tuple(origins), 9 in fields)


def _trusted_key(value: object) -> TrustedKey | None:
    if (
        isinstance(value, dict)
        and _is_uint(value.get(3))
        and value[3] not in (USE_ATTESTATION, USE_STATUS, USE_RECEIPT)
    ):
        return None
    fields = _fields(value, required=range(1, 9), optional=(), where="A key of the trust list")
    kid, key, use, not_before, not_after, state, authority, departments = (fields[label] for label in range(1, 9))
    _uint(use, "The use of a key")
    _uint(not_before, "Not before of a key")
    _uint(not_after, "Not after of a key")
    if not_before > not_after:
        raise FormError("A key's window ends before it begins.")
    if _uint(state, "The state of a key") not in (STATE_IN_USE, STATE_RETIRED, STATE_REVOKED):
        raise FormError("The state of a key is 1, 2 or 3.")
    if not isinstance(kid, bytes) or len(kid) != ed25519.KID_LENGTH:
        raise FormError("A kid is not 8 bytes.")
    if not isinstance(key, bytes) or len(key) != ed25519.PUBLIC_KEY_LENGTH:
        raise FormError("A public key is not 32 bytes.")
    if not isinstance(authority, str) or not latin.follows(authority, 1, 120):
        raise FormError("The authority of a key breaks the text rule or is not 1 to 120 characters long.")
    codes = _list(departments, "The départements of a key")
    if not all(isinstance(code, str) and DEPARTMENT.fullmatch(code) for code in codes) or len(set(codes)) != len(codes):
        raise FormError("The départements of a key are not distinct département codes.")
    return TrustedKey(kid, key, use, not_before, not_after, state, authority, tuple(codes))


def _status_entry(value: object) -> StatusListEntry:
    fields = _fields(value, required=range(1, 4), optional=(), where="A status list entry")
    number, path, kid = fields[1], fields[2], fields[3]
    if not 1 <= _uint(number, "The number of a status list") <= 999:
        raise FormError("The number of a status list is 1 to 999.")
    if not isinstance(path, str) or not PATH.fullmatch(path):
        raise FormError("The path of a status list is not a relative path of plain names.")
    if not isinstance(kid, bytes) or len(kid) != ed25519.KID_LENGTH:
        raise FormError("The kid of a status list is not 8 bytes.")
    return StatusListEntry(number, path, kid)


def _fields(value: object, required: range, optional: tuple[int, ...], where: str) -> dict:
    if not isinstance(value, dict):
        raise FormError(f"{where} is not a map.")
    for label in required:
        if label not in value:
            raise FormError(f"{where} lacks key {label}.")
    for label in value:
        if type(label) is not int or (label not in required and label not in optional and label < EXTENSIONS_FROM):
            raise FormError(f"{where} has the key {str(label)[:20]!r}, which is not defined.")
    return value


def _list(value: object, where: str) -> list:
    if not isinstance(value, list):
        raise FormError(
            f"{where} of the trust list are not an array." if where[:3] == "The" else f"{where} is not an array."
        )
    return value


def _is_uint(value: object) -> bool:
    return type(value) is int and 0 <= value < UINT_LIMIT


def _uint(value: object, where: str) -> int:
    if not _is_uint(value):
        raise FormError(f"{where} is not an unsigned integer below 2^53.")
    return value  # type: ignore[return-value]
