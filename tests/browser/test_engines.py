"""The verifier in three browser engines: link, text, picture, PDF and camera, an update, off line with the server dead."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from issuer.attestation import genuine
from keys import cbor
from keys.trust_content import GENUINE, STATE_REVOKED
from tests.browser.samples import REPLACED, REVOKED, SUSPENDED, publish_states
from tests.browser.test_updates import changed_sources
from tests.support import engines
from tests.support.paper import around_code, drawn, printed
from tests.support.processes import poll
from tests.support.sites import Service
from verifier_pwa.kit import compose_kit_page
from verifier_pwa.site_data import Anchors, read_lists

pytestmark = pytest.mark.browser

VERDICT = "document.querySelector('[data-verdict]')?.dataset.verdict ?? null"
LEVEL = VERDICT.replace("verdict ??", "level ??")
OFFLINE = (
    "[document.documentElement.dataset.offline ?? null, document.querySelector('.standing-ready')?.textContent ?? '']"
)
TYPE = """(() => {
  document.querySelector('[data-action=text]').value = '%s';
  document.querySelector('[data-action=send]').click();
})()"""
GIVE = """(() => {
  const bytes = Uint8Array.from(atob('%s'), (letter) => letter.charCodeAt(0)), given = new DataTransfer();
  given.items.add(new File([bytes], '%s'));
  const input = document.querySelector('input[type=file]');
  input.files = given.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
})()"""
FILM = """(async () => {
  const bytes = Uint8Array.from(atob('%s'), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes])), canvas = document.createElement('canvas');
  canvas.width = 1280;
  canvas.height = 720;
  canvas.style = 'position: fixed; right: 0; bottom: 0; width: 64px';
  document.body.append(canvas); // WebKit films only what it paints
  const drawing = canvas.getContext('2d');
  let shift = 0;
  setInterval(() => {
    shift = (shift + 1) %% 9;
    drawing.fillRect(0, 0, 1280, 720);
    drawing.drawImage(picture, 340 + shift, 60, 600, 600);
  }, 60);
  MediaDevices.prototype.getUserMedia = async () => canvas.captureStream(15);
  MediaDevices.prototype.enumerateDevices = async () => [{ kind: 'videoinput', deviceId: 'film', label: 'back' }];
  document.querySelector('[data-action=scan]').click();
})()"""
"""A camera made of a drawing that moves a little; and a tap on the scanner."""


BEGIN_ROUND = """(async () => {
  const until = async (selector) => {
    for (let turn = 0; turn < 800; turn += 1) {
      const found = document.querySelector(selector);
      if (found) return found;
      await new Promise((go) => { setTimeout(go, 50); });
    }
    throw new Error(selector);
  };
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1280, 720];
  canvas.style = 'position: fixed; right: 0; bottom: 0; width: 64px';
  document.body.append(canvas); // WebKit films only what it paints
  const drawing = canvas.getContext('2d');
  let shift = 0;
  globalThis.paper = null;
  setInterval(() => {
    shift = (shift + 1) % 9;
    drawing.fillStyle = '#ccc';
    drawing.fillRect(0, 0, 1280, 720);
    if (globalThis.paper) drawing.drawImage(globalThis.paper, 340 + shift, 60, 600, 600);
  }, 60);
  MediaDevices.prototype.getUserMedia = async () => canvas.captureStream(15);
  MediaDevices.prototype.enumerateDevices = async () => [{ kind: 'videoinput', deviceId: 'film', label: 'back' }];
  (await until('[data-action=round]')).click();
  (await until('[data-action=begin-round]')).click();
  await until('[data-round=scan] [data-camera=on]');
})()"""
"""A round before a camera made of a drawing; SHOW_ROUND puts a paper before it."""
SHOW_ROUND = """(async () => {
  const bytes = Uint8Array.from(atob('%s'), (letter) => letter.charCodeAt(0));
  globalThis.paper = await createImageBitmap(new Blob([bytes]));
})()"""
COUNTED = "Number(document.querySelector('[data-count]')?.dataset.count ?? -1)"
LISTED = "[...document.querySelectorAll('.round-paper')].map((one) => one.textContent)"


def _webkit(folder: Path) -> engines.Engine | None:
    browser = engines.webkit_browser()
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return engines.WebKit(folder, browser, port) if browser else None


def _firefox(folder: Path, **preferences: bool) -> engines.Engine | None:
    browser = engines.puppet_browser("firefox-esr", "firefox")
    return engines.Puppet("firefox", folder, browser, preferences) if browser else None


def _chromium(folder: Path) -> engines.Engine | None:
    browser = engines.puppet_browser("chromium", "chromium-browser", "google-chrome")
    return engines.Puppet("chrome", folder, browser) if browser else None


ENGINES: dict[str, Callable[[Path], engines.Engine | None]] = {
    "chromium": _chromium, "firefox": _firefox, "webkit": _webkit,
}  # fmt: skip


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_states(verifier)
    return verifier


@pytest.fixture(scope="module")
def paper(verifier) -> dict[str, str]:
    """A printed attestation: its PDF, and a picture of its code, in base64."""
    text = verifier.text(verifier.issuer.token())
    return {
        "attestation.pdf": base64.b64encode(printed(verifier, text)).decode(),
        "code.png": _code(verifier, text),
    }


def _code(verifier: Service, text: str) -> str:
    """A picture of a printed code, base64."""
    page = drawn(printed(verifier, text), 150)
    return base64.b64encode(cv2.imencode(".png", around_code(page))[1].tobytes()).decode()


@pytest.fixture(scope="module")
def kit_page(verifier, tmp_path_factory) -> str:
    """The address on the disk of the page of one file, whose lists know of no revocation yet."""
    issuer = verifier.issuer
    lists = read_lists(verifier.public) | {"status-1.cose": issuer.status_list({}, verifier.now - 600)}
    anchors = Anchors((issuer.root.public_key,), 1, (verifier.origin,), True, verifier.now, lists)
    page = tmp_path_factory.mktemp("kit") / "verificateur.html"
    page.write_bytes(compose_kit_page(anchors, {}))
    return page.as_uri()


@pytest.fixture(params=list(ENGINES))
def engine(request, tmp_path_factory) -> Iterator[engines.Engine]:
    """A browser of its own for each test: one that hangs, as WebKit's has done, takes no other test with it."""
    made = ENGINES[request.param](tmp_path_factory.mktemp(request.param))
    if made is None:
        words = f"No {request.param} on this machine, or not what drives it."
        if os.environ.get("WIF_REQUIRE_BROWSER") == "1":
            pytest.fail(words)
        pytest.skip(words)
    yield made
    made.close()


