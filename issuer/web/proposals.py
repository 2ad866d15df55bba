"""Revocations and replacements that wait for a second person, where the settings ask for one."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row as SelectedRow, insert, select, update

from issuer.accounts.directory import Account
from issuer.attestation.record import Record
from issuer.desk import Confirmed, Done, Grounds, Issued, acts
from issuer.registry import RegisteredAttestation, chain, seals
from issuer.registry.account_tables import Proposal as Row
from issuer.registry.database import new_id, reading, write
from issuer.web.context import WebContext
from keys.errors import WifError, not_none


class AlreadyDecided(WifError):
    """A proposal that somebody else confirmed or rejected first."""


_DAYS = ("effective_on", "notified_on", "heard_on")


@dataclass(frozen=True)
class Proposal:
    """A revocation or a replacement (``act``) somebody proposed. Times are UTC seconds.

    ``record`` is what would be signed in the place of the old one, by JSON names with its signatory, until somebody
    decides; ``another_holder`` says that its author saw that it is about somebody else. ``reason`` is why it was
    rejected, ``told_at`` when its author read that.
    """

    id: int
    number: int
    department: str
    act: str
    grounds: Grounds = field(repr=False)
    record: dict[str, Any] | None = field(repr=False)
    another_holder: bool
    warnings: tuple[str, ...]
    proposed_by: int
    proposed_at: int
    decided_by: int | None
    decided_at: int | None
    outcome: str | None
    reason: str | None = field(repr=False)
    told_at: int | None


def propose(
    context: WebContext,
    attestation: RegisteredAttestation,
    grounds: Grounds,
    account: Account,
    record: Record | None = None,
    another_holder: bool = False,
    warnings: Iterable[str] = (),
) -> int | None:
    """Note a proposal to revoke, or with a ``record`` to replace; its internal number, None while another one waits.

    ``warnings`` are the keys of those that its author confirmed. Raises ActRefused as the act would.
    """
    act = "replace" if record is not None else "revoke"
    acts.check(context.desk(), act, attestation.number, grounds, record, another_holder)
    kept = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in vars(grounds).items()
        if value is not None
    }
    if record is not None:
        kept |= {"act": act, "another_holder": another_holder, "warnings": sorted(warnings)}

    def work(connection: Connection) -> int | None:
        now = context.clock()
        waits = select(Row.id).where(Row.number == attestation.number, Row.outcome.is_(None))
        if connection.scalar(waits) is not None:
            return None
        made = connection.execute(
            insert(Row).values(
                number=attestation.number,
                department=attestation.department,
                grounds=json.dumps(kept),
                record=None if record is None else json.dumps(record.to_json()),
                proposed_by=account.id,
                proposed_at=now,
            )
        )
        id_ = new_id(made)
        details = {"proposal": id_, "reason": grounds.reason}
        noted = (
            chain.Act("propose_revoke", str(attestation.number), details)
            if record is None
            else chain.Act("propose_replace", str(attestation.number), details)
        )
        chain.append(connection, now, account.author, [noted])
        return id_

    return write(context.engine, work)


def waiting_for(context: WebContext, number: int) -> Proposal | None:
    """The undecided proposal about an attestation."""
    return next(iter(_find(context, Row.number == number, Row.outcome.is_(None))), None)


def waiting(context: WebContext, departments: tuple[str, ...] | None) -> list[Proposal]:
    """The undecided proposals of some départements (None: all), the oldest first."""
    if departments is None:
        return _find(context, Row.outcome.is_(None))
    return _find(context, Row.outcome.is_(None), Row.department.in_(departments))


def by_id(context: WebContext, id_: int) -> Proposal | None:
    """A proposal, decided or not."""
    return next(iter(_find(context, Row.id == id_)), None)


def untold(context: WebContext, account: Account) -> list[Proposal]:
    """What this person proposed and somebody rejected, until they say that they read it."""
    return _find(context, Row.proposed_by == account.id, Row.outcome == "rejected", Row.told_at.is_(None))


def read(context: WebContext, proposal: Proposal, account: Account) -> None:
    """Its author read that it was rejected."""
    told = update(Row).where(Row.id == proposal.id, Row.proposed_by == account.id, Row.told_at.is_(None))
    write(context.engine, lambda connection: connection.execute(told.values(told_at=context.clock())))


def confirm(context: WebContext, proposal: Proposal, account: Account) -> tuple[Done | None, Issued | None]:
    """Revoke or replace, and note who confirmed, in one transaction: the desk's Done (None when the record was
    refused, see the other) and what was issued in the place of the old one.

    What a proposal says of a notification is left out: nothing was decided yet. Raises AlreadyDecided or ActRefused;
    then nothing changed.
    """
    author = not_none(context.directory.get(proposal.proposed_by)).author
    grounds = replace(proposal.grounds, notified_on=None)

    def also(connection: Connection, _done: Done) -> None:
        _decide(connection, context.clock(), proposal, "confirmed", account)

    if proposal.act == "revoke":
        return acts.do(context.desk(), "revoke", proposal.number, grounds, author, also), None
    if proposal.record is None:
        raise AlreadyDecided("Somebody else decided on this proposal meanwhile.")
    issued, done = acts.replace(
        context.desk(),
        proposal.number,
        Confirmed(proposal.record, proposal.warnings),
        grounds,
        author,
        also,
        proposal.another_holder,
    )
    if issued.status == "already_issued":
        raise AlreadyDecided("This replacement was made already.")
    return done, issued


def reject(context: WebContext, proposal: Proposal, account: Account, reason: str) -> None:
    """Note that it is not to be done, and why (1 to 500 characters). Raises AlreadyDecided."""
    write(
        context.engine, lambda connection: _decide(connection, context.clock(), proposal, "rejected", account, reason)
    )


def _decide(
    connection: Connection, now: int, proposal: Proposal, outcome: str, account: Account, reason: str | None = None
) -> None:
    done = connection.execute(
        update(Row)
        .where(Row.id == proposal.id, Row.outcome.is_(None))
        .values(outcome=outcome, decided_by=account.id, decided_at=now, reason=reason, record=None),
    )
    if not done.rowcount:
        raise AlreadyDecided("Somebody else decided on this proposal meanwhile.")
    details = {"proposal": proposal.id}
    noted = (
        chain.Act("proposal_confirmed", str(proposal.number), details)
        if outcome == "confirmed"
        else chain.Act("proposal_rejected", str(proposal.number), details)
    )
    chain.append(connection, now, account.author, [noted])


def _find(context: WebContext, *conditions: ColumnElement[bool]) -> list[Proposal]:
    with reading(context.engine) as connection:
        rows = connection.execute(select(Row.__table__).where(*conditions).order_by(Row.id).limit(200)).all()
        seals.trusted(connection, seals.table_of(Row), rows)
    return [_proposal(row) for row in rows]


def _proposal(row: SelectedRow[*tuple[Any, ...]]) -> Proposal:
    kept = json.loads(row.grounds)
    act, another_holder = kept.pop("act", "revoke"), kept.pop("another_holder", False)
    warnings = tuple(kept.pop("warnings", ()))
    return Proposal(
        row.id,
        row.number,
        row.department,
        act,
        _grounds(kept),
        json.loads(row.record) if row.record else None,
        another_holder,
        warnings,
        row.proposed_by,
        row.proposed_at,
        row.decided_by,
        row.decided_at,
        row.outcome,
        row.reason,
        row.told_at,
    )


def _grounds(kept: dict) -> Grounds:
    fields: dict[str, Any] = {name: date.fromisoformat(kept[name]) if name in _DAYS else kept[name] for name in kept}
    return Grounds(**fields)
