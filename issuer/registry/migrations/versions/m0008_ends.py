"""Every index that gives an order in time, and the one of the départements, carries both ends: what is over is left
without reading its row.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
oldest = "0006"

WIDENED = (
    (
        "ix_attestation_expires_id",
        ["expires", "id"],
        "ix_attestation_expires_id_not_before",
        ["expires", "id", "not_before"],
    ),
    (
        "ix_attestation_department_id",
        ["department", "id"],
        "ix_attestation_department_id_not_before_expires",
        ["department", "id", "not_before", "expires"],
    ),
)
"""Of each index: its name and columns before, then after."""
BY_ISSUE = "ix_attestation_id_not_before_expires"


def upgrade() -> None:
    """Create each new index, unless it was built by hand beforehand, before the old one goes: no search is ever
    without.
    """
    op.create_index(op.f(BY_ISSUE), "attestation", ["id", "not_before", "expires"], if_not_exists=True)
    for old, _, new, columns in WIDENED:
        op.create_index(op.f(new), "attestation", columns, if_not_exists=True)
        op.drop_index(op.f(old), "attestation", if_exists=True)


def downgrade() -> None:
    """The same the other way round."""
    for old, columns, new, _ in WIDENED:
        op.create_index(op.f(old), "attestation", columns)
        op.drop_index(op.f(new), "attestation")
    op.drop_index(op.f(BY_ISSUE), "attestation")
