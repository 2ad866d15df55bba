"""What signs: an object with a public key and ``sign``. A sealed file today, a PKCS#11 device tomorrow."""

from typing import NoReturn, Protocol

from keys import ed25519


class Signer(Protocol):
    """A signer of one Ed25519 key."""

    @property
    def public_key(self) -> bytes:
        """The 32-byte public key."""

    @property
    def kid(self) -> bytes:
        """The 8-byte key identifier."""

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of ``message`` (RFC 8032 §5.1.6)."""


class SeedSigner:
    """A signer that holds its 32-byte seed in memory. Its ``repr`` shows the kid only; it cannot be pickled."""

    __slots__ = ("_kid", "_public_key", "_secret")

    def __init__(self, seed: bytes) -> None:
        self._public_key = ed25519.public_key(seed)
        self._kid = ed25519.kid(self._public_key)
        self._secret = ed25519.secret_key(seed)

    @property
    def public_key(self) -> bytes:
        """The 32-byte public key."""
        return self._public_key

    @property
    def kid(self) -> bytes:
        """The 8-byte key identifier."""
        return self._kid

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of ``message``."""
        return ed25519.sign_by(self._secret, message)

    def __repr__(self) -> str:
        return f"<SeedSigner {self._kid.hex()}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signer holds a secret and is not pickled")
