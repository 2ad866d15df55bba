"""What agents do with requests: correct, accept, refuse or close (where there is no Démarches simplifiées), settle an anomaly, enter one."""

from sqlalchemy import Connection

from issuer.accounts.directory import Account
from issuer.demarches import delivering, intake, taking
from issuer.demarches.bureau import Bureau
from issuer.registry import alerts, chain, outbox, requests
from issuer.registry.database import write
from issuer.registry.outbox import ACCEPT, DELIVER, SIGN, Task
from issuer.registry.request_tables import ACCEPTE, EN_CONSTRUCTION, EN_INSTRUCTION, REFUSE, SANS_SUITE, WAITING
from issuer.registry.requests import Request
from keys.errors import WifError

LONGEST_MOTIVATION = 1000


class DecisionRefused(WifError):
    """An act on a request that may not be done now. ``code`` is a key ``request.refused.CODE`` of the pages' messages."""

    CODES = ("changed", "state", "problems", "instructeur", "under_way", "conflict", "source")

    def __init__(self, code: str) -> None:
        if code not in self.CODES:
            raise ValueError(f"not a declared code: {code}")
        super().__init__(f"The act on the request was refused: {code}.")
        self.code = code


def accept(bureau: Bureau, request: Request, revision: int, motivation: str, account: Account) -> Task:
    """Accept a request: the decision and the task that carries it out are one transaction; then its steps are done as far as they go.

    An accepted dossier that was set aside gets its attestation in the same way. Raises DecisionRefused, with nothing changed.
    """

    def work(connection: Connection) -> Task:
        current = _current(connection, request, revision)
        if (
            current.withdrawn_at is not None
            or current.state not in (EN_INSTRUCTION, ACCEPTE)
            or (current.state == ACCEPTE and current.attestation)
        ):
            raise DecisionRefused("state")
        merged = taking.merged(current.record, current.corrections)
        if taking.evaluate(merged).record is None:
            raise DecisionRefused("problems")
        kind, step = SIGN, "sign"
        instructeur = ""
        if current.dossier is not None:
            instructeur = bureau.settings.instructeur_of(account.identifier) if bureau.settings else ""
            if not instructeur:
                raise DecisionRefused("instructeur")
            kind, step = (ACCEPT, "check") if current.state == EN_INSTRUCTION else (DELIVER, "sign")
        data = {
            "record": {**merged, "reference": intake.reference_of(current), "signatory": account.signatory().to_json()},
            "instructeur": instructeur,
            "motivation": " ".join(motivation.split())[:LONGEST_MOTIVATION],
        }
        now = bureau.clock()
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

    return delivering.run(bureau, write(bureau.engine, work)) or outbox.last_of(bureau.engine, request.id)


def correct(bureau: Bureau, request: Request, revision: int, corrections: dict, account: Account) -> Request:
    """Keep an agent's corrections: flat field → value, None to take a field out. They stay over whatever the source tells later.

    A dossier that was accepted and set aside then goes its way. Raises DecisionRefused.
    """

    def work(connection: Connection) -> Request:
        current = _current(connection, request, revision)
        if current.attestation is not None:
            raise DecisionRefused("state")
        now = bureau.clock()
        _reevaluate(connection, current, corrections, now)
        requests.note(connection, current.id, now, "corrected", account.author, now)
        chain.append(
            connection,
            now,
            account.author,
            [
                chain.Act("request_correct", f"request-{current.id}", {"fields": sorted(corrections)}),
            ],
        )
        changed = requests.find(connection, current.id)
        intake.enqueue_delivery(
            bureau, connection, changed, intake.Decider(account.author, account.signatory().to_json())
        )
        intake.refresh_alerts(bureau, connection, changed)
        return changed

    return write(bureau.engine, work)


def _reevaluate(connection: Connection, current: Request, corrections: dict, now: int) -> None:
    merged = taking.merged(current.record, corrections)
    state = {
        "state": current.state,
        "doubts": current.doubts,
        "withdrawn_at": current.withdrawn_at,
        "awaited": current.awaited,
    }
    going = taking.going(state, taking.evaluate(merged), corrections, current.attestation)
    requests.change(connection, current.id, now, {"corrections": corrections, **taking.searched(merged), **going})


def enter(
    bureau: Bureau, source: str, record: dict, account: Account, reference: str | None = None, email: str | None = None
) -> Request:
    """Take in a request without Démarches simplifiées, from a form or a line of an import; the same reference again changes nothing.

    What is wrong in ``record`` does not stop it: it is set aside with its reasons.
    """

    def work(connection: Connection) -> Request:
        known = requests.find_reference(connection, reference) if reference else None
        if known is not None:
            return known
        now = bureau.clock()
        evaluation = taking.evaluate(record)
        values = {"state": EN_INSTRUCTION, "doubts": [], "awaited": ""}
        request_id = requests.add(
            connection,
            now,
            bureau.below,
            {
                "source": source,
                "reference": reference,
                "state": EN_INSTRUCTION,
                "deposited_at": now,
                "instructed_at": now,
                "modified_at": now,
                "record": record,
                "email": email,
                **taking.searched(record),
                **taking.going(values, evaluation, {}, None),
            },
        )
        requests.note(connection, request_id, now, EN_CONSTRUCTION, account.author, now)
        requests.note(connection, request_id, now, EN_INSTRUCTION, account.author, now)
        chain.append(
            connection, now, account.author, [chain.Act("request_enter", f"request-{request_id}", {"source": source})]
        )
        request = requests.find(connection, request_id)
        intake.refresh_alerts(bureau, connection, request)
        return request

    return write(bureau.engine, work)


def close(bureau: Bureau, request: Request, revision: int, state: str, account: Account) -> None:
    """Refuse, or close without effect, a request that has no dossier: those are decided at Démarches simplifiées. Raises DecisionRefused."""
    if state not in (REFUSE, SANS_SUITE):
        raise DecisionRefused("state")

    def work(connection: Connection) -> None:
        current = _current(connection, request, revision)
        if current.dossier is not None:
            raise DecisionRefused("source")
        if current.state not in WAITING or outbox.open_of(connection, current.id) is not None:
            raise DecisionRefused("state")
        now = bureau.clock()
        requests.change(
            connection,
            current.id,
            now,
            {
                "state": state,
                "decided_at": now,
                "modified_at": now,
                "decided_by": account.author,
                "aside": None,
                "aside_details": None,
                "awaited_from": "personne",
                "awaited": "rien",
            },
        )
        requests.note(connection, current.id, now, state, account.author, now)
        chain.append(
            connection, now, account.author, [chain.Act("request_close", f"request-{current.id}", {"state": state})]
        )
        intake.refresh_alerts(bureau, connection, requests.find(connection, current.id))

    write(bureau.engine, work)


def settle(bureau: Bureau, request: Request, code: str, account: Account) -> bool:
    """Note that an anomaly was dealt with; False when it is not open."""

    def work(connection: Connection) -> bool:
        now = bureau.clock()
        if not alerts.settle(connection, request.id, code, now, account.author):
            return False
        chain.append(
            connection, now, account.author, [chain.Act("request_settle", f"request-{request.id}", {"anomaly": code})]
        )
        return True

    return write(bureau.engine, work)


def _current(connection: Connection, request: Request, revision: int) -> Request:
    current = requests.find(connection, request.id)
    if current is None or current.revision != revision:
        raise DecisionRefused("changed")
    return current
