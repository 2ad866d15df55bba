"""GraphQL over the store: queries are parsed, checked against the schema and answered by graphql-core, errors have the
API's codes.
"""

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    Node,
    SelectionSetNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from issuer.demarches.source import instant
from issuer.demo.demarches.store import Refused, Store
from keys.instants import instant as iso

DEEPEST = 15
LARGEST_PAGE = 100


class Coded(Exception):
    """An error with one of the API's codes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.extensions = {"code": code}


@cache
def schema() -> GraphQLSchema:
    """The schema, with the addresses of files worked out when they are asked for."""
    made = build_schema((files("issuer.demo.demarches") / "schema.graphql").read_text(encoding="utf-8"))
    for name, made_type in made.type_map.items():
        if not isinstance(made_type, GraphQLObjectType):
            continue
        fields = made_type.fields
        if name == "File":
            fields["url"].resolve = lambda source, info: info.context["address_of"](source["blob"])
            fields["virusScanResult"].resolve = lambda source, info: source.get("virusScanResult", "safe")
        elif name.endswith("Champ") and "stringValue" in fields:
            fields["updatedAt"].resolve = lambda source, info: source.get("updatedAt", "2026-01-01T00:00:00Z")
            fields["id"].resolve = lambda source, info: source.get("id", source["champDescriptorId"])
    return made


def _inner(node: Node) -> SelectionSetNode | None:
    """What is selected below an operation, a field or a fragment in place."""
    inner = getattr(node, "selection_set", None)
    return inner if isinstance(inner, SelectionSetNode) else None


def depth(document: DocumentNode) -> int:
    """How deep a query goes, fragments followed."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}

    def below(selection: SelectionSetNode | None, seen: tuple[str, ...]) -> int:
        if selection is None:
            return 0
        deepest = 0
        for node in selection.selections:
            if isinstance(node, FragmentSpreadNode):
                name = node.name.value
                deepest = max(
                    deepest,
                    below(fragments[name].selection_set, (*seen, name))
                    if name in fragments and name not in seen
                    else 0,
                )
            else:
                deepest = max(deepest, below(_inner(node), seen) + isinstance(node, FieldNode))
        return deepest

    return max(
        (below(_inner(node), ()) for node in document.definitions if not isinstance(node, FragmentDefinitionNode)),
        default=0,
    )


def answer(store: Store, body: Any, address_of: Callable[[str], str], upload_to: Callable[[str], str]) -> dict:
    """The answer to one request's JSON. ``address_of(blob)`` and ``upload_to(blob)`` are addresses that live for a
    while.
    """
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return _errors("bad_request", "The query is missing")
    try:
        document = parse(body["query"], max_tokens=5_000)
    except GraphQLError as error:
        return _errors("graphql_parse_failed", error.message)
    found = validate(schema(), document)
    if found:
        return {"errors": [{"message": error.message, "extensions": {"code": "bad_request"}} for error in found]}
    if depth(document) > DEEPEST:
        return _errors("bad_request", f"Query has depth of more than {DEEPEST}")
    result = execute_sync(
        schema(),
        document,
        root_value=_root(store, upload_to),
        variable_values=body.get("variables") or {},
        operation_name=body.get("operationName"),
        context_value={"address_of": address_of},
    )
    table: dict = {"data": result.data}
    if result.errors:
        table["errors"] = [_shown(error) for error in result.errors]
    return table


def _shown(error: GraphQLError) -> dict:
    code = error.original_error.extensions["code"] if isinstance(error.original_error, Coded) else None
    if code is None:
        code = (
            "invalid_null"
            if "non-nullable" in error.message
            else "bad_request"
            if error.original_error is None
            else "internal_server_error"
        )
    return {"message": error.message, "path": error.path, "extensions": {"code": code}}


def _errors(code: str, message: str) -> dict:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}


