"""Requests: dossiers, their history, alerts, outbox, synchronisation; leases of work that one process does."""

import sqlalchemy as sa
from alembic import op

from issuer.registry.models import ordered

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of requests."""
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("demarche", sa.Integer(), nullable=True),
        sa.Column("dossier", sa.BigInteger(), nullable=True),
        sa.Column("dossier_id", sa.String(200), nullable=True),
        sa.Column("reference", sa.String(80), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("deposited_at", sa.BigInteger(), nullable=False),
        sa.Column("instructed_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("archived", sa.SmallInteger(), nullable=False),
        sa.Column("department", sa.String(3), nullable=True),
        sa.Column("family_name", sa.String(200), nullable=True),
        sa.Column("given_names", sa.String(200), nullable=True),
        sa.Column("birth_date", sa.String(10), nullable=True),
        sa.Column("person_key", ordered(200), nullable=True),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("employer_name", sa.String(200), nullable=True),
        sa.Column("employer_siret", sa.String(14), nullable=True),
        sa.Column("contract", sa.String(20), nullable=True),
        sa.Column("valid_from", sa.String(10), nullable=True),
        sa.Column("valid_until", sa.String(10), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("doubts", sa.Text(), nullable=False),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.Column("corrections", sa.Text(), nullable=False),
        sa.Column("aside", sa.String(40), nullable=True),
        sa.Column("aside_details", sa.Text(), nullable=True),
        sa.Column("awaited_from", sa.String(10), nullable=False),
        sa.Column("awaited", sa.String(16), nullable=False),
        sa.Column("attestation", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(64), nullable=True),
        sa.Column("last_message_at", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("anonymised_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("number", name=op.f("uq_request_number")),
        sa.UniqueConstraint("dossier", name=op.f("uq_request_dossier")),
        sa.UniqueConstraint("reference", name=op.f("uq_request_reference")),
        sqlite_autoincrement=True,
    )
    for columns in (
        ("department", "state", "deposited_at"),
        ("state", "deposited_at"),
        ("aside",),
        ("person_key",),
        ("attestation",),
        ("decided_at",),
        ("deposited_at",),
        ("demarche", "modified_at"),
    ):
        op.create_index(op.f(f"ix_request_{'_'.join(columns)}"), "request", list(columns))
    op.create_table(
        "request_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_event_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_request_event_request_id_id"), "request_event", ["request_id", "id"])
    op.create_index(op.f("ix_request_event_at"), "request_event", ["at"])
    op.create_table(
        "request_alert",
        sa.Column("request_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_alert_request_id")),
        sa.PrimaryKeyConstraint("request_id", "code", name=op.f("pk_request_alert")),
    )
    op.create_index(op.f("ix_request_alert_settled_at_code"), "request_alert", ["settled_at", "code"])
    op.create_table(
        "request_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(40), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_task_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_task")),
        sa.UniqueConstraint("request_id", "round", name=op.f("uq_request_task_request_id_round")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_request_task_done_at_due_at"), "request_task", ["done_at", "due_at"])
    op.create_table(
        "demarche_sync",
        sa.Column("demarche", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.String(400), nullable=True),
        sa.Column("newest", sa.BigInteger(), nullable=False),
        sa.Column("deleted_since", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(40), nullable=True),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("demarche", name=op.f("pk_demarche_sync")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("lease", "demarche_sync", "request_task", "request_alert", "request_event", "request"):
        op.drop_table(table)
