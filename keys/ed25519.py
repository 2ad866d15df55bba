"""Ed25519 with one strict verdict everywhere (``docs/format.md`` §1.1). The only importer of nacl's signing.

Two correct libraries disagree on small-order points, non-canonical encodings and the cofactor; so a
signature counts only if S < L and both A and R are canonical encodings of points of the prime-order
subgroup other than the identity, and then RFC 8032 §5.1.7 holds.
"""

import hashlib

from nacl.bindings import (
    crypto_core_ed25519_is_valid_point,
    crypto_sign,
    crypto_sign_open,
    crypto_sign_seed_keypair,
)
from nacl.exceptions import BadSignatureError

SEED_LENGTH = 32
PUBLIC_KEY_LENGTH = 32
SIGNATURE_LENGTH = 64
KID_LENGTH = 8

L = 2**252 + 27742317777372353535851937790883648493
"""The order of the prime-order subgroup (RFC 8032 §5.1)."""


def public_key(seed: bytes) -> bytes:
    """The 32-byte public key of a 32-byte seed (RFC 8032 §5.1.5)."""
    _exactly(seed, SEED_LENGTH, "seed")
    return crypto_sign_seed_keypair(seed)[0]


def sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature of ``message`` by a 32-byte seed (RFC 8032 §5.1.6, deterministic)."""
    _exactly(seed, SEED_LENGTH, "seed")
    return crypto_sign(message, crypto_sign_seed_keypair(seed)[1])[:SIGNATURE_LENGTH]


def kid(key: bytes) -> bytes:
    """The 8-byte key identifier: the first 8 bytes of SHA-256 of the 32 raw public key bytes."""
    _exactly(key, PUBLIC_KEY_LENGTH, "public key")
    return hashlib.sha256(key).digest()[:KID_LENGTH]


def is_prime_order_point(point: bytes) -> bool:
    """Whether 32 bytes are the canonical encoding of a point of the prime-order subgroup, not the identity.

    False for any other length.
    """
    return len(point) == PUBLIC_KEY_LENGTH and crypto_core_ed25519_is_valid_point(point)


def verify_strict(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64-byte signature of ``message`` by the 32-byte public key holds, strictly (§1.1).

    Wrong lengths are False, never an error. Raises TypeError when an argument is not bytes.
    """
    for value in (public_key, message, signature):
        if not isinstance(value, bytes):
            raise TypeError("verify_strict takes bytes")
    return is_prime_order_point(public_key) and verify_checked(public_key, message, signature)


def verify_checked(key: bytes, message: bytes, signature: bytes) -> bool:
    """Like :func:`verify_strict`, for a key already known to be a prime-order point (a trust list's)."""
    if len(signature) != SIGNATURE_LENGTH:
        return False
    if int.from_bytes(signature[32:], "little") >= L:
        return False
    if not crypto_core_ed25519_is_valid_point(signature[:32]):
        return False
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


def _exactly(value: bytes, length: int, name: str) -> None:
    if not isinstance(value, bytes):
        raise TypeError(f"a {name} is bytes")
    if len(value) != length:
        raise ValueError(f"a {name} is {length} bytes long")
