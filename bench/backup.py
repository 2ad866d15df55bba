"""Backup and restore: times, sizes and memory of the real commands at a number of attestations.

    wif bench backup [--count 1000000] [--database both|sqlite|postgres] [--folder DIR] [--write]

The home is real (argon2id at its full cost); the registry is filled by issuing. The second backup is taken while
another process issues without pause.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from issuer.desk import issue_many

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

from bench import _report
from bench.faults import databases
from bench.issue import records
from issuer.home import Home, found
from tests.faults.cluster import Cluster
from tests.home.conftest import SECRET

SIGNATORY = {"given_names": "Anne", "family_name": "MARTIN", "title": "Directrice", "service": "Service d'essai"}


MEASURE = """
import resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
raise SystemExit(done.returncode)
"""
"""A small process between: Linux counts the highest memory of the process that starts a command as the command's
own.
"""


def wif(path: Path, database: str | None, *arguments: str) -> tuple[float, float]:
    """Run a command; its seconds, and its highest memory in MiB."""
    environment = {
        **os.environ,
        "WIF_HOME": str(path),
        "WIF_PASSPHRASE": SECRET,
        **({"WIF_DATABASE_URL": database} if database else {}),
    }
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, sys.executable, "-m", "issuer.commands", *arguments],
        cwd=TOP,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory / (1 << (20 if sys.platform == "darwin" else 10))


def measure(folder: Path, count: int, database: str | None, empty: str | None) -> list[str]:
    """The cells of one column."""
    path, restored = folder / "home", folder / "restored"
    found(
        path,
        origin="https://verif.workinfrance.example",
        authority="Préfecture d'Exemple",
        passphrase=lambda: SECRET,
        signatory=SIGNATORY,
        database_url=database,
    )
    home = Home(path, lambda: SECRET, database)
    began = time.perf_counter()
    for place, _issued in enumerate(issue_many(home.desk(), records(count), "bench", 1000)):
        if sys.stderr.isatty() and place % 10_000 == 0:
            print(f"\rissuing {place:,}", end="", file=sys.stderr)
    filled = time.perf_counter() - began
    home.publish("bench")
    home.engine.dispose()
    seconds, memory = wif(path, database, "backup", str(folder / "one"))
    size = (folder / "one").stat().st_size
    told = folder / "told"
    with told.open("w") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.home.worker", str(path), database or ""],
            cwd=TOP,
            stdin=subprocess.PIPE,
            stdout=out,
            text=True,
        )
        while not told.stat().st_size and worker.poll() is None:
            time.sleep(0.05)
        busy, _ = wif(path, database, "backup", str(folder / "two"))
        worker.communicate()
    issued = len(told.read_text().split())
    back, held = wif(restored, empty, "restore", str(folder / "two"), "--nothing-published")
    return [
        f"{count:,}",
        f"{filled:,.0f} s",
        f"{seconds:,.1f} s, {memory:,.0f} MiB",
        f"{size / (1 << 20):,.0f} MiB",
        f"{busy:,.1f} s, {issued:,} issued meanwhile",
        f"{back:,.0f} s, {held:,.0f} MiB",
    ]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("both", "sqlite", "postgres"), default="both")
    parser.add_argument("--folder", type=Path, help="where the homes are made (a temporary folder by default)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/reliability.md")
    options = parser.parse_args()
    kinds = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    columns = []
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=options.folder)))
        made: list[str | None] = [None, None]
        if "postgres" in kinds:
            cluster = Cluster()
            stack.callback(cluster.remove)
            made = [*databases(cluster, "filled", "restored")]
        for kind in kinds:
            (place / kind).mkdir()
            columns.append(measure(place / kind, options.count, *(made if kind == "postgres" else (None, None))))
    words = (
        "attestations",
        "issuing them",
        "`wif backup`",
        "size",
        "`wif backup` while another process issues",
        "`wif restore`, every signature checked",
    )
    lines = [f"| | {' | '.join(kinds)} |", f"|---|{'---|' * len(kinds)}"]
    lines += [f"| {word} | {' | '.join(column[row] for column in columns)} |" for row, word in enumerate(words)]
    _report.put(
        "backup", f"wif bench backup --count {options.count} --database {options.database}", lines, options.write
    )


if __name__ == "__main__":
    main()
