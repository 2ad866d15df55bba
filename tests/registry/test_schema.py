"""Creating, upgrading and checking the tables."""

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, select

from issuer import registry
from issuer.desk import Grounds, acts, issue
from issuer.registry import schema
from issuer.registry.database import reading
from issuer.registry.faults import RegistryError
from issuer.registry.models import Base, Compatibility, LogLeaf
from tests.support.office import AUTHOR, Office
from tests.support.records import record

TOP = Path(__file__).parents[2]


def test_the_migrations_make_the_tables_of_the_models(engine):
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        checks = {
            check["name"]
            for table in Base.metadata.tables
            for check in inspect(connection).get_check_constraints(table)
        }
    wanted = {
        one.name
        for table in Base.metadata.tables.values()
        for one in table.constraints
        if isinstance(one, CheckConstraint)
    }
    assert checks == wanted and len(wanted) >= 6


def test_the_newest_revision_is_the_one_that_alembic_ends_at():
    assert schema.newest() == ScriptDirectory.from_config(schema.configuration()).get_current_head()


def test_a_program_that_migrates_nothing_does_not_load_alembic(sqlite_engine):
    """It would be a tenth of the start of each command."""
    look = (
        "import sys\nfrom issuer import registry\nregistry.check_schema(registry.open_registry(sys.argv[1]))\n"
        "sys.exit('alembic' in sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", look, sqlite_engine.url.render_as_string(hide_password=False)], cwd=TOP, check=True
    )


def test_migrating_twice_does_nothing_more(address, opened):
    engine = opened(address)
    assert registry.migrate(engine) is True
    assert registry.migrate(engine) is False
    registry.check_schema(engine)


def test_a_database_without_tables_is_said(address, opened):
    with pytest.raises(RegistryError, match="Run `wif init` first") as refused:
        registry.check_schema(opened(address))
    assert refused.value.code == "schema"


def test_checking_makes_no_file(tmp_path, opened):
    with pytest.raises(RegistryError):
        registry.check_schema(opened(str(tmp_path / "wif.sqlite3")))
    assert list(tmp_path.iterdir()) == []


