"""The worker beside the pages: synchronises, works the outbox off and looks for anomalies. One in each process, one at
work at a time.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable

from sqlalchemy import Connection

from issuer.background import BackgroundLoop
from issuer.demarches import delivering, registering
from issuer.demarches.context import DemarchesContext
from issuer.demarches.synchronising import Ran, synchronise
from issuer.registry import alerts, outbox, progress, requests
from issuer.registry.database import write
from issuer.registry.faults import tampered_passed_over

_LOG = logging.getLogger("wif.demarches")
LEASE = "demarches"
LEASE_SECONDS = 180
"""Longer than the longest single call with its waiting."""
ANOMALIES, ANOMALIES_SECONDS = "anomalies", 300
"""The lease that no process renews: so anomalies are worked out again once in so many seconds."""
LOOK = 15
"""Seconds between two looks at the outbox."""
DAY = 86_400


def worker(context: DemarchesContext, delay: float = LOOK) -> BackgroundLoop:
    """The thread. ``delay`` is the seconds between two looks; whether it is time to synchronise is told by the
    registry.
    """

    def take_a_turn(stopped: Callable[[], bool]) -> bool:
        turn(context, holder(), stop=stopped)
        return True

    return BackgroundLoop("requests", take_a_turn, delay, _LOG)


def holder() -> str:
    """This process and thread, for a lease."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{threading.get_ident() % 1_000_000}"


def turn(
    context: DemarchesContext,
    name: str,
    force: bool = False,
    whole: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> list[Ran] | None:
    """One turn, if anything is due and no other process is at it (else None): dossiers, the outbox, anomalies.

    ``force`` synchronises although it is not time, and works on until nothing is due any more. Raises ConfigError or
    RegistryError.
    """
    if not force and not is_due(context):
        return None
    if not progress.take_lease(context.engine, LEASE, name, context.clock(), LEASE_SECONDS):
        return None

    def go_on(*_: object) -> bool:
        return not stop() and progress.take_lease(context.engine, LEASE, name, context.clock(), LEASE_SECONDS)

    ran: list[Ran] = []
    try:
        for demarche in context.settings.numbers if force and context.settings else due_demarches(context):
            source = context.source()
            try:
                ran.append(synchronise(context, source, demarche, whole, go_on))
            finally:
                source.client.close()
        while outbox.due(context.engine, context.clock(), 1) and delivering.work_off(context, go_on=go_on):
            if not force:
                break
        if progress.take_lease(
            context.engine, ANOMALIES, f"{name}-{context.clock()}", context.clock(), ANOMALIES_SECONDS
        ):
            look_for_anomalies(context)
            if count := outbox.tampered(context.engine):
                _LOG.error("requests: rows of the outbox were changed by another way", extra={"reason": str(count)})
    finally:
        progress.give_back(context.engine, LEASE, name)
    for one in ran:
        if one.tally.tampered:
            _LOG.error("requests: rows were changed by another way", extra={"reason": str(one.demarche)})
        if one.error:
            _LOG.error("requests: a synchronisation stopped", extra={"kind": one.error, "reason": str(one.demarche)})
    return ran


def due_demarches(context: DemarchesContext) -> list[int]:
    """The démarches whose last run began or ended an interval ago."""
    if context.settings is None:
        return []
    last = {
        state.demarche: max(state.finished_at or 0, state.started_at or 0)
        for state in progress.every_progress(context.engine)
    }
    return [
        number
        for number in context.settings.numbers
        if context.clock() >= last.get(number, 0) + context.settings.interval
    ]


def is_due(context: DemarchesContext) -> bool:
    """Whether a turn has anything to do. Only reads: an idle service writes nothing."""
    return bool(
        due_demarches(context)
        or outbox.due(context.engine, context.clock(), 1)
        or progress.lease_until(context.engine, ANOMALIES) <= context.clock()
    )


def look_for_anomalies(context: DemarchesContext) -> int:
    """Work out again what time alone may have changed: waiting requests, and open anomalies. How many requests were
    looked at.
    """
    looked = 0
    before = context.clock() - context.waiting_days * DAY
    for read in (lambda connection, after: requests.waiting_ids(connection, before, after), alerts.open_ids):
        after = 0
        while True:

            def work(
                connection: Connection, read: Callable[[Connection, int], list[int]] = read, after: int = after
            ) -> list[int]:
                ids = read(connection, after)
                for request in requests.find_many(connection, ids):
                    with tampered_passed_over():
                        registering.refresh_alerts(context, connection, request)
                return ids

            ids = write(context.engine, work)
            looked += len(ids)
            if not ids:
                break
            after = ids[-1]
    return looked
