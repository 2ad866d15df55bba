"""Opening, settings, and what is said when the database cannot do what is asked."""

import sqlite3
import threading

import pytest
from sqlalchemy import event, select, text

from issuer import registry
from issuer.registry import chain, database, seals
from issuer.registry.faults import RegistryError
from issuer.registry.models import ChainHead


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/var/lib/wif/wif.sqlite3", "sqlite:////var/lib/wif/wif.sqlite3"),
        ("sqlite:////var/lib/wif/wif.sqlite3", "sqlite:////var/lib/wif/wif.sqlite3"),
        ("postgresql://wif:secret@db.example/wif", "postgresql+psycopg://wif:***@db.example/wif"),
        ("postgres://wif@db.example/wif?sslmode=require", "postgresql+psycopg://wif@db.example/wif?sslmode=require"),
    ],
)
def test_addresses(address, shown):
    assert str(database.read_url(address)) == shown


def test_a_path_is_taken_as_it_is():
    assert database.read_url("a folder/%41?x=#é.sqlite3").database == "a folder/%41?x=#é.sqlite3"


@pytest.mark.parametrize(
    "address", ["mysql://wif@db.example/wif", "sqlite://", "sqlite:///:memory:", "://", "http://db.example"]
)
def test_other_addresses_are_refused(address, opened):
    with pytest.raises(RegistryError) as refused:
        opened(address)
    assert refused.value.code == "address"


def test_the_password_is_not_in_the_repr(opened):
    assert "secret" not in repr(opened("postgresql://wif:secret@127.0.0.1:1/wif"))


@pytest.mark.parametrize(
    ("version", "journal"),
    [
        ((3, 40, 1), "journal_mode=DELETE"),
        ((3, 51, 2), "journal_mode=DELETE"),
        ((3, 51, 3), "journal_mode=WAL"),
        ((3, 52, 0), "journal_mode=WAL"),
    ],
)
def test_no_write_ahead_log_before_the_fixed_sqlite(version, journal):
    assert journal in database.pragmas(version)


def test_sqlite_settings_hold_on_every_connection(sqlite_engine):
    with sqlite_engine.connect() as first, sqlite_engine.connect() as second:
        for connection in (first, second):
            read = lambda name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            assert read("journal_mode") == ("wal" if sqlite3.sqlite_version_info >= (3, 51, 3) else "delete")
            assert read("synchronous") >= 2, "a commit must have reached the disk"
            assert read("foreign_keys") == 1
            assert read("busy_timeout") == 10_000


def test_a_server_that_is_not_there_is_said(opened):
    with pytest.raises(RegistryError) as refused:
        registry.counts(opened("postgresql://wif:secret@127.0.0.1:1/wif"))
    assert refused.value.code == "unreachable"
    assert "secret" not in str(refused.value) and "127.0.0.1" not in str(refused.value)


def test_a_file_that_is_no_database_is_said(tmp_path, opened):
    path = tmp_path / "wif.sqlite3"
    path.write_bytes(b"this is not a database file, it is a text file of some length" * 40)
    with pytest.raises(RegistryError) as refused:
        registry.check_schema(opened(str(path)))
    assert refused.value.code == "corrupt"


def test_a_folder_that_is_not_there_is_said(tmp_path, opened):
    with pytest.raises(RegistryError) as refused:
        registry.migrate(opened(str(tmp_path / "nowhere" / "wif.sqlite3")))
    assert refused.value.code == "readonly"


def test_a_database_that_may_not_be_written_is_said(sqlite_engine):
    forbid = lambda connection, _record: connection.execute("PRAGMA query_only=ON").close()
    event.listen(sqlite_engine, "connect", forbid)
    sqlite_engine.dispose()
    act = lambda connection: chain.append(connection, 1, "agent-17", [chain.Act("x")])
    with pytest.raises(RegistryError) as refused:
        database.write(sqlite_engine, act)
    assert refused.value.code == "readonly"
    event.remove(sqlite_engine, "connect", forbid)
    assert database.write(sqlite_engine, act).seq == 1, "once it may be written again, the same process writes"
    assert "traceback" not in str(refused.value).lower()


