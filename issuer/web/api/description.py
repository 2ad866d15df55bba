"""The description of the API: OpenAPI 3.1."""

import json
from functools import cache

from flask import Blueprint, Response

from issuer.attestation.claims import CONTRACTS, KINDS, MAX_PERMIT, MAX_TEXT, MAX_WORKPLACES, PERIODS
from issuer.attestation.places import DEPARTMENTS
from issuer.attestation.record import MAX_REFERENCE, MAX_SIGNATORY
from issuer.desk.law import REASONS
from issuer.registry.models import STATES
from issuer.registry.told import ALTERED
from issuer.web.access import PUBLIC, asks


def add_routes(pages: Blueprint) -> None:
    """Register the route of this room."""
    pages.add_url_rule("/openapi.json", endpoint="description", view_func=openapi)


@asks(PUBLIC)
def openapi() -> Response:
    """The description itself."""
    return Response(json.dumps(document()), mimetype="application/json")


@cache
def document() -> dict:
    """The description as JSON data."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Work In France: issuer",
            "version": "1",
            "description": (
                "Signed work-permit attestations. Bearer tokens are made on an account's page. Errors are problem+json"
                " (RFC 9457)."
            ),
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
            "parameters": {
                "number": _parameter(
                    "number", "path", {"type": "string", "pattern": "^[1-9][0-9]{9}$"}, "The attestation's ten digits."
                ),
                "key": _parameter(
                    "Idempotency-Key",
                    "header",
                    {"type": "string", "pattern": "^[!-~]{1,64}$"},
                    "The same key, the same answer, for a day.",
                ),
            },
        },
    }


def _parameter(name: str, place: str, schema: dict, words: str) -> dict:
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": words}


def _ref(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


def _body(schema: dict) -> dict:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _answers(good: dict[str, str], *failures: int) -> dict:
    words = {
        400: "Not JSON.",
        401: "No usable token.",
        403: "Scope or département not the token's.",
        404: "No such attestation.",
        409: "Not possible in its state.",
        413: "Too large.",
        414: "The address is longer than 4,094 characters.",
        415: "Not application/json.",
        422: "Refused; errors name the fields.",
        429: "Too many calls.",
        431: "More than 60 headers, or one too large.",
    }
    answers = {
        status: {"description": schema, "content": {"application/json": {"schema": _ref(schema)}}}
        for status, schema in good.items()
    }
    for status in (401, 403, 414, 429, 431, *failures):
        answers[str(status)] = {
            "description": words[status],
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
    return answers


def _paths() -> dict:
    number, key = {"$ref": "#/components/parameters/number"}, {"$ref": "#/components/parameters/key"}
    whole = {"schema": {"type": "integer", "minimum": 0, "maximum": 2**53}}
    paths: dict[str, dict] = {
        "/attestations": {
            "post": {
                "operationId": "issue",
                "summary": "Issue one attestation (scope issue).",
                "parameters": [key],
                "requestBody": _body(_ref("RecordToIssue")),
                "responses": _answers({"201": "Issued", "200": "Issued"}, 400, 413, 415, 422),
            }
        },
        "/attestations/{number}": {
            "get": {
                "operationId": "read",
                "summary": "Read one attestation (scope read).",
                "parameters": [number],
                "responses": _answers({"200": "Attestation"}, 404),
            }
        },
        "/attestations/{number}/document": {
            "get": {
                "operationId": "document",
                "summary": "The printed attestation (scope read).",
                "parameters": [number],
                "responses": {
                    **_answers({}, 404, 409),
                    "200": {"description": "PDF", "content": {"application/pdf": {}}},
                },
            }
        },
        "/attestations/{number}/replace": {
            "post": {
                "operationId": "replace",
                "summary": "Issue the attestation that takes the place of this one (scopes issue and act).",
                "parameters": [number, key],
                "requestBody": _body(
                    {
                        "type": "object",
                        "required": ["record", "grounds"],
                        "additionalProperties": False,
                        "properties": {
                            "record": _ref("Record"),
                            "grounds": _ref("GroundsToReplace"),
                            "accept_warnings": {
                                "type": "boolean",
                                "description": "True where another holder, or what is hardly ever so, is meant.",
                            },
                        },
                    }
                ),
                "responses": _answers({"201": "Issued", "200": "Issued"}, 400, 404, 409, 413, 415, 422),
            }
        },
        "/changes": {
            "get": {
                "operationId": "changes",
                "summary": "Acts since a cursor (scope read).",
                "parameters": [
                    {**_parameter("after", "query", whole["schema"], "The next of the page before.")},
                    {
                        **_parameter(
                            "limit", "query", {"type": "integer", "minimum": 1, "maximum": 500}, "Acts of one page."
                        )
                    },
                ],
                "responses": _answers({"200": "Changes"}, 422),
            }
        },
        "/openapi.json": {
            "get": {
                "operationId": "description",
                "summary": "This description.",
                "security": [],
                "responses": {
                    "200": {"description": "OpenAPI", "content": {"application/json": {"schema": {"type": "object"}}}}
                },
            }
        },
    }
    for act in ("suspend", "reinstate", "revoke"):
        paths[f"/attestations/{{number}}/{act}"] = {
            "post": {
                "operationId": act,
                "summary": f"{act.capitalize()} (scope act).",
                "parameters": [number, key],
                "requestBody": _body(_ref(f"GroundsTo{act.capitalize()}")),
                "responses": _answers({"200": "Done"}, 400, 404, 409, 413, 415, 422),
            }
        }
    return paths


def _text(most: int, least: int = 1) -> dict:
    return {"type": "string", "minLength": least, "maxLength": most}


def _object(properties: dict, required: tuple[str, ...] = (), closed: bool = True) -> dict:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": not closed}


def _or_null(schema: dict) -> dict:
    return {"anyOf": [schema, {"type": "null"}]}


def _schemas() -> dict:
    day, number = {"type": "string", "format": "date"}, {"type": "string", "pattern": "^[1-9][0-9]{9}$"}
    signatory = _object(
        {name: _text(MAX_SIGNATORY) for name in ("given_names", "family_name", "title", "service")},
        ("family_name", "title", "service"),
    )
    states = {"type": "string", "enum": list(STATES)}
    department = {"type": "string", "enum": list(DEPARTMENTS)}
    record = _object(
        {
            "reference": _text(MAX_REFERENCE),
            "kind": {"type": "string", "enum": list(KINDS.values())},
            "family_name": _text(MAX_TEXT),
            "given_names": _text(MAX_TEXT),
            "birth_date": {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"},
            "nationality": {"type": "string", "pattern": "^[A-Z]{3}$"},
            "employer": _object(
                {"name": _text(MAX_TEXT), "siret": {"type": "string", "pattern": "^[0-9]{14}$"}}, ("name",)
            ),
            "job": _text(MAX_TEXT),
            "contract": {"type": "string", "enum": list(CONTRACTS.values())},
            "hours": _object(
                {"count": {"type": "number"}, "per": {"type": "string", "enum": list(PERIODS.values())}},
                ("count", "per"),
            ),
            "workplaces": {"type": "array", "items": department, "maxItems": MAX_WORKPLACES, "uniqueItems": True},
            "residence_permit": _text(MAX_PERMIT),
            "department": department,
            "valid_from": day,
            "valid_until": day,
            "signatory": signatory,
        },
        (
            "kind",
            "family_name",
            "birth_date",
            "nationality",
            "employer",
            "job",
            "contract",
            "department",
            "valid_from",
            "valid_until",
        ),
    )
    schemas = {
        "Record": record,
        "RecordToIssue": {
            **record,
            "properties": {
                **record["properties"],
                "accept_warnings": {
                    "type": "boolean",
                    "description": "True where what is hardly ever so is meant; without it the record is refused (422)"
                    " with the warnings as errors.",
                },
            },
        },
        "Issued": _object(
            {
                "number": number,
                "status": {"type": "string", "enum": ["issued", "already_issued"]},
                "text": {"type": "string"},
                "token": {"type": "string", "pattern": "^[0-9a-f]+$"},
                "replaces": number,
                "done": _or_null(_ref("Done")),
            },
            ("number", "status", "text", "token"),
        ),
        "Attestation": _object(
            {
                "number": number,
                "state": {
                    "type": "string",
                    "enum": [*STATES, ALTERED],
                    "description": "`altered`: not in the registry as the audit trail tells; nothing is done with it.",
                },
                "kind": {"type": "string"},
                "department": department,
                "valid_from": day,
                "valid_until": day,
                "anonymised": {"type": "boolean"},
                "claims": _or_null({"type": "object"}),
                "signatory": _or_null(signatory),
                "text": _or_null({"type": "string"}),
                "token": _or_null({"type": "string"}),
                "reference": _or_null({"type": "string"}),
                "next_state": _or_null(states),
            },
            (
                "number",
                "state",
                "kind",
                "department",
                "valid_from",
                "valid_until",
                "anonymised",
                "claims",
                "text",
                "token",
            ),
        ),
        "Done": _object(
            {
                "number": number,
                "act": {"type": "string"},
                "state": states,
                "effective_on": day,
                "waiting": {"type": "boolean"},
                "warnings": {"type": "array", "items": {"type": "string"}},
            },
            ("number", "act", "state", "effective_on", "waiting", "warnings"),
        ),
        "Changes": _object(
            {
                "changes": {
                    "type": "array",
                    "items": _object(
                        {
                            "cursor": {"type": "integer"},
                            "at": {"type": "integer", "description": "UTC seconds."},
                            "act": {"type": "string"},
                            "number": number,
                            "state": states,
                            "department": department,
                        },
                        ("cursor", "at", "act", "number", "state", "department"),
                    ),
                },
                "next": {"type": "integer"},
                "more": {"type": "boolean"},
            },
            ("changes", "next", "more"),
        ),
        "Problem": _object(
            {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "code": {"type": "string"},
                "errors": {"type": "array", "items": {"type": "object"}},
            },
            ("type", "title", "status"),
        ),
    }
    for act in ("suspend", "reinstate", "revoke", "replace"):
        fields = {
            "legal_basis": _text(500),
            "effective_on": day,
            "notified_on": day,
            "heard_on": day,
            "force": _text(500),
        }
        required = ["legal_basis"]
        if act in REASONS:
            fields["reason"] = {"type": "string", "enum": list(REASONS[act])}
            required.append("reason")
        schemas[f"GroundsTo{act.capitalize()}"] = _object(fields, tuple(required))
    return schemas
