"""`wif verify` of 2D-DOC seals: texts, pictures and PDFs, with symbols drawn by another implementation."""

import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from issuer.commands.verify import verify
from tests.seals.test_seals import FOLDER, INDEX
from tests.support import seal_papers
from tests.vectors import cases_seals as cases
from tests.vectors.scene import NOW

AT = datetime.fromtimestamp(NOW, UTC).isoformat()
TEXT = cases.sealed(cases.GOOD, annex=f"{cases.GS}6PAUTORISE A TRAVAILLER")


@pytest.fixture(scope="module")
def public(tmp_path_factory) -> Path:
    """The published lists of the vectors, and the pinned roots beside them."""
    folder = tmp_path_factory.mktemp("public")
    lists = FOLDER / "lists"
    for name, source in (
        ("trust.cose", INDEX["trust"]["seals"]["file"]),
        ("status-1.cose", "status-one.cose"),
        ("seals.cose", "seals.cose"),
    ):
        (folder / name).write_bytes((lists / source).read_bytes())
    (folder / "roots.json").write_text(json.dumps(INDEX["pinned"]))
    return folder


def told(public: Path, *sources: object, piped: bytes = b"") -> list[dict]:
    command = [*map(str, sources), "--public", str(public), "--roots", str(public / "roots.json"), "--at", AT]
    run = CliRunner().invoke(verify, command, input=piped, standalone_mode=False)
    assert run.exception is None and run.return_value == 1, "nothing tells whether a seal's document still holds"
    return [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def test_a_text_gets_a_line_of_its_own(public):
    (line,) = told(public, TEXT)
    assert set(line) == {"source", "seal"}
    seal = line["seal"]
    assert (seal["verdict"], seal["level"], seal["type"]) == ("authentic", "amber", "15")
    assert seal["fields"] == cases.PERMIT and seal["annex_unsigned"] == {"6P": "AUTORISE A TRAVAILLER"}


def test_what_no_known_certificate_signed_is_not_told(public):
    (line,) = told(public, "-", piped=TEXT.replace("NGUYEN", "NGUYET").encode() + b"\n")
    assert line["seal"]["verdict"] == "bad_signature" and "NGUYET" not in json.dumps(line)
    (line,) = told(public, "-", piped=TEXT.replace(cases.US, "").encode() + b"\n")
    assert line["seal"] == {"verdict": "malformed", "level": "red"}


def test_symbols_of_pictures_and_of_every_page_are_read(public, tmp_path):
    first, second = (
        Image.fromarray(seal_papers.page(seal_papers.symbol(text)))
        for text in (TEXT, cases.sealed(cases.header(kind="13") + cases.body(cases.STAY)))
    )
    first.save(tmp_path / "page.png")
    out = io.BytesIO()
    first.save(out, "PDF", resolution=300, save_all=True, append_images=[second])
    (tmp_path / "pages.pdf").write_bytes(out.getvalue())
    lines = told(public, tmp_path / "page.png", tmp_path / "pages.pdf")
    assert [(line["seal"]["verdict"], line["seal"]["type"]) for line in lines] == [
        ("authentic", "15"),
        ("authentic", "15"),
        ("authentic", "13"),
    ]


def test_symbols_of_several_are_joined_by_page_by_file_and_by_line(public, tmp_path):
    parts = cases.text_parts(TEXT, 3)
    papers = [
        Image.fromarray(seal_papers.page(*map(seal_papers.symbol, some))) for some in (parts, parts[1:], parts[:1])
    ]
    papers[0].save(tmp_path / "page.png")
    papers[1].save(tmp_path / "lacking.png")
    papers[1].save(tmp_path / "pages.pdf", resolution=300, save_all=True, append_images=papers[2:])
    whole = {"read": [1, 2, 3], "of": 3, "clash": False}
    for sources, piped in (
        ([tmp_path / "page.png"], b""),
        ([tmp_path / "pages.pdf"], b""),
        (parts[::-1], b""),
        (["-"], "\n".join(parts).encode()),
    ):
        (line,) = told(public, *sources, piped=piped)
        assert (line["seal"]["verdict"], line["seal"]["symbols"]) == ("authentic", whole)
        assert line["seal"]["fields"] == cases.PERMIT
    (line,) = told(public, tmp_path / "lacking.png")
    assert line["seal"] == {"verdict": "incomplete", "level": "grey", "symbols": whole | {"read": [2, 3]}}
    (line,) = told(public, *parts, cases.text_parts(TEXT.replace("NGUYEN", "NGUYET"), 3)[0])
    assert (line["seal"]["verdict"], line["seal"]["symbols"]["clash"]) == ("incomplete", True)
    lines = told(public, tmp_path / "page.png", tmp_path / "lacking.png")
    assert [one["source"] for one in lines] == [str(tmp_path / "page.png"), str(tmp_path / "lacking.png")]


def test_the_table_of_many_files_tells_which_symbols_are_missing(public, tmp_path):
    parts = cases.text_parts(TEXT, 3)
    Image.fromarray(seal_papers.page(*map(seal_papers.symbol, parts[1:]))).save(tmp_path / "a.png")
    command = [str(tmp_path / "a.png"), *parts, "--csv", "--public", str(public), "--roots", str(public / "roots.json")]
    run = CliRunner().invoke(verify, [*command, "--at", AT], standalone_mode=False)
    rows = [line.split(";") for line in run.output.splitlines()]
    found = {row[0]: row[1:] for row in rows if "2D-DOC" in "".join(row)}
    assert set(found) == {str(tmp_path / "a.png"), ""} and found[""][1] == "authentic"
    assert found[str(tmp_path / "a.png")][1] == "incomplete"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"5U": None, "5T": "1"}, []),
        ({"5U": None}, ["5U"]),
        ({"61": None, "50": None}, ["61", "50"]),
        ({"50": None, "5M": None, "5O": "MUSTERMANN"}, ["5P"]),
        ({"50": None, "5M": None}, ["50", "5M"]),
        ({"62": ""}, ["62"]),
    ],
)
def test_mandatory_entries_that_a_permit_lacks_are_named(public, changes, expected):
    fields = {name: value for name, value in (cases.PERMIT | changes).items() if value is not None}
    (line,) = told(public, cases.sealed(cases.header() + cases.body(fields)))
    assert (line["seal"]["verdict"], line["seal"]["missing"]) == ("authentic", expected)


@pytest.mark.parametrize(("content", "said"), [(None, "ne peut pas être lue"), (b"<html>", "est refusée (form)")])
def test_without_a_list_of_certificates_it_is_said_in_french(public, tmp_path, monkeypatch, content, said):
    monkeypatch.setenv("WIF_LANG", "fr")
    folder = tmp_path / "public"
    shutil.copytree(public, folder)
    (folder / "seals.cose").unlink()
    if content is not None:
        (folder / "seals.cose").write_bytes(content)
    run = CliRunner().invoke(verify, [TEXT, "--public", str(folder), "--roots", str(folder / "roots.json"), "--at", AT])
    assert said in run.stderr and "wif seals update" in run.stderr
    assert json.loads(run.stdout)["seal"]["verdict"] == "certificate_unknown"
