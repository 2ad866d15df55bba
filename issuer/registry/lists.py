"""What is published of the registry: the values of each status list, and the record of each publication."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from issuer.attestation.status import MAX_BYTES, set_value
from issuer.registry import chain
from issuer.registry.models import VALID, Attestation, CarriedMark, Publication, StatusList


@dataclass(frozen=True)
class Published:
    """A status list as signed: its times in UTC seconds, the signer's kid, SHA-256 of the file."""

    list_number: int
    issued_at: int
    expires: int
    kid: bytes
    digest: bytes


def values(connection: Connection, list_number: int) -> bytes:
    """The 262,144 bytes of a status list: 2 bits an entry, least significant first; 0 where nothing was issued.

    An attestation that was revoked, suspended or replaced keeps its value after it has expired.
    """
    packed = bytearray(MAX_BYTES)
    query = select(Attestation.list_index, Attestation.state).where(
        Attestation.list_number == list_number, Attestation.state > VALID
    )
    carried = select(CarriedMark.list_index, CarriedMark.state).where(CarriedMark.list_number == list_number)
    for index, state in (*connection.execute(carried), *connection.execute(query)):
        set_value(packed, index, state)
    return bytes(packed)


def opened(connection: Connection) -> list[int]:
    """The numbers of the lists in which an index was ever taken."""
    return list(connection.scalars(select(StatusList.number).order_by(StatusList.number)))


def last_issued_at(connection: Connection) -> int:
    """The latest iat of any published list, in UTC seconds; 0 when nothing was published."""
    return connection.scalar(select(func.max(Publication.issued_at))) or 0


def add_publication(
    connection: Connection,
    at: int,
    actor: str,
    published: Sequence[Published],
    trust_digest: bytes,
    log: tuple[int, bytes] | None = None,
) -> chain.Head:
    """Write what is about to be published, as one audit entry, and return the chain's new head. ``log``: size and root of the published log."""
    details = {
        "trust": trust_digest.hex(),
        "lists": [[one.list_number, one.issued_at, one.expires, one.kid.hex(), one.digest.hex()] for one in published],
    }
    if log is not None:
        details["log"] = [log[0], log[1].hex()]
    head = chain.append(connection, at, actor, [chain.Act("publish", None, details)])
    if published:
        connection.execute(
            insert(Publication),
            [
                {
                    "id": head.seq,
                    "list_number": one.list_number,
                    "issued_at": one.issued_at,
                    "expires": one.expires,
                    "kid": one.kid,
                    "digest": one.digest,
                }
                for one in published
            ],
        )
    return head
