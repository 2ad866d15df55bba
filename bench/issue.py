"""Issuing: attestations a second on SQLite, beside the disk's bare commits, and the memory of a long run.

    wif bench issue [--count 20000] [--stream 100000] [--seals 0] [--folder DIR]

Signed and archived, without PDF; once more with nobody looking for twins, to tell what that costs. The bare rate is one-row transactions on the same file system with
the same settings: what issuing one by one cannot exceed. Prints a Markdown table; with ``--seals`` another one, of
what the seals of rows cost: the same acts with and without a key, taking turns.
"""

import argparse
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import unittest.mock
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from issuer import registry
from issuer.attestation.record import Signatory
from issuer.desk import DeskContext, Grounds, acts, issue_many, issuing, publish
from issuer.registry.database import pragmas
from keys import trust
from keys.signer import SeedSigner
from tests.support.office import ROOT, STATUS, trust_content
from tests.support.records import RECORD

ROUNDS = 9
BORN = date(1986, 1, 1)

FAMILIES = ("NGUYEN", "DUPONT", "MARTINEZ", "ÖZTÜRK", "KOWALSKI", "DIALLO", "O'BRIEN", "ŠIMIĆ", "BEN SAÏD", "FERNÁNDEZ")
GIVEN = ("Thị Mai", "Jean", "María José", "Łukasz", "Aïcha", "Ngọc", "Fatou", "Zoé", "Émile", "Ivana")


def records(count: int) -> Iterator[dict]:
    """Invented records, each with its reference."""
    for place in range(count):
        yield {
            **RECORD,
            "reference": f"BENCH-{place}",
            "family_name": f"{FAMILIES[place % 10]} {FAMILIES[place // 10 % 10]}",
            "given_names": f"{GIVEN[place // 100 % 10]} {_letters(place)}",
            "birth_date": (BORN + timedelta(days=place * 37 % 7_000)).isoformat(),
        }


