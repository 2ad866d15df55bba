"""What was answered under an Idempotency-Key, answered again for a day."""

import hashlib
import json
from collections.abc import Callable

from flask import Response, g, request
from sqlalchemy import Connection, delete, insert, select

from issuer.registry import seals
from issuer.registry.account_tables import ApiAnswer as Row
from issuer.registry.database import reading
from issuer.web.api.problem import Refused
from issuer.web.context import WebContext, web_context

LIFE = 86_400
"""Seconds for which an answer is kept."""

Keep = Callable[[Connection, int, dict], None]
"""Keeps an answer, its status and body, inside a transaction."""


def answer(status: int, body: dict, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body), status, mimetype="application/json", headers=headers)


def once(key: str | None, work: Callable[[Keep], tuple[int, dict]]) -> Response:
    """Do ``work`` and keep its answer, which holds no personal data; the same request under the same key gets it again.

    ``work`` is given what keeps the answer, to be called inside the transaction of the act: neither stands without the
    other. Raises Refused 422.
    """
    if key is None:
        return answer(*work(lambda _connection, _status, _body: None))
    context, digest = web_context(), _digest()

    def keep(connection: Connection, status: int, body: dict) -> None:
        now = context.clock()
        connection.execute(delete(Row).where(Row.at < now - LIFE))
        connection.execute(
            insert(Row).values(
                token_id=g.token.id, key=key, request=digest, status=status, body=json.dumps(body), at=now
            )
        )

    if (before := _again(context, key, digest)) is not None:
        return before
    try:
        return answer(*work(keep))
    except Refused:
        # The same call may have been done meanwhile: then this one is its repetition, not a second act.
        if (meanwhile := _again(context, key, digest)) is not None:
            return meanwhile
        raise


def _again(context: WebContext, key: str, digest: bytes) -> Response | None:
    """The answer that was kept under this key. Raises Refused 422 when it answered another request."""
    with reading(context.engine) as connection:
        query = select(Row.__table__).where(Row.token_id == g.token.id, Row.key == key)
        row = next(iter(seals.read(connection, Row, query)), None)
    if row is None:
        return None
    if bytes(row.request) != digest:
        raise Refused(
            422, "This Idempotency-Key was used for another request. Draw a new one.", "idempotency_key_reused"
        )
    return answer(row.status, json.loads(row.body), {"Idempotent-Replayed": "true"})


def _digest() -> bytes:
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.get_data()).digest()
