"""Erasing the personal data of requests long decided. Number, dates, state and département stay, for the statistics."""

from sqlalchemy import Connection, Engine, Select, func, or_, select, update

from issuer.registry import chain
from issuer.registry.database import reading, write
from issuer.registry.request_tables import Request, RequestLetter, RequestTask

BATCH = 200
"""Requests of one transaction."""
EMPTY = {
    "family_name": None,
    "given_names": None,
    "birth_date": None,
    "person_key": None,
    "found_by": None,
    "email": None,
    "employer_name": None,
    "employer_siret": None,
    "valid_from": None,
    "valid_until": None,
    "record": "{}",
    "doubts": "[]",
    "pieces": "[]",
    "corrections": "{}",
    "aside_details": None,
    "digest": None,
}
"""What a request is left with in the columns that hold personal data."""


def _due(before: int) -> Select[int]:
    """Requests decided, withdrawn or last touched before UTC second ``before``, without a task still to be done."""
    ended = func.coalesce(Request.decided_at, Request.withdrawn_at, Request.modified_at)
    busy = select(RequestTask.id).where(RequestTask.request_id == Request.id, RequestTask.done_at.is_(None)).exists()
    return select(Request.id).where(
        Request.anonymised_at.is_(None),
        ended < before,
        or_(Request.last_message_at.is_(None), Request.last_message_at < before),
        ~busy,
    )


def count_due(engine: Engine, before: int) -> int:
    """How many requests that ended before UTC second ``before`` still hold personal data."""
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(_due(before).subquery())) or 0


def anonymise(engine: Engine, before: int, now: int, author: str) -> int:
    """Erase the personal data of the requests that ended before UTC second ``before``, a batch a transaction; how many
    there were.

    Each batch is an entry of the audit chain that counts them. Raises AuditError or RegistryError; what was committed
    stays done.
    """
    done = 0
    while count := write(engine, lambda connection: _batch(connection, before, now, author)):
        done += count
    return done


def _batch(connection: Connection, before: int, now: int, author: str) -> int:
    ids = list(connection.scalars(_due(before).order_by(Request.id).limit(BATCH)))
    if not ids:
        return 0
    connection.execute(update(RequestTask).where(RequestTask.request_id.in_(ids)).values(data="{}"))
    connection.execute(
        update(RequestLetter).where(RequestLetter.request_id.in_(ids)).values(words="", legal_basis=None, pdf=None)
    )
    connection.execute(
        update(Request)
        .where(Request.id.in_(ids))
        .values(**EMPTY, anonymised_at=now, revision=Request.revision + 1, updated_at=now)
    )
    chain.append(connection, now, author, [chain.Act("anonymise_requests", None, {"count": len(ids)})])
    return len(ids)
