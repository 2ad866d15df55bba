"""Searching a million attestations, the last issued first, page after page.

A page goes on from the last row seen, never by counting rows; the order is that of issue (``id``).
A name is found by the beginning of any of its words, without accents.
"""

from dataclasses import dataclass

from sqlalchemy import Engine

from issuer.registry.criteria import Search, matching
from issuer.registry.database import reading
from issuer.registry.models import Attestation
from issuer.registry.queries import Archived, Entry, archives, entry_of

LARGEST_PAGE = 200

__all__ = ["LARGEST_PAGE", "Found", "Page", "Search", "find_page"]


@dataclass(frozen=True, repr=False)
class Found:
    """A line of a page: the entry, and its archive unless anonymised."""

    entry: Entry
    archived: Archived | None


@dataclass(frozen=True)
class Page:
    """A page of results; ``next`` is where the page that follows begins, None on the last."""

    found: tuple[Found, ...]
    next: tuple[int, int] | int | None


def find_page(engine: Engine, search: Search, limit: int = 50, after: int | None = None) -> Page:
    """A page of at most ``limit`` (1 to 200) attestations, the last issued first.

    ``after`` is the ``next`` of the page before. An unknown criterion value simply finds nothing.
    """
    limit = max(1, min(limit, LARGEST_PAGE))
    with reading(engine) as connection:
        query = matching(connection, search, Attestation.id)
        if after is not None:
            query = query.where(Attestation.id < after)
        entries = [entry_of(row) for row in connection.execute(query.order_by(Attestation.id.desc()).limit(limit + 1))]
        more = len(entries) > limit
        entries = entries[:limit]
        stored = archives(connection, [entry.id for entry in entries])
    return Page(tuple(Found(entry, stored.get(entry.id)) for entry in entries), entries[-1].id if more else None)
