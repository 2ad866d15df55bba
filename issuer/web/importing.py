"""Files of records on their way into the registry: a dry run first, then signing, both in the background.

The file and its report lie in the home's ``imports`` folder while the work lasts and for a week after.
A run that was killed is taken up again by whoever looks at it: each row is signed under a reference of
its own, so none is signed twice.
"""

import csv
import json
import logging
import secrets
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sqlalchemy import delete, insert, select, update

from issuer.accounts.directory import Account
from issuer.attestation.places import local_day
from issuer.attestation.problems import Problem, RecordRefused
from issuer.attestation.record import Record
from issuer.desk import Confirmed, foresee, issue_many, plausibility
from issuer.errors import UnreadableSource
from issuer.intake import Item, read_items
from issuer.registry import seals
from issuer.registry.account_tables import ImportJob as Row
from issuer.registry.database import reading, write
from issuer.web import scope
from issuer.web.context import WebContext
from keys import durable
from keys.errors import WifError, not_none

_LOG = logging.getLogger("wif.web")
LIFE = 7 * 86_400
"""Seconds for which a file and its report are kept."""
BEAT = 2
"""Seconds between two notes of progress."""
DEAD = 30
"""Seconds without a note after which a run is taken up again."""
MOST_ROWS = 100_000

COUNTED = {
    "good": "good",
    "issued": "good",
    "already_issued": "good",
    "refused": "refused",
    "warned": "warned",
    "already": "already",
}
"""The outcome of a row → what it is counted as. ``already_issued`` is what a run that was killed had signed."""

CHECKING, CHECKED, SIGNING, DONE, BROKEN = "checking", "checked", "signing", "done", "broken"


@dataclass(frozen=True)
class Job:
    """A file of records that is being imported. Times are UTC seconds."""

    id: str
    account_id: int
    name: str = field(repr=False)
    state: str
    message: str | None = field(repr=False)
    rows: int
    good: int
    refused: int
    warned: int
    already: int
    accepted: int
    created_at: int
    beat_at: int


def folder(context: WebContext) -> Path:
    """Where the files lie."""
    path = context.home.path / "imports"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def receive(context: WebContext, account: Account, stream: IO[bytes], name: str) -> Job:
    """Take a file in and begin its dry run. Raises OSError when it cannot be written."""
    sweep(context)
    id_, now = secrets.token_hex(8), context.clock()
    with durable.writing(folder(context) / f"{id_}.data") as file:
        while block := stream.read(1 << 16):
            file.write(block)
    safe = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())[:120] or "?"
    write(
        context.engine,
        lambda connection: connection.execute(
            insert(Row).values(
                id=id_,
                account_id=account.id,
                name=safe,
                state=CHECKING,
                message=None,
                rows=0,
                good=0,
                refused=0,
                created_at=now,
                beat_at=now,
            )
        ),
    )
    office_job = not_none(find(context, id_, account.id))
    _begin(context, office_job, account)
    return office_job


def find(context: WebContext, id_: str, account_id: int) -> Job | None:
    """This person's job."""
    with reading(context.engine) as connection:
        rows = seals.read(
            connection, Row, select(Row.__table__).where(Row.id == id_[:24], Row.account_id == account_id)
        )
    return Job(**rows[0]._mapping) if rows else None


def of(context: WebContext, account_id: int) -> list[Job]:
    """A person's jobs, the latest first."""
    with reading(context.engine) as connection:
        query = select(Row.__table__).where(Row.account_id == account_id).order_by(Row.created_at.desc()).limit(50)
        return [Job(**row._mapping) for row in seals.read(connection, Row, query)]


def unfinished(context: WebContext, account_id: int) -> list[Job]:
    """The jobs that wait for the person: checked and not signed."""
    return [job for job in of(context, account_id) if job.state == CHECKED and job.good + job.warned]


def sign(context: WebContext, job: Job, account: Account, accept: bool = False) -> bool:
    """Begin signing the good rows of a checked file, with ``accept`` those that bear warnings too; False when somebody
    began already.
    """
    begun = write(
        context.engine,
        lambda connection: (
            connection.execute(
                update(Row)
                .where(Row.id == job.id, Row.state == CHECKED)
                .values(
                    state=SIGNING,
                    good=0,
                    refused=0,
                    warned=0,
                    already=0,
                    rows=0,
                    accepted=int(accept),
                    beat_at=context.clock(),
                ),
            ).rowcount
        ),
    )
    if begun:
        _begin(context, job, account)
    return bool(begun)


