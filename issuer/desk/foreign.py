"""Papers that bear a good signature of a listed key and were never issued here: their place in a status list is marked.

Whoever stole a key signed them beside the registry. Revoking the key turns every paper of it red, genuine ones too; a
mark in the status list turns this one red, for every phone that fetches the lists. The place stands in what was signed,
so the paper cannot leave it; but a thief may have taken the place of a genuine attestation, which a mark would end as
well: then only the key, or both, can go.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from issuer.attestation import qr
from issuer.attestation.claims import decode
from issuer.attestation.token import join, signed_bytes
from issuer.desk.acts import LONGEST_TEXT
from issuer.desk.context import DeskContext
from issuer.desk.errors import ActRefused
from issuer.registry import chain, seals
from issuer.registry.database import reading, write
from issuer.registry.models import LIST_SIZE, REVOKED, Archive, Attestation, CarriedMark
from issuer.registry.queries import find
from keys import ed25519, latin
from keys.errors import FormError
from keys.trust_content import USE_ATTESTATION, TrustContent

ACT, PROPOSE, REJECT = "mark_foreign", "propose_mark", "reject_mark"


@dataclass(frozen=True)
class Foreign:
    """A paper that is not the registry's. ``place`` is its (list, index); ``number`` and ``kid`` (8 bytes) are None
    where only the place is known, ``department`` too.
    """

    place: tuple[int, int]
    number: int | None = None
    kid: bytes | None = None
    department: str | None = None


def read(context: DeskContext, content: TrustContent, text: str) -> Foreign:
    """The paper of a QR text. Raises ActRefused ("text") when it is none, bears no good signature of a listed
    attestation key (verifiers refuse it anyway), or was issued here.
    """
    found = qr.split_text(text.strip())
    parts = qr.unpack(found[1][1:]) if found and found[1][:1] == qr.FORMAT_VERSION else None
    try:
        claims = None if parts is None else decode(parts.payload)
    except FormError:
        claims = None
    if parts is None or claims is None:
        raise ActRefused("text", "This is not the text of an attestation's QR code. Give the text as it was scanned.")
    key = content.key(parts.kid)
    good = (
        key is not None
        and key.use == USE_ATTESTATION
        and ed25519.verify_strict(key.public_key, signed_bytes(parts.kid, parts.payload), parts.signature)
    )
    if not good:
        raise ActRefused(
            "text",
            "This paper bears no good signature of a key of the trust list: every verifier shows it as forged. There"
            " is nothing to mark.",
        )
    with reading(context.engine) as connection:
        known = find(connection, claims.number)
        token = connection.scalar(select(Archive.token).where(Archive.attestation_id == known.id)) if known else None
    if known is not None and (token is None or bytes(token) == join(parts)):
        raise ActRefused(
            "text", f"The attestation {claims.number} was issued here. Revoke it, if it is to end, by its number."
        )
    return Foreign((claims.status[0], claims.status[1]), claims.number, parts.kid, claims.department)


def check(context: DeskContext, connection: Connection, paper: Foreign, reason: str) -> str:
    """``reason`` cleaned, when this place may be marked now. Raises ActRefused."""
    number, index = paper.place
    if number not in context.status_lists or not 0 <= index < LIST_SIZE:
        raise ActRefused(
            "place",
            f"The trust list names no place {index} in a status list {number}: lists are"
            f" {', '.join(map(str, context.status_lists))}, places 0 to {LIST_SIZE - 1}.",
        )
    if not latin.follows(reason, 1, LONGEST_TEXT):
        raise ActRefused(
            "basis",
            f"Give why the paper is to turn red, as a text of 1 to {LONGEST_TEXT} plain characters on one line.",
        )
    here = connection.scalar(
        select(Attestation.number).where(Attestation.list_number == number, Attestation.list_index == index)
    )
    if here is not None:
        raise ActRefused(
            "place",
            f"The place {index} of status list {number} is that of the attestation {here}, issued here: a mark would"
            " end both. Revoke that one, if it is to end too, or the key.",
        )
    if is_marked(connection, paper.place):
        raise ActRefused("state", f"The place {index} of status list {number} is marked already.")
    return reason


def is_marked(connection: Connection, place: tuple[int, int]) -> bool:
    """Whether a place that is no attestation's bears a mark, or one that waits for a second person."""
    return connection.scalar(select(CarriedMark.state).where(*_at(place))) is not None


