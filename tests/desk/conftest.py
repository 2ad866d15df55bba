"""Fixtures of the desk's tests."""

import pytest

from tests.support.office import Office


@pytest.fixture
def office(engine, tmp_path):
    """A desk with its keys, trust list, clock and public folder, on each database."""
    return Office(engine, tmp_path / "public")


@pytest.fixture
def sqlite_office(sqlite_engine, tmp_path):
    """The same on SQLite only."""
    return Office(sqlite_engine, tmp_path / "public")
