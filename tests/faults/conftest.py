"""Databases for the faults; see ``tests/registry/databases.py``."""

from tests.registry.databases import address, engine, postgres_address, sqlite_engine

__all__ = ["address", "engine", "postgres_address", "sqlite_engine"]
