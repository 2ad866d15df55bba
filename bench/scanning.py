"""A long scanning run: memory, frames read a second, and what is left behind, minute by minute.

    wif bench scanning [--minutes 30] [--every 60]

The camera films the print of an attestation, then its code, then those of another, again and again; each verdict is answered with the next
scan. Every
--every seconds, after a collection of garbage: memory of page and workers as Chromium measures it, resident memory of
the page's process, nodes and listeners of the document, frames read and verdicts shown since. Prints a Markdown table.
Needs Chromium and the test requirements.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

from playwright.sync_api import sync_playwright

from bench.verifier.place import PHONE, SlowService, browser, camera, filmed, offline_ready, poll

COUNT_FRAMES = """(() => {
  globalThis.framesAsked = 0;
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...given) {
    if (message.frame) globalThis.framesAsked += 1;
    return post.call(this, message, ...given);
  };
})()"""
MEASURE = """async () => {
  const { bytes } = await performance.measureUserAgentSpecificMemory();
  return { bytes, frames: globalThis.framesAsked };
}"""
PRINT_FRAMES, CODE_FRAMES = 90, 6
"""At 30 frames a second: three seconds of print, then the code."""


def resident(session) -> int:
    """Resident bytes of the browser's largest renderer: the page's, its workers in it."""
    largest = 0
    for entry in session.send("SystemInfo.getProcessInfo")["processInfo"]:
        if entry["type"] == "renderer":
            pages = int(Path(f"/proc/{entry['id']}/statm").read_text().split()[1])
            largest = max(largest, pages * 4096)
    return largest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=60, help="seconds between two measures")
    given = parser.parse_args()
    print(
        "| minute | frames a second | verdicts | page and workers MB | process MB | nodes | listeners"
        " |\n|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        service = SlowService(folder / "service")
        texts = [service.text(service.issuer.token(index=index)) for index in (7, 8)]
        reel = folder / "reel.mjpeg"
        parts = [
            filmed(service, text, folder / f"{name}-{number}.mjpeg", frames, aside=aside)
            for number, text in enumerate(texts)
            for name, frames, aside in (("print", PRINT_FRAMES, True), ("code", CODE_FRAMES, False))
        ]
        reel.write_bytes(b"".join(part.read_bytes() for part in parts))
        try:
            with browser(driver, *camera(reel)) as one:
                page = one.new_context(**PHONE).new_page()
                page.add_init_script(COUNT_FRAMES)
                page.goto(service.origin)
                offline_ready(page)
                session, processes = page.context.new_cdp_session(page), one.new_browser_cdp_session()
                session.send("Performance.enable")
                began = last = time.monotonic()
                verdicts, frames = 0, page.evaluate("globalThis.framesAsked")
                while time.monotonic() < began + given.minutes * 60 or last == began:
                    if page.locator("[data-verdict]").count() == 1:
                        verdicts += 1
                        page.locator("[data-action=again]").click()
                        poll(lambda: page.locator("[data-verdict]").count() == 0)
                    page.wait_for_timeout(200)
                    if time.monotonic() < last + given.every:
                        continue
                    session.send("HeapProfiler.collectGarbage")
                    found = page.evaluate(MEASURE)
                    counts = {
                        entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]
                    }
                    now = time.monotonic()
                    print(
                        f"| {(now - began) / 60:.1f} | {(found['frames'] - frames) / (now - last):.1f} | {verdicts} |"
                        f" {found['bytes'] / 1e6:.1f} | {resident(processes) / 1e6:.0f} | {counts['Nodes']:.0f} |"
                        f" {counts['JSEventListeners']:.0f} |",
                        flush=True,
                    )
                    last, frames = now, found["frames"]
        finally:
            service.kill()


if __name__ == "__main__":
    main()
