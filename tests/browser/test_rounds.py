"""A round on the phone: papers before the camera without a tap, kept through a killed browser, shared by two tabs, reported, erased."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from issuer.attestation import qr, receipt
from keys import cbor
from tests.browser.samples import COUNTER, REVOKED, publish_countersigner, publish_states
from tests.browser.test_pile import leaving
from tests.browser.test_view_ways import FALSE_CAMERA
from tests.support.paper import around_code, drawn, passing, printed
from tests.support.sites import PHONE, Service, later_ready, offline_ready, poll

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
    film.lock = { released: false, release: async () => { film.lock.released = true; film.locks -= 1; } };
    return film.lock;
  } } });
})()"""
"""A camera made of a drawing: whatever paper `film.show` puts before it, moving a little. Wake locks and vibrations are counted."""
FILES = "header input[type=file]"
QUOTA = 24 << 20
"""Bytes of storage that the browser gives the site in these tests: several times what it keeps."""
BALLAST = """async () => {
  const opening = indexedDB.open('ballast', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('ballast', { autoIncrement: true });
  const database = await new Promise((resolve) => { opening.onsuccess = () => resolve(opening.result); });
  const refusals = [];
  for (let size = 1 << 20; size >= 64;) {
    const piece = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(piece.subarray(at, at + 65536));
    const refused = await new Promise((resolve) => {
      const transaction = database.transaction('ballast', 'readwrite');
      transaction.oncomplete = () => resolve(null);
      transaction.onabort = () => resolve(transaction.error.name);
      transaction.objectStore('ballast').put(piece);
    });
    if (refused) {
      refusals.push(refused);
      size >>= 1;
    }
  }
  database.close();
  return refusals;
}"""
"""Fills what the browser gives the site, to the last bytes."""
COVERED = """(() => {
  const real = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = function (wanted) {
    return globalThis.uncovered ? real.call(this, wanted) : Promise.reject(new DOMException('', 'NotReadableError'));
  };
})()"""
"""The browser's own camera, which is in use by another program until the page is `uncovered`."""
COUNT = "Number(document.querySelector('[data-count]')?.dataset.count ?? -1)"
KEPT = """(async () => {
  const opening = indexedDB.open('wif-round', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('round');
  const database = await new Promise((resolve) => { opening.onsuccess = () => resolve(opening.result); });
  const answer = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const transaction = database.transaction('round', 'readwrite'), done = new Promise((resolve) => { transaction.oncomplete = resolve; });
  const act = %s;
  const said = await act(transaction.objectStore('round'), answer);
  await done;
  database.close();
  return said;
})()"""
ROWS = KEPT % "async (table, answer) => (await answer(table.getAll()))"


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_states(verifier)
    publish_countersigner(verifier)
    return verifier


@pytest.fixture(scope="module")
def context(verifier, browser):
    made = browser.new_context(**PHONE)
    made.add_init_script(FILM)
    bounded = made.new_cdp_session(made.new_page())
    bounded.send("Storage.overrideQuotaForOrigin", {"origin": verifier.origin, "quotaSize": QUOTA})
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
    assert page.evaluate(SMALL) == []
    for name, value in values.items():
        page.locator(f"#after-round_{name}").fill(value)
    page.locator("[data-action=begin-round]").click()
    scanning(page)


SMALL = """[...document.querySelectorAll('[data-round] :is(button, input, select, textarea, label.form-tick)')]
  .filter((one) => one.checkVisibility() && one.type !== 'checkbox' && one.getBoundingClientRect().height < 64).map((one) => one.outerHTML.slice(0, 90))"""
