"""Passwords: argon2id (RFC 9106) in libsodium's encoded form."""

import unicodedata
from functools import cache

import nacl.exceptions
from nacl.pwhash import argon2id

from issuer.accounts.breached import Known, nobody
from issuer.accounts.errors import AccountRefused

SHORTEST, LONGEST = 12, 256
"""Code points of a password (ASVS 5, 6.2.1 and 6.2.9)."""

_TRITE = (
    "password",
    "motdepasse",
    "azerty",
    "qwerty",
    "123456",
    "abcdef",
    "workinfrance",
    "prefecture",
    "bienvenue",
    "welcome",
    "000000",
)


@cache
def _nobody() -> str:
    return hashed("nobody has this password")


def hashed(password: str) -> str:
    """The hash to store: argon2id over 64 MiB, 2 passes. ``password`` is at most 256 code points."""
    return argon2id.str(
        _bytes(password),
        opslimit=argon2id.OPSLIMIT_INTERACTIVE,
        memlimit=argon2id.MEMLIMIT_INTERACTIVE,
    ).decode("ascii")


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password. ``stored`` None (no such account) takes the same time and is never right."""
    try:
        right = argon2id.verify((_nobody() if stored is None else stored).encode("ascii"), _bytes(password[:LONGEST]))
    except (nacl.exceptions.InvalidkeyError, nacl.exceptions.ValueError):
        return False
    return right and stored is not None


def check(password: str, identifier: str = "", known: Known = nobody) -> str:
    """``password`` when it may be chosen, in NFC; ``known`` says of one whether it leaked somewhere. Raises
    AccountRefused.
    """
    if len(password) < SHORTEST:
        raise AccountRefused(
            "password",
            "password_short",
            f"The password has fewer than {SHORTEST} characters. A sentence of four words is easy to remember.",
        )
    if len(password) > LONGEST:
        raise AccountRefused(
            "password", "password_long", f"The password has more than {LONGEST} characters. Shorten it."
        )
    folded = "".join(c for c in unicodedata.normalize("NFKD", password).lower() if c.isalnum())
    remainder = folded
    for word in (*_TRITE, "".join(filter(str.isalnum, identifier.lower()))):
        remainder = remainder.replace(word, "") if word else remainder
    if len(set(folded)) < 5 or len(remainder) < SHORTEST // 2:
        raise AccountRefused(
            "password",
            "password_trite",
            "The password is too easy to guess. Choose several words that do not go together.",
        )
    if known(password):
        raise AccountRefused(
            "password",
            "password_breached",
            "This password is in a list of passwords that became known. Choose another one, and change it wherever you"
            " use it.",
        )
    return unicodedata.normalize("NFC", password)


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
