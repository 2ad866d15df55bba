"""The public vectors beside the checkout (``../shared/vectors``): read where they are present."""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "vectors"


def read(name: str) -> object:
    """The parsed JSON of one file, or a skip in words."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        pytest.skip("the public vectors are not beside this checkout (../shared/vectors)")
    return json.loads(path.read_text("utf-8"))
