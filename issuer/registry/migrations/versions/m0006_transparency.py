"""The transparency log: a leaf for every attestation issued so far, in order, taken from the audit chain."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PAGE = 2_000


def upgrade() -> None:
    """Create the tables, and the leaves of what was issued before: the chain holds their salted hashes, of anonymised
    ones too.
    """
    op.create_table(
        "log_leaf",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attestation_id", sa.BigInteger(), nullable=True),
        sa.Column("entry", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["attestation_id"], ["attestation.id"], name=op.f("fk_log_leaf_attestation_id")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_log_leaf")),
        sa.UniqueConstraint("attestation_id", name=op.f("uq_log_leaf_attestation_id")),
    )
    op.create_table(
        "log_tile",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_log_tile")),
    )
    audit = sa.table(
        "audit", sa.column("seq", sa.BigInteger), sa.column("act", sa.String), sa.column("details", sa.Text)
    )
    leaf = sa.table(
        "log_leaf",
        sa.column("place", sa.BigInteger),
        sa.column("attestation_id", sa.BigInteger),
        sa.column("entry", sa.LargeBinary),
    )
    connection, place, after = op.get_bind(), 0, 0
    while True:
        query = (
            sa.select(audit.c.seq, audit.c.details)
            .where(audit.c.act == "issue", audit.c.seq > after)
            .order_by(audit.c.seq)
            .limit(PAGE)
        )
        page = connection.execute(query).all()
        if not page:
            return
        connection.execute(
            sa.insert(leaf),
            [
                {
                    "place": place + offset,
                    "attestation_id": row.seq,
                    "entry": bytes.fromhex(json.loads(row.details)["token"]),
                }
                for offset, row in enumerate(page)
            ],
        )
        place, after = place + len(page), page[-1].seq


def downgrade() -> None:
    """Drop them: what was published of the log stays with whoever keeps it."""
    op.drop_table("log_tile")
    op.drop_table("log_leaf")
