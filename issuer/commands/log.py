"""``wif log``: the transparency log of every signed token."""

import json
import time
from pathlib import Path

import click

from issuer.commands.terminal import author, emit, meant, now, open_home, say
from issuer.errors import ConfigError, UnreadableSource
from keys import durable

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def log() -> None:
    """Reconcile the transparency log, watch it from elsewhere, and prove that an attestation stands in it."""


@log.command()
@click.option(
    "--checkpoint",
    "kept",
    multiple=True,
    type=FILE,
    help="A copy of public/log/checkpoint that was kept elsewhere; repeat it.",
)
@click.option(
    "--seen",
    type=FILE,
    help="QR texts that were scanned, one a line (or JSON lines with a field text): is any signed but unknown here?",
)
def verify(kept: tuple[Path, ...], seen: Path | None) -> int:
    """Hold log, registry, audit trail, published files and kept checkpoints against each other."""
    from issuer.desk import reconciling

    home = open_home()
    found = reconciling.reconcile(
        home.engine, home.public, home.trust(), [path.read_bytes() for path in kept], _texts(seen) if seen else ()
    )
    emit({"whole": not found.problems, "size": found.size, "root": found.root.hex(), "problems": list(found.problems)})
    say(
        "Every signature is known, and the log is whole."
        if not found.problems
        else "Log and registry do not agree: keep both as they are and call the security officer."
    )
    return 1 if found.problems else 0


@log.command()
@click.argument("text", required=False)
@click.option("--place", metavar="LIST/INDEX", help="The place in a status list, where the text is not at hand.")
@click.option("--reason", required=True, metavar="TEXT", help="Why the paper is to turn red; archived.")
@click.option("--alone", is_flag=True, help="No second person can confirm it in time: said in the audit trail.")
def mark(text: str | None, place: str | None, reason: str, alone: bool) -> None:
    """Mark a paper that was signed with a listed key but never issued here: revoked, for good. TEXT is its QR text.

    Its number and place are read from it. "wif publish" then shows it to every verifier.
    """
    from issuer.desk import foreign

    if (text is None) == (place is None):
        raise click.UsageError("Give the QR text of the paper, or its place with --place.")
    home = open_home()
    desk = home.desk()
    if home.config.extra.get("web", {}).get("second_person") and not alone:
        raise ConfigError(
            "Here a second person confirms each revocation: propose the mark on the issuer's page. If it must be done"
            " alone, say --alone; the audit trail says so."
        )
    paper = foreign.Foreign(_place(place)) if place else foreign.read(desk, home.trust(), text or "")
    what = f"the paper {paper.number}" if paper.number else "whatever paper bears it"
    meant(f"Mark place {paper.place[1]} of status list {paper.place[0]} ({what}) as revoked, for good?")
    foreign.mark(desk, paper, reason, author(), alone=alone)
    emit(
        {
            "list": paper.place[0],
            "index": paper.place[1],
            "number": str(paper.number) if paper.number else None,
            "key": paper.kid.hex() if paper.kid else None,
            "state": "revoked",
        }
    )
    say('It turns red with the next "wif publish". If its key was stolen, see docs/ceremonies.md.')


def _place(text: str) -> tuple[int, int]:
    number, _, index = text.partition("/")
    if not (number.isascii() and number.isdigit() and index.isascii() and index.isdigit() and len(text) < 15):
        raise click.UsageError("A place is the number of a status list, a slash and an index, such as 1/48213.")
    return int(number), int(index)


def _texts(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["text"] if line.startswith("{") else line.strip() for line in lines if line.strip()]
    except (OSError, ValueError, KeyError, TypeError):
        raise UnreadableSource(f"{path} is no list of QR texts. Give one text a line.") from None


@log.command()
@click.argument("number")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the proof goes.")
def prove(number: str, out: Path) -> None:
    """Write the proof that the attestation NUMBER was signed before the published checkpoint."""
    from issuer.desk import reconciling

    home = open_home()
    proof = reconciling.prove(home.engine, home.public, home.trust(), number)
    if proof is None:
        raise UnreadableSource(
            f'The published log holds no attestation {number}. Check its ten digits, or run "wif publish" first.'
        )
    durable.write(out, proof.text(), durable.PUBLIC)
    emit({"number": number, "index": proof.index, "proof": str(out), "bytes": len(proof.text())})


@log.command()
@click.argument("proof", type=FILE)
@click.argument("text")
@click.option(
    "--trust", "trust_file", type=FILE, help="A trust list (by default the home's): it names the receipt keys."
)
def check(proof: Path, text: str, trust_file: Path | None) -> None:
    """Check that PROOF is of the QR text TEXT, and say when its checkpoint was signed."""
    from issuer.desk import reconciling, transparency
    from issuer.home import ceremony
    from keys import inclusion
    from keys.errors import FormError
    from keys.instants import instant

    content = ceremony.read(trust_file) if trust_file else open_home().trust()
    try:
        parsed = inclusion.read(proof.read_bytes())
        held = inclusion.check(
            parsed, reconciling.text_token(text), transparency.name_of(content), transparency.receipt_keys(content)
        )
    except FormError as error:
        raise UnreadableSource(f"{proof}: {error}") from None
    emit(
        {
            "included": True,
            "index": parsed.index,
            "size": held.size,
            "signed_at": instant(held.at) if held.at else None,
            "key": held.kid.hex(),
        }
    )


@log.command()
@click.argument("url")
@click.option("--roots", required=True, type=FILE, help="JSON or TOML file of the roots to trust, had by another way.")
@click.option("--keep", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where checkpoints go.")
@click.option(
    "--every", default=3600, show_default=True, type=click.IntRange(10, 86_400), help="Seconds between looks."
)
@click.option("--once", is_flag=True, help="Look once, then end.")
def watch(url: str, roots: Path, keep: Path, every: int, once: bool) -> int:
    """Watch the log published at URL from another machine: keep its checkpoints, end with an alarm when it forks.

    One JSON line a look. The exit code is 1 for a fork, a rollback or lists that are not the service's; an address that
    does not answer is asked again. What is kept in --keep is what "wif keys revoke" and "wif log verify" lean on.
    """
    from issuer import config
    from issuer.desk import watching

    pinned = config.read_roots(roots)
    while True:
        seen = watching.look(url, keep, pinned, now(), watching.fetch)
        emit(seen.row())
        if seen.alarm:
            say(f"ALARM: {seen.words} What was answered is kept in {keep}: keep it, and call the security officer.")
            return 1
        if once:
            return 0 if seen.outcome != "unreachable" else 1
        time.sleep(every)
