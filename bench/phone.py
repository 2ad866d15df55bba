"""The verifier on a phone: link, camera and off-line opening to verdict, publication to phone, one camera frame.

    wif bench phone [--times 5] [--slow 4] [--only link,camera,offline,publish,frame]

"Cold" is a first visit with an empty browser over 1.6 Mbit/s and 150 ms (bench/verifier/network.py: one line shared by
all connections), every renderer slowed by --slow, workers included (bench/verifier/processor.py); through a web server
with TLS and HTTP/2 as on the internet, and from the verifier's own server over plain HTTP/1.1. Medians and worst of
--times. Prints a Markdown table. Needs Chromium, Node.js and the test requirements.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

from playwright.sync_api import Playwright, sync_playwright

from bench.verifier.place import (
    PHONE,
    SecureService,
    SlowService,
    browser,
    camera,
    drawn_page,
    filmed,
    offline_ready,
    poll,
    slowed,
    verdict_ms,
)

FRAME = """async ([seconds]) => {
  const folder = document.querySelector('script[src*=main]').src.replace('main.js', '');
  const { Reader } = await import(folder + 'reader.js');
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: { exact: 1920 }, height: { exact: 1080 } } });
  await video.play();
  const reader = new Reader(), times = [], end = performance.now() + seconds * 1000;
  await reader.readVideo(video);
  let read = 0, unread = 0;
  while (performance.now() < end || times.length < 5) {
    await new Promise((next) => { video.requestVideoFrameCallback(() => next()); });
    const start = performance.now();
    const { readings } = await reader.readVideo(video, unread % 6);
    times.push(performance.now() - start);
    read += readings.length > 0 ? 1 : 0;
    unread = readings.length > 0 ? 0 : unread + 1;
  }
  for (const track of video.srcObject.getTracks()) track.stop();
  reader.close();
  return [times, read];
}"""
"""Reads frames of the camera with a reader of its own, one at a time: milliseconds from the page's question to the
answer.
"""

Row = tuple[str, list[float], str]
PROTOCOLS = ((SecureService, "HTTP/2"), (SlowService, "HTTP/1.1"))


def link(driver: Playwright, folder: Path, times: int, slow: float) -> Iterator[Row]:
    """A first visit by the QR's link."""
    for kind, protocol in PROTOCOLS:
        yield from _link(driver, kind(folder / f"link-{protocol[-1]}"), protocol, folder, times, slow)


def _link(
    driver: Playwright, service: SlowService, protocol: str, folder: Path, times: int, slow: float
) -> Iterator[Row]:
    service.slow_down()
    try:
        found = []
        for _ in range(times):
            with browser(driver, *service.trusting) as one, slowed(one, slow):
                found.append(verdict_ms(drawn_page(one.new_context(**PHONE)), service.link(service.issuer.token())))
        yield f"link to verdict, cold, {protocol}, CPU ÷ {slow:g}", found, "≤ 2000"
    finally:
        service.kill()


def scan(driver: Playwright, folder: Path, times: int, slow: float) -> Iterator[Row]:
    """A first visit to the scanner, the camera on a printed page."""
    for kind, protocol in PROTOCOLS:
        yield from _camera(driver, kind(folder / f"camera-{protocol[-1]}"), protocol, folder, times, slow)


def _camera(
    driver: Playwright, service: SlowService, protocol: str, folder: Path, times: int, slow: float
) -> Iterator[Row]:
    film = filmed(service, service.text(service.issuer.token()), folder / "page.mjpeg")
    service.slow_down()
    try:
        found = []
        for _ in range(times):
            with browser(driver, *camera(film), *service.trusting) as one, slowed(one, slow):
                found.append(verdict_ms(drawn_page(one.new_context(**PHONE)), service.origin))
        yield f"camera to verdict, cold, {protocol}, CPU ÷ {slow:g}", found, "≤ 4000"
    finally:
        service.kill()


