"""Taking dossiers into the registry: each page in one transaction, each dossier either taken or set aside with its reason.

What a dossier's new state calls for is written in the same transaction: its history, its anomalies, and the task that makes its attestation.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from issuer.demarches import anomalies, taking
from issuer.demarches.bureau import AUTHOR, Bureau
from issuer.demarches.mapping import Mapping
from issuer.demarches.source import instant
from issuer.registry import alerts, outbox, queries, requests
from issuer.registry.request_tables import ACCEPTE, DECIDED, EN_CONSTRUCTION, EN_INSTRUCTION, REQUEST_STATES, WAITING
from issuer.registry.requests import Request


@dataclass
class Tally:
    """What a synchronisation did with dossiers."""

    new: int = 0
    changed: int = 0
    same: int = 0
    aside: int = 0
    withdrawn: int = 0


@dataclass(frozen=True)
class Decider:
    """Who decided at Démarches simplifiées: the author as the history names it, and the signatory of the attestation."""

    author: str
    signatory: dict | None


def decider(bureau: Bureau, dossier: dict) -> Decider:
    """Who took the last decision on a dossier."""
    steps = [
        step for step in dossier.get("traitements") or () if isinstance(step, dict) and step.get("state") in DECIDED
    ]
    email = str(steps[-1].get("emailAgentTraitant") or "") if steps else ""
    account = bureau.account_of(email)
    if account is not None:
        return Decider(account.author, account.signatory().to_json())
    author = f"instructeur-{hashlib.sha256(email.lower().encode()).hexdigest()[:8]}" if email else AUTHOR
    return Decider(author, bureau.signatory.to_json() if bureau.signatory else None)


def take(
    bureau: Bureau,
    connection: Connection,
    demarche: int,
    mapping: Mapping,
    dossiers: Sequence[dict],
    deciders: Sequence[Decider],
    tally: Tally,
) -> None:
    """Take a page of dossiers in. Inside a writing transaction."""
    numbers = [dossier["number"] for dossier in dossiers if type(dossier.get("number")) is int]
    known = requests.find_dossiers(connection, numbers)
    for dossier, who in zip(dossiers, deciders, strict=True):
        former = known.get(dossier.get("number")) if type(dossier.get("number")) is int else None
        if former is not None and (
            former.anonymised_at or (former.digest == taking.digest(dossier, mapping) and former.withdrawn_at is None)
        ):
            tally.same += 1
            continue
        try:
            values = taking.columns(dossier, demarche, mapping)
        except taking.Unreadable:
            take_bare(bureau, connection, demarche, dossier, tally)
            continue
        request = _put(bureau, connection, former, values, dossier, who)
        tally.new += former is None
        tally.changed += former is not None
        tally.aside += request.aside is not None
        known[request.dossier] = request


def _put(
    bureau: Bureau, connection: Connection, former: Request | None, values: dict, dossier: dict, who: Decider
) -> Request:
    now = bureau.clock()
    corrections = former.corrections if former else {}
    attestation = former.attestation if former else None
    merged = taking.merged(values["record"], corrections)
    evaluation = taking.evaluate(merged)
    values = {**values, **taking.searched(merged), **taking.going(values, evaluation, corrections, attestation)}
    if values["aside"] is None and values["state"] == ACCEPTE and attestation is None and who.signatory is None:
        values |= {"aside": "signatory", "aside_details": {"problems": []}}
    if former is None:
        request_id = requests.add(connection, now, bureau.below, values)
        for at, what in _past(values, dossier):
            requests.note(connection, request_id, at, what, who.author if what in DECIDED else AUTHOR, now)
    else:
        request_id = former.id
        requests.change(connection, request_id, now, values)
        _note_changes(connection, former, values, who, now)
    request = requests.find(connection, request_id)
    if request.state == ACCEPTE and (former is None or former.state != ACCEPTE):
        note_burst(bureau, connection, request, who.author)
    enqueue_delivery(bureau, connection, request, who)
    refresh_alerts(bureau, connection, request)
    return request


def _past(values: dict, dossier: dict) -> list[tuple[int, str]]:
    """The history of a dossier that is new here, as its source tells it."""
    lines = [(values["deposited_at"], EN_CONSTRUCTION)]
    steps = [step for step in dossier.get("traitements") or () if isinstance(step, dict)]
    for step in steps:
        at, state = instant(step.get("dateTraitement")), step.get("state")
        if at is not None and state in REQUEST_STATES and (state, at) != (EN_CONSTRUCTION, values["deposited_at"]):
            lines.append((at, state))
    if values["instructed_at"] and not any(state == EN_INSTRUCTION for _, state in lines):
        lines.append((values["instructed_at"], EN_INSTRUCTION))
    if values["decided_at"] and values["state"] in DECIDED and not any(state == values["state"] for _, state in lines):
        lines.append((values["decided_at"], values["state"]))
    return sorted(lines, key=lambda line: line[0])


def _note_changes(connection: Connection, former: Request, values: dict, who: Decider, now: int) -> None:
    if former.withdrawn_at is not None:
        requests.note(connection, former.id, values["modified_at"], "restored", AUTHOR, now)
    if former.state == values["state"]:
        if values["last_message_at"] and values["last_message_at"] > (former.last_message_at or 0):
            requests.note(connection, former.id, values["last_message_at"], "message", AUTHOR, now)
        return
    if former.state in DECIDED and values["state"] in WAITING:
        requests.note(connection, former.id, values["modified_at"], "reopened", AUTHOR, now)
    at = {
        EN_CONSTRUCTION: values["modified_at"],
        EN_INSTRUCTION: values["instructed_at"],
    }.get(values["state"], values["decided_at"]) or values["modified_at"]
    requests.note(connection, former.id, at, values["state"], who.author if values["state"] in DECIDED else AUTHOR, now)


def take_bare(bureau: Bureau, connection: Connection, demarche: int, dossier: dict, tally: Tally) -> None:
    """A dossier that cannot be read whole: set aside with what is known, its earlier content kept."""
    number, state = dossier.get("number"), dossier.get("state")
    if type(number) is not int or number < 1:
        tally.aside += 1
        return
    now, former = bureau.clock(), requests.find_dossiers(connection, [number]).get(number)
    aside = {"aside": "unreadable_dossier", "aside_details": {"problems": []}, "digest": None}
    if former is not None:
        requests.change(connection, former.id, now, aside)
    else:
        deposited = instant(dossier.get("dateDepot")) or now
        known_state = state if state in REQUEST_STATES else EN_CONSTRUCTION
        request_id = requests.add(
            connection,
            now,
            bureau.below,
            {
                "source": "demarches",
                "demarche": demarche,
                "dossier": number,
                "dossier_id": str(dossier.get("id"))[:200],
                "state": known_state,
                "deposited_at": deposited,
                "modified_at": instant(dossier.get("dateDerniereModification")) or deposited,
                "archived": int(dossier.get("archived") is True),
                "awaited_from": "service",
                "awaited": "correction",
                **aside,
            },
        )
        requests.note(connection, request_id, deposited, EN_CONSTRUCTION, AUTHOR, now)
    tally.aside += 1


def withdraw(bureau: Bureau, connection: Connection, withdrawn: dict[int, int], tally: Tally) -> None:
    """Note the dossiers that were deleted at their source."""
    now = bureau.clock()
    for number, request in requests.find_dossiers(connection, list(withdrawn)).items():
        if request.withdrawn_at is None:
            values = {
                "withdrawn_at": withdrawn[number],
                "aside": None,
                "aside_details": None,
                "awaited_from": "personne",
                "awaited": "rien",
            }
            requests.change(connection, request.id, now, values)
            requests.note(connection, request.id, withdrawn[number], "withdrawn", AUTHOR, now)
            refresh_alerts(bureau, connection, requests.find(connection, request.id))
            tally.withdrawn += 1


def enqueue_delivery(bureau: Bureau, connection: Connection, request: Request, who: Decider) -> None:
    """The task that makes the attestation of a dossier accepted at Démarches simplifiées itself, if it is due and nothing stands against it."""
    if (
        request.state != ACCEPTE
        or request.attestation is not None
        or request.aside is not None
        or request.dossier is None
        or bureau.settings is None
    ):
        return
    if request.withdrawn_at is not None or who.signatory is None or not _is_recent(bureau, request.decided_at):
        return
    data = {
        "record": {
            **taking.merged(request.record, request.corrections),
            "reference": reference_of(request),
            "signatory": who.signatory,
        },
        "instructeur": bureau.settings.instructeur,
        "motivation": "",
    }
    outbox.add(connection, request.id, outbox.DELIVER, "sign", data, AUTHOR, bureau.clock())


def _is_recent(bureau: Bureau, decided_at: int | None) -> bool:
    first = bureau.settings.attest_from
    return decided_at is not None and decided_at >= datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()


def reference_of(request: Request) -> str:
    """The reference under which a request's attestation is issued, whatever happens to it: so it is issued once."""
    return f"DS-{request.dossier}" if request.dossier else f"D-{request.number}"


