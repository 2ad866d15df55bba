"""Suspending, reinstating, revoking and replacing: the allowed steps, their grounds and dates.

    valid ⇄ suspended        valid | suspended → revoked | replaced, for good

A decision that takes effect on a later day waits until then; the last decision replaces a waiting one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from issuer.attestation.places import local_day, local_midnight
from issuer.attestation.record import Record
from issuer.attestation.record_fields import clean
from issuer.desk import law
from issuer.desk.context import DeskContext
from issuer.desk.errors import ActRefused
from issuer.desk.issuing import Issued, issue_group, open_signers, prepare
from issuer.registry import chain, store
from issuer.registry.database import reading, write
from issuer.registry.models import Event
from issuer.registry.queries import Archived, RegisteredAttestation, archives, find
from keys import latin

STEPS = {
    "suspend": (("valid",), "suspended"),
    "reinstate": (("suspended",), "valid"),
    "revoke": (("valid", "suspended"), "revoked"),
    "replace": (("valid", "suspended"), "replaced"),
}
"""Act → the states it may be done in, and the state it gives."""

HOLDER = ("family_name", "given_names", "birth_date", "nationality")
"""The fields that say whose paper it is."""

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
    """An act that was done. ``state`` is the attestation's from ``effective_on`` on, ``waiting`` says that this day has
    yet to come.

    ``warnings`` are codes for the author: ``not_heard`` (CRPA L121-1), ``not_notified`` (no effect on the person
    before), ``forced``.
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
    context: DeskContext,
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
        now = context.clock()
        store.settle(connection, now, author)
        attestation = _allowed(connection, act, number)
        done = _record(context, connection, attestation, act, at=now, grounds=grounds, author=author)
        if also is not None:
            also(connection, done)
        return done

    return write(context.engine, work)


def check(
    context: DeskContext,
    act: str,
    number: int | str,
    grounds: Grounds,
    record: Record | None = None,
    another_holder: bool = False,
) -> None:
    """Raise ActRefused as :func:`do`, or :func:`replace` with its ``record``, would now; nothing is written."""
    with reading(context.engine) as connection:
        attestation = _allowed(connection, act, number)
        _check_grounds(act, attestation, grounds, local_day(attestation.department, context.clock()))
        _checked_texts(grounds)
        if record is not None:
            _check_holder(connection, attestation, record, another_holder)


def other_holder(former: Archived | None, record: Mapping[str, object]) -> tuple[str, ...]:
    """The fields of :data:`HOLDER` in which a record (by JSON names) is about somebody else than a former attestation:
    all of them when this one was anonymised.
    """
    if former is None:
        return HOLDER
    before = former.claims.to_json()
    return tuple(name for name in HOLDER if (before.get(name) or None) != (record.get(name) or None))


def replace(
    context: DeskContext,
    number: int | str,
    record: object,
    grounds: Grounds,
    author: str,
    also: Along | None = None,
    another_holder: bool = False,
) -> tuple[Issued, Done | None]:
    """Issue the attestation that replaces another, and mark the old one, in one transaction.

    A refused record changes nothing and gives ``(refused, None)``; the same reference and content
    again gives the same token and ``None``. A record about somebody else than the old attestation is refused unless
    ``another_holder`` says that it is meant; then the audit trail tells which fields differ. ``also`` as in
    :func:`do`. Raises as :func:`do`.
    """
    chain.check_actor(author)
    asked = prepare(0, record, context.signatory)
    open_signers(context, [asked])

    def work(connection: Connection) -> tuple[Issued, Done | None]:
        now = context.clock()
        store.settle(connection, now, author)
        old = find(connection, number)
        if old is None:
            raise _unknown()
        reference = asked.record.reference if asked.record else None
        if reference is None or not store.known_references(connection, [reference]):
            _check_step(old, "replace")
            _check_grounds("replace", old, grounds, local_day(old.department, now))
            changed = _check_holder(connection, old, asked.record, another_holder) if asked.record else ()
        else:
            changed = ()
        issued = issue_group(context, connection, [asked], author, replaces=old.number)[0]
        if issued.status != "issued" or issued.number is None:
            return issued, None
        done = _record(
            context, connection, old, "replace", at=now, grounds=grounds, author=author, other=int(issued.number)
        )
        if changed:
            noted = chain.Act("other_holder", str(old.number), {"other": issued.number, "fields": list(changed)})
            chain.append(connection, now, author, [noted])
        if also is not None:
            also(connection, done)
        return issued, done

    return write(context.engine, work)


