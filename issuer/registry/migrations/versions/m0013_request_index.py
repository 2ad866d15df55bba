"""The index of a request's attestation goes: every search for it starts from the request."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
oldest = "0006"


def upgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_request_attestation", "request")


def downgrade() -> None:
    """Make it again."""
    op.create_index("ix_request_attestation", "request", ["attestation"])
