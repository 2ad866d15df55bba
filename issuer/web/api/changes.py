"""What changed since a cursor: for programs that keep a copy in step."""

from typing import Any

from flask import Blueprint, Response, g, request
from sqlalchemy import Row, select

from issuer.registry import chain
from issuer.registry.database import reading
from issuer.registry.models import STATES, Attestation, Audit
from issuer.web.api.answers import answer
from issuer.web.api.bearer import scoped
from issuer.web.api.problem import Refused
from issuer.web.context import web_context

ACTS = ("issue", "suspend", "reinstate", "revoke", "replace", "take_effect", "notify", "anonymise")
LARGEST_PAGE = 500
_MOST = 2**53


def add_routes(pages: Blueprint) -> None:
    """Register the route of this room."""
    pages.add_url_rule("/changes", view_func=changes)


@scoped("read")
def changes() -> Response:
    """The acts after the cursor, the oldest first, within the account's départements; ``next`` is the cursor to come
    back with, ``more`` whether at once.
    """
    after, limit = _number("after", 0, 0, _MOST), _number("limit", 100, 1, LARGEST_PAGE)
    last = chain.head(web_context().engine).seq
    query = select(Audit.seq, Audit.at, Audit.act, Audit.subject).where(
        Audit.seq > after, Audit.seq <= last, Audit.act.in_(ACTS)
    )
    with reading(web_context().engine) as connection:
        rows = connection.execute(query.order_by(Audit.seq).limit(limit)).all()
        numbers = {int(row.subject) for row in rows}
        about = {
            found.number: found
            for found in connection.execute(
                select(Attestation.number, Attestation.state, Attestation.department).where(
                    Attestation.number.in_(numbers)
                )
            )
        }
    more = len(rows) == limit and rows[-1].seq < last
    return answer(
        200,
        {
            "changes": [
                _change(row, about[int(row.subject)])
                for row in rows
                if g.account.covers(about[int(row.subject)].department)
            ],
            "next": rows[-1].seq if more else max(after, last),
            "more": more,
        },
    )


def _change(row: Row[*tuple[Any, ...]], found: Row[*tuple[Any, ...]]) -> dict:
    return {
        "cursor": row.seq,
        "at": row.at,
        "act": row.act,
        "number": row.subject,
        "state": STATES[found.state],
        "department": found.department,
    }


def _number(name: str, default: int, low: int, high: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and low <= int(text) <= high):
        raise Refused(
            422,
            f"{name} is a whole number from {low} to {high}.",
            "query",
            [{"field": name, "message": f"From {low} to {high}."}],
        )
    return int(text)
