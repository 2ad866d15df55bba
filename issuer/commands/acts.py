"""``wif revoke``, ``suspend``, ``reinstate`` and ``replace``."""

import sys
from datetime import date
from pathlib import Path

import click

from issuer.attestation.problems import Problem
from issuer.commands.issue import write_document
from issuer.commands.terminal import author, check_folder, emit, open_home, say
from issuer.errors import UnreadableSource
from issuer.messages import preferred_language, problem_text


class Day(click.ParamType):
    """A day as YYYY-MM-DD."""

    name = "DATE"

    def convert(self, value, param, ctx):
        """The date, or a usage error that shows the form."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is no date. Write for example 2026-07-01.", param, ctx)


BASIS = click.option("--basis", required=True, metavar="TEXT", help='Legal basis, such as "CRPA L241-2".')
OPTIONS = (
    click.option("--effective", type=Day(), help="First day of effect (today by default)."),
    click.option("--notified", type=Day(), help="Day on which the person was notified."),
    click.option("--heard", type=Day(), help="Day on which the person was heard (CRPA L121-1, L211-2)."),
    click.option(
        "--force", metavar="WHY", help="Why the act is done beyond what its rules allow; archived in the audit trail."
    ),
)
REVOCATION_REASONS = ("fraud", "unlawful", "condition_not_met", "request", "court", "error")


def _with_options(command):
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def _grounds(**values):
    from issuer.desk import Grounds

    return Grounds(**values)


def _tell(done) -> None:
    emit(
        {
            "number": str(done.number),
            "act": done.act,
            "state": done.state,
            "effective_on": done.effective_on.isoformat() if done.effective_on else None,
            "waiting": done.waiting,
            "warnings": list(done.warnings),
        }
    )
    say('Run "wif publish" so that verifiers learn of it.')


@click.command()
@click.argument("number")
@click.option(
    "--reason",
    required=True,
    type=click.Choice(REVOCATION_REASONS),
    help="fraud, unlawful (retrait); condition_not_met, request (abrogation); court; error.",
)
@BASIS
@_with_options
def revoke(number: str, reason: str, basis: str, effective, notified, heard, force) -> None:
    """Revoke the attestation NUMBER (with or without spaces)."""
    home = open_home()
    _tell(
        home.desk().revoke(
            number,
            _grounds(
                reason=reason,
                legal_basis=basis,
                effective_on=effective,
                notified_on=notified,
                heard_on=heard,
                force=force,
            ),
            author(),
        )
    )


@click.command()
@click.argument("number")
@click.option(
    "--reason", required=True, type=click.Choice(("inquiry", "fraud", "court", "error")), help="Why: usually inquiry."
)
@BASIS
@_with_options
def suspend(number: str, reason: str, basis: str, effective, notified, heard, force) -> None:
    """Suspend the attestation NUMBER."""
    home = open_home()
    _tell(
        home.desk().suspend(
            number,
            _grounds(
                reason=reason,
                legal_basis=basis,
                effective_on=effective,
                notified_on=notified,
                heard_on=heard,
                force=force,
            ),
            author(),
        )
    )


@click.command()
@click.argument("number")
@BASIS
@_with_options
def reinstate(number: str, basis: str, effective, notified, heard, force) -> None:
    """End the suspension of the attestation NUMBER."""
    home = open_home()
    _tell(
        home.desk().reinstate(
            number,
            _grounds(legal_basis=basis, effective_on=effective, notified_on=notified, heard_on=heard, force=force),
            author(),
        )
    )


@click.command()
@click.argument("number")
@click.argument("file", metavar="FILE|-")
@click.option(
    "--reason", type=click.Choice(REVOCATION_REASONS), default="request", show_default=True, help="Why it is replaced."
)
@click.option("--basis", default="CRPA L242-2 1°", show_default=True, metavar="TEXT", help="Legal basis.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the PDF (the home's documents/ by default).",
)
@click.option("--no-pdf", is_flag=True, help="Sign and archive only.")
@_with_options
def replace(
    number: str, file: str, reason: str, basis: str, out: Path | None, no_pdf: bool, effective, notified, heard, force
) -> int:
    """Issue the one record of FILE in the place of the attestation NUMBER, which becomes replaced."""
    from issuer.intake import read_items

    home = open_home()
    items = list(read_items(sys.stdin.buffer if file == "-" else Path(file), file))
    if len(items) != 1 or items[0].problems:
        raise UnreadableSource(f"{file} holds {len(items)} records; a replacement takes exactly one that can be read.")
    grounds = _grounds(
        reason=reason, legal_basis=basis, effective_on=effective, notified_on=notified, heard_on=heard, force=force
    )
    issued, done = home.desk().replace(number, items[0].value, grounds, author())
    errors, pdf = list(issued.errors), None
    if issued.token and not no_pdf:
        try:
            pdf = write_document(home, check_folder(out or home.documents), issued)
        except OSError as error:
            errors.append(Problem("pdf", "pdf_failed", {"reason": error.strerror or "?"}))
    language = preferred_language()
    emit(
        {
            "index": 0,
            "status": issued.status,
            "number": issued.number,
            "text": issued.text,
            "token": issued.token.hex() if issued.token else None,
            "pdf": pdf,
            "errors": [{"field": problem.field, "message": problem_text(problem, language)} for problem in errors],
            "replaces": str(done.number) if done else None,
        }
    )
    if done:
        say('Run "wif publish" so that verifiers learn of it.')
    return 1 if errors else 0
