"""Working the outbox off: an attestation signed here and a decision or a message there, each exactly once, also
when the process is killed in between.

| step     | what is done                                       | done twice, it…                                      |
|----------|----------------------------------------------------|------------------------------------------------------|
| `check`  | the dossier's state is read                        | changes nothing                                      |
| `sign`   | the record is signed under the request's reference | gives the same token: the reference is unique        |
| `upload` | the PDF is put into the storage                    | leaves an unused file, which the storage throws away |
| `send`   | the dossier is decided, or the message sent        | **would be refused, or would send a second message** |

So before `send` is repeated, the dossier's state, attachments and messages are read: our file bears the attestation's
number or the letter's, and a message that asks for something ends with a mark of its own.

A task is claimed for :data:`CLAIM` seconds, longer than Démarches simplifiées may work on one call: what a killed
process had sent has had its effect, or never will, before another looks.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from issuer.demarches import records, registering
from issuer.demarches.context import DemarchesContext
from issuer.demarches.errors import DemarchesError
from issuer.demarches.source import Source, Standing
from issuer.desk import Confirmed, issue, print_document
from issuer.errors import ConfigError
from issuer.messages import text
from issuer.registry import alerts, letters, outbox, queries, requests
from issuer.registry.database import reading, write
from issuer.registry.faults import tampered_passed_over
from issuer.registry.outbox import ACCEPT, CLOSE, DELIVER, DONE, FAILED, SIGN, WRITE, Task
from issuer.registry.request_tables import ACCEPTE, EN_INSTRUCTION, REFUSE, SANS_SUITE
from issuer.registry.requests import Request
from keys.errors import WifError, not_none

CLAIM = 90
"""Seconds. A call may take 35 here and 30 there."""
RETRIES = (60, 120, 300, 900, 1800, 3600)
"""Seconds before the next try of a task that met a passing fault; the last one repeats."""


def work_off(context: DemarchesContext, most: int = 50, go_on: Callable[[], bool] = lambda: True) -> int:
    """Work on every due task once, as long as ``go_on`` says so; how many were worked on. Errors stay with their
    task, and one whose row was changed by another way stops none of the others.
    """
    done = 0
    for task in outbox.due(context.engine, context.clock(), most):
        if not go_on():
            break
        with tampered_passed_over():
            done += run(context, task) is not None
    return done


def run(context: DemarchesContext, task: Task) -> Task | None:
    """Claim a task and do its steps as far as they go; None when another process has it. Errors are written into the
    task.
    """
    claimed = outbox.claim(context.engine, task, context.clock(), CLAIM)
    if claimed is None:
        return None
    task = claimed
    try:
        source = context.source() if task.kind != SIGN else None
        while task.step not in (DONE, FAILED):
            with reading(context.engine) as connection:
                request = not_none(requests.find(connection, task.request_id))
            if task.step == "sign":
                task = _sign(context, task, request)
            else:
                task = _STEPS[task.step](context, not_none(source), task, request)
    except (WifError, OSError) as error:
        task = _failed(context, task, error)
    return task


def _failed(context: DemarchesContext, task: Task, error: Exception) -> Task:
    """Note what went wrong and when it is tried again; after a refusal the upload is made anew, for the file may be
    gone.
    """
    code = (
        error.code
        if isinstance(error, DemarchesError)
        else "configuration"
        if isinstance(error, ConfigError)
        else "system"
    )
    wait = max(
        RETRIES[min(task.attempts, len(RETRIES)) - 1], CLAIM if code in ("uncertain", "timeout", "unreachable") else 0
    )
    step = "upload" if task.step == "send" and code == "refused" and task.kind != WRITE else task.step
    return write(
        context.engine,
        lambda connection: outbox.save(connection, task, error=code, step=step, due_at=context.clock() + wait),
    )


def _check(context: DemarchesContext, source: Source, task: Task, request: Request) -> Task:
    """Nothing is signed for a dossier that is no longer in instruction; accepted there meanwhile, its paper goes by
    message.
    """
    standing = source.standing(not_none(request.dossier))
    if task.kind == CLOSE:
        step = {"step": "upload"} if standing.state == EN_INSTRUCTION else None
        if step is None and not is_closed(standing, task):
            return write(context.engine, lambda connection: _close(context, connection, task, request, "state_changed"))
        if step is not None and _says_else(task, request):
            return write(context.engine, lambda connection: _give_back(context, connection, task, request))
        step = step or {"step": "send"}
        return write(context.engine, lambda connection: outbox.save(connection, task, **step))
    if standing.state in (EN_INSTRUCTION, ACCEPTE):
        kind = ACCEPT if standing.state == EN_INSTRUCTION else DELIVER
        return write(context.engine, lambda connection: outbox.save(connection, task, step="sign", kind=kind))
    return write(context.engine, lambda connection: _close(context, connection, task, request, "state_changed"))


def _sign(context: DemarchesContext, task: Task, request: Request) -> Task:
    if _is_changed(context, task, request):
        return write(context.engine, lambda connection: _give_back(context, connection, task, request))
    desk = context.desk()
    issued = issue(desk, Confirmed(task.data["record"], task.data.get("confirmed", ())), task.author)
    if issued.status == "refused":
        details = {
            "problems": [
                {"field": problem.field, "code": problem.code, "params": problem.params} for problem in issued.errors
            ]
        }

        def refuse(connection: Connection) -> Task:
            requests.change(
                connection,
                request.id,
                context.clock(),
                {
                    "aside": "desk",
                    "aside_details": details,
                    "awaited_from": "service",
                    "awaited": "correction",
                },
            )
            requests.note(connection, request.id, context.clock(), "aside", task.author, context.clock())
            return _close(context, connection, task, request, "desk")

        return write(context.engine, refuse)

    number = int(not_none(issued.number))

    def work(connection: Connection) -> Task:
        now = context.clock()
        if request.attestation != number:
            requests.change(connection, request.id, now, {"attestation": number})
            requests.note(connection, request.id, now, "attested", task.author, now)
        if task.kind != SIGN:
            return outbox.save(connection, task, step="upload", data={**task.data, "number": issued.number})
        return _finish(context, connection, task, now)

    return write(context.engine, work)


def _is_changed(context: DemarchesContext, task: Task, request: Request) -> bool:
    """Whether the request says something else by now than what was decided, and nothing was signed of it yet."""
    if request.attestation is not None or not _says_else(task, request):
        return False
    with reading(context.engine) as connection:
        return not queries.is_used(connection, task.data["record"]["reference"])


def _says_else(task: Task, request: Request) -> bool:
    """Whether the request says something else than what was decided on; a task of before has no such record."""
    asked, decided = records.merged(request.record, request.corrections), task.data.get("record")
    of_us = ("reference", "signatory")
    plain = lambda record: {name: value for name, value in record.items() if name not in of_us}
    return decided is not None and plain(asked) != plain(decided)


def _give_back(context: DemarchesContext, connection: Connection, task: Task, request: Request) -> Task:
    """Nothing is signed or sent of what nobody decided on: an agent decides again; what was accepted at its source goes
    its way with what it says now, unless that is to be settled first.
    """
    now = context.clock()
    closed = _close(context, connection, task, request, "changed")
    current = not_none(requests.find(connection, request.id))
    if current.state == ACCEPTE:
        who = registering.Decider(task.author, task.data["record"]["signatory"])
        registering.enqueue_delivery(context, connection, current, who)
    else:
        requests.change(connection, current.id, now, {"decided_by": None, "awaited": "examen"})
        requests.note(connection, current.id, now, "changed", task.author, now)
    return closed


def filename(number: str) -> str:
    """What the PDF of an attestation is called: by this a repetition knows it."""
    return f"attestation-{number}.pdf"


def _upload(context: DemarchesContext, source: Source, task: Task, request: Request) -> Task:
    if task.kind == CLOSE:
        with reading(context.engine) as connection:
            pdf = letters.pdf_of(connection, task.data["letter"], request.id)
        name = task.data["filename"]
    else:
        number = task.data["number"]
        name, pdf = filename(number), print_document(context.desk(), number)
    blob = source.upload(not_none(request.dossier_id), name, pdf or b"")
    return write(
        context.engine, lambda connection: outbox.save(connection, task, step="send", data={**task.data, "blob": blob})
    )


def mark(task: Task) -> str:
    """The last line of a message that asks for something: by this a repetition knows it."""
    return f"(réf. {task.data['letter']}-{task.id})"


def is_closed(standing: Standing, task: Task) -> bool:
    """Whether the dossier was refused or closed with our letter."""
    given = standing.justificatif is not None and standing.justificatif[0] == task.data["filename"]
    return standing.state == task.data["state"] and given


def _send(context: DemarchesContext, source: Source, task: Task, request: Request) -> Task:
    return {CLOSE: _send_closing, WRITE: _write}.get(task.kind, _send_attestation)(context, source, task, request)


def _send_closing(context: DemarchesContext, source: Source, task: Task, request: Request) -> Task:
    standing, state = source.standing(not_none(request.dossier)), task.data["state"]
    decided_at = standing.decided_at
    if standing.state == EN_INSTRUCTION:
        decided_at = source.close(
            state, not_none(request.dossier_id), task.data["instructeur"], task.data["motivation"], task.data["blob"]
        )
    elif not is_closed(standing, task):
        return write(context.engine, lambda connection: _close(context, connection, task, request, "state_changed"))

    def finish(connection: Connection) -> Task:
        now = context.clock()
        letters.sent(connection, task.data["letter"], now)
        current = not_none(requests.find(connection, request.id))
        if current.state != state:
            finish_closing(context, connection, current, state, task.author, decided_at or now)
        return outbox.save(connection, task, step=DONE, done_at=now, error=None)

    return write(context.engine, finish)


def finish_closing(
    context: DemarchesContext, connection: Connection, request: Request, state: str, author: str, decided_at: int
) -> None:
    """The request is refused or closed, nothing is awaited any more. Inside a writing transaction."""
    now = context.clock()
    values = {
        "state": state,
        "decided_at": decided_at,
        "modified_at": max(request.modified_at, decided_at),
        "decided_by": author,
        "aside": None,
        "aside_details": None,
        "awaited_from": "personne",
        "awaited": "rien",
    }
    requests.change(connection, request.id, now, values)
    requests.note(connection, request.id, decided_at, state, author, now)
    registering.refresh_alerts(context, connection, not_none(requests.find(connection, request.id)))


def _write(context: DemarchesContext, source: Source, task: Task, request: Request) -> Task:
    standing = source.standing(not_none(request.dossier))
    if standing.state in (ACCEPTE, REFUSE, SANS_SUITE):
        return write(context.engine, lambda connection: _close(context, connection, task, request, "state_changed"))
    if not any(mark(task) in body for body in standing.bodies):
        body = f"{task.data['body']}\n\n{mark(task)}"
        source.ask(not_none(request.dossier_id), task.data["instructeur"], body, task.data["back"])

    def finish(connection: Connection) -> Task:
        now = context.clock()
        letters.sent(connection, task.data["letter"], now)
        requests.note(connection, request.id, now, "asked", task.author, now)
        requests.change(connection, request.id, now, {"awaited_from": "usager", "awaited": "reponse"})
        return outbox.save(connection, task, step=DONE, done_at=now, error=None)

    return write(context.engine, finish)


def _send_attestation(context: DemarchesContext, source: Source, task: Task, request: Request) -> Task:
    standing = source.standing(not_none(request.dossier))
    if is_delivered(standing, filename(task.data["number"])):
        return write(context.engine, lambda connection: _finish(context, connection, task, standing.decided_at))
    decided_at = standing.decided_at
    if standing.state == EN_INSTRUCTION and task.kind == ACCEPT:
        decided_at = source.accept(
            not_none(request.dossier_id), task.data["instructeur"], task.data["motivation"], task.data["blob"]
        )
    elif standing.state == ACCEPTE:
        words = text("demarches.message", context.language, number=task.data["number"])
        source.send(not_none(request.dossier_id), task.data["instructeur"], words, task.data["blob"])
    else:

        def conflict(connection: Connection) -> Task:
            known = {
                code: alert.details
                for code, alert in alerts.of_request(connection, request.id).items()
                if alert.settled_at is None
            }
            alerts.put(
                connection,
                request.id,
                context.clock(),
                {**known, "conflict": {"state": standing.state}},
                ("burst", "conflict"),
            )
            return _close(context, connection, task, request, "state_changed")

        return write(context.engine, conflict)
    return write(context.engine, lambda connection: _finish(context, connection, task, decided_at))


def is_delivered(standing: Standing, name: str) -> bool:
    """Whether the usager has this file: as justificatif of the decision, or in a message."""
    given = standing.justificatif is not None and standing.justificatif[0] == name
    return standing.state == ACCEPTE and (given or any(attached == name for attached, _ in standing.attachments))


def _finish(context: DemarchesContext, connection: Connection, task: Task, decided_at: int | None) -> Task:
    """Everything is done: the request is accepted, nothing is awaited any more."""
    now, request = context.clock(), not_none(requests.find(connection, task.request_id))
    values: dict[str, object] = {"awaited_from": "personne", "awaited": "rien", "aside": None, "aside_details": None}
    if request.state != ACCEPTE:
        decided_at = decided_at or now
        values |= {
            "state": ACCEPTE,
            "decided_at": decided_at,
            "modified_at": max(request.modified_at, decided_at),
            "decided_by": task.author,
        }
        requests.note(connection, request.id, decided_at, ACCEPTE, task.author, now)
    requests.change(connection, request.id, now, values)
    changed = not_none(requests.find(connection, request.id))
    if request.state != ACCEPTE:
        registering.note_burst(context, connection, changed, task.author)
    registering.refresh_alerts(context, connection, changed)
    return outbox.save(connection, task, step=DONE, done_at=now, error=None)


def _close(context: DemarchesContext, connection: Connection, task: Task, _request: Request, code: str) -> Task:
    """A task that cannot be done any more; the request goes its way without it."""
    return outbox.save(connection, task, step=FAILED, done_at=context.clock(), error=code)


_STEPS = {"check": _check, "upload": _upload, "send": _send}
"""The steps at Démarches simplifiées."""