def _letters(place: int) -> str:
    """Letters of a number: no two people are one."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(place))


def desk_in(folder: Path, key: bytes | None = None) -> DeskContext:
    """A desk on a new SQLite database in ``folder``, with a fixed key; its rows sealed under ``key``, if any."""
    engine = registry.open_registry(str(folder / "wif.sqlite3"), key)
    registry.migrate(engine)
    signer = SeedSigner(bytes(range(32)))
    return DeskContext(
        engine,
        lambda department, now: signer,
        "https://verif.workinfrance.example",
        lambda: int(time.time()),
        signatory=Signatory("MARTIN", "Directrice", "Service d'essai"),
    )


def issue_rate(folder: Path, count: int, batch: int) -> tuple[float, float]:
    """Attestations a second, and a second of processor time (what a busy machine leaves comparable), in transactions of
    ``batch``.
    """
    desk = desk_in(folder)
    began, worked = time.perf_counter(), time.process_time()
    issued = sum(answer.status == "issued" for answer in issue_many(desk, records(count), "bench", batch))
    seconds, work = time.perf_counter() - began, time.process_time() - worked
    if issued != count:
        raise SystemExit(f"Only {issued} of {count} were issued.")
    return count / seconds, count / work


def commit_rate(folder: Path, seconds: float = 3.0) -> float:
    """One-row transactions a second with the same settings."""
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    for pragma in pragmas():
        connection.execute(f"PRAGMA {pragma}").close()
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, value BLOB)")
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare (value) VALUES (?)", (bytes(300),))
        connection.execute("COMMIT")
        done += 1
    return done / (time.perf_counter() - began)


def seals_cost(folder: Path, count: int) -> Iterator[str]:
    """Rows of a table: milliseconds of processor time of an act, medians over rounds that take turns, with no key and
    with one.
    """
    kinds = {"without": None, "with": bytes(range(32))}
    desks, taken = {}, {}
    for name, key in kinds.items():
        (folder / name).mkdir()
        desks[name] = desk_in(folder / name, key)
    people = [records(count * 3) for _ in kinds]
    basis = Grounds("CRPA L241-2", "fraud")

    def measured(what: str, name: str, acts: int, work: Callable[[], object]) -> None:
        began = time.process_time()
        work()
        taken.setdefault(what, {}).setdefault(name, []).append((time.process_time() - began) / acts * 1000)

    for _ in range(ROUNDS):
        for (name, desk), source in zip(desks.items(), people, strict=True):
            some = count // ROUNDS
            one_by_one, together = list(islice(source, some)), list(islice(source, some * 2))
            numbers: list[str] = []
            measured(
                "issue, 1 a transaction",
                name,
                some,
                lambda: numbers.extend(str(one.number) for one in issue_many(desk, one_by_one, "bench", 1)),
            )
            measured("issue, 250 a transaction", name, some * 2, lambda: list(issue_many(desk, together, "bench", 250)))
            measured(
                "suspend", name, some, lambda: [acts.do(desk, "suspend", number, basis, "bench") for number in numbers]
            )
            content = trust_content()
            signed = trust.make(content, [ROOT])
            measured(
                "publish after it",
                name,
                1,
                lambda: publish(desk, folder / name / "public", signed, lambda kid: STATUS, "bench"),
            )
    for what, by in taken.items():
        without, sealed = (statistics.median(by[name]) for name in kinds)
        yield f"| {what} | {without:.2f} ms | {sealed:.2f} ms |"


def stream(folder: Path, count: int) -> None:
    """Issue ``count`` records one after the other and print the rate and this process's highest memory in MiB."""
    rate, _ = issue_rate(folder, count, 250)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)
    print(f"{rate} {peak}")


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=20_000, help="attestations of each measured rate")
    parser.add_argument(
        "--stream", type=int, default=100_000, help="attestations of the run whose memory is measured; 0 leaves it out"
    )
    parser.add_argument("--seals", type=int, default=0, help="attestations with and without seals; 0 leaves it out")
    parser.add_argument("--folder", type=Path, help="where the databases are made (a temporary folder by default)")
    parser.add_argument("--streaming-in", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.streaming_in:
        stream(options.streaming_in, options.stream)
        return
    if options.seals:
        print("| act | without seals | with seals |\n|---|---|---|", flush=True)
        with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
            for row in seals_cost(Path(scratch), options.seals):
                print(row, flush=True)
        return
    print("| measure | result |\n|---|---|", flush=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        folder = Path(scratch)
        print(
            f"| bare one-row commits ({', '.join(pragmas()[1:3])}) | {commit_rate(folder):,.0f} a second |", flush=True
        )
        for batch in (1, 50, 250, 1_000):
            place = folder / f"batch-{batch}"
            place.mkdir()
            count = min(options.count, batch * 1_000)
            rate, work = issue_rate(place, count, batch)
            print(
                f"| issue, {batch} a transaction | {rate:,.0f} a second ({work:,.0f} a second of processor time) |",
                flush=True,
            )
            if batch in (1, 250):
                place = folder / f"batch-{batch}-alone"
                place.mkdir()
                with unittest.mock.patch.object(issuing.twins, "find", lambda _, wanted, __: [[] for _ in wanted]):
                    rate, work = issue_rate(place, count, batch)
                print(
                    f"| without the look for twins | {rate:,.0f} a second ({work:,.0f} of processor time) |",
                    flush=True,
                )
        if options.stream:
            place = folder / "stream"
            place.mkdir()
            command = [
                sys.executable,
                "-m",
                "bench.issue",
                "--stream",
                str(options.stream),
                "--streaming-in",
                str(place),
            ]
            rate, peak = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
            size = (place / "wif.sqlite3").stat().st_size
            print(
                f"| {options.stream:,} records streamed | {float(rate):,.0f} a second, {float(peak):,.0f} MiB at most, "
                f"database of {size / 1e6:,.0f} MB, {size / options.stream:,.0f} bytes each |",
                flush=True,
            )


if __name__ == "__main__":
    main()
