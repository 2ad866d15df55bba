"""``wif verify FOLDER --csv``: many papers as one table, with the columns and the words of the verifier's own."""

import csv
import json
import re
import shutil
from io import StringIO

import pytest
import segno

from issuer.messages import catalogue
from tests.attestation.test_receipt import FOLDER, INDEX
from tests.support.sites import ROOT

AT = ("--at", "2026-02-02T02:40:00Z")
JS = ROOT / "verifier_pwa/src/js"


def vector(name: str, verdict: str) -> str:
    rows = json.loads((FOLDER / f"verify/{name}.json").read_text("ascii"))
    return next(row["text"] for row in rows if row["expect"]["verdict"] == verdict and row["trust"] == "main")


@pytest.fixture
def lists(tmp_path):
    """The published lists of the vectors, and their roots: what stands behind --public and --roots."""
    folder = tmp_path / "lists"
    folder.mkdir()
    shutil.copy(FOLDER / f"lists/{INDEX['trust']['main']['file']}", folder / "trust.cose")
    shutil.copy(FOLDER / f"lists/{INDEX['status']['one']['file']}", folder / "status-1.cose")
    (folder / "roots.json").write_text(json.dumps(INDEX["pinned"]))
    return ("--public", folder, "--roots", folder / "roots.json")


@pytest.fixture
def pile(tmp_path):
    """A folder of papers, one of them twice, one in a folder of its own, and two files that nothing can be read in."""
    folder = tmp_path / "pile"
    (folder / "more").mkdir(parents=True)
    drawn = {"a good.png": ("12-valid", "valid"), "=b.png": ("05-bad-signature", "bad_signature")}
    for name, (file, verdict) in drawn.items():
        segno.make(vector(file, verdict), error="m").save(folder / name, kind="png", scale=3)
    shutil.copy(folder / "a good.png", folder / "more/again.png")
    (folder / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    (folder / "note.txt").write_text("no picture")
    (folder / ".hidden.png").write_bytes(b"passed over")
    return folder


def table(words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(words.removeprefix("\ufeff")), delimiter=";"))


def test_a_folder_is_one_table_the_worst_first_and_broken_files_stop_nothing(wif, lists, pile):
    done = wif("verify", pile, "--csv", *AT, *lists, WIF_LANG="fr")
    assert done.code == 1 and done.raw.startswith("\ufeff")
    rows = table(done.raw)
    names = [row["Fichier"].removeprefix(f"{pile}/") for row in rows]
    assert names == ["=b.png", "note.txt", "torn.pdf", "a good.png", "more/again.png"]
    assert [row["Résultat"] for row in rows] == [
        "NON AUTHENTIQUE",
        "AUCUN CODE LU",
        "AUCUN CODE LU",
        "VALABLE",
        "VALABLE",
    ]
    assert rows[4]["Même papier que"] == str(pile / "a good.png") and rows[3]["Même papier que"] == ""
    assert rows[0]["Nom"] == "", "what nobody signed is not told"
    assert (rows[3]["Nom"], rows[3]["Nationalité"]) == ("NGUYEN ÉPOUSE DUPONT", "Viêt Nam (VNM)")
    assert (rows[3]["Date d’embauche"], rows[3]["Liste D8254-2"]) == ("", "à compléter\u00a0: date d’embauche")
    assert rows[4]["Liste D8254-2"] == "déjà portée\u00a0: double"
    assert "torn.pdf" in rows[2]["Explication"] and rows[2]["Explication"].endswith(".")


def test_a_folder_is_read_line_by_line_too_and_alone_in_good_order_ends_well(wif, lists, pile, tmp_path):
    done = wif("verify", pile, *AT, *lists)
    assert done.code == 1
    assert sorted(row["verdict"] for row in done.rows) == [
        "bad_signature",
        "unreadable",
        "unreadable",
        "valid",
        "valid",
    ]
    good = wif("verify", pile / "a good.png", "--csv", *AT, *lists)
    assert (good.code, len(table(good.raw))) == (0, 1) and table(good.raw)[0]["Verdict"] == "valid"
    (tmp_path / "empty").mkdir()
    empty = wif("verify", tmp_path / "empty", "--csv", *AT, *lists)
    assert empty.code == 1 and table(empty.raw) == [] and "empty" in empty.words


def test_a_name_that_a_spreadsheet_would_reckon_is_harmless(wif, lists):
    (wif.home.parent / "=1+1.png").write_bytes(b"no picture")
    done = wif("verify", "=1+1.png", "=2+2", "--csv", *AT, *lists)
    assert [row["File"] for row in table(done.raw)] == ["'=1+1.png", ""]
    assert done.code == 1 and table(done.raw)[1]["Verdict"] == "foreign"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_columns_and_words_are_those_of_the_verifier(language):
    """The same table from both: what a person learns of one holds of the other."""
    said = {}
    for room in ("", "pile.", "seals."):
        source = (JS / f"messages.{room}{language}.js").read_text("utf-8")
        said |= dict(re.findall(r"^  '([^']+)': '([^']*)',$", source, re.MULTILINE))
    ours = {key: words for key, words in catalogue(language).items() if key.startswith("pile.")}
    places = (
        (r"pile\.word\.(unread|differs|partly)", r"doubt.\1.word"),
        (r"pile\.word\.(.+)", r"verdict.\1.word"),
        (r"pile\.seal\.(.+)\.says", r"seal.verdict.\1"),
        (r"pile\.seal\.(.+)", r"seal.verdict.\1.word"),
        (r"pile\.seal_type", "pile.seal"),
        (r"pile\.seal_clash", "seal.parts.clash"),
        (r"pile\.(level|kind)\.(.+)", r"\1.\2"),
        (r"(.+)", r"\1"),
    )
    for key, words in ours.items():
        theirs = next(re.sub(pattern, place, key) for pattern, place in places if re.fullmatch(pattern, key))
        assert words == said[theirs], key
    assert len(ours) > 50
