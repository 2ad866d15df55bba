"""Searching a million attestations, the most recently issued first, page after page.

Every criterion has an index that also gives the order; pages go on from the last row seen, never
by counting rows. A name is found by the beginning of any of its words, without accents.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine, Select, and_, false, select, tuple_

from issuer.registry.database import reading
from issuer.registry.models import STATES, Attestation, NameWord, ReferenceUse
from issuer.registry.names import fold, words
from issuer.registry.queries import ENTRY_COLUMNS, Archived, Entry, archives, entry_of

MOST_WORDS = 6
"""Words of a name that are looked for; the others are left out."""
SHORTEST_PREFIX = 2
"""A word of fewer letters must be the whole word."""
LARGEST_PAGE = 200
SIRET_LENGTH = 14

Cursor = tuple[int, int]
"""Where a page ends: (issued_at, id) of its last row."""


@dataclass(frozen=True)
class Search:
    """What is looked for; all the given criteria hold together.

    ``names`` any words of the holder's names; ``employer`` the beginning of the employer's name;
    ``states`` words of ``models.STATES``; ``issued_from`` and ``issued_until`` UTC seconds, both
    included; ``valid_on`` a day on which the attestation is within its dates; ``expires_before`` and
    ``begins_after`` UTC seconds; ``siret`` 14 digits, or the 9 of a SIREN.
    """

    names: str = field(default="", repr=False)
    siret: str | None = field(default=None, repr=False)
    employer: str = field(default="", repr=False)
    reference: str | None = field(default=None, repr=False)
    department: str | None = None
    kind: str | None = None
    states: tuple[str, ...] = ()
    issued_from: int | None = None
    issued_until: int | None = None
    valid_on: date | None = None
    expires_before: int | None = None
    begins_after: int | None = None


@dataclass(frozen=True, repr=False)
class Found:
    """A line of a page: the entry, and its archive unless anonymised."""

    entry: Entry
    archived: Archived | None


@dataclass(frozen=True)
class Page:
    """A page of results; ``next`` is the cursor of the page that follows, None on the last."""

    found: tuple[Found, ...]
    next: Cursor | None


def _beginning_with(column, text: str):
    return and_(column >= text, column < text + "[") if len(text) >= SHORTEST_PREFIX else column == text


def criteria(search: Search) -> Select:
    """The query of the entries that meet every criterion, in no order yet."""
    query = select(*ENTRY_COLUMNS)
    names, employer = words(search.names), fold(search.employer)
    if (search.names.strip() and not names) or (search.employer.strip() and not employer):
        return query.where(false())
    for word in sorted(names, key=len, reverse=True)[:MOST_WORDS]:
        query = query.where(Attestation.id.in_(select(NameWord.attestation_id).where(_beginning_with(NameWord.word, word))))
    if employer:
        query = query.where(_beginning_with(Attestation.employer_key, employer))
    if search.reference is not None:
        query = query.where(Attestation.id.in_(select(ReferenceUse.attestation_id).where(ReferenceUse.reference == search.reference)))
    if search.siret is not None:
        siren = len(search.siret) < SIRET_LENGTH
        query = query.where(_beginning_with(Attestation.employer_siret, search.siret) if siren else Attestation.employer_siret == search.siret)
    for column, value in (
        (Attestation.department, search.department), (Attestation.kind, search.kind),
    ):
        if value is not None:
            query = query.where(column == value)
    if search.states:
        query = query.where(Attestation.state.in_([STATES.index(word) for word in search.states if word in STATES]))
    if search.issued_from is not None:
        query = query.where(Attestation.issued_at >= search.issued_from)
    if search.issued_until is not None:
        query = query.where(Attestation.issued_at <= search.issued_until)
    if search.valid_on is not None:
        query = query.where(Attestation.valid_from <= search.valid_on, Attestation.valid_until >= search.valid_on)
    if search.expires_before is not None:
        query = query.where(Attestation.expires < search.expires_before)
    if search.begins_after is not None:
        query = query.where(Attestation.not_before > search.begins_after)
    return query


def find_page(engine: Engine, search: Search, limit: int = 50, after: Cursor | None = None) -> Page:
    """A page of at most ``limit`` (1 to 200) attestations, the most recently issued first.

    ``after`` is the ``next`` of the page before. An unknown criterion value simply finds nothing.
    """
    limit = max(1, min(limit, LARGEST_PAGE))
    query = criteria(search)
    if after is not None:
        query = query.where(tuple_(Attestation.issued_at, Attestation.id) < tuple_(*after))
    query = query.order_by(Attestation.issued_at.desc(), Attestation.id.desc()).limit(limit + 1)
    with reading(engine) as connection:
        entries = [entry_of(row) for row in connection.execute(query)]
        more = len(entries) > limit
        entries = entries[:limit]
        stored = archives(connection, [entry.id for entry in entries])
    last = (entries[-1].issued_at, entries[-1].id) if more else None
    return Page(tuple(Found(entry, stored.get(entry.id)) for entry in entries), last)
