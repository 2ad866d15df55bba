"""docs/threat-model.md names tests and vectors: each of them exists."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/threat-model.md").read_text("utf-8")
VECTORS = {
    row["id"]
    for path in [
        *(ROOT / "tests/vectors/verify").glob("*.json"),
        ROOT / "tests/vectors/trust.json",
        ROOT / "tests/vectors/status.json",
    ]
    for row in json.loads(path.read_text("ascii"))
}


def test_every_named_test_exists():
    named = re.findall(r"`(tests/[\w/.-]+\.(?:py|js))(?:::(\w+))?`", TEXT)
    assert len(named) > 40
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).is_file()
        or (test and not re.search(rf"^(?:async )?def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE))
    ]
    assert missing == []


def test_every_named_vector_exists():
    named = re.findall(r"`vector ([^`]+)`", TEXT)
    assert len(named) > 40 and [name for name in named if name not in VECTORS] == []


def test_every_row_of_the_tables_names_a_test():
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| attack")]
    assert len(rows) > 30
    assert [row for row in rows if "`tests/" not in row and "`vector " not in row] == []