def renew(context: DeskContext, number: int | str, record: object, author: str) -> Issued:
    """Issue the attestation that follows another, and note the link in the history of both, in one transaction.

    The former one stays as it is. A refused record changes nothing; the same reference and content again
    gives the same token and no second link. Raises as :func:`do`.
    """
    chain.check_actor(author)
    asked = prepare(0, record, context.signatory)
    open_signers(context, [asked])

    def work(connection: Connection) -> Issued:
        former = find(connection, number)
        if former is None:
            raise _unknown()
        issued = issue_group(context, connection, [asked], author)[0]
        if issued.status == "issued" and issued.number is not None:
            made = find(connection, issued.number)
            if made is None:
                raise _unknown()
            for attestation, act, other in ((former, "renew", made), (made, "renewal_of", former)):
                event = store.NewEvent(act, author, context.salt(), other_number=other.number)
                store.add_event(connection, context.clock(), attestation, event, None)
        return issued

    return write(context.engine, work)


def note_notification(context: DeskContext, number: int | str, notified_on: date, author: str) -> None:
    """Add the day on which the last decision was notified to the person. Raises as :func:`do`."""
    chain.check_actor(author)

    def work(connection: Connection) -> None:
        now = context.clock()
        attestation = find(connection, number)
        if attestation is None:
            raise _unknown()
        _check_notified(notified_on, _last_decided(connection, attestation), local_day(attestation.department, now))
        event = store.NewEvent("notify", author, context.salt(), notified_on=notified_on)
        store.add_event(connection, now, attestation, event, None)

    write(context.engine, work)


def _unknown() -> ActRefused:
    return ActRefused("unknown", "The registry holds no attestation of this number. Check its ten digits.")


def _allowed(connection: Connection, act: str, number: int | str) -> RegisteredAttestation:
    attestation = find(connection, number)
    if attestation is None:
        raise _unknown()
    _check_step(attestation, act)
    return attestation


def _check_step(attestation: RegisteredAttestation, act: str) -> None:
    allowed, _ = STEPS[act]
    cancels = act == "reinstate" and attestation.next_state is not None
    if attestation.state not in allowed and not cancels:
        raise ActRefused(
            "state",
            f"The attestation is {attestation.state}: the act {act} needs one that is {' or '.join(allowed)}."
            " Nothing was changed.",
        )


def _text(code: str, what: str, value: str) -> str:
    text = clean(value) if isinstance(value, str) and len(value) <= LONGEST_TEXT else ""
    if not latin.follows(text, 1, LONGEST_TEXT):
        raise ActRefused(code, f"Give {what}, as a text of 1 to {LONGEST_TEXT} plain characters on one line.")
    return text


def _check_past(code: str, day: date | None, today: date) -> None:
    if day is not None and day > today:
        words = {"notified": "The notification date", "heard": "The date on which the person was heard"}[code]
        raise ActRefused(code, f"{words} has yet to come. Leave it out now and add it once it is done.")


def _check_notified(day: date | None, decided: date, today: date) -> None:
    """A decision is notified between the day on which it was taken and today."""
    _check_past("notified", day, today)
    if day is not None and day < decided:
        raise ActRefused(
            "notified_before",
            f"The notification date is before the decision itself, which was taken on {decided}. Give {decided} or a"
            " later day.",
        )


