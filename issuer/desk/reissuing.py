"""Issuing again what a compromised key signed: each paper gets a successor with the same content, and the old one is
replaced.

A batch is one transaction: its new attestations, the ``replace`` acts on the old ones, and the
decisions that still weigh on these (a suspension, a day yet to come), carried over. What was done
is no longer affected, so the run is resumed by running it again, whatever stopped it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, select

from issuer.attestation.claims import decode, encode
from issuer.attestation.token import sign, split
from issuer.desk.acts import LONGEST_TEXT
from issuer.desk.context import DeskContext
from issuer.desk.errors import ActRefused, NoSigner
from issuer.registry import chain, store
from issuer.registry.database import reading, write
from issuer.registry.draws import draw_indexes, draw_numbers
from issuer.registry.models import STATES, SUSPENDED, VALID, Archive, Attestation, Event
from issuer.registry.queries import REGISTERED_COLUMNS, RegisteredAttestation, registered
from keys import latin
from keys.signer import Signer

BATCH = 200
"""Attestations of one transaction."""
REASON = "error"
"""The reason code of the acts: nothing of the decision changes, only its proof."""


@dataclass(frozen=True, repr=False)
class Reissued:
    """One paper issued again: the old number, the new one, the new token and its annex (canonical JSON). Its ``repr``
    shows the numbers only.
    """

    old: int
    new: int
    token: bytes
    annex: str

    def __repr__(self) -> str:
        return f"<Reissued {self.old} {self.new}>"


def _affected(kid: bytes, now: int) -> Select[*tuple[Any, ...]]:
    return (
        select(*REGISTERED_COLUMNS, Archive.token, Archive.annex)
        .join(Archive, Archive.attestation_id == Attestation.id)
        .where(Attestation.kid == kid, Attestation.state.in_((VALID, SUSPENDED)), Attestation.expires > now)
    )


def count_affected(engine: Engine, kid: bytes, now: int) -> int:
    """How many attestations of the key with this 8-byte kid are neither expired nor revoked nor replaced at UTC second
    ``now``.
    """
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(_affected(kid, now).subquery())) or 0


def reissue(context: DeskContext, kid: bytes, legal_basis: str, author: str, batch: int = BATCH) -> Iterator[Reissued]:
    """Issue again every attestation that :func:`count_affected` counts, each answered after its commit, the oldest
    first.

    Raises ActRefused ("basis") for a basis that is no text of 1 to 500 plain characters, NoSigner when there is none in
    service or it is the key ``kid`` itself, RegistryError, KeystoreError or ListsFull; what was answered is kept.
    """
    chain.check_actor(author)
    if not latin.follows(legal_basis, 1, LONGEST_TEXT):
        raise ActRefused(
            "basis", f"Give the basis of issuing again, as a text of 1 to {LONGEST_TEXT} plain characters on one line."
        )
    with reading(context.engine) as connection:
        departments = connection.scalars(
            _affected(kid, context.clock()).with_only_columns(Attestation.department).distinct()
        ).all()
    for department in departments:
        context.signers(
            department, context.clock()
        )  # opened before the database is held: that takes time, or asks for a passphrase
    while done := write(
        context.engine, lambda connection: _batch(context, connection, kid, legal_basis, author, batch)
    ):
        yield from done


def _batch(
    context: DeskContext, connection: Connection, kid: bytes, legal_basis: str, author: str, batch: int
) -> list[Reissued]:
    now = context.clock()
    store.settle(connection, now, author)
    rows = connection.execute(_affected(kid, now).order_by(Attestation.id).limit(batch)).all()
    if not rows:
        return []
    signers = {row.department: context.signers(row.department, now) for row in rows}
    if any(signer.kid == kid for signer in signers.values()):
        raise NoSigner(
            'The key in service is the one to be replaced. Revoke it and put another into service first: "wif keys new'
            ' --at-once".'
        )
    numbers = draw_numbers(connection, len(rows), context.below)
    places = draw_indexes(connection, len(rows), context.below, context.status_lists, now)
    fresh = [
        _signed(context, row, signers[row.department], number, place, now)
        for row, number, place in zip(rows, numbers, places, strict=True)
    ]
    store.add_attestations(connection, now, author, fresh)
    attestations = {
        row.number: registered(row)
        for row in connection.execute(select(*REGISTERED_COLUMNS).where(Attestation.number.in_(numbers)))
    }
    for row, new in zip(rows, fresh, strict=True):
        _carry_over(context, connection, registered(row), attestations[new.claims.number], now, author)
        event = store.NewEvent("replace", author, context.salt(), REASON, legal_basis, other_number=new.claims.number)
        store.add_event(connection, now, registered(row), event, "replaced")
    return [Reissued(row.number, new.claims.number, new.token, new.annex) for row, new in zip(rows, fresh, strict=True)]


def _signed(
    context: DeskContext, row: Row[*tuple[Any, ...]], signer: Signer, number: int, place: tuple[int, int], now: int
) -> store.NewAttestation:
    claims = replace(
        decode(split(bytes(row.token)).payload), number=number, status=place, issued_at=now, replaces=row.number
    )
    return store.NewAttestation(
        claims, signer.kid, sign(encode(claims), signer), row.annex, context.salt(), row.valid_from, row.valid_until
    )


def _carry_over(
    context: DeskContext,
    connection: Connection,
    old: RegisteredAttestation,
    new: RegisteredAttestation,
    now: int,
    author: str,
) -> None:
    """Repeat on ``new`` the suspension under which ``old`` is, and the decision that waits for its day."""
    if old.state == "valid" and old.next_state is None:
        return
    query = (
        select(Event)
        .where(Event.attestation_id == old.id, Event.act.in_(("suspend", "reinstate", "revoke")))
        .order_by(Event.id.desc())
    )
    last = {
        row.act: row
        for row in reversed(
            connection.execute(
                query.with_only_columns(
                    Event.act,
                    Event.reason,
                    Event.legal_basis,
                    Event.effective_on,
                    Event.notified_on,
                    Event.heard_on,
                    Event.forced,
                )
            ).all()
        )
    }
    act_of = {STATES[SUSPENDED]: "suspend", "revoked": "revoke", "valid": "reinstate"}
    steps: list[tuple[str, str, int | None]] = [("suspend", "suspended", None)] if old.state == "suspended" else []
    if old.next_state is not None:
        steps.append((act_of[old.next_state], old.next_state, old.next_at))
    for act, state, at in steps:
        was = last[act]
        event = store.NewEvent(
            act=act,
            author=author,
            salt=context.salt(),
            reason=was.reason,
            legal_basis=was.legal_basis,
            effective_on=was.effective_on,
            notified_on=was.notified_on,
            heard_on=was.heard_on,
            forced=was.forced,
        )
        store.add_event(connection, now, new, event, state, at)
