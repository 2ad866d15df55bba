"""Replacements wait for a second person too; a rejection says why, and its author reads it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
oldest = "0006"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("proposal", sa.Column("record", sa.Text()))
    op.add_column("proposal", sa.Column("reason", sa.String(500)))
    op.add_column("proposal", sa.Column("told_at", sa.BigInteger()))


def downgrade() -> None:
    """Drop them."""
    for name in ("told_at", "reason", "record"):
        op.drop_column("proposal", name)