def take_up(context: WebContext, job: Job, account: Account) -> None:
    """Go on with a run whose process died."""
    if job.state not in (CHECKING, SIGNING) or context.clock() - job.beat_at < DEAD:
        return
    taken = write(
        context.engine,
        lambda connection: (
            connection.execute(
                update(Row).where(Row.id == job.id, Row.beat_at == job.beat_at).values(beat_at=context.clock()),
            ).rowcount
        ),
    )
    if taken:
        _begin(context, job, account)


def _begin(context: WebContext, job: Job, account: Account) -> None:
    threading.Thread(target=run, args=(context, job.id, account), name="import", daemon=True).start()


def run(context: WebContext, id_: str, account: Account) -> None:
    """Do the dry run or the signing of a job to its end, noting progress."""
    job = not_none(find(context, id_, account.id))
    report = folder(context) / f"{id_}.{job.state}"
    counts = {"rows": 0, "good": 0, "refused": 0, "warned": 0, "already": 0}
    beat = context.clock()
    try:
        report.touch(mode=durable.PRIVATE)
        with report.open("w", encoding="utf-8") as out:
            for line in (_checked if job.state == CHECKING else _signed)(context, job, account):
                counts["rows"] += 1
                counts[COUNTED[line["status"]]] += 1
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                if context.clock() - beat >= BEAT:
                    beat = context.clock()
                    _note(context, id_, **counts)
        _note(context, id_, state=CHECKED if job.state == CHECKING else DONE, **counts)
    except (WifError, OSError, csv.Error) as error:
        _LOG.warning("import stopped", extra={"kind": type(error).__name__})
        _note(context, id_, state=BROKEN, message=_why(error), **counts)


def _why(error: Exception) -> str:
    """What stopped a run, as JSON: a code of the messages ``import.broken.…`` and its parameters."""
    if isinstance(error, UnreadableSource) and error.code:
        return json.dumps({"code": error.code, "params": error.params})
    return json.dumps({"code": "stopped", "params": {}})


def _note(context: WebContext, id_: str, **values: object) -> None:
    write(
        context.engine,
        lambda connection: connection.execute(
            update(Row).where(Row.id == id_).values(beat_at=context.clock(), **values)
        ),
    )


def _data(context: WebContext, id_: str) -> Path:
    return folder(context) / f"{id_}.data"


def _records(context: WebContext, job: Job, account: Account) -> Iterator[tuple[Item, Record | RecordRefused]]:
    """The rows, each with its record or what is wrong with it; the signatory is the account's, also where the file
    names it or the configured one.
    """
    for item in read_items(_data(context, job.id), job.name, local_day(None, context.clock())):
        if item.index >= MOST_ROWS:
            raise UnreadableSource(
                f"{job.name} has more than {MOST_ROWS} records. Cut it into several files.", "rows", most=MOST_ROWS
            )
        yield item, _record(context, item, job, account)


def _record(context: WebContext, item: Item, job: Job, account: Account) -> Record | RecordRefused:
    record = item.record(
        {"reference": f"IMPORT-{job.id.upper()}-{item.index}", "signatory": account.signatory().to_json()}
    )
    if isinstance(record, RecordRefused):
        return record
    if not account.covers(record.department):
        return RecordRefused([Problem("department", "department_not_yours")])
    if record.signatory is None or record.signatory.to_json() not in scope.signatories(context, account):
        return RecordRefused([Problem("signatory", "signatory_not_yours")])
    return record


