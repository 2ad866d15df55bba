"""The public side: the time of the statistics, of small numbers and of the list of pieces.

    wif bench applicants [--count 100000] [--database ADDRESS]

Fills an empty database with invented requests over two years and every département, then counts them as the
public page does, hides small numbers, and prints lists of pieces. Prints a Markdown table.
"""

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

from sqlalchemy import insert

from issuer import registry
from issuer.applicants import (
    questions,
    statistics as room,
)
from issuer.applicants.leaflet import leaflet
from issuer.attestation.places import DEPARTMENTS, local_day
from issuer.documents.leaflet import print_leaflet
from issuer.registry.request_tables import Request
from issuer.registry.request_tallies import tallies

NOW = int(datetime(2026, 11, 24, tzinfo=UTC).timestamp())
DAY, STEP = 86_400, 5_000
BUSY = ("75", "92", "93", "94", "69", "13", "59", "31", "33", "44", "34", "67")
ANSWERS = "who=student&nationality=other&hours=beyond&contract=employment&request=renewal&residence=renewing&regulated=order&performance=live&change_of_status=no"


def fill(engine, count: int) -> None:
    """Write ``count`` requests, two thirds of them from twelve départements."""
    rng, places = random.Random(4), list(DEPARTMENTS)
    numbers = rng.sample(range(1_000_000_000, 9_999_999_999), count)
    for first in range(0, count, STEP):
        rows = []
        for number in numbers[first : first + STEP]:
            deposited = NOW - rng.randrange(730 * DAY)
            state = rng.choices(
                ("accepte", "refuse", "sans_suite", "en_instruction", "en_construction"), (70, 12, 8, 6, 4)
            )[0]
            decided = (
                deposited + int(rng.lognormvariate(1.4, 0.7) * DAY)
                if state in ("accepte", "refuse", "sans_suite")
                else None
            )
            rows.append(
                {
                    "number": number,
                    "source": "demarches",
                    "state": state,
                    "deposited_at": deposited,
                    "decided_at": decided,
                    "modified_at": deposited,
                    "archived": 0,
                    "department": rng.choice(BUSY if rng.random() < 0.67 else places),
                    "record": "{}",
                    "doubts": "[]",
                    "pieces": "[]",
                    "corrections": "{}",
                    "awaited_from": "service",
                    "awaited": "examen",
                    "revision": 1,
                    "created_at": NOW,
                    "updated_at": NOW,
                }
            )
        with engine.begin() as connection:
            connection.execute(insert(Request), rows)


def measured(work: Callable, times: int) -> tuple[float, float, object]:
    """Median and longest seconds of some runs, and what the last gave."""
    took, found = [], None
    for _ in range(times):
        began = time.perf_counter()
        found = work()
        took.append(time.perf_counter() - began)
    return statistics.median(took), max(took), found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--database", help="an empty database, by default a temporary SQLite file")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = registry.open_registry(chosen.database or str(Path(folder, "bench.sqlite3")))
        registry.migrate(engine)
        fill(engine, chosen.count)
        periods = room.periods(local_day(None, NOW))
        counting = measured(lambda: tallies(engine, periods), 3)
        hiding = measured(lambda: room.statistics([group for group, _, _ in periods], *counting[2]), 3)
        given = questions.read(tuple(pair.split("=", 1)) for pair in ANSWERS.split("&"))
        print_leaflet(leaflet(given, "fr"))
        printing = measured(lambda: print_leaflet(leaflet(given, "fr")), 20)
        engine.dispose()
    found = hiding[2]
    hidden = sum(
        value is None
        for line in (*found.months, *found.regions, *found.departments)
        for value in (line.received, line.accepted, line.others)
    )
    shown = 3 * sum(map(len, (found.months, found.regions, found.departments)))
    print(
        f"{chosen.count:,} requests, {found.total.received:,} of them in the {len(periods)} months; {hidden} of {shown}"
        f" numbers hidden; {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most\n"
    )
    print("| work | median | longest |\n|---|---|---|")
    for name, (middle, longest, _) in (
        ("count in the database", counting),
        ("statistics, small numbers hidden", hiding),
        ("list of pieces as PDF", printing),
    ):
        print(f"| {name} | {middle * 1000:.0f} ms | {longest * 1000:.0f} ms |")


if __name__ == "__main__":
    main()
