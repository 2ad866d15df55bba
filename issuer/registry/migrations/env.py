"""Runs the migrations on the connection that ``issuer.registry.schema.migrate`` opened. Never run by hand."""

from alembic import context
from sqlalchemy import text

from issuer.registry.database import MIGRATING, alone_until_commit
from issuer.registry.models import Base

TABLE_SECONDS = 3
"""How long a migration may wait for a table. Whoever comes after a waiting ALTER TABLE waits too: better to give up and
try again.
"""

connection = context.config.attributes["connection"]
alone_until_commit(connection, MIGRATING)
if connection.dialect.name == "postgresql":
    connection.execute(text(f"SET LOCAL lock_timeout = '{TABLE_SECONDS}s'"))
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
