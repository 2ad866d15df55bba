"""What a trust list says, and its CBOR form (``docs/format.md`` §3)."""

import re
from dataclasses import dataclass, replace
from typing import Any

from keys import cbor, ed25519, latin
from keys.errors import FormError
from keys.roots import RootSet

USE_ATTESTATION, USE_STATUS, USE_RECEIPT = 1, 2, 3
USE_COUNTERSIGN = 4
"""Countersignatures of receipts: an entry that acceptance does not look into, like every use from here on."""
STATE_IN_USE, STATE_RETIRED, STATE_REVOKED = 1, 2, 3

DEPARTMENT = re.compile(r"[0-9]{2}|2[AB]|9[78][0-9]", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(
    rf"(?:https://({_LABEL}(?:\.{_LABEL})*)|http://(?:localhost|127\.0\.0\.1))(?::([1-9][0-9]{{0,4}}))?", re.ASCII
)
_PATH = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", re.ASCII)
_MAX_HOST, _MAX_PORT = 253, 65_535

UINT_LIMIT = 1 << 53
"""Every uint without a narrower range is below this."""
AT_MOST_AHEAD = 300
"""Seconds a list may be issued after now."""
HASH_LENGTH = 32
EXTENSIONS_FROM = 32
"""Integer keys from here on are extensions: part of what is signed, and ignored unless this version knows them."""
LONGEST = 32
"""The extension of an entry of key 7: the longest life of that list, ``[ttl, lifetime]`` in seconds."""
GENUINE = 32
"""The extension of an entry of key 6: the list of the genuine of a revoked key, ``[path, hash]``."""
SEALS = 32
"""The extension of the list: where the list of seal certificates is and whose it is, ``{1: path, 2: kid}``."""
Extensions = tuple[tuple[int, bytes], ...]
"""Extensions by label, each value as its CBOR encoding: carried from list to list, known or not."""


def is_origin(value: object) -> bool:
    """Whether it is an origin of a trust list, in the one form that a browser gives it (RFC 6454 §6.2): a host of
    labels of 1 to 63 characters (RFC 1123 §2.1), at most 253 in all, and a port up to 65535 that is not the scheme's.
    """
    found = _ORIGIN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    host, port = found.groups()
    default = "80" if host is None else "443"
    return len(host or "") <= _MAX_HOST and (port is None or (port != default and int(port) <= _MAX_PORT))


def is_path(value: object) -> bool:
    """Whether it is a path below an origin: names with slashes between them, none of them ``.`` or ``..``."""
    return isinstance(value, str) and bool(_PATH.fullmatch(value)) and not {".", ".."} & set(value.split("/"))


@dataclass(frozen=True)
class TrustedKey:
    """One entry of key 6. ``kid`` 8 bytes, ``public_key`` 32 bytes; the window is UTC seconds, both ends
    included, for the iat of what it signs; ``authority`` 1..120 code points; ``departments`` empty means all.
    """

    kid: bytes
    public_key: bytes
    use: int
    not_before: int
    not_after: int
    state: int
    authority: str
    departments: tuple[str, ...] = ()
    extensions: Extensions = ()

    @property
    def genuine(self) -> tuple[str, bytes] | None:
        """The path of the index of this key's list of the genuine, and its SHA-256 (32 bytes); None: there is none."""
        value = dict(self.extensions).get(GENUINE)
        if value is None:
            return None
        named: Any = cbor.decode(value)
        path, digest = named
        return path, digest

    def signs_at(self, now: int) -> bool:
        """Whether this key may sign at UTC second ``now``: it is in use, within its window."""
        return self.state == STATE_IN_USE and self.spans(now)

    def spans(self, moment: int) -> bool:
        """Whether its window holds this UTC second."""
        return self.not_before <= moment <= self.not_after

    def covers(self, department: str | None) -> bool:
        """Whether it signs for this département."""
        return not self.departments or department in self.departments


@dataclass(frozen=True)
class StatusListEntry:
    """One entry of key 7: the list's number (1..999), its path relative to the origin, the 8-byte kid of its key of use
    2.
    """

    number: int
    path: str
    kid: bytes
    extensions: Extensions = ()

    @property
    def longest(self) -> tuple[int, int] | None:
        """The life that the roots allow this list, ``(ttl, lifetime)`` in seconds; None: the format's."""
        value = dict(self.extensions).get(LONGEST)
        if value is None:
            return None
        longest: Any = cbor.decode(value)
        ttl, lifetime = longest
        return ttl, lifetime


@dataclass(frozen=True)
class SealsEntry:
    """Where the list of seal certificates lies, relative to the origin, and the 8-byte kid of its key of use 2."""

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
    extensions: Extensions = ()
    later_keys: tuple[bytes, ...] = ()
    """Entries of key 6 of a use that this version does not know, each as its CBOR encoding."""

    @property
    def seals(self) -> SealsEntry | None:
        """The list of seal certificates, or None: an extension of another form names nothing."""
        value = dict(self.extensions).get(SEALS)
        match cbor.decode(value) if value is not None else None:
            case {1: str() as path, 2: bytes() as kid, **more} if (
                not more and is_path(path) and len(kid) == ed25519.KID_LENGTH
            ):
                return SealsEntry(path, kid)
        return None

    @property
    def countersigners(self) -> tuple[TrustedKey, ...]:
        """The keys of use 4 that are in form; one that is not names no key and is no fault of the list."""
        found = []
        for written in map(cbor.decode, self.later_keys):
            try:
                key = _trusted_key(written)
                in_form = key.kid == ed25519.kid(key.public_key) and ed25519.is_prime_order_point(key.public_key)
            except FormError:
                continue
            if key.use == USE_COUNTERSIGN and in_form:
                found.append(key)
        return tuple(found)

    def with_countersigner(self, key: TrustedKey) -> "TrustContent":
        """The content with this key of use 4, in place of the one of the same kid."""
        others = [one for one in self.later_keys if cbor.decode(one).get(1) != key.kid]  # type: ignore[attr-defined]
        return replace(self, later_keys=(*others, cbor.encode(_key_map(key))))

    def key(self, kid: bytes) -> TrustedKey | None:
        """The key with this 8-byte kid, or None."""
        return next((key for key in self.keys if key.kid == kid), None)

    def status_list(self, number: int) -> StatusListEntry | None:
        """Where the status list with this number is, or None."""
        return next((status_list for status_list in self.status_lists if status_list.number == number), None)


def encode_payload(content: TrustContent) -> bytes:
    """The deterministic CBOR of ``content``. Raises FormError when it would not be accepted for its form."""
    payload: dict[int, object] = {
        1: content.version,
        2: content.issued,
        3: content.next_update,
        4: content.expires,
        5: [content.roots.threshold, list(content.roots.keys)],
        6: [*map(_key_map, content.keys), *map(cbor.decode, content.later_keys)],
        7: [
            {1: status_list.number, 2: status_list.path, 3: status_list.kid} | _decoded(status_list.extensions)
            for status_list in content.status_lists
        ],
        8: list(content.origins),
    } | _decoded(content.extensions)
    if content.demonstration:
        payload[9] = 1
    encoded = cbor.encode(payload)
    content_from(cbor.decode(encoded))
    return encoded


def _key_map(key: TrustedKey) -> dict[int, object]:
    return {
        1: key.kid,
        2: key.public_key,
        3: key.use,
        4: key.not_before,
        5: key.not_after,
        6: key.state,
        7: key.authority,
        8: list(key.departments),
    } | _decoded(key.extensions)


def _decoded(extensions: Extensions) -> dict[int, object]:
    return {label: cbor.decode(value) for label, value in extensions}


def _extensions(value: dict[int, Any]) -> Extensions:
    return tuple((label, cbor.encode(value[label])) for label in sorted(value) if label >= EXTENSIONS_FROM)


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
    listed = _list(fields[6], "The keys")
    entries = tuple(_trusted_key(entry) for entry in listed if not _of_later_use(entry))
    lists = tuple(map(_status_entry, _list(fields[7], "The status lists")))
    status_kids = {entry.kid for entry in entries if entry.use == USE_STATUS}
    if len({entry.number for entry in lists}) != len(lists):
        raise FormError("A status list number stands twice.")
    if len({entry.path for entry in lists}) != len(lists):
        raise FormError("The path of a status list stands twice.")
    if any(entry.kid not in status_kids for entry in lists):
        raise FormError("A status list names a kid that is no key of use 2.")
    origins = _list(fields[8], "The origins")
    if not origins or not all(map(is_origin, origins)):
        raise FormError("The origins are not lower-case https:// addresses without a trailing slash.")
    if len(set(origins)) != len(origins):
        raise FormError("An origin stands twice.")
    return TrustContent(
        version=fields[1],
        issued=fields[2],
        next_update=fields[3],
        expires=fields[4],
        roots=roots,
        keys=entries,
        status_lists=lists,
        origins=tuple(origins),
        demonstration=9 in fields,
        extensions=_extensions(fields),
        later_keys=tuple(cbor.encode(entry) for entry in listed if _of_later_use(entry)),
    )


def _of_later_use(value: object) -> bool:
    return (
        isinstance(value, dict)
        and _is_uint(value.get(3))
        and value[3] not in (USE_ATTESTATION, USE_STATUS, USE_RECEIPT)
    )


def _trusted_key(value: object) -> TrustedKey:
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
    match fields.get(GENUINE, ["-", bytes(HASH_LENGTH)]):
        case [str() as path, bytes() as digest] if is_path(path) and len(digest) == HASH_LENGTH:
            pass
        case _:
            raise FormError("The list of the genuine of a key is not [path, hash].")
    return TrustedKey(kid, key, use, not_before, not_after, state, authority, tuple(codes), _extensions(fields))


def _status_entry(value: object) -> StatusListEntry:
    fields = _fields(value, required=range(1, 4), optional=(), where="A status list entry")
    number, path, kid = fields[1], fields[2], fields[3]
    if not 1 <= _uint(number, "The number of a status list") <= 999:
        raise FormError("The number of a status list is 1 to 999.")
    if not is_path(path):
        raise FormError("The path of a status list is not a relative path of plain names.")
    if not isinstance(kid, bytes) or len(kid) != ed25519.KID_LENGTH:
        raise FormError("The kid of a status list is not 8 bytes.")
    match fields.get(LONGEST, [1, 1]):
        case [ttl, lifetime] if _is_uint(ttl) and _is_uint(lifetime):
            return StatusListEntry(number, path, kid, _extensions(fields))
    raise FormError("The longest life of a status list is not [ttl, lifetime] in seconds.")


def _fields(value: object, required: range, optional: tuple[int, ...], where: str) -> dict[int, Any]:
    if not isinstance(value, dict):
        raise FormError(f"{where} is not a map.")
    for label in required:
        if label not in value:
            raise FormError(f"{where} lacks key {label}.")
    for label in value:
        if type(label) is not int or (label not in required and label not in optional and label < EXTENSIONS_FROM):
            raise FormError(f"{where} has the key {str(label)[:20]!r}, which is not defined.")
    return value


def _list(value: object, where: str) -> list[Any]:
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
