"""Fixtures of the tests of requests."""

from tests.demarches.scene import both, scene
from tests.registry.databases import address, engine, postgres_address, sqlite_engine

__all__ = ["address", "both", "engine", "postgres_address", "scene", "sqlite_engine"]
