"""Fixtures of the tests of requests."""

from tests.demarches.scene import both, scene
from tests.support.databases import address, engine, postgres_address, postgres_filled, sqlite_engine, sqlite_template

__all__ = [
    "address",
    "both",
    "engine",
    "postgres_address",
    "postgres_filled",
    "scene",
    "sqlite_engine",
    "sqlite_template",
]
