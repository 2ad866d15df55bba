"""When an API token was last used, for its owner to see which ones nobody needs."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
oldest = "0006"


def upgrade() -> None:
    """Add the column: not known of earlier uses."""
    op.add_column("api_token", sa.Column("last_used_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("api_token", "last_used_at")
