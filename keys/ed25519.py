"""Ed25519 with one strict verdict everywhere (``docs/format.md`` §1.1). The only importer of nacl's signing.

Two correct libraries disagree on small-order points, non-canonical encodings and the cofactor; so a
signature counts only if S < L and both A and R are canonical encodings of points of the prime-order
subgroup other than the identity, and then RFC 8032 §5.1.7 holds.

A library that does not keep to this is refused when this module is loaded (:func:`self_test`).
"""

import hashlib

from nacl.bindings import (
    crypto_core_ed25519_is_valid_point,
    crypto_sign,
    crypto_sign_open,
    crypto_sign_seed_keypair,
)
from nacl.exceptions import BadSignatureError

from keys.errors import LibraryRefused

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


def secret_key(seed: bytes) -> bytes:
    """The 64 bytes by which libsodium signs for a 32-byte seed: the seed and its public key. As secret as the seed."""
    _exactly(seed, SEED_LENGTH, "seed")
    return crypto_sign_seed_keypair(seed)[1]


def sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature of ``message`` by a 32-byte seed (RFC 8032 §5.1.6, deterministic)."""
    return sign_by(secret_key(seed), message)


def sign_by(secret: bytes, message: bytes) -> bytes:
    """The same by 64 bytes of :func:`secret_key`, of which the public key is not worked out at each signature."""
    return crypto_sign(message, secret)[:SIGNATURE_LENGTH]


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


_CROOKED = (
    "0100000000000000000000000000000000000000000000000000000000000000",  # the identity
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # of order 2
    "0000000000000000000000000000000000000000000000000000000000000080",  # of order 4
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  # of order 8
    "9599999999999999999999999999999999999999999999999999999999999999",  # the base point and one of order 2
    "9bad33f580df7ecc49df5342bac8145d5bedc40f573d1b067f3c4ce449689a15",  # the base point and one of order 4
    "98519eadf35b995233b51b5cd23e9cc5a28b639b5a4af0ec903cb960d81b7819",  # the base point and one of order 8
    "003789297ce02defa2f4bc7635d1d7ce99b96d76eb91d31f905101674ddab720",  # with a component of order 2
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # the identity as y = p + 1
)
_KEY = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29"
"""The public key of 32 zero bytes; below, its signature of the empty message, and what lenient verifiers accept."""
_HOLDS = (
    "8f895b3cafe2c9506039d0e2a66382568004674fe8d237785092e40d6aaf483e"
    "4fc60168705f31f101596138ce21aa357c0d32a064f423dc3ee4aa3abf53f803"
)
_CROOKED_R = (
    (
        "0100000000000000000000000000000000000000000000000000000000000000"  # the identity
        "9c080412510afdc1d0ef73f842c224b67f75906d250ccf0049cef596b321e40b"
    ),
    (
        "359dbf604a3b3bedc20d5408b9d4770fbe52c922979b3178d02ab8d41c9c3a4e"  # a component of order 2
        "f4c980c75343b8ce90e4526a914933148f7014f21aa9e3514a52c884cd09670d"
    ),
    (
        "d7fcf1f00e29dd947529006e74d779973e3c1a1bad96b7807ab8644b5604ee50"  # a component of order 4
        "1683057f0f0635ab40f8ff7f343c466dec6fa06a064940b17b9743d79064e305"
    ),
)


def self_test() -> None:
    """Raise LibraryRefused unless the library judges points and signatures of every crooked kind as §1.1 does.

    libsodium before the fix that PyNaCl 1.6.2 brings took points with a component of order 2 for good ones.
    """
    key = bytes.fromhex(_KEY)
    if not (
        verify_strict(key, b"", bytes.fromhex(_HOLDS))
        and sign(bytes(SEED_LENGTH), b"") == bytes.fromhex(_HOLDS)
        and not any(is_prime_order_point(bytes.fromhex(point)) for point in _CROOKED)
        and not any(verify_strict(key, b"", bytes.fromhex(signature)) for signature in _CROOKED_R)
        and not verify_strict(key, b"x", bytes.fromhex(_HOLDS))
    ):
        raise LibraryRefused(
            "The installed libsodium does not judge Ed25519 points and signatures strictly, so nothing is signed or"
            " verified with it. Install PyNaCl 1.6.2 or newer (requirements/runtime.txt names the version)."
        )


def _exactly(value: bytes, length: int, name: str) -> None:
    if not isinstance(value, bytes):
        raise TypeError(f"a {name} is bytes")
    if len(value) != length:
        raise ValueError(f"a {name} is {length} bytes long")


self_test()
