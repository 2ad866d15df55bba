"""Bad input on the command line: a clear sentence, the right exit code, nothing lost, the rest of the batch done."""

import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.console import ORIGIN, record
from tests.support.records import SINCE, UNTIL, french

REFUSED = [
    ("birth_date", record(birth_date="1996-02-31")),
    ("valid_from", record(valid_from="2026-02-31")),
    ("valid_until", record(valid_until="2026-01-04")),
    ("valid_until", record(valid_until=(SINCE + timedelta(days=366)).isoformat())),
    ("employer.siret", record(employer={"name": "EXEMPLE", "siret": "81234567800014"})),
    ("employer.siret", record(employer={"name": "EXEMPLE", "siret": "٨١٢٣٤٥٦٧٨٠٠٠١٣"})),
    ("family_name", record(family_name="NGUY\u202eEN")),
    ("family_name", record(family_name="NGU\u200bYEN")),
    ("family_name", record(family_name="M\u0430rtin")),
    ("given_names", record(given_names="Anne  Marie")),
    ("job", record(job="a" * 81)),
    ("nationality", record(nationality="FR")),
    ("kind", record(kind="VISA")),
    ("hours.count", record(hours={"count": True, "per": "week"})),
    ("workplaces", record(workplaces=["75", "99"])),
    ("salary", record(salary=1800)),
    ("department", record(department=None)),
]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_bad_records_are_refused_by_field_and_the_rest_is_issued(wif_once, language):
    batch = [bad for pair in ((bad, record()) for _field, bad in REFUSED) for bad in pair]
    run = wif_once("issue", "-", "--no-pdf", "--accept-warnings", stdin=json.dumps(batch), WIF_LANG=language)
    assert run.code == 1
    assert [row["index"] for row in run.rows] == list(range(len(batch)))
    for (field, _bad), refused, issued in zip(REFUSED, run.rows[::2], run.rows[1::2], strict=True):
        assert (refused["status"], issued["status"]) == ("refused", "issued"), field
        assert [error["field"] for error in refused["errors"]] == [field]
        assert all(len(error["message"]) > 20 for error in refused["errors"])
        assert refused["token"] is None and refused["number"] is None


@pytest.fixture(scope="module")
def wif_once(tmp_path_factory):
    """One demonstration home for tests that only add to it."""
    from tests.support.console import Wif

    wif = Wif(tmp_path_factory.mktemp("once") / "home")
    assert wif("init", "--origin", ORIGIN, "--authority", "Préfecture d'Exemple", "--demo").code == 0
    return wif


def test_the_same_reference_answers_the_same_token_and_other_content_is_refused(wif_once):
    first = wif_once.issue(record(reference="DS-1"), flags="--no-pdf").rows[0]
    again = wif_once.issue(record(reference="DS-1"), record(reference="DS-1", job="Autre"), flags="--no-pdf")
    assert again.rows[0]["status"] == "already_issued"
    assert (again.rows[0]["token"], again.rows[0]["number"]) == (first["token"], first["number"])
    assert again.rows[1]["status"] == "refused"
    assert again.rows[1]["errors"][0]["field"] == "reference"
    assert again.code == 1
    assert wif_once.issue(record(reference="DS-1"), flags="--no-pdf").code == 0


