"""Bytes for the test vectors, right and wrong, written without any code of the project.

A second implementation of the wire format in its own words: what the project reads was not made by
the project. Signing is that of the ``cryptography`` library, or of ``curve`` for crooked signatures.
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TOKEN_TYP = "application/wif+cwt"
STATUS_TYP = "application/statuslist+cwt"
TRUST_TYP = "application/wif-trust+cbor"


@dataclass(frozen=True)
class Raw:
    """Bytes that go in as they are, wherever a CBOR item may stand."""

    data: bytes


@dataclass(frozen=True)
class Pairs:
    """A CBOR map whose pairs keep their order and may repeat."""

    items: tuple


def head(major: int, argument: int, width: int | None = None) -> bytes:
    """A CBOR head; ``width`` (1, 2, 4 or 8 bytes) makes the argument longer than it needs to be."""
    if width is None:
        if argument < 24:
            return bytes([major << 5 | argument])
        width = 1 if argument < 1 << 8 else 2 if argument < 1 << 16 else 4 if argument < 1 << 32 else 8
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + argument.to_bytes(width, "big")


def item(value: object) -> bytes:
    """The CBOR of a value: deterministic, except where it holds Raw, Pairs, booleans, None or floats."""
    if isinstance(value, Raw):
        return value.data
    if isinstance(value, Pairs):
        return head(5, len(value.items)) + b"".join(item(key) + item(inner) for key, inner in value.items)
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(item, value))
    if isinstance(value, dict):
        pairs = sorted((item(key), item(inner)) for key, inner in value.items())
        return head(5, len(pairs)) + b"".join(key + inner for key, inner in pairs)
    raise TypeError(type(value).__name__)


class Key:
    """A test key. Its seed is the SHA-256 of its name: nothing signed with it means anything."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seed = hashlib.sha256(b"work-in-france test key: " + name.encode()).digest()
        self._private = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = self._private.public_key().public_bytes_raw()
        self.kid = hashlib.sha256(self.public).digest()[:8]

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        return self._private.sign(message)


def sign1_header(kid: bytes, typ: str) -> bytes:
    """The protected header of a token or of a status list."""
    return bytes.fromhex("a3 01 27 04 48") + kid + b"\x10" + item(typ)


def to_be_signed(protected: bytes, payload: bytes, context: str = "Signature1", external: bytes = b"") -> bytes:
    """The Sig_structure of a COSE_Sign1."""
    return item([context, protected, external, payload])


def sign1(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """A tagged COSE_Sign1."""
    return b"\xd2" + item([protected, {}, payload, signature])


def text_of(origin: str, kid: bytes, signature: bytes, payload: bytes, first: int = 1, version: str = "1") -> str:
    """The QR text of the three varying parts."""
    number = int.from_bytes(bytes([first]) + kid + signature + payload, "big")
    return f"{origin.upper()}/#{version}{number}"


def token_text(origin: str, key: Key, payload: bytes, kid: bytes | None = None, signed: bytes | None = None) -> str:
    """The QR text of a signed payload. ``kid`` and ``signed`` replace what is claimed and what is signed."""
    message = to_be_signed(sign1_header(key.kid, TOKEN_TYP), payload) if signed is None else signed
    return text_of(origin, key.kid if kid is None else kid, key.sign(message), payload)


def deflated(data: bytes) -> bytes:
    """A zlib stream (RFC 1950, RFC 1951) of one block with fixed codes and runs only: the same bytes on every
    machine.
    """
    bits, count = 0, 0

    def put(value: int, width: int) -> None:
        nonlocal bits, count
        bits |= value << count
        count += width

    def code(value: int, width: int) -> None:
        put(int(f"{value:0{width}b}"[::-1], 2), width)

    def symbol(value: int) -> None:
        if value < 144:
            code(0x30 + value, 8)
        elif value < 256:
            code(0x190 + value - 144, 9)
        elif value < 280:
            code(value - 256, 7)
        else:
            code(0xC0 + value - 280, 8)

    put(0b011, 3)
    at = 0
    while at < len(data):
        byte = data[at]
        end = at + 1
        while end < len(data) and data[end] == byte:
            end += 1
        symbol(byte)
        run = end - at - 1
        while run >= 258:
            symbol(285)
            code(0, 5)
            run -= 258
        for _ in range(run):
            symbol(byte)
        at = end
    symbol(256)
    body = bits.to_bytes((count + 7) // 8, "little")
    return b"\x78\x01" + body + zlib.adler32(data).to_bytes(4, "big")


def status_values(size: int, entries: dict[int, int]) -> bytes:
    """A list of ``size`` bytes with 2-bit entries, least significant first."""
    values = bytearray(size)
    for index, value in entries.items():
        values[index // 4] |= value << 2 * (index % 4)
    return bytes(values)


def status_payload(uri: str, issued: int, expires: int, ttl: int, lst: bytes) -> dict:
    """The claims of a status list; ``lst`` is the zlib stream."""
    return {2: uri, 4: expires, 6: issued, 65533: {"lst": lst, "bits": 2}, 65534: ttl}


def status_list(key: Key, claims: object, typ: str = STATUS_TYP, kid: bytes | None = None) -> bytes:
    """A signed status list."""
    payload = item(claims)
    protected = sign1_header(key.kid if kid is None else kid, typ)
    return sign1(protected, payload, key.sign(to_be_signed(protected, payload)))


def trust_entry(key: Key, use: int, **changes: object) -> dict:
    """An entry of key 6 of a trust list. Changes are named f1 … f8 after the entry's keys, or f32 and so on."""
    entry: dict = {1: key.kid, 2: key.public, 3: use, 4: 0, 5: 4_000_000_000, 6: 1, 7: "Préfecture d'exemple", 8: []}
    entry.update({int(name[1:]): value for name, value in changes.items()})
    return entry


def root_signature(key: Key, payload: bytes, body: bytes | None = None, header: bytes | None = None) -> list:
    """One COSE_Signature of a trust list, as the array that goes into it."""
    body = item({16: TRUST_TYP}) if body is None else body
    protected = bytes.fromhex("a201270448") + key.kid if header is None else header
    return [protected, {}, key.sign(item(["Signature", body, protected, b"", payload]))]


def trust_list(
    claims: object, roots: list, signatures: list | None = None, body: bytes | None = None, tag: bytes = b"\xd8\x62"
) -> bytes:
    """A trust list signed by ``roots``, or with the given COSE_Signatures."""
    payload = item(claims)
    body = item({16: TRUST_TYP}) if body is None else body
    rows = [root_signature(root, payload, body) for root in roots] if signatures is None else signatures
    return tag + item([body, {}, payload, rows])
