"""The public statistics: counts by state, month, région and département, handling times, small numbers kept back. Pure.

They cover whole months, up to the one before the present: nobody is recognised by the day of a deposit.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from issuer.applicants.regions import REGION_OF, REGIONS
from issuer.applicants.suppression import SMALL, hidden
from issuer.attestation.places import DEPARTMENTS, local_midnight
from issuer.registry.request_tables import ACCEPTE, DECIDED, REQUEST_STATES
from issuer.registry.request_tallies import Count, Duration

MONTHS = 24
"""Whole months that the statistics cover."""
NOWHERE = "-"
"""The key of requests whose département is unknown."""
MEASURES = ("received", "accepted", "others")


@dataclass(frozen=True)
class Line:
    """A line of a table. ``key`` is a month ``YYYY-MM``, a région, a code of a département, or NOWHERE. None: not
    disclosed, or nothing to tell.
    """

    key: str
    received: int | None
    accepted: int | None
    others: int | None
    median: float | None
    """Days from deposit to decision."""


@dataclass(frozen=True)
class Statistics:
    """What is published."""

    first: str
    last: str
    """First and last month."""
    total: Line
    mean: float | None
    """Mean days from deposit to decision."""
    states: tuple[tuple[str, int | None], ...]
    months: tuple[Line, ...]
    regions: tuple[Line, ...]
    departments: tuple[Line, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to count."""
        return self.total.received == 0


def periods(today: date, months: int = MONTHS) -> list[tuple[str, int, int]]:
    """The whole months before ``today``, oldest first: name, first UTC second, first UTC second of the next, months
    beginning in Paris.
    """
    last = today.year * 12 + today.month - 1
    starts = [_start(month) for month in range(last - months, last + 1)]
    return [
        (f"{(last - months + n) // 12}-{(last - months + n) % 12 + 1:02}", starts[n], starts[n + 1])
        for n in range(months)
    ]


def _start(month: int) -> int:
    return local_midnight(None, date(month // 12, month % 12 + 1, 1))


def statistics(months: list[str], counts: Iterable[Count], durations: Iterable[Duration]) -> Statistics:
    """The statistics of ``months`` (their groups), from what the registry counted."""
    cells: Counter = Counter()
    decided, seconds = 0, 0
    times: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for one in counts:
        measure = "accepted" if one.state == ACCEPTE else "others"
        for place in _places(one.group, one.department):
            cells[(*place, "received")] += one.count
            cells[(*place, measure)] += one.count
        cells["state", one.state] += one.count
        decided += one.count if one.state in DECIDED else 0
        seconds += one.seconds
    for took in durations:
        for place in _places(took.group, took.department):
            times[place][took.quarters] += took.count
    present = {key[:2] for key in cells if key[0] != "state"} | {("all", "")} | {("month", month) for month in months}
    for place in present:
        for measure in MEASURES:
            cells[(*place, measure)] += 0
    for state in REQUEST_STATES:
        cells["state", state] += 0
    kept_back = hidden(cells, _sums(present))
    show = lambda key: None if key in kept_back else cells[key]

    def line(place: tuple[str, str]) -> Line:
        received, accepted, others = (show((*place, measure)) for measure in MEASURES)
        days = None if received is None else median_days(times[place])
        return Line(place[1], received, accepted, others, days)

    measured = sum(times["all", ""].values())
    return Statistics(
        months[0],
        months[-1],
        line(("all", "")),
        round(seconds / measured / 86_400, 1) if measured >= SMALL else None,
        tuple((state, show(("state", state))) for state in REQUEST_STATES),
        tuple(line(("month", month)) for month in months),
        tuple(line(("region", name)) for name in [*REGIONS, NOWHERE] if ("region", name) in present),
        tuple(line(("department", code)) for code in [*DEPARTMENTS, NOWHERE] if ("department", code) in present),
    )


def _places(group: str, department: str | None) -> list[tuple[str, str]]:
    """Where a request is counted: everywhere, in its month, its région, its département."""
    code = department if department in REGION_OF else NOWHERE
    return [("all", ""), ("month", group), ("region", REGION_OF.get(code, NOWHERE)), ("department", code)]


def _sums(present: set[tuple[str, str]]) -> list:
    """Every addition that holds between the published numbers."""
    sums: list[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]] = [
        ((*place, "received"), ((*place, "accepted"), (*place, "others"))) for place in sorted(present)
    ]
    for measure in MEASURES:
        sums.extend(
            (("all", "", measure), tuple((*place, measure) for place in sorted(present) if place[0] == kind))
            for kind in ("month", "region")
        )
        for kind, name in sorted(place for place in present if place[0] == "region"):
            parts = tuple(
                (*place, measure)
                for place in sorted(present)
                if place[0] == "department" and REGION_OF.get(place[1], NOWHERE) == name
            )
            sums.append(((kind, name, measure), parts))
    sums.append((("all", "", "accepted"), (("state", ACCEPTE),)))
    sums.append((("all", "", "others"), tuple(("state", state) for state in REQUEST_STATES if state != ACCEPTE)))
    return sums


def median_days(quarters: Counter) -> float | None:
    """The median of handling times counted in quarters of a day, in days; None when fewer than five requests were
    decided.
    """
    count = sum(quarters.values())
    if count < SMALL:
        return None
    below, middle = 0, []
    for value, times in sorted(quarters.items()):
        middle += [value for rank in ((count - 1) // 2, count // 2) if below <= rank < below + times]
        below += times
    return round(sum(middle) / len(middle) / 4, 1)