def test_french_is_spoken_to_who_asks_for_it(wif_once, tmp_path):
    """The summary, what is wrong with a file, and a picture that is none."""
    french = {"WIF_LANG": "fr"}
    lines = "\n".join(json.dumps(record(job=job)) for job in ("Serveur", "Cuisinier", ""))
    run = wif_once("issue", "-", "--no-pdf", "--accept-warnings", stdin=lines, **french)
    assert "3 enregistrements : 2 signés, 1 refusé." in run.words
    (tmp_path / "vide.csv").write_bytes(b"")
    assert "Le fichier est vide" in wif_once("issue", tmp_path / "vide.csv", **french).words
    (tmp_path / "faux.pdf").write_bytes(b"%PDF-1.7 rien")
    run = wif_once("verify", tmp_path / "faux.pdf", **french)
    assert "PDF abîmé ou chiffré" in run.words and "PDF abîmé" in run.rows[0]["error"]
    run = wif_once("verify", tmp_path / "absent.png", **french)
    assert "ne peut pas être lu" in run.words and run.code == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"kind,salaire\nAPT,X\n", '"salaire"'),
        ("kind,family_name\nAPT,HÉLÈNE\n".encode("mac_roman"), "UTF-8"),
        (b'[{"kind": "APT"', "JSON"),
        (b"kind,kind\nAPT,APT\n", "twice"),
        (b"\x00\x01\x02", "column"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_one_sentence(wif_once, tmp_path, content, words):
    path = tmp_path / "records"
    path.write_bytes(content)
    run = wif_once("issue", path)
    assert run.code == 1
    assert words in run.words
    assert not [row for row in run.rows if row["status"] == "issued"]


def test_a_missing_file_and_a_folder_are_said(wif_once, tmp_path):
    assert "cannot be read" in wif_once("issue", tmp_path / "none.json").words
    assert wif_once("issue", tmp_path).code == 1


def test_csv_understands_what_people_type_in_france(wif_once):
    columns = "kind;family_name;birth_date;nationality;employer.name;employer.siret;job;contract;hours.count;hours.per;workplaces;department;valid_from;valid_until"
    row = (
        f"apt;ÉLOI;07/1984;civ;EXEMPLE;812 345 678 00013;Serveur;CDD;17,5;week;75 92;75;{french(SINCE)};{french(UNTIL)}"
    )
    issued = wif_once("issue", "-", "--no-pdf", "--accept-warnings", stdin=f"\ufeff{columns}\r\n{row}\r\n").rows[0]
    assert issued["status"] == "issued", issued
    claims = wif_once("verify", issued["text"]).rows[0]["claims"]
    assert claims["birth_date"] == "1984-07"
    assert claims["employer"] == {"name": "EXEMPLE", "siret": "81234567800013"}
    assert (claims["hours"], claims["workplaces"]) == ({"count": 17.5, "per": "week"}, ["75", "92"])
    assert (claims["valid_from"], claims["valid_until"]) == (SINCE.isoformat(), UNTIL.isoformat())


def test_a_broken_line_does_not_stop_json_lines(wif_once):
    run = wif_once(
        "issue", "-", "--no-pdf", "--accept-warnings", stdin=json.dumps(record()) + "\n{broken\n" + json.dumps(record())
    )
    assert [row["status"] for row in run.rows] == ["issued", "refused", "issued"]
    assert run.code == 1


def test_a_home_is_not_initialised_twice(wif):
    before = {path: path.read_bytes() for path in wif.home.rglob("*") if path.is_file()}
    run = wif("init", "--origin", ORIGIN, "--authority", "Autre", "--demo")
    assert run.code == 2
    assert "already initialised" in run.words
    assert {path: path.read_bytes() for path in wif.home.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "origin",
    ["https://Verif.example.org", "https://verif.example.org/", "http://verif.example.org", "verif.example.org", ""],
)
def test_a_bad_origin_makes_no_home(empty, origin):
    run = empty("init", "--origin", origin, "--authority", "Préfecture", "--demo")
    assert run.code == 2
    assert not empty.home.exists()


def test_a_real_home_needs_its_passphrase_and_refuses_a_wrong_one(empty):
    assert empty("init", "--origin", ORIGIN, "--authority", "Préfecture d'Exemple").code == 2
    assert not empty.home.exists()
    made = empty(
        "init",
        "--origin",
        ORIGIN,
        "--authority",
        "Préfecture d'Exemple",
        "--roots",
        "2",
        WIF_PASSPHRASE="correct horse battery",
    )
    assert made.code == 0
    assert (made.rows[0]["threshold"], len(made.rows[0]["roots"])) == (2, 2)
    wrong = empty("issue", "-", "--no-pdf", stdin=json.dumps(record()), WIF_PASSPHRASE="wrong horse battery")
    assert wrong.code == 2
    assert "passphrase" in wrong.words
    none = empty("issue", "-", "--no-pdf", stdin=json.dumps(record()))
    assert none.code == 2 and "WIF_PASSPHRASE" in none.words
    right = empty("issue", "-", "--no-pdf", stdin=json.dumps(record()), WIF_PASSPHRASE="correct horse battery")
    assert right.code == 0


def test_a_torn_key_is_said(wif):
    key = next((wif.home / "keys").glob("attestation-*.key"))
    key.write_bytes(key.read_bytes()[:60])
    run = wif("issue", "-", "--no-pdf", stdin=json.dumps(record()))
    assert run.code == 2
    assert key.name in run.words and "backup" in run.words


def test_without_a_trust_list_nothing_is_valid_and_it_is_said(wif):
    text = wif.issue(record(), flags="--no-pdf").rows[0]["text"]
    (wif.home / "public" / "trust.cose").unlink()
    run = wif("verify", text)
    assert run.code == 1
    assert (run.rows[0]["verdict"], run.rows[0]["level"], run.rows[0]["claims"]) == ("status_unknown", "amber", None)
    assert "trust list" in run.words


def test_a_trust_list_of_other_roots_is_not_believed(wif, empty, tmp_path):
    text = wif.issue(record(), flags="--no-pdf").rows[0]["text"]
    roots = tmp_path / "roots.json"
    roots.write_text(
        json.dumps({"threshold": 1, "keys": ["d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"]})
    )
    run = wif("verify", text, "--roots", roots)
    assert run.rows[0]["verdict"] == "status_unknown"
    assert "pinned roots" in run.words


def test_no_home_is_said(empty):
    run = empty("issue", "-", stdin="{}")
    assert run.code == 2
    assert "wif init" in run.words


def test_sources_without_a_code_broken_and_missing(wif_once, tmp_path):
    from PIL import Image

    blank, broken = tmp_path / "blank.png", tmp_path / "broken.pdf"
    Image.new("L", (200, 200), 255).save(blank)
    broken.write_bytes(b"%PDF-1.7 nothing more")
    run = wif_once("verify", blank, broken, tmp_path / "missing.jpg")
    assert [row["verdict"] for row in run.rows] == ["no_code", "unreadable", "unreadable"]
    assert run.code == 1


@pytest.mark.parametrize("number", ["1234567890", "abc", "482 913 0572"])
def test_an_unknown_number_is_said(wif_once, number):
    run = wif_once("revoke", number, "--reason", "fraud", "--basis", "CRPA L241-2")
    assert run.code == 1
    assert run.words.startswith("wif: ")


def test_wrong_usage_is_code_2(wif_once):
    assert wif_once("verify").code == 2
    assert wif_once("frobnicate").code == 2
    assert wif_once("revoke", "1", "--reason", "whim", "--basis", "x").code == 2
    assert wif_once("verify", "x", "--at", "yesterday").code == 2


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("mount"),
    reason="a full disk needs a small file system of its own: run as root",
)
def test_a_full_disk_loses_nothing(wif, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", full], check=False).returncode:
        pytest.skip("this machine does not let tests mount a small file system")
    try:
        records = [record(reference=f"DS-{number}") for number in range(6)]
        run = wif("issue", "-", "--accept-warnings", "--out", full, stdin=json.dumps(records))
        assert run.code == 1
        assert [row["status"] for row in run.rows] == ["issued"] * 6
        failed = [row for row in run.rows if row["errors"]]
        assert failed and all(row["pdf"] is None and row["errors"][0]["field"] == "pdf" for row in failed)
        assert not list(full.glob("*.part"))
    finally:
        subprocess.run(["umount", full], check=True)
    again = wif("issue", "-", "--accept-warnings", stdin=json.dumps(records))
    assert [row["token"] for row in again.rows] == [row["token"] for row in run.rows]
    assert all(row["pdf"] and Path(row["pdf"]).stat().st_size for row in again.rows)
