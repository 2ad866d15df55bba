"""Attestations by the API: issue, read, print, suspend, reinstate, revoke, replace."""

from collections.abc import Sequence

from flask import Blueprint, Response, current_app, g, request, url_for

from issuer.attestation.numbers import LONGEST_TYPED
from issuer.attestation.problems import Problem
from issuer.desk import Confirmed, Done, Issued, acts, print_document, qr_text
from issuer.desk.errors import ActRefused
from issuer.messages import problem_text
from issuer.registry import RegisteredAttestation, archived, by_number
from issuer.registry.queries import reference_of
from issuer.registry.search import as_told
from issuer.web import scope
from issuer.web.api import reading
from issuer.web.api.answers import Keep, answer, once
from issuer.web.api.bearer import scoped
from issuer.web.api.problem import Refused, problem
from issuer.web.context import web_context
from keys.errors import not_none

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
    value = reading.json_object()
    warned = _accepted(value)
    record, derived = _record(value)
    issued = web_context().issue_soon(Confirmed(record) if warned else record, g.account)
    _count("issue", issued.status)
    if issued.status == "refused":
        raise _refusal(issued.errors, derived)
    return _issued(issued)


def _accepted(body: dict) -> bool:
    """``accept_warnings`` of a body, taken out of it. Raises Refused 422."""
    warned = body.pop("accept_warnings", False)
    if not isinstance(warned, bool):
        raise Refused(
            422,
            "accept_warnings is true or false.",
            "record",
            [{"field": "accept_warnings", "code": "not_a_choice", "message": "Give true or false."}],
        )
    return warned


def _record(value: dict) -> tuple[dict, bool]:
    """The record as it will be issued, for the caller's départements only; whether its reference comes from the key."""
    department = value.get("department")
    if isinstance(department, str) and not g.account.covers(department):
        raise Refused(403, "The token's account does not cover this département.", "department")
    key, record = reading.idempotency_key(), dict(value)
    if record.get("signatory") is None:
        record["signatory"] = g.account.signatory().to_json()
    elif record["signatory"] not in scope.signatories(web_context(), g.account):
        said = "The signatory is the token's account, or the configured one, to the letter. Leave it out."
        raise Refused(422, said, "record", [{"field": "signatory", "code": "signatory_not_yours", "message": said}])
    if record.get("reference") not in (None, "") or key is None:
        return record, False
    record["reference"] = reading.key_reference(key)
    return record, True


def _refusal(errors: Sequence[Problem], derived: bool) -> Refused:
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


def _issued(issued: Issued, **more: object) -> Response:
    body = {
        "number": issued.number,
        "status": issued.status,
        "text": issued.text,
        "token": not_none(issued.token).hex(),
        **more,
    }
    return answer(
        201 if issued.status == "issued" else 200, body, {"Location": url_for("api.read", number=issued.number)}
    )


def _attestation(number: str) -> RegisteredAttestation:
    found = by_number(web_context().engine, number) if len(number) <= LONGEST_TYPED else None
    if found is None or not g.account.covers(found.department):
        raise Refused(404, "There is no attestation of this number within the account's départements.", "unknown")
    if request.method == "GET":
        scope.note_view(str(found.number))
    return found


@scoped("read")
def read(number: str) -> Response:
    """One attestation: its claims, its state, its exact token. An anonymised one has no claims."""
    context, attestation = web_context(), _attestation(number)
    [attestation] = as_told(context.engine, [attestation])
    stored = archived(context.engine, attestation.number)
    body = {
        "number": str(attestation.number),
        "state": attestation.state,
        "kind": attestation.kind,
        "department": attestation.department,
        "valid_from": attestation.valid_from.isoformat(),
        "valid_until": attestation.valid_until.isoformat(),
        "anonymised": stored is None,
        "claims": stored.claims.to_json() if stored else None,
        "signatory": stored.annex["signatory"] if stored else None,
        "text": qr_text(context.desk(), attestation.number) if stored else None,
        "token": stored.token.hex() if stored else None,
        "reference": reference_of(context.engine, attestation.number),
        "next_state": attestation.next_state,
    }
    return answer(200, body)


@scoped("read")
def document(number: str) -> Response:
    """The printed attestation, a PDF."""
    attestation = _attestation(number)
    if archived(web_context().engine, attestation.number) is None:
        raise Refused(409, "This attestation was anonymised and is no longer printed.", "anonymised")
    return Response(print_document(web_context().desk(), attestation.number), mimetype="application/pdf")


@scoped("act")
def act(number: str, act: str) -> Response:
    """Suspend, reinstate or revoke."""
    attestation, body, key = _attestation(number), reading.json_object(), reading.idempotency_key()
    grounds = reading.grounds(body, act)
    if act == "revoke":
        _alone()

    def work(keep: Keep) -> tuple[int, dict]:
        try:
            done = acts.do(
                web_context().desk(),
                act,
                attestation.number,
                grounds,
                g.account.author,
                lambda connection, done: keep(connection, 200, _done(done)),
            )
        except ActRefused as refused:
            raise _act_refusal(refused) from None
        _count(act, "done")
        return 200, _done(done)

    return once(key, work)


def _alone() -> None:
    """What ends an attestation is for one person to do. Raises Refused where the settings ask for two."""
    if web_context().settings.second_person:
        raise Refused(
            409,
            "Here a second person confirms each revocation and each replacement: propose it on the attestation's page.",
            "second_person",
        )


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
                "field": f"record.{name}",
                "code": "other_holder",
                "message": "This is not the holder of the attestation that is replaced.",
            }
            for name in refused.fields
        ]
        or [
            {
                "field": {
                    "basis": "legal_basis",
                    "effective": "effective_on",
                    "notified": "notified_on",
                    "notified_before": "notified_on",
                    "heard": "heard_on",
                }.get(refused.code, refused.code),
                "message": str(refused),
            },
        ],
    )


def _done(done: Done) -> dict:
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
    """Issue the attestation that takes the place of another: ``{"record": …, "grounds": …}``, and
    ``"accept_warnings": true`` where another holder is meant, or what is hardly ever so.
    """
    attestation, body = _attestation(number), reading.json_object()
    _alone()
    warned = body.pop("accept_warnings", False)
    if set(body) != {"record", "grounds"} or not isinstance(body["record"], dict) or not isinstance(warned, bool):
        raise Refused(
            422,
            "Give a record and grounds.",
            "record",
            [
                {
                    "field": "record",
                    "message": "Give an object with record and grounds; accept_warnings is true or false.",
                }
            ],
        )
    grounds = reading.grounds(body["grounds"], "replace")
    record, derived = _record(body["record"])
    try:
        issued, done = acts.replace(
            web_context().desk(),
            attestation.number,
            Confirmed(record) if warned else record,
            grounds,
            g.account.author,
            another_holder=warned,
        )
    except ActRefused as refused:
        raise _act_refusal(refused) from None
    _count("replace", issued.status)
    if issued.status == "refused":
        raise _refusal(issued.errors, derived)
    return _issued(issued, replaces=str(attestation.number), done=_done(done) if done else None)


def _count(act_: str, outcome: str) -> None:
    current_app.extensions["wif_metrics"].acts.labels(act_, outcome).inc()
