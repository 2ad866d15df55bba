"""One agency for the tests of the pages, one with stricter settings; those that need yet others make their own."""

import pytest
from agency import Agency


@pytest.fixture(scope="session")
def agency(tmp_path_factory):
    """A home with accounts and its server, for the whole session."""
    made = Agency(tmp_path_factory.mktemp("agency"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def strict(tmp_path_factory):
    """A home whose revocations take two people and whose API tokens make 60 calls a minute, with its server."""
    made = Agency(tmp_path_factory.mktemp("strict"), web="second_person = true\napi_limit = 60")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def number(agency):
    """A fresh attestation of département 75."""
    return agency.issue()
