"""How long a request is likely to take: what comparable recent requests took, with how many they are. Past times, no
promise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

DAY = 86_400
RECENT = 183 * DAY
"""Seconds back from now within which a decided request counts as recent: six months."""
LEAST = 20
"""Decided requests on which an estimate rests at least: with fewer, the ninth decile is one or two cases."""


@dataclass(frozen=True)
class Estimate:
    """What comparable requests took. ``median`` and ``ninth`` (ninth decile) are seconds, None when there were too
    few.
    """

    count: int
    basis: str
    """``both`` (same département and contract), ``department``, or ``all``."""
    median: int | None
    ninth: int | None

    def is_late(self, elapsed: int) -> bool:
        """Whether a request that has waited ``elapsed`` seconds waits longer than nine comparable ones in ten."""
        return self.ninth is not None and elapsed > self.ninth


def estimate(
    seconds: Callable[[str | None, str | None], Sequence[int]], department: str | None, contract: str | None
) -> Estimate:
    """The estimate from the closest comparison that rests on enough requests.

    ``seconds(department, contract)`` gives the handling times of recent decided requests, None standing for any.
    """
    bases: list[tuple[str, str | None, str | None]] = [("all", None, None)]
    if department is not None:
        bases.insert(0, ("department", department, None))
        if contract is not None:
            bases.insert(0, ("both", department, contract))
    found: Sequence[int] = ()
    for basis, place, kind in bases:
        found = seconds(place, kind)
        if len(found) >= LEAST:
            return Estimate(len(found), basis, quantile(found, 50), quantile(found, 90))
    return Estimate(len(found), "all", None, None)


def quantile(values: Sequence[int], percent: int) -> int:
    """The smallest of ``values`` that at least ``percent`` in a hundred do not exceed (1..100)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
