"""What the service wrote to applicants: refusals, closings, messages."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
oldest = "0006"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "request_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(24)),
        sa.Column("legal_basis", sa.Text()),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("pdf", sa.LargeBinary()),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_letter_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_letter")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_request_letter_request_id"), "request_letter", ["request_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("request_letter")
