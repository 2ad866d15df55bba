"""The audit trail: read, checked, exported."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

from flask import Blueprint, Response, g, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row, Select, select

from issuer.accounts import auditing
from issuer.accounts.roles import AUDIT, TRAIL
from issuer.attestation.numbers import parse_number
from issuer.attestation.places import local_midnight
from issuer.demarches.context import AUTHOR as DEMARCHES
from issuer.registry import Head, chain
from issuer.registry.database import reading
from issuer.registry.models import Attestation, Audit
from issuer.registry.names import fold
from issuer.registry.request_tables import Request
from issuer.web import scope
from issuer.web.access import asks
from issuer.web.context import WebContext, web_context
from issuer.web.publisher import AUTHOR as PUBLISHER
from issuer.web.wording import author, events, t
from issuer.written.dates import typed_day

pages = Blueprint("audit", __name__)
PAGE = 100
BATCH, MOST_READ = 500, 20_000
"""Entries read at a time, and for one page: of some départements there may be few among many."""
SLACK = 86_400
"""Seconds by which the times of entries may be out of order, a clock having been set: looked at around a day."""
_REQUEST = "request-"


@pages.get("/audit")
@asks(TRAIL)
def trail() -> ResponseReturnValue:
    """The entries, the latest first; those about one attestation, one person, of one kind or between two days when
    asked. Who does not see everything sees those about the attestations and requests of their départements.
    """
    context = web_context()
    typed = {
        name: request.args.get(name, "").strip()[:64]
        for name in ("subject", "actor", "act", "since", "until", "before")
    }
    days = {name: _day(typed[name]) for name in ("since", "until")}
    problems = {name: t("audit.problem.day") for name in days if typed[name] and days[name] is None}
    entries, more = ([], None) if problems else _entries(context, typed, days)
    names = context.directory.names()
    actors = {**names, PUBLISHER: author(PUBLISHER, names), DEMARCHES: author(DEMARCHES, names)}
    return render_template(
        "audit/trail.html",
        entries=entries,
        typed=typed,
        problems=problems,
        more=more,
        names=names,
        requests=_requests(context, entries),
        whole=g.account.may(AUDIT),
        head=chain.head(context.engine),
        kept=_kept_head(context),
        acts=_with_own(sorted(events(), key=lambda item: fold(item[1])), typed["act"]),
        actors=_with_own(sorted(actors.items(), key=lambda item: fold(item[1])), typed["actor"]),
    )


def _with_own(choices: list[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    """The choices, and what an address asks for beside them, such as ``cli:root``."""
    return choices if not typed or any(code == typed for code, _ in choices) else [*choices, (typed, typed)]


def _day(text: str) -> date | None:
    found = typed_day(text)
    return date.fromisoformat(found.value) if found.certain and found.value else None


def _entries(context: WebContext, typed: dict[str, str], days: dict[str, date | None]) -> tuple[list[dict], int | None]:
    """One page of entries, and the ``seq`` before which the next page begins, or None."""
    query = select(Audit.seq, Audit.at, Audit.actor, Audit.act, Audit.subject, Audit.details, Audit.hash)
    number = parse_number(typed["subject"])
    if typed["subject"]:
        query = query.where(Audit.subject == (str(number) if number else typed["subject"]))
    if typed["actor"]:
        query = query.where(Audit.actor == typed["actor"])
    if typed["act"]:
        query = query.where(Audit.act == typed["act"])
    with reading(context.engine) as connection:
        before = chain.head_of(connection).seq + 1
        if typed["before"].isdecimal() and len(typed["before"]) < 18:
            before = min(before, int(typed["before"]))
        if since := days["since"]:
            at = local_midnight(None, since)
            query = query.where(Audit.at >= at, Audit.seq >= _first(connection, at - SLACK))
        if until := days["until"]:
            at = local_midnight(None, until + timedelta(days=1))
            query = query.where(Audit.at < at)
            before = min(before, _first(connection, at + SLACK))
        found: list[dict] = []
        looked, last = 0, before
        for rows in _batches(connection, query, before):
            looked += len(rows)
            for row in _seen(connection, rows):
                found.append(dict(row._mapping, details=json.loads(row.details), hash=bytes(row.hash).hex()))
                if len(found) == PAGE:
                    return found, row.seq
            last = rows[-1].seq
            if looked >= MOST_READ:
                return found, last
    return found, None


def _first(connection: Connection, at: int) -> int:
    """The ``seq`` of the first entry from this instant on, as far as times follow the order of entries."""
    low, high = 1, chain.head_of(connection).seq + 1
    while low < high:
        middle = (low + high) // 2
        found = connection.scalar(select(Audit.at).where(Audit.seq == middle))
        low, high = (middle + 1, high) if found is not None and found < at else (low, middle)
    return low


def _batches(connection: Connection, query: Select, before: int) -> Iterator[list[Row]]:
    while rows := connection.execute(query.where(Audit.seq < before).order_by(Audit.seq.desc()).limit(BATCH)).all():
        yield list(rows)
        if len(rows) < BATCH:
            return
        before = rows[-1].seq


def _seen(connection: Connection, rows: list[Row]) -> list[Row]:
    """Those of the entries that the person sees."""
    departments = scope.departments()
    if departments is None or g.account.may(AUDIT):
        return rows
    subjects = {row.subject for row in rows if row.subject}
    numbers = [int(subject) for subject in subjects if subject.isdigit() and len(subject) == 10]
    ids = [int(subject[len(_REQUEST) :]) for subject in subjects if subject.startswith(_REQUEST)]
    own = {
        str(number)
        for number in connection.scalars(
            select(Attestation.number).where(Attestation.number.in_(numbers), Attestation.department.in_(departments))
        )
    } | {
        f"{_REQUEST}{id_}"
        for id_ in connection.scalars(
            select(Request.id).where(Request.id.in_(ids), Request.department.in_(departments))
        )
    }
    return [row for row in rows if row.subject in own]


def _requests(context: WebContext, entries: list[dict]) -> dict[str, int]:
    """Subject of an entry about a request → the request's number."""
    subjects = [entry["subject"] for entry in entries if (entry["subject"] or "").startswith(_REQUEST)]
    ids = [int(subject[len(_REQUEST) :]) for subject in subjects]
    with reading(context.engine) as connection:
        rows = connection.execute(select(Request.id, Request.number).where(Request.id.in_(ids))).all()
    return {f"{_REQUEST}{row.id}": row.number for row in rows}


def _kept_head(context: WebContext) -> Head | None:
    """The head that was published last."""
    path = context.home.public / "audit-head.json"
    try:
        return Head.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, chain.AuditError):
        return None


@pages.post("/audit/check")
@asks(AUDIT)
def check() -> ResponseReturnValue:
    """Read the whole chain, and the tables against it."""
    context = web_context()
    kept = _kept_head(context)
    found = auditing.verify(context.engine, [kept] if kept else [])
    context.directory.note(g.account.author, "audit_checked", g.account.id, whole=found.whole)
    return render_template("audit/check.html", found=found, kept=kept)


@pages.get("/audit.jsonl")
@asks(AUDIT)
def export() -> ResponseReturnValue:
    """The whole trail as JSON lines, for another machine to check."""
    context = web_context()
    head = chain.note_export(context.engine, context.directory.clock(), g.account.author, g.account.author)
    lines = (line + "\n" for line in chain.export(context.engine, head))
    return Response(
        stream_with_context(lines),
        mimetype="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="audit.jsonl"'},
    )