def test_a_full_disk_is_said_and_nothing_is_kept(sqlite_engine):
    with sqlite_engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        connection.rollback()
    acts = [chain.Act("x", details={"n": "y" * 2000})] * 40
    with pytest.raises(RegistryError) as refused:
        database.write(sqlite_engine, lambda connection: chain.append(connection, 1, "agent-17", acts))
    assert refused.value.code == "full"
    assert chain.verify(sqlite_engine).entries == 0


def test_a_lock_held_too_long_is_said(tmp_path, monkeypatch, opened):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    engine = opened(str(tmp_path / "wif.sqlite3"))
    registry.migrate(engine)
    holder = sqlite3.connect(tmp_path / "wif.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    tries = []
    with pytest.raises(RegistryError) as refused:
        database.write(engine, tries.append)
    assert refused.value.code == "locked" and not tries
    holder.execute("ROLLBACK")
    database.write(engine, tries.append)
    assert len(tries) == 1


def test_threads_that_wait_to_write_hold_no_connection_and_all_have_their_turn(sqlite_engine):
    """Else many of them take all that the pool has, and a page that only reads fails."""
    began, go, done = threading.Event(), threading.Event(), []

    def first(_connection):
        began.set()
        assert go.wait(30)

    others = [threading.Thread(target=database.write, args=(sqlite_engine, done.append)) for _ in range(20)]
    leading = threading.Thread(target=database.write, args=(sqlite_engine, first))
    leading.start()
    assert began.wait(30)
    for thread in others:
        thread.start()
    try:
        assert sqlite_engine.pool.checkedout() == 1
        with database.reading(sqlite_engine) as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM audit").scalar() == 0
    finally:
        go.set()
        for thread in (leading, *others):
            thread.join(30)
    assert len(done) == 20


def test_a_collision_makes_the_transaction_start_again(engine):
    tries = []

    def work(connection):
        tries.append(1)
        head = chain.append(connection, 1, "agent-17", [chain.Act("x")])
        if len(tries) < 3:
            connection.execute(text("INSERT INTO chain_head (id, seq, hash) SELECT id, seq, hash FROM chain_head"))
        return head

    assert database.write(engine, work).seq == 1
    assert len(tries) == 3 and chain.verify(engine).whole


def test_a_collision_that_stays_is_said_without_values(engine):
    def work(connection):
        connection.execute(text("INSERT INTO status_list (number, used, opened_at) VALUES (777, 0, 0), (777, 0, 0)"))

    with pytest.raises(RegistryError) as refused:
        database.write(engine, work)
    assert refused.value.code == "conflict" and "777" not in str(refused.value) and refused.value.__cause__ is None


@pytest.mark.postgres
def test_what_others_write_between_a_row_and_its_seal_is_no_forgery(postgres_address, opened, monkeypatch):
    registry.migrate(opened(postgres_address))
    reader, writer = opened(postgres_address), opened(postgres_address)
    trusted = seals.trusted

    def later(connection, table, rows):
        if connection.engine is reader:
            database.write(writer, lambda other: chain.append(other, 1, "agent-17", [chain.Act("x")]))
        trusted(connection, table, rows)

    monkeypatch.setattr(seals, "trusted", later)
    seen = []
    with database.reading(reader) as connection:
        for _ in range(3):
            seen += seals.read(connection, ChainHead, select(ChainHead.__table__))
    assert len(set(seen)) == 1, "a transaction that reads sees one moment"
    with database.reading(reader) as connection:
        [now] = seals.read(connection, ChainHead, select(ChainHead.__table__))
    assert now.seq == seen[0].seq + 3 and chain.verify(writer).entries == now.seq + 1


def test_two_writers_never_fork_the_chain(address, opened):
    registry.migrate(opened(address))
    engines = [opened(address) for _ in range(2)]
    failures = []

    def write(engine):
        try:
            for _ in range(40):
                database.write(
                    engine, lambda connection: chain.append(connection, 1, "agent-17", [chain.Act("x"), chain.Act("y")])
                )
        except RegistryError as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check = chain.verify(engines[0])
    assert not failures and check.whole and check.entries == 160
