"""Attestations by the API: issue, read, print, suspend, reinstate, revoke, replace."""

from flask import Blueprint, Response, current_app, g, url_for

from issuer.desk.errors import ActRefused
from issuer.messages import problem_text
from issuer.registry import Entry, archived, by_number
from issuer.registry.queries import reference_of
from issuer.web.api import reading
from issuer.web.api.answers import Keep, answer, once
from issuer.web.api.bearer import scoped
from issuer.web.api.problem import Refused, problem
from issuer.web.office import office

LANGUAGE = "en"
"""Of the words for people in errors; programs read the codes."""


def add_routes(pages: Blueprint) -> None:
    """Register the routes of this room."""
    pages.add_url_rule("/attestations", view_func=issue, methods=["POST"])
    pages.add_url_rule("/attestations/<number>", view_func=read)
    pages.add_url_rule("/attestations/<number>/document", view_func=document)
    pages.add_url_rule("/attestations/<number>/<any(suspend, reinstate, revoke):act>", view_func=act, methods=["POST"])
    pages.add_url_rule("/attestations/<number>/replace", view_func=replace, methods=["POST"])
    pages.register_error_handler(
        Refused, lambda error: problem(error.status, error.detail, error.errors, error.code, error.headers)
    )


@scoped("issue")
def issue() -> Response:
    """Issue one record. The same reference, or without one the same Idempotency-Key, gives the same attestation."""
    record, derived = _record(reading.json_object())
    issued = office().issue_soon(record, g.account)
    _count("issue", issued.status)
    if issued.status == "refused":
        raise _refusal(issued.errors, derived)
    return _issued(issued)


def _record(value: dict) -> tuple[dict, bool]:
    """The record as it will be issued, for the caller's départements only; whether its reference comes from the key."""
    department = value.get("department")
    if isinstance(department, str) and not g.account.covers(department):
        raise Refused(403, "The token's account does not cover this département.", "department")
    key, record = reading.idempotency_key(), dict(value)
    if record.get("signatory") is None:
        record["signatory"] = g.account.signatory().to_json()
    derived = record.get("reference") in (None, "") and key is not None
    if derived:
        record["reference"] = reading.key_reference(key)
    return record, derived


def _refusal(errors, derived: bool) -> Refused:
    if derived and any(found.code == "reference_conflict" for found in errors):
        return Refused(
            422, "This Idempotency-Key was used for another record. Draw a new one.", "idempotency_key_reused"
        )
    return Refused(
        422,
        "The record was refused.",
        "record",
        [{"field": found.field, "code": found.code, "message": problem_text(found, LANGUAGE)} for found in errors],
    )


def _issued(issued, **more: object) -> Response:
    body = {"number": issued.number, "status": issued.status, "text": issued.text, "token": issued.token.hex(), **more}
    return answer(
        201 if issued.status == "issued" else 200, body, {"Location": url_for("api.read", number=issued.number)}
    )


def _entry(number: str) -> Entry:
    found = by_number(office().engine, number) if len(number) <= 20 else None
    if found is None or not g.account.covers(found.department):
        raise Refused(404, "There is no attestation of this number within the account's départements.", "unknown")
    return found


@scoped("read")
def read(number: str) -> Response:
    """One attestation: its claims, its state, its exact token. An anonymised one has no claims."""
    rooms, entry = office(), _entry(number)
    stored = archived(rooms.engine, entry.number)
    body = {
        "number": str(entry.number),
        "state": entry.state,
        "kind": entry.kind,
        "department": entry.department,
        "valid_from": entry.valid_from.isoformat(),
        "valid_until": entry.valid_until.isoformat(),
        "anonymised": stored is None,
        "claims": stored.claims().to_json() if stored else None,
        "signatory": stored.annex["signatory"] if stored else None,
        "text": rooms.desk().text(entry.number) if stored else None,
        "token": stored.token.hex() if stored else None,
        "reference": reference_of(rooms.engine, entry.number),
        "next_state": entry.next_state,
    }
    return answer(200, body)


@scoped("read")
def document(number: str) -> Response:
    """The printed attestation, a PDF."""
    entry = _entry(number)
    if archived(office().engine, entry.number) is None:
        raise Refused(409, "This attestation was anonymised and is no longer printed.", "anonymised")
    return Response(office().desk().document(entry.number), mimetype="application/pdf")


@scoped("act")
def act(number: str, act: str) -> Response:
    """Suspend, reinstate or revoke."""
    entry, body, key = _entry(number), reading.json_object(), reading.idempotency_key()
    grounds = reading.grounds(body, act)
    if act == "revoke" and office().settings.second_person:
        raise Refused(
            409, "Here a second person confirms each revocation: propose it on the attestation's page.", "second_person"
        )

    def work(keep: Keep) -> tuple[int, dict]:
        try:
            done = getattr(office().desk(), act)(
                entry.number,
                grounds,
                g.account.author,
                lambda connection, done: keep(connection, 200, _done(done)),
            )
        except ActRefused as refused:
            raise _act_refusal(refused) from None
        _count(act, "done")
        return 200, _done(done)

    return once(key, work)


def _act_refusal(refused: ActRefused) -> Refused:
    _count("act", refused.code)
    return Refused(
        409 if refused.code in ("state", "late") else 422,
        str(refused),
        refused.code,
        None
        if refused.code == "state"
        else [
            {
                "field": {
                    "basis": "legal_basis",
                    "effective": "effective_on",
                    "notified": "notified_on",
                    "heard": "heard_on",
                }.get(refused.code, refused.code),
                "message": str(refused),
            },
        ],
    )


def _done(done) -> dict:
    return {
        "number": done.number,
        "act": done.act,
        "state": done.state,
        "effective_on": done.effective_on.isoformat(),
        "waiting": done.waiting,
        "warnings": list(done.warnings),
    }


@scoped("issue act")
def replace(number: str) -> Response:
    """Issue the attestation that takes the place of another: ``{"record": …, "grounds": …}``."""
    entry, body = _entry(number), reading.json_object()
    if set(body) != {"record", "grounds"} or not isinstance(body["record"], dict):
        raise Refused(
            422,
            "Give a record and grounds.",
            "record",
            [{"field": "record", "message": "Give an object with record and grounds."}],
        )
    grounds = reading.grounds(body["grounds"], "replace")
    record, derived = _record(body["record"])
    try:
        issued, done = office().desk().replace(entry.number, record, grounds, g.account.author)
    except ActRefused as refused:
        raise _act_refusal(refused) from None
    _count("replace", issued.status)
    if issued.status == "refused":
        raise _refusal(issued.errors, derived)
    return _issued(issued, replaces=str(entry.number), done=_done(done) if done else None)


def _count(act_: str, outcome: str) -> None:
    current_app.extensions["wif_metrics"].acts.labels(act_, outcome).inc()
