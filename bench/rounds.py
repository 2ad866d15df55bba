"""A round: different papers in a row before the camera, without a tap, in three browser engines.

    wif bench rounds [--papers 30] [--only chromium,firefox,webkit]

Each paper is a printed attestation of its own person, drawn at 150 dots an inch and filmed through a canvas that moves; the film goes on to the next
as soon as the page has counted the one before, as a hand does that hears the sound. Then the list is opened: none may be
missing, none there twice. Prints a Markdown table. Needs what tests/browser/test_engines.py needs.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

from bench.engines import FIRST_SCREEN, opened, photo, until
from bench.verifier.place import SlowService
from tests.browser.test_engines import BEGIN_ROUND, COUNTED, ENGINES, LISTED, SHOW_ROUND


def film(name: str, count: int, folder: Path) -> str:
    """One row of the table: `count` papers in the engine of this name."""
    service = SlowService(folder / name)
    try:
        names = [f"PERSONNE {at:02}" for at in range(count)]
        pictures = [photo(service, index=100 + at, name=one) for at, one in enumerate(names)]
        with opened(name) as engine:
            engine.open(service.origin)
            until(engine, FIRST_SCREEN, True)
            engine.ask(BEGIN_ROUND)
            until(engine, COUNTED, 0)
            began, each = time.monotonic(), []
            for at, picture in enumerate(pictures):
                start = time.monotonic()
                engine.ask(SHOW_ROUND % picture)
                until(engine, COUNTED, at + 1)
                each.append(time.monotonic() - start)
            all_s = time.monotonic() - began
            engine.ask("document.querySelector('[data-action=round-list]').click()")
            until(engine, "document.querySelector('.round-papers') !== null", True)
            listed = engine.ask(LISTED)
        missed = sum(not any(one in line for line in listed) for one in names)
        return (
            f"| {name} | {count} | {all_s:.1f} | {statistics.median(each):.2f} | {max(each):.2f} | 0 | {missed} |"
            f" {len(listed) - count + missed} |"
        )
    finally:
        service.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=30)
    parser.add_argument("--only", default=",".join(ENGINES), help="engines, separated by commas")
    given = parser.parse_args()
    print(
        "| engine | papers | seconds in all | median s | worst s | taps | missed | twice |\n|---|--:|--:|--:|--:|--:|--:|--:|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in given.only.split(","):
            print(film(name, given.papers, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
