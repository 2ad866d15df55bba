"""A root set: who may sign trust lists, and how many of them it takes."""

from dataclasses import dataclass

from keys import ed25519
from keys.errors import FormError


@dataclass(frozen=True)
class RootSet:
    """Root public keys and the number of distinct ones that must have signed (``docs/format.md`` §3, key 5).

    ``threshold`` is 1 … len(keys); ``keys`` are distinct 32-byte prime-order points.
    Raises FormError when made otherwise.
    """

    threshold: int
    keys: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if type(self.threshold) is not int or not 1 <= self.threshold <= len(self.keys):
            raise FormError("The threshold of a root set is between 1 and the number of its keys.")
        if len(set(self.keys)) != len(self.keys):
            raise FormError("A root key stands twice in the root set.")
        for key in self.keys:
            if not isinstance(key, bytes) or not ed25519.is_prime_order_point(key):
                raise FormError("A root key is not a prime-order Ed25519 point of 32 bytes.")

    def by_kid(self) -> dict[bytes, bytes]:
        """The keys by their 8-byte kid."""
        return {ed25519.kid(key): key for key in self.keys}

    def same_as(self, other: "RootSet") -> bool:
        """Whether both name the same keys, in any order, with the same threshold."""
        return self.threshold == other.threshold and set(self.keys) == set(other.keys)
