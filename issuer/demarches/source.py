"""Démarches simplifiées as this program uses it: pages of dossiers, withdrawals, pieces, upload, acceptance,
message.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from issuer.demarches import queries
from issuer.demarches.client import Client
from issuer.demarches.errors import DemarchesError
from keys.instants import instant as iso

SMALLER = 10
"""A page that fails is asked for again this many times smaller, down to one dossier."""
SHRUNK_BY = ("timeout", "internal_server_error", "invalid_null", "too_large", "form")
"""What may be the fault of one dossier of the page."""


@dataclass(frozen=True, repr=False)
class Page:
    """A page of dossiers as the API gave them; ``cursor`` is where the next begins. ``withdrawn``: dossier number → UTC
    second of its deletion.
    """

    dossiers: tuple[dict, ...]
    cursor: str | None
    more: bool
    withdrawn: dict[int, int] = field(default_factory=dict)
    unreadable: tuple[dict, ...] = ()
    """Dossiers of which only number, state and dates could be read."""


@dataclass(frozen=True)
class Standing:
    """Where a dossier stands at Démarches simplifiées. ``attachments``: (filename, checksum) of its justificatif and of
    its messages.
    """

    id: str
    state: str
    decided_at: int | None
    justificatif: tuple[str, str] | None
    attachments: tuple[tuple[str, str], ...]
    bodies: tuple[str, ...] = field(default=(), repr=False)
    """The words of its messages."""


def instant(text: object) -> int | None:
    """UTC seconds of an ``ISO8601DateTime``; None for what is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def checksum(data: bytes) -> str:
    """Base64 of the MD5 of a file: what the storage compares (RFC 1864); it protects nothing against a person."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


class Source:
    """One Démarches simplifiées. Every method may raise DemarchesError."""

    def __init__(self, client: Client, page: int = 100) -> None:
        self.client, self._size = client, page

    def page(self, demarche: int, since: int, after: str | None, deleted_since: int | None) -> Page:
        """The page after a cursor of what changed since UTC second ``since``; with ``deleted_since``, what was deleted
        since as well.

        A page that cannot be read whole is asked for in smaller ones; a dossier that cannot be read alone comes as
        ``unreadable``.
        """
        size = self._size
        while True:
            try:
                return self._page(demarche, since, after, deleted_since, size)
            except DemarchesError as error:
                if error.code not in SHRUNK_BY:
                    raise
                if size == 1:
                    return self._bare_page(demarche, since, after, error)
                size = max(1, size // SMALLER)

    def _page(self, demarche: int, since: int, after: str | None, deleted_since: int | None, size: int) -> Page:
        data = self.client.read(
            queries.PAGE,
            {
                "demarche": demarche,
                "first": size,
                "after": after,
                "updatedSince": iso(since),
                "deletedSince": iso(deleted_since or 0),
                "deleted": deleted_since is not None,
            },
        )
        table = _object(data.get("demarche"))
        nodes, info = _connection(table.get("dossiers"))
        withdrawn: dict[int, int] = {}
        if deleted_since is not None:
            for name in ("deletedDossiers", "pendingDeletedDossiers"):
                self._add_withdrawn(withdrawn, demarche, deleted_since, name, table.get(name))
        return Page(tuple(nodes), info["endCursor"], info["hasNextPage"], withdrawn)

    def _add_withdrawn(
        self, withdrawn: dict[int, int], demarche: int, since: int, name: str, connection: object
    ) -> None:
        """Every deletion of a connection, page after page; a cursor that repeats ends it."""
        seen: set[str | None] = set()
        while connection is not None:
            nodes, info = _connection(connection)
            for node in nodes:
                at = instant(node.get("dateSupression"))
                if at is not None and type(node.get("number")) is int:
                    withdrawn[node["number"]] = at
            if not info["hasNextPage"] or info["endCursor"] in seen:
                return
            seen.add(info["endCursor"])
            data = self.client.read(
                queries.DELETED_PAGE,
                {
                    "demarche": demarche,
                    "after": info["endCursor"],
                    "deletedSince": iso(since),
                    "pending": name == "pendingDeletedDossiers",
                },
            )
            connection = _object(data.get("demarche")).get(name)

    def _bare_page(self, demarche: int, since: int, after: str | None, why: DemarchesError) -> Page:
        try:
            data = self.client.read(
                queries.BARE_PAGE, {"demarche": demarche, "first": 1, "after": after, "updatedSince": iso(since)}
            )
        except DemarchesError:
            raise why from None
        nodes, info = _connection(_object(data.get("demarche")).get("dossiers"))
        return Page((), info["endCursor"], info["hasNextPage"], unreadable=tuple(nodes))

    def dossier(self, number: int) -> dict:
        """One dossier, whole."""
        return _object(self.client.read(queries.DOSSIER, {"number": number}).get("dossier"))

    def standing(self, number: int) -> Standing:
        """Where a dossier stands, and which files it was answered with."""
        table = _object(self.client.read(queries.STANDING, {"number": number}).get("dossier"))
        given = table.get("motivationAttachment")
        sent = [
            (str(file.get("filename")), str(file.get("checksum")))
            for message in table.get("messages") or ()
            for file in (message or {}).get("attachments") or ()
        ]
        return Standing(
            str(table.get("id")),
            str(table.get("state")),
            instant(table.get("dateTraitement")),
            (str(given.get("filename")), str(given.get("checksum"))) if isinstance(given, dict) else None,
            tuple(sent),
            tuple(str((message or {}).get("body")) for message in table.get("messages") or ()),
        )

    def pieces(self, number: int) -> Iterator[dict]:
        """The pieces of a dossier, each with an ``url`` valid for one hour."""
        table = _object(self.client.read(queries.PIECES, {"number": number}).get("dossier"))
        for champ in [*(table.get("champs") or ()), *(table.get("annotations") or ())]:
            for file in (champ or {}).get("files") or ():
                if not str(file.get("url", "")).startswith(("https://", "http://127.0.0.1", "http://localhost")):
                    raise DemarchesError("form")
                yield {"descriptor": champ.get("champDescriptorId"), "label": champ.get("label"), **file}

    def description(self, demarche: int) -> dict:
        """The démarche's fields and groups."""
        return _object(self.client.read(queries.DESCRIPTION, {"demarche": demarche}).get("demarche"))

    def upload(self, dossier_id: str, filename: str, data: bytes, content_type: str = "application/pdf") -> str:
        """Put a file into the storage; its ``signedBlobId``. Doing it twice leaves an unused file there, nothing
        more.
        """
        payload = self.client.act(
            queries.UPLOAD,
            "createDirectUpload",
            {
                "dossierId": dossier_id,
                "filename": filename,
                "byteSize": len(data),
                "checksum": checksum(data),
                "contentType": content_type,
            },
            safe=True,
        )
        place = _object(payload.get("directUpload"))
        try:
            headers = place["headers"] if isinstance(place["headers"], dict) else json.loads(place["headers"])
            headers = {str(name): str(value) for name, value in headers.items()}
            self.client.put(str(place["url"]), headers, data)
            return str(place["signedBlobId"])
        except (KeyError, ValueError, AttributeError):
            raise DemarchesError("form") from None

    def accept(self, dossier_id: str, instructeur: str, motivation: str, blob: str) -> int | None:
        """Accept a dossier in instruction with a justificatif; the UTC second of the decision. Not to be done twice:
        ask :meth:`standing` first.
        """
        payload = self.client.act(
            queries.ACCEPT,
            "dossierAccepter",
            {
                "dossierId": dossier_id,
                "instructeurId": instructeur,
                "motivation": motivation,
                "justificatif": blob,
            },
        )
        return instant(_object(payload.get("dossier")).get("dateTraitement"))

    def close(self, state: str, dossier_id: str, instructeur: str, motivation: str, blob: str) -> int | None:
        """Refuse (``refuse``) or close (``sans_suite``) a dossier in instruction with a justificatif; the UTC second of
        the decision. Not to be done twice: ask :meth:`standing` first.
        """
        mutation, name = {
            "refuse": (queries.REFUSE, "dossierRefuser"),
            "sans_suite": (queries.CLOSE, "dossierClasserSansSuite"),
        }[state]
        given = {"dossierId": dossier_id, "instructeurId": instructeur, "motivation": motivation, "justificatif": blob}
        payload = self.client.act(mutation, name, given)
        return instant(_object(payload.get("dossier")).get("dateTraitement"))

    def ask(self, dossier_id: str, instructeur: str, body: str, back: bool) -> None:
        """Send a message that asks for something; ``back``: the dossier goes back into construction. Doing it twice
        sends it twice: ask :meth:`standing` first.
        """
        given = {"dossierId": dossier_id, "instructeurId": instructeur, "body": body}
        self.client.act(
            queries.SEND, "dossierEnvoyerMessage", {**given, **({"correction": "incomplete"} if back else {})}
        )

    def send(self, dossier_id: str, instructeur: str, body: str, blob: str) -> None:
        """Send a message with an attachment. Doing it twice sends it twice: ask :meth:`standing` first."""
        self.client.act(
            queries.SEND,
            "dossierEnvoyerMessage",
            {"dossierId": dossier_id, "instructeurId": instructeur, "body": body, "attachment": blob},
        )


def _object(value: object) -> dict:
    if not isinstance(value, dict):
        raise DemarchesError("form")
    return value


def _connection(value: object) -> tuple[list[dict], dict]:
    table = _object(value)
    nodes, info = table.get("nodes"), _object(table.get("pageInfo"))
    cursor = info.get("endCursor")
    if (
        not isinstance(nodes, list)
        or not all(isinstance(node, dict) for node in nodes)
        or not isinstance(info.get("hasNextPage"), bool)
    ):
        raise DemarchesError("form")
    if cursor is not None and not isinstance(cursor, str):
        raise DemarchesError("form")
    return nodes, {"endCursor": cursor, "hasNextPage": info["hasNextPage"]}
