"""Fixtures of the tests of the public side's rooms."""

from tests.support.databases import address, engine, postgres_address, postgres_filled, sqlite_engine, sqlite_template

__all__ = ["address", "engine", "postgres_address", "postgres_filled", "sqlite_engine", "sqlite_template"]
