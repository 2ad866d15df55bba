"""Taking dossiers into the registry: each page in one transaction, each dossier either taken or set aside with its
reason.

What a dossier's new state calls for is written in the same transaction: its history, its anomalies, and the task that
makes its attestation.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from issuer.attestation.places import local_day
from issuer.attestation.problems import Problem
from issuer.demarches import anomalies, records, routing
from issuer.demarches.context import AUTHOR, DemarchesContext
from issuer.demarches.dossiers import Unreadable, columns, digest
from issuer.demarches.mapping import Mapping
from issuer.demarches.settings import DemarchesSettings
from issuer.demarches.source import instant
from issuer.desk.issuing import looked_at
from issuer.registry import alerts, outbox, queries, requests
from issuer.registry.request_tables import ACCEPTE, DECIDED, EN_CONSTRUCTION, EN_INSTRUCTION, REQUEST_STATES, WAITING
from issuer.registry.requests import Request
from keys.errors import not_none


@dataclass
class Tally:
    """What a synchronisation did with dossiers."""

    new: int = 0
    changed: int = 0
    same: int = 0
    aside: int = 0
    withdrawn: int = 0
    tampered: int = 0
    """Dossiers whose row here was changed by another way than this program: left as they are."""


@dataclass(frozen=True)
class Decider:
    """Who decided at Démarches simplifiées: the author as the history names it, and the signatory of the
    attestation.
    """

    author: str
    signatory: dict | None


def decider(context: DemarchesContext, dossier: dict) -> Decider:
    """Who took the last decision on a dossier."""
    steps = [
        step for step in dossier.get("traitements") or () if isinstance(step, dict) and step.get("state") in DECIDED
    ]
    email = str(steps[-1].get("emailAgentTraitant") or "") if steps else ""
    account = context.account_of(email)
    if account is not None:
        return Decider(account.author, account.signatory().to_json())
    author = f"instructeur-{hashlib.sha256(email.lower().encode()).hexdigest()[:8]}" if email else AUTHOR
    return Decider(author, context.signatory.to_json() if context.signatory else None)


def take(
    context: DemarchesContext,
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
        number = dossier.get("number")
        former = known.get(number) if type(number) is int else None
        if type(number) is int and number in known and former is None:
            tally.tampered += 1
            continue
        if former is not None and (
            former.anonymised_at or (former.digest == digest(dossier, mapping) and former.withdrawn_at is None)
        ):
            tally.same += 1
            continue
        try:
            values = columns(dossier, demarche, mapping, local_day(None, context.clock()))
        except Unreadable:
            take_bare(context, connection, demarche, dossier, tally)
            continue
        request = _put(context, connection, former, values, dossier, who)
        tally.new += former is None
        tally.changed += former is not None
        tally.aside += request.aside is not None
        known[not_none(request.dossier)] = request


def _put(
    context: DemarchesContext, connection: Connection, former: Request | None, values: dict, dossier: dict, who: Decider
) -> Request:
    now = context.clock()
    corrections = former.corrections if former else {}
    attestation = former.attestation if former else None
    merged = records.merged(values["record"], corrections)
    evaluation = records.evaluate(merged)
    going = routing.going(values, evaluation, corrections, attestation, noticed(context, connection, evaluation))
    values = {**values, **records.searched(merged), **going}
    if values["aside"] is None and values["state"] == ACCEPTE and attestation is None and who.signatory is None:
        values |= {"aside": "signatory", "aside_details": {"problems": []}}
    if former is None:
        request_id = requests.add(connection, now, context.below, values)
        for at, what in _past(values, dossier):
            requests.note(connection, request_id, at, what, who.author if what in DECIDED else AUTHOR, now)
    else:
        request_id = former.id
        requests.change(connection, request_id, now, values)
        _note_changes(connection, former, values, who, now)
    request = not_none(requests.find(connection, request_id))
    if request.state == ACCEPTE and (former is None or former.state != ACCEPTE):
        note_burst(context, connection, request, who.author)
    enqueue_delivery(context, connection, request, who)
    refresh_alerts(context, connection, request)
    return request


def noticed(context: DemarchesContext, connection: Connection, evaluation: records.Evaluation) -> list[Problem]:
    """What refuses the record that a request asks for, and what warns, before anybody decides; the twins in the
    registry among it.
    """
    if evaluation.record is None:
        return []
    refused, warned = looked_at(context.desk(), connection, evaluation.record)
    return refused if context.desk().accept_warnings else refused + warned


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


def take_bare(context: DemarchesContext, connection: Connection, demarche: int, dossier: dict, tally: Tally) -> None:
    """A dossier that cannot be read whole: set aside with what is known, its earlier content kept."""
    number, state = dossier.get("number"), dossier.get("state")
    if type(number) is not int or number < 1:
        tally.aside += 1
        return
    now, known = context.clock(), requests.find_dossiers(connection, [number])
    former = known.get(number)
    if number in known and former is None:
        tally.tampered += 1
        return
    aside: dict[str, object] = {"aside": "unreadable_dossier", "aside_details": {"problems": []}, "digest": None}
    if former is not None:
        requests.change(connection, former.id, now, aside)
    else:
        deposited = instant(dossier.get("dateDepot")) or now
        known_state = state if state in REQUEST_STATES else EN_CONSTRUCTION
        request_id = requests.add(
            connection,
            now,
            context.below,
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


def withdraw(context: DemarchesContext, connection: Connection, withdrawn: dict[int, int], tally: Tally) -> None:
    """Note the dossiers that were deleted at their source."""
    now = context.clock()
    for number, request in requests.find_dossiers(connection, list(withdrawn)).items():
        if request is None:
            tally.tampered += 1
        elif request.withdrawn_at is None:
            values = {
                "withdrawn_at": withdrawn[number],
                "aside": None,
                "aside_details": None,
                "awaited_from": "personne",
                "awaited": "rien",
            }
            requests.change(connection, request.id, now, values)
            requests.note(connection, request.id, withdrawn[number], "withdrawn", AUTHOR, now)
            refresh_alerts(context, connection, not_none(requests.find(connection, request.id)))
            tally.withdrawn += 1


def enqueue_delivery(context: DemarchesContext, connection: Connection, request: Request, who: Decider) -> None:
    """The task that makes the attestation of a dossier accepted at Démarches simplifiées itself, if it is due and
    nothing stands against it.
    """
    if (
        request.state != ACCEPTE
        or request.attestation is not None
        or request.aside is not None
        or request.dossier is None
        or context.settings is None
    ):
        return
    if (
        request.withdrawn_at is not None
        or who.signatory is None
        or not _is_recent(context.settings, request.decided_at)
    ):
        return
    data = {
        "record": {
            **records.merged(request.record, request.corrections),
            "reference": reference_of(request),
            "signatory": who.signatory,
        },
        "instructeur": context.settings.instructeur,
        "motivation": "",
    }
    outbox.add(connection, request.id, outbox.DELIVER, "sign", data, AUTHOR, context.clock())


def _is_recent(settings: DemarchesSettings, decided_at: int | None) -> bool:
    first = settings.attest_from
    return decided_at is not None and decided_at >= datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()


def reference_of(request: Request) -> str:
    """The reference under which a request's attestation is issued, whatever happens to it: so it is issued once."""
    return f"DS-{request.dossier}" if request.dossier else f"D-{request.number}"


