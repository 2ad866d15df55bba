"""Synchronising a démarche: what changed since the last run, page after page, each page whole or not at all.

1. A run begins an overlap before the latest modification seen, by the times of Démarches simplifiées: a clock here that
is ahead loses nothing, and
   one that is behind only reads more than it must. A modification dated in the future does not make the next run begin
   there.
2. Each page and the cursor after it are committed together; a killed run goes on where it stopped.
3. Withdrawals come with the first page: a run with nothing new is one call.
4. A page whose cursor repeats ends the run and is said; what came before is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from issuer.demarches import registering
from issuer.demarches.context import DemarchesContext
from issuer.demarches.errors import DemarchesError
from issuer.demarches.mapping import Mapping
from issuer.demarches.registering import Tally
from issuer.demarches.source import Page, Source, instant
from issuer.registry import progress
from issuer.registry.database import reading, write
from keys.errors import not_none

MOST_PAGES = 100_000
"""Pages of one run; a démarche has fewer, so more is an endless answer."""


@dataclass(frozen=True)
class Ran:
    """What a run of one démarche did. ``error`` is a code of :data:`issuer.demarches.errors.WORDS`, None when all went
    well.
    """

    demarche: int
    tally: Tally
    calls: int
    error: str | None = None


def synchronise(
    context: DemarchesContext,
    source: Source,
    demarche: int,
    whole: bool = False,
    go_on: Callable[[Tally], bool] = lambda tally: True,
) -> Ran:
    """Bring one démarche up to date; ``whole`` reads it all again. When ``go_on`` says no after a page, the next run
    goes on there. Raises ConfigError without a mapping; errors of the source are in the answer.
    """
    mapping, overlap = context.mapping(demarche), not_none(context.settings).overlap
    tally, before = Tally(), source.client.calls
    with reading(context.engine) as connection:
        state = progress.progress(connection, demarche)
    if whole or state.cursor is None:
        since = 0 if whole else max(0, state.newest - overlap)
        state = replace(state, since=since, cursor=None, started_at=context.clock(), dossiers=0, requests=0)
    try:
        for _ in range(MOST_PAGES):
            first = state.cursor is None
            page = source.page(
                demarche,
                state.since,
                state.cursor,
                max(0, state.deleted_since - overlap) if first else None,
            )
            repeats = page.more and (page.cursor is None or page.cursor == state.cursor)
            state = _taken(context, state, demarche, mapping, page, tally, repeats)
            wanted = go_on(tally)
            if repeats:
                raise DemarchesError("cursor_repeated")
            if not page.more:
                break
            if not wanted:
                return Ran(demarche, tally, source.client.calls - before)
    except DemarchesError as error:
        state = replace(
            state,
            error=error.code,
            requests=source.client.calls - before,
            cursor=None if error.code == "cursor_repeated" else state.cursor,
        )
        write(context.engine, lambda connection: progress.save(connection, state))
        return Ran(demarche, tally, source.client.calls - before, error.code)
    state = replace(state, finished_at=context.clock(), error=None, requests=source.client.calls - before)
    write(context.engine, lambda connection: progress.save(connection, state))
    return Ran(demarche, tally, source.client.calls - before)


def _taken(
    context: DemarchesContext,
    state: progress.Progress,
    demarche: int,
    mapping: Mapping,
    page: Page,
    tally: Tally,
    repeats: bool,
) -> progress.Progress:
    """Commit a page with the cursor after it; the new state."""
    deciders = [registering.decider(context, dossier) for dossier in page.dossiers]
    now = context.clock()
    newest = [
        min(at, now)
        for dossier in (*page.dossiers, *page.unreadable)
        if (at := instant(dossier.get("dateDerniereModification"))) is not None
    ]
    after = replace(
        state,
        cursor=page.cursor if page.more and not repeats else None,
        newest=max([state.newest, *newest]),
        deleted_since=max([state.deleted_since, *page.withdrawn.values()]),
        dossiers=state.dossiers + len(page.dossiers) + len(page.unreadable),
    )

    def work(connection: Connection) -> Tally:
        found = Tally()
        registering.take(context, connection, demarche, mapping, page.dossiers, deciders, found)
        for dossier in page.unreadable:
            registering.take_bare(context, connection, demarche, dossier, found)
        if page.withdrawn:
            registering.withdraw(context, connection, page.withdrawn, found)
        progress.save(connection, after)
        return found

    done = write(context.engine, work)
    for name, count in vars(done).items():
        setattr(tally, name, getattr(tally, name) + count)
    return after
