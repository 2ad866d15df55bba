"""A round: different papers in a row before the camera, without a tap, in three browser engines.

    wif bench rounds [--papers 30] [--only chromium,firefox,webkit]
    wif bench rounds --film 1.2,0.8 [--papers 30]

Each paper is a printed attestation of its own person, drawn at 150 dots an inch and filmed through a canvas that moves; the film goes on to the next
as soon as the page has counted the one before, as a hand does that hears the sound. Then the list is opened: none may be
missing, none there twice. Prints a Markdown table. Needs what tests/browser/test_engines.py needs.

With --film a hand that does not wait: a real film (motion JPEG, 1920 × 1080) of the printed pages, held for so many seconds each and 0.2 s of bare desk between
two, is the camera of a Chromium, which plays it slower where the processors are busy. It is over when its first paper comes again; what was counted by then counts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

from playwright.sync_api import Playwright, sync_playwright

from bench.engines import FIRST_SCREEN, opened, photo, until
from bench.verifier.place import PHONE, SlowService, browser, camera, poll
from tests.browser.test_engines import BEGIN_ROUND, COUNTED, ENGINES, LISTED, SHOW_ROUND
from tests.browser.test_rounds import begin_before_a_film
from tests.support.paper import FILM_RATE, around_code, drawn, passing, printed


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


ROUND = """() => [Number(document.querySelector('[data-count]')?.dataset.count ?? -1),
  document.querySelector('[data-flash=same]:not([hidden])') !== null]"""
BETWEEN = 6
"""Frames of bare desk between two papers."""


def reel(count: int, seconds: float, folder: Path, driver: Playwright) -> str:
    """One row of the second table: `count` papers on a film, each held so many seconds, before Chromium's own camera."""
    service = SlowService(folder / f"film-{seconds}")
    names = [f"PERSONNE {at:02}" for at in range(count)]
    try:
        pages = (
            around_code(drawn(printed(service, service.text(service.issuer.token(index=100 + at, family_name=one)))))
            for at, one in enumerate(names)
        )
        frames = round(seconds * FILM_RATE)
        film_path = passing(pages, folder / f"{seconds}.mjpeg", frames, BETWEEN)
        length_s = count * (frames + BETWEEN) / FILM_RATE
        with browser(driver, *camera(film_path)) as one:
            page = one.new_context(**PHONE).new_page()
            begin_before_a_film(page, service.origin)
            poll(lambda: page.locator("[data-round=scan] [data-camera=on]").count() == 1, 60, "the camera")
            began, last, counted = time.monotonic(), 0.0, 0
            while time.monotonic() < began + 3 * length_s:
                now, again = page.evaluate(ROUND)
                if again:
                    break  # the film is over, and begins anew
                if now != counted:
                    counted, last = now, time.monotonic() - began
                page.wait_for_timeout(50)
            over_s = time.monotonic() - began
            page.evaluate("document.querySelector('[data-action=round-list]').click()")
            poll(lambda: page.locator(".round-papers").count() == 1, 60, "the list")
            listed = page.locator(".round-paper").all_inner_texts()
        found = [sum(name in line for line in listed) for name in names]
        load = os.getloadavg()[0]
        return (
            f"| {seconds:.1f} | {count} | {length_s:.0f} | {over_s:.0f} | {last:.1f} | 0 | {found.count(0)} |"
            f" {sum(times - 1 for times in found if times > 1)} | {load:.0f} |"
        )
    finally:
        service.kill()
        (folder / f"{seconds}.mjpeg").unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=30)
    parser.add_argument("--only", default=",".join(ENGINES), help="engines, separated by commas")
    parser.add_argument("--film", default="", help="seconds for which a film holds each paper, separated by commas")
    given = parser.parse_args()
    if given.film:
        print(
            "| seconds each | papers | film s | played in s | last counted at s | taps | missed | twice | load |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
        )
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
            for seconds in map(float, given.film.split(",")):
                print(reel(given.papers, seconds, Path(folder), driver), flush=True)
        return
    print(
        "| engine | papers | seconds in all | median s | worst s | taps | missed | twice |\n|---|--:|--:|--:|--:|--:|--:|--:|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in given.only.split(","):
            print(film(name, given.papers, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
