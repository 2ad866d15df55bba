"""What other machines say the time is: the Date header (RFC 9110 §6.6.1) of the public address and of configured hosts.

For the publisher that nobody watches, where its own clock cannot be believed: a whole week without a publication, or a
clock that ran ahead. It is asked of several, and believed where all who answer agree with it.
"""

from collections.abc import Iterable
from contextlib import suppress
from email.utils import parsedate_to_datetime

import httpx

SECONDS = 5
"""How long a host has to answer."""
SLACK = 120
"""Seconds by which two clocks may differ."""


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