def note_burst(bureau: Bureau, connection: Connection, request: Request, author: str) -> None:
    """Note an unusual burst of acceptances on the request that makes it one."""
    at = request.decided_at or bureau.clock()
    found = anomalies.burst(alerts.accepted_by(connection, author, at - anomalies.MONTH, at), at)
    if found:
        known = {
            code: alert.details
            for code, alert in alerts.of_request(connection, request.id).items()
            if alert.settled_at is None
        }
        alerts.put(
            connection, request.id, bureau.clock(), {**known, "burst": {**found, "author": author}}, anomalies.STICKY
        )


def refresh_alerts(bureau: Bureau, connection: Connection, request: Request) -> None:
    """Work the anomalies of a request out again, and of those that it collides with."""
    twins = requests.of_person(connection, request.person_key) if request.person_key else []
    _put_alerts(bureau, connection, request, twins)
    for twin in twins:
        if twin.id != request.id:
            _put_alerts(bureau, connection, twin, twins)


def _put_alerts(bureau: Bureau, connection: Connection, request: Request, twins: list[Request]) -> None:
    entry = queries.find(connection, request.attestation) if request.attestation else None
    found = anomalies.found_in(request, bureau.clock(), bureau.waiting_days, twins, entry.state if entry else None)
    if found or alerts.of_request(connection, request.id):
        alerts.put(connection, request.id, bureau.clock(), found, anomalies.STICKY)
