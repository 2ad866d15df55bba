"""Receipts of checks on the phone: made and signed off line, printed, read by others, dated, and given back."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import httpx
import pytest
import zxingcpp

from issuer.attestation import qr, receipt, token
from keys import cbor, trust
from keys.roots import RootSet
from tests.browser.samples import COUNTER, publish_countersigner
from tests.browser.test_after_verdict import drop, fill, scan
from tests.support.agency import free_port
from tests.support.console import Wif, record
from tests.support.paper import around_code, drawn, film
from tests.support.sites import DAY, PHONE, ROOT, later_ready, offline_ready, poll


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_countersigner(verifier)
    return verifier


@pytest.fixture(scope="module")
def second(holding):
    """Another person's phone, off line."""
    page = holding()
    page.context.set_offline(True)
    return page


def word(page) -> str:
    poll(lambda: page.locator("[data-receipt]").count() == 1, 60, "a receipt's screen")
    return page.locator("[data-receipt]").get_attribute("data-receipt")


def open_form(page, text: str) -> None:
    scan(page, text)
    declaring(page)


def declaring(page) -> None:
    """Goes from the verdict to the form of the receipt."""
    page.locator("main [data-action=after]").click()
    page.locator("[data-action=receipt]").click()
    poll(lambda: page.locator("[data-after=receipt]").count() == 1)


def signed(page, company: str = "SOCIÉTÉ EXEMPLE SAS") -> str:
    page.locator("#after-company").fill(company)
    page.locator("[data-action=sign]").click()
    return word(page)


def saved(page) -> bytes:
    with page.expect_download() as started:
        page.locator("[data-action=save-receipt]").click()
    return Path(started.value.path()).read_bytes()


