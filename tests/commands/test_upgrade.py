"""A home whose tables are of an earlier version: said, and brought up to date by one command."""

import sqlite3

import pytest
from alembic import command
from sqlalchemy import inspect

from issuer.registry import schema
from issuer.registry.database import open_registry
from tests.support.console import record


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """Table → its columns, as the first two migrations made them."""
    engine = open_registry(f"sqlite:///{tmp_path_factory.mktemp('earlier') / 'wif.sqlite3'}")
    config = schema.configuration()
    with engine.connect() as connection:
        with connection.execution_options(wif_write=True).begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "0002")
        seen = inspect(connection)
        return {table: {column["name"] for column in seen.get_columns(table)} for table in seen.get_table_names()}


@pytest.mark.parametrize("prebuilt", [False, True], ids=["", "an-index-built-by-hand-beforehand"])
def test_an_earlier_database_is_said_and_upgraded(wif, earlier, prebuilt):
    issued = wif.issue(record(), flags="--no-pdf").rows[0]
    with sqlite3.connect(wif.home / "wif.sqlite3") as connection:
        held = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in held - earlier.keys() - {"sqlite_sequence"}:
            connection.execute(f"DROP TABLE {table}")
        for table, columns in earlier.items():
            now = {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}
            for column in now - columns:
                connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("CREATE INDEX ix_attestation_not_before_id ON attestation (not_before, id)")
        if not prebuilt:
            connection.execute("DROP INDEX ix_attestation_not_before_id_expires")
        connection.execute("UPDATE alembic_version SET version_num = '0002'")
    refused = wif.issue(record(), flags="--no-pdf")
    assert refused.code == 1 and "wif upgrade" in refused.words
    upgraded = wif("upgrade")
    assert (upgraded.code, upgraded.rows) == (0, [{"changed": True}]), upgraded.words
    assert wif("upgrade").rows == [{"changed": False}]
    with sqlite3.connect(wif.home / "wif.sqlite3") as connection:
        indexes = {
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE name LIKE 'ix_attestation_not_before%'"
            )
        }
    assert indexes == {"ix_attestation_not_before_id_expires"}
    assert wif("audit", "verify").rows[0]["whole"] is True
    assert wif("revoke", issued["number"], "--reason", "fraud", "--basis", "CRPA L241-2").code == 0
