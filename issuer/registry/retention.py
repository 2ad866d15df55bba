"""Erasing the personal data of attestations long expired, with the audit chain still whole.

What goes: the token and its annex, the search words, the employer, the reference's salted content, the
words of the grounds, and the salts: without them the hashes of the chain say nothing any more. What stays:
number, status list index, dates, département and acts, so that lists and statistics remain right.
"""

from datetime import date

from sqlalchemy import Connection, Engine, Select, delete, func, select, update

from issuer.attestation.places import local_day, local_midnight
from issuer.registry import chain
from issuer.registry.account_tables import Proposal
from issuer.registry.database import reading, write
from issuer.registry.models import Archive, Attestation, Event, NameWord, ReferenceUse

BATCH = 200
"""Attestations of one transaction."""
NO_SALT = bytes(16)


def ended_before(now: int, months: int) -> int:
    """The UTC second before which an attestation must have ended to be kept no longer, ``months`` before ``now``:
    months begin
    in Paris.
    """
    day = local_day(None, now)
    month = day.year * 12 + day.month - 1 - months
    return local_midnight(None, date(month // 12, month % 12 + 1, 1))


def _due(before: int) -> Select[int, int]:
    return select(Attestation.id, Attestation.number).where(
        Attestation.expires < before, Attestation.anonymised_at.is_(None)
    )


def count_due(engine: Engine, before: int) -> int:
    """How many attestations ended before UTC second ``before`` still hold personal data."""
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(_due(before).subquery())) or 0


def anonymise(engine: Engine, before: int, now: int, author: str) -> int:
    """Erase the personal data of what ended before UTC second ``before``, a batch a transaction; how many there were.

    Each has its entry ``anonymise`` in the audit chain. Raises AuditError or RegistryError; what was committed stays
    done.
    """
    done = 0
    while count := write(engine, lambda connection: _batch(connection, before, now, author)):
        done += count
    return done


def _batch(connection: Connection, before: int, now: int, author: str) -> int:
    rows = connection.execute(_due(before).order_by(Attestation.expires).limit(BATCH)).all()
    ids = [row.id for row in rows]
    if not ids:
        return 0
    connection.execute(delete(Archive).where(Archive.attestation_id.in_(ids)))
    connection.execute(delete(NameWord).where(NameWord.attestation_id.in_(ids)))
    connection.execute(
        update(ReferenceUse).where(ReferenceUse.attestation_id.in_(ids)).values(salt=NO_SALT, content=bytes(32))
    )
    connection.execute(
        update(Event).where(Event.attestation_id.in_(ids)).values(legal_basis=None, forced=None, salt=NO_SALT)
    )
    connection.execute(
        update(Attestation)
        .where(Attestation.id.in_(ids))
        .values(employer_siret=None, employer_key=None, anonymised_at=now),
    )
    connection.execute(
        update(Proposal).where(Proposal.number.in_([row.number for row in rows])).values(record=None, reason=None)
    )
    chain.append(connection, now, author, [chain.Act("anonymise", str(row.number), {}) for row in rows])
    return len(ids)
