"""The attestation token: a COSE_Sign1 of which only kid, signature and payload vary (``docs/format.md`` §1)."""

from dataclasses import dataclass

from issuer.attestation.claims import MAX_PAYLOAD, MIN_PAYLOAD
from keys import cose, ed25519
from keys.errors import FormError
from keys.signer import Signer

TYP = "application/wif+cwt"


@dataclass(frozen=True)
class Parts:
    """What a QR carries of a token: kid (8 bytes), signature (64 bytes), payload (24..800 bytes)."""

    kid: bytes
    signature: bytes
    payload: bytes


def signed_bytes(kid: bytes, payload: bytes) -> bytes:
    """The Sig_structure of a token (RFC 9052 §4.4)."""
    return cose.sign1_structure(cose.protected_header(kid, TYP), payload)


def sign(payload: bytes, signer: Signer) -> bytes:
    """The whole token: a tagged COSE_Sign1. Raises FormError unless the payload is 24 to 800 bytes."""
    return join(sign_parts(payload, signer))


def sign_parts(payload: bytes, signer: Signer) -> Parts:
    """The parts of a new token, for :func:`join` and the QR text. Raises FormError unless the payload is 24 to 800
    bytes.
    """
    if not MIN_PAYLOAD <= len(payload) <= MAX_PAYLOAD:
        raise FormError(f"A payload is {MIN_PAYLOAD} to {MAX_PAYLOAD} bytes; this one is {len(payload)}.")
    return Parts(signer.kid, signer.sign(signed_bytes(signer.kid, payload)), payload)


def join(parts: Parts) -> bytes:
    """The whole token of its three varying parts."""
    return cose.build_sign1(cose.protected_header(parts.kid, TYP), parts.payload, parts.signature)


def split(token: bytes) -> Parts:
    """The three varying parts of a whole token. Raises FormError when any fixed byte differs."""
    sign1 = cose.parse_sign1(token)
    kid = sign1.protected[5 : 5 + ed25519.KID_LENGTH]
    parts = Parts(kid, sign1.signature, sign1.payload)
    if (
        len(kid) != ed25519.KID_LENGTH
        or len(sign1.signature) != ed25519.SIGNATURE_LENGTH
        or not MIN_PAYLOAD <= len(sign1.payload) <= MAX_PAYLOAD
        or join(parts) != token
    ):
        raise FormError("This COSE_Sign1 is not an attestation token.")
    return parts
