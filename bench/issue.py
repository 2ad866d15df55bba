"""Issuing: attestations a second on SQLite, beside the disk's bare commits, and the memory of a long run.

    wif bench issue [--count 20000] [--stream 100000] [--folder DIR]

Signed and archived, without PDF. The bare rate is one-row transactions on the same file system with
the same settings: what issuing one by one cannot exceed. Prints a Markdown table.
"""

import argparse
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from issuer import registry
from issuer.attestation.record import Signatory
from issuer.desk import Desk, Means
from issuer.registry.database import pragmas
from keys.signer import SeedSigner

FAMILIES = ("NGUYEN", "DUPONT", "MARTINEZ", "ÖZTÜRK", "KOWALSKI", "DIALLO", "O'BRIEN", "ŠIMIĆ", "BEN SAÏD", "FERNÁNDEZ")
GIVEN = ("Thị Mai", "Jean", "María José", "Łukasz", "Aïcha", "Ngọc", "Fatou", "Zoé", "Émile", "Ivana")


def records(count: int) -> Iterator[dict]:
    """Invented records, each with its reference."""
    for place in range(count):
        yield {
            "reference": f"BENCH-{place}",
            "kind": "APT",
            "family_name": f"{FAMILIES[place % 10]} {FAMILIES[place // 10 % 10]}",
            "given_names": GIVEN[place // 100 % 10],
            "birth_date": "1996-03-14",
            "nationality": "VNM",
            "employer": {"name": "SOCIÉTÉ EXEMPLE SAS", "siret": "81234567800013"},
            "job": "Ingénieure d'études",
            "contract": "CDD",
            "hours": {"count": 964, "per": "year"},
            "workplaces": ["75"],
            "residence_permit": "9912345678",
            "department": "75",
            "valid_from": "2026-01-05",
            "valid_until": "2026-12-31",
        }


def desk_in(folder: Path) -> Desk:
    """A desk on a new SQLite database in ``folder``, with a fixed key."""
    engine = registry.open_registry(str(folder / "wif.sqlite3"))
    registry.migrate(engine)
    signer = SeedSigner(bytes(range(32)))
    return Desk(
        Means(
            engine,
            lambda department, now: signer,
            "https://verif.workinfrance.example",
            lambda: int(time.time()),
            signatory=Signatory("MARTIN", "Directrice", "Service d'essai"),
        )
    )


def issue_rate(folder: Path, count: int, batch: int) -> tuple[float, float]:
    """Attestations a second, and a second of processor time (what a busy machine leaves comparable), in transactions of ``batch``."""
    desk = desk_in(folder)
    began, worked = time.perf_counter(), time.process_time()
    issued = sum(answer.status == "issued" for answer in desk.issue_many(records(count), "bench", batch))
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
    parser.add_argument("--folder", type=Path, help="where the databases are made (a temporary folder by default)")
    parser.add_argument("--streaming-in", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.streaming_in:
        stream(options.streaming_in, options.stream)
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