def symbols(pdf: bytes, folder: Path) -> list[str]:
    """The texts of the codes on the printed pages, by poppler and zxing-cpp."""
    (folder / "receipt.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "200", "-gray", "receipt.pdf", "page"], cwd=folder, check=True)
    return [
        code.text
        for page in sorted(folder.glob("page*.pgm"))
        for code in zxingcpp.read_barcodes(cv2.imread(str(page), cv2.IMREAD_GRAYSCALE))
    ]


def judged(verifier, texts: list[str]) -> receipt.Reading:
    """What the other implementation says of the two symbols."""
    (paper,) = [text for text in texts if "/#1" in text]
    (made,) = [text for text in texts if "/#9" in text]
    roots = RootSet(1, (verifier.issuer.root.public_key,))
    held = trust.accept((verifier.public / "trust.cose").read_bytes(), roots, None, int(time.time())).trust
    parts = qr.unpack(paper.partition("/#1")[2])
    assert parts is not None
    return receipt.judge(made, token.join(parts), held)


def poppler(folder: Path, *command: str) -> str:
    """What a program of poppler says of `receipt.pdf` there."""
    out = ["-"] if command[0] == "pdftotext" else []
    return subprocess.run(
        [*command, "receipt.pdf", *out], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def checked_by_command(verifier, folder: Path) -> list[dict]:
    """What `wif receipt check` says of `receipt.pdf` there."""
    roots = folder / "roots.json"
    roots.write_text(json.dumps({"keys": [verifier.issuer.root.public_key.hex()], "threshold": 1}))
    command = [sys.executable, "-X", "utf8", "-m", "issuer.commands", "receipt", "check", str(folder / "receipt.pdf")]
    checked = subprocess.run(
        [*command, "--public", str(verifier.public), "--roots", str(roots)], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr
    return [json.loads(line) for line in checked.stdout.splitlines()]


def test_made_off_line_printed_and_verified_by_others_with_the_server_dead(verifier, phone, second, tmp_path):
    open_form(phone, verifier.text(verifier.issuer.token(index=51)))
    assert phone.locator("input[type=radio]:checked").count() == 0, "nothing is preselected"
    assert "retenu contre vous" in phone.locator("[data-warning]").inner_text()
    assert phone.locator("[data-unseen]").count() == 3
    phone.locator("input[name=seen_original][value=yes]").check()
    assert phone.locator("[data-unseen]").count() == 2
    assert signed(phone) == "undated"
    said = phone.locator("[data-receipt]").inner_text()
    assert "SOCIÉTÉ EXEMPLE SAS" in said and "Aucune date établie" in said and "L8256-2" in said
    assert phone.locator("[data-verdict]").count() == 0
    pdf = saved(phone)
    said = phone.locator("[data-receipt]").inner_text()
    assert "recu-de-controle.pdf" in said and "authentique et en cours de validité (Résultat favorable)" in said
    assert "preuve" not in said.lower(), "a receipt is never called a proof"
    texts = symbols(pdf, tmp_path)
    found = judged(verifier, texts)
    assert (found.word, len(texts)) == ("undated", 2)
    (line,) = checked_by_command(verifier, tmp_path)
    assert (line["receipt"], line["paper"]["verdict"]) == ("undated", "valid")
    verifier.kill()
    try:
        second.locator("input[type=file]").first.set_input_files(
            {"name": "recu.pdf", "mimeType": "application/pdf", "buffer": pdf}
        )
        assert word(second) == "undated"
        assert second.locator("[data-today]").get_attribute("data-today") == "valid"
        made = next(text for text in texts if "/#9" in text)
        second.locator(".tabs [data-action=scan]").click()
        second.locator("[data-action=text]").fill(made)  # the receipt alone, then its paper
        assert word(second) == "paper_missing"
        second.locator("main").get_by_text("Scanner l’attestation").click()
        second.locator("[data-action=stop-awaiting]").click()
        second.locator("[data-action=text]").fill(next(text for text in texts if "/#1" in text))
        poll(lambda: second.locator("[data-verdict]").count() == 1, what="a verdict of its own")
        second.locator(".tabs [data-action=scan]").click()
        second.locator("[data-action=text]").fill(made)
        assert word(second) == "paper_missing"
        second.locator("main").get_by_text("Scanner l’attestation").click()
        second.locator("[data-action=text]").fill(next(text for text in texts if "/#1" in text))
        assert word(second) == "undated"
    finally:
        verifier.restart()


def test_a_second_tap_while_it_is_signed_begins_nothing_anew(verifier, phone):
    open_form(phone, verifier.text(verifier.issuer.token(index=50)))
    phone.locator("#after-company").fill("SOCIÉTÉ EXEMPLE SAS")
    first_goes_on = phone.evaluate(
        """() => {
          const form = document.querySelector('main form'), button = form.querySelector('[data-action=sign]');
          button.click();
          const said = form.querySelector('[role=alert] p');
          button.click();
          return said.isConnected;
        }"""
    )
    assert first_goes_on, "it was said once that it is being signed"
    assert word(phone) == "undated"


def test_another_paper_and_a_changed_receipt_show_nothing_that_was_not_signed(verifier, phone, second, tmp_path):
    open_form(phone, verifier.text(verifier.issuer.token(index=52)))
    signed(phone)
    texts = symbols(saved(phone), tmp_path)
    made, other = next(text for text in texts if "/#9" in text), verifier.text(verifier.issuer.token(index=53))
    for name, content, expected in (
        ("other.txt", f"{made}\n{other}", "other_paper"),
        ("cut.txt", f"{made[:-3]}\n{other}", "malformed"),
    ):
        second.locator("input[type=file]").first.set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
        )
        poll(lambda: second.locator(f"[data-receipt={expected}]").count() == 1, what=expected)
        if expected == "malformed":
            assert "SOCIÉTÉ EXEMPLE" not in second.locator("main").inner_text()


def test_dated_by_the_service_when_it_is_asked_and_given_back_later(verifier, phone, tmp_path):
    asked = []
    answers = ["portal", "never", "other list", "other list", "service"]

    def service(route):
        asked.append(route.request.post_data_buffer)
        how = answers.pop(0)
        if how == "portal":
            return route.fulfill(status=200, content_type="text/html", body="<html>Sign in to the hotel</html>")
        if how == "never":
            return route.abort("timedout")
        entry = asked[-1]
        status = (verifier.public / "status-1.cose").read_bytes()
        listed = receipt.Listed(
            int.from_bytes(entry[32:], "big"),
            verifier.now - (31 if how == "other list" else 30),
            hashlib.sha256(status).digest()[:16],
        )
        row = receipt.countersign(entry[:32], int(time.time()), [listed], COUNTER).to_row()
        return route.fulfill(status=200, content_type="application/cbor", body=cbor.encode([row]))

    phone.context.route("**/countersign", service)
    open_form(phone, verifier.text(verifier.issuer.token(index=54)))
    signed(phone)
    assert asked == [], "nothing is sent unasked"
    for said in ("Pas encore daté", "Pas encore daté"):
        phone.locator("[data-action=date]").click()
        poll(lambda: said in phone.locator("main [role=status]").inner_text(), what="not dated yet")
        assert word(phone) == "undated"
    before = saved(phone)
    drop(phone, "recu.pdf", before)  # given back later
    assert word(phone) == "undated"
    phone.locator("[data-action=date]").click()
    poll(lambda: phone.locator("[data-receipt=late]").count() == 1, what="a date that dates no check")
    late = phone.locator("[data-dating]").inner_text()
    time.sleep(1.1)  # a later second
    phone.locator("[data-action=date]").click()
    poll(lambda: "plus tardive" in phone.locator("main [role=status]").inner_text(), what="words of the date it bears")
    assert phone.locator("[data-dating]").inner_text() == late, "no date gives place to a later one"
    phone.locator("[data-action=date]").click()
    poll(lambda: phone.locator("[data-receipt=dated]").count() == 1, what="a date")
    assert all(len(entry) == 34 for entry in asked)
    texts = symbols(saved(phone), tmp_path)
    found = judged(verifier, texts)
    assert (found.word, found.since) == ("dated", verifier.now - 30)
    phone.context.unroute("**/countersign")


class Countersigned:
    """A home of its own with its verifier, and the real countersigning process behind it, which a test starts and ends."""

    def __init__(self, folder: Path) -> None:
        self.port, self.behind = free_port(), free_port()
        self.origin, self.process = f"http://localhost:{self.port}", None
        self.wif = Wif(folder / "home")
        assert self.wif("init", "--origin", self.origin, "--authority", "Préfecture d'Exemple", "--demo").code == 0
        self.kid = self.wif("keys", "new", "--use", "countersign").rows[-1]["kid"]
        self.home, self.log, self.clock = self.wif.home, folder / "service.log", folder / "clock"
        made = self.wif("issue", "-", stdin=json.dumps(record()))
        assert made.code == 0, made.words
        self.paper = made.rows[-1]["text"]
        assert self.wif("publish").code == 0 and self.wif("site", str(folder / "site")).code == 0
        self.control = folder / "control"
        self.answer("usual")
        (folder / "requests.jsonl").touch()
        server = Path(__file__).parents[1] / "support/server.py"
        places = (folder / "site", self.home / "public", folder / "requests.jsonl", self.control)
        self.server = subprocess.Popen(
            [sys.executable, str(server), str(self.port), *map(str, places), str(self.behind)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def answer(self, word: str) -> None:
        self.control.write_text(word)

    def shift(self, seconds: int) -> None:
        """Puts the clock of the service's machine while it runs."""
        self.clock.write_text(str(seconds))

    def serve(self) -> None:
        """Starts `wif serve countersign` on a machine whose clock can be put, and waits until it answers."""
        self.shift(0)
        command = [sys.executable, "-X", "utf8", "-m", "issuer.commands", "serve", "countersign"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--bind", f"127.0.0.1:{self.behind}"],
                env={**self.wif.environment, "WIF_TESTS_CLOCK": str(self.clock)}, cwd=self.home.parent, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        poll(lambda: status(f"http://127.0.0.1:{self.behind}/") == 404, 60, "the service")

    def signal(self, number: int) -> None:
        os.killpg(self.process.pid, number)

    def end(self) -> None:
        if self.process:
            self.signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


def status(address: str) -> int | None:
    try:
        return httpx.get(address, timeout=5).status_code
    except httpx.HTTPError:
        return None


@pytest.fixture
def service(tmp_path):
    made = Countersigned(tmp_path)
    try:
        poll(lambda: status(f"{made.origin}/build.json") == 200, what="the verifier")
        yield made
    finally:
        made.end()
        made.server.kill()
        made.server.wait()


def test_a_real_service_dates_or_does_not_and_its_key_is_retired_then_revoked(service, browser):
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(service.paper.replace(service.origin.upper(), service.origin))
    later_ready(page)
    declaring(page)
    assert signed(page) == "undated"
    made = saved(page)

    def asked(seconds: float = 20) -> str:
        page.locator("[data-action=date]").click()
        said = "document.querySelector('main [data-receipt]').dataset.receipt"
        status = "[...document.querySelectorAll('main [role=status]')].map((one) => one.textContent).join('')"
        poll(
            lambda: page.evaluate(said) != "undated" or "Pas encore daté" in page.evaluate(status), seconds, "an answer"
        )
        return page.evaluate(said)

    assert asked() == "undated", "nobody answers behind the web server"
    service.answer("captive")
    assert asked() == "undated", "a portal's page"
    service.answer("usual")
    service.serve()
    for seconds in (-1200, 40 * DAY):
        service.shift(seconds)
        assert asked() == "undated", "its clock contradicts its lists"
    service.shift(0)
    service.signal(signal.SIGSTOP)
    assert asked() == "undated", "an answer that never comes"
    assert "Rien n’est perdu" in page.locator("main").inner_text()
    service.signal(signal.SIGCONT)
    assert asked() == "dated"
    dated = saved(page)
    assert hashlib.sha256(made).digest() != hashlib.sha256(dated).digest()
    said = page.locator("[data-dating]").inner_text()
    now, until = datetime.now(UTC), said.split(" et le ")[1]
    lately = [(now - timedelta(seconds=age)).strftime("à %H:%M:%S UTC") for age in range(120)]
    assert any(moment in until for moment in lately), said

    def given_back(content: bytes) -> str:
        """What is said of a receipt once the page has the newest lists."""
        page.goto("about:blank")
        page.goto(service.origin)
        poll(lambda: page.locator("[data-action=text]").count() == 1)
        drop(page, "recu.pdf", content)
        return word(page)

    assert service.wif("keys", "retire", service.kid).code == 0
    assert given_back(dated) == "dated", "what it countersigned stays good"
    assert given_back(made) == "undated" and asked() == "undated", "it countersigns no more"
    assert service.wif("keys", "revoke", service.kid, "--yes").code == 0
    poll(lambda: given_back(dated) == "undated", 30, "never forged, and no longer dated")
    assert "L8256-2" in page.locator("[data-receipt]").inner_text()
    assert "NGUYEN" not in service.log.read_text() and "127.0.0.1 -" not in service.log.read_text()
    context.close()


def test_a_printed_receipt_is_filmed_on_another_phone_off_line_and_asks_for_its_paper(
    verifier, phone, launch, tmp_path
):
    open_form(phone, verifier.text(verifier.issuer.token(index=61)))
    assert signed(phone) == "undated"
    foot = drawn(saved(phone), 300)[2600:]  # the attestation's symbol at the left, the receipt's at the right
    filmed = film(around_code(foot[:, 1240:]), tmp_path / "receipt.mjpeg", frames=6)
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={filmed}",
    ]
    page = launch(camera).new_context(**PHONE).new_page()
    page.goto(verifier.link(verifier.issuer.token()))
    offline_ready(page)
    later_ready(page)
    page.context.set_offline(True)
    page.goto(verifier.origin)
    assert word(page) == "paper_missing"
    page.locator("main [data-action=scan-paper]").click()
    poll(lambda: page.locator(".finder-seen").count() == 1, what="the receipt's own code seen again")
    assert page.locator("[data-awaiting]").count() == 1 and page.locator("[data-receipt]").count() == 0
    drop(page, "paper.png", cv2.imencode(".png", around_code(foot[:, :1240]))[1].tobytes())
    poll(lambda: page.locator("[data-receipt=undated]").count() == 1, 30, "the receipt beside its paper")


def test_the_comparison_goes_in_as_outcomes_and_a_suite_names_the_former(verifier, phone, tmp_path):
    text = verifier.text(verifier.issuer.token(index=55))
    scan(phone, text)
    phone.locator("main [data-action=after]").click()
    phone.locator("[data-action=compare]").click()
    fill(phone, siret="81234567800021", job="Plongeuse", first_day=time.strftime("%d/%m/%Y", time.gmtime(verifier.now)))
    phone.locator("main [data-action=after]").click()
    phone.locator("[data-action=receipt]").click()
    poll(lambda: phone.locator("[data-after=receipt]").count() == 1)
    assert phone.locator("[data-differs='employer.siret']").count() == 1
    phone.locator("input[name=with_hire]").check()
    signed(phone)
    phone.locator("[data-action=suite]").click()
    phone.locator("#after-sent_on").fill("01/12/2026")
    phone.locator("#after-channel").select_option("email")
    phone.locator("#after-dpae_certificate").fill("A1B2C3D4E5F6")
    phone.locator("[data-action=sign]").click()
    assert phone.locator("[data-fault]").get_attribute("data-fault") == "dpae", "a certificate has its day and time"
    phone.locator("#after-dpae_at").fill("02/12/2026 14:30")
    assert signed(phone) == "undated"
    assert phone.locator("[data-former=undated]").count() == 1, "the one before came along"
    pdf = saved(phone)
    statement = judged(verifier, symbols(pdf, tmp_path)).receipt.statement.to_json()
    run = {"cwd": tmp_path, "capture_output": True, "text": True, "check": True}
    assert "recu-precedent-1.txt" in subprocess.run(["pdfdetach", "-list", "receipt.pdf"], **run).stdout
    subprocess.run(["pdfdetach", "-saveall", "receipt.pdf"], **run)
    former = (tmp_path / "recu-precedent-1.txt").read_text("ascii")
    held = judged(verifier, [former, text])
    assert (held.word, held.receipt.digest.hex()) == ("undated", statement["former"])
    drop(phone, "recu.pdf", pdf)
    poll(lambda: phone.locator("[data-receipt=undated] [data-former=undated]").count() == 1, 30, "both, given back")
    assert phone.locator("[data-former]").first.text_content().count("SOCIÉTÉ EXEMPLE SAS") == 1
    drop(phone, "alone.txt", f"{text}\n{next(one for one in symbols(pdf, tmp_path) if '/#9' in one)}")
    poll(lambda: statement["former"] in phone.locator("[data-earlier='0']").inner_text(), 30, "what is missing named")
    drop(phone, "recu.pdf", pdf)
    poll(lambda: phone.locator("[data-former]").count() == 1, 30, "both again")
    assert statement["compared"]["employer.siret"] == "near" and "81234567800021" not in str(statement)
    assert re.fullmatch("[0-9a-f]{64}", statement["former"]) and statement["request"]["channel"] == "email"
    assert statement["dpae"]["certificate"] == "A1B2C3D4E5F6"
    fingerprint = re.search("[0-9a-f]{64}", phone.locator("[data-receipt]").inner_text()).group()
    checked = checked_by_command(verifier, tmp_path)
    assert [(one["receipt"], one["declared"].get("former")) for one in checked] == [
        ("undated", statement["former"]),
        ("undated", None),
    ]
    phone.locator("[data-action=back]").click()
    poll(lambda: phone.locator("main [data-action=after]").count() == 1)
    phone.locator("main [data-action=after]").click()
    phone.locator("[data-action=request]").click()
    poll(lambda: phone.locator("[data-after=request]").count() == 1)
    phone.locator("#after-seat").fill("75")
    phone.locator("[data-action=prepare]").click()
    assert fingerprint in phone.locator("[data-letter]").inner_text(), "an acknowledgment that quotes it dates it"
    with phone.expect_download() as started:
        phone.locator("[data-action=request-pdf]").click()
    printed = subprocess.run(["pdftotext", str(started.value.path()), "-"], capture_output=True, text=True, check=True)
    assert fingerprint in printed.stdout and "SOCIÉTÉ EXEMPLE SAS" in printed.stdout


def test_few_taps_lead_from_the_verdict_to_the_sheet_that_shares_the_pdf(verifier, phone):
    scan(phone, verifier.text(verifier.issuer.token(index=59)))
    phone.evaluate(
        """() => { navigator.canShare = () => true; window.taps = 0; addEventListener('click', ({ isTrusted }) => { window.taps += isTrusted; }, true);
        navigator.share = async ({ files: [file] }) => { window.shared = [window.taps, file.type, file.size]; }; }"""
    )
    phone.locator("main [data-action=after]").click()
    phone.locator("[data-action=receipt]").click()
    phone.locator("#after-company").click()
    phone.keyboard.insert_text("SOCIÉTÉ EXEMPLE SAS")
    phone.locator("[data-action=sign]").click()
    word(phone)
    phone.locator("[data-action=share]").click()
    poll(lambda: phone.evaluate("window.shared"), what="the sheet")
    taps, kind, size = phone.evaluate("window.shared")
    assert taps <= 6 and kind == "application/pdf" and 1_000 < size < 200_000


def test_a_result_that_changed_meanwhile_is_shown_and_nothing_signed(verifier, holding):
    page = holding()
    open_form(page, verifier.text(verifier.issuer.token(index=58)))
    page.locator("#after-company").fill("SOCIÉTÉ EXEMPLE SAS")
    verifier.publish({58: 1}, age=10)
    page.locator("[data-action=sign]").click()
    poll(lambda: page.locator("[data-verdict]").count() == 1, what="the new verdict")
    assert page.locator("[data-verdict]").get_attribute("data-verdict") == "revoked"
    assert page.locator("[data-receipt]").count() == 0
    page.context.close()


@pytest.mark.parametrize(
    ("values", "code"),
    [({"company": ""}, "company"), ({"company": "x" * 81}, "text"), ({"company": "<b>\u202e"}, "text"),
     ({"company": "A", "company_siret": "123"}, "siret")],
)  # fmt: skip
def test_what_is_declared_wrong_is_said_and_nothing_signed(verifier, phone, values, code):
    open_form(phone, verifier.text(verifier.issuer.token(index=56)))
    for name, value in values.items():
        phone.locator(f"#after-{name}").fill(value)
    phone.locator("[data-action=sign]").click()
    assert phone.locator("[data-fault]").get_attribute("data-fault") == code
    assert phone.locator("[data-receipt]").count() == 0


def test_a_browser_that_keeps_no_key_says_so_and_signs_all_the_same(verifier, browser, tmp_path):
    context = browser.new_context(**PHONE, service_workers="block")
    page = context.new_page()
    page.add_init_script(
        "IDBFactory.prototype.open = new Proxy(IDBFactory.prototype.open, { apply(open, self, [name, ...more]) {"
        " if (name === 'wif-receipts') throw new DOMException('refused', 'SecurityError');"
        " return Reflect.apply(open, self, [name, ...more]); } });"
    )
    page.goto(verifier.link(verifier.issuer.token(index=57)))
    declaring(page)
    assert signed(page) == "undated"
    assert page.locator("[data-key=lost]").count() == 1
    assert judged(verifier, symbols(saved(page), tmp_path)).word == "undated"
    context.close()


def test_a_storage_that_was_cleared_meanwhile_is_said_and_what_was_typed_stays(verifier, holding):
    page = holding()
    open_form(page, verifier.text(verifier.issuer.token(index=62)))
    page.locator("#after-company").fill("SOCIÉTÉ EXEMPLE SAS")
    page.context.set_offline(True)
    page.evaluate(
        """async () => {
          for (const name of await caches.keys()) await caches.delete(name);
          for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
          for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
        }"""
    )
    page.locator("[data-action=sign]").click()
    poll(lambda: page.locator("[data-fault=failed]").count() == 1, what="a sentence")
    assert page.locator("[data-receipt]").count() == 0
    assert page.locator("#after-company").input_value() == "SOCIÉTÉ EXEMPLE SAS"
    page.context.set_offline(False)
    page.locator("[data-action=sign]").click()
    assert word(page) == "undated", "with a network it is signed"


def test_the_key_of_the_device_cannot_be_read_out(verifier, phone):
    open_form(phone, verifier.text(verifier.issuer.token(index=61)))
    signed(phone)  # the first receipt makes the key
    found = phone.evaluate(
        """() => new Promise((resolve, reject) => { const opening = indexedDB.open('wif-receipts');
        opening.onupgradeneeded = () => { opening.transaction.abort(); reject(new Error('no key is kept')); };
        opening.onsuccess = () => { const asking = opening.result.transaction('keys').objectStore('keys').get('device');
          asking.onsuccess = async () => { const { privateKey } = asking.result; opening.result.close();
            resolve([privateKey.extractable, await crypto.subtle.exportKey('pkcs8', privateKey).then(() => 'read', () => 'refused')]); }; }; })"""
    )
    assert found == [False, "refused"]


def test_the_paper_is_french_first_and_then_in_the_language_in_use(verifier, phone, tmp_path):
    open_form(phone, verifier.text(verifier.issuer.token(index=60)))
    phone.locator("#after-checker").fill("Thị Mai Nguyễn, gérante")
    signed(phone)
    phone.locator("[data-action=language]").click()
    poll(lambda: "Not dated" in phone.locator("h1").inner_text())
    pdf = saved(phone)
    assert judged(verifier, symbols(pdf, tmp_path)).word == "undated"
    printed = subprocess.run(
        ["pdftotext", str(tmp_path / "receipt.pdf"), "-"], capture_output=True, text=True, check=True
    )
    assert 0 <= printed.stdout.index("Reçu de contrôle") < printed.stdout.index("Receipt of a check")
    told = {one: poppler(tmp_path, *one.split()) for one in ("pdfinfo", "pdfinfo -struct-text", "pdftotext")}
    assert re.search("Title: +Reçu de contrôle / Receipt of a check", told["pdfinfo"])
    assert re.search("Tagged: +yes", told["pdfinfo"])
    heads = re.findall(r'H[12] \(block\)\n +"(.*)"', told["pdfinfo -struct-text"])
    assert heads == [
        "Reçu de contrôle", "Établi", "Déclaré par le contrôleur", "Aujourd’hui",
        "Receipt of a check", "Established", "Declared by who checked", "Today",
    ]  # fmt: skip
    raw = pdf.decode("latin1")
    assert "/Lang (fr)" in raw.split("/Sect")[0] and "/S /Sect" in raw and "/Lang (en)" in raw
    figures = re.findall(r"/S /Figure .*?/Alt ([(<].*?[)>])", raw)
    assert len(figures) == 2, "each symbol says what it is to whoever does not see it"
    for asked, source in (("Thị Mai Nguyễn", told["pdftotext"]), ("Thị", told["pdftotext"])):
        assert asked in source, "letters that the font lacks are copied as they were written"
    subprocess.run(["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=nullpage", "receipt.pdf"], cwd=tmp_path, check=True)
    assert "Not dated" in phone.locator("h1").inner_text(), "the page itself stays English"
    phone.locator("[data-action=language]").click()
    poll(lambda: phone.evaluate("document.documentElement.lang") == "fr")
