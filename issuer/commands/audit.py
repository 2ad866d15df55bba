"""``wif audit``: check and export the audit trail."""

import json
from pathlib import Path

import click

from issuer.commands.terminal import author, emit, open_home, say
from issuer.errors import ConfigError, UnreadableSource


@click.group()
def audit() -> None:
    """Check and export the audit trail."""


@audit.command()
@click.option(
    "--head",
    "heads",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A kept copy of audit-head.json; repeat it.",
)
def verify(heads: tuple[Path, ...]) -> int:
    """Check the whole chain, against the published head and every copy given with --head; then every table: against
    the chain, its own seals, and what each author might do at that moment.
    """
    from issuer.accounts import auditing
    from issuer.registry import chain

    home = open_home()
    known = []
    for path in (*heads, home.public / "audit-head.json"):
        if path.exists():
            try:
                known.append(chain.Head.from_json(json.loads(path.read_text(encoding="utf-8"))))
            except (OSError, ValueError):
                raise UnreadableSource(
                    f"{path} is no head of the audit trail. Give a copy of audit-head.json."
                ) from None
    check = auditing.verify(home.engine, known)
    problems = check.problems
    emit({"whole": not problems, "entries": check.entries, "head": check.head.to_json(), "problems": list(problems)})
    say(
        "The audit trail is whole."
        if not problems
        else "The audit trail is not whole: keep the database as it is and call the security officer."
    )
    return 1 if problems else 0


@audit.command()
def export() -> None:
    """The whole chain as JSON lines: identifiers and salted hashes, no personal data. The export is an entry of the
    trail, the last one that it holds.
    """
    from issuer.registry import chain

    home = open_home()
    head = chain.note_export(home.engine, home.clock(), author())
    for line in chain.export(home.engine, head):
        click.echo(line.rstrip("\n"))


@audit.command()
@click.option("--yes", is_flag=True, help='Do not ask: what "wif audit verify" found was looked into.')
def reseal(yes: bool) -> None:
    """Believe every row of the database as it is now, and seal it under this home's web.secret.

    For a web.secret that is lost, or rows that were mended by hand: whatever else somebody changed is then believed
    too. With another secret every API token ends, and everybody sets up their second factor again (wif user reset).
    """
    home = open_home()
    if not yes:
        raise ConfigError(
            f'This believes every row of the database of {home.path}, whoever wrote it. Run "wif audit verify" and look'
            " into what it finds first; then say --yes."
        )
    ended = home.reseal(author())
    emit({"home": str(home.path), "tokens_revoked": ended})
    say("Every row is sealed as it is now. The trail says so.")
