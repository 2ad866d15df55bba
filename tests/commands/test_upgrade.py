"""A home whose tables are of an earlier version: said, and brought up to date by one command."""

import sqlite3

import pytest

from tests.commands.console import record


@pytest.mark.parametrize("prebuilt", [False, True], ids=["", "an-index-built-by-hand-beforehand"])
def test_an_earlier_database_is_said_and_upgraded(wif, prebuilt):
    issued = wif.issue(record(), flags="--no-pdf").rows[0]
    with sqlite3.connect(wif.home / "wif.sqlite3") as connection:
        held = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        known = {
            "alembic_version",
            "audit",
            "chain_head",
            "status_list",
            "attestation",
            "archive",
            "reference_use",
            "name_word",
            "event",
            "publication",
            "account",
            "session",
            "throttle",
            "api_token",
            "api_answer",
            "draft",
            "import_job",
            "proposal",
        }
        for table in held - known - {"sqlite_sequence"}:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("CREATE INDEX ix_attestation_not_before_id ON attestation (not_before, id)")
        if not prebuilt:
            connection.execute("DROP INDEX ix_attestation_not_before_id_expires")
        connection.execute("UPDATE alembic_version SET version_num = '0002'")
    refused = wif.issue(record(), flags="--no-pdf")
    assert refused.code == 1 and "wif upgrade" in refused.words
    upgraded = wif("upgrade")
    assert (upgraded.code, upgraded.rows) == (0, [{"changed": True}])
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
