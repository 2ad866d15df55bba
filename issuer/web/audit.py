"""The audit trail: read, checked, exported."""

import json

from flask import Blueprint, Response, g, render_template, request, stream_with_context
from sqlalchemy import select

from issuer.accounts.roles import AUDIT
from issuer.attestation.numbers import parse_number
from issuer.registry import Head, chain, crosscheck
from issuer.registry.database import reading
from issuer.registry.models import Audit
from issuer.registry.names import fold
from issuer.web.access import asks
from issuer.web.office import Office, office
from issuer.web.publishing import AUTHOR as PUBLISHER
from issuer.web.wording import events

pages = Blueprint("audit", __name__)
PAGE = 100


@pages.get("/audit")
@asks(AUDIT)
def trail():
    """The entries, the latest first; those about one attestation, one person or of one kind when asked."""
    rooms = office()
    typed = {name: request.args.get(name, "").strip()[:64] for name in ("subject", "actor", "act", "before")}
    entries = _entries(rooms, typed)
    more = entries[PAGE - 1]["seq"] if len(entries) == PAGE else None
    names = rooms.directory.names()
    return render_template(
        "audit/trail.html",
        entries=entries,
        typed=typed,
        more=more,
        names=names,
        head=chain.head(rooms.engine),
        kept=_kept_head(rooms),
        acts=_with_own(sorted(events(), key=lambda item: fold(item[1])), typed["act"]),
        actors=_with_own(
            sorted(names.items(), key=lambda item: fold(item[1])) + [(PUBLISHER, PUBLISHER)], typed["actor"]
        ),
    )


def _with_own(choices: list[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    """The choices, and what an address asks for beside them, such as ``cli:root``."""
    return choices if not typed or any(code == typed for code, _ in choices) else [*choices, (typed, typed)]


def _entries(rooms: Office, typed: dict[str, str]) -> list[dict]:
    query = select(Audit.seq, Audit.at, Audit.actor, Audit.act, Audit.subject, Audit.details, Audit.hash)
    number = parse_number(typed["subject"])
    if typed["subject"]:
        query = query.where(Audit.subject == (str(number) if number else typed["subject"]))
    if typed["actor"]:
        query = query.where(Audit.actor == typed["actor"])
    if typed["act"]:
        query = query.where(Audit.act == typed["act"])
    if typed["before"].isdecimal() and len(typed["before"]) < 18:
        query = query.where(Audit.seq < int(typed["before"]))
    with reading(rooms.engine) as connection:
        rows = connection.execute(query.order_by(Audit.seq.desc()).limit(PAGE)).all()
    return [dict(row._mapping, details=json.loads(row.details), hash=bytes(row.hash).hex()) for row in rows]


def _kept_head(rooms: Office) -> Head | None:
    """The head that was published last."""
    path = rooms.home.public / "audit-head.json"
    try:
        return Head.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, chain.AuditError):
        return None


@pages.post("/audit/check")
@asks(AUDIT)
def check():
    """Read the whole chain, and the tables against it."""
    rooms = office()
    kept = _kept_head(rooms)
    found = chain.verify(rooms.engine, [kept] if kept else [])
    differences = crosscheck.verify(rooms.engine) if found.whole else ()
    rooms.directory.note(g.account.author, "audit_checked", g.account.id, whole=found.whole and not differences)
    return render_template("audit/check.html", found=found, kept=kept, differences=differences)


@pages.get("/audit.jsonl")
@asks(AUDIT)
def export():
    """The whole trail as JSON lines, for another machine to check."""
    rooms = office()
    head = chain.note_export(rooms.engine, rooms.directory.clock(), g.account.author, g.account.author)
    lines = (line + "\n" for line in chain.export(rooms.engine, head))
    return Response(
        stream_with_context(lines),
        mimetype="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="audit.jsonl"'},
    )
