"""Which programs may work on these tables, and the marks that a restored registry carries on."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "compatibility",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("oldest", sa.String(32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_compatibility_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compatibility")),
    )
    op.create_table(
        "carried_mark",
        sa.Column("list_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("list_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("state BETWEEN 1 AND 3", name=op.f("ck_carried_mark_state")),
        sa.PrimaryKeyConstraint("list_number", "list_index", name=op.f("pk_carried_mark")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("carried_mark")
    op.drop_table("compatibility")
