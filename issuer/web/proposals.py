"""Revocations that wait for a second person, where the settings ask for one."""

import json
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, insert, select, update

from issuer.accounts.directory import Account
from issuer.desk import Grounds
from issuer.registry import chain
from issuer.registry.account_tables import Proposal as Row
from issuer.registry.database import reading, write
from keys.errors import WifError


class AlreadyDecided(WifError):
    """A proposal that somebody else confirmed or rejected first."""


_DAYS = ("effective_on", "notified_on", "heard_on")


@dataclass(frozen=True)
class Proposal:
    """A revocation somebody proposed. Times are UTC seconds."""

    id: int
    number: int
    department: str
    grounds: Grounds = field(repr=False)
    proposed_by: int
    proposed_at: int
    decided_by: int | None
    decided_at: int | None
    outcome: str | None


def propose(office, entry, grounds: Grounds, account: Account) -> int:
    """Note a proposal; its internal number."""
    kept = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in vars(grounds).items()
        if value is not None
    }

    def work(connection: Connection) -> int:
        now = office.clock()
        made = connection.execute(
            insert(Row).values(
                number=entry.number,
                department=entry.department,
                grounds=json.dumps(kept),
                proposed_by=account.id,
                proposed_at=now,
            )
        )
        id_ = made.inserted_primary_key[0]
        chain.append(
            connection,
            now,
            account.author,
            [chain.Act("propose_revoke", str(entry.number), {"proposal": id_, "reason": grounds.reason})],
        )
        return id_

    return write(office.engine, work)


def waiting_for(office, number: int) -> Proposal | None:
    """The undecided proposal about an attestation."""
    return next(iter(_find(office, Row.number == number, Row.outcome.is_(None))), None)


def waiting(office, departments: tuple[str, ...] | None) -> list[Proposal]:
    """The undecided proposals of some départements (None: all), the oldest first."""
    if departments is None:
        return _find(office, Row.outcome.is_(None))
    return _find(office, Row.outcome.is_(None), Row.department.in_(departments))


def by_id(office, id_: int) -> Proposal | None:
    """A proposal, decided or not."""
    return next(iter(_find(office, Row.id == id_)), None)


def confirm(office, proposal: Proposal, account: Account):
    """Revoke, and note who confirmed, in one transaction; the desk's Done. Raises AlreadyDecided or ActRefused; then nothing changed."""
    author = office.directory.get(proposal.proposed_by).author
    return office.desk().revoke(
        proposal.number,
        proposal.grounds,
        author,
        lambda connection, _done: _decide(connection, office.clock(), proposal, "confirmed", account),
    )


def reject(office, proposal: Proposal, account: Account) -> None:
    """Note that it is not to be done. Raises AlreadyDecided."""
    write(office.engine, lambda connection: _decide(connection, office.clock(), proposal, "rejected", account))


def _decide(connection: Connection, now: int, proposal: Proposal, outcome: str, account: Account) -> None:
    done = connection.execute(
        update(Row)
        .where(Row.id == proposal.id, Row.outcome.is_(None))
        .values(outcome=outcome, decided_by=account.id, decided_at=now),
    )
    if not done.rowcount:
        raise AlreadyDecided("Somebody else decided on this proposal meanwhile.")
    chain.append(
        connection,
        now,
        account.author,
        [chain.Act(f"proposal_{outcome}", str(proposal.number), {"proposal": proposal.id})],
    )


def _find(office, *conditions) -> list[Proposal]:
    with reading(office.engine) as connection:
        rows = connection.execute(select(Row.__table__).where(*conditions).order_by(Row.id).limit(200)).all()
    return [
        Proposal(
            r.id,
            r.number,
            r.department,
            _grounds(json.loads(r.grounds)),
            r.proposed_by,
            r.proposed_at,
            r.decided_by,
            r.decided_at,
            r.outcome,
        )
        for r in rows
    ]


def _grounds(kept: dict) -> Grounds:
    return Grounds(**{name: date.fromisoformat(value) if name in _DAYS else value for name, value in kept.items()})
