"""Carrying bytes as QR texts between machines that share no network. Pure.

    WIF1/<8 hex digits>/<part>/<parts>/<base32>

The hex digits begin the SHA-256 of the whole, so that symbols of two different files are never mixed,
and what is put together is checked against them. All of it is in the QR's alphanumeric mode; base32
is that of RFC 4648 §6 without padding. One part holds at most :data:`PART` bytes.
"""

import base64
import binascii
import re
from hashlib import sha256

from keys.errors import FormError

PART = 360
"""Bytes of one part: a symbol of version 17 (85 × 85), which a webcam reads off a screen."""
MOST = 99
"""Parts of one file: 35,640 bytes, fifty times a trust list."""

_TEXT = re.compile(r"WIF1/([0-9A-F]{8})/([0-9]{1,2})/([0-9]{1,2})/([A-Z2-7]+)", re.ASCII)


def _mark(data: bytes) -> str:
    return sha256(data).hexdigest()[:8].upper()


def texts(data: bytes) -> list[str]:
    """The QR texts of ``data`` (1 … 35,640 bytes), in order. Raises FormError when it is empty or too long."""
    parts = [data[at : at + PART] for at in range(0, len(data), PART)]
    if not 1 <= len(parts) <= MOST:
        raise FormError(f"Between 1 and {PART * MOST:,} bytes can be carried as QR symbols. Carry the file itself.")
    coded = [base64.b32encode(part).decode("ascii").rstrip("=") for part in parts]
    return [f"WIF1/{_mark(data)}/{place}/{len(parts)}/{part}" for place, part in enumerate(coded, 1)]


def collect(found: list[str]) -> bytes:
    """What the texts carry, in any order, each once or more; other texts are passed over.

    Raises FormError for none, for parts of two files, for missing parts, and for a whole that does not fit its mark.
    """
    parts: dict[int, str] = {}
    marks = set()
    for match in filter(None, map(_TEXT.fullmatch, found)):
        mark, place, count, part = match.groups()
        marks.add((mark, int(count)))
        parts[int(place)] = part
    if not marks:
        raise FormError("No symbol of a carried file was found. Take the picture again, closer and sharper.")
    if len(marks) > 1:
        raise FormError("The symbols belong to different files. Take pictures of one file only.")
    mark, count = marks.pop()
    if missing := [place for place in range(1, count + 1) if place not in parts]:
        raise FormError(
            f"Of {count} symbols, number {', '.join(map(str, missing))} is missing. Take a picture of it too."
        )
    try:
        data = b"".join(
            base64.b32decode(parts[place] + "=" * (-len(parts[place]) % 8)) for place in range(1, count + 1)
        )
    except binascii.Error:
        data = b""
    if _mark(data) != mark:
        raise FormError("What the symbols carry is damaged. Take the pictures again.")
    return data
