"""Working the outbox off: an attestation signed here and a decision or a message there, each once, whatever is killed in between.

| step     | what is done                                        | done twice, it…                                    | how a repetition finds out |
|----------|-----------------------------------------------------|----------------------------------------------------|----------------------------|
| `check`  | the dossier's state is read                         | changes nothing                                    | |
| `sign`   | the record is signed under the request's reference  | gives the same token                               | the reference is unique |
| `upload` | the PDF is put into the storage                     | leaves an unused file, which the storage throws away | |
| `send`   | the dossier is accepted, or the message sent        | **would be refused, or would send a second message** | the state and the attachments are read first: our file bears the attestation's number |

A task is claimed for :data:`CLAIM` seconds, longer than Démarches simplifiées may work on one call: what a killed process had sent has had its
effect, or never will, before another looks.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from issuer.demarches import intake
from issuer.demarches.bureau import Bureau
from issuer.demarches.errors import DemarchesError
from issuer.demarches.source import Source, Standing
from issuer.errors import ConfigError
from issuer.messages import text
from issuer.registry import alerts, outbox, requests
from issuer.registry.database import reading, write
from issuer.registry.outbox import ACCEPT, DELIVER, DONE, FAILED, SIGN, Task
from issuer.registry.request_tables import ACCEPTE, EN_INSTRUCTION
from issuer.registry.requests import Request
from keys.errors import WifError

CLAIM = 90
"""Seconds. A call may take 35 here and 30 there."""
RETRIES = (60, 120, 300, 900, 1800, 3600)
"""Seconds before the next try of a task that met a passing fault; the last one repeats."""


def work_off(bureau: Bureau, most: int = 50, go_on: Callable[[], bool] = lambda: True) -> int:
    """Work on every due task once, as long as ``go_on`` says so; how many were worked on. Errors stay with their task."""
    done = 0
    for task in outbox.due(bureau.engine, bureau.clock(), most):
        if not go_on():
            break
        done += run(bureau, task) is not None
    return done


def run(bureau: Bureau, task: Task) -> Task | None:
    """Claim a task and do its steps as far as they go; None when another process has it. Errors are written into the task."""
    claimed = outbox.claim(bureau.engine, task, bureau.clock(), CLAIM)
    if claimed is None:
        return None
    task = claimed
    try:
        source = bureau.source() if task.kind in (ACCEPT, DELIVER) else None
        while task.step not in (DONE, FAILED):
            with reading(bureau.engine) as connection:
                request = requests.find(connection, task.request_id)
            task = _STEPS[task.step](bureau, source, task, request)
    except (WifError, OSError) as error:
        task = _failed(bureau, task, error)
    return task


def _failed(bureau: Bureau, task: Task, error: Exception) -> Task:
    """Note what went wrong and when it is tried again; after a refusal the upload is made anew, for the file may be gone."""
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
    step = "upload" if task.step == "send" and code == "refused" else task.step
    return write(
        bureau.engine,
        lambda connection: outbox.save(connection, task, error=code, step=step, due_at=bureau.clock() + wait),
    )


def _check(bureau: Bureau, source: Source, task: Task, request: Request) -> Task:
    """Nothing is signed for a dossier that is no longer in instruction; accepted there meanwhile, its paper goes by message."""
    standing = source.standing(request.dossier)
    if standing.state in (EN_INSTRUCTION, ACCEPTE):
        kind = ACCEPT if standing.state == EN_INSTRUCTION else DELIVER
        return write(bureau.engine, lambda connection: outbox.save(connection, task, step="sign", kind=kind))
    return write(bureau.engine, lambda connection: _close(bureau, connection, task, request, "state_changed"))


def _sign(bureau: Bureau, source: Source | None, task: Task, request: Request) -> Task:
    desk = bureau.desk()
    issued = desk.issue(task.data["record"], task.author)
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
                bureau.clock(),
                {
                    "aside": "desk",
                    "aside_details": details,
                    "awaited_from": "service",
                    "awaited": "correction",
                },
            )
            requests.note(connection, request.id, bureau.clock(), "aside", task.author, bureau.clock())
            return _close(bureau, connection, task, request, "desk")

        return write(bureau.engine, refuse)

    def work(connection: Connection) -> Task:
        now = bureau.clock()
        if request.attestation != int(issued.number):
            requests.change(connection, request.id, now, {"attestation": int(issued.number)})
            requests.note(connection, request.id, now, "attested", task.author, now)
        if task.kind != SIGN:
            return outbox.save(connection, task, step="upload", data={**task.data, "number": issued.number})
        return _finish(bureau, connection, task, now)

    return write(bureau.engine, work)


def filename(number: str) -> str:
    """What the PDF of an attestation is called: by this a repetition knows it."""
    return f"attestation-{number}.pdf"


def _upload(bureau: Bureau, source: Source, task: Task, request: Request) -> Task:
    number = task.data["number"]
    blob = source.upload(request.dossier_id, filename(number), bureau.desk().document(number))
    return write(
        bureau.engine, lambda connection: outbox.save(connection, task, step="send", data={**task.data, "blob": blob})
    )


def _send(bureau: Bureau, source: Source, task: Task, request: Request) -> Task:
    standing = source.standing(request.dossier)
    if is_delivered(standing, filename(task.data["number"])):
        return write(bureau.engine, lambda connection: _finish(bureau, connection, task, standing.decided_at))
    decided_at = standing.decided_at
    if standing.state == EN_INSTRUCTION and task.kind == ACCEPT:
        decided_at = source.accept(
            request.dossier_id, task.data["instructeur"], task.data["motivation"], task.data["blob"]
        )
    elif standing.state == ACCEPTE:
        words = text("demarches.message", bureau.language, number=task.data["number"])
        source.send(request.dossier_id, task.data["instructeur"], words, task.data["blob"])
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
                bureau.clock(),
                {**known, "conflict": {"state": standing.state}},
                ("burst", "conflict"),
            )
            return _close(bureau, connection, task, request, "state_changed")

        return write(bureau.engine, conflict)
    return write(bureau.engine, lambda connection: _finish(bureau, connection, task, decided_at))


def is_delivered(standing: Standing, name: str) -> bool:
    """Whether the usager has this file: as justificatif of the decision, or in a message."""
    given = standing.justificatif is not None and standing.justificatif[0] == name
    return standing.state == ACCEPTE and (given or any(attached == name for attached, _ in standing.attachments))


def _finish(bureau: Bureau, connection: Connection, task: Task, decided_at: int | None) -> Task:
    """Everything is done: the request is accepted, nothing is awaited any more."""
    now, request = bureau.clock(), requests.find(connection, task.request_id)
    values = {"awaited_from": "personne", "awaited": "rien", "aside": None, "aside_details": None}
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
    changed = requests.find(connection, request.id)
    if request.state != ACCEPTE:
        intake.note_burst(bureau, connection, changed, task.author)
    intake.refresh_alerts(bureau, connection, changed)
    return outbox.save(connection, task, step=DONE, done_at=now, error=None)


def _close(bureau: Bureau, connection: Connection, task: Task, request: Request, code: str) -> Task:
    """A task that cannot be done any more; the request goes its way without it."""
    return outbox.save(connection, task, step=FAILED, done_at=bureau.clock(), error=code)


_STEPS = {"check": _check, "sign": _sign, "upload": _upload, "send": _send}
