"""One agency for the tests of the pages; those that need other settings make their own."""

import pytest
from agency import Agency


@pytest.fixture(scope="session")
def agency(tmp_path_factory):
    """A home with accounts and its server, for the whole session."""
    made = Agency(tmp_path_factory.mktemp("agency"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def number(agency):
    """A fresh attestation of département 75."""
    return agency.issue()
