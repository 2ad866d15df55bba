"""The second factor: one-time codes (TOTP, RFC 6238: SHA-1, 30 s, 6 digits) and recovery codes."""

import base64
import hashlib
import hmac
import struct
from collections.abc import Callable
from urllib.parse import quote, urlencode

STEP = 30
"""Seconds of one code."""
DIGITS = 6
SECRET_LENGTH = 20
"""Bytes of a secret (RFC 4226 §4 recommends 160 bits)."""
DRIFT = 1
"""Steps by which the person's clock may differ."""

RECOVERY_CODES = 10
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def code_at(secret: bytes, step: int) -> str:
    """The 6-digit code of a time step (RFC 4226 §5.3)."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}d}"


def code_now(secret: bytes, now: int) -> str:
    """The code at UTC second ``now``."""
    return code_at(secret, now // STEP)


def matching_step(secret: bytes, typed: str, now: int, used: int) -> int | None:
    """The time step whose code this is, later than ``used`` and at most one step off ``now`` (UTC seconds); else
    None.
    """
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        return None
    here = now // STEP
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step), digits) and step > used:
            found = step
    return found


def address(secret: bytes, identifier: str, issuer: str) -> str:
    """The ``otpauth://`` address that an authenticator application scans."""
    label = quote(f"{issuer}:{identifier}")
    fields = urlencode({"secret": base32(secret), "issuer": issuer, "digits": DIGITS, "period": STEP}, quote_via=quote)
    return f"otpauth://totp/{label}?{fields}"


def base32(secret: bytes) -> str:
    """The secret as people type it (RFC 4648 §6, without padding)."""
    return base64.b32encode(secret).decode("ascii").rstrip("=")


def draw_recovery(below: Callable[[int], int]) -> list[str]:
    """Ten recovery codes such as ``K7QM-2XWD-9FTR``: 58 bits each. ``below(n)`` draws 0 … n−1."""
    return [
        "-".join("".join(_LETTERS[below(len(_LETTERS))] for _ in range(4)) for _ in range(3))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_form(typed: str) -> str:
    """A recovery code as it was drawn, however it was typed."""
    kept = "".join(c for c in typed.upper() if c.isascii() and c.isalnum())[:12]
    return "-".join(kept[start : start + 4] for start in range(0, len(kept), 4))
