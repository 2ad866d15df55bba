"""docs/security-verification.md: every chapter is there, every row names a test that exists or gives a reason."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security-verification.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
REASON = re.compile(r"\b(?:Absent|Design|Operator|Open)\b")


def test_every_chapter_has_its_rows_in_order():
    ids = [tuple(map(int, row[0].split("."))) for row in ROWS]
    assert {chapter for chapter, _, _ in ids} == set(range(1, 18))
    assert ids == sorted(set(ids)) and len(ids) > 230


def test_every_row_names_a_test_or_gives_a_reason():
    assert [row[0] for row in ROWS if "`tests/" not in row[2] and not REASON.search(row[2])] == []
    assert sum("`tests/" in row[2] for row in ROWS) > 120


def test_every_named_test_exists():
    named = re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", TEXT)
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).exists()
        or (test and not re.search(rf"^\s*(?:async )?def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE))
    ]
    assert missing == []


def test_every_named_document_and_module_exists():
    for path in re.findall(r"`((?:docs|issuer|keys|requirements)/[\w/.-]+\.(?:md|py|txt))`", TEXT):
        assert (ROOT / path).is_file(), path
