"""The index of first days carries the end as well: "valid today", in the order of first days, leaps over what has ended."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
oldest = "0006"


def upgrade() -> None:
    """Create the new index before the old one goes: no search is ever without."""
    op.create_index(op.f("ix_attestation_not_before_id_expires"), "attestation", ["not_before", "id", "expires"])
    op.drop_index(op.f("ix_attestation_not_before_id"), "attestation")


def downgrade() -> None:
    """The same the other way round."""
    op.create_index(op.f("ix_attestation_not_before_id"), "attestation", ["not_before", "id"])
    op.drop_index(op.f("ix_attestation_not_before_id_expires"), "attestation")
