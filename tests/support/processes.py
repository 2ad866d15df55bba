"""Processes that a test starts, and every line they write to standard output.

A thread of its own reads the pipe from start to end. ``Popen.communicate`` after ``stdout.readline`` would lose what
readline had buffered: hundreds of lines of a fast process.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Error as PlaywrightError

TOP = Path(__file__).resolve().parents[2]


def poll(condition: Callable[[], Any], seconds: float = 20, what: str = "the awaited state") -> Any:
    """The first true answer of ``condition``; fails after ``seconds``. A page that is being replaced is asked again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            answer = condition()
        except PlaywrightError as error:
            if "context was destroyed" not in str(error):
                raise
            answer = None
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {seconds} s")


class Running:
    """``python -m MODULE ARGUMENTS`` or another ``command``, started at the top of the checkout; a context manager that
    leaves no process behind.

    ``lines`` grows while it runs: whole lines without their newline, and what was left of a killed process's last line
    in ``torn``.
    """

    def __init__(self, *arguments: object, command: list[str] | None = None, **options: Any):
        self.process = subprocess.Popen(
            [*(command or [sys.executable, "-X", "utf8", "-m"]), *map(str, arguments)],
            stdout=subprocess.PIPE,
            text=True,
            **{"cwd": TOP, "stdin": subprocess.PIPE, **options},
        )
        self.lines: list[str] = []
        self.torn = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.lines.append(line[:-1])
            else:
                self.torn = line

    def until(self, condition: Callable[[list[str]], Any], seconds: float = 60) -> list[str]:
        """Waits until ``condition`` holds for the lines so far, and returns these; fails when it cannot any more."""
        end = time.monotonic() + seconds
        while True:
            over = not self._reader.is_alive()  # asked first: a line may have come in between
            if condition(self.lines):
                return list(self.lines)
            assert not over, f"it ended before that; its last lines: {self.lines[-3:]}"
            assert time.monotonic() < end, f"not within {seconds} s; its last lines: {self.lines[-3:]}"
            time.sleep(0.01)

    def end(self, seconds: float = 60) -> list[str]:
        """Closes its standard input, waits until it ends by itself, and returns all its lines; a process that is still
        there after ``seconds`` is killed, and the test fails.
        """
        if self.process.stdin:
            self.process.stdin.close()
        self._reader.join(seconds)
        late = self._reader.is_alive()
        if late:
            self.process.kill()
        self.process.wait(10)
        self._reader.join(10)
        self.process.stdout.close()
        assert not late, f"it did not end within {seconds} s; its last lines: {self.lines[-3:]}"
        return self.lines

    def kill(self) -> list[str]:
        """Kills it at once, and returns all the lines it had written."""
        self.process.kill()
        return self.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.kill()