def _at(place: tuple[int, int]) -> tuple[ColumnElement[bool], ...]:
    return (CarriedMark.list_number == place[0], CarriedMark.list_index == place[1])


@dataclass(frozen=True)
class Waiting:
    """A mark that waits for a second person. ``at`` is UTC seconds."""

    place: tuple[int, int]
    number: int | None
    basis: str
    author: str
    at: int


def mark(
    context: DeskContext, paper: Foreign, reason: str, author: str, waits: bool = False, alone: bool = False
) -> None:
    """Mark a paper as revoked, for good; the next publication shows it. With ``waits`` it is only proposed, until
    somebody else confirms it; ``alone`` says in the trail that one person did what takes two.

    Raises ActRefused, AuditError or RegistryError; then nothing changed.
    """
    chain.check_actor(author)

    def work(connection: Connection) -> None:
        text = check(context, connection, paper, reason)
        now, salt = context.clock(), context.salt()
        details: dict[str, object] = {
            "place": list(paper.place),
            "basis": chain.salted(salt, text.encode()).hex(),
            "kid": None if paper.kid is None else paper.kid.hex(),
        }
        if alone:
            details["alone"] = True
        subject = None if paper.number is None else str(paper.number)
        chain.append(connection, now, author, [chain.Act(PROPOSE if waits else ACT, subject, details)])
        connection.execute(
            insert(CarriedMark).values(
                list_number=paper.place[0],
                list_index=paper.place[1],
                state=REVOKED,
                waits=1 if waits else None,
                number=paper.number,
                basis=text,
                salt=salt,
                author=author,
                at=now,
            )
        )

    write(context.engine, work)


def waiting(context: DeskContext) -> list[Waiting]:
    """The marks that wait for a second person, the oldest first."""
    with reading(context.engine) as connection:
        rows = connection.execute(
            select(CarriedMark.__table__).where(CarriedMark.waits.is_not(None)).order_by(CarriedMark.at)
        ).all()
        seals.trusted(connection, seals.table_of(CarriedMark), rows)
    return [Waiting((row.list_number, row.list_index), row.number, row.basis, row.author, row.at) for row in rows]


def decide(context: DeskContext, place: tuple[int, int], confirmed: bool, author: str) -> None:
    """Confirm or reject what somebody else proposed. Raises ActRefused ("state", or "own" for one's own proposal)."""
    chain.check_actor(author)

    def work(connection: Connection) -> None:
        row = connection.execute(
            select(CarriedMark.__table__).where(*_at(place), CarriedMark.waits.is_not(None))
        ).first()
        if row is None:
            raise ActRefused("state", "Somebody else decided on this mark meanwhile, or nobody proposed it.")
        if row.author == author:
            raise ActRefused("own", "A second person decides on a mark: not the one who proposed it.")
        here = select(Attestation.number).where(Attestation.list_number == place[0], Attestation.list_index == place[1])
        if confirmed and connection.scalar(here) is not None:
            raise ActRefused("place", "An attestation was issued in this place meanwhile. Nothing was marked.")
        details = {"place": list(place), "proposed_by": row.author}
        act = chain.Act(ACT if confirmed else REJECT, None if row.number is None else str(row.number), details)
        chain.append(connection, context.clock(), author, [act])
        connection.execute(
            update(CarriedMark).where(*_at(place)).values(waits=None)
            if confirmed
            else delete(CarriedMark).where(*_at(place))
        )

    write(context.engine, work)
