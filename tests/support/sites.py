"""A small issuer with fixed keys, and a verifier of its own served by a real process: what the browser tests act on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError

from issuer.attestation import claims, qr, status, token
from keys import trust
from keys.roots import RootSet
from keys.signer import SeedSigner
from keys.trust_content import StatusListEntry, TrustContent, TrustedKey
from tests.support.processes import poll
from verifier_pwa.build import Site, build_site

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "fr-FR",
}
"""A phone held upright, as Playwright describes one."""
ALL_CACHES = (
    "caches.keys().then(async (names) => (await Promise.all(names.map(async (name) => (await (await"
    " caches.open(name)).keys()).map((r) => r.url)))).flat())"
)


def verdict(page) -> tuple[str, str] | None:
    """The verdict and level on the screen, None while there is none."""
    found = page.locator("[data-verdict]")
    if found.count() != 1:
        return None
    return found.get_attribute("data-verdict"), found.get_attribute("data-level")


def shown(page, expected: tuple[str, str]) -> None:
    poll(lambda: verdict(page) == expected, what=f"the verdict {expected}, not {verdict(page)},")


def offline_ready(page) -> None:
    poll(lambda: page.evaluate("document.documentElement.dataset.offline") == "ready", 60, "html[data-offline=ready]")


def later_ready(page) -> None:
    """Waits until the phone keeps what it keeps later too: other language, settings, files, PDF engine."""
    poll(lambda: page.evaluate("document.documentElement.dataset.later") == "ready", 60, "html[data-later=ready]")


def visit(page, address: str) -> None:
    """Goes to an address anew; a page that is opening again by itself at that moment is let go."""
    try:
        page.goto("about:blank")
        page.goto(address)
    except PlaywrightError as error:
        if not any(words in str(error) for words in ("ERR_ABORTED", "interrupted by another navigation")):
            raise


def lists_module(page) -> str:
    """The address of the page's own lists module, for tests that ask it."""
    return page.evaluate("document.querySelector('script[src*=main]').src").replace("main.js", "")


class Issuer:
    """Signs attestations and lists with keys made from fixed seeds. Times are UTC seconds."""

    def __init__(self, origin: str, now: int):
        self.origin, self.now = origin, now
        self.root, self.signer, self.status_signer = (SeedSigner(bytes([n]) * 32) for n in (1, 2, 3))
        self.content = TrustContent(
            version=1,
            issued=now - 60,
            next_update=now + 7 * DAY,
            expires=now + 30 * DAY,
            roots=RootSet(1, (self.root.public_key,)),
            keys=(self._key(self.signer, 1), self._key(self.status_signer, 2)),
            status_lists=(StatusListEntry(1, "status-1.cose", self.status_signer.kid),),
            origins=(origin,),
            demonstration=True,
        )

    def _key(self, signer: SeedSigner, use: int) -> TrustedKey:
        return TrustedKey(
            signer.kid,
            signer.public_key,
            use,
            self.now - 400 * DAY,
            self.now + 400 * DAY,
            1,
            "Service de démonstration",
            (),
        )

    def trust_list(self, **changes: Any) -> bytes:
        """A signed trust list; `changes` replace fields of the content and stay for the next one."""
        self.content = replace(self.content, **changes)
        return trust.make(self.content, [self.root])

    def status_list(self, entries: dict[int, int], issued: int, ttl: int = DAY, expires: int | None = None) -> bytes:
        """A signed status list 1 whose `entries` (index → value) are not 0."""
        values = bytearray(status.MIN_BYTES)
        for index, value in entries.items():
            status.set_value(values, index, value)
        uri = f"{self.origin}/status-1.cose"
        return status.make(uri, issued, expires or issued + 7 * DAY, ttl, bytes(values), self.status_signer)

    def token(self, index: int = 7, signer: SeedSigner | None = None, **changes: Any) -> bytes:
        """A signed attestation, valid from a month ago for three months; `changes` replace fields of its claims."""
        content = claims.Claims(
            kind=1, number=4829130571, family_name="NGUYEN ÉPOUSE DUPONT", given_names="Thị Mai", birth_date="1996-03-14",
            nationality="VNM", employer_name="SOCIÉTÉ EXEMPLE SAS", employer_siret=81234567800013, job="Ingénieure d'études",
            contract=2, hours=(96400, 3), workplaces=("75",), residence_permit="9912345678", department="75",
            status=(1, index), not_before=self.now - 30 * DAY, expires=self.now + 60 * DAY, issued_at=self.now - 31 * DAY,
        )  # fmt: skip
        return token.sign(claims.encode(replace(content, **changes)), signer or self.signer)


class Service:
    """A built verifier and the process that serves it, on a port of its own."""

    scheme = "http"
    demonstration = True

    def __init__(self, folder: Path, sources: Path | None = None):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.origin = f"{self.scheme}://localhost:{self.port}"
        self.now = int(time.time())
        self.issuer = Issuer(self.origin, self.now)
        self.site_dir, self.public = folder / "site", folder / "public"
        self._record, self._control = folder / "requests.jsonl", folder / "control"
        self.public.mkdir(parents=True)
        self._record.touch()
        self.answer_lists("usual")
        self.publish_trust()
        self.publish()
        self.site = self.build(sources)
        self._process: subprocess.Popen | None = None
        self.restart()

    def build(self, sources: Path | None = None, refresh: bool = False) -> Site:
        """Builds the site again, from other sources when given."""
        return build_site(
            self.site_dir, roots=[self.issuer.root.public_key], threshold=1, origins=[self.origin], public_dir=self.public,
            build_time=self.now, demonstration=self.demonstration, refresh=refresh, sources=sources,
        )  # fmt: skip

    def publish_trust(self, **changes: Any) -> None:
        """Publishes a trust list with these changes to its content."""
        (self.public / "trust.cose").write_bytes(self.issuer.trust_list(**changes))

    def publish(self, entries: dict[int, int] | None = None, age: int = 30, **options: Any) -> None:
        """Publishes status list 1, issued `age` seconds before the service started."""
        (self.public / "status-1.cose").write_bytes(self.issuer.status_list(entries or {}, self.now - age, **options))

    def answer_lists(self, word: str) -> None:
        """Has the lists answered as `usual`, by a `captive` portal, a `redirect`, an `error`, or too `slow`."""
        self._control.write_text(word)

    def text(self, content: bytes) -> str:
        """The QR text of a token."""
        return qr.encode_text(self.origin, content)

    def link(self, content: bytes) -> str:
        """The address that a camera opens for a token."""
        return self.text(content).replace(self.origin.upper(), self.origin)

    def requests(self) -> list[dict[str, Any]]:
        """The requests received so far: method, address, body (bytes), headers (names)."""
        return [json.loads(line) for line in self._record.read_text().splitlines()]

    def kill(self) -> None:
        """Ends the server as a power cut would."""
        if self._process:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Starts the server and waits until it answers."""
        self.kill()
        command = [sys.executable, str(Path(__file__).with_name("server.py"))]
        command += [str(self.port), *(str(path) for path in (self.site_dir, self.public, self._record, self._control))]
        self._process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})

        def answers() -> bool:
            with socket.socket() as attempt:
                return attempt.connect_ex(("127.0.0.1", self.port)) == 0

        poll(answers, what="the server")