def sees(engine: engines.Engine, expected: str, seconds: int = 60) -> None:
    poll(lambda: engine.ask(VERDICT) == expected, seconds, f"the verdict {expected}, not {engine.ask(VERDICT)},")


def fresh(engine: engines.Engine, verifier: Service) -> None:
    engine.open(f"{verifier.origin}/?fresh")
    poll(lambda: engine.ask("document.querySelector('[data-action=text]') !== null"), 60, "the first screen")


def test_every_way_in_from_a_link_to_the_camera(engine, verifier, paper):
    engine.open(verifier.link(verifier.issuer.token()))
    sees(engine, "valid")
    poll(lambda: (engine.ask(OFFLINE) or [""])[0] == "ready", 120, "html[data-offline=ready]")
    assert "Prête hors ligne" in engine.ask(OFFLINE)[1]

    fresh(engine, verifier)
    text = verifier.text(verifier.issuer.token())
    engine.ask(TYPE % (text[:-1] + ("1" if text[-1] == "0" else "0")))
    poll(lambda: engine.ask(VERDICT) not in (None, "valid"), 30, "the verdict on a changed text")

    for name in ("code.png", "attestation.pdf"):
        fresh(engine, verifier)
        engine.ask(GIVE % (paper[name], name))
        sees(engine, "valid")

    fresh(engine, verifier)
    engine.ask(FILM % paper["code.png"])
    sees(engine, "valid")


