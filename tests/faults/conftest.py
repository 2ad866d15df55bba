"""Databases for the faults; see ``tests/support/databases.py``."""

from tests.support.databases import (
    address,
    engine,
    opened,
    postgres_address,
    postgres_filled,
    sqlite_engine,
    sqlite_template,
)

__all__ = ["address", "engine", "opened", "postgres_address", "postgres_filled", "sqlite_engine", "sqlite_template"]
