"""Fixtures of the tests of requests."""

from tests.demarches.scene import scene
from tests.registry.databases import address, engine, postgres_address

__all__ = ["address", "engine", "postgres_address", "scene"]