AFTER = """(async () => {
  const until = async (selector, button) => {
    for (let turn = 0; turn < 800; turn += 1) {
      const found = document.querySelector(selector);
      if (found) return found;
      if (button && turn % 40 === 0) document.querySelector(button)?.click(); // again where newer lists drew the screen anew
      await new Promise((go) => { setTimeout(go, 50); });
    }
    throw new Error(selector);
  };
  const type = async (name, value) => {
    const field = await until(`#after-${name}`);
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
  await until('[data-action=compare]', 'main [data-action=after]');
  await until('#after-siret', '[data-action=compare]');
  await type('siret', '81234567800021');
  await type('residence_permit', 'IRFRAAB10O123449912345678<<<<< 9603149F2809300SEN<<<<<<<<<<<2 NDIAYE<<AMINATA<AWA<<<<<<<<<<<');
  (await until('[data-action=compare-now]')).click();
  const outcome = [(await until('.line')).dataset.outcome, document.querySelector('#after-residence_permit').value].join(' ');
  await until('[data-action=receipt]', 'main [data-action=after]');
  await until('#after-company', '[data-action=receipt]');
  await type('company', 'SOCIÉTÉ EXEMPLE SAS');
  (await until('[data-action=sign]')).click();
  return [outcome, (await until('[data-receipt]')).dataset.receipt].join(' ');
})()"""


def test_after_a_verdict_a_hire_is_compared_and_a_receipt_signed(engine, verifier):
    fresh(engine, verifier)
    engine.ask(TYPE % verifier.text(verifier.issuer.token()))
    sees(engine, "valid")
    assert engine.ask(AFTER) == "near 9912345678 undated"
    turn = next(TURNS)  # each browser has papers of its own, and a list later than the last
    first = 900 + 10 * turn
    papers = [verifier.text(verifier.issuer.token(index=first + at, number=5_000_000_000 + at)) for at in range(3)]
    assert (
        engine.ask(PILE % json.dumps([*papers, papers[0], "nothing"]))
        == "none,green,green,green,green 1 twin 3 watched"
    )
    verifier.publish({REVOKED: 1, SUSPENDED: 2, REPLACED: 3, first + 1: 1}, age=15 - turn)
    fresh(engine, verifier)
    news = "[...document.querySelectorAll('[data-news]')].map((one) => one.dataset.news).join()"
    poll(lambda: engine.ask(news) == "revoked", 60, "the news of a watched paper")


TURNS = itertools.count()
PILE = """(async () => {
  const until = async (selector) => {
    for (let turn = 0; turn < 400; turn += 1) {
      const found = document.querySelector(selector);
      if (found) return found;
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
    throw new Error(`no ${selector}`);
  };
  const given = new DataTransfer();
  %s.forEach((text, at) => given.items.add(new File([text], `${at}.txt`, { type: 'text/plain' })));
  const input = document.querySelector('input[type=file]');
  input.files = given.files;
  input.dispatchEvent(new Event('change'));
  await until('[data-pile]');
  const levels = [...document.querySelectorAll('.pile tbody tr')].map((row) => row.dataset.level);
  const twins = document.querySelectorAll('tr[data-twin]').length;
  (await until('[data-pile] [data-action=watch]')).click();
  (await until('[data-action=watch-keep]')).click();
  const { watch } = (await until('[data-watch]')).dataset;
  return `${levels.join()} ${twins} twin ${watch} watched`;
})()"""