def note_burst(context: DemarchesContext, connection: Connection, request: Request, author: str) -> None:
    """Note an unusual burst of acceptances on the request that makes it one."""
    at = request.decided_at or context.clock()
    found = anomalies.burst(alerts.accepted_by(connection, author, at - anomalies.MONTH, at), at)
    if found:
        known = {
            code: alert.details
            for code, alert in alerts.of_request(connection, request.id).items()
            if alert.settled_at is None
        }
        alerts.put(
            connection, request.id, context.clock(), {**known, "burst": {**found, "author": author}}, anomalies.STICKY
        )


def refresh_alerts(context: DemarchesContext, connection: Connection, request: Request) -> None:
    """Work the anomalies of a request out again, and of those that it collides with."""
    twins = requests.of_person(connection, request.person_key) if request.person_key else []
    _put_alerts(context, connection, request, twins)
    for twin in twins:
        if twin.id != request.id:
            _put_alerts(context, connection, twin, twins)


def _put_alerts(context: DemarchesContext, connection: Connection, request: Request, twins: list[Request]) -> None:
    attestation = queries.find(connection, request.attestation) if request.attestation else None
    found = anomalies.found_in(
        request, context.clock(), context.waiting_days, twins, attestation.state if attestation else None
    )
    if found or alerts.of_request(connection, request.id):
        alerts.put(connection, request.id, context.clock(), found, anomalies.STICKY)
