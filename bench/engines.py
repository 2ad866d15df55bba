"""The verifier in three browser engines: link and camera on a first visit, off line; thirty papers in a row from a film.

    wif bench engines [--times 3] [--only chromium,firefox,webkit] [--papers 30]

"Cold" is a first visit with a new profile over 1.6 Mbit/s and 150 ms (bench/verifier/network.py), from the verifier's own
server over HTTP/1.1; processors are not slowed, since only Chromium's can be. Times are taken from outside, from the
driver's order to open the page until it sees the verdict. The camera is a canvas that moves, filmed, from the
moment when the first screen stands. The film shows a paper until its verdict stands, then the next; a tap on
« Scanner une autre attestation » is needed between two. Prints Markdown tables. Needs what tests/browser/test_engines.py needs.
"""

import argparse
import base64
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

import cv2

from bench.verifier.place import SlowService
from tests.browser.test_engines import ENGINES, FILM, OFFLINE, VERDICT
from tests.support.engines import Engine
from tests.support.paper import around_code, drawn, printed
from tests.support.processes import poll

FIRST_SCREEN = "document.querySelector('[data-action=text]') !== null"
FILM_ALL = FILM.replace(
    "const picture = await createImageBitmap(new Blob([bytes])),",
    "globalThis.picture = await createImageBitmap(new Blob([bytes]));\n  const",
).replace("drawImage(picture,", "drawImage(globalThis.picture,")
NEXT = """(async () => {
  const bytes = Uint8Array.from(atob('%s'), (letter) => letter.charCodeAt(0));
  globalThis.picture = await createImageBitmap(new Blob([bytes]));
  document.querySelector('[data-action=again]').click();
})()"""
NAME = "document.querySelector('[data-verdict] [data-field=family_name]')?.dataset.value ?? null"


@contextmanager
def opened(name: str) -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = ENGINES[name](Path(folder))
        if made is None:
            sys.exit(f"No {name} on this machine, or not what drives it.")
        try:
            yield made
        finally:
            made.close()


def until(engine: Engine, script: str, expected: object = "valid") -> None:
    poll(lambda: engine.ask(script) == expected, 120, f"{expected} of {script[:60]}")


def photo(service: SlowService, index: int = 7, name: str = "NGUYEN") -> str:
    """A picture of a printed code, base64."""
    page = drawn(printed(service, service.text(service.issuer.token(index=index, family_name=name))), 150)
    return base64.b64encode(cv2.imencode(".png", around_code(page))[1].tobytes()).decode()


def visits(name: str, service: SlowService, picture: str) -> Iterator[tuple[str, float]]:
    """One first visit by link, one by camera, one off line: milliseconds."""
    link = service.link(service.issuer.token())
    service.slow_down()
    with opened(name) as engine:
        began = time.monotonic()
        engine.open(link)
        until(engine, VERDICT)
        yield "link, cold", time.monotonic() - began
    with opened(name) as engine:
        began = time.monotonic()
        engine.open(service.origin)
        until(engine, FIRST_SCREEN, True)
        engine.ask(FILM % picture)
        until(engine, VERDICT)
        yield "camera, cold", time.monotonic() - began
        until(engine, f"({OFFLINE})[0]", "ready")
        service.kill()
        began = time.monotonic()
        engine.open(link)
        until(engine, VERDICT)
        yield "off line", time.monotonic() - began


def papers(name: str, count: int, folder: Path) -> None:
    """Different papers in a row from a film."""
    service = SlowService(folder / f"papers-{name}")
    try:
        pictures = [photo(service, index=100 + at, name=f"PERSONNE {at:02}") for at in range(count)]
        with opened(name) as engine:
            engine.open(service.origin)
            until(engine, FIRST_SCREEN, True)
            began, each = time.monotonic(), []
            engine.ask(FILM_ALL % pictures[0])
            for at in range(count):
                start = time.monotonic()
                if at:
                    engine.ask(NEXT % pictures[at])
                until(engine, NAME, f"PERSONNE {at:02}")
                each.append(time.monotonic() - start)
            print(
                f"| {name} | {count} | {time.monotonic() - began:.1f} | {statistics.median(each):.2f} | {max(each):.2f} |"
                f" {count - 1} |",
                flush=True,
            )
    finally:
        service.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="visits of each kind")
    parser.add_argument("--only", default=",".join(ENGINES), help="engines, separated by commas")
    parser.add_argument("--papers", type=int, default=30, help="papers of the film; 0: no film")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print("| engine | measure | median ms | worst ms | times |\n|---|---|---|---|---|", flush=True)
        for name in given.only.split(","):
            found: dict[str, list[float]] = {}
            for at in range(given.times):
                service = SlowService(Path(folder) / f"{name}-{at}")
                try:
                    for what, seconds in visits(name, service, photo(service)):
                        found.setdefault(what, []).append(seconds * 1000)
                finally:
                    service.kill()
            for what, all_ms in found.items():
                print(
                    f"| {name} | {what} | {statistics.median(all_ms):.0f} | {max(all_ms):.0f} | {len(all_ms)} |",
                    flush=True,
                )
        if given.papers:
            print(
                "\n| engine | papers | seconds in all | median s | worst s | taps |\n|---|---|---|---|---|---|",
                flush=True,
            )
            for name in given.only.split(","):
                papers(name, given.papers, Path(folder))


if __name__ == "__main__":
    main()