def test_papers_of_a_round_are_counted_without_a_tap(engine, verifier, paper):
    fresh(engine, verifier)
    engine.ask(BEGIN_ROUND)
    other = verifier.text(verifier.issuer.token(index=REVOKED, number=4829130001))
    for at, picture in enumerate((paper["code.png"], _code(verifier, other)), 1):
        engine.ask(SHOW_ROUND % picture)
        poll(lambda at=at: engine.ask(COUNTED) == at, 60, f"{at} papers, not {engine.ask(COUNTED)}")
    time.sleep(1)  # the first has left the view
    engine.ask(SHOW_ROUND % paper["code.png"])
    poll(lambda: engine.ask("document.querySelector('[data-flash=same]') !== null"), 60, "word that it was counted")
    assert engine.ask(COUNTED) == 2


def test_an_update_is_taken_and_works_with_the_server_dead(engine, verifier, tmp_path):
    fresh(engine, verifier)
    poll(lambda: (engine.ask(OFFLINE) or [""])[0] == "ready", 120, "html[data-offline=ready]")
    verifier.build(sources=changed_sources(tmp_path, "second"))
    try:
        engine.open(f"{verifier.origin}/?update")
        poll(
            lambda: engine.ask("document.querySelector('[data-action=update]') !== null"), 90, "the offer of an update"
        )
        engine.ask("document.querySelector('[data-action=update]').click()")
        poll(lambda: engine.ask("document.documentElement.dataset.marker ?? null") == "second", 60, "the new file")
        verifier.kill()
        engine.open(verifier.link(verifier.issuer.token()))
        sees(engine, "valid")
    finally:
        verifier.build()
        verifier.restart()


def test_the_day_a_key_is_stolen_on_a_phone(engine, tmp_path):
    """Honest papers keep their verdict and forgeries turn red on a served site, also when its server is killed midway."""
    service = Service(tmp_path / "drill")
    try:
        issuer = service.issuer
        honest, revoked = issuer.token(), issuer.token(REVOKED)
        forged = issuer.token(index=77, family_name="DURAND")
        service.publish({REVOKED: 1}, age=10)

        def says(content: bytes, expected: list[str], seconds: int = 60) -> None:
            ask = "(({ verdict, level } = {}) => [verdict, level])(document.querySelector('[data-verdict]')?.dataset)"
            engine.open("about:blank")
            engine.open(service.link(content))
            poll(lambda: engine.ask(ask) == expected, seconds, f"{expected}")

        says(honest, ["valid", "green"])
        poll(lambda: (engine.ask(OFFLINE) or [""])[0] == "ready", 120, "html[data-offline=ready]")
        says(revoked, ["revoked", "red"])
        says(forged, ["valid", "green"])

        place = "genuine/0123456789abcdef-01234567.cbor"
        files = genuine.make([honest, revoked], bytes(range(16)), place)
        named = (GENUINE, cbor.encode([place, hashlib.sha256(files[place]).digest()]))
        stolen, *others = issuer.content.keys
        (service.public / "genuine").mkdir()
        (service.public / place).write_bytes(files[place])
        service.kill()  # the index is there, its part and the trust list are not: a phone goes on as before
        says(honest, ["valid", "green"])

        keys = (replace(stolen, state=STATE_REVOKED, extensions=(named,)), *others)
        service.publish_trust(version=2, keys=keys)
        service.restart()
        engine.ask("document.querySelector('[data-action=refresh-lists]').click()")
        poll(lambda: engine.ask(VERDICT) == "untrusted_key", 60, "the trust list that revokes")
        says(honest, ["untrusted_key", "amber"])
        assert engine.ask("document.body.innerText.includes('NGUYEN')") is False, "no claims until the list is there"
        says(forged, ["untrusted_key", "amber"])
        (service.public / f"{place}.1").write_bytes(files[f"{place}.1"])
        engine.ask("document.querySelector('[data-action=refresh-lists]').click()")
        poll(lambda: engine.ask(VERDICT) == "untrusted_key" and engine.ask(LEVEL) == "red", 60, "red once asked again")
        says(honest, ["valid", "green"])
        says(revoked, ["revoked", "red"])
        says(forged, ["untrusted_key", "red"])
        service.kill()
        says(honest, ["valid", "green"])
        says(forged, ["untrusted_key", "red"])
    finally:
        service.kill()


