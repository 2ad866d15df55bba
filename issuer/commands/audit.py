"""``wif audit``: check and export the audit trail."""

import json
from pathlib import Path

import click

from issuer.commands.terminal import author, emit, open_home, say
from issuer.errors import UnreadableSource


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
    """Check the whole chain, against the published head and every copy given with --head; then the tables against the chain."""
    from issuer.registry import chain, crosscheck

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
    check = chain.verify(home.engine, heads=known)
    problems = check.problems or crosscheck.verify(home.engine)
    emit({"whole": not problems, "entries": check.entries, "head": check.head.to_json(), "problems": list(problems)})
    say(
        "The audit trail is whole."
        if not problems
        else "The audit trail is not whole: keep the database as it is and call the security officer."
    )
    return 1 if problems else 0


@audit.command()
def export() -> None:
    """The whole chain as JSON lines: identifiers and salted hashes, no personal data. The export is an entry of the trail, the last one that it holds."""
    from issuer.registry import chain

    home = open_home()
    head = chain.note_export(home.engine, home.clock(), author())
    for line in chain.export(home.engine, head):
        click.echo(line.rstrip("\n"))
