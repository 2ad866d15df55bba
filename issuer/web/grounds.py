"""The form of an act: what the law asks of it, read into the desk's grounds."""

from dataclasses import dataclass, field
from datetime import date

from issuer.desk import Grounds
from issuer.desk.law import HEARD_FIRST, REASONS
from issuer.intake.fields import iso_day

BASES = {
    "fraud": "CRPA, article L241-2",
    "unlawful": "CRPA, article L242-1",
    "condition_not_met": "CRPA, article L242-2, 1°",
    "request": "CRPA, article L242-4",
    "court": "",
    "error": "",
    "inquiry": "",
}
"""Reason → the legal basis that the form proposes."""
ORDER = ("condition_not_met", "fraud", "unlawful", "request", "court", "error", "inquiry")
RETRAIT = ("fraud", "unlawful")
"""Reasons of a retrait; the others end the attestation from then on (abrogation)."""


@dataclass(frozen=True)
class ActReading:
    """The grounds read off a form, or the problems: field → a key of the messages."""

    grounds: Grounds | None = field(repr=False)
    problems: dict[str, str]


def reasons(act: str) -> list[str]:
    """The reason codes of an act, in the order of the form."""
    return [code for code in ORDER if code in REASONS.get(act, ())]


def read_grounds(act: str, typed: dict[str, str]) -> ActReading:
    """Read an act's form. Dates may be ``05/01/2026`` or ``2026-01-05``."""
    problems: dict[str, str] = {}
    reason = typed.get("reason") or None
    if act in REASONS and reason not in REASONS[act]:
        problems["reason"] = "act.problem.reason"
    basis = " ".join(typed.get("legal_basis", "").split())
    if not basis:
        problems["legal_basis"] = "act.problem.legal_basis"
    days: dict[str, date | None] = {}
    for name in ("effective_on", "heard_on", "notified_on"):
        days[name] = _day(typed.get(name, ""), name, problems)
    if (
        act in ("revoke", "replace")
        and reason in HEARD_FIRST
        and days["heard_on"] is None
        and "heard_on" not in problems
    ):
        if typed.get("heard") == "yes":
            problems["heard_on"] = "act.problem.heard_on"
        elif typed.get("heard") != "no":
            problems["heard"] = "act.problem.heard"
    force = " ".join(typed.get("force", "").split()) or None
    if typed.get("heard") == "no" and reason in HEARD_FIRST and force is None:
        problems["force"] = "act.problem.not_heard"
    if problems:
        return ActReading(None, problems)
    return ActReading(
        Grounds(
            legal_basis=basis,
            reason=reason if act in REASONS else None,
            effective_on=days["effective_on"],
            notified_on=days["notified_on"],
            heard_on=days["heard_on"],
            force=force,
        ),
        {},
    )


def _day(text: str, name: str, problems: dict[str, str]) -> date | None:
    text = text.strip()
    if not text:
        return None
    try:
        return date.fromisoformat(iso_day(text))
    except ValueError:
        problems[name] = "act.problem.day"
        return None
