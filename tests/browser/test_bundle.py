"""Receipts of a whole pile: signed one by one on the phone, in one file, dated by one countersignature, read by others."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from issuer.attestation import bundle, receipt
from keys import cbor
from tests.browser.samples import COUNTER, publish_countersigner
from tests.browser.test_pile import give, listed, paper
from tests.support.sites import ROOT, poll

COUNT = 12


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_countersigner(verifier)
    return verifier


@pytest.fixture(scope="module")
def phone(holding):
    return holding()


@pytest.fixture
def asked(verifier, phone):
    """What the service was asked with; it answers as `wif serve countersign` does."""
    entries: list[bytes] = []

    def service(route):
        entry = route.request.post_data_buffer
        entries.append(entry)
        status = (verifier.public / "status-1.cose").read_bytes()
        named = receipt.Listed(
            int.from_bytes(entry[32:], "big"), verifier.now - 30, hashlib.sha256(status).digest()[:16]
        )
        row = receipt.countersign(entry[:32], int(time.time()), [named], COUNTER).to_row()
        route.fulfill(status=200, content_type="application/cbor", body=cbor.encode([row]))

    phone.context.route("**/countersign", service)
    yield entries
    phone.context.unroute("**/countersign")


def saved(page) -> str:
    with page.expect_download() as started:
        page.locator("[data-action=save-bundle]").click()
    return Path(started.value.path()).read_text("utf-8")


def check(verifier, content: str, folder: Path) -> tuple[int, list[dict]]:
    """What the other implementation says of the file."""
    (folder / "receipts.html").write_text(content, "utf-8")
    roots = folder / "roots.json"
    roots.write_text(json.dumps({"threshold": 1, "keys": [verifier.issuer.root.public_key.hex()]}))
    command = [sys.executable, "-X", "utf8", "-m", "issuer.commands", "receipt", "check", folder / "receipts.html", "--public", verifier.public, "--roots", roots]  # fmt: skip
    done = subprocess.run([*map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def words(rows: list[dict]) -> dict[str, int]:
    return {word: sum(row["receipt"] == word for row in rows) for word in {row["receipt"] for row in rows}}


def test_one_file_and_one_countersignature_for_all_read_by_both_programs(verifier, phone, asked, tmp_path):
    files = {f"{at:02}.txt": paper(verifier, 200 + at) for at in range(COUNT)}
    files |= {"twin.txt": files["00.txt"], "torn.pdf": b"%PDF-1.4 torn"}
    give(phone, files, tmp_path)
    listed(phone)
    phone.locator("[data-action=receipts]").click()
    poll(lambda: phone.locator("[data-after=bundle]").count() == 1, what="the form")
    assert phone.locator("input[type=radio]:checked").count() == 0, "nothing is preselected"
    assert "retenu contre vous" in phone.locator("[data-warning]").inner_text()
    phone.locator("[data-action=sign]").click()
    poll(lambda: phone.locator("[data-fault=company]").count() == 1, what="who checks is missing")
    phone.locator("#after-company").fill("AGENCE EXEMPLE SAS")
    phone.locator("input[name=seen_original][value=no]").check()
    phone.locator("[data-action=sign]").click()
    poll(lambda: phone.locator("[data-bundle]").count() == 1, 30, "the receipts")
    assert phone.locator("[data-word=undated]").get_attribute("data-count") == str(COUNT), "the twin has no second one"
    assert asked == [], "nothing is asked by itself"
    code, rows = check(verifier, saved(phone), tmp_path)
    assert (code, words(rows)) == (0, {"undated": COUNT})
    assert rows[0]["declared"]["company"]["name"] == "AGENCE EXEMPLE SAS"
    assert rows[0]["declared"]["seen"]["original"] == "no" and rows[0]["paper"]["verdict"] == "valid"
    phone.locator("[data-action=date]").click()
    poll(lambda: phone.locator("[data-word=dated]").count() == 1, what="the date")
    assert len(asked) == 1, "one question for all"
    whole = saved(phone)
    found = bundle.read(whole)
    assert found is not None and asked[0][:32] == bundle.digest(found.digests)
    assert words(check(verifier, whole, tmp_path)[1]) == {"dated": COUNT}
    phone.locator(".tabs [data-action=scan]").click()
    poll(lambda: phone.locator("[data-action=text]").count() == 1, what="the camera's screen")
    give(phone, {"again.html": whole.encode()}, tmp_path)
    poll(lambda: phone.locator("[data-word=dated]").count() == 1, what="the file given back")
    assert phone.locator("[data-bundle] li[data-receipt]").count() == COUNT
    assert phone.locator("[data-bundle] [data-verdict]").count() == 0, "never a verdict"


def bundled(whole: str) -> dict:
    (found,) = re.findall(r'id="receipts">([^<]*)</script>', whole)
    return json.loads(found)


def test_one_receipt_is_handed_on_without_the_others_and_what_is_changed_is_not_dated(verifier, phone, asked, tmp_path):
    give(phone, {f"{at}.txt": paper(verifier, 300 + at) for at in range(3)}, tmp_path)
    listed(phone)
    phone.locator("[data-action=receipts]").click()
    phone.locator("#after-company").fill("AGENCE EXEMPLE SAS")
    phone.locator("[data-action=sign]").click()
    poll(lambda: phone.locator("[data-bundle]").count() == 1, 30, "the receipts")
    phone.locator("[data-action=date]").click()
    poll(lambda: phone.locator("[data-word=dated]").count() == 1, what="the date")
    made = bundled(saved(phone))
    one = made | {"items": made["items"][:1]}
    exchanged = made | {"items": [made["items"][0] | {"paper": made["items"][1]["paper"]}, *made["items"][1:]]}
    status = (verifier.public / "status-1.cose").read_bytes()
    named = receipt.Listed(1, verifier.now - 30, hashlib.sha256(status).digest()[:16])
    row = receipt.countersign(bundle.digest([bytes(32)]), int(time.time()), [named], COUNTER).to_row()
    foreign = made | {"digests": [bytes(32).hex()], "counters": [cbor.encode(row).hex()]}
    cases = {
        "dated for others": (foreign, {"undated": 3}),
        "alone": (one, {"dated": 1}),
        "list changed": (made | {"digests": made["digests"][::-1]}, {"undated": 3}),
        "not in the list": (made | {"digests": made["digests"][1:]}, {"undated": 3}),
        "another paper": (exchanged, {"other_paper": 1, "dated": 2}),
        "another date": (
            made | {"counters": [f"{made['counters'][0][:-2]}{int(made['counters'][0][-2:], 16) ^ 1:02x}"]},
            {"undated": 3},
        ),
        "no form": (made | {"items": [{}]}, {"unreadable": 1}),
    }
    for name, (content, expected) in cases.items():
        text = json.dumps(content, separators=(",", ":"))
        assert words(check(verifier, text, tmp_path)[1]) == expected, name
        phone.locator(".tabs [data-action=scan]").click()
        poll(lambda: phone.locator("[data-action=text]").count() == 1)
        give(phone, {"given.json": text.encode()}, tmp_path)
        if "unreadable" in expected:
            poll(lambda: phone.locator("[data-trouble=bundle_broken]").count() == 1, what=name)
            continue
        poll(lambda: phone.locator("[data-bundle]").count() == 1, what=name)
        shown = phone.locator("[data-word]").evaluate_all(
            "(all) => all.map((one) => [one.dataset.word, Number(one.dataset.count)])"
        )
        assert dict(shown) == expected, name
