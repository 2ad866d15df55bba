"""Three hundred files at once, and two thousand watched papers: what a desk waits for.

    wif bench piles [--files 300] [--watched 2000] [--times 5]

The files: printed attestations as PDF and filmed by hand (1920 × 1080, JPEG), texts, and one in ten that cannot be read. They are given to the
page at once, off line, in Chromium with a phone's window; its peer is `wif verify FOLDER --csv` on the same folder. "Longest pause" is the
longest time for which the page heard no tap. The receipts are those of all papers, signed and saved.

The watch: the same phone is opened with nothing watched, one paper and all of them, in turn; one of them is revoked meanwhile, so that the page has something
to say. Milliseconds from the start of the navigation to the first screen, and to the news. Prints Markdown tables. Needs Chromium and the test requirements.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

from bench.scanning import resident
from bench.verifier.place import PHONE, SlowService, browser, offline_ready, poll
from issuer.attestation.places import local_day
from tests.browser.test_watch import PUT
from tests.support.paper import around_code, drawn, held, printed
from tests.support.sites import later_ready

BEAT = """() => { globalThis.longest = 0; let last = performance.now(); globalThis.beat = setInterval(() => {
  const now = performance.now(); longest = Math.max(longest, now - last); last = now; }, 10); }"""
PAUSE = "() => { clearInterval(globalThis.beat); return globalThis.longest; }"
TIMES = """(() => {
  globalThis.at = { screen: null, news: null, longest: 0 };
  let last = null;
  setInterval(() => { const now = performance.now(); if (last !== null) at.longest = Math.max(at.longest, now - last); last = now; }, 10);
  new MutationObserver(() => {
    if (at.screen === null && document.querySelector('[data-action=text]')) at.screen = performance.now();
    if (at.news === null && document.querySelector('[data-offer=watch]')) at.news = performance.now();
  }).observe(document, { childList: true, subtree: true });
})()"""
KINDS = ("pdf", "photo", "text", "text", "pdf", "photo", "text", "text", "text", "broken")
"""What the files are, over and over."""


def make_files(service: SlowService, folder: Path, count: int) -> list[Path]:
    """The files, each paper of a person of its own."""
    folder.mkdir()
    random, made = np.random.default_rng(3), []
    for at in range(count):
        kind = KINDS[at % len(KINDS)]
        text = service.text(service.issuer.token(index=100 + at, number=3_000_000_000 + at))
        name = {"pdf": f"{at:04}.pdf", "photo": f"{at:04}.jpg", "text": f"{at:04}.txt", "broken": f"{at:04} torn.pdf"}
        path = folder / name[kind]
        if kind == "pdf":
            path.write_bytes(printed(service, text))
        elif kind == "photo":
            picture = held(around_code(drawn(printed(service, text))), at / 3, random)
            path.write_bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())
        else:
            path.write_bytes(text.encode() if kind == "text" else b"%PDF-1.4 torn")
        made.append(path)
    return made


def pile(page: Page, session, service: SlowService, files: list[Path]) -> None:
    """Rows of the first table."""
    page.evaluate(BEAT)
    began = time.monotonic()
    page.locator("header input[type=file]").set_input_files(files)
    poll(lambda: page.locator("[data-pile]").count() == 1, 900, "the list")
    read_s, pause = time.monotonic() - began, page.evaluate(PAUSE)
    memory = resident(session) / 1e6
    unread = page.locator("tr[data-level=none]").count()
    rows = page.locator(".pile tbody tr").count()
    print(
        f"| files read, judged and shown | {rows} rows, {unread} unread | {read_s:.1f} | {pause:.0f} | {memory:.0f} |"
    )
    page.evaluate(BEAT)
    began = time.monotonic()
    with page.expect_download() as started:
        page.locator("[data-action=export]").click()
    size = Path(started.value.path()).stat().st_size
    print(
        f"| table saved (CSV) | {size / 1e3:.0f} KB | {time.monotonic() - began:.1f} | {page.evaluate(PAUSE):.0f} | |"
    )
    page.locator("[data-action=receipts]").click()
    page.locator("#after-company").fill("AGENCE EXEMPLE SAS")
    page.evaluate(BEAT)
    began = time.monotonic()
    page.locator("[data-action=sign]").click()
    poll(lambda: page.locator("[data-bundle]").count() == 1, 300, "the receipts")
    signed_s, pause = time.monotonic() - began, page.evaluate(PAUSE)
    with page.expect_download() as started:
        page.locator("[data-action=save-bundle]").click()
    size = Path(started.value.path()).stat().st_size
    memory = resident(session) / 1e6
    print(f"| receipts signed and saved | {size / 1e3:.0f} KB | {signed_s:.1f} | {pause:.0f} | {memory:.0f} |")
    roots = files[0].parent.parent / "roots.json"
    roots.write_text(json.dumps({"threshold": 1, "keys": [service.issuer.root.public_key.hex()]}))
    command = [sys.executable, "-X", "utf8", "-m", "issuer.commands", "verify", files[0].parent, "--csv", "--public", service.public, "--roots", roots]  # fmt: skip
    began = time.monotonic()
    done = subprocess.run([*map(str, command)], cwd=TOP, capture_output=True, check=False)
    lines = done.stdout.count(b"\r\n") - 1
    print(f"| peer: `wif verify FOLDER --csv` | {lines} rows | {time.monotonic() - began:.1f} | | |", flush=True)


def watch(context, service: SlowService, count: int, times: int) -> None:
    """The second table."""
    today = local_day("75", service.now)
    papers = [
        {"list": 1, "index": 1000 + at, "number": f"{at:010}", "last": str(today + timedelta(days=40 + at % 300)), "label": "", "state": 0, "told": 0}
        for at in range(count)
    ]  # fmt: skip
    first = context.new_page()
    first.goto(service.origin)
    first.locator("[data-action=text]").fill(service.text(service.issuer.token(index=70)))
    poll(lambda: first.locator("[data-verdict]").count() == 1)
    first.locator("main [data-action=after]").click()
    first.locator("[data-action=watch]").click()
    first.locator("[data-action=watch-keep]").click()
    poll(lambda: first.locator("[data-watch]").count() == 1, what="a place for the watch")
    service.publish({1000: 1}, age=0)
    first.locator("[data-action=refresh-lists]").click()
    first.wait_for_timeout(2000)
    found: dict[int, list[dict]] = {}
    for _ in range(times):
        for many in (0, 1, count):
            first.evaluate(PUT, papers[:many])
            page = context.new_page()
            page.add_init_script(TIMES)
            page.goto(service.origin)
            poll(lambda page=page: page.evaluate("at.screen") is not None, 60, "the first screen")
            if many:
                poll(lambda page=page: page.evaluate("at.news") is not None, 60, "the news")
            page.wait_for_timeout(1000)
            found.setdefault(many, []).append(page.evaluate("at"))
            page.close()
    for many, all_ in found.items():
        screen, longest = (statistics.median(one[name] for one in all_) for name in ("screen", "longest"))
        news = f"{statistics.median(one['news'] for one in all_):.0f}" if many else "–"
        print(f"| {many} | {screen:.0f} | {news} | {longest:.0f} | {times} |", flush=True)
    first.evaluate(PUT, papers)
    page = context.new_page()
    page.goto(service.origin)
    poll(lambda: page.locator("[data-offer=watch]").count() == 1, 60, "the news")
    began = time.monotonic()
    page.locator("[data-action=see-watch]").click()
    poll(lambda: page.locator("[data-watch]").count() == 1, 60, "the list")
    print(f"\nThe list of all {count} is shown {(time.monotonic() - began) * 1000:.0f} ms after the tap.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--watched", type=int, default=2000)
    parser.add_argument("--times", type=int, default=5, help="openings of each kind")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        service = SlowService(Path(name) / "service")
        try:
            files = make_files(service, Path(name) / "files", given.files)
            print(f"Load at the start: {os.getloadavg()[0]:.0f}.\n")
            print("| 300 files | result | seconds | longest pause ms | page's process MB |\n|---|---|--:|--:|--:|".replace("300", str(given.files)))  # fmt: skip
            with browser(driver) as one:
                context = one.new_context(**PHONE)
                page = context.new_page()
                page.goto(service.origin)
                offline_ready(page)
                later_ready(page)
                context.set_offline(True)
                pile(page, one.new_browser_cdp_session(), service, files)
                context.set_offline(False)
                page.close()
                print("\n| watched | first screen ms | news ms | longest pause ms | openings |\n|--:|--:|--:|--:|--:|")
                watch(context, service, given.watched, given.times)
        finally:
            service.kill()


if __name__ == "__main__":
    main()
