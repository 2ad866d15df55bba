"""``wif issue``."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from issuer.attestation.problems import Problem, RecordRefused
from issuer.commands.terminal import author, check_folder, counted, emit, joined, open_home, progress, say
from issuer.errors import UnreadableSource
from issuer.messages import preferred_language, problem_text


class _Source:
    """The records of a file, and what ended them early: so that a broken end loses nothing of what stood before it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.fault: UnreadableSource | None = None

    def records(self) -> Iterator[object]:
        from issuer.intake import read_items

        source = sys.stdin.buffer if self.name == "-" else Path(self.name)
        try:
            for item in read_items(source, "Standard input" if self.name == "-" else self.name):
                yield RecordRefused(list(item.problems)) if item.problems else item.value
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
def issue(file: str, out: Path | None, no_pdf: bool) -> int:
    """Sign, archive and print the records of FILE: a JSON object or array, JSON lines, or CSV with a header.

    One JSON line a record. A refused record stops nothing, and the same command may be run again: a record
    with a reference answers the same attestation.
    """
    home = open_home()
    desk = home.desk()
    folder = None if no_pdf else check_folder(out or home.documents)
    language = preferred_language()
    source = _Source(file)
    tally: dict[str, int] = {}
    faults = 0
    with progress("Issuing") as advance:
        for issued in desk.issue_many(source.records(), author()):
            errors = list(issued.errors)
            pdf = None
            if folder and issued.token:
                try:
                    pdf = write_document(home, folder, issued)
                except OSError as error:
                    errors.append(Problem("pdf", "pdf_failed", {"reason": error.strerror or "?"}))
            emit(
                {
                    "index": issued.index,
                    "status": issued.status,
                    "number": issued.number,
                    "text": issued.text,
                    "token": issued.token.hex() if issued.token else None,
                    "pdf": pdf,
                    "errors": [
                        {"field": problem.field, "message": problem_text(problem, language)} for problem in errors
                    ],
                }
            )
            tally[issued.status] = tally.get(issued.status, 0) + 1
            faults += bool(errors)
            advance()
    done = joined(
        f"{tally[status]:,} {word}"
        for status, word in (("issued", "issued"), ("already_issued", "already issued before"), ("refused", "refused"))
        if status in tally
    )
    say(f"{counted(sum(tally.values()), 'record', 'records')}: {done or 'nothing to do'}.")
    if source.fault:
        raise source.fault
    return 1 if faults else 0


def write_document(home, folder: Path, issued) -> str:
    """Print one issued attestation into ``folder``; its absolute path. A PDF that is already there stays. Raises OSError, RenderError."""
    path = folder / f"attestation-{issued.number}.pdf"
    if issued.status == "already_issued" and path.exists():
        return str(path)
    part = path.with_suffix(".part")
    try:
        part.write_bytes(home.document(issued.token, issued.annex, issued.text))
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return str(path)
