"""What was answered under an Idempotency-Key, answered again for a day."""

import hashlib
import json
from collections.abc import Callable

from flask import Response, g, request
from sqlalchemy import delete, insert, select

from issuer.registry.account_tables import ApiAnswer as Row
from issuer.registry.database import reading, write
from issuer.registry.faults import RegistryError
from issuer.web.api.problem import Refused
from issuer.web.office import office

LIFE = 86_400
"""Seconds for which an answer is kept."""


def answer(status: int, body: dict, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body), status, mimetype="application/json", headers=headers)


def once(key: str | None, work: Callable[[], tuple[int, dict]]) -> Response:
    """Do ``work`` and keep its answer, which holds no personal data; the same request under the same key gets it again. Raises Refused 422."""
    if key is None:
        return answer(*work())
    rooms, digest = office(), _digest()
    with reading(rooms.engine) as connection:
        row = connection.execute(select(Row.request, Row.status, Row.body).where(Row.token_id == g.token.id, Row.key == key)).first()
    if row is not None:
        if bytes(row.request) != digest:
            raise Refused(422, "This Idempotency-Key was used for another request. Draw a new one.", "idempotency_key_reused")
        return answer(row.status, json.loads(row.body), {"Idempotent-Replayed": "true"})
    status, body = work()
    _keep(rooms, key, digest, status, body)
    return answer(status, body)


def _keep(rooms, key: str, digest: bytes, status: int, body: dict) -> None:
    now = rooms.clock()

    def work(connection) -> None:
        connection.execute(delete(Row).where(Row.at < now - LIFE))
        connection.execute(insert(Row).values(token_id=g.token.id, key=key, request=digest, status=status, body=json.dumps(body), at=now))

    try:
        write(rooms.engine, work, attempts=1)
    except RegistryError as error:
        if error.code != "conflict":
            raise


def _digest() -> bytes:
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.get_data()).digest()
