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
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from issuer.accounts.directory import Account
from issuer.attestation.problems import Problem, RecordRefused
from issuer.attestation.record import read_record
from issuer.errors import UnreadableSource
from issuer.intake import read_items
from issuer.registry.account_tables import ImportJob as Row
from issuer.registry.database import reading, write
from keys.errors import WifError

_LOG = logging.getLogger("wif.web")
LIFE = 7 * 86_400
"""Seconds for which a file and its report are kept."""
BEAT = 2
"""Seconds between two notes of progress."""
DEAD = 30
"""Seconds without a note after which a run is taken up again."""
MOST_ROWS = 100_000

CHECKING, CHECKED, SIGNING, DONE, BROKEN = "checking", "checked", "signing", "done", "broken"


@dataclass(frozen=True)
class Job:
    """A file on its way. Times are UTC seconds."""

    id: str
    account_id: int
    name: str = field(repr=False)
    state: str
    message: str | None = field(repr=False)
    rows: int
    good: int
    refused: int
    created_at: int
    beat_at: int


def folder(office) -> Path:
    """Where the files lie."""
    path = office.home.path / "imports"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def receive(office, account: Account, stream, name: str) -> Job:
    """Take a file in and begin its dry run. Raises OSError when it cannot be written."""
    sweep(office)
    id_, now = secrets.token_hex(8), office.clock()
    with (folder(office) / f"{id_}.data").open("wb") as file:
        while block := stream.read(1 << 16):
            file.write(block)
    safe = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())[:120] or "?"
    write(
        office.engine,
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
    office_job = find(office, id_, account.id)
    _begin(office, office_job, account)
    return office_job


def find(office, id_: str, account_id: int) -> Job | None:
    """This person's job."""
    with reading(office.engine) as connection:
        row = connection.execute(select(Row.__table__).where(Row.id == id_[:24], Row.account_id == account_id)).first()
    return None if row is None else Job(**row._mapping)


def of(office, account_id: int) -> list[Job]:
    """A person's jobs, the latest first."""
    with reading(office.engine) as connection:
        query = select(Row.__table__).where(Row.account_id == account_id).order_by(Row.created_at.desc()).limit(50)
        return [Job(**row._mapping) for row in connection.execute(query)]


def unfinished(office, account_id: int) -> list[Job]:
    """The jobs that wait for the person: checked and not signed."""
    return [job for job in of(office, account_id) if job.state == CHECKED and job.good]


def sign(office, job: Job, account: Account) -> bool:
    """Begin signing the good rows of a checked file; False when somebody began already."""
    begun = write(
        office.engine,
        lambda connection: (
            connection.execute(
                update(Row)
                .where(Row.id == job.id, Row.state == CHECKED)
                .values(state=SIGNING, good=0, refused=0, rows=0, beat_at=office.clock()),
            ).rowcount
        ),
    )
    if begun:
        _begin(office, job, account)
    return bool(begun)


def take_up(office, job: Job, account: Account) -> None:
    """Go on with a run whose process died."""
    if job.state not in (CHECKING, SIGNING) or office.clock() - job.beat_at < DEAD:
        return
    taken = write(
        office.engine,
        lambda connection: (
            connection.execute(
                update(Row).where(Row.id == job.id, Row.beat_at == job.beat_at).values(beat_at=office.clock()),
            ).rowcount
        ),
    )
    if taken:
        _begin(office, job, account)


def _begin(office, job: Job, account: Account) -> None:
    threading.Thread(target=run, args=(office, job.id, account), name="import", daemon=True).start()


def run(office, id_: str, account: Account) -> None:
    """Do the dry run or the signing of a job to its end, noting progress."""
    job = find(office, id_, account.id)
    report = folder(office) / f"{id_}.{job.state}"
    counts = {"rows": 0, "good": 0, "refused": 0}
    beat = office.clock()
    try:
        with report.open("w", encoding="utf-8") as out:
            for line in (_checked if job.state == CHECKING else _signed)(office, job, account):
                counts["rows"] += 1
                counts["refused" if line["errors"] else "good"] += 1
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                if office.clock() - beat >= BEAT:
                    beat = office.clock()
                    _note(office, id_, **counts)
        _note(office, id_, state=CHECKED if job.state == CHECKING else DONE, **counts)
    except (WifError, OSError, csv.Error) as error:
        _LOG.warning("import stopped", extra={"kind": type(error).__name__})
        _note(office, id_, state=BROKEN, message=_why(error), **counts)


def _why(error: Exception) -> str:
    """What stopped a run, as JSON: a code of the messages ``import.broken.…`` and its parameters."""
    known = isinstance(error, UnreadableSource) and error.code
    return json.dumps({"code": error.code, "params": error.params} if known else {"code": "stopped", "params": {}})


def _note(office, id_: str, **values: object) -> None:
    write(
        office.engine,
        lambda connection: connection.execute(
            update(Row).where(Row.id == id_).values(beat_at=office.clock(), **values)
        ),
    )


def _data(office, id_: str) -> Path:
    return folder(office) / f"{id_}.data"


def _records(office, job: Job, account: Account) -> Iterator[tuple[int, object]]:
    """The rows: ``(index, Record)`` or ``(index, RecordRefused)``; the signatory is the account's unless the file names one."""
    for item in read_items(_data(office, job.id), job.name):
        if item.index >= MOST_ROWS:
            raise UnreadableSource(
                f"{job.name} has more than {MOST_ROWS} records. Cut it into several files.", "rows", most=MOST_ROWS
            )
        yield item.index, _record(item, job, account)


def _record(item, job: Job, account: Account) -> object:
    if item.problems:
        return RecordRefused(list(item.problems))
    value = item.value
    if isinstance(value, dict):
        value = {
            "reference": f"IMPORT-{job.id.upper()}-{item.index}",
            "signatory": account.signatory().to_json(),
            **value,
        }
    try:
        record = read_record(value)
    except RecordRefused as refused:
        return refused
    if not account.covers(record.department):
        return RecordRefused([Problem("department", "department_not_yours")])
    return record


def _checked(office, job: Job, account: Account) -> Iterator[dict]:
    seen: dict[str, int] = {}
    for index, record in _records(office, job, account):
        problems = list(record.problems) if isinstance(record, RecordRefused) else []
        if not problems and record.reference in seen:
            problems = [Problem("reference", "reference_twice", {"row": seen[record.reference] + 1})]
        elif not problems:
            seen[record.reference] = index
        yield {"index": index, "status": "refused" if problems else "good", "number": None, "errors": _plain(problems)}


def _signed(office, job: Job, account: Account) -> Iterator[dict]:
    records = (record for _index, record in _records(office, job, account))
    for issued in office.desk().issue_many(records, account.author, batch=100):
        yield {"index": issued.index, "status": issued.status, "number": issued.number, "errors": _plain(issued.errors)}


def _plain(problems) -> list[dict]:
    return [
        {
            "field": problem.field,
            "code": problem.code,
            "params": {name: str(value) for name, value in problem.params.items()},
        }
        for problem in problems
    ]


def report_lines(office, job: Job) -> Iterator[dict]:
    """The report of the last run, a row at a time."""
    states = {CHECKING: CHECKING, CHECKED: CHECKING, SIGNING: SIGNING, DONE: SIGNING}
    for state in (states[job.state],) if job.state in states else (SIGNING, CHECKING):
        path = folder(office) / f"{job.id}.{state}"
        if path.exists():
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    if line.endswith("\n"):
                        yield json.loads(line)
            return


def refused_rows(office, job: Job) -> Iterator[tuple[int, object, list[dict]]]:
    """The refused rows of the last run: index from 0, the record as it was read (None when it could not be), and what is wrong with it."""
    wrong = ((line["index"], line["errors"]) for line in report_lines(office, job) if line["errors"])
    index, errors = next(wrong, (-1, []))
    try:
        for item in read_items(_data(office, job.id), job.name):
            if item.index == index:
                yield index, item.value if isinstance(item.value, dict) else None, errors
                index, errors = next(wrong, (-1, []))
    except UnreadableSource:
        return  # the file breaks off here, as the run found: its rows so far are what there is


def drop(office, job: Job) -> None:
    """Throw a file away with its report."""
    for path in folder(office).glob(f"{job.id}.*"):
        path.unlink(missing_ok=True)
    write(office.engine, lambda connection: connection.execute(delete(Row).where(Row.id == job.id)))


def sweep(office) -> None:
    """Throw away what is older than a week."""
    with reading(office.engine) as connection:
        old = [
            Job(**row._mapping)
            for row in connection.execute(select(Row.__table__).where(Row.created_at < office.clock() - LIFE))
        ]
    for job in old:
        drop(office, job)
