"""Attestations are found by employer, birth date and permit too, and by names without what stands before an apostrophe;
requests by the same.
"""

import json

import sqlalchemy as sa
from alembic import op

from issuer.attestation.claims import decode
from issuer.attestation.token import split
from issuer.registry.names import found_by, search_words

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
oldest = "0006"

BATCH = 1_000
WORDS = sa.table("name_word", sa.column("word", sa.String), sa.column("attestation_id", sa.Integer))
ARCHIVE = sa.table("archive", sa.column("attestation_id", sa.Integer), sa.column("token", sa.LargeBinary))
REQUEST = sa.table(
    "request",
    *(
        sa.column(name)
        for name in (
            "id",
            "found_by",
            "family_name",
            "given_names",
            "employer_name",
            "employer_siret",
            "birth_date",
            "record",
        )
    ),
)


def upgrade() -> None:
    """Add what is missing to what is there, a batch at a time."""
    op.add_column("request", sa.Column("found_by", sa.Text()))
    connection, last = op.get_bind(), -1
    while rows := connection.execute(
        sa.select(ARCHIVE).where(ARCHIVE.c.attestation_id > last).order_by(ARCHIVE.c.attestation_id).limit(BATCH)
    ).all():
        last = rows[-1].attestation_id
        ids = [row.attestation_id for row in rows]
        known = {tuple(row) for row in connection.execute(sa.select(WORDS).where(WORDS.c.attestation_id.in_(ids)))}
        made = set()
        for row in rows:
            claims = decode(split(bytes(row.token)).payload)
            names = (claims.family_name, claims.given_names or "")
            for word in search_words(names, claims.employer_name, claims.birth_date, claims.residence_permit):
                made.add((word, row.attestation_id))
        if made - known:
            connection.execute(
                sa.insert(WORDS), [{"word": word, "attestation_id": id_} for word, id_ in sorted(made - known)]
            )
    last = -1
    while rows := connection.execute(
        sa.select(REQUEST).where(REQUEST.c.id > last).order_by(REQUEST.c.id).limit(BATCH)
    ).all():
        last = rows[-1].id
        for row in rows:
            permit = json.loads(row.record or "{}").get("residence_permit")
            text = found_by(
                row.family_name, row.given_names, row.employer_name, row.employer_siret, row.birth_date, permit
            )
            connection.execute(sa.update(REQUEST).where(REQUEST.c.id == row.id).values(found_by=text))


def downgrade() -> None:
    """The words that an earlier program does not look for go, and the column."""
    op.execute(sa.delete(WORDS).where(sa.or_(*(WORDS.c.word.like(sign + "%") for sign in "&@#"))))
    op.drop_column("request", "found_by")
