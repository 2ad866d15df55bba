"""Writing attestations and acts: rows, archive, search words and audit entries in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from issuer.attestation.claims import KINDS, Claims
from issuer.registry import chain, merklelog, told
from issuer.registry.draws import chunks
from issuer.registry.models import STATES, VALID, Archive, Attestation, Event, NameWord, ReferenceUse
from issuer.registry.names import fold, search_words
from issuer.registry.queries import RegisteredAttestation
from keys.inclusion import leaf_of


@dataclass(frozen=True, repr=False)
class NewAttestation:
    """An attestation that was just signed. ``token`` is its exact bytes, ``annex`` canonical JSON.

    ``salt`` is 16 random bytes; ``content`` the 32-byte salted hash of the record, with its ``reference`` if it has
    one.
    """

    claims: Claims
    kid: bytes
    token: bytes
    annex: str
    salt: bytes
    valid_from: date
    valid_until: date
    reference: str | None = None
    content: bytes | None = None
    warnings: tuple[str, ...] = ()
    """Codes of the warnings that were confirmed (``issuer.desk.plausibility``)."""

    def __repr__(self) -> str:
        return f"<NewAttestation {self.claims.number}>"


@dataclass(frozen=True, repr=False)
class KnownReference:
    """A reference already used: what its content is compared with, and what is answered again."""

    salt: bytes
    content: bytes
    number: int
    replaces: int | None
    token: bytes | None
    """None once anonymised."""
    annex: str | None

    def __repr__(self) -> str:
        return f"<KnownReference {self.number}>"


@dataclass(frozen=True)
class NewEvent:
    """An act about to be written. Days are the département's; ``salt`` is 16 random bytes."""

    act: str
    author: str
    salt: bytes = field(repr=False)
    reason: str | None = None
    legal_basis: str | None = field(default=None, repr=False)
    effective_on: date | None = None
    notified_on: date | None = None
    heard_on: date | None = None
    forced: str | None = field(default=None, repr=False)
    other_number: int | None = None


def known_references(connection: Connection, references: Sequence[str]) -> dict[str, KnownReference]:
    """Those of ``references`` that were already used."""
    query = (
        select(
            ReferenceUse.reference,
            ReferenceUse.salt,
            ReferenceUse.content,
            Attestation.number,
            Attestation.replaces,
            Archive.token,
            Archive.annex,
        )
        .join(Attestation, Attestation.id == ReferenceUse.attestation_id)
        .outerjoin(Archive, Archive.attestation_id == Attestation.id)
    )
    found = {}
    for chunk in chunks(references):
        for row in connection.execute(query.where(ReferenceUse.reference.in_(chunk))):
            found[row.reference] = KnownReference(
                bytes(row.salt),
                bytes(row.content),
                row.number,
                row.replaces,
                None if row.token is None else bytes(row.token),
                row.annex,
            )
    return found


def add_attestations(connection: Connection, at: int, author: str, signed: Sequence[NewAttestation]) -> None:
    """Write new attestations with their audit entries, at UTC second ``at``. Raises AuditError for a bad author."""
    if not signed:
        return
    first = chain.head_of(connection).seq + 1
    chain.append(
        connection, at, author, [chain.Act("issue", str(new.claims.number), _issue_details(new)) for new in signed]
    )
    connection.execute(insert(Attestation), [_row(first + place, author, new) for place, new in enumerate(signed)])
    connection.execute(
        insert(Archive),
        [
            {"attestation_id": first + place, "token": new.token, "annex": new.annex, "salt": new.salt}
            for place, new in enumerate(signed)
        ],
    )
    merklelog.append(connection, [(first + place, leaf_of(new.salt, new.token)) for place, new in enumerate(signed)])
    used = [
        {"reference": new.reference, "attestation_id": first + place, "salt": new.salt, "content": new.content}
        for place, new in enumerate(signed)
        if new.reference is not None
    ]
    if used:
        connection.execute(insert(ReferenceUse), used)
    found_by = [
        {"word": word, "attestation_id": first + place}
        for place, new in enumerate(signed)
        for word in search_words(
            (new.claims.family_name, new.claims.given_names or ""),
            new.claims.employer_name,
            new.claims.birth_date,
            new.claims.residence_permit,
        )
    ]
    if found_by:
        connection.execute(insert(NameWord), found_by)


