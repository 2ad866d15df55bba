"""``wif demarches``: describe a démarche, draft and check its mapping, synchronise."""

import time
from pathlib import Path

import click

from issuer.commands.terminal import emit, open_home, say
from issuer.errors import ConfigError


@click.group()
def demarches() -> None:
    """Work with Démarches simplifiées: the [demarches] table of config.toml says with which."""


def _bureau():
    from issuer.demarches.bureau import open_bureau

    bureau = open_bureau(open_home(), time.sleep, time.time)
    if bureau.settings is None:
        raise ConfigError("config.toml has no [demarches] table. Add it: docs/operations.md describes it.")
    return bureau


@demarches.command()
@click.argument("number", type=int, required=False)
@click.option("--draft", is_flag=True, help="Print a draft of the mapping (TOML) instead of the fields.")
def describe(number: int | None, draft: bool) -> int:
    """Print the fields of the démarche NUMBER, and check its mapping: which required claims have no source."""
    from issuer.demarches import describing
    from issuer.demarches.mapping import path_of, read_mapping

    bureau = _bureau()
    number = number or bureau.settings.numbers[0]
    description = bureau.source().description(number)
    if draft:
        click.echo(describing.draft(description), nl=False)
        return 0
    for item in describing.fields_of(description):
        emit(item)
    path: Path = path_of(bureau.folder, number)
    if not path.exists():
        say(
            f"There is no mapping yet. Put a draft into {path}: wif demarches describe {number} --draft > {path.name}, and read it through."
        )
        return 1
    lacking = describing.lacking(description, read_mapping(path))
    emit({"mapping": str(path), "missing": lacking["missing"], "unknown": lacking["unknown"]})
    for name in lacking["missing"]:
        say(
            f"{name}: no source in the mapping. An agent will have to fill it in for each request; add a source if the démarche has one."
        )
    for name in lacking["unknown"]:
        say(f"{name}: the mapping names this field, and the démarche has none such (any more). Correct or remove it.")
    return 1 if lacking["missing"] or lacking["unknown"] else 0


@demarches.command()
@click.option(
    "--all", "whole", is_flag=True, help="Read every dossier again, after the mapping has changed for instance."
)
def sync(whole: bool) -> int:
    """Bring the requests up to date once, and send what waits to be sent: what `wif serve issuer` does by itself."""
    from issuer.demarches.worker import holder, turn

    ran = turn(_bureau(), holder(), force=True, whole=whole)
    if ran is None:
        say("Another process is synchronising now. Nothing was done.")
        return 0
    for one in ran:
        emit({"demarche": one.demarche, **vars(one.tally), "calls": one.calls, "error": one.error})
        if one.error:
            from issuer.demarches.errors import WORDS

            say(WORDS[one.error])
    return 1 if any(one.error for one in ran) else 0