def offline(driver: Playwright, folder: Path, times: int, slow: float) -> Iterator[Row]:
    """The server dead, a new page, the service worker asleep: browsers end it after half a minute."""
    service = SlowService(folder / "offline")
    try:
        with browser(driver) as one:
            context = one.new_context(**PHONE)
            first = context.new_page()
            first.goto(service.origin)
            offline_ready(first)
            service.kill()
            sleeper = context.new_cdp_session(first)
            sleeper.send("ServiceWorker.enable")
            for factor, main in dict.fromkeys(((1.0, 1.0), (slow, 1.0), (1.0, slow))):
                found = []
                with slowed(one, factor):
                    for _ in range(times):
                        page = drawn_page(context)
                        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": main})
                        sleeper.send("ServiceWorker.stopAllWorkers")
                        page.wait_for_timeout(500)
                        found.append(verdict_ms(page, service.link(service.issuer.token())))
                        page.close()
                how = f"CPU ÷ {factor:g}" if main == 1 else f"main thread ÷ {main:g} by DevTools"
                yield f"off line, opening to verdict, {how}", found, "≤ 1000"
    finally:
        service.kill()


def publish(driver: Playwright, folder: Path, times: int, slow: float) -> Iterator[Row]:
    """A revocation published; a phone on line is asked to refresh at once, over the slow network."""
    service = SlowService(folder / "publish")
    service.slow_down()
    try:
        found = []
        with browser(driver) as one:
            context = one.new_context(**PHONE)
            for index in range(times):
                page = context.new_page()
                page.goto(service.link(service.issuer.token(index=index)))
                poll(lambda page=page: page.locator("[data-verdict=valid]").count() == 1)
                offline_ready(page)
                began = time.monotonic()
                service.publish(dict.fromkeys(range(index + 1), 1), age=25 - index)
                page.locator("[data-action=refresh-lists]").click()
                poll(lambda page=page: page.locator("[data-verdict=revoked]").count() == 1)
                found.append((time.monotonic() - began) * 1000)
                page.close()
        yield "publication to phone that asks again", found, "seconds"
    finally:
        service.kill()


def frame(driver: Playwright, folder: Path, times: int, slow: float) -> Iterator[Row]:
    """Frames of 1920 × 1080 from the camera, the engine warm: with a code in them, and without."""
    service = SlowService(folder / "frame")
    films = {
        "with our code": filmed(service, service.text(service.issuer.token()), folder / "code.mjpeg"),
        "without a code": filmed(service, service.text(service.issuer.token()), folder / "text.mjpeg", aside=True),
    }
    try:
        for name, film in films.items():
            with browser(driver, *camera(film)) as one:
                page = one.new_context(**PHONE).new_page()
                page.goto(f"{service.origin}/#2")  # a verdict, so that the page itself reads nothing meanwhile
                poll(lambda page=page: page.locator("[data-verdict]").count() == 1)
                for factor, target in ((1.0, "≤ 50"), (slow, "≤ 200")):
                    with slowed(one, factor):
                        found, read = page.evaluate(FRAME, [times])
                    yield f"1080p frame {name}, CPU ÷ {factor:g} ({read} of {len(found)} read)", found, target
    finally:
        service.kill()


PARTS: dict[str, Callable[[Playwright, Path, int, float], Iterator[Row]]] = {
    "link": link,
    "camera": scan,
    "offline": offline,
    "publish": publish,
    "frame": frame,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, help="visits of each kind; for frames, seconds")
    parser.add_argument("--slow", type=float, default=4, help="by how much the processor is slowed")
    parser.add_argument("--only", default=",".join(PARTS), help="measures, separated by commas")
    given = parser.parse_args()
    print("| measure | median ms | worst ms | times | target ms |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        for name in given.only.split(","):
            for words, found, target in PARTS[name](driver, Path(folder), given.times, given.slow):
                print(
                    f"| {words} | {statistics.median(found):.0f} | {max(found):.0f} | {len(found)} | {target} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