def test_a_newer_database_is_left_alone(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("UPDATE compatibility SET oldest = '9999'")
    for call in (registry.check_schema, registry.migrate):
        with pytest.raises(RegistryError, match="newer version"):
            call(engine)


def test_a_database_that_a_newer_version_only_added_to_goes_on_serving(engine, tmp_path):
    """Machines are updated one after the other: this program is the one that has yet to be."""
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE attestation ADD COLUMN later VARCHAR(20)")
        connection.exec_driver_sql("ALTER TABLE audit ADD COLUMN later INTEGER DEFAULT 7 NOT NULL")
        connection.exec_driver_sql("CREATE TABLE later (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    registry.check_schema(engine)
    assert registry.migrate(engine) is False
    office = Office(engine, tmp_path / "public")
    issued = issue(office.desk, record(), AUTHOR)
    acts.do(office.desk, "revoke", issued.number, Grounds("CRPA L241-2", "fraud"), AUTHOR)
    office.publish()
    assert office.verdict(issued.text) == "revoked"


def test_the_database_says_which_programs_may_work_on_it(engine):
    with reading(engine) as connection:
        said = connection.execute(select(Compatibility.oldest)).scalars().all()
    assert said == [schema.oldest_program()] and said[0] in [script.revision for script in schema.revisions()]


def test_a_contraction_anywhere_on_the_way_counts(monkeypatch):
    modules = [
        SimpleNamespace(revision="1", module=SimpleNamespace()),
        SimpleNamespace(revision="2", module=SimpleNamespace(oldest="1")),
        SimpleNamespace(revision="3", module=SimpleNamespace()),
        SimpleNamespace(revision="4", module=SimpleNamespace(oldest="3")),
    ]
    for count, oldest in ((1, "1"), (2, "1"), (3, "3"), (4, "3")):
        monkeypatch.setattr(schema, "revisions", lambda count=count: modules[:count])
        assert schema.oldest_program() == oldest


def described(engine):
    """Table → (column → (type, whether an insert may leave it out), its unique, foreign and check constraints)."""
    found = inspect(engine)
    return {
        table: (
            {
                column["name"]: (str(column["type"]), column["nullable"] or column["default"] is not None)
                for column in found.get_columns(table)
            },
            {
                one["name"]
                for kind in (found.get_unique_constraints, found.get_foreign_keys, found.get_check_constraints)
                for one in kind(table)
            },
        )
        for table in found.get_table_names()
    }


def upgrade_to(engine, revision):
    """Bring the tables to one revision."""
    config = schema.configuration()
    with engine.connect() as connection:
        connection = connection.execution_options(wif_write=True)
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, revision)


def test_the_migrations_since_the_oldest_program_only_add(address, opened):
    """Held against the real tables, so that a migration cannot promise what it does not do."""
    engine = opened(address)
    upgrade_to(engine, schema.oldest_program())
    before = described(engine)
    upgrade_to(engine, "head")
    after = described(engine)
    for table, (columns, constraints) in before.items():
        now, bound = after[table]
        assert {name: now.get(name, ("gone", False))[0] for name in columns} == {
            name: kind for name, (kind, _) in columns.items()
        }
        assert all(now[name][1] for name in now.keys() - columns.keys()), (
            f"{table}: a new column must be nullable or have a default"
        )
        assert bound <= constraints, f"{table}: a new constraint may refuse what the earlier program writes"


def test_indexes_that_were_built_by_hand_beforehand_are_taken(address, opened):
    """On millions of rows they are built while the service goes on
    (``docs/decisions/0035-updates-without-a-stop.md``).
    """
    engine = opened(address)
    upgrade_to(engine, "0007")
    columns = ("id, not_before, expires", "expires, id, not_before", "department, id, not_before, expires")
    names = {f"ix_attestation_{one.replace(', ', '_')}" for one in columns}
    with engine.begin() as connection:
        for one in columns:
            connection.exec_driver_sql(f"CREATE INDEX ix_attestation_{one.replace(', ', '_')} ON attestation ({one})")
    assert registry.migrate(engine) is True
    found = {index["name"] for index in inspect(engine).get_indexes("attestation")}
    assert names <= found and not found & {"ix_attestation_expires_id", "ix_attestation_department_id"}


def test_a_migration_gives_way_to_who_uses_the_table(postgres_address, monkeypatch, opened):
    """It waits a short time, lets the others pass, and tries again: nobody queues behind it for long."""
    engine = opened(postgres_address)
    upgrade_to(engine, "0002")
    monkeypatch.setattr(schema, "ATTEMPTS", 1)
    with engine.connect() as user:
        user.exec_driver_sql(
            "BEGIN; LOCK TABLE alembic_version IN ACCESS SHARE MODE; LOCK TABLE alembic_version IN EXCLUSIVE MODE"
        )
        with pytest.raises(RegistryError) as refused:
            registry.migrate(engine)
        assert refused.value.code == "locked"
        user.rollback()
    with engine.begin() as connection:
        assert not inspect(connection).has_table("compatibility"), "given up whole"
    assert registry.migrate(engine) is True


def test_several_processes_may_migrate_at_once(address, opened):
    program = "import sys; from issuer import registry; registry.migrate(registry.open_registry(sys.argv[1]))"
    command = [sys.executable, "-c", program, address]
    processes = [subprocess.Popen(command, cwd=TOP, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    errors = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    registry.check_schema(opened(address))


def test_several_threads_may_migrate_at_once(tmp_path, opened):
    failures = []

    def migrate():
        try:
            registry.migrate(opened(str(tmp_path / "wif.sqlite3")))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    registry.check_schema(opened(str(tmp_path / "wif.sqlite3")))
    assert not failures


def test_what_was_issued_before_the_log_stands_in_it_after_the_upgrade(engine, tmp_path):
    """The tables of before, with attestations of which one was anonymised: each gets its leaf, in order."""
    office = Office(engine, tmp_path / "public")
    for place in range(3):
        issue(office.desk, record(reference=f"OLD-{place}"), AUTHOR)
    with reading(engine) as connection:
        before = connection.execute(
            select(LogLeaf.place, LogLeaf.attestation_id, LogLeaf.entry).order_by(LogLeaf.place)
        ).all()
        first = before[0].attestation_id
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM archive WHERE attestation_id = {first}")
        config = schema.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
    assert registry.migrate(engine) is True
    with reading(engine) as connection:
        after = connection.execute(
            select(LogLeaf.place, LogLeaf.attestation_id, LogLeaf.entry).order_by(LogLeaf.place)
        ).all()
    assert after == before and len(after) == 3
