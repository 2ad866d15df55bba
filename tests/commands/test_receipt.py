"""``wif receipt check`` and ``wif receipt dated``: receipts beside their papers, as texts and as symbols that were drawn and read again."""

import hashlib
import json
import shutil
import subprocess
import sys
import time

import cbor2
import httpx
import pytest
import segno

from issuer.attestation import receipt
from issuer.config import load
from keys import trust
from tests.attestation.test_receipt import FOLDER, INDEX, ROWS
from tests.support.agency import free_port
from tests.support.console import ORIGIN
from tests.support.processes import poll
from tests.vectors import cases_receipt
from tests.vectors.scene import NOW, REFERENCE_TEXT
from tests.vectors.wire import item

AT = ("--at", "2026-02-02T02:40:00Z")
BY_ID = {row["id"]: row for row in ROWS}


@pytest.fixture
def lists(tmp_path):
    """The published lists of the vectors, and their roots: what stands behind --public and --roots."""
    shutil.copy(FOLDER / "lists/trust-receipts.cose", tmp_path / "trust.cose")
    shutil.copy(FOLDER / "lists/status-one-revoked.cose", tmp_path / "status-1.cose")
    (tmp_path / "roots.json").write_text(json.dumps(INDEX["pinned"]))
    return ("--public", tmp_path, "--roots", tmp_path / "roots.json")


def test_a_receipt_is_told_beside_its_paper_and_the_paper_as_it_stands_today(wif, lists):
    assert NOW == 1_770_000_000
    done = wif("receipt", "check", BY_ID["reference"]["text"], REFERENCE_TEXT, *AT, *lists)
    assert done.code == 0, done.words
    (row,) = done.rows
    assert (row["receipt"], row["since"], row["until"]) == ("dated", "2026-02-02T02:23:20Z", "2026-02-02T02:40:00Z")
    assert row["declared"]["company"]["name"] == "SOCIÉTÉ EXEMPLE SAS"
    assert (row["paper"]["verdict"], row["paper"]["claims"]["family_name"]) == ("revoked", "NGUYEN ÉPOUSE DUPONT")
    assert "R5221-41" in done.words, "what it is not"


def test_symbols_in_any_order_and_what_is_missing(wif, lists, tmp_path):
    for name, text in (("receipt", BY_ID["suite"]["text"]), ("paper", REFERENCE_TEXT)):
        segno.make(text, error="m").save(tmp_path / f"{name}.png", scale=4)
    receipt, paper = tmp_path / "receipt.png", tmp_path / "paper.png"
    done = wif("receipt", "check", receipt, paper, *AT, *lists)
    assert (done.code, done.rows[0]["receipt"]) == (0, "dated"), done.words
    alone = wif("receipt", "check", receipt, *AT, *lists)
    assert (alone.code, alone.rows[0]["receipt"], alone.rows[0]["dating"]) == (1, "paper_missing", "dated")
    nothing = wif("receipt", "check", paper, *AT, *lists)
    assert (nothing.code, nothing.rows) == (1, []) and "PDF" in nothing.words


def test_a_changed_receipt_shows_nothing_and_another_paper_is_said(wif, lists):
    other = wif("receipt", "check", BY_ID["statement-changed"]["text"], REFERENCE_TEXT, *AT, *lists)
    assert (other.code, other.rows[0]["receipt"], other.rows[0]["declared"]) == (1, "altered", None)
    beside = json.loads((FOLDER / "verify/12-valid.json").read_text("ascii"))
    text = next(row["text"] for row in beside if row["text"] != REFERENCE_TEXT and row["expect"]["verdict"] == "valid")
    done = wif("receipt", "check", BY_ID["reference"]["text"], text, *AT, *lists)
    assert (done.code, done.rows[0]["receipt"], done.rows[0]["paper"]) == (1, "other_paper", None)
    both = wif("receipt", "check", text, BY_ID["reference"]["text"], REFERENCE_TEXT, *AT, *lists)
    assert (both.code, both.rows[0]["receipt"]) == (0, "dated"), "the right paper is found among several"


