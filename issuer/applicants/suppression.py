"""Small numbers are not disclosed, nor what would reveal them.

1. A number from 1 to 4 is hidden; 0 is shown.
2. Published tables add up. Whoever knows that a hidden number is at least 1 can bound it with every sum in
   which it stands. While some hidden number has fewer than five possible values, the smallest shown number
   above 0 of the sums that bound it so closely is hidden as well: a part before a total, and one that stands
   in another sum with a hidden number before one that does not, so that few are lost.
"""

from collections.abc import Hashable, Mapping, Sequence
from math import inf

SMALL = 5
"""Numbers below it, 0 excepted, are hidden."""
LEAST_WIDTH = 4
"""Largest minus smallest possible value of a hidden number, at least: five possible values."""

Key = Hashable
Sum = tuple[Key, tuple[Key, ...]]
"""A total and its parts."""


def hidden(cells: Mapping[Key, int], sums: Sequence[Sum]) -> set[Key]:
    """The cells that may not be published. ``sums`` are all the additions that hold between published cells."""
    kept_back = {key for key, value in cells.items() if 0 < value < SMALL}
    standing = {key: [one for one in sums if key == one[0] or key in one[1]] for key in cells}
    while True:
        bounds = possible(cells, sums, kept_back)
        exposed = sorted((key for key in kept_back if bounds[key][1] - bounds[key][0] < LEAST_WIDTH), key=str)
        further = set()
        for key in exposed:
            close = [one for one in standing[key] if _width(key, one, bounds) < LEAST_WIDTH] or standing[key]
            if any(mate in further for total, parts in close for mate in (total, *parts)):
                continue
            choice = []
            for one in close:
                for mate in (one[0], *one[1]):
                    if mate not in kept_back and cells[mate] > 0:
                        crossed = any(
                            other in kept_back or other in further
                            for sum_ in standing[mate]
                            if sum_ != one
                            for other in (sum_[0], *sum_[1])
                        )
                        choice.append((mate == one[0], not crossed, cells[mate], str(mate), mate))
            if choice:
                further.add(min(choice)[4])
        if not further:
            return kept_back
        kept_back |= further


def possible(cells: Mapping[Key, int], sums: Sequence[Sum], kept_back: set[Key]) -> dict[Key, tuple[float, float]]:
    """The least and the largest value that each hidden cell can have for who sees the others and knows that a hidden
    one is at least 1.
    """
    bounds: dict[Key, tuple[float, float]] = {
        key: (1, inf) if key in kept_back else (value, value) for key, value in cells.items()
    }
    relevant = [
        (total, parts) for total, parts in sums if total in kept_back or any(part in kept_back for part in parts)
    ]
    changed = True
    while changed:
        changed = False
        for total, parts in relevant:
            low, high = sum(bounds[part][0] for part in parts), sum(bounds[part][1] for part in parts)
            changed |= _narrow(bounds, total, low, high)
            for part in parts:
                if part in kept_back:
                    others = [bounds[other] for other in parts if other != part]
                    least = bounds[total][0] - sum(one[1] for one in others)
                    changed |= _narrow(bounds, part, least, bounds[total][1] - sum(one[0] for one in others))
    return bounds


def _width(key: Key, one: Sum, bounds: Mapping[Key, tuple[float, float]]) -> float:
    """How far apart the values are that one sum alone leaves to a cell, by the bounds of the others."""
    total, parts = one
    others = [bounds[part] for part in parts if part != key]
    spread = sum(high - low for low, high in others)
    return spread if key == total else spread + bounds[total][1] - bounds[total][0]


def _narrow(bounds: dict[Key, tuple[float, float]], key: Key, low: float, high: float) -> bool:
    before = bounds[key]
    bounds[key] = (max(before[0], low), min(before[1], high))
    return bounds[key] != before