def _last_decided(connection: Connection, attestation: RegisteredAttestation) -> date:
    """The département's day of the last decision on an attestation: its issue, or the last act that is one."""
    at = connection.scalar(
        select(func.max(Event.at)).where(Event.attestation_id == attestation.id, Event.act.in_(tuple(STEPS)))
    )
    return attestation.issued_on if at is None else local_day(attestation.department, at)


def _check_holder(
    connection: Connection, former: RegisteredAttestation, record: Record, another_holder: bool
) -> tuple[str, ...]:
    """The fields of the holder that differ. Raises ActRefused when some do and nobody said that it is meant."""
    changed = other_holder(archives(connection, [former.id]).get(former.id), record.to_json())
    if changed and not another_holder:
        raise ActRefused(
            "holder",
            f"The replacement is about another holder than {former.number}: {', '.join(changed)} differ."
            " Correct the record, or say that the change is meant.",
            changed,
        )
    return changed


def _checked_texts(grounds: Grounds) -> tuple[str, str | None]:
    """The legal basis and the reason of an override, cleaned. Raises ActRefused."""
    basis = _text("basis", "the legal basis of the act", grounds.legal_basis)
    return basis, None if grounds.force is None else _text("force", "why the legal limit does not apply", grounds.force)


def _check_grounds(act: str, attestation: RegisteredAttestation, grounds: Grounds, today: date) -> None:
    reasons = law.REASONS.get(act)
    if reasons is None and grounds.reason is not None:
        raise ActRefused("reason", f"The act {act} bears no reason code. Leave it out.")
    if reasons is not None and grounds.reason not in reasons:
        raise ActRefused("reason", f"This reason code does not fit the act {act}. Use one of: {', '.join(reasons)}.")
    earliest = min(attestation.valid_from, attestation.issued_on)
    if grounds.effective_on is not None and grounds.effective_on < earliest:
        raise ActRefused(
            "effective", f"The effective date is before the attestation itself. Give {earliest} or a later day."
        )
    if grounds.effective_on is not None and grounds.effective_on > max(attestation.valid_until, today):
        raise ActRefused(
            "effective",
            f"The effective date is after the attestation has expired. Give {attestation.valid_until} or an earlier"
            " day.",
        )
    _check_notified(grounds.notified_on, today, today)
    _check_past("heard", grounds.heard_on, today)
    if law.is_late(grounds.reason, attestation.issued_on, today) and grounds.force is None:
        raise ActRefused(
            "late",
            "An unlawful decision can be withdrawn or ended within four months only (CRPA L242-1): here until"
            f" {law.last_day(attestation.issued_on)}. Use another reason code if one fits, or give in writing why the"
            " limit does not apply.",
        )


def _record(
    context: DeskContext,
    connection: Connection,
    attestation: RegisteredAttestation,
    act: str,
    *,
    at: int,
    grounds: Grounds,
    author: str,
    other: int | None = None,
) -> Done:
    """Write an act done ``at`` (UTC seconds); ``other`` is the number of the attestation that replaces this one."""
    today = local_day(attestation.department, at)
    _check_grounds(act, attestation, grounds, today)
    basis, forced = _checked_texts(grounds)
    effective = grounds.effective_on or today
    waiting = effective > today
    effective_at = local_midnight(attestation.department, effective) if waiting else None
    state = STEPS[act][1]
    event = store.NewEvent(
        act=act,
        author=author,
        salt=context.salt(),
        reason=grounds.reason,
        legal_basis=basis,
        effective_on=effective,
        notified_on=grounds.notified_on,
        heard_on=grounds.heard_on,
        forced=forced,
        other_number=other,
    )
    store.add_event(connection, at, attestation, event, state, effective_at)
    warnings = [
        code
        for code, holds in (
            ("not_heard", act != "suspend" and grounds.reason in law.HEARD_FIRST and grounds.heard_on is None),
            ("not_notified", grounds.notified_on is None),
            ("forced", forced is not None),
        )
        if holds
    ]
    return Done(str(attestation.number), act, state, effective, waiting, tuple(warnings))
