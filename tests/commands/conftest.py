"""Homes for the tests of the command line."""

from pathlib import Path

import pytest

from tests.support.console import ORIGIN, Wif


@pytest.fixture
def empty(tmp_path: Path) -> Wif:
    """A place for a home, with a space in its path; nothing is there yet."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    return Wif(folder / "home")


@pytest.fixture
def wif(empty: Wif) -> Wif:
    """A demonstration home."""
    assert empty("init", "--origin", ORIGIN, "--authority", "Préfecture d'Exemple", "--demo").code == 0
    return empty
