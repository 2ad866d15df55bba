"""What other machines say the time is: the Date header (RFC 9110 §6.6.1) of the public address and of configured hosts.

For the publisher that nobody watches, where its own clock cannot be believed: a whole week without a publication, a
clock that ran ahead, or one that gained time on the machine's own count of seconds. It is asked of several, and
believed where all who answer agree with it.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import parsedate_to_datetime

import httpx

SECONDS = 5
"""How long a host has to answer."""
SLACK = 120
"""Seconds by which two clocks may differ."""


def seconds() -> float:
    """Seconds since the machine started, which no change of the clock alters; time asleep counts where
    the system counts it.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Pace:
    """Whether a clock runs as fast as :func:`seconds` since it was last believed: one that is set on again and again,
    by less than what is asked about each time, would otherwise get away for months.
    """

    def __init__(self, clock: Callable[[], int], steady: Callable[[], float] = seconds) -> None:
        self._clock, self._steady = clock, steady
        self.believe()

    def believe(self) -> None:
        """Begin anew: the clock is right now."""
        self._began = self._clock() - self._steady()

    def is_ahead(self) -> bool:
        """Whether the clock gained more than :data:`SLACK` seconds."""
        return self._clock() - self._steady() - self._began > SLACK


def asked(addresses: Iterable[str]) -> dict[str, int]:
    """Address → UTC seconds there, of those that answer with a Date; a cache's Age is added."""
    told: dict[str, int] = {}
    with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
        for address in dict.fromkeys(addresses):
            with suppress(httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError):
                headers = client.head(address).headers
                age = headers.get("age", "0")
                told[address] = int(parsedate_to_datetime(headers["date"]).timestamp()) + (
                    int(age) if age.isdecimal() and len(age) < 9 else 0
                )
    return told


def agree(told: dict[str, int], now: int) -> bool:
    """Whether somebody answered, and everybody who did has the time ``now`` (UTC seconds)."""
    return bool(told) and all(abs(there - now) <= SLACK for there in told.values())