def _root(store: Store, upload_to: Callable[[str], str]) -> dict:
    def demarche(info: GraphQLResolveInfo, number: int) -> dict:
        if number != store.demarche["number"]:
            raise Coded("not_found", "Demarche not found")
        return {
            **store.demarche,
            "dossiers": _dossiers(store),
            "deletedDossiers": _deleted(store),
            "pendingDeletedDossiers": _nothing,
        }

    def dossier(info: GraphQLResolveInfo, number: int) -> dict:
        if number not in store.dossiers:
            raise Coded("not_found", "Dossier not found")
        return store.dossiers[number]

    def moving(state: str) -> Callable[[GraphQLResolveInfo, dict], dict]:
        def move(info: GraphQLResolveInfo, input: dict) -> dict:
            found = _found(store, input["dossierId"])
            try:
                store.move(found, state, input["instructeurId"], input.get("motivation"), input.get("justificatif"))
            except Refused as refused:
                return {"errors": [{"message": str(refused)}]}
            return {"dossier": found}

        return move

    def send(info: GraphQLResolveInfo, input: dict) -> dict:
        try:
            return {
                "message": store.message(
                    _found(store, input["dossierId"]),
                    input["instructeurId"],
                    input["body"],
                    input.get("attachment"),
                    input.get("correction"),
                )
            }
        except Refused as refused:
            return {"errors": [{"message": str(refused)}]}

    def upload(info: GraphQLResolveInfo, input: dict) -> dict:
        _found(store, input["dossierId"])
        blob = store.announce(input["filename"], input["contentType"], input["byteSize"], input["checksum"])
        headers = {"Content-Type": input["contentType"], "Content-MD5": input["checksum"]}
        return {
            "directUpload": {
                "url": upload_to(blob),
                "headers": json.dumps(headers),
                "blobId": blob,
                "signedBlobId": blob,
            }
        }

    return {
        "demarche": demarche,
        "dossier": dossier,
        "createDirectUpload": upload,
        "dossierEnvoyerMessage": send,
        "dossierAccepter": moving("accepte"),
        "dossierRefuser": moving("refuse"),
        "dossierClasserSansSuite": moving("sans_suite"),
        "dossierPasserEnInstruction": moving("en_instruction"),
        "dossierRepasserEnInstruction": moving("en_instruction"),
    }


def _found(store: Store, dossier_id: str) -> dict:
    try:
        return store.find(dossier_id)
    except StopIteration:
        raise Coded("not_found", "Dossier not found") from None


def _dossiers(store: Store) -> Callable[..., dict]:
    def dossiers(
        info: GraphQLResolveInfo,
        first: int | None = None,
        after: str | None = None,
        updatedSince: str | None = None,
        state: str | None = None,
        order: str = "ASC",
        **_more: object,
    ) -> dict:
        nodes, cursor, more = store.page(
            min(first or LARGEST_PAGE, LARGEST_PAGE), after, updatedSince, state, order == "DESC"
        )
        return {
            "nodes": nodes,
            "pageInfo": {
                "endCursor": cursor,
                "hasNextPage": more,
                "hasPreviousPage": after is not None,
                "startCursor": None,
            },
        }

    return dossiers


def _deleted(store: Store) -> Callable[..., dict]:
    def deleted(
        info: GraphQLResolveInfo,
        first: int | None = None,
        after: str | None = None,
        deletedSince: str | None = None,
        **_more: object,
    ) -> dict:
        since = instant(deletedSince) or 0
        place, size = int(after or 0), first or LARGEST_PAGE
        every = sorted((at, number) for number, at in store.deleted.items() if at >= since)
        gone = every[place : place + size]
        nodes = [
            {
                "id": f"D{number}",
                "number": number,
                "dateSupression": iso(at),
                "reason": "user_request",
                "state": "en_construction",
            }
            for at, number in gone
        ]
        return {
            "nodes": nodes,
            "pageInfo": {
                "endCursor": str(place + size),
                "hasNextPage": len(every) > place + size,
                "hasPreviousPage": place > 0,
            },
        }

    return deleted


def _nothing(info: GraphQLResolveInfo, **_more: object) -> dict:
    return {"nodes": [], "pageInfo": {"hasNextPage": False, "hasPreviousPage": False}}