"""What a finger in a glove may miss."""


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
        verifier.text(issuer.token(index=61, number=4829130061, employer_siret=50000000000009, employer_name="AUTRE")),
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
    page.evaluate("film.lock.release().then(() => document.dispatchEvent(new Event('visibilitychange')))")
    poll(lambda: page.evaluate("film.locks") == 1, what="the screen kept on again after the page was away")
    page.locator("[data-action=sound]").click()
    assert page.locator("[data-action=sound]").get_attribute("aria-pressed") == "false"
    assert json.loads(page.evaluate("localStorage.getItem('wif.settings')"))["sound"] is False
    assert page.locator("[data-tally]").count() == 3  # valid, revoked, foreign
    assert page.evaluate(SMALL) == []
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
    assert page.evaluate(SMALL) == []
    poll(lambda: page.evaluate("film.locks") == 0, what="the screen let go")


def test_a_killed_browser_loses_no_paper_that_was_shown(verifier, lasting):
    context, process = lasting()
    context.add_init_script(FILM)
    page = context.pages[0]
    page.goto(verifier.origin)
    begin(page, place="Marché couvert")
    for at, text in enumerate(papers(verifier, 3), 1):
        hold(page, text, at)
    os.kill(process, signal.SIGKILL)
    poll(lambda: not Path(f"/proc/{process}/cmdline").exists() or not Path(f"/proc/{process}/cmdline").read_bytes())
    context, _ = lasting()
    page = context.pages[0]
    page.goto(verifier.origin)
    poll(lambda: page.locator("[data-round-notice=open]").count() == 1, what="word of the round under way")
    assert "Marché couvert, 3 papiers" in page.locator("[data-round-notice]").inner_text()
    assert page.locator("[data-action=resume]").bounding_box()["height"] >= 64, "for a finger in a glove"
    page.locator("[data-action=resume]").click()
    poll(lambda: count(page) == 3, what="the three papers")


def test_two_tabs_in_one_round_see_one_list_and_lose_nothing(verifier, page):
    begin(page)
    other = page.context.new_page()
    try:
        other.goto(verifier.origin)
        poll(lambda: other.locator("[data-action=resume]").count() == 1)
        other.locator("[data-action=resume]").click()
        scanning(other)
        texts = papers(verifier, 8)
        for at in range(4):  # both at once, each its own, and one after the other the same
            page.locator("#round-text").fill(texts[at])
            other.locator("#round-text").fill(texts[7 - at])
        for one in (page, other):
            poll(lambda one=one: count(one) == 8, what=f"eight papers, not {count(one)}")
        page.locator("#round-text").fill(texts[7])
        poll(lambda: page.locator("[data-flash=same]").count() == 1)
        rows = [row for row in page.evaluate(ROWS) if "rank" in row]
        assert sorted(row["rank"] for row in rows) == list(range(1, 9))
        page.locator("[data-action=round-list]").click()
        page.locator("[data-action=close-round]").click()
        page.locator("[data-action=close-yes]").click()
        poll(lambda: "a été clos" in other.locator("[data-round]").inner_text(), what="word that it is closed")
        assert page.evaluate(ROWS) == []
    finally:
        other.close()


def test_a_full_storage_is_said_and_nothing_is_lost_silently(verifier, page):
    """The browser's own quota, filled: nothing stands in for it."""
    offline_ready(page)
    later_ready(page)
    begin(page)
    texts = papers(verifier, 3)
    page.locator("#round-text").fill(texts[0])
    poll(lambda: count(page) == 1)
    refusals = page.evaluate(BALLAST)
    assert set(refusals) == {"QuotaExceededError"}
    try:
        page.locator("#round-text").fill(texts[1])
        poll(lambda: page.locator("[data-flash=unsaved]").count() == 1, what="word that it was not stored")
        assert "NON ENREGISTRÉ" in page.locator("[data-flash]").inner_text() and count(page) == 2
        assert "Non enregistrés : 1" in page.locator(".round-alarm").inner_text().replace("\xa0", " ")
        page.locator("#round-text").fill(texts[1])
        poll(lambda: page.locator("[data-flash=same]").count() == 1)
        assert leaving(page) == ["beforeunload"], "what is not stored is not closed unasked"
        page.locator("[data-action=round-list]").click()
        poll(lambda: page.locator(".round-paper").count() == 2, what="both in the list, and so in the report")
        page.locator('[data-rank="1"] [data-action=note]').fill("x" * 400)
        page.locator('[data-rank="1"] [data-action=note]').press("Tab")
        poll(lambda: "Note non enregistrée" in page.locator('[data-rank="1"]').inner_text(), what="word of the note")
        page.locator("[data-action=round-scan]").click()
        scanning(page)
    finally:
        page.evaluate(
            "() => new Promise((resolve) => { indexedDB.deleteDatabase('ballast').onsuccess = () => resolve(); })"
        )
    page.locator("#round-text").fill(texts[2])
    poll(lambda: len([row for row in page.evaluate(ROWS) if "rank" in row]) == 3, what="all three in the storage")
    poll(lambda: page.locator(".round-alarm").count() == 0)
    assert leaving(page) == []


