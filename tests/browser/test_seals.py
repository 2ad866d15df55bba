"""The State's 2D-DOC seals on the page: every word by text, symbols by photo, PDF and camera, off line, never as ours."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from issuer.seals.judge import SEAL_VERDICTS
from tests.browser.samples import publish_seals
from tests.browser.test_view_ways import A_CAMERA, FALSE_CAMERA, coded, give, picture
from tests.support import seal_papers
from tests.support.paper import FRAME, passing
from tests.support.sites import PHONE, poll

PRESS = """(text) => {
  for (const key of [...text, 'Enter']) document.dispatchEvent(new KeyboardEvent('keydown', {
    bubbles: true, ctrlKey: key < ' ', key: key < ' ' ? ({ '\\x1d': ']', '\\x1e': '^', '\\x1f': '_' })[key] : key,
    code: /[A-Z]/.test(key) ? `Key${key}` : /[0-9]/.test(key) ? `Digit${key}` : '',
  }));
}"""
"""Presses the keys of a handheld scanner."""


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_seals(verifier)
    return verifier


@pytest.fixture(scope="module")
def phone(verifier, holding):
    """A page that keeps everything, the State's seals too, off line."""
    page = holding()
    poll(lambda: any(line["address"] == "/seals.cose" for line in verifier.requests()), what="the list of seals")
    poll(lambda: page.evaluate("caches.match('/kept-seals').then(Boolean)"), what="the list of seals kept")
    page.context.set_offline(True)
    return page


def seal(page, seconds: float = 30) -> tuple[str, str]:
    """The word and the level on the screen."""
    ask = "(({ seal, level } = {}) => seal && [seal, level])(document.querySelector('[data-seal]')?.dataset)"
    return tuple(poll(lambda: page.evaluate(ask), seconds, "a 2D-DOC verdict"))


def paste(page, text: str) -> None:
    page.locator('[data-action="scan"]').click()
    poll(lambda: page.locator('[data-action="text"]').count() == 1)
    page.locator('[data-action="text"]').fill(text)


@pytest.mark.parametrize("word", SEAL_VERDICTS)
def test_each_word_off_line_by_text(verifier, phone, word):
    paste(phone, seal_papers.texts(verifier.now)[word])
    assert seal(phone) == (word, SEAL_VERDICTS[word])
    said = phone.locator("main").inner_text()
    assert "pas une attestation Work In France" in said
    assert ("NGUYEN" in said) == (word in ("authentic", "certificate_expired", "test"))  # nothing unsigned is shown
    assert phone.locator("[data-verdict]").count() == 0


def test_a_work_permit_is_compared_with_the_hire_by_what_its_seal_signs(verifier, phone):
    paste(phone, seal_papers.texts(verifier.now)["authentic"])
    seal(phone)
    phone.locator("[data-action=compare]").click()
    poll(lambda: phone.locator("[data-after=compare]").count() == 1, what="the form of a hire")
    assert "NGUYEN MAI" in phone.locator("[data-whose]").inner_text()
    for name, typed in (("siret", "81234567800021"), ("job", "Serveur"), ("first_day", "05/01/2026")):
        phone.locator(f"[name={name}]").fill(typed)
    phone.locator("[data-action=compare-now]").click()
    poll(lambda: phone.locator("[data-outcome]").count() > 0, what="the lines")
    found = "(all) => Object.fromEntries(all.map(({ dataset }) => [dataset.field, dataset.reason]))"
    lines = phone.locator("[data-outcome]").evaluate_all(found)
    assert (lines["employer.siret"], lines["job"], lines["dates"]) == ("siret_siren", "seal_silent", "equal")
    phone.locator("[data-action=back]").click()
    assert seal(phone) == ("authentic", "amber")


def test_on_a_wide_screen_it_takes_the_whole_width(verifier, phone):
    phone.set_viewport_size({"width": 1280, "height": 800})
    paste(phone, seal_papers.texts(verifier.now)["authentic"])
    seal(phone)
    assert phone.locator("article[data-seal]").bounding_box()["width"] > 1000
    phone.set_viewport_size(PHONE["viewport"])


