"""``wif revoke``, ``suspend``, ``reinstate`` and ``replace``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace as replaced
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from issuer.attestation.places import local_day
from issuer.attestation.problems import Problem
from issuer.commands.issue import write_document
from issuer.commands.terminal import author, check_folder, emit, meant, now, open_home, say
from issuer.errors import UnreadableSource
from issuer.messages import preferred_language, problem_text, text

if TYPE_CHECKING:
    from issuer.desk import Done
    from issuer.home import Home


class Day(click.ParamType):
    """A day as people write it in France, or as YYYY-MM-DD."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date, or a usage error that shows the form."""
        from issuer.written.dates import typed_day

        if isinstance(value, date):
            return value
        found = typed_day(value)
        if found.certain and found.value:
            return date.fromisoformat(found.value)
        words = (
            "does not exist. Check the day and the month."
            if found.doubt in ("impossible", "month_first")
            else "is no whole date. Write for example 2026-07-01 or 01/07/2026."
        )
        return self.fail(f"{value} {words}", param, ctx)


BASIS = click.option(
    "--basis", "legal_basis", required=True, metavar="TEXT", help='Legal basis, such as "CRPA L241-2".'
)
OPTIONS = (
    click.option("--effective", "effective_on", type=Day(), help="First day of effect (today by default)."),
    click.option("--notified", "notified_on", type=Day(), help="Day on which the person was notified."),
    click.option("--heard", "heard_on", type=Day(), help="Day on which the person was heard (CRPA L121-1, L211-2)."),
    click.option(
        "--force", metavar="WHY", help="Why the act is done beyond what its rules allow; archived in the audit trail."
    ),
)
REVOCATION_REASONS = ("fraud", "unlawful", "condition_not_met", "request", "court", "error")


def _with_options(command: Callable) -> Callable:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def _do(act: str, number: str, grounds: dict) -> None:
    """``grounds``: the fields of :class:`issuer.desk.Grounds`, which the options are named for."""
    from issuer.desk import Grounds, acts

    home = open_home()
    if act == "revoke":
        _alone(home, grounds)
        meant(f"Revoke {_paper(home, number)}, for good?")
    _tell(acts.do(home.desk(), act, number, Grounds(**grounds), author()))


def _paper(home: Home, number: str) -> str:
    """Whose paper it is, for the person who is asked."""
    from issuer.registry import archived

    stored = archived(home.engine, number)
    if stored is None:
        return f"the attestation {number}"
    claims = stored.claims.to_json()
    holder = " ".join(filter(None, (claims["family_name"], claims.get("given_names"))))
    return f"the attestation {number} of {holder}, employed by {claims['employer']['name']}"


def _alone(home: Home, grounds: dict) -> None:
    """Where the pages ask for a second person, who acts alone says why: it stands in the audit trail."""
    from issuer.desk import ActRefused

    if home.config.extra.get("web", {}).get("second_person") and not grounds.get("force"):
        raise ActRefused(
            "force",
            "Here a second person confirms each revocation and each replacement: propose it on the attestation's page."
            " If it must be done alone, say why with --force; the reason is archived.",
        )


def _tell(done: Done) -> None:
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
    say(text("publish.next", preferred_language()))


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
def revoke(number: str, **grounds: Any) -> None:
    """Revoke the attestation NUMBER (with or without spaces)."""
    _do("revoke", number, grounds)


@click.command()
@click.argument("number")
@click.option(
    "--reason", required=True, type=click.Choice(("inquiry", "fraud", "court", "error")), help="Why: usually inquiry."
)
@BASIS
@_with_options
def suspend(number: str, **grounds: Any) -> None:
    """Suspend the attestation NUMBER."""
    _do("suspend", number, grounds)


@click.command()
@click.argument("number")
@BASIS
@_with_options
def reinstate(number: str, **grounds: Any) -> None:
    """End the suspension of the attestation NUMBER."""
    _do("reinstate", number, grounds)


@click.command()
@click.argument("number")
@click.argument("file", metavar="FILE|-")
@click.option(
    "--reason", type=click.Choice(REVOCATION_REASONS), default="request", show_default=True, help="Why it is replaced."
)
@click.option(
    "--basis", "legal_basis", default="CRPA L242-2 1°", show_default=True, metavar="TEXT", help="Legal basis."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the PDF (the home's documents/ by default).",
)
@click.option("--no-pdf", is_flag=True, help="Sign and archive only.")
@click.option("--accept-warnings", is_flag=True, help="The record is meant, although it names another holder.")
@_with_options
def replace(number: str, file: str, out: Path | None, no_pdf: bool, accept_warnings: bool, **grounds: Any) -> int:
    """Issue the one record of FILE in the place of the attestation NUMBER, which becomes replaced."""
    from issuer.desk import ActRefused, Grounds, acts
    from issuer.intake import read_items

    home = open_home()
    _alone(home, grounds)
    items = list(read_items(sys.stdin.buffer if file == "-" else Path(file), file, local_day(None, now())))
    if len(items) != 1:
        raise UnreadableSource(f"{file} holds {len(items)} records; a replacement takes exactly one.")
    if file != "-":
        meant(f"Replace {_paper(home, number)}, for good?")
    try:
        issued, done = acts.replace(
            replaced(home.desk(), accept_warnings=accept_warnings),
            number,
            items[0].record(),
            Grounds(**grounds),
            author(),
            another_holder=accept_warnings,
        )
    except ActRefused as refused:
        if refused.code != "holder":
            raise
        raise ActRefused("holder", f"{refused} To go on, add --accept-warnings.", refused.fields) from None
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
        say(text("publish.next", preferred_language()))
    return 1 if errors else 0
