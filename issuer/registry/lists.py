"""What is published of the registry: the values of each status list, and the record of each publication."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from issuer.attestation.status import MAX_BYTES, set_value
from issuer.registry import chain
from issuer.registry.models import VALID, Attestation, Audit, CarriedMark, Publication, StatusList


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
    carried = select(CarriedMark.list_index, CarriedMark.state).where(
        CarriedMark.list_number == list_number, CarriedMark.waits.is_(None)
    )
    for index, state in (*connection.execute(carried), *connection.execute(query)):
        set_value(packed, index, state)
    return bytes(packed)


def number_at(connection: Connection, list_number: int, index: int) -> int | None:
    """The number of the attestation in this place of a status list, None without one."""
    return connection.scalar(
        select(Attestation.number).where(Attestation.list_number == list_number, Attestation.list_index == index)
    )


def opened(connection: Connection) -> list[int]:
    """The numbers of the lists in which an index was ever taken."""
    return list(connection.scalars(select(StatusList.number).order_by(StatusList.number)))


def last_issued_at(connection: Connection) -> int:
    """The latest iat of any published list that was not taken back, in UTC seconds; 0 when nothing was published."""
    return connection.scalar(select(func.max(Publication.issued_at)).where(Publication.withdrawn.is_(None))) or 0


def unused_second(connection: Connection, at: int) -> int:
    """The first UTC second from ``at`` on for which no list was ever signed, withdrawn ones included."""
    used = set(connection.scalars(select(Publication.issued_at).where(Publication.issued_at >= at)))
    while at in used:
        at += 1
    return at


def withdraw(connection: Connection, now: int, after: int, actor: str) -> list[int]:
    """Take back the publications issued after UTC second ``after``, with an entry of the trail; their entries there."""
    late = (Publication.issued_at > after) & Publication.withdrawn.is_(None)
    found = sorted(set(connection.scalars(select(Publication.id).where(late))))
    if found:
        connection.execute(update(Publication).where(late).values(withdrawn=1))
        chain.append(connection, now, actor, [chain.Act("withdraw_future", None, {"publications": found})])
    return found


def uncompared_restore(connection: Connection) -> bool:
    """Whether the registry was restored since the last publication without being held against what was published."""
    last = connection.scalar(select(func.max(Publication.id))) or 0
    restores = select(Audit.details).where(Audit.seq > last, Audit.act == "restore").order_by(Audit.seq.desc())
    details = connection.scalar(restores.limit(1))
    if details is None:
        return False
    told = json.loads(details)
    return not (told.get("compared") or told.get("nothing_published"))


def add_publication(
    connection: Connection,
    at: int,
    actor: str,
    published: Sequence[Published],
    trust_digest: bytes,
    log: tuple[int, bytes] | None = None,
) -> chain.Head:
    """Write what is about to be published, as one audit entry, and return the chain's new head. ``log``: size and root
    of the published log.
    """
    details: dict[str, Any] = {
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
