"""Creating, upgrading and checking the tables. Migrations stand in ``issuer/registry/migrations/versions``.

A migration that only adds says ``oldest = "<revision>"``: programs from that revision on go on working
while and after it is applied, so that machines are updated one after the other without a stop. One
without that line is a contraction: every program of an earlier revision is ended before it.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, column, delete, insert, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from issuer.registry import entering, seals
from issuer.registry.database import reading, sqlite_file
from issuer.registry.faults import RETRIED, RegistryError, translated
from issuer.registry.models import Compatibility, RowTotal

if TYPE_CHECKING:  # Alembic is a tenth of a command's start, and only a migration needs it
    from alembic.config import Config
    from alembic.script import Script

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the migration under way in globals: threads of a process go one after the other."""

_REVISION = table("alembic_version", column("version_num"))
"""Where Alembic notes the revision of the tables, one row."""

ATTEMPTS = 20
"""How many times a migration that could not have a table in time is begun again."""


def configuration() -> Config:
    """The Alembic configuration, without any file: the migrations of this package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("issuer.registry") / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


@cache
def newest() -> str:
    """The revision that this version of the program expects: four digits, by which its migrations' files are named."""
    versions = files("issuer.registry") / "migrations/versions"
    return max(path.name[1:5] for path in versions.iterdir() if path.name.startswith("m") and path.name.endswith(".py"))


def current(engine: Engine) -> str | None:
    """The revision of the database, None when it has no tables yet."""
    path = sqlite_file(engine)
    if path is not None and not path.exists():
        return None
    with reading(engine) as connection:
        if not inspect(connection).has_table(_REVISION.name):
            return None
        return connection.scalar(select(_REVISION.c.version_num))


def migrate(engine: Engine, now: int = 0) -> bool:
    """Create the tables or bring them up to date, in one transaction; whether anything was done.

    Of an engine that seals, rows that no program sealed yet are entered, at UTC second ``now``.
    Several processes may call it at once: one works, the others wait; programs that serve meanwhile go
    on. Raises RegistryError, when the database was made by a newer version for instance.
    """
    before = current(engine)
    if before == newest() or _is_newer(engine, before):
        return False
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _upgrade(engine, now)
            return True
        except SQLAlchemyError as error:
            fault = translated(error)
            if fault.code not in RETRIED or attempt == ATTEMPTS:
                raise fault from None
    raise AssertionError("the last attempt returns or raises")


def _upgrade(engine: Engine, now: int) -> None:
    from alembic import command

    config = configuration()
    with _ONE_AT_A_TIME, engine.connect() as connection:
        connection = connection.execution_options(wif_write=True)
        with connection.begin():
            config.attributes["connection"] = connection
            unsealed = not inspect(connection).has_table(RowTotal.__tablename__)
            command.upgrade(config, "head")
            connection.execute(delete(Compatibility))
            connection.execute(insert(Compatibility).values(id=1, oldest=oldest_program()))
            if unsealed and seals.of(connection) is not None:
                entering.enter(connection, now, "upgrade")


def check_schema(engine: Engine) -> None:
    """Nothing when this version can work on the tables; else RegistryError ("schema") that says what to do."""
    found = current(engine)
    if found == newest() or _is_newer(engine, found):
        return
    if found is None:
        raise RegistryError("schema", "The database has no tables yet. Run `wif init` first.")
    raise RegistryError(
        "schema", "The database was made by an earlier version. Run `wif upgrade` once to bring its tables up to date."
    )


def revisions() -> list[Script]:
    """The migrations, the first one first."""
    from alembic.script import ScriptDirectory

    return list(ScriptDirectory.from_config(configuration()).walk_revisions())[::-1]


def oldest_program() -> str:
    """The oldest revision whose program works on the tables that all the migrations give."""
    scripts = revisions()
    order = [script.revision for script in scripts]
    return str(max((getattr(script.module, "oldest", script.revision) for script in scripts), key=order.index))


def _is_newer(engine: Engine, revision: str | None) -> bool:
    """Whether a newer version made these tables, and this one may still work on them. Raises RegistryError when it may
    not.
    """
    known = {script.revision for script in revisions()}
    if revision is None or revision in known:
        return False
    with reading(engine) as connection:
        if _oldest(connection) in known:
            return True
    raise RegistryError(
        "schema",
        "The database was made by a newer version of this program. Install that version, or restore an earlier backup.",
    )


def _oldest(connection: Connection) -> str | None:
    return (
        connection.scalar(select(Compatibility.oldest))
        if inspect(connection).has_table(Compatibility.__tablename__)
        else None
    )
