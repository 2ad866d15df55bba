"""COSE_Sign1 and COSE_Sign (RFC 9052 §4), built and taken apart, in deterministic CBOR.

Unprotected headers are always the empty map. Protected headers are compared as bytes by the
callers: each structure of the format has exactly one allowed protected header.
"""

from dataclasses import dataclass
from functools import lru_cache

from keys import cbor
from keys.errors import FormError

TAG_SIGN1 = b"\xd2"
"""Tag 18 (RFC 9052 §4.2)."""
TAG_SIGN = b"\xd8\x62"
"""Tag 98 (RFC 9052 §4.1)."""

ALG = 1
KID = 4
TYP = 16
"""The COSE header parameter ``typ`` (RFC 9596)."""
EDDSA = -8
"""RFC 9053 §2.2."""


@dataclass(frozen=True)
class Sign1:
    """A COSE_Sign1 taken apart: its protected header bytes, payload bytes and signature (64 bytes are not checked
    here).
    """

    protected: bytes
    payload: bytes
    signature: bytes


@dataclass(frozen=True)
class SignatureOf:
    """One COSE_Signature of a COSE_Sign: protected header bytes and signature bytes."""

    protected: bytes
    signature: bytes


@dataclass(frozen=True)
class Sign:
    """A COSE_Sign taken apart."""

    protected: bytes
    payload: bytes
    signatures: tuple[SignatureOf, ...]


@lru_cache(maxsize=256)
def protected_header(kid: bytes | None, typ: str | None) -> bytes:
    """The encoded protected header ``{1: -8, 4: kid, 16: typ}``; without a kid there is no alg either (a COSE_Sign
    body).
    """
    header: dict[int, object] = {}
    if kid is not None:
        header[ALG] = EDDSA
        header[KID] = kid
    if typ is not None:
        header[TYP] = typ
    return cbor.encode(header)


def sign1_structure(protected: bytes, payload: bytes) -> bytes:
    """The bytes a COSE_Sign1 signs: ``["Signature1", protected, h'', payload]`` (RFC 9052 §4.4)."""
    return cbor.encode(["Signature1", protected, b"", payload])


def sign_structure(body_protected: bytes, sign_protected: bytes, payload: bytes) -> bytes:
    """The bytes one signer of a COSE_Sign signs: ``["Signature", body, sign, h'', payload]``."""
    return cbor.encode(["Signature", body_protected, sign_protected, b"", payload])


def build_sign1(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """The tagged COSE_Sign1 with an empty unprotected header."""
    return TAG_SIGN1 + cbor.encode([protected, {}, payload, signature])


def parse_sign1(data: bytes) -> Sign1:
    """Take a tagged COSE_Sign1 apart. Raises FormError for anything but the one deterministic form."""
    if data[:1] != TAG_SIGN1:
        raise FormError("This is not a tagged COSE_Sign1.")
    match cbor.decode(data[1:]):
        case [bytes() as protected, dict() as unprotected, bytes() as payload, bytes() as signature] if not unprotected:
            return Sign1(protected, payload, signature)
    raise FormError("This COSE_Sign1 is not [protected, {}, payload, signature].")


def build_sign(body_protected: bytes, payload: bytes, signatures: list[SignatureOf]) -> bytes:
    """The tagged COSE_Sign with empty unprotected headers."""
    return TAG_SIGN + cbor.encode([body_protected, {}, payload, [[s.protected, {}, s.signature] for s in signatures]])


def parse_sign(data: bytes) -> Sign:
    """Take a tagged COSE_Sign apart. Raises FormError for anything but the one deterministic form."""
    if data[:2] != TAG_SIGN:
        raise FormError("This is not a tagged COSE_Sign.")
    match cbor.decode(data[2:]):
        case [bytes() as protected, dict() as unprotected, bytes() as payload, list() as rows] if not unprotected:
            return Sign(protected, payload, tuple(_signature(row) for row in rows))
    raise FormError("This COSE_Sign is not [protected, {}, payload, [signatures]].")


def _signature(row: object) -> SignatureOf:
    match row:
        case [bytes() as protected, dict() as unprotected, bytes() as signature] if not unprotected:
            return SignatureOf(protected, signature)
    raise FormError("A COSE_Signature is not [protected, {}, signature].")
