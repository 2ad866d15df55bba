"""Creating, upgrading and checking the tables. Migrations stand in ``issuer/registry/migrations/versions``."""

import threading
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from issuer.registry.database import reading, sqlite_file
from issuer.registry.faults import RegistryError, translated

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the migration under way in globals: threads of a process go one after the other."""


def configuration() -> Config:
    """The Alembic configuration, without any file: the migrations of this package."""
    config = Config()
    config.set_main_option("script_location", str(files("issuer.registry") / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def newest() -> str:
    """The revision that this version of the program expects."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def current(engine: Engine) -> str | None:
    """The revision of the database, None when it has no tables yet."""
    path = sqlite_file(engine)
    if path is not None and not path.exists():
        return None
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine) -> bool:
    """Create the tables or bring them up to date, in one transaction; whether anything was done.

    Several processes may call it at once: one works, the others wait. Raises RegistryError, when
    the database was made by a newer version for instance.
    """
    before = current(engine)
    if before == newest():
        return False
    _refuse_unknown(before)
    config = configuration()
    try:
        with _ONE_AT_A_TIME, engine.connect() as connection:
            connection = connection.execution_options(wif_write=True)
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise translated(error) from None
    return True


def check_schema(engine: Engine) -> None:
    """Nothing when the tables are those this version expects; else RegistryError ("schema") that says what to do."""
    found = current(engine)
    if found == newest():
        return
    if found is None:
        raise RegistryError("schema", "The database has no tables yet. Run `wif init` first.")
    _refuse_unknown(found)
    raise RegistryError("schema", "The database was made by an earlier version. Run `wif init` once to bring its tables up to date.")


def _refuse_unknown(revision: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if revision is not None and revision not in known:
        raise RegistryError("schema", "The database was made by a newer version of this program. Install that version, or restore an earlier backup.")
