"""``wif demarches``: describe a démarche, draft and check its mapping, synchronise."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from issuer.commands.terminal import emit, open_home, say
from issuer.errors import ConfigError

if TYPE_CHECKING:
    from issuer.demarches.context import DemarchesContext
    from issuer.demarches.settings import DemarchesSettings


@click.group()
def demarches() -> None:
    """Work with Démarches simplifiées: the [demarches] table of config.toml says with which."""


def _context() -> tuple[DemarchesContext, DemarchesSettings]:
    from issuer.demarches.context import open_demarches

    context = open_demarches(open_home(), time.sleep, time.time)
    if context.settings is None:
        raise ConfigError("config.toml has no [demarches] table. Add it: docs/operations.md describes it.")
    return context, context.settings


@demarches.command()
@click.argument("number", type=int, required=False)
@click.option("--draft", is_flag=True, help="Print a draft of the mapping (TOML) instead of the fields.")
def describe(number: int | None, draft: bool) -> int:
    """Print the fields of the démarche NUMBER, and check its mapping: which required claims have no source."""
    from issuer.demarches import describing
    from issuer.demarches.mapping import path_of, read_mapping

    context, settings = _context()
    number = number or settings.numbers[0]
    description = context.source().description(number)
    if draft:
        click.echo(describing.draft(description), nl=False)
        return 0
    for item in describing.fields_of(description):
        emit(item)
    path: Path = path_of(context.folder, number)
    if not path.exists():
        say(
            f"There is no mapping yet. Put a draft into {path}: wif demarches describe {number} --draft > {path.name},"
            " and read it through."
        )
        return 1
    lacking = describing.lacking(description, read_mapping(path))
    emit({"mapping": str(path), "missing": lacking["missing"], "unknown": lacking["unknown"]})
    for name in lacking["missing"]:
        say(
            f"{name}: no source in the mapping. An agent will have to fill it in for each request; add a source if the"
            " démarche has one."
        )
    for name in lacking["unknown"]:
        say(f"{name}: the mapping names this field, and the démarche has none such (any more). Correct or remove it.")
    return 1 if lacking["missing"] or lacking["unknown"] else 0


@demarches.command()
@click.option(
    "--all", "whole", is_flag=True, help="Read every dossier again, after the mapping has changed for instance."
)
def sync(whole: bool) -> int:
    """Bring the requests up to date once, and sign and send what is due: what `wif serve issuer` does by itself.

    Prints what is set aside, each field with the applicant's words and the reading that is proposed.
    """
    from issuer.demarches import doubts
    from issuer.demarches.worker import holder, turn

    context, _settings = _context()
    ran = turn(context, holder(), force=True, whole=whole)
    if ran is None:
        say("Another process is synchronising now. Nothing was done.")
        return 0
    for one in ran:
        emit({"demarche": one.demarche, **vars(one.tally), "calls": one.calls, "error": one.error})
        if one.error:
            from issuer.demarches.errors import WORDS

            say(WORDS[one.error])
    for dossier, found in doubts.aside(context.engine):
        emit({"dossier": dossier, "status": "aside", "doubts": found})
    return 1 if any(one.error for one in ran) else 0
