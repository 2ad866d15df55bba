"""The form of an act: what the law asks of it, read into the desk's grounds."""

from dataclasses import dataclass, field
from datetime import date

from issuer.desk import Grounds
from issuer.desk.law import HEARD_FIRST, REASONS
from issuer.web.wording import t
from issuer.written.dates import typed_day

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
    """The grounds read off a form, or the problems: field → words."""

    grounds: Grounds | None = field(repr=False)
    problems: dict[str, str]


def reasons(act: str) -> list[str]:
    """The reason codes of an act, in the order of the form."""
    return [code for code in ORDER if code in REASONS.get(act, ())]


def read_grounds(act: str, typed: dict[str, str]) -> ActReading:
    """Read an act's form. Dates are read as people write them (:mod:`issuer.written.dates`)."""
    problems: dict[str, str] = {}
    reason = typed.get("reason") or None
    if act in REASONS and reason not in REASONS[act]:
        problems["reason"] = t("act.problem.reason")
    basis = " ".join(typed.get("legal_basis", "").split())
    if not basis:
        problems["legal_basis"] = t("act.problem.legal_basis")
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
            problems["heard_on"] = t("act.problem.heard_on")
        elif typed.get("heard") != "no":
            problems["heard"] = t("act.problem.heard")
    force = " ".join(typed.get("force", "").split()) or None
    if typed.get("heard") == "no" and reason in HEARD_FIRST and force is None:
        problems["force"] = t("act.problem.not_heard")
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


class NoDay(ValueError):
    """A text that is no day; ``words`` say why in the reader's language."""

    def __init__(self, words: str) -> None:
        super().__init__("no day")
        self.words = words


def read_day(text: str) -> date:
    """The day that somebody typed, as :func:`issuer.written.dates.typed_day` reads it. Raises NoDay."""
    found = typed_day(text)
    if found.certain:
        return date.fromisoformat(found.value or "")
    raise NoDay(day_refused(found.doubt or "", text))


def day_refused(doubt: str, text: str) -> str:
    """Why a text is not taken as a date, in words that repeat it."""
    kind = {"month_first": "impossible", "impossible": "impossible", "out_of_range": "out_of_range"}.get(
        doubt, "unread"
    )
    return t(f"day.{kind}", text=" ".join(text.split())[:40])


def _day(text: str, name: str, problems: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        return read_day(text)
    except NoDay as wrong:
        problems[name] = wrong.words
        return None
