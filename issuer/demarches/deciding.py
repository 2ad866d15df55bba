"""What agents do with requests: correct, accept, refuse or close, ask for a piece, settle an anomaly, enter one."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from issuer.accounts.directory import Account
from issuer.demarches import closing, delivering, records, registering, routing
from issuer.demarches.context import DemarchesContext
from issuer.desk import plausibility
from issuer.desk.issuing import looked_at
from issuer.registry import alerts, chain, letters, outbox, requests
from issuer.registry.database import write
from issuer.registry.outbox import ACCEPT, CLOSE, DELIVER, SIGN, WRITE, Task
from issuer.registry.request_tables import ACCEPTE, EN_CONSTRUCTION, EN_INSTRUCTION, REFUSE, SANS_SUITE, WAITING
from issuer.registry.requests import Request
from keys.errors import WifError, not_none

LONGEST_MOTIVATION = 1000


class DecisionRefused(WifError):
    """An act on a request that may not be done now. ``code`` is a key ``request.refused.CODE`` of the pages'
    messages.
    """

    CODES = (
        "changed",
        "state",
        "problems",
        "instructeur",
        "under_way",
        "conflict",
        "department",
        "reference",
        "warnings",
    )

    def __init__(self, code: str) -> None:
        if code not in self.CODES:
            raise ValueError(f"not a declared code: {code}")
        super().__init__(f"The act on the request was refused: {code}.")
        self.code = code


def accept(
    context: DemarchesContext,
    request: Request,
    revision: int,
    motivation: str,
    account: Account,
    warnings: Iterable[str] = (),
) -> Task:
    """Accept a request: the decision and the task that carries it out are one transaction; then its steps are done as
    far as they go.

    An accepted dossier that was set aside gets its attestation in the same way. ``warnings`` are the keys of those
    that were confirmed (:mod:`issuer.desk.plausibility`). Raises DecisionRefused, with nothing changed.
    """
    confirmed = sorted(warnings)

    def work(connection: Connection) -> Task:
        current = _current(connection, request, revision)
        if (
            current.withdrawn_at is not None
            or current.state not in (EN_INSTRUCTION, ACCEPTE)
            or (current.state == ACCEPTE and current.attestation)
        ):
            raise DecisionRefused("state")
        merged = records.merged(current.record, current.corrections)
        record = records.evaluate(merged).record
        if record is None or routing.open_doubts(current.doubts, current.corrections):
            raise DecisionRefused("problems")
        if not account.covers(record.department):
            raise DecisionRefused("department")
        refusals, warned = looked_at(context.desk(), connection, record)
        if refusals or plausibility.unconfirmed(warned, None if context.desk().accept_warnings else confirmed):
            raise DecisionRefused("warnings")
        kind, step = SIGN, "sign"
        instructeur = _instructeur(context, current, account)
        if current.dossier is not None:
            kind, step = (ACCEPT, "check") if current.state == EN_INSTRUCTION else (DELIVER, "sign")
        data = {
            "record": {
                **merged,
                "reference": registering.reference_of(current),
                "signatory": account.signatory().to_json(),
            },
            "instructeur": instructeur,
            "motivation": " ".join(motivation.split())[:LONGEST_MOTIVATION],
            "confirmed": confirmed,
        }
        now = context.clock()
        task = outbox.add(connection, current.id, kind, step, data, account.author, now)
        if task is None:
            raise DecisionRefused("under_way")
        chain.append(
            connection, now, account.author, [chain.Act("request_accept", f"request-{current.id}", {"task": task.id})]
        )
        requests.change(
            connection,
            current.id,
            now,
            {"decided_by": account.author, "awaited_from": "service", "awaited": "attestation", "aside": None},
        )
        return task

    return delivering.run(context, write(context.engine, work)) or not_none(outbox.last_of(context.engine, request.id))


def correct(context: DemarchesContext, request: Request, revision: int, corrections: dict, account: Account) -> Request:
    """Keep an agent's corrections: flat field → value, None to take a field out. They stay over whatever the source
    tells later.

    A dossier that was accepted and set aside then goes its way. Raises DecisionRefused.
    """

    def work(connection: Connection) -> Request:
        current = _current(connection, request, revision)
        if current.attestation is not None:
            raise DecisionRefused("state")
        now = context.clock()
        _reevaluate(context, connection, current, corrections, now)
        requests.note(connection, current.id, now, "corrected", account.author, now)
        chain.append(
            connection,
            now,
            account.author,
            [
                chain.Act("request_correct", f"request-{current.id}", {"fields": sorted(corrections)}),
            ],
        )
        changed = not_none(requests.find(connection, current.id))
        registering.enqueue_delivery(
            context, connection, changed, registering.Decider(account.author, account.signatory().to_json())
        )
        registering.refresh_alerts(context, connection, changed)
        return changed

    return write(context.engine, work)


def _reevaluate(
    context: DemarchesContext, connection: Connection, current: Request, corrections: dict, now: int
) -> None:
    merged = records.merged(current.record, corrections)
    state = {
        "state": current.state,
        "doubts": current.doubts,
        "withdrawn_at": current.withdrawn_at,
        "awaited": current.awaited,
    }
    evaluation = records.evaluate(merged)
    noticed = registering.noticed(context, connection, evaluation)
    going = routing.going(state, evaluation, corrections, current.attestation, noticed)
    requests.change(connection, current.id, now, {"corrections": corrections, **records.searched(merged), **going})


def enter(
    context: DemarchesContext,
    source: str,
    record: dict,
    account: Account,
    reference: str | None = None,
    email: str | None = None,
    doubts: Sequence[dict] = (),
) -> Request:
    """Take in a request without Démarches simplifiées, from a form or a row of an import; the same reference with the
    same content again changes nothing.

    What is wrong in ``record``, or unsure (``doubts``, as the mapping of dossiers gives them), does not stop it: it is
    set aside with its reasons. Raises DecisionRefused ``reference``, and nothing is taken, where the reference is
    another request's.
    """
    content = json.loads(json.dumps([record, list(doubts)]))

    def work(connection: Connection) -> Request:
        known = requests.find_reference(connection, reference) if reference else None
        if known is not None:
            if [known.record, known.doubts] != content:
                raise DecisionRefused("reference")
            return known
        now = context.clock()
        evaluation = records.evaluate(record)
        values = {"state": EN_INSTRUCTION, "doubts": list(doubts), "awaited": ""}
        request_id = requests.add(
            connection,
            now,
            context.below,
            {
                "source": source,
                "reference": reference,
                "state": EN_INSTRUCTION,
                "deposited_at": now,
                "instructed_at": now,
                "modified_at": now,
                "record": record,
                "doubts": list(doubts),
                "email": email,
                **records.searched(record),
                **routing.going(values, evaluation, {}, None, registering.noticed(context, connection, evaluation)),
            },
        )
        requests.note(connection, request_id, now, EN_CONSTRUCTION, account.author, now)
        requests.note(connection, request_id, now, EN_INSTRUCTION, account.author, now)
        chain.append(
            connection, now, account.author, [chain.Act("request_enter", f"request-{request_id}", {"source": source})]
        )
        request = not_none(requests.find(connection, request_id))
        registering.refresh_alerts(context, connection, request)
        return request

    return write(context.engine, work)


def close(
    context: DemarchesContext,
    request: Request,
    revision: int,
    given: closing.Closing,
    pdf: bytes,
    motivation: str,
    account: Account,
) -> Task | None:
    """Refuse, or close without further action: decision and letter (its exact bytes in ``pdf``) are one transaction;
    for a dossier also the task that gives both to Démarches simplifiées with ``motivation``, which is then done as far
    as it goes. Raises DecisionRefused, with nothing changed.
    """
    if given.state not in (REFUSE, SANS_SUITE) or closing.problems(given):
        raise DecisionRefused("state")

    def work(connection: Connection) -> Task | None:
        current = _current(connection, request, revision)
        if current.department is not None and not account.covers(current.department):
            raise DecisionRefused("department")
        open_states = WAITING if current.dossier is None else (EN_INSTRUCTION,)
        if current.withdrawn_at is not None or current.state not in open_states:
            raise DecisionRefused("state")
        instructeur = _instructeur(context, current, account)
        if outbox.open_of(connection, current.id) is not None:
            raise DecisionRefused("under_way")
        now = context.clock()
        letter_id = letters.add(
            connection, current.id, given.state, given.words, account.author, now, given.reason, given.legal_basis, pdf
        )
        act = chain.Act("request_close", f"request-{current.id}", {"state": given.state, "reason": given.reason})
        chain.append(connection, now, account.author, [act])
        if current.dossier is None:
            delivering.finish_closing(context, connection, current, given.state, account.author, now)
            return None
        data = {
            "state": given.state,
            "letter": letter_id,
            "filename": f"decision-{current.number}-{letter_id}.pdf",
            "record": records.merged(current.record, current.corrections),
            "instructeur": instructeur,
            "motivation": motivation,
        }
        requests.change(connection, current.id, now, {"decided_by": account.author})
        return outbox.add(connection, current.id, CLOSE, "check", data, account.author, now)

    task = write(context.engine, work)
    return task and (delivering.run(context, task) or outbox.last_of(context.engine, request.id))


def ask(context: DemarchesContext, request: Request, revision: int, words: str, back: bool, account: Account) -> Task:
    """Write to the usager of a dossier through Démarches simplifiées, to ask for a piece or an answer; ``back``: the
    dossier goes back into construction, so that they can complete it. Raises DecisionRefused, with nothing changed.
    """

    def work(connection: Connection) -> Task:
        current = _current(connection, request, revision)
        if current.department is not None and not account.covers(current.department):
            raise DecisionRefused("department")
        if current.dossier is None or current.withdrawn_at is not None or current.state not in WAITING:
            raise DecisionRefused("state")
        instructeur = _instructeur(context, current, account)
        now = context.clock()
        letter_id = letters.add(connection, current.id, letters.MESSAGE, words, account.author, now)
        data = {"letter": letter_id, "body": words, "instructeur": instructeur, "back": back}
        task = outbox.add(connection, current.id, WRITE, "send", data, account.author, now)
        if task is None:
            raise DecisionRefused("under_way")
        chain.append(connection, now, account.author, [chain.Act("request_ask", f"request-{current.id}", {})])
        requests.change(connection, current.id, now, {})
        return task

    return delivering.run(context, write(context.engine, work)) or not_none(outbox.last_of(context.engine, request.id))


def _instructeur(context: DemarchesContext, request: Request, account: Account) -> str:
    """Who acts at Démarches simplifiées for this account; empty without a dossier. Raises DecisionRefused."""
    if request.dossier is None:
        return ""
    found = context.settings.instructeur_of(account.identifier) if context.settings else ""
    if not found:
        raise DecisionRefused("instructeur")
    return found


SETTLED = ("checked", "corrected", "reported")
"""Codes of how an anomaly was dealt with."""


def settle(context: DemarchesContext, request: Request, code: str, account: Account, reason: str) -> bool:
    """Note that an anomaly was dealt with, and how (a code of :data:`SETTLED`); False when it is not open."""

    def work(connection: Connection) -> bool:
        now = context.clock()
        if not alerts.settle(connection, request.id, code, now, account.author):
            return False
        details = {"anomaly": code, "reason": reason}
        chain.append(connection, now, account.author, [chain.Act("request_settle", f"request-{request.id}", details)])
        requests.note(connection, request.id, now, "settled", account.author, now)
        return True

    return write(context.engine, work)


def _current(connection: Connection, request: Request, revision: int) -> Request:
    current = requests.find(connection, request.id)
    if current is None or current.revision != revision:
        raise DecisionRefused("changed")
    return current
