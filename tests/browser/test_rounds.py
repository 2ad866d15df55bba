"""A round on the phone: papers before the camera without a tap, kept through a killed browser, shared by two tabs, reported, erased."""

from __future__ import annotations

import base64
import io

import pytest

from issuer.attestation import qr
from keys.signer import SeedSigner
from keys.trust_content import TrustedKey
from tests.browser.samples import REVOKED, publish_states
from tests.support.sites import DAY, PHONE, Service, poll

COUNTER = SeedSigner(bytes([44]) * 32)
FILM = """(() => {
  const canvas = document.createElement('canvas');
  canvas.width = 1280; canvas.height = 720;
  const drawing = canvas.getContext('2d');
  globalThis.film = { paper: null, shift: 0, vibrated: [], locks: 0 };
  film.show = async (picture) => {
    film.paper = picture && await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0))]));
  };
  setInterval(() => {
    film.shift = (film.shift + 1) % 9;
    drawing.fillStyle = '#d8d8d2';
    drawing.fillRect(0, 0, 1280, 720);
    if (film.paper) drawing.drawImage(film.paper, 390 + film.shift, 110, 500, 500);
  }, 50);
  MediaDevices.prototype.getUserMedia = async () => canvas.captureStream(20);
  MediaDevices.prototype.enumerateDevices = async () => [{ kind: 'videoinput', deviceId: 'film', label: 'back' }];
  navigator.vibrate = (pattern) => { film.vibrated.push(pattern); return true; };
  Object.defineProperty(navigator, 'wakeLock', { value: { request: async () => {
    film.locks += 1;
    return { release: async () => { film.locks -= 1; } };
  } } });
})()"""
"""A camera made of a drawing: whatever paper `film.show` puts before it, moving a little. Wake locks and vibrations are counted."""
COUNT = "Number(document.querySelector('[data-count]')?.dataset.count ?? -1)"
KEPT = """(async () => {
  const opening = indexedDB.open('wif-round', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('round');
  const database = await new Promise((resolve) => { opening.onsuccess = () => resolve(opening.result); });
  const answer = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const table = database.transaction('round', 'readwrite').objectStore('round');
  const act = %s;
  const said = await act(table, answer);
  database.close();
  return said;
})()"""
ROWS = KEPT % "async (table, answer) => (await answer(table.getAll()))"


@pytest.fixture(scope="module")
def verifier(tmp_path_factory):
    made = Service(tmp_path_factory.mktemp("verifier"))
    key = TrustedKey(COUNTER.kid, COUNTER.public_key, 4, made.now - DAY, made.now + DAY, 1, "Service", ())
    made.issuer.content = made.issuer.content.with_countersigner(key)
    made.publish_trust(version=2)
    publish_states(made)
    made.build()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def context(verifier, browser):
    made = browser.new_context(**PHONE)
    made.add_init_script(FILM)
    yield made
    made.close()


@pytest.fixture
def page(verifier, context):
    """A page before the camera; whatever round a test leaves is erased."""
    made = context.new_page()
    made.faults = []
    made.on("pageerror", lambda error: made.faults.append(str(error)))
    made.goto(verifier.origin)
    made.evaluate(KEPT % "async (table) => table.clear()")
    made.goto(f"{verifier.origin}/?anew")
    yield made
    assert made.faults == []
    made.close()


def picture(text: str) -> str:
    """A code as a picture, base64."""
    drawn = io.BytesIO()
    qr.make_symbol(text).save(drawn, kind="png", scale=6, border=4)
    return base64.b64encode(drawn.getvalue()).decode()


def begin(page, **values: str) -> None:
    page.locator("[data-action=round]").click()
    poll(lambda: page.locator("[data-round=setup]").count() == 1, what="the form of a round")
    for name, value in values.items():
        page.locator(f"#after-round_{name}").fill(value)
    page.locator("[data-action=begin-round]").click()
    scanning(page)


def scanning(page) -> None:
    poll(lambda: page.locator("[data-round=scan] [data-camera=on]").count() == 1, what="the camera of a round")


def count(page) -> int:
    return page.evaluate(COUNT)


def hold(page, text: str, expected: int) -> None:
    """Holds a paper before the camera until so many are counted."""
    page.evaluate("(one) => film.show(one)", picture(text))
    poll(lambda: count(page) == expected, what=f"{expected} papers, not {count(page)}")


def papers(verifier: Service, many: int) -> list[str]:
    return [
        verifier.text(
            verifier.issuer.token(index=100 + at, number=4829130000 + at, family_name=f"NOM{chr(65 + at % 26)}")
        )
        for at in range(many)
    ]


def test_ten_papers_pass_without_a_tap_none_missed_none_twice(verifier, page):
    begin(page, place="Chantier de la gare", siret="81234567800013")
    issuer = verifier.issuer
    texts = [
        *papers(verifier, 6),
        verifier.text(issuer.token(index=REVOKED, number=4829130050)),
        verifier.text(issuer.token(index=60, number=4829130060, employer_siret=81234567800021)),
        verifier.text(issuer.token(index=61, number=4829130061, employer_siret=50000000000014, employer_name="AUTRE")),
        "HTTPS://EXAMPLE.ORG/#1234567890",
    ]
    for at, text in enumerate(texts, 1):
        hold(page, text, at)
    hold(page, texts[0], len(texts))
    poll(lambda: page.locator('[data-flash="same"]').count() == 1, what="word that it was counted already")
    rows = [row for row in page.evaluate(ROWS) if "rank" in row]
    assert sorted(row["rank"] for row in rows) == list(range(1, 11))
    assert {row["text"] for row in rows} == set(texts)
    assert page.evaluate("film.vibrated.length") >= 10 and page.evaluate("film.locks") == 1
    assert page.locator("[data-tally]").count() == 3  # valid, revoked, foreign
    page.locator("[data-action=round-list]").click()
    poll(lambda: page.locator(".round-paper").count() == 10, what="ten papers in the list")
    found = {
        (line.get_attribute("data-result"), line.get_attribute("data-level"))
        for line in page.locator(".round-paper").all()
    }
    assert found == {("valid", "green"), ("valid", "amber"), ("revoked", "red"), ("foreign", "grey")}
    differing = page.locator(".round-paper [data-differs]").evaluate_all(
        "all => all.map(({ dataset }) => dataset.differs)"
    )
    assert sorted(differing) == ["siret", "siret_siren"]
    poll(lambda: page.evaluate("film.locks") == 0, what="the screen let go")