def _issue_details(new: NewAttestation) -> dict[str, Any]:
    details: dict[str, Any] = {
        "kind": KINDS[new.claims.kind],
        "department": new.claims.department,
        "status": list(new.claims.status),
        "kid": new.kid.hex(),
        "token": chain.salted(new.salt, new.token).hex(),
        "annex": chain.salted(new.salt, new.annex.encode()).hex(),
    }
    if new.reference is not None:
        details["reference"] = chain.salted(new.salt, new.reference.encode()).hex()
        details["content"] = None if new.content is None else new.content.hex()
    if new.warnings:
        details["warnings"] = list(new.warnings)
    if new.claims.replaces is not None:
        details["replaces"] = str(new.claims.replaces)
    return details


def _row(id_: int, author: str, new: NewAttestation) -> Mapping[str, object]:
    claims = new.claims
    return {
        "id": id_,
        "number": claims.number,
        "list_number": claims.status[0],
        "list_index": claims.status[1],
        "state": VALID,
        "kind": KINDS[claims.kind],
        "department": claims.department,
        "valid_from": new.valid_from,
        "valid_until": new.valid_until,
        "not_before": claims.not_before,
        "expires": claims.expires,
        "issued_at": claims.issued_at,
        "author": author,
        "kid": new.kid,
        "replaces": claims.replaces,
        "employer_siret": None if claims.employer_siret is None else f"{claims.employer_siret:014d}",
        "employer_key": fold(claims.employer_name)[:160],
        "anonymised_at": None,
    }


def add_event(
    connection: Connection,
    at: int,
    attestation: RegisteredAttestation,
    event: NewEvent,
    state: str | None,
    effective_at: int | None = None,
) -> None:
    """Write an act on ``entry`` with its audit entry. Raises AuditError for a bad author, RegistryError where a change
    of state meets a row that is not what the trail says.

    ``state`` is what the attestation becomes (None: its state and any waiting decision stay),
    from UTC second ``effective_at`` on when given, else now; the last decision replaces a waiting one.
    """
    details: dict[str, Any] = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in (
            ("reason", event.reason),
            ("effective_on", event.effective_on),
            ("notified_on", event.notified_on),
            ("heard_on", event.heard_on),
        )
        if value is not None
    }
    for name, text in (("legal_basis", event.legal_basis), ("forced", event.forced)):
        if text is not None:
            details[name] = chain.salted(event.salt, text.encode()).hex()
    if event.other_number is not None:
        details["other"] = str(event.other_number)
    if state is not None:
        told.check(connection, [attestation.id])
        details["state"] = state
    if effective_at is not None:
        details["effective_at"] = effective_at
    head = chain.append(connection, at, event.author, [chain.Act(event.act, str(attestation.number), details)])
    connection.execute(
        insert(Event).values(
            id=head.seq,
            attestation_id=attestation.id,
            act=event.act,
            reason=event.reason,
            legal_basis=event.legal_basis,
            author=event.author,
            at=at,
            effective_on=event.effective_on,
            notified_on=event.notified_on,
            heard_on=event.heard_on,
            forced=event.forced,
            other_number=event.other_number,
            salt=event.salt,
        )
    )
    if state is not None:
        value = STATES.index(state)
        changes = (
            {"state": value, "next_state": None, "next_at": None}
            if effective_at is None
            else {"next_state": value, "next_at": effective_at}
        )
        connection.execute(update(Attestation).where(Attestation.id == attestation.id).values(**changes))


def settle(connection: Connection, now: int, actor: str) -> int:
    """Give the decisions whose day has come their effect, each with its audit entry; how many there were. Raises
    RegistryError for one that nobody took.
    """
    due = connection.execute(
        select(Attestation.id, Attestation.number, Attestation.next_state)
        .where(Attestation.next_at <= now)
        .order_by(Attestation.id)
    ).all()
    told.check(connection, [row.id for row in due])
    chain.append(
        connection,
        now,
        actor,
        [chain.Act("take_effect", str(row.number), {"state": STATES[row.next_state]}) for row in due],
    )
    for row in due:
        connection.execute(
            update(Attestation)
            .where(Attestation.id == row.id)
            .values(state=row.next_state, next_state=None, next_at=None)
        )
    return len(due)
