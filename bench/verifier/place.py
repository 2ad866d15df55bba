"""Where the verifier is measured: a served site, a browser, and a slow network or processor when asked for."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path[:0] = [str(TOP)]

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.support.paper import around_code, drawn, film, printed
from tests.support.sites import PHONE, Service, poll

DOWN, UP, ROUND_TRIP_MS = 1_600_000, 750_000, 150
"""Bits a second and milliseconds: the slow 4G of Lighthouse and WebPageTest."""
SETTLED_MS = 2_000
"""How long a browser is left alone before a page is opened in it."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SHOWN = """(() => {
  globalThis.shownAt = null;
  const look = new MutationObserver(() => {
    if (!document.querySelector('[data-verdict]')) return;
    look.disconnect();
    requestAnimationFrame(() => setTimeout(() => { globalThis.shownAt = performance.now(); }));
  });
  look.observe(document, { childList: true, subtree: true });
})()"""
"""Notes when the first verdict is painted, milliseconds after the navigation began."""


def chromium() -> str:
    """The path of the machine's Chromium; ends the program with words when there is none."""
    found = os.environ.get("WIF_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
    )
    return found or sys.exit("No Chromium on this machine: install the package chromium.")


@contextmanager
def browser(playwright: Playwright, *arguments: str) -> Iterator[Browser]:
    """A Chromium without a window."""
    made = playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, *arguments])
    try:
        yield made
    finally:
        made.close()


@contextmanager
def slowed(one: Browser, factor: float) -> Iterator[None]:
    """Slows every renderer of a browser, workers included; a factor of 1 leaves it alone."""
    if factor == 1:
        yield
        return
    session = one.new_browser_cdp_session()
    (main,) = [
        entry["id"] for entry in session.send("SystemInfo.getProcessInfo")["processInfo"] if entry["type"] == "browser"
    ]
    brake = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("processor.py")), str(main), str(factor)], stdout=subprocess.PIPE
    )
    assert brake.stdout
    brake.stdout.readline()
    try:
        yield
    finally:
        brake.terminate()
        brake.wait()


class SlowService(Service):
    """A served verifier behind a slow network, whose near end is the printed origin: the verifier's own server with
    HTTP/1.1.
    """

    front = False
    handshakes = 1
    """Round trips before a connection's first byte that the network adds: TCP's."""

    def __init__(self, folder: Path):
        self.trusting: list[
            str
        ] = []  # arguments of a browser that takes the certificate for a good one, and caches its answers
        self._others: list[subprocess.Popen] = []
        super().__init__(folder)

    def slow_down(self, down: float = DOWN, up: float = UP, round_trip_ms: float = ROUND_TRIP_MS) -> None:
        """Moves the server to another port and puts the network on the printed one."""
        near, self.port = self.port, _free_port()
        self.restart()
        far = self.port
        if self.front:
            far = _free_port()
            self._start("node", str(HERE / "front.mjs"), far, self.port, *self._certificate())
        self._start(sys.executable, str(HERE / "network.py"), near, far, down, up, round_trip_ms, self.handshakes)
        for port in (far, near):
            poll(lambda port=port: _answers(port), what="the slow network")

    def _certificate(self) -> list[str]:
        authority = trustme.CA()
        made = authority.issue_cert("localhost")
        key, chain = self.public.parent / "key.pem", self.public.parent / "chain.pem"
        made.private_key_pem.write_to_path(str(key))
        chain.write_bytes(b"".join(pem.bytes() for pem in made.cert_chain_pems))
        public = load_pem_x509_certificate(made.cert_chain_pems[0].bytes()).public_key()
        spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.trusting = [
            "--ignore-certificate-errors-spki-list=" + base64.b64encode(hashlib.sha256(spki).digest()).decode()
        ]
        return [str(key), str(chain)]

    def _start(self, *command: object) -> None:
        self._others.append(subprocess.Popen([str(part) for part in command]))

    def kill(self) -> None:
        """Ends the server and what stands before it."""
        super().kill()
        while self._others:
            one = self._others.pop()
            one.kill()
            one.wait()


class SecureService(SlowService):
    """The same behind a web server with TLS and HTTP/2, as on the internet; TLS brings its own round trip."""

    scheme = "https"
    front = True


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def drawn_page(context: BrowserContext) -> Page:
    """A new page of a browser that has drawn its window: Chromium's own pages have loaded, as on a phone in somebody's
    hand.
    """
    page = context.new_page()
    page.wait_for_timeout(SETTLED_MS)
    return page


def verdict_ms(page: Page, address: str, seconds: float = 60) -> float:
    """Opens an address and returns when its verdict was painted, milliseconds after the navigation began."""
    page.add_init_script(SHOWN)
    page.goto(address, wait_until="commit")
    return float(poll(lambda: page.evaluate("globalThis.shownAt"), seconds, "a verdict"))


def filmed(service: Service, text: str, target: Path, frames: int = 12, aside: bool = False) -> Path:
    """A film of the printed page with this QR text, held in a hand; `aside`, of the print above the code."""
    page = drawn(printed(service, text))
    return film(page[200:1280, 300:2220] if aside else around_code(page), target, frames)


def camera(film_path: Path) -> list[str]:
    """The arguments that make a film the camera of the browser."""
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film_path}",
    ]


def offline_ready(page: Page) -> None:
    """Waits until everything is on the phone."""
    poll(lambda: page.evaluate("document.documentElement.dataset.offline") == "ready", 120, "off-line use")


__all__ = [
    "PHONE",
    "SecureService",
    "SlowService",
    "browser",
    "camera",
    "chromium",
    "drawn_page",
    "filmed",
    "offline_ready",
    "poll",
    "slowed",
    "verdict_ms",
]
