"""Databases for the tests: an SQLite file, and a PostgreSQL database made and dropped for each test.

Those with tables are copies of one that was migrated once, PostgreSQL's the same one again, emptied;
``tests/registry/test_schema.py`` migrates empty ones.
"""

import os
import shutil
import uuid
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from sqlalchemy import make_url

from issuer import registry
from issuer.registry.models import Base

POSTGRES = os.environ.get("WIF_TEST_POSTGRES_URL", "")
REQUIRED = os.environ.get("WIF_REQUIRE_POSTGRES") == "1"
WHY = "WIF_TEST_POSTGRES_URL names no PostgreSQL server"


def _plain(url):
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def postgres_database():
    """The address of a new and empty PostgreSQL database, dropped at the end."""
    if not POSTGRES:
        if REQUIRED:
            pytest.fail(WHY)
        pytest.skip(WHY)
    server, name = make_url(POSTGRES), f"wif_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield _plain(server.set(database=name))
    finally:
        with psycopg.connect(_plain(server), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _migrated(address):
    """The address of a database, once it has its tables and nobody is connected to it."""
    opened = registry.open_registry(address)
    registry.migrate(opened)
    opened.dispose()
    return address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """An SQLite file with the tables, to be copied."""
    return _migrated(str(tmp_path_factory.mktemp("template") / "wif.sqlite3"))


FORM = """
    SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
        SELECT relname || relkind::text || relrowsecurity::text AS part FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT attrelid::regclass || attname || atttypid FROM pg_attribute
            WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
        UNION ALL SELECT tgrelid::regclass || tgname || tgenabled::text FROM pg_trigger
        UNION ALL SELECT ev_class::regclass || rulename FROM pg_rewrite WHERE rulename <> '_RETURN'
        UNION ALL SELECT conrelid::regclass || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace) AS parts"""
"""What tables, columns, indexes, triggers, rules and constraints there are, as one hash."""


class Reused:
    """A PostgreSQL database with its tables, for one test after the other: to make and drop one takes 0.2 s, to empty it
    a tenth of that.
    """

    def __init__(self, address):
        self.address = _migrated(address)
        with psycopg.connect(_plain(make_url(address))) as connection:
            self._form = connection.execute(FORM).fetchone()
            self._tables = [table.name for table in Base.metadata.sorted_tables]
            self._rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in self._tables}
            listed = connection.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
            self._counters = {
                name: connection.execute(f"SELECT last_value, is_called FROM {name}").fetchone()
                for (name,) in listed.fetchall()
            }

    def emptied(self):
        """Whether it is as it was at first: with no other connection, and the rows and numbers of then. A database of
        another form stays as it is.
        """
        with psycopg.connect(_plain(make_url(self.address))) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if connection.execute(FORM).fetchone() != self._form:
                return False
            asked = ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in self._tables)
            filled = connection.execute(f"SELECT {asked}").fetchone()
            for name, rows in reversed(list(zip(self._tables, filled, strict=True))):
                if rows:
                    connection.execute(f"DELETE FROM {name}")
            for name, rows in self._rows.items():
                for row in rows:
                    connection.execute(f"INSERT INTO {name} VALUES ({', '.join(['%s'] * len(row))})", row)
            for name, (last, called) in self._counters.items():
                connection.execute("SELECT setval(%s, %s, %s)", (name, last, called))
        return True


@pytest.fixture(scope="session")
def postgres_filled():
    """A function that gives a PostgreSQL database with its tables and no more: the same one, unless a test changed
    its form.
    """
    with ExitStack() as stack:
        held = []

        def take():
            if not held or not held[-1].emptied():
                held.append(Reused(stack.enter_context(postgres_database())))
            return held[-1].address

        yield take


@pytest.fixture
def postgres_address():
    """The address of an empty PostgreSQL database."""
    with postgres_database() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request, tmp_path):
    """The address of a database, an SQLite file, then PostgreSQL: empty, or with its tables for a test of ``engine``."""
    filled = "engine" in request.fixturenames
    if request.param == "postgres" and filled:
        yield request.getfixturevalue("postgres_filled")()
        return
    if request.param == "postgres":
        with postgres_database() as found:
            yield found
        return
    if filled:
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "wif.sqlite3")
    yield str(tmp_path / "wif.sqlite3")


@pytest.fixture
def opened():
    """A function that opens the registry at an address; its connections are closed when the test ends."""
    with ExitStack() as stack:

        def open_one(address, key=None):
            engine = registry.open_registry(address, key)
            stack.callback(engine.dispose)
            return engine

        yield open_one


@pytest.fixture
def engine(address):
    """A database with its tables."""
    opened = registry.open_registry(address)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_engine(sqlite_template, tmp_path):
    """An SQLite database with its tables."""
    opened = registry.open_registry(shutil.copyfile(sqlite_template, str(tmp_path / "wif.sqlite3")))
    yield opened
    opened.dispose()
