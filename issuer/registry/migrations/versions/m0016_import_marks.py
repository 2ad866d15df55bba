"""Imports count the rows that ask to be confirmed and those that are signed already, and know whether the first were
accepted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
oldest = "0006"


def upgrade() -> None:
    """Add the columns."""
    for name in ("warned", "already", "accepted"):
        op.add_column("import_job", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop them."""
    for name in ("accepted", "already", "warned"):
        op.drop_column("import_job", name)
