"""The one question that a stranger may put to the requests: which ones a number could mean, and the birth dates to
compare.
"""

from sqlalchemy import Engine, or_, select

from issuer.registry.database import reading
from issuer.registry.request_tables import Request


def candidates(engine: Engine, number: int) -> list[tuple[int, str | None]]:
    """``(id, birth date)`` of the request of this public number and of that of the dossier of this number: at most two,
    nothing else read.
    """
    query = (
        select(Request.id, Request.birth_date)
        .where(or_(Request.number == number, Request.dossier == number))
        .order_by(Request.id)
        .limit(2)
    )
    with reading(engine) as connection:
        return [(row.id, row.birth_date) for row in connection.execute(query)]
