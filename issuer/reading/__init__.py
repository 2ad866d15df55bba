"""Reading QR texts off pictures and PDF pages, in a process of its own: a stranger's file that stalls or breaks the
libraries that draw it stalls and breaks nothing else.
"""

import atexit
import json
import os
import re
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from issuer.errors import UnreadableSource, unopened

START_SECONDS = 60
"""In which the process begins."""
PAGE_SECONDS = 8
"""In which a page is drawn and read: a printed page takes a fifth of one."""
FILE_SECONDS = 30
"""In which a whole file is."""

_WRITTEN = re.compile(rb"https?://[a-z0-9.-]{1,253}(?::[0-9]{1,5})?/#((?:1|9)[0-9]{232,2110})(?![0-9])", re.IGNORECASE)
_lock = threading.Lock()


class _Reader:
    """The process. It is kept for the next file, and ended when one takes too long."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._rest = b""

    def read(self, path: Path, seals: bool) -> tuple[list[str], UnreadableSource | None]:
        """The codes of a file, and why there are no more of them when something stopped it."""
        found: list[str] = []
        try:
            process, over = self._started(path), time.monotonic() + FILE_SECONDS
            self._send(process, path, seals)
            while "end" not in (line := self._line(process, path, min(PAGE_SECONDS, over - time.monotonic()))):
                if "code" in line:
                    found.append(line["code"])
        except UnreadableSource as error:
            return found, error
        end = line["end"]
        return found, None if end is None else UnreadableSource(end, line["fault"], **line["params"])

    def _started(self, path: Path) -> subprocess.Popen:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.stop()
        self._process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "issuer.reading"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._rest = b""
        self._line(self._process, path, START_SECONDS)
        return self._process

    def _send(self, process: subprocess.Popen, path: Path, seals: bool) -> None:
        assert process.stdin is not None  # noqa: S101 - said for mypy
        try:
            process.stdin.write(json.dumps([str(path.absolute()), seals]).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            self._give_up(path)

    def _line(self, process: subprocess.Popen, path: Path, seconds: float) -> dict:
        end = time.monotonic() + seconds
        assert process.stdout is not None  # noqa: S101 - said for mypy
        while b"\n" not in self._rest:
            left = end - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                self.stop()
                raise UnreadableSource(
                    f"{path} takes too long to read: more than {PAGE_SECONDS} seconds for a page or {FILE_SECONDS} for"
                    " the file. Split it, or give a picture of the page.",
                    "slow",
                    path=str(path),
                )
            block = os.read(process.stdout.fileno(), 65_536)
            if not block:
                self._give_up(path)
            self._rest += block
        line, _, self._rest = self._rest.partition(b"\n")
        return json.loads(line)

    def _give_up(self, path: Path) -> None:
        self.stop()
        raise UnreadableSource(f"{path} breaks what reads it. Give a picture of the page.", "breaks", path=str(path))

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # what a dead process did not take
                        pipe.close()


_reader = _Reader()
atexit.register(_reader.stop)


def read_codes(path: Path, seals: bool = False) -> Iterator[str]:
    """The text of every QR code of a PNG, a JPEG, or all pages of a PDF, in order; with `seals`, of 2D-DOC too.

    Raises UnreadableSource, after the codes that were found before, for a missing, broken, encrypted or foreign file,
    and for one that takes too long.
    """
    with _lock:
        found, fault = _reader.read(path, seals)
    yield from found
    if fault is not None:
        raise fault


def hidden_texts(path: Path, drawn: Iterable[str], receipts: bool = False) -> list[str]:
    """The texts of attestations that stand in the bytes of a file, and that nothing drawn on it says; each once. With
    ``receipts`` those of receipts of checks too: a suite carries the ones before it.

    `drawn` are the texts read off its pages. What a person sees of the file and what a program finds in it may be two
    papers: whoever judges the file must say so. Raises UnreadableSource for a missing file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unopened(path, error) from None
    known = {text.partition("#")[2].encode() for text in drawn}
    found = {match[1]: match[0].decode("ascii") for match in _WRITTEN.finditer(content)}
    return [text for digits, text in found.items() if digits not in known and (receipts or digits.startswith(b"1"))]
