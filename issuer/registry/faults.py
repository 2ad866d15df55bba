"""What can go wrong with the database, in words for a person.

Driver messages are never shown: they can hold values of the row. Every error of the driver is
turned into a :class:`RegistryError` with a code of :data:`CODES`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from keys.errors import WifError

CODES = (
    "locked",
    "full",
    "readonly",
    "unreachable",
    "refused",
    "corrupt",
    "conflict",
    "schema",
    "broken",
    "address",
    "tampered",
    "secret",
)

RETRIED = ("locked", "conflict")
"""Codes after which the same transaction may be tried again from its beginning."""


class RegistryError(WifError):
    """The database cannot do what was asked; nothing of the failed transaction was kept. ``code`` is one of
    :data:`CODES`.
    """

    def __init__(self, code: str, message: str) -> None:
        if code not in CODES:
            raise ValueError(f"not a declared code: {code}")
        super().__init__(message)
        self.code = code


@contextmanager
def tampered_passed_over() -> Iterator[None]:
    """What meets a row that was changed by another way ("tampered") is given up, so that it stops none of the others;
    that such rows were met is told where they are looked for. Every other error goes on.
    """
    try:
        yield
    except RegistryError as error:
        if error.code != "tampered":
            raise


_WORDS = {
    "locked": "The database is in use by another program for too long. Try again in a moment.",
    "full": "The disk of the database is full. Free some space, then run the same command again.",
    "readonly": (
        "The database cannot be written. Check the rights on its file and on its folder, or on its PostgreSQL role."
    ),
    "unreachable": "The database does not answer. Check that it runs and that its address is right.",
    "refused": "The database refuses this account. Check the name and the password in its address.",
    "corrupt": "The database file is damaged or is not a database. Restore the last backup.",
    "conflict": "Another program wrote the same value at the same moment, several times in a row. Try again.",
    "schema": (
        "The tables of the database are not those this version expects. Run `wif upgrade` to bring them up to date."
    ),
    "broken": "The database failed in an unexpected way and kept nothing. Read its own journal, then try again.",
    "address": (
        "The address of the database cannot be read. Write sqlite:////folder/wif.sqlite3 or"
        " postgresql://user@host/base."
    ),
    "tampered": (
        "A row of the database was changed by another way than this program, so nothing is done with it. Keep the"
        ' database as it is, run "wif audit verify", and call the security officer.'
    ),
    "secret": (
        "The rows of the database are not sealed with this home's web.secret. Put back the web.secret that belongs to"
        ' this database: it is in the backup. If it is lost, read about "wif audit reseal" in docs/operations.md first.'
    ),
}

_SQLITE = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "readonly",
    sqlite3.SQLITE_PERM: "readonly",
    sqlite3.SQLITE_CANTOPEN: "readonly",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_SCHEMA: "locked",
}

_POSTGRES = (
    ("53100", "full"),
    ("25006", "readonly"),
    ("42501", "readonly"),
    ("55P03", "locked"),
    ("57014", "locked"),
    ("40001", "locked"),
    ("40P01", "locked"),
    ("28", "refused"),
    ("3D000", "unreachable"),
    ("57P", "unreachable"),
    ("08", "unreachable"),
    ("42P01", "schema"),
    ("42703", "schema"),
)
"""SQLSTATE codes or classes (PostgreSQL manual, appendix A)."""


def fault(code: str) -> RegistryError:
    """The error of ``code`` with its usual words."""
    return RegistryError(code, _WORDS[code])


def code_of(error: SQLAlchemyError) -> str:
    """The code of :data:`CODES` of a driver's error."""
    if isinstance(error, IntegrityError):
        return "conflict"
    origin = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(origin, sqlite3.Error):
        number = getattr(origin, "sqlite_errorcode", None)
        if number == sqlite3.SQLITE_ERROR and "no such" in str(origin):
            return "schema"
        return _SQLITE.get(number & 0xFF, "broken") if number is not None else "broken"
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return "unreachable"
    if origin is not None:
        state = getattr(origin, "sqlstate", None)
        if state is None:
            return "unreachable" if isinstance(error, DBAPIError) and error.statement is None else "broken"
        return next((code for prefix, code in _POSTGRES if state.startswith(prefix)), "broken")
    return "broken"


def translated(error: SQLAlchemyError) -> RegistryError:
    """The :class:`RegistryError` that says in plain words what the driver's error means."""
    return fault(code_of(error))
