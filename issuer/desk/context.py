"""What the acts on attestations work with, handed in by the command line, the web application or a test."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from issuer.attestation.record import Signatory
from keys.signer import Signer

SALT_LENGTH = 16


@dataclass(frozen=True, repr=False)
class DeskContext:
    """Database, signers, clock, randomness and printer of the acts. Safe to share between threads. Its ``repr`` shows
    nothing.
    """

    engine: Engine
    signers: Callable[[str, int], Signer]
    """``signers(department, now)``: the attestation key that signs for a département at UTC second ``now``, or raises
    NoSigner.
    """
    origin: str
    """The verifier's origin, lower case, without a trailing slash: it goes into every QR text."""
    clock: Callable[[], int]
    """UTC seconds."""
    status_lists: tuple[int, ...] = (1,)
    """The numbers of the status lists that the trust list names, in the order in which they are filled."""
    signatory: Signatory | None = None
    """Who decides when the record does not say."""
    accept_warnings: bool = False
    """Whether what is hardly ever so (:mod:`issuer.desk.plausibility`) counts as confirmed: where a person said so for
    all that is signed, or the records are made up.
    """
    below: Callable[[int], int] = secrets.randbelow
    """Draws 0 … n−1."""
    random_bytes: Callable[[int], bytes] = secrets.token_bytes
    printer: Callable[[bytes, dict[str, Any], str], bytes] | None = None
    """``printer(token, annex, text)``: the PDF."""

    def salt(self) -> bytes:
        """16 random bytes."""
        return self.random_bytes(SALT_LENGTH)

    def __repr__(self) -> str:
        return "<DeskContext>"
