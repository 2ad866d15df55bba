"""``wif issue``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from issuer.attestation.places import local_day
from issuer.attestation.problems import Problem
from issuer.commands.terminal import author, check_folder, emit, joined, now, open_home, progress, say
from issuer.errors import UnreadableSource
from issuer.messages import formats, preferred_language, problem_text, text
from keys import durable

if TYPE_CHECKING:
    from issuer.desk import Issued
    from issuer.home import Home


class _Source:
    """The records of a file, and what ended them early: so that a broken end loses nothing of what stood before it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.fault: UnreadableSource | None = None
        self.rows: dict[int, int | None] = {}
        """Index → row of the spreadsheet, of the records on their way."""

    def records(self) -> Iterator[object]:
        from issuer.intake import read_items

        source = sys.stdin.buffer if self.name == "-" else Path(self.name)
        today = local_day(None, now())
        try:
            for item in read_items(source, "Standard input" if self.name == "-" else self.name, today):
                self.rows[item.index] = item.row
                yield item.record()
        except UnreadableSource as fault:
            self.fault = fault


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the PDFs (the home's documents/ by default).",
)
@click.option("--no-pdf", is_flag=True, help="Sign and archive only.")
@click.option("--accept-warnings", is_flag=True, help="Sign what is hardly ever so as well: the trail says so.")
def issue(file: str, out: Path | None, no_pdf: bool, accept_warnings: bool) -> int:
    """Sign, archive and print the records of FILE: a JSON object or array, JSON lines, or a table
    (CSV or .xlsx) with a row of headings.

    One JSON line a record. A refused record stops nothing, and the same command may be run again: a record
    with a reference answers the same attestation.
    """
    from issuer.desk import issue_many

    home = open_home()
    desk = replace(home.desk(), accept_warnings=accept_warnings)
    folder = None if no_pdf else check_folder(out or home.documents)
    language = preferred_language()
    source = _Source(file)
    tally: dict[str, int] = {}
    faults = warned = 0
    with progress(text("issue.under_way", language)) as advance:
        for issued in issue_many(desk, source.records(), author()):
            errors = list(issued.errors)
            pdf = None
            if folder and issued.token:
                try:
                    pdf = write_document(home, folder, issued)
                except OSError as error:
                    errors.append(Problem("pdf", "pdf_failed", {"reason": error.strerror or "?"}))
            row = source.rows.pop(issued.index, None)
            emit(
                {
                    "index": issued.index,
                    **({} if row is None else {"row": row}),
                    "status": issued.status,
                    "number": issued.number,
                    "text": issued.text,
                    "token": issued.token.hex() if issued.token else None,
                    "pdf": pdf,
                    "errors": [
                        {"field": problem.field, "message": problem_text(problem, language)} for problem in errors
                    ],
                    **({"warnings": _warnings(issued, language)} if issued.warnings else {}),
                }
            )
            tally[issued.status] = tally.get(issued.status, 0) + 1
            faults += bool(errors)
            warned += issued.status == "refused" and bool(issued.warnings)
            advance()
    done = joined(
        _many(f"issue.{status}", tally[status], language)
        for status in ("issued", "already_issued", "refused")
        if status in tally
    )
    if not accept_warnings and warned:
        say(_many("issue.warned", warned, language))
    total = _many("issue.records", sum(tally.values()), language)
    say(text("issue.summary", language, total=total, done=done or text("issue.nothing", language)))
    if source.fault:
        raise source.fault
    return 1 if faults else 0


def _many(key: str, count: int, language: str) -> str:
    form = "one" if formats.is_one(count, language) else "many"
    return text(f"{key}.{form}", language, count=formats.count(count, language))


def _warnings(issued: Issued, language: str) -> list[dict[str, str]]:
    return [
        {"field": warning.field, "code": warning.code, "message": problem_text(warning, language)}
        for warning in issued.warnings
    ]


def write_document(home: Home, folder: Path, issued: Issued) -> str:
    """Print one issued attestation into ``folder``; its absolute path. A PDF that is already there stays. Raises
    OSError, RenderError; ValueError for a refused record.
    """
    if issued.token is None or issued.annex is None or issued.text is None:
        raise ValueError("A refused record has nothing to print.")
    path = folder / f"attestation-{issued.number}.pdf"
    if issued.status == "already_issued" and path.exists():
        return str(path)
    durable.write(path, home.document(issued.token, issued.annex, issued.text))
    return str(path)
