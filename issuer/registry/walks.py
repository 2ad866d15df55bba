"""Reading the rows in the order wanted, past the years that are over, without looking at their rows.

The indexes of the orders that time gives (issue, first day, last day), and the one of the départements,
carry both ends of each attestation: what is over, or has yet to begin, is left at the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select

from issuer.registry.models import Attestation

if TYPE_CHECKING:
    from issuer.registry.criteria import Search

DAY = 86_400
IN_TIME = ("id", "not_before", "expires")
"""The columns of the orders that time gives."""
BY_ISSUE = "INDEXED BY ix_attestation_id_not_before_expires"
"""SQLite would take the index of the primary key, which gives the same order without the ends."""


def within(search: Search, checked: bool = False) -> Iterator[ColumnElement[bool]]:
    """What the criteria imply for the ends of an attestation; ``checked``: written so that no index can lead."""
    begins, ends = (
        (Attestation.not_before + 0, Attestation.expires + 0)
        if checked
        else (Attestation.not_before, Attestation.expires)
    )
    if search.valid_on is not None:
        midnight = int(
            datetime(search.valid_on.year, search.valid_on.month, search.valid_on.day, tzinfo=UTC).timestamp()
        )
        yield (
            ends > midnight
        )  # it ends on the day after at the earliest, at 00:00 of a zone that is 12 hours ahead at most
        yield (
            begins < midnight + DAY
        )  # it begins on that day at the latest, at 00:00 of a zone that is 11 hours behind at most
    if search.begins_after is not None:
        yield begins > search.begins_after
        yield ends > search.begins_after
    if search.expires_before is not None:
        yield ends < search.expires_before
        yield begins < search.expires_before


def walked(query: Select, column: ColumnElement, bounds: Iterable[ColumnElement[bool]]) -> Select:
    """``query`` that reads the rows in the order of ``column``: when time gives it, its index is entered within ``bounds``."""
    bounds = list(bounds)
    if column.key not in IN_TIME or not bounds:
        return query
    query = query.where(*bounds)
    return query.with_hint(Attestation, BY_ISSUE, "sqlite") if column.key == "id" else query