def _checked(context: WebContext, job: Job, account: Account) -> Iterator[dict]:
    """What would become of each row: refused, signed already, to be confirmed (*warned*), or good."""
    desk = context.desk()
    seen: dict[str | None, Item] = {}
    beside: dict[tuple[str, ...], list[Record]] = {}
    for item, record in _records(context, job, account):
        if isinstance(record, Record) and record.reference in seen:
            row = _row_of(seen[record.reference])
            record = RecordRefused([Problem("reference", "reference_twice", {"row": row})])
        answer = foresee(desk, item.index, record)
        warnings = list(answer.warnings)
        if isinstance(record, Record) and answer.status != "refused":
            seen[record.reference] = item
            held = beside.setdefault(plausibility.identity(record), [])
            overlaps = any(o.valid_from <= record.valid_until and record.valid_from <= o.valid_until for o in held)
            if overlaps and answer.status == "ready":
                warnings.append(Problem("record", "twin_earlier"))
            held.append(record)
        status = {"ready": "warned" if warnings else "good", "already_issued": "already"}.get(answer.status, "refused")
        yield _line(item, status, answer.number, answer.errors, () if answer.errors else warnings)


def _signed(context: WebContext, job: Job, account: Account) -> Iterator[dict]:
    """Sign what the dry run showed as good, and what it showed with warnings if these were accepted: nothing else, so
    that the button and the result agree.
    """
    waiting: deque[dict | Item] = deque()
    checked = report_lines(context, job, CHECKING)

    def to_sign() -> Iterator[Confirmed]:
        for (item, record), line in zip(_records(context, job, account), checked, strict=False):
            if line["status"] == "good" or (line["status"] == "warned" and job.accepted):
                waiting.append(item)
                yield Confirmed(record, [warning["key"] for warning in line["warnings"]])
            else:
                waiting.append(line)

    def told() -> Iterator[dict]:
        while waiting and isinstance(line := waiting[0], dict):
            waiting.popleft()
            yield line

    for issued in issue_many(context.desk(), to_sign(), account.author, batch=100):
        yield from told()
        item = waiting.popleft()
        if isinstance(item, Item):
            yield _line(item, issued.status, issued.number, issued.errors)
    yield from told()


def _row_of(item: Item) -> int:
    """The row as the spreadsheet numbers it; of JSON, the record counted from 1."""
    return item.index + 1 if item.row is None else item.row


def _line(
    item: Item, status: str, number: str | None, problems: Iterable[Problem], warnings: Iterable[Problem] = ()
) -> dict:
    """A line of a report, as JSON."""
    told = lambda problem: {
        "field": problem.field,
        "heading": item.headings.get(problem.field, ""),
        "code": problem.code,
        "params": problem.params,
        "key": plausibility.key(problem),
    }
    return {
        "index": item.index,
        "row": _row_of(item),
        "status": status,
        "number": number,
        "errors": [told(problem) for problem in problems],
        "warnings": [told(warning) for warning in warnings],
    }


def report_lines(context: WebContext, job: Job, of: str = "") -> Iterator[dict]:
    """The report of the last run, or that ``of`` a state, a row at a time."""
    states = {CHECKING: CHECKING, CHECKED: CHECKING, SIGNING: SIGNING, DONE: SIGNING}
    for state in (of or states[job.state],) if of or job.state in states else (SIGNING, CHECKING):
        path = folder(context) / f"{job.id}.{state}"
        if path.exists():
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    if line.endswith("\n"):
                        yield json.loads(line)
            return


def refused_rows(context: WebContext, job: Job) -> Iterator[tuple[Item, dict]]:
    """The refused rows of the last run as they were read, each with its line of the report."""
    wrong = (line for line in report_lines(context, job) if line["errors"])
    line = next(wrong, None)
    try:
        for item in read_items(_data(context, job.id), job.name, local_day(None, context.clock())):
            if line is not None and item.index == line["index"]:
                yield item, line
                line = next(wrong, None)
    except UnreadableSource:
        return  # the file breaks off here, as the run found: its rows so far are what there is


def drop(context: WebContext, job: Job) -> None:
    """Throw a file away with its report."""
    for path in folder(context).glob(f"{job.id}.*"):
        path.unlink(missing_ok=True)
    write(context.engine, lambda connection: connection.execute(delete(Row).where(Row.id == job.id)))


def sweep(context: WebContext) -> None:
    """Throw away what is older than a week."""
    with reading(context.engine) as connection:
        old = [
            Job(**row._mapping)
            for row in connection.execute(select(Row.__table__).where(Row.created_at < context.clock() - LIFE))
        ]
    for job in old:
        drop(context, job)
