"""Counting requests for the public statistics, in the database: no person, no employer, no single request leaves it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from issuer.registry.database import reading
from issuer.registry.request_tables import DECIDED, Request

QUARTER = 21_600
"""Seconds of a quarter of a day: handling times are counted in these."""


@dataclass(frozen=True)
class Count:
    """How many requests of one group there are; ``seconds`` is the sum of their handling times when they are decided,
    else 0.
    """

    group: str
    department: str | None
    state: str
    count: int
    seconds: int


@dataclass(frozen=True)
class Duration:
    """How many decided requests of one group took ``quarters`` whole quarters of a day."""

    group: str
    department: str | None
    quarters: int
    count: int


def tallies(engine: Engine, periods: Sequence[tuple[str, int, int]]) -> tuple[list[Count], list[Duration]]:
    """The counts and durations of requests by the period of their deposit: ``(group, from, until)``, UTC seconds, until
    excluded.

    Two short reads a period, each over its own range of the index, so that writers never wait for long. Withdrawn
    requests are left out.
    """
    counts: list[Count] = []
    durations: list[Duration] = []
    took = Request.decided_at - Request.deposited_at
    for group, begin, end in periods:
        within = (Request.deposited_at >= begin, Request.deposited_at < end, Request.withdrawn_at.is_(None))
        decided = (*within, Request.state.in_(DECIDED), Request.decided_at >= Request.deposited_at)
        quarters = (took // QUARTER).label("quarters")
        with reading(engine) as connection:
            sums = {
                (row.department, row.state): int(row.seconds)
                for row in connection.execute(
                    select(Request.department, Request.state, func.sum(took).label("seconds"))
                    .where(*decided)
                    .group_by(Request.department, Request.state),
                )
            }
            counts.extend(
                Count(group, row.department, row.state, row._mapping["count"], sums.get((row.department, row.state), 0))
                for row in connection.execute(
                    select(Request.department, Request.state, func.count().label("count"))
                    .where(*within)
                    .group_by(Request.department, Request.state)
                )
            )
        with reading(engine) as connection:
            durations.extend(
                Duration(group, row.department, int(row.quarters), row._mapping["count"])
                for row in connection.execute(
                    select(Request.department, quarters, func.count().label("count"))
                    .where(*decided)
                    .group_by(Request.department, quarters)
                )
            )
    return counts, durations
