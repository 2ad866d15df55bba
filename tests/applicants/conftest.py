"""Fixtures of the tests of the public side's rooms."""

from tests.registry.databases import address, engine, postgres_address, sqlite_engine

__all__ = ["address", "engine", "postgres_address", "sqlite_engine"]
