"""Anomalies of requests, as the service reports them to its agents. Pure: what is compared is handed in.

Each has a code whose words stand in the message files, and details for them.
"""

from collections.abc import Iterable
from datetime import date

from issuer.attestation.record_fields import twelve_months_after
from issuer.registry.request_tables import (
    ACCEPTE,
    DECIDED,
    EN_CONSTRUCTION,
    EN_INSTRUCTION,
    REFUSE,
    SANS_SUITE,
    WAITING,
)
from issuer.registry.requests import Request

CODES = (
    "no_start",
    "no_end",
    "end_before_start",
    "too_long",
    "late_message",
    "waiting",
    "twice",
    "burst",
    "reopened",
    "refused_after",
    "accepted_after",
    "conflict",
)
STICKY = ("burst", "conflict")
"""Those that only a person settles."""
GRAVE = ("reopened", "refused_after", "conflict", "burst")
DAY = 86_400
BURST_SECONDS, BURST_LEAST, BURST_TIMES = 3600, 20, 3
"""So many acceptances by one agent within so many seconds, and so many times that agent's busiest hour of the month
before.
"""
MONTH = 30 * DAY


def found_in(
    request: Request,
    now: int,
    waiting_days: int,
    same_person: Iterable[Request] = (),
    attestation_state: str | None = None,
) -> dict[str, dict]:
    """The anomalies of a request at UTC second ``now``: code → details. ``attestation_state`` is that of its
    attestation, if it has one.
    """
    if request.withdrawn_at is not None:
        return {"refused_after": {"state": "withdrawn"}} if attestation_state in ("valid", "suspended") else {}
    found: dict[str, dict] = {}
    start, end = _day(request.valid_from), _day(request.valid_until)
    if request.state == ACCEPTE:
        if start is None:
            found["no_start"] = {}
        if end is None:
            found["no_end"] = {}
    if request.state in (ACCEPTE, EN_INSTRUCTION) and start and end:
        if end < start:
            found["end_before_start"] = {}
        elif end >= twelve_months_after(start) and request.record.get("kind", "APT") == "APT":
            found["too_long"] = {}
    if (
        request.archived
        and request.state in DECIDED
        and request.last_message_at
        and request.last_message_at > (request.decided_at or now)
    ):
        found["late_message"] = {"at": request.last_message_at}
    if request.state in WAITING:
        since = (
            request.instructed_at if request.state == EN_INSTRUCTION and request.instructed_at else request.deposited_at
        )
        if now - since > waiting_days * DAY:
            found["waiting"] = {"since": since}
    twins = sorted(other.number for other in same_person if other.id != request.id and _collides(request, other))
    if twins and request.state not in (REFUSE, SANS_SUITE):
        found["twice"] = {"numbers": twins[:5]}
    if attestation_state == "valid" and request.state in (EN_CONSTRUCTION, EN_INSTRUCTION):
        found["reopened"] = {}
    if attestation_state in ("valid", "suspended") and request.state in (REFUSE, SANS_SUITE):
        found["refused_after"] = {"state": request.state}
    if attestation_state == "suspended" and request.state == ACCEPTE:
        found["accepted_after"] = {}
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _collides(one: Request, other: Request) -> bool:
    """The same employer, and periods that overlap; a period without both its days is taken as overlapping."""
    if other.withdrawn_at is not None or other.state in (REFUSE, SANS_SUITE):
        return False
    if one.employer_siret and other.employer_siret:
        same = one.employer_siret == other.employer_siret
    else:
        same = (
            bool(one.employer_name) and (one.employer_name or "").casefold() == (other.employer_name or "").casefold()
        )
    if not same:
        return False
    first, last, others_first, others_last = (
        _day(text) for text in (one.valid_from, one.valid_until, other.valid_from, other.valid_until)
    )
    if first is None or last is None or others_first is None or others_last is None:
        return True
    return first <= others_last and others_first <= last


def burst(times: list[int], at: int) -> dict | None:
    """Whether an agent's acceptances show an unusual burst at UTC second ``at``. ``times``: of the 30 days before and
    of this one, sorted.
    """
    recent = [time for time in times if at - BURST_SECONDS < time <= at]
    if len(recent) < BURST_LEAST:
        return None
    hours: dict[int, int] = {}
    for time in times:
        if time <= at - BURST_SECONDS:
            hours[time // BURST_SECONDS] = hours.get(time // BURST_SECONDS, 0) + 1
    usual = max(hours.values(), default=0)
    return {"count": len(recent), "usual": usual} if len(recent) > BURST_TIMES * usual else None