def test_what_nobody_signed_stands_apart_and_is_called_so(verifier, phone):
    paste(phone, seal_papers.texts(verifier.now)["annex"])
    seal(phone)
    annex = phone.locator("[data-annex]")
    assert "NON SIGNÉE" in annex.inner_text() and annex.locator("[data-field='6P']").count() == 1
    assert phone.locator("[data-field='6P']").count() == 1  # nowhere else


@pytest.mark.parametrize(("paper", "state"), [("stay", "stands"), ("stay over", "over")])
def test_a_right_to_work_is_told_with_its_last_day(verifier, phone, paper, state):
    paste(phone, seal_papers.texts(verifier.now)[paper])
    assert seal(phone) == ("authentic", "amber")
    assert phone.locator("[data-right]").get_attribute("data-right") == state
    phone.locator("[data-action=language]").click()
    poll(lambda: "Last day" in phone.locator("main").inner_text() or "last day" in phone.locator("main").inner_text())
    phone.locator("[data-action=language]").click()


def test_a_page_with_both_codes_tells_of_both(verifier, phone):
    ours = picture(verifier.text(verifier.issuer.token()), scale=5)
    text = seal_papers.texts(verifier.now)["authentic"]
    photo, scan = (seal_papers.page(ours, seal_papers.symbol(text, module_mm=size)) for size in (0.4, 0.28))
    for name, content in (("page.png", coded(photo)), ("fine.pdf", _pdf(scan))):
        give(phone, name, content)
        poll(lambda: phone.locator("[data-verdict] [data-seal-beside]").count() == 1, 60, f"both of {name}")
        assert phone.locator("[data-verdict]").get_attribute("data-verdict") == "valid"
        phone.locator("[data-action=seal]").click()
        assert seal(phone) == ("authentic", "amber")


def test_several_files_tell_each_seal_by_its_word(verifier, phone):
    texts = seal_papers.texts(verifier.now)
    ours = picture(verifier.text(verifier.issuer.token()), scale=5)
    files = {
        "one.png": coded(seal_papers.page(seal_papers.symbol(texts["authentic"]))),
        "both.png": coded(seal_papers.page(ours, seal_papers.symbol(texts["stay"]))),
        "three.txt": texts["bad_signature"].encode(),
    }
    payloads = [{"name": name, "mimeType": "", "buffer": content} for name, content in files.items()]
    phone.locator("input[type=file]").set_input_files(payloads)
    poll(lambda: phone.locator("[data-pile] tbody tr").count() == 4, 60, "the list")
    rows = phone.locator("[data-pile] tbody tr")
    assert rows.evaluate_all("(all) => all.map((one) => one.dataset.sealResult ?? null)") == [
        "bad_signature",
        "authentic",
        "authentic",
        None,
    ]
    assert phone.locator("[data-result]").evaluate_all("(all) => all.map((one) => one.dataset.result)") == ["valid"]
    assert "CACHET AUTHENTIQUE\nRésultat à compléter" in rows.nth(1).inner_text()
    assert "NGUYEN" in rows.nth(1).inner_text() and "NGUYEN" not in rows.nth(0).inner_text(), "only what is signed"
    with phone.expect_download() as download:
        phone.locator('[data-action="export"]').click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert [line.split(";")[:3] for line in lines[1:]] == [
        ["three.txt", "2D-DOC : NON AUTHENTIQUE", "bad_signature"],
        ["one.png", "2D-DOC : CACHET AUTHENTIQUE", "authentic"],
        ["both.png", "2D-DOC : CACHET AUTHENTIQUE", "authentic"],
        ["both.png", "VALABLE", "valid"],
    ]
    rows.nth(1).locator("button").click()
    assert seal(phone) == ("authentic", "amber")


def test_the_settings_tell_the_age_of_the_list_of_certificates(phone):
    phone.locator('[data-action="settings"]').click()
    poll(lambda: phone.locator("[data-settings-seals]:not([hidden])").count() == 1, what="the line")
    said = phone.locator("[data-settings-seals]").inner_text()
    assert said.startswith("Certificats de cachets") and "il y a 1 h" in said


