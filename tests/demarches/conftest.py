"""Fixtures of the tests of requests."""

from tests.demarches.scene import both, scene

__all__ = ["both", "scene"]
