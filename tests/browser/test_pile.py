"""Many files at once: three hundred with broken ones among them, one table, one export, the same as the command line's."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from tests.browser.samples import publish_states, samples
from tests.browser.test_view_ways import coded, picture
from tests.support.sites import ROOT, poll


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_states(verifier)
    return verifier


def give(page, files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    page.locator("header input[type=file]").set_input_files([folder / name for name in files])


def listed(page, seconds: float = 90) -> None:
    poll(lambda: page.locator("[data-pile]").count() == 1, seconds, "the list")


def saved(page, action: str = "export") -> str:
    with page.expect_download() as started:
        page.locator(f"[data-action={action}]").click()
    return Path(started.value.path()).read_text("utf-8-sig")


def table(words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(words), delimiter=";"))


def paper(verifier, index: int, **claims: str) -> bytes:
    return verifier.text(verifier.issuer.token(index=index, number=1_000_000_000 + index, **claims)).encode()


STAFF = """Nom;Prénoms;Date de naissance;Date d'embauche
PREMIÈRE;Thị Mai;14/03/1996;07/01/2027
DEUXIÈME;Thi Mai;14/03/1996;03/02/2027
TROISIÈME;Thị Mai;15/03/1996;04/02/2027
"""
"""The second as in the papers; of the first another day was typed; the third was born on another day."""


def leaving(page) -> list[str]:
    """What the browser asks when the page is to be closed; the answer is no."""
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("() => { window.stayed = true; }")
    if page.evaluate(
        "() => { const event = new Event('beforeunload', { cancelable: true }); return dispatchEvent(event); }"
    ):
        return []
    page.evaluate("() => { location.reload(); }")
    poll(lambda: asked, what="the question")
    assert page.evaluate("window.stayed"), "the page is still there"
    return asked


@pytest.fixture
def three_hundred(verifier) -> dict[str, bytes]:
    """Papers of 270 people, as pictures, mails and one twice; thirty files in which nothing can be read."""
    files: dict[str, bytes] = {}
    for number in range(268):
        text = paper(verifier, 1000 + number)
        drawn = number % 30 == 0
        files[f"{number:03}.{'png' if drawn else 'txt'}"] = coded(picture(text.decode())) if drawn else text
        if number % 18 == 0:
            files[f"{number:03} torn.pdf"] = b"%PDF-1.4 torn"
            files[f"{number:03} empty.png"] = b""
    return files | {"twin.txt": files["007.txt"], "revoked.txt": samples(verifier)["revoked"].text.encode()}


def test_three_hundred_files_are_one_table_the_worst_first(verifier, phone, three_hundred, tmp_path):
    assert len(three_hundred) == 300
    phone.evaluate(
        "() => { window.longest = 0; let last = performance.now(); window.beat = setInterval(() => {"
        " const now = performance.now(); window.longest = Math.max(window.longest, now - last); last = now; }, 10); }"
    )
    give(phone, three_hundred, tmp_path)
    poll(lambda: phone.locator("progress.reading").count() == 1, what="the progress")
    listed(phone)
    assert phone.evaluate("() => { clearInterval(window.beat); return window.longest; }") < 2000, (
        "the page stays usable"
    )
    levels = phone.locator(".pile tbody tr").evaluate_all("(all) => all.map((one) => one.dataset.level)")
    assert levels == ["red"] + ["none"] * 30 + ["green"] * 269
    counts = phone.locator(".pile-counts li").evaluate_all(
        "(all) => all.map((one) => [one.textContent.split('\\u00a0')[0], Number(one.dataset.count)])"
    )
    assert counts == [["RÉVOQUÉE", 1], ["AUCUN CODE LU", 30], ["VALABLE", 268]], "twins count once"
    assert phone.locator("[data-twins]").get_attribute("data-twins") == "1"
    assert "007.txt" in phone.locator("tr[data-twin]").filter(has_text="twin.txt").inner_text()
    assert "abîmé" in phone.locator("tr[data-trouble=pdf_broken]").first.inner_text()
    rows = table(saved(phone))
    assert len(rows) == 300 and len({row["Numéro du titre"] for row in rows}) == 270
    record = json.loads(saved(phone, "export-json"))
    assert [row["file"] for row in record["rows"]] == [row["Fichier"] for row in rows]
    assert record["rows"][0]["claims"]["number"] == "4829130571" and record["rows"][1]["claims"] is None


def test_the_day_of_the_hire_is_typed_or_missing_and_the_list_waits_behind_a_verdict(verifier, phone, tmp_path):
    names = {"one.txt": "PREMIÈRE", "two.txt": "DEUXIÈME", "three.txt": "TROISIÈME"}
    texts = {file: paper(verifier, 21 + at, family_name=name) for at, (file, name) in enumerate(names.items())}
    give(phone, texts, tmp_path)
    listed(phone)
    rows = phone.locator(".pile tbody tr")
    rows.nth(0).locator(".pile-hire").fill("05/01/2027")
    rows.nth(1).locator(".pile-hire").fill("31/02/2027")
    assert rows.nth(1).locator(".pile-hire").get_attribute("aria-invalid") == "true"
    rows.nth(0).locator("button").click()
    poll(lambda: phone.locator("[data-verdict=valid]").count() == 1, what="the verdict")
    phone.locator("[data-action=back-to-pile]").click()
    listed(phone)
    phone.locator("[data-action=language]").click()
    poll(lambda: "files read" in phone.locator("h1").inner_text(), what="English")
    listed_words = [row["List of D8254-2"] for row in table(saved(phone))]
    assert listed_words == ["complete"] + ["to be completed: day of the hire"] * 2
    days = [row["Day of the hire"] for row in table(saved(phone))]
    assert days == ["2027-01-05", "", ""], "a day that is none is left blank"
    (tmp_path / "staff.csv").write_text(STAFF, "utf-8")
    phone.locator("[data-pile] input[type=file]").set_input_files(tmp_path / "staff.csv")
    poll(lambda: "Days filled in from staff.csv: 1 of 3" in phone.locator("[data-pile]").inner_text(), what="the days")
    assert "left as they are: 1." in phone.locator("[data-pile]").inner_text(), "what was typed stays"
    assert [row["Day of the hire"] for row in table(saved(phone))] == ["2027-01-05", "2027-02-03", ""]
    (tmp_path / "staff.csv").write_text("a;b\n1;2\n", "utf-8")
    phone.locator("[data-pile] input[type=file]").set_input_files(tmp_path / "staff.csv")
    poll(lambda: phone.locator("[data-pile] .form-fault[role=status]").count() == 1, what="why it is refused")
    rows.nth(2).locator(".pile-hire").fill("01/03/2027")
    assert leaving(phone) == ["beforeunload"], "what would be lost is asked about"
    phone.locator("[data-action=language]").click()
    poll(lambda: "fichiers lus" in phone.locator("h1").inner_text(), what="French")
    phone.locator("[data-action=close-pile]").click()
    poll(lambda: phone.locator("[data-action=text]").count() == 1, what="the camera's screen")
    assert phone.locator("[data-offer=pile]").count() == 0
    assert leaving(phone) == []


def test_reading_can_be_stopped_and_what_was_read_is_shown_or_nothing_is(verifier, phone, tmp_path):
    slow = coded(picture(samples(verifier)["valid"].text, scale=12))
    files = {f"{number:02}.png": slow for number in range(40)}
    give(phone, files, tmp_path)
    poll(lambda: "5 sur 40" in (phone.locator(".working-words").text_content() or ""), what="the fifth file")
    phone.locator("[data-action=stop-reading]").click()
    listed(phone)
    read = int(phone.locator("[data-pile]").get_attribute("data-pile"))
    assert 4 <= read < 40 and f"{40 - read} laissés de côté" in phone.locator("h1").inner_text()
    give(phone, files, tmp_path)
    poll(lambda: phone.locator("progress.reading").count() == 1, what="the progress")
    phone.get_by_role("button", name="Annuler").click()
    poll(lambda: phone.locator("[data-action=text]").count() == 1, what="the camera's screen")
    phone.wait_for_timeout(300)
    assert phone.locator("[data-pile]").count() == 0


def test_the_command_line_says_the_same_in_the_same_order(verifier, phone, tmp_path):
    wanted = ("valid", "revoked", "bad_signature", "foreign", "suspended", "expired", "malformed", "unknown_key")
    files = {f"{at} {name}.png": coded(picture(samples(verifier)[name].text)) for at, name in enumerate(wanted)}
    files["9 again.png"] = files["0 valid.png"]
    folder = tmp_path / "papers"
    folder.mkdir()
    give(phone, files, folder)
    listed(phone)
    shown = table(saved(phone))
    roots = tmp_path / "roots.json"
    roots.write_text(json.dumps({"threshold": 1, "keys": [verifier.issuer.root.public_key.hex()]}))
    command = [sys.executable, "-X", "utf8", "-m", "issuer.commands", "verify", folder, "--csv", "--public", verifier.public, "--roots", roots]  # fmt: skip
    environment = {"WIF_LANG": "fr", "WIF_HOME": str(tmp_path), "PATH": "/usr/bin", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*map(str, command)], cwd=ROOT, env=environment, capture_output=True, check=False)
    told = table(done.stdout.decode("utf-8-sig"))
    assert len(told) == 9, done.stderr.decode()
    for row in told:
        row["Fichier"] = Path(row["Fichier"]).name
        row["Même papier que"] = Path(row["Même papier que"]).name
    own = ("Explication", "Vérifiée le (UTC)")  # each says when its own lists are of
    assert [list(row) for row in told] == [list(row) for row in shown]
    assert [{key: row[key] for key in row if key not in own} for row in told] == [
        {key: row[key] for key in row if key not in own} for row in shown
    ]
