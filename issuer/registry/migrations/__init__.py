"""Alembic migrations: ``env`` runs them, ``versions`` holds one file a step."""
