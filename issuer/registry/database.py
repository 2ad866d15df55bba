"""Opening the database, and the two kinds of transaction: reading and writing.

Writers are serialised: SQLite by ``BEGIN IMMEDIATE``, PostgreSQL by a lock on the one row of
``chain_head``. So the audit chain cannot fork, whatever the number of processes.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, CursorResult, Engine, FromClause, create_engine, event, make_url, text
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from issuer.registry import seals
from issuer.registry.faults import RETRIED, RegistryError, fault, translated

BUSY_SECONDS = 10
"""How long one attempt waits for another writer, in seconds."""
ATTEMPTS = 4
"""How many times a write that met a lock or a collision is tried before the error is shown."""

OVERFLOW = 15
"""Connections of an engine beside the five that it keeps: each of a server's sixteen threads has one, and the threads
behind them.
"""
SILENT_SECONDS = 20
"""Seconds after which a PostgreSQL server that was cut off is given up; the system itself waits a quarter hour."""

FIXED_WAL = (3, 51, 3)
"""From this SQLite on a write-ahead log is safe with several writers; earlier ones can corrupt it."""

_TURN = "wif_turn"
"""Option of an SQLite engine: the lock that its threads take in turn before they write."""

Result = TypeVar("Result")


def new_id(inserted: CursorResult[*tuple[Any, ...]]) -> int:
    """The id that the database gave the one row that was inserted."""
    made = inserted.inserted_primary_key
    if made is None:
        raise TypeError("one row is inserted, and its id is asked for")
    return int(made[0])


def read_url(address: str) -> URL:
    """The database address of a configuration: ``sqlite:////file``, a file's path, or ``postgresql://…``.

    Raises RegistryError ("address") for anything else.
    """
    if "://" not in address:
        return URL.create("sqlite", database=str(Path(address)))
    try:
        url = make_url(address)
    except ArgumentError:
        raise fault("address") from None
    backend = url.drivername.partition("+")[0]
    if backend in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite")
    raise fault("address")


def open_registry(address: str, key: bytes | None = None) -> Engine:
    """The engine of the database at ``address`` (see :func:`read_url`). Nothing is read or made yet.

    With the 32-byte ``key``, of the server's secret, what it writes is sealed (:mod:`issuer.registry.seals`).
    Its errors hide the values of the rows, and its ``repr`` the password.
    """
    url = read_url(address)
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True, max_overflow=OVERFLOW, connect_args={"timeout": BUSY_SECONDS})
        engine.dialect.statement_compiler = _Compiler
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        engine.update_execution_options(**{_TURN: Lock()})
        return _sealed(engine, key)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        max_overflow=OVERFLOW,
        isolation_level="READ COMMITTED",
        connect_args={
            "options": f"-c lock_timeout={BUSY_SECONDS}s -c timezone=UTC",
            "connect_timeout": BUSY_SECONDS,
            "keepalives_idle": SILENT_SECONDS // 2,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": SILENT_SECONDS * 1000,
        },
    )
    return _sealed(engine, key)


def _sealed(engine: Engine, key: bytes | None) -> Engine:
    if key is not None:
        seals.use(engine, key)
    return engine


def sqlite_file(engine: Engine) -> Path | None:
    """The file of an SQLite database, None for PostgreSQL."""
    return Path(engine.url.database) if engine.url.get_backend_name() == "sqlite" and engine.url.database else None


def pragmas(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> tuple[str, ...]:
    """The settings of each SQLite connection.

    EXTRA is FULL plus a sync of the folder once the rollback journal is deleted: without it, a
    power cut just after a commit can bring the journal back and undo an acknowledged attestation.
    """
    journal = (
        ("journal_mode=WAL", "synchronous=FULL")
        if version >= FIXED_WAL
        else ("journal_mode=DELETE", "synchronous=EXTRA")
    )
    return (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        *journal,
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "cache_size=-65536",
    )


class _Compiler(SQLiteCompiler):
    """SQLite's own, that writes the hints of a query (``INDEXED BY …``) as well."""

    def get_from_hint_text(self, _table: FromClause, text: str | None) -> str | None:
        """The text that follows the table's name."""
        return text


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in pragmas():
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("wif_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, of one moment: a row is held against its seal and the trail, which are read after
    it, and what others write meanwhile must not look like a forgery. Keep it short: on SQLite it makes writers wait.

    Raises RegistryError for every error of the driver.
    """
    try:
        with engine.connect() as connection:
            if engine.dialect.name != "sqlite":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection
    except SQLAlchemyError as error:
        raise translated(error) from None


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, alone among all processes until its end; committed when the block ends well.

    On SQLite the threads of a process wait for each other first, in the order in which they come and without a
    connection: SQLite itself has whoever waits ask again now and then, so that of many some wait too long.

    Raises RegistryError for every error of the driver, with nothing kept.
    """
    try:
        with _in_turn(engine), engine.connect() as connection:
            connection = connection.execution_options(wif_write=True)
            with connection.begin():
                if engine.dialect.name != "sqlite":
                    connection.execute(text("SELECT seq FROM chain_head WHERE id = 1 FOR UPDATE"))
                seals.begin(connection)
                yield connection
                seals.settle(connection)
    except SQLAlchemyError as error:
        fault_ = translated(error)
        if fault_.code == "readonly":
            # SQLite opens a file for reading only while its disk is read-only, and would keep it so for ever
            engine.dispose()
        raise fault_ from None


@contextmanager
def _in_turn(engine: Engine) -> Iterator[None]:
    """Alone among the threads of this process that write to an SQLite database; on PostgreSQL, which queues whoever
    waits, nothing. Raises RegistryError ("locked") after :data:`BUSY_SECONDS`.
    """
    turn = engine.get_execution_options().get(_TURN)
    if turn is None:
        yield
        return
    if not turn.acquire(timeout=BUSY_SECONDS):
        raise fault("locked")
    try:
        yield
    finally:
        turn.release()


PUBLISHING, MIGRATING = 0x57494650, 0x57494631
"""Keys of PostgreSQL's advisory locks: publishers on several machines, processes that bring the tables up to date."""


def alone_until_commit(connection: Connection, key: int) -> None:
    """Take PostgreSQL's advisory lock ``key`` until the end of the transaction of ``connection``, however long somebody
    else keeps it; on SQLite, whose writers are alone anyway, nothing.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@contextmanager
def alone(engine: Engine, key: int) -> Iterator[None]:
    """Hold PostgreSQL's advisory lock ``key`` against every machine that works on this database; on SQLite, which one
    machine has, nothing.

    Raises RegistryError ("locked") when somebody else keeps it for too long.
    """
    if engine.dialect.name == "sqlite":
        yield
        return
    try:
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    except SQLAlchemyError as error:
        raise translated(error) from None
    with connection:
        try:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
        except SQLAlchemyError as error:
            raise translated(error) from None
        try:
            yield
        finally:
            connection.invalidate()


def write(engine: Engine, work: Callable[[Connection], Result], attempts: int = ATTEMPTS) -> Result:
    """Do ``work`` in one writing transaction and commit it.

    When a lock or a uniqueness constraint stops it, everything is undone and ``work`` is called
    again from the beginning, up to ``attempts`` times; once when the disk was read-only, which may
    be over. Raises RegistryError with nothing kept.
    """
    for attempt in range(1, attempts + 1):
        try:
            with writing(engine) as connection:
                return work(connection)
        except RegistryError as error:
            again = error.code in RETRIED or (error.code == "readonly" and attempt == 1)
            if not again or attempt == attempts:
                raise
    raise fault("locked")
