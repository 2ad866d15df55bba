"""Passwords that became known (ASVS 5.0, 6.2.12): a file of ``SHA1:COUNT`` lines, sorted, searched on the disk.

Each line is the SHA-1 of a password's UTF-8 in 40 hexadecimal digits, a colon and how often it was seen; lines end in
LF or CRLF, the last one perhaps in neither. SHA-1 is what such lists are made with; it protects nothing here.
"""

import os
import re
import unicodedata
import weakref
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path

from issuer.errors import ConfigError

Known = Callable[[str], bool]
"""Whether a password is known to have leaked."""

LONGEST_LINE = 128
"""Bytes of a line, at most."""
PROBES = 64
"""Places at which form and order are looked at when the file is opened."""
_DIGITS = 40
_LINE = re.compile(rb"[0-9A-Fa-f]{40}:[0-9]{1,20}")


def nobody(_password: str) -> bool:
    """Without a list, no password is known."""
    return False


class Breached:
    """An opened list. Nothing of it is kept in memory; threads and forked processes may share it."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigError when the file cannot be read, or, at one of :data:`PROBES` places, is not such a list."""
        try:
            self._file = path.open("rb", buffering=0)
            weakref.finalize(self, self._file.close)
            self._size = os.fstat(self._file.fileno()).st_size
            self._check(path)
        except OSError as error:
            raise ConfigError(
                f"web.breached_passwords names {path}, which cannot be read ({error.strerror}). Correct the path or its"
                " rights, or take the key out."
            ) from None

    def __call__(self, password: str) -> bool:
        """Whether this password, as typed or in NFC, is in the list. Raises OSError when the disk cannot be read."""
        return any(self._holds(form) for form in {password, unicodedata.normalize("NFC", password)})

    def _holds(self, password: str) -> bool:
        wanted = (
            sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper().encode("ascii")
        )
        low, high = 0, self._size
        while low < high:
            start, line, end = self._line((low + high) // 2)
            found = line[:_DIGITS].upper()
            if found == wanted:
                return True
            low, high = (end, high) if found < wanted else (low, start)
        return False

    def _line(self, place: int) -> tuple[int, bytes, int]:
        """The line that covers the byte ``place``, its LF included: where it starts, its bytes without LF or CRLF, and
        where the next starts.
        """
        base = max(0, place - LONGEST_LINE)
        near = os.pread(self._file.fileno(), 2 * LONGEST_LINE, base)
        start = near.rfind(b"\n", 0, place - base) + 1
        end = near.find(b"\n", place - base)
        end = len(near) if end < 0 else end + 1
        return base + start, near[start:end].removesuffix(b"\n").removesuffix(b"\r"), max(base + end, place + 1)

    def _check(self, path: Path) -> None:
        before, last = b"", max(0, self._size - 1)
        for place in sorted({last * probe // PROBES for probe in range(PROBES + 1)}):
            _start, line, _end = self._line(place)
            found = line[:_DIGITS].upper()
            if not _LINE.fullmatch(line) or found < before:
                raise ConfigError(
                    f"web.breached_passwords names {path}, which near its byte {place:,} is no list of SHA-1 in 40"
                    " hexadecimal digits, a colon and a number, in the order of the SHA-1. Give such a list, or take"
                    " the key out."
                )
            before = found

    def __repr__(self) -> str:
        return "<Breached>"
