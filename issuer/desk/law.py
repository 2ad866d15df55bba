"""The legal frame of the acts: reason codes, what each act may rest on, and the limits of the code (CRPA, read in
November 2026).

Retrait (as if never granted): ``fraud`` at any time (L241-2), ``unlawful`` within four months of
the decision (L242-1). Abrogation (from then on): ``condition_not_met`` without a limit (L242-2 1°),
``request`` of the beneficiary (L242-3, L242-4). ``court``: a judgment. ``error``: a clerical error,
mended by a new attestation or by none. ``inquiry``: a suspension while the facts are checked.
The person is heard first (L121-1, L211-2) unless they ask for it themselves or a court decides.
"""

from calendar import monthrange
from datetime import date

REVOKING = ("fraud", "unlawful", "condition_not_met", "request", "court", "error")
REASONS = {
    "suspend": ("inquiry", "court", "fraud", "error"),
    "revoke": REVOKING,
    "replace": ("request", "error", "condition_not_met", "unlawful", "court"),
}
"""Act → the reason codes it may bear."""

HEARD_FIRST = ("fraud", "unlawful", "condition_not_met")
"""Reasons for which the person is heard before the decision (CRPA L121-1, L211-2)."""

MONTHS = 4
"""CRPA L242-1: how long a decision that creates rights may be withdrawn or ended for unlawfulness."""


def last_day(decided: date) -> date:
    """The last day on which a decision taken on ``decided`` may be withdrawn or ended as unlawful: the same day four
    months on.
    """
    month = decided.month - 1 + MONTHS
    year, month = decided.year + month // 12, month % 12 + 1
    return date(year, month, min(decided.day, monthrange(year, month)[1]))


def is_late(reason: str | None, decided: date, today: date) -> bool:
    """Whether the four months of CRPA L242-1 stand against this act."""
    return reason == "unlawful" and today > last_day(decided)