def test_the_page_of_one_file_works_from_a_disk_and_takes_newer_lists(engine, verifier, paper, kit_page):
    begin = "document.querySelector('[data-action=again], [data-action=scan], [data-trouble] .button-main').click()"
    told = "document.querySelector('[data-lists-said]')?.textContent ?? ''"

    def opened() -> None:
        engine.open(kit_page)
        poll(lambda: engine.ask("document.documentElement.dataset.kit ?? null") == "fr", 60, "the page of one file")

    def give(name: str, content: bytes) -> None:
        engine.ask(GIVE % (base64.b64encode(content).decode(), name))

    engine.open("about:blank")
    counted = -1
    while counted != (counted := len(verifier.requests())):
        time.sleep(2)  # the page before this one may still fetch what it keeps for later
    asked = counted
    opened()
    text = verifier.text(verifier.issuer.token(REVOKED))
    engine.ask(TYPE % text)
    sees(engine, "valid")
    if isinstance(engine, engines.WebKit):
        return  # texts alone: no picture is read there from a page of a disk (docs/verifier.md)
    for name in ("code.png", "attestation.pdf"):
        engine.ask(begin)
        engine.ask(GIVE % (paper[name], name))
        sees(engine, "valid")
        assert engine.ask("document.querySelector('[data-verdict]').dataset.doubt ?? null") is None, "it was drawn"

    engine.ask(begin)
    for content, name, words in (
        (b"no list", "status-1.cose", "refusée (forme inattendue)"),
        (b"", "other.cose", ": other.cose. Attendus"),
        (verifier.issuer.status_list({REVOKED: 1}, verifier.now - 9000), "status-1.cose", "plus ancienne"),
        ((verifier.public / "status-1.cose").read_bytes(), "status-1 (2).cose", "Listes plus récentes"),
    ):
        give(name, content)
        poll(lambda words=words: words in engine.ask(told), 20, words)
    engine.ask(TYPE % text)
    sees(engine, "revoked")
    engine.ask(begin)
    give("broken.pdf", b"%PDF-1.7 no more")
    poll(lambda: engine.ask("document.querySelector('[data-trouble]')?.dataset.trouble ?? null") == "pdf_broken", 30)

    asking = """new Promise((resolve) => {
      addEventListener('securitypolicyviolation', ({ violatedDirective }) => resolve(violatedDirective));
      fetch('%s/trust.cose').then(() => resolve('reached'), () => null);
    })"""
    assert engine.ask(asking % verifier.origin) == "connect-src"
    assert len(verifier.requests()) == asked, "no network was asked"


def test_a_browser_that_hides_pictures_from_pages_reads_files_all_the_same_or_says_so(verifier, paper, tmp_path):
    engine = _firefox(tmp_path, **{"privacy.resistFingerprinting": True})
    if engine is None:
        pytest.skip("No Firefox on this machine.")
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(paper["code.png"]), np.uint8), cv2.IMREAD_COLOR)
    code = {kind: base64.b64encode(cv2.imencode(f".{kind}", picture)[1].tobytes()).decode() for kind in ("jpg", "webp")}
    try:
        engine.open(verifier.link(verifier.issuer.token()))
        sees(engine, "valid")
        for content, kind in ((paper["code.png"], "png"), (code["jpg"], "jpg")):
            fresh(engine, verifier)
            engine.ask(GIVE % (content, f"code.{kind}"))
            sees(engine, "valid")
        fresh(engine, verifier)
        engine.ask(GIVE % (code["webp"], "code.webp"))
        poll(lambda: engine.ask("document.querySelector('[data-trouble]')?.dataset.trouble ?? null") == "hidden", 60)
    finally:
        engine.close()
