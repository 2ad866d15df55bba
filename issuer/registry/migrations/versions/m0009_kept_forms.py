"""What was typed while a session ended, sealed, for whoever signs in again through a provider."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
oldest = "0006"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "kept_form",
        sa.Column("id", sa.LargeBinary(32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_kept_form_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_form")),
        sa.UniqueConstraint("account_id", name=op.f("uq_kept_form_account_id")),
    )
    op.create_index(op.f("ix_kept_form_at"), "kept_form", ["at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("kept_form")
