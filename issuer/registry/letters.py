"""What the service wrote to applicants: refusals and closings with their letters, and messages."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, insert, select, update

from issuer.registry import seals
from issuer.registry.database import new_id, reading
from issuer.registry.request_tables import RequestLetter

MESSAGE = "message"


@dataclass(frozen=True)
class KeptLetter:
    """What was written, without its PDF. Instants are UTC seconds; ``sent_at`` is when Démarches simplifiées had it."""

    id: int
    request_id: int
    kind: str
    reason: str | None
    legal_basis: str | None = field(repr=False)
    words: str = field(repr=False)
    author: str
    at: int
    sent_at: int | None
    printed: bool
    """Whether its PDF is kept."""


def add(
    connection: Connection,
    request_id: int,
    kind: str,
    words: str,
    author: str,
    now: int,
    reason: str | None = None,
    legal_basis: str | None = None,
    pdf: bytes | None = None,
) -> int:
    """Keep what is written to the applicant of a request; its id."""
    values = {
        "request_id": request_id,
        "kind": kind,
        "reason": reason,
        "legal_basis": legal_basis,
        "words": words,
        "pdf": pdf,
        "author": author,
        "at": now,
    }
    return new_id(connection.execute(insert(RequestLetter).values(**values)))


def sent(connection: Connection, letter_id: int, at: int) -> None:
    """Note that Démarches simplifiées has it."""
    connection.execute(update(RequestLetter).where(RequestLetter.id == letter_id).values(sent_at=at))


def of_request(engine: Engine, request_id: int) -> list[KeptLetter]:
    """What was written to the applicant of a request, the oldest first."""
    names = [name for name in KeptLetter.__dataclass_fields__ if name != "printed"]
    query = select(*(getattr(RequestLetter, name) for name in names), RequestLetter.pdf.is_not(None).label("printed"))
    with reading(engine) as connection:
        rows = connection.execute(query.where(RequestLetter.request_id == request_id).order_by(RequestLetter.id)).all()
    return [KeptLetter(**{**row._mapping, "printed": bool(row.printed)}) for row in rows]


def pdf_of(connection: Connection, letter_id: int, request_id: int) -> bytes | None:
    """The PDF of a letter of this request, as it was given; None when there is none."""
    here = (RequestLetter.id == letter_id, RequestLetter.request_id == request_id)
    rows = seals.read(connection, RequestLetter, select(RequestLetter.__table__).where(*here))
    return None if not rows or rows[0].pdf is None else bytes(rows[0].pdf)
