"""Whether the machine's clock is believed before lists are signed by it. A demonstration's always is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from issuer import config as configuration
from issuer.desk import PublicationRefused
from issuer.home import timekeeping
from issuer.registry import lists
from issuer.registry.database import reading
from keys.instants import instant

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Watched(Protocol):
    """A home, as far as it is looked at here; its ``clock`` gives UTC seconds."""

    path: Path
    config: configuration.Config
    clock: Callable[[], int]

    @property
    def engine(self) -> Engine:
        """The database."""


PACE = ".pace"
"""The home's memory of how fast the clock runs; hidden, so that no backup takes it to another machine."""


def check(home: Watched, unattended: bool) -> None:
    """Raise PublicationRefused where the clock is more than ``status_lifetime`` after the last publication
    (``unattended``: unless others have its time), or gained on the machine's own count of seconds and others do not
    have its time. After a start of the machine nobody remembers: there who says another time is believed, and silence
    stops nothing. Raises OSError.
    """
    if home.config.demonstration:
        return
    with reading(home.engine) as connection:
        last = lists.last_issued_at(connection)
    if last and home.clock() - last > home.config.status_lifetime:
        days = (home.clock() - last) // configuration.DAY
        told = _told(home) if unattended else {}
        if not timekeeping.agree(told, home.clock()):
            raise PublicationRefused(
                f"The clock says {instant(home.clock())}, {days} days after the last publication.{_others(told)} If"
                ' that is the right time, run "wif publish --clock-is-right"; else set the clock first: lists from the'
                " future would block all later ones."
            )
        return
    gained = _pace(home).gained()
    if gained is None:
        ask(home, silence=True)
    elif gained > timekeeping.SLACK:
        ask(home, why=f" It gained {gained:,} seconds on the machine's own count since it was last believed.")


def ask(home: Watched, silence: bool = False, why: str = "") -> None:
    """Raise PublicationRefused unless the public address or one of the ``clocks`` has the time of this machine, and
    none another. ``silence``: it is enough that none has another; ``why`` it is asked, a sentence.
    """
    told = _told(home)
    if not timekeeping.agree(told, home.clock()) and (told or not silence):
        raise PublicationRefused(
            f"The clock says {instant(home.clock())}.{why}{_others(told) or ' Nobody who was asked the time answered.'}"
            " Set the clock right; if it is, say --clock-is-right as well."
        )


def remember(home: Watched) -> None:
    """Lists were published by the clock: it was believed. Raises OSError."""
    if not home.config.demonstration:
        _pace(home).believe()


def _pace(home: Watched) -> timekeeping.Pace:
    return timekeeping.Pace(home.path / PACE, home.clock)


def _told(home: Watched) -> dict[str, int]:
    return timekeeping.asked([home.config.origin, *home.config.clocks])


def _others(told: dict[str, int]) -> str:
    return "".join(f" {address} says {instant(there)}." for address, there in told.items())
