"""Rows sealed under the server's secret; marks of papers that were signed beside the registry; publications taken back.

A contraction: an earlier program would write rows without a seal.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; ``issuer.registry.schema`` fills them in the same transaction."""
    op.create_table(
        "row_seal",
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("seal", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("name", "key", name=op.f("pk_row_seal")),
    )
    op.create_table(
        "row_total",
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_row_total")),
    )

    op.add_column("publication", sa.Column("withdrawn", sa.SmallInteger()))
    op.add_column("carried_mark", sa.Column("waits", sa.SmallInteger()))
    op.add_column("carried_mark", sa.Column("number", sa.BigInteger()))
    op.add_column("carried_mark", sa.Column("basis", sa.Text()))
    op.add_column("carried_mark", sa.Column("salt", sa.LargeBinary(16)))
    op.add_column("carried_mark", sa.Column("author", sa.String(64)))
    op.add_column("carried_mark", sa.Column("at", sa.BigInteger()))


def downgrade() -> None:
    """Drop the tables and columns."""
    for name in ("at", "author", "salt", "basis", "number", "waits"):
        op.drop_column("carried_mark", name)
    op.drop_column("publication", "withdrawn")
    op.drop_table("row_total")
    op.drop_table("row_seal")
