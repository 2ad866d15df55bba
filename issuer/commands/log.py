"""``wif log``: the transparency log of every signed token."""

import json
from pathlib import Path

import click

from issuer.commands.terminal import emit, open_home, say
from issuer.errors import UnreadableSource

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def log() -> None:
    """Reconcile the transparency log, and prove that an attestation stands in it."""


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
    out.write_bytes(proof.text())
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
    from keys.changes import instant
    from keys.errors import FormError

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
