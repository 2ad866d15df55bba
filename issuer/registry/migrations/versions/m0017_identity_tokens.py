"""The identity token that a provider gave, sealed, with the session: it is shown there when the session is left.

A contraction: an earlier program would seal a session's row without it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: sessions of before leave no provider."""
    op.add_column("session", sa.Column("id_token", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("session", "id_token")
