"""The database as a stream of bytes, one moment of it, taken while others write; and a database made of such a stream.

SQLite: its online backup into a file of the home, read and removed. PostgreSQL: pg_dump and pg_restore, the
programs of the server's version, found on PATH or where Debian puts them.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Engine

from issuer.errors import ConfigError
from issuer.registry.database import BUSY_SECONDS, sqlite_file
from issuer.registry.faults import fault
from keys import durable

PART = 1 << 24
"""Bytes of one part of the stream."""
PAGES = 4096
"""SQLite pages copied at a time, between which others may write."""
COPY = ".backup-"
"""How the names of SQLite copies begin: a killed backup leaves one, which the next removes."""


class _Outrun(Exception):
    """Others write so often that a copy in steps never ends."""


def kind(engine: Engine) -> str:
    """``sqlite`` or ``postgresql``."""
    return "sqlite" if sqlite_file(engine) is not None else "postgresql"


@contextmanager
def dumped(
    engine: Engine, scratch: Path, step: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Iterator[bytes]]:
    """The parts (at most 16 MiB) of a dump. ``step(done, total)`` counts what SQLite has copied. Raises RegistryError,
    ConfigError or OSError.
    """
    path = sqlite_file(engine)
    if path is None:
        yield _dump_postgres(engine)
        return
    copy = _copy_sqlite(path, scratch, step)
    try:
        with copy.open("rb") as file:
            yield iter(lambda: file.read(PART), b"")
    finally:
        copy.unlink(missing_ok=True)


def _copy_sqlite(path: Path, scratch: Path, step: Callable[[int, int], None]) -> Path:
    """In small steps, so that writers pass in between; when they pass too often, in one go, for which they wait."""
    for left in scratch.glob(f"{COPY}*"):
        left.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(prefix=COPY, dir=scratch)
    os.close(handle)
    copied = 0

    def count(_status: int, remaining: int, total: int) -> None:
        nonlocal copied
        copied += PAGES
        if copied > 3 * total + PAGES:
            raise _Outrun
        step(total - remaining, total)

    try:
        source = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            try:
                _copy(source, name, PAGES, count)
            except _Outrun:
                os.truncate(name, 0)
                _copy(source, name, -1, lambda *_: None)
        finally:
            source.close()
    except sqlite3.Error as error:
        Path(name).unlink(missing_ok=True)
        raise fault(
            {"SQLITE_FULL": "full", "SQLITE_BUSY": "locked", "SQLITE_CANTOPEN": "readonly"}.get(
                getattr(error, "sqlite_errorname", ""), "corrupt"
            )
        ) from None
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _copy(source: sqlite3.Connection, name: str, pages: int, count: Callable[[int, int, int], None]) -> None:
    target = sqlite3.connect(name, isolation_level=None)
    try:
        target.execute("PRAGMA synchronous=OFF")
        source.backup(target, pages=pages, progress=count, sleep=0.01)
    finally:
        target.close()


def load_sqlite(path: Path, parts: Iterator[bytes]) -> None:
    """Write a dump as the database file ``path``. Raises OSError, and RegistryError when SQLite finds it damaged."""
    with durable.writing(path, replace=False) as file:
        for part in parts:
            file.write(part)
    try:
        checked = sqlite3.connect(path, isolation_level=None)
        try:
            whole = checked.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        finally:
            checked.close()
    except sqlite3.Error:
        whole = False
    if not whole:
        raise fault("corrupt")


def load_postgres(engine: Engine, parts: Iterator[bytes]) -> None:
    """Fill an empty PostgreSQL database with a dump, in one transaction. Raises ConfigError."""
    command = [
        _program("pg_restore"),
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        "--dbname",
        _address(engine),
    ]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=_environment(engine)
        )
        fed = process.stdin
        assert fed is not None  # noqa: S101 - said for mypy
        try:
            with suppress(BrokenPipeError):  # it ended before: what it said tells why
                for part in parts:
                    fed.write(part)
        except BaseException:
            process.kill()
            raise
        finally:
            with suppress(BrokenPipeError):
                fed.close()
            code = process.wait()
        if code:
            said.seek(0)
            raise ConfigError(f"pg_restore could not fill the database: {_words(said.read())}. Nothing was kept of it.")


def _dump_postgres(engine: Engine) -> Iterator[bytes]:
    command = [
        _program("pg_dump"),
        "--format=custom",
        "--compress=1",
        "--no-owner",
        "--no-privileges",
        "--dbname",
        _address(engine),
    ]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=_environment(engine)
        )
        told = process.stdout
        assert told is not None  # noqa: S101 - said for mypy
        try:
            yield from iter(lambda: told.read(PART), b"")
        finally:
            told.close()
            code = process.wait()
        if code:
            said.seek(0)
            raise ConfigError(f"pg_dump did not end well: {_words(said.read())}. No backup was made.")


def _program(name: str) -> str:
    found = shutil.which(name)
    places = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0)
    )
    if found is None and not places:
        raise ConfigError(
            f"The program {name} is not found. Install PostgreSQL's client programs of the server's version, or put"
            " them on PATH."
        )
    return found or str(places[-1])


def _address(engine: Engine) -> str:
    """The address without its password, which a list of processes would show."""
    url = engine.url
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query).render_as_string()


def _environment(engine: Engine) -> dict[str, str]:
    password = engine.url.password
    return {**os.environ, "LC_ALL": "C", **({} if password is None else {"PGPASSWORD": str(password)})}


def _words(said: bytes) -> str:
    """The first words of a PostgreSQL program, without the values that a DETAIL or COPY line may hold."""
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[0].partition("error: ")[2][:160].rstrip(".") or "it said nothing" if lines else "it said nothing"
