"""The attestations, their archive and acts, the status lists and the audit chain."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def ordered(length: int) -> sa.String:
    """A text compared byte by byte on PostgreSQL too."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables, and the head of an empty chain."""
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("prev", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("prev", name=op.f("uq_audit_prev")),
    )
    op.create_index(op.f("ix_audit_subject_seq"), "audit", ["subject", "seq"])
    op.create_table(
        "chain_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_chain_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("list_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("kid", sa.LargeBinary(8), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("id", "list_number", name=op.f("pk_publication")),
        sa.UniqueConstraint("list_number", "issued_at", name=op.f("uq_publication_list_number_issued_at")),
    )
    op.create_table(
        "status_list",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_list")),
    )
    op.create_table(
        "attestation",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("next_state", sa.SmallInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("department", sa.String(3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("kid", sa.LargeBinary(8), nullable=False),
        sa.Column("replaces", sa.BigInteger(), nullable=True),
        sa.Column("employer_siret", sa.String(14), nullable=True),
        sa.Column("employer_key", ordered(160), nullable=True),
        sa.Column("anonymised_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("list_index BETWEEN 0 AND 1048575", name=op.f("ck_attestation_index")),
        sa.CheckConstraint("number BETWEEN 1000000000 AND 9999999999", name=op.f("ck_attestation_number")),
        sa.CheckConstraint("state BETWEEN 0 AND 3", name=op.f("ck_attestation_state")),
        sa.ForeignKeyConstraint(["list_number"], ["status_list.number"], name=op.f("fk_attestation_list_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation")),
        sa.UniqueConstraint("list_number", "list_index", name=op.f("uq_attestation_list_number_list_index")),
        sa.UniqueConstraint("number", name=op.f("uq_attestation_number")),
    )
    op.create_index(op.f("ix_attestation_department_id"), "attestation", ["department", "id"])
    op.create_index(op.f("ix_attestation_employer_key_id"), "attestation", ["employer_key", "id"])
    op.create_index(op.f("ix_attestation_employer_siret_id"), "attestation", ["employer_siret", "id"])
    op.create_index(op.f("ix_attestation_expires_id"), "attestation", ["expires", "id"])
    op.create_index(op.f("ix_attestation_not_before_id"), "attestation", ["not_before", "id"])
    op.create_index(op.f("ix_attestation_next_at"), "attestation", ["next_at"])
    op.create_index(op.f("ix_attestation_issued_at_id"), "attestation", ["issued_at", "id"])
    op.create_index(
        op.f("ix_attestation_list_number_state_list_index"), "attestation", ["list_number", "state", "list_index"]
    )
    op.create_index(op.f("ix_attestation_state_id"), "attestation", ["state", "id"])
    op.create_table(
        "archive",
        sa.Column("attestation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("annex", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.ForeignKeyConstraint(["attestation_id"], ["attestation.id"], name=op.f("fk_archive_attestation_id")),
        sa.PrimaryKeyConstraint("attestation_id", name=op.f("pk_archive")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attestation_id", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(24), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("forced", sa.Text(), nullable=True),
        sa.Column("other_number", sa.BigInteger(), nullable=True),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.ForeignKeyConstraint(["attestation_id"], ["attestation.id"], name=op.f("fk_event_attestation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_attestation_id_id"), "event", ["attestation_id", "id"])
    op.create_table(
        "name_word",
        sa.Column("word", ordered(40), nullable=False),
        sa.Column("attestation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["attestation_id"], ["attestation.id"], name=op.f("fk_name_word_attestation_id")),
        sa.PrimaryKeyConstraint("word", "attestation_id", name=op.f("pk_name_word")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_name_word_attestation_id_word"), "name_word", ["attestation_id", "word"])
    op.create_table(
        "reference_use",
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("attestation_id", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("content", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["attestation_id"], ["attestation.id"], name=op.f("fk_reference_use_attestation_id")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_reference_use")),
        sa.UniqueConstraint("attestation_id", name=op.f("uq_reference_use_attestation_id")),
    )
    op.execute(
        sa.text("INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, :zeros)").bindparams(
            sa.bindparam("zeros", bytes(32), type_=sa.LargeBinary),
        )
    )


def downgrade() -> None:
    """Drop every table: only for an empty database."""
    for table in (
        "reference_use",
        "name_word",
        "event",
        "archive",
        "attestation",
        "status_list",
        "publication",
        "chain_head",
        "audit",
    ):
        op.drop_table(table)