def _pdf(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PDF", resolution=300)
    return out.getvalue()


def test_a_text_file_keeps_its_control_characters(verifier, phone):
    give(phone, "seal.txt", seal_papers.texts(verifier.now)["authentic"].encode() + b"\r\n")
    assert seal(phone) == ("authentic", "amber")


def near(*symbols: np.ndarray) -> np.ndarray:
    """The middle of a printed page with these symbols, as a camera sees it from near."""
    return cv2.resize(seal_papers.page(*symbols)[600:1350, 100:1433], FRAME, interpolation=cv2.INTER_AREA)


@pytest.fixture
def filmed(verifier, launch, tmp_path):
    """A page before whose camera papers are held up one after the other."""
    opened = []

    def of(*papers: np.ndarray):
        film = passing(papers, tmp_path / "film.mjpeg", frames=30)
        opened.append(launch([*FALSE_CAMERA, f"--use-file-for-fake-video-capture={film}"]))
        page = opened[-1].new_context(**PHONE).new_page()
        page.add_init_script(A_CAMERA)
        page.goto(verifier.origin)
        return page

    yield of
    for browser in opened:
        browser.close()


def test_the_camera_reads_a_printed_symbol(verifier, filmed):
    page = filmed(near(seal_papers.symbol(seal_papers.texts(verifier.now)["authentic"])))
    poll(lambda: seal(page) == ("authentic", "amber"), 60, "the word once the list of seals is there")


def test_the_camera_tells_of_both_codes_of_a_paper(verifier, filmed):
    ours = picture(verifier.text(verifier.issuer.token()), scale=5)
    page = filmed(near(ours, seal_papers.symbol(seal_papers.texts(verifier.now)["stay"])))
    poll(lambda: page.locator("[data-verdict] [data-seal-beside]").count() == 1, 60, "both")
    assert page.locator("[data-verdict]").get_attribute("data-verdict") == "valid"
    page.locator("[data-action=seal]").click()
    poll(lambda: seal(page) == ("authentic", "amber"), 60, "the word once the list of seals is there")


def test_the_camera_stays_open_until_it_has_seen_every_symbol_of_a_code(verifier, filmed):
    parts = [seal_papers.symbol(part) for part in seal_papers.texts(verifier.now)["parts"].split("\n")]
    page = filmed(near(*parts[:2]), near(parts[2]))
    ask = "document.querySelector('[data-camera] ~ * [data-symbols]')?.textContent"
    assert "2D-DOC de 3 symboles" in poll(lambda: page.evaluate(ask), 60, "the symbols that were read")
    poll(lambda: seal(page, 60) == ("authentic", "amber"), 60, "the word of the joined code")


def test_symbols_of_several_come_by_page_by_photo_and_by_keys(verifier, phone):
    parts = seal_papers.texts(verifier.now)["parts"].split("\n")
    give(phone, "page.png", coded(seal_papers.page(*map(seal_papers.symbol, parts))))
    assert seal(phone) == ("authentic", "amber")
    give(phone, "first.png", coded(seal_papers.page(seal_papers.symbol(parts[2]))))
    poll(lambda: seal(phone) == ("incomplete", "grey"), what="one of three")
    assert "lu 3" in phone.locator("[data-seal]").inner_text()
    phone.evaluate(PRESS, parts[0])
    poll(lambda: "lu 1, 3" in phone.locator("[data-seal]").inner_text(), what="two of three")
    give(phone, "last.png", coded(seal_papers.page(seal_papers.symbol(parts[1]))))
    poll(lambda: seal(phone) == ("authentic", "amber"), what="three of three")
    altered = [parts[0].replace("DUPONT", "DURANT"), *parts[1:]]
    paste(phone, "\n".join(altered))
    poll(lambda: seal(phone) == ("bad_signature", "red"), what="a wrong signature")
    assert "réunit 3 symboles" in phone.locator("[data-seal]").inner_text()