def test_files_and_a_handheld_scanner_count_in_a_round_from_its_list_too(verifier, page, tmp_path):
    begin(page)
    texts = papers(verifier, 5)
    (tmp_path / "one.txt").write_text(texts[0])
    (tmp_path / "two.png").write_bytes(base64.b64decode(picture(texts[1])))
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    page.set_input_files(FILES, [tmp_path / name for name in ("one.txt", "two.png", "torn.pdf")])
    poll(lambda: count(page) == 2, what="the papers in the files")
    poll(lambda: "Rien à compter dans : torn.pdf" in page.locator(".round-alarm").inner_text().replace("\xa0", " "))
    page.locator("#round-text").fill("4829130571")
    page.locator("#round-text").press("Enter")
    poll(lambda: "C’est un numéro" in page.locator(".round-alarm").inner_text(), what="word that a number is no code")
    for press in ("round", "list"):
        if press == "list":
            page.locator("[data-action=round-list]").click()
            poll(lambda: page.locator(".round-paper").count() == 3, what="the list")
            page.locator("h1").click()
        else:
            page.evaluate("document.activeElement.blur()")
        page.evaluate(
            """(keys) => { for (const key of keys) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: '', bubbles: true })); }""",
            [*texts[2 if press == "round" else 3], "Enter"],
        )
        poll(lambda press=press: count(page) == (3 if press == "round" else 4), what=f"the scanner's paper, {press}")
    page.locator("[data-action=round-list]").click()
    poll(lambda: page.locator(".round-paper").count() == 4, what="the list")
    assert page.locator('[data-rank="2"] [data-action=note]').input_value().replace("\xa0", " ") == "Fichier : two.png"
    (tmp_path / "five.txt").write_text(texts[4])
    page.set_input_files(FILES, [tmp_path / "five.txt"])
    poll(lambda: count(page) == 5, what="the file given to the list")
    assert {row["text"] for row in page.evaluate(ROWS) if "rank" in row} == set(texts)


def begin_before_a_film(page, origin):
    """A round, begun before the browser's own camera; the film is seen from then on."""
    page.add_init_script(COVERED)
    page.goto(origin)
    offline_ready(page)
    later_ready(page)
    page.locator("[data-action=round]").click()
    page.evaluate("globalThis.uncovered = true")
    page.locator("[data-action=begin-round]").click()


def test_a_film_of_printed_papers_passes_before_the_browsers_own_camera(verifier, launch, tmp_path):
    """A hand that does not wait: `wif bench rounds --film` does it with thirty."""
    texts = papers(verifier, 3)
    film = passing((around_code(drawn(printed(verifier, text))) for text in texts), tmp_path / "round.mjpeg", frames=18)
    camera = [*FALSE_CAMERA, f"--use-file-for-fake-video-capture={film}"]
    page = launch(camera).new_context(**PHONE).new_page()
    begin_before_a_film(page, verifier.origin)
    poll(lambda: count(page) >= 3, 60, "the papers of the film")
    page.evaluate(
        "document.querySelector('[data-action=round-list]').click()"
    )  # results fill the screen without a pause
    poll(lambda: page.locator(".round-papers").count() == 1)
    ranks = page.locator(".round-paper").evaluate_all("(all) => all.map((one) => one.dataset.rank)")
    assert sorted(ranks) == ["1", "2", "3"]
    assert {row["text"] for row in page.evaluate(ROWS) if "rank" in row} == set(texts)