def test_the_service_dates_a_receipt_for_pages_of_its_own_origin_alone(wif):
    refused = wif("serve", "countersign")
    assert refused.code != 0 and "wif keys new --use countersign" in refused.words
    made = wif("keys", "new", "--use", "countersign")
    assert made.code == 0, made.words
    kid = made.rows[-1]["kid"]
    (listed,) = [row for row in wif("keys", "list").rows if row["use"] == "countersign"]
    assert (listed["kid"], listed["signs_now"], listed["sealed_here"]) == (kid, True, True)
    assert wif("publish").code == 0, "a list with such a key goes on being published"

    bind = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-X", "utf8", "-m", "issuer.commands", "serve", "countersign", "--bind", bind]
    with open(wif.home.parent / "service.log", "w") as log:
        server = subprocess.Popen(command, env=wif.environment, cwd=wif.home.parent, stderr=log)
    try:
        poll(lambda: answers(f"http://{bind}/"), 60, "the service")
        own = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/octet-stream"}

        def ask(data: bytes, **more: str) -> httpx.Response:
            return httpx.post(f"http://{bind}/countersign", content=data, headers={**own, **more}, timeout=30)

        encoded = item(cases_receipt.statement())
        signature = cases_receipt.signed(encoded)
        digest = hashlib.sha256(cases_receipt.sign1(cases_receipt.PROTECTED, encoded, signature)).digest()
        before = int(time.time())
        answer = ask(digest + b"\0\1" + bytes(34))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/cbor"), answer.text
        first, second = cbor2.loads(answer.content)
        assert first[0].hex() == kid and before <= first[1] <= time.time() and first[3] != second[3]
        published = (wif.home / "public/status-1.cose").read_bytes()
        hashed = hashlib.sha256(published).digest()[:16]
        assert [[row[0], row[2]] for row in first[2]] == [[1, hashed]], "the list that was asked for, and no other"

        text = cases_receipt.text([encoded, signature, first], ORIGIN)
        held = trust.accept(
            (wif.home / "public/trust.cose").read_bytes(), load(wif.home).roots, None, before + 60
        ).trust
        found = receipt.judge(text, cases_receipt.TOKEN, held)
        assert (found.word, found.until) == ("late", first[1]), "counted; by another list than the one declared"
        moved = cases_receipt.text([encoded, signature, second], ORIGIN)
        assert receipt.judge(moved, cases_receipt.TOKEN, held).word == "altered"

        for status, data, more in (
            (403, digest, {"Sec-Fetch-Site": "cross-site"}),
            (403, digest, {"Origin": "https://evil.example"}),
            (415, digest, {"Content-Type": "text/plain"}),
            (400, b"", {}),
            (400, digest, {}),
            (413, bytes(34 * 257), {}),
        ):
            told = ask(data, **more)
            assert told.status_code == status and "Traceback" not in told.text, (status, told.status_code, told.text)
        assert httpx.get(f"http://{bind}/countersign").status_code == 405
        assert ask(bytes(34 * 256)).status_code == 200
        busy = next(one for one in (ask(bytes(34 * 256)) for _ in range(120)) if one.status_code != 200)
        assert busy.status_code == 429 and 0 < int(busy.headers["Retry-After"]) <= 60
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert digest.hex() not in (wif.home.parent / "service.log").read_text()

    assert wif("keys", "revoke", kid, "--yes").code == 0
    held = trust.accept((wif.home / "public/trust.cose").read_bytes(), load(wif.home).roots, None, before + 60).trust
    assert receipt.judge(text, cases_receipt.TOKEN, held).word == "undated", "never forged"
    assert wif("serve", "countersign").code != 0


def answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).status_code == 404
    except httpx.HTTPError:
        return False


def test_a_dated_report_is_held_against_its_file(wif, lists, tmp_path):
    report, date = tmp_path / "controle.json", tmp_path / "controle.date.json"
    report.write_text('{"form": "work-in-france/round/1"}\n')
    digest = hashlib.sha256(report.read_bytes()).digest()

    def given(key: cases_receipt.Key, named: str = digest.hex()) -> None:
        row = cases_receipt.counter(b"", b"", key=key, digest=digest)
        date.write_text(
            json.dumps({"form": "work-in-france/date/1", "sha256": named, "countersignature": item(row).hex()})
        )

    def told() -> tuple[int, str, str | None]:
        done = wif("receipt", "dated", report, date, *lists)
        return done.code, done.rows[0]["report"], done.rows[0]["seen_at"]

    given(cases_receipt.COUNTER)
    assert told() == (0, "dated", "2026-02-02T02:40:00Z")
    for key in (cases_receipt.COUNTER_REVOKED, cases_receipt.COUNTER_CROOKED):
        given(key)
        assert told() == (1, "undated", None)
    given(cases_receipt.COUNTER)
    report.write_text('{"form": "work-in-france/round/1" }\n')
    assert told() == (1, "other_file", None)
    given(cases_receipt.COUNTER, hashlib.sha256(report.read_bytes()).hexdigest())
    assert told() == (1, "undated", None)  # the name of the file is changed, what was signed is not
    for content in ("", "[]", '{"sha256": 1}', "{}"):
        date.write_text(content)
        assert told() == (1, "malformed", None)
