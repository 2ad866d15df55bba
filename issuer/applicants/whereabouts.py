"""Where a request stands, in steps: what its applicant is shown. It holds no name, no employer and no ground of a
decision.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from issuer.attestation.numbers import read_typed
from issuer.registry.request_tables import DECIDED, EN_CONSTRUCTION, EN_INSTRUCTION, WAITING
from issuer.registry.requests import Happening, Request

LONGEST_NUMBER = 18
"""Digits of a number: more would not fit the database."""
_PADDED = 32
"""Bytes to which birth dates are padded before they are compared."""


@dataclass(frozen=True)
class Step:
    """A step: ``name`` is ``deposited``, ``instructed``, ``decided`` or ``attested``; ``at`` UTC seconds when it was
    reached; ``how`` ``done``, ``current`` or ``next``.
    """

    name: str
    at: int | None
    how: str


@dataclass(frozen=True)
class Whereabouts:
    """What an applicant is told of a request."""

    number: int
    state: str
    """A state of the field, or ``withdrawn`` or ``reopened``."""
    steps: tuple[Step, ...]
    awaited_from: str
    awaited: str
    waiting: bool
    """Whether a decision is still to come: then an estimate makes sense."""
    waited: int
    """Seconds since the deposit."""


def read_number(typed: str) -> int | None:
    """The number of a request or a dossier as people type it (:func:`issuer.attestation.numbers.read_typed`); None for
    what is no number.
    """
    found = read_typed(typed)
    return int(found[0]) if found and len(found[0]) <= LONGEST_NUMBER and int(found[0]) else None


def matching(candidates: Sequence[tuple[int, str | None]], birth_date: str) -> int | None:
    """The id of the candidate (at most two: id, stored birth date) that was born on ``birth_date``, else None.

    Always two comparisons in constant time, with stand-ins where candidates lack or were erased: an unknown number
    costs what a wrong date costs.
    """
    given, found = _padded(birth_date), None
    for request_id, stored in [*candidates, (0, None), (0, None)][:2]:
        same = hmac.compare_digest(_padded(stored or "-"), given)
        if same and stored:
            found = request_id
    return found


def _padded(text: str) -> bytes:
    return text.encode()[:_PADDED].ljust(_PADDED, b"\0")


def whereabouts(request: Request, history: Sequence[Happening], now: int) -> Whereabouts:
    """What to show of this request at UTC second ``now``."""
    attested = (
        next((line.at for line in reversed(history) if line.what == "attested"), None) if request.attestation else None
    )
    reopened = any(line.what == "reopened" for line in history) and request.state in WAITING
    decided_at = request.decided_at if request.state in DECIDED else None
    reached = [("deposited", request.deposited_at), ("instructed", request.instructed_at), ("decided", decided_at)]
    if request.state not in ("refuse", "sans_suite"):
        reached.append(("attested", attested))
    if decided_at is not None and request.instructed_at is None:
        reached = [step for step in reached if step[0] != "instructed"]
    steps, current = [], request.withdrawn_at is None
    for name, at in reached:
        done = at is not None and not (name == "instructed" and request.state in (EN_CONSTRUCTION, EN_INSTRUCTION))
        steps.append(Step(name, at, "done" if done else "current" if current else "next"))
        current = current and done
    state = "withdrawn" if request.withdrawn_at is not None else "reopened" if reopened else request.state
    waiting = request.state in WAITING and request.withdrawn_at is None
    awaited = ("personne", "rien") if request.withdrawn_at is not None else (request.awaited_from, request.awaited)
    return Whereabouts(request.shown_number, state, tuple(steps), *awaited, waiting, max(0, now - request.deposited_at))
