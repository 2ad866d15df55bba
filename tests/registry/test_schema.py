"""Creating, upgrading and checking the tables."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from issuer import registry
from issuer.registry.database import reading
from issuer.registry.faults import RegistryError
from issuer.registry.models import Base

TOP = Path(__file__).parents[2]


def test_the_migrations_make_the_tables_of_the_models(engine):
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        checks = {check["name"] for table in Base.metadata.tables for check in inspect(connection).get_check_constraints(table)}
    assert checks == {"ck_chain_head_one_row", "ck_attestation_index", "ck_attestation_number", "ck_attestation_state"}


def test_migrating_twice_does_nothing_more(address):
    engine = registry.open_registry(address)
    assert registry.migrate(engine) is True
    assert registry.migrate(engine) is False
    registry.check_schema(engine)


def test_a_database_without_tables_is_said(address):
    with pytest.raises(RegistryError, match="Run `wif init` first") as refused:
        registry.check_schema(registry.open_registry(address))
    assert refused.value.code == "schema"


def test_checking_makes_no_file(tmp_path):
    with pytest.raises(RegistryError):
        registry.check_schema(registry.open_registry(str(tmp_path / "wif.sqlite3")))
    assert list(tmp_path.iterdir()) == []


def test_a_newer_database_is_left_alone(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for call in (registry.check_schema, registry.migrate):
        with pytest.raises(RegistryError, match="newer version"):
            call(engine)


def test_several_processes_may_migrate_at_once(address):
    program = "import sys; from issuer import registry; registry.migrate(registry.open_registry(sys.argv[1]))"
    command = [sys.executable, "-c", program, address]
    processes = [subprocess.Popen(command, cwd=TOP, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    errors = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    registry.check_schema(registry.open_registry(address))


def test_several_threads_may_migrate_at_once(tmp_path):
    failures = []

    def migrate():
        try:
            registry.migrate(registry.open_registry(str(tmp_path / "wif.sqlite3")))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    registry.check_schema(registry.open_registry(str(tmp_path / "wif.sqlite3")))
    assert not failures
