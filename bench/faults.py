"""Faults survived: processes killed at random moments, requests over a line that is cut; an independent reader looks
after each.

    wif bench faults [--kills 500] [--requests 10000] [--database both|sqlite|postgres] [--seed 1] [--write]

Stops at the first thing lost, doubled, torn or out of order. PostgreSQL is a server of its own on loopback.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

import psycopg

from bench import _report
from tests.faults.cluster import Cluster
from tests.faults.killing import KINDS, Killing
from tests.faults.requests import send_all
from tests.support.agency import Agency


def databases(cluster: Cluster, *names: str) -> list[str]:
    """The addresses of new databases on the server."""
    with psycopg.connect(cluster.address, autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}")
    return [cluster.address.rpartition("/")[0] + f"/{name}" for name in names]


def kill(folder: Path, kind: str, kills: int, seed: int, database: str | None, empty: str | None) -> Counter:
    """Kill until ``kills`` processes died at work; then finish, back up, restore and look at everything."""
    killing = Killing(folder, database, seed)
    while killing.counts["killed"] < kills:
        killing.round(KINDS[killing.rounds % len(KINDS)])
        if sys.stderr.isatty():
            print(f"\r{kind}: {killing.counts['killed']} of {kills} killed", end="", file=sys.stderr)
    counts = killing.finish()
    counts["signatures checked on restore"] = killing.restore_a_backup(empty)
    return counts


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=500, help="processes killed on each database")
    parser.add_argument("--requests", type=int, default=10_000, help="requests over the cut line on each database")
    parser.add_argument("--database", choices=("both", "sqlite", "postgres"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/reliability.md")
    options = parser.parse_args()
    kinds = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    killed, cut = {}, {}
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made: dict[str, str | None] = {}
        if "postgres" in kinds:
            cluster = Cluster()
            stack.callback(cluster.remove)
            made = dict(
                zip(("killing", "empty", "cutting"), databases(cluster, "killing", "restored", "cutting"), strict=True)
            )
        for kind in kinds:
            address = made.get if kind == "postgres" else lambda _name: None
            folder = place / kind
            folder.mkdir()
            began = time.perf_counter()
            killed[kind] = kill(folder, kind, options.kills, options.seed, address("killing"), address("empty"))
            killed[kind]["seconds"] = round(time.perf_counter() - began)
            (folder / "api").mkdir()
            agency = Agency(folder / "api", web="api_limit = 1000000", database=address("cutting"))
            agency.start()
            try:
                began = time.perf_counter()
                cut[kind] = send_all(agency, options.requests, seed=options.seed)
                cut[kind]["seconds"] = round(time.perf_counter() - began)
            finally:
                agency.stop()
                agency.home.engine.dispose()
    command = f"wif bench faults --kills {options.kills} --requests {options.requests} --database {options.database}"
    rows = [
        *(f"killed while {kind}" for kind in KINDS),
        "killed",
        "answers",
        "attestations",
        "entries",
        "imports",
        "signatures checked on restore",
        "seconds",
    ]
    _report.put(
        "killed",
        command,
        table(
            kinds,
            killed,
            rows,
            {"entries": "entries of the audit chain", "answers": "answers held against the database"},
        ),
        options.write,
    )
    words = {
        "requests": "requests",
        "cut_asking": "cut while asking",
        "cut_waiting": "cut while waiting",
        "cut_answering": "cut while answering",
        "retried": "requests asked again",
        "answered again": "of these already issued",
        "attestations": "attestations",
        "seconds": "seconds",
    }
    _report.put("cut", command, table(kinds, cut, list(words), words), options.write)


def table(kinds: tuple[str, ...], counts: dict[str, Counter], rows: list[str], words: dict[str, str]) -> list[str]:
    """Markdown: one column a database. A run that finds anything wrong ends before it has a table."""
    lines = [f"| | {' | '.join(kinds)} |", f"|---|{'---|' * len(kinds)}"]
    lines += [f"| {words.get(row, row)} | {' | '.join(f'{counts[kind][row]:,}' for kind in kinds)} |" for row in rows]
    return lines


if __name__ == "__main__":
    main()
