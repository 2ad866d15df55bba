"""Suspending, reinstating, revoking and replacing: the allowed steps, their grounds and dates.

    valid ⇄ suspended        valid | suspended → revoked | replaced, for good

A decision that takes effect on a later day waits until then; the last decision replaces a waiting one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from issuer.attestation.places import time_zone
from issuer.attestation.entries import clean
from issuer.desk import law
from issuer.desk.errors import ActRefused
from issuer.desk.issuing import Issued, issue_group, open_signers, prepare
from issuer.desk.means import Means
from issuer.registry import chain, store
from issuer.registry.database import write
from issuer.registry.queries import Entry, find
from keys import latin

STEPS = {
    "suspend": (("valid",), "suspended"),
    "reinstate": (("suspended",), "valid"),
    "revoke": (("valid", "suspended"), "revoked"),
    "replace": (("valid", "suspended"), "replaced"),
}
"""Act → the states it may be done in, and the state it gives."""

LONGEST_TEXT = 500
"""Code points of a legal basis or of the reason of an override."""


@dataclass(frozen=True)
class Grounds:
    """What an act rests on.

    ``reason`` is a code of ``law.REASONS`` (None to reinstate); ``legal_basis`` 1 to 500 characters;
    days are those of the deciding département: ``effective_on`` (today by default, may be later),
    ``notified_on`` and ``heard_on`` when done already; ``force`` says why a legal time limit is passed over.
    """

    legal_basis: str
    reason: str | None = None
    effective_on: date | None = None
    notified_on: date | None = None
    heard_on: date | None = None
    force: str | None = None


@dataclass(frozen=True)
class Done:
    """An act that was done. ``state`` is the attestation's from ``effective_on`` on, ``waiting`` says that this day has yet to come.

    ``warnings`` are codes for the author: ``not_heard`` (CRPA L121-1), ``not_notified`` (no effect on the person before), ``forced``.
    """

    number: str
    act: str
    state: str
    effective_on: date
    waiting: bool = False
    warnings: tuple[str, ...] = ()


Along = Callable[[Connection, Done], None]
"""What goes along with an act, inside its transaction."""


def do(
    means: Means,
    act: str,
    number: int | str,
    grounds: Grounds,
    author: str,
    also: Along | None = None,
) -> Done:
    """Suspend, reinstate or revoke. Raises ActRefused, AuditError or RegistryError; then nothing changed.

    ``also`` writes into the same transaction once the act is written, of which it is told; what it raises undoes both.
    """
    chain.check_actor(author)

    def work(connection: Connection) -> Done:
        now = means.clock()
        store.settle(connection, now, author)
        entry = _allowed(connection, act, number)
        done = _record(means, connection, now, entry, act, grounds, author, None)
        if also is not None:
            also(connection, done)
        return done

    return write(means.engine, work)


def replace(
    means: Means, number: int | str, record: object, grounds: Grounds, author: str
) -> tuple[Issued, Done | None]:
    """Issue the attestation that replaces another, and mark the old one, in one transaction.

    A refused record changes nothing and gives ``(refused, None)``; the same reference and content
    again gives the same token and ``None``. Raises as :func:`do`.
    """
    chain.check_actor(author)
    asked = prepare(0, record, means.signatory)
    open_signers(means, [asked])

    def work(connection: Connection) -> tuple[Issued, Done | None]:
        now = means.clock()
        store.settle(connection, now, author)
        old = find(connection, number)
        if old is None:
            raise _unknown()
        reference = asked.record.reference if asked.record else None
        if reference is None or not store.known_references(connection, [reference]):
            _check_step(old, "replace")
            _check_grounds("replace", old, grounds, _today(old, now))
        issued = issue_group(means, connection, [asked], author, replaces=old.number)[0]
        if issued.status != "issued":
            return issued, None
        return issued, _record(means, connection, now, old, "replace", grounds, author, int(issued.number))

    return write(means.engine, work)


def renew(means: Means, number: int | str, record: object, author: str) -> Issued:
    """Issue the attestation that follows another, and note the link in the history of both, in one transaction.

    The former one stays as it is. A refused record changes nothing; the same reference and content again
    gives the same token and no second link. Raises as :func:`do`.
    """
    chain.check_actor(author)
    asked = prepare(0, record, means.signatory)
    open_signers(means, [asked])

    def work(connection: Connection) -> Issued:
        former = find(connection, number)
        if former is None:
            raise _unknown()
        issued = issue_group(means, connection, [asked], author)[0]
        if issued.status == "issued":
            made = find(connection, issued.number)
            for entry, act, other in ((former, "renew", made), (made, "renewal_of", former)):
                event = store.NewEvent(act, author, means.salt(), other_number=other.number)
                store.add_event(connection, means.clock(), entry, event, None)
        return issued

    return write(means.engine, work)


def note_notification(means: Means, number: int | str, notified_on: date, author: str) -> None:
    """Add the day on which the last decision was notified to the person. Raises as :func:`do`."""
    chain.check_actor(author)

    def work(connection: Connection) -> None:
        now = means.clock()
        entry = find(connection, number)
        if entry is None:
            raise _unknown()
        _check_past("notified", notified_on, _today(entry, now))
        event = store.NewEvent("notify", author, means.salt(), notified_on=notified_on)
        store.add_event(connection, now, entry, event, None)

    write(means.engine, work)


def _unknown() -> ActRefused:
    return ActRefused("unknown", "The registry holds no attestation of this number. Check its ten digits.")


def _allowed(connection: Connection, act: str, number: int | str) -> Entry:
    entry = find(connection, number)
    if entry is None:
        raise _unknown()
    _check_step(entry, act)
    return entry


def _check_step(entry: Entry, act: str) -> None:
    allowed, _ = STEPS[act]
    cancels = act == "reinstate" and entry.next_state is not None
    if entry.state not in allowed and not cancels:
        raise ActRefused(
            "state",
            f"The attestation is {entry.state}: the act {act} needs one that is {' or '.join(allowed)}. Nothing was changed.",
        )


def _today(entry: Entry, now: int) -> date:
    return datetime.fromtimestamp(now, time_zone(entry.department)).date()


def _text(code: str, what: str, value: str) -> str:
    text = clean(value) if isinstance(value, str) and len(value) <= LONGEST_TEXT else ""
    if not latin.follows(text, 1, LONGEST_TEXT):
        raise ActRefused(code, f"Give {what}, as a text of 1 to {LONGEST_TEXT} plain characters on one line.")
    return text


def _check_past(code: str, day: date | None, today: date) -> None:
    if day is not None and day > today:
        words = {"notified": "The notification date", "heard": "The date on which the person was heard"}[code]
        raise ActRefused(code, f"{words} has yet to come. Leave it out now and add it once it is done.")


def _check_grounds(act: str, entry: Entry, grounds: Grounds, today: date) -> None:
    reasons = law.REASONS.get(act)
    if reasons is None and grounds.reason is not None:
        raise ActRefused("reason", f"The act {act} bears no reason code. Leave it out.")
    if reasons is not None and grounds.reason not in reasons:
        raise ActRefused("reason", f"This reason code does not fit the act {act}. Use one of: {', '.join(reasons)}.")
    decided = datetime.fromtimestamp(entry.issued_at, time_zone(entry.department)).date()
    earliest = min(entry.valid_from, decided)
    if grounds.effective_on is not None and grounds.effective_on < earliest:
        raise ActRefused(
            "effective", f"The effective date is before the attestation itself. Give {earliest} or a later day."
        )
    if grounds.effective_on is not None and grounds.effective_on > max(entry.valid_until, today):
        raise ActRefused(
            "effective",
            f"The effective date is after the attestation has expired. Give {entry.valid_until} or an earlier day.",
        )
    _check_past("notified", grounds.notified_on, today)
    _check_past("heard", grounds.heard_on, today)
    if law.is_late(grounds.reason, decided, today) and grounds.force is None:
        raise ActRefused(
            "late",
            f"An unlawful decision can be withdrawn or ended within four months only (CRPA L242-1): here until {law.last_day(decided)}. "
            "Use another reason code if one fits, or give in writing why the limit does not apply.",
        )


def _record(
    means: Means,
    connection: Connection,
    now: int,
    entry: Entry,
    act: str,
    grounds: Grounds,
    author: str,
    other: int | None,
) -> Done:
    today = _today(entry, now)
    _check_grounds(act, entry, grounds, today)
    basis = _text("basis", "the legal basis of the act", grounds.legal_basis)
    forced = None if grounds.force is None else _text("force", "why the legal limit does not apply", grounds.force)
    effective = grounds.effective_on or today
    waiting = effective > today
    effective_at = None
    if waiting:
        effective_at = int(
            datetime(effective.year, effective.month, effective.day, tzinfo=time_zone(entry.department))
            .astimezone(UTC)
            .timestamp()
        )
    state = STEPS[act][1]
    event = store.NewEvent(
        act,
        author,
        means.salt(),
        grounds.reason,
        basis,
        effective,
        grounds.notified_on,
        grounds.heard_on,
        forced,
        other,
    )
    store.add_event(connection, now, entry, event, state, effective_at)
    warnings = [
        code
        for code, holds in (
            ("not_heard", act != "suspend" and grounds.reason in law.HEARD_FIRST and grounds.heard_on is None),
            ("not_notified", grounds.notified_on is None),
            ("forced", forced is not None),
        )
        if holds
    ]
    return Done(str(entry.number), act, state, effective, waiting, tuple(warnings))
