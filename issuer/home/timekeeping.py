"""What other machines say the time is: the Date header (RFC 9110 §6.6.1) of the public address and of configured hosts.

For whoever publishes, where the machine's clock cannot be believed: a whole week without a publication, a clock that
ran ahead, or one that gained time on the machine's own count of seconds. It is asked of several, and believed where all
who answer agree with it.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from keys import durable

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

    It is remembered in the file ``kept``, until the machine is started anew: whoever publishes by a command every hour
    has no other memory, and a server loses its own when it is started again.
    """

    def __init__(self, kept: Path, clock: Callable[[], int]) -> None:
        self._kept, self._clock = kept, clock

    def gained(self) -> int | None:
        """Seconds that the clock gained since it was believed (lost: below 0); None where nobody remembers, as after a
        start of the machine. Raises OSError.
        """
        try:
            held = json.loads(self._kept.read_bytes())
            boot, began = str(held["boot"]), float(held["began"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return None if boot != _boot() else round(self._clock() - seconds() - began)

    def believe(self) -> None:
        """The clock is right now, and was published by. Raises OSError."""
        held = {"boot": _boot(), "began": self._clock() - seconds()}
        durable.write(self._kept, json.dumps(held).encode())


def _boot() -> str:
    """What tells one start of this machine from another; where the system does not, no two are taken for one."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return secrets.token_hex(16)


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
