"""One agency for the tests of the pages, one with stricter settings; those that need yet others make their own."""

from contextlib import ExitStack
from functools import cache

import pytest

from tests.support.agency import Agency
from tests.support.databases import postgres_database

ON_BOTH = ("test_api", "test_issuing", "test_acting", "test_guesses")
"""The modules whose tests write the most: they run on SQLite, then on PostgreSQL. What Schemathesis calls is the same
code twice, and left out.
"""


def pytest_generate_tests(metafunc):
    """Run the tests of :data:`ON_BOTH` on both databases."""
    writes = metafunc.module.__name__.rpartition(".")[2] in ON_BOTH and "schemathesis" not in metafunc.function.__name__
    if "agency" in metafunc.fixturenames and writes:
        metafunc.parametrize(
            "agency", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True, scope="session"
        )


@pytest.fixture(scope="session")
def agencies(tmp_path_factory):
    """``agencies(kind)``: the one agency on ``sqlite`` or ``postgres``, made when it is first asked for."""
    with ExitStack() as stack:

        @cache
        def agency_on(kind):
            database = stack.enter_context(postgres_database()) if kind == "postgres" else None
            made = Agency(tmp_path_factory.mktemp("agency"), database=database)
            made.start()
            stack.callback(made.home.engine.dispose)
            stack.callback(made.stop)
            return made

        yield agency_on


@pytest.fixture(scope="session")
def agency(request, agencies):
    """A home with accounts and its server, for the whole session; on SQLite unless the module runs on both
    databases.
    """
    return agencies(getattr(request, "param", "sqlite"))


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
