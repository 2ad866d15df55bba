"""Work done again and again beside the pages: one thread, which a fault slows down and nothing but its end stops."""

import logging
import threading
from collections.abc import Callable

from keys.errors import WifError


class BackgroundLoop:
    """A thread that calls ``work`` every ``delay`` seconds, the first time after one delay.

    ``work`` receives a function that says whether the end was asked for, and returns whether all went well; what raises
    WifError or OSError did not. After a fault the pause doubles, up to ``longest`` seconds (by default it stays the
    same). ``private`` keeps the words of an error out of the log: they may name a person.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Callable[[], bool]], bool],
        delay: float,
        log: logging.Logger,
        longest: float = 0,
        private: bool = False,
    ) -> None:
        self._name, self._work, self._delay, self._log = name, work, delay, log
        self._longest, self._private = max(longest, delay), private
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the round under way; waits 30 seconds at most."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        pause = self._delay
        while not self._stop.wait(pause):
            pause = self._delay if self._round() else min(pause * 2, self._longest)

    def _round(self) -> bool:
        try:
            return self._work(self._stop.is_set)
        except (WifError, OSError) as error:
            told = (
                {"kind": type(error).__name__}
                if self._private
                else {"kind": type(error).__name__, "reason": str(error)}
            )
            self._log.error(f"{self._name} failed", extra=told)
            return False
