"""Databases for the tests: an SQLite file, and a PostgreSQL database made and dropped for each test."""

import os
import uuid
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import make_url

from issuer import registry

POSTGRES = os.environ.get("WIF_TEST_POSTGRES_URL", "")
REQUIRED = os.environ.get("WIF_REQUIRE_POSTGRES") == "1"
WHY = "WIF_TEST_POSTGRES_URL names no PostgreSQL server"


def _plain(url):
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def postgres_database():
    """The address of an empty PostgreSQL database, dropped at the end."""
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


@pytest.fixture
def postgres_address():
    """The address of an empty PostgreSQL database."""
    with postgres_database() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request, tmp_path):
    """The address of an empty database: an SQLite file, then PostgreSQL."""
    return str(tmp_path / "wif.sqlite3") if request.param == "sqlite" else request.getfixturevalue("postgres_address")


@pytest.fixture
def engine(address):
    """A database with its tables."""
    opened = registry.open_registry(address)
    registry.migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_engine(tmp_path):
    """An SQLite database with its tables."""
    opened = registry.open_registry(str(tmp_path / "wif.sqlite3"))
    registry.migrate(opened)
    yield opened
    opened.dispose()
