"""The declared errors. Nothing else may escape a parser, whatever the bytes."""

from typing import TypeVar

T = TypeVar("T")


class WifError(Exception):
    """Base of every declared error.

    ``str(error)`` is one or two plain sentences for a person: what is wrong and what to do.
    They never hold a secret, a token or personal data.
    """


class FormError(WifError):
    """Bytes that are not in the form the format asks for (CBOR, COSE, claims, lists)."""


class LibraryRefused(WifError):
    """A cryptographic library that fails our self-test: nothing may be signed or verified with it."""


class KeystoreError(WifError):
    """A sealed key that cannot be made, opened or written."""


class SealError(WifError):
    """A sealed stream that cannot be made or opened: another passphrase, a torn, altered or foreign file."""


class TrustRefused(WifError):
    """A trust list that is not accepted. ``code`` is one of :data:`CODES`."""

    CODES = ("form", "threshold", "successor", "expired", "future", "rollback", "conflict", "key")

    def __init__(self, code: str, message: str) -> None:
        if code not in self.CODES:
            raise ValueError(f"not a declared code: {code}")
        super().__init__(message)
        self.code = code


class StatusRefused(WifError):
    """A status list that is not accepted. ``code`` is one of :data:`CODES`."""

    CODES = ("form", "unlisted", "signer", "window", "uri", "signature", "rollback", "future")

    def __init__(self, code: str, message: str) -> None:
        if code not in self.CODES:
            raise ValueError(f"not a declared code: {code}")
        super().__init__(message)
        self.code = code


class SealsRefused(WifError):
    """A list of seal certificates that is not accepted. ``code`` is one of :data:`CODES`."""

    CODES = ("form", "unlisted", "signer", "window", "signature", "future", "rollback")

    def __init__(self, code: str, message: str) -> None:
        if code not in self.CODES:
            raise ValueError(f"not a declared code: {code}")
        super().__init__(message)
        self.code = code


def not_none(value: T | None) -> T:
    """``value``, which by what went before is there. Raises LookupError when it is not: a defect of the program, never
    of what it was given.
    """
    if value is None:
        raise LookupError("a value that must be there is missing")
    return value