def test_it_is_erased_at_the_first_opening_72_hours_after_its_last_paper_and_warned_of_before(verifier, page):
    begin(page, company="SOCIÉTÉ EXEMPLE SAS")
    page.locator("#round-text").fill(papers(verifier, 1)[0])
    poll(lambda: count(page) == 1)
    age = (
        KEPT
        % "async (table, answer) => { const head = await answer(table.get('head')); head.last -= %s; table.put(head, 'head'); }"
    )
    notice = page.locator("[data-round-notice]")
    for seconds, word, kept in ((60 * 3600, "soon", 2), (12 * 3600, "erased", 0)):
        page.evaluate(age % seconds)
        page.goto(f"{verifier.origin}/?{seconds}")
        poll(lambda word=word: notice.get_attribute("data-round-notice") == word, what=f"the notice {word}")
        assert len(page.evaluate(ROWS)) == kept
    assert "SOCIÉTÉ EXEMPLE SAS » (1 papier) a été effacé" in notice.inner_text().replace("\xa0", " ")


def test_the_report_says_all_of_it_and_is_dated_only_when_asked(verifier, page, tmp_path):
    begin(page, place="=Quai 5", siret="81234567800013", inspector="Camille MARTIN")
    issuer = verifier.issuer
    page.locator("#round-text").fill(verifier.text(issuer.token()))
    page.locator("#round-text").fill(
        verifier.text(issuer.token(index=62, number=4829130062, employer_siret=50000000000009))
    )
    poll(lambda: count(page) == 2)
    page.locator("[data-action=add-left]").click()
    poll(lambda: count(page) == 3)
    asked: list[bytes] = []
    page.context.route("**/countersign", lambda route: asked.append(route.request.post_data_buffer) or route.abort())
    page.locator("[data-action=round-list]").click()
    page.locator('[data-rank="3"] [data-action=note]').fill('=HYPERLINK("x"); sorti par la cour')
    page.locator('[data-rank="3"] [data-action=note]').press("Tab")
    poll(lambda: "Note enregistrée" in page.locator('[data-rank="3"]').inner_text())

    def saved(form: str) -> bytes:
        with page.expect_download() as started:
            page.locator(f"[data-action=report-{form}]").click()
        return Path(started.value.path()).read_bytes()

    data = saved("json")
    fingerprint = hashlib.sha256(data).hexdigest()
    poll(
        lambda: fingerprint in page.locator("[data-round-print]").inner_text(), what="the fingerprint of the very file"
    )
    report = json.loads(data)
    assert report["declared"] == {"place": "=Quai 5", "siret": "81234567800013", "inspector": "Camille MARTIN"}
    assert [one["verdict"] for one in report["papers"]] == ["valid", "valid", "left"]
    assert report["papers"][1]["differs"] == ["siret"] and report["papers"][0]["text"].endswith(
        verifier.text(issuer.token()).partition("#")[2]
    )
    rows = list(csv.reader(io.StringIO(saved("csv").decode("utf-8-sig")), delimiter=";"))
    assert [row[2] for row in rows[1:]] == ["VALABLE", "VALABLE", "PERSONNE PARTIE"] and len({*map(len, rows)}) == 1
    assert rows[3][-1].startswith("'=HYPERLINK")
    (tmp_path / "report.pdf").write_bytes(saved("pdf"))
    words = subprocess.run(
        ["pdftotext", "-layout", "report.pdf", "-"], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    for expected in (
        "=Quai 5",
        "3 papiers",
        "AUTRE EMPLOYEUR",
        "sorti par la cour",
        "NGUYEN ÉPOUSE DUPONT",
        fingerprint,
    ):
        assert expected in " ".join(words.split()), expected

    page.locator("[data-action=date-round]").click()
    assert "trahit un contrôle" in page.locator(".round-ask").inner_text() and asked == []
    page.locator("[data-action=date-yes]").click()
    poll(lambda: "Pas encore daté" in page.locator("[data-round=list]").inner_text())

    def service(route):
        asked.append(route.request.post_data_buffer)
        listed = receipt.Listed(1, verifier.now, bytes(16))
        row = receipt.countersign(asked[-1][:32], int(time.time()), [listed], COUNTER).to_row()
        route.fulfill(status=200, content_type="application/cbor", body=cbor.encode([row]))

    page.context.unroute("**/countersign")
    page.context.route("**/countersign", service)
    page.locator("[data-action=date-round]").click()
    page.locator("[data-action=date-yes]").click()
    poll(lambda: page.locator("[data-dated=yes]").count() == 1, what="the date")
    assert [one.hex() for one in asked] == [f"{fingerprint}0000"] * 2  # the fingerprint, and nothing else
    dated = {"controle.json": saved("json")}
    with page.expect_download() as started:
        page.locator("[data-action=date-file]").click()
    dated["controle.date.json"] = Path(started.value.path()).read_bytes()
    page.locator('[data-rank="1"] [data-action=note]').fill("plus tard")
    page.locator('[data-rank="1"] [data-action=note]').press("Tab")
    poll(lambda: page.locator("[data-dated=old]").count() == 1, what="word that the date is of an earlier state")
    page.context.unroute("**/countersign")
    told = page.context.new_page()  # somebody else is handed the files
    told.goto(f"{verifier.origin}/?told")
    poll(lambda: told.locator("[data-action=text]").count() == 1)
    changed = dated["controle.json"].replace(b"=Quai 5", b"=Quai 6")
    for word, files in (
        ("no_report", {"controle.date.json": dated["controle.date.json"]}),
        ("dated", {"controle.json": dated["controle.json"]}),  # its date is on the screen already
        ("other_file", {"controle.json": changed}),
        ("malformed", {"controle.date.json": b'{"form": "work-in-france/date/1"}'}),
        ("other_file", {"controle.json": changed, "controle.date.json": dated["controle.date.json"]}),
        ("dated", dated),
        ("other_file", {"controle.json": changed}),
    ):
        told.set_input_files(
            FILES,
            [{"name": name, "mimeType": "application/json", "buffer": content} for name, content in files.items()],
        )
        poll(lambda word=word: told.locator(f"[data-report={word}]").count() == 1, what=word)
    assert "=Quai 6" in told.locator("[data-report]").inner_text() and "Camille MARTIN" in told.inner_text(
        "[data-report]"
    )
    told.locator("[data-action=report-papers]").click()
    poll(lambda: told.locator("[data-pile] tbody tr").count() == 2, what="its papers, judged anew")
    told.close()


def test_newer_lists_change_what_was_counted_and_a_paper_can_be_taken_out(verifier, page):
    begin(page)
    page.locator("#round-text").fill(verifier.text(verifier.issuer.token(index=300)))
    poll(lambda: count(page) == 1)
    page.locator("[data-action=add-none]").click()
    poll(lambda: count(page) == 2)
    verifier.publish({REVOKED: 1, 300: 1}, age=5)
    try:
        page.locator("[data-action=refresh-lists]").click()
        poll(lambda: page.locator('[data-tally="verdict.revoked.word"]').count() == 1, what="the revocation")
        assert "n° 1" in page.locator(".round-alarm").inner_text()
    finally:
        publish_states(verifier)
    page.locator("[data-action=round-list]").click()
    assert "Avant les listes reçues ensuite" in page.locator('[data-rank="1"]').inner_text()
    page.locator('[data-rank="2"] [data-action=remove-paper]').click()
    assert "Retirer n° 2 (SANS ATTESTATION)" in page.locator('[data-rank="2"]').inner_text()
    page.locator("[data-action=remove-yes]").click()
    poll(lambda: page.locator(".round-paper").count() == 1)
    assert len(page.evaluate(ROWS)) == 2
