"""The index of first days carries the end as well: "valid today", in the order of first days, leaps over what has
ended.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
oldest = "0006"


def upgrade() -> None:
    """Create the new index, unless it was built by hand beforehand, before the old one goes: no search is ever
    without.
    """
    op.create_index(
        op.f("ix_attestation_not_before_id_expires"), "attestation", ["not_before", "id", "expires"], if_not_exists=True
    )
    op.drop_index(op.f("ix_attestation_not_before_id"), "attestation", if_exists=True)


def downgrade() -> None:
    """The same the other way round."""
    op.create_index(op.f("ix_attestation_not_before_id"), "attestation", ["not_before", "id"])
    op.drop_index(op.f("ix_attestation_not_before_id_expires"), "attestation")
