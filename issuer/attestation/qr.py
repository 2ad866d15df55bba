"""The QR text and its symbol (``docs/format.md`` §2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from issuer.attestation.claims import MAX_PAYLOAD, MIN_PAYLOAD
from issuer.attestation.token import Parts, split

if TYPE_CHECKING:
    import segno

SEPARATOR = "/#"
FORMAT_VERSION = "1"
FIRST_BYTE = b"\x01"
_DIGITS = re.compile(r"[1-9][0-9]{231,2100}", re.ASCII)
_KID_END, _SIGNATURE_END = 9, 73


def encode_text(origin: str, token: bytes | Parts) -> str:
    """The QR text of a whole token, or of the parts of one just signed, for an origin such as
    ``https://verif.example.org`` (no trailing slash).

    Raises FormError when the token is not one.
    """
    parts = token if isinstance(token, Parts) else split(token)
    number = int.from_bytes(FIRST_BYTE + parts.kid + parts.signature + parts.payload, "big")
    return f"{origin.upper()}{SEPARATOR}{FORMAT_VERSION}{number}"


def split_text(text: str) -> tuple[str, str] | None:
    """``(origin in lower case, what follows the first /#)`` of an ASCII text, or None (step 1)."""
    if not text.isascii():
        return None
    origin, separator, rest = text.partition(SEPARATOR)
    return (origin.lower(), rest) if separator else None


def unpack(digits: str) -> Parts | None:
    """The parts behind the version digit, or None when they are malformed (step 3). The length is checked first."""
    if not _DIGITS.fullmatch(digits):
        return None
    number = int(digits)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if data[:1] != FIRST_BYTE or not MIN_PAYLOAD <= len(data) - _SIGNATURE_END <= MAX_PAYLOAD:
        return None
    return Parts(data[1:_KID_END], data[_KID_END:_SIGNATURE_END], data[_SIGNATURE_END:])


def make_symbol(text: str, mask: int | None = None) -> segno.QRCode:
    """The QR symbol of a QR text: three segments (alphanumeric, byte, numeric), error correction M, not boosted.

    ``mask`` is the data mask 0..7, by default the one of least penalty.
    Raises ValueError when the text is not ``ORIGIN/#digits``.
    """
    import segno.encoder  # a fifth of the start of `wif verify`, which draws nothing
    from segno import consts

    origin, separator, digits = text.partition("#")
    if not separator or not digits.isascii() or not digits.isdigit():
        raise ValueError("a QR text is ORIGIN/#digits")
    segments = [
        (origin, consts.MODE_ALPHANUMERIC, None),
        (separator, consts.MODE_BYTE, None),
        (digits, consts.MODE_NUMERIC, None),
    ]
    code = segno.encoder.encode(segments, error="m", boost_error=False, micro=False, mask=mask)  # type: ignore[no-untyped-call]
    return segno.QRCode(code)  # type: ignore[call-arg]
