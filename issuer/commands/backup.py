"""``wif backup`` and ``wif restore``."""

import json
from pathlib import Path

import click

from issuer.commands.terminal import (
    author,
    backup_passphrase,
    database_url,
    emit,
    home_path,
    open_home,
    passphrase,
    say,
    stages,
)
from issuer.errors import ConfigError, UnreadableSource

STAGES = {
    "database": "Copying the database",
    "sealing": "Sealing (parts of 16 MiB)",
    "opening": "Opening (parts of 16 MiB)",
    "chain": "Checking the audit trail",
    "signatures": "Checking signatures",
}


def _secret(demonstration: bool, confirm: bool) -> str:
    from issuer.home.home import DEMONSTRATION_PASSPHRASE

    given = backup_passphrase(confirm) or (DEMONSTRATION_PASSPHRASE if demonstration else "")
    if not given:
        raise ConfigError(
            "A backup needs a passphrase. Set WIF_BACKUP_PASSPHRASE or WIF_BACKUP_PASSPHRASE_FILE (else the keystore's"
            " is taken)."
        )
    return given


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a backup of the home to FILE, sealed by a passphrase, while others issue, revoke and publish.

    It holds the configuration, the sealed keys, the server's secret, the published files and the whole database.
    """
    from issuer.home.backup import backup as write_backup

    home = open_home()
    with stages(STAGES) as step:
        done = write_backup(home, file, _secret(home.config.demonstration, True), step)
    emit(
        {
            "file": str(file.absolute()),
            "bytes": done.bytes,
            "head": done.head.to_json(),
            "files": done.files,
            "parts": done.parts,
        }
    )
    say("Keep it in another place than the home, and its passphrase in another place than the backup.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--public",
    metavar="DIR|URL",
    help="The published files that verifiers have now, to compare with (by default those at the home's origin).",
)
@click.option(
    "--nothing-published",
    is_flag=True,
    help="Nothing was ever published by this home; refused when its origin publishes something.",
)
@click.option(
    "--head",
    "heads",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A kept copy of audit-head.json; repeat it.",
)
@click.option(
    "--accept-loss", is_flag=True, help="Give up the acts made after the backup; every published mark is kept."
)
def restore(
    file: Path, public: str | None, nothing_published: bool, heads: tuple[Path, ...], accept_loss: bool
) -> None:
    """Make WIF_HOME, and the database of WIF_DATABASE_URL, of the backup FILE; both must be empty.

    The audit trail, every stored signature and the published lists are checked first; what fails leaves nothing behind.
    """
    from issuer.home.restoring import restore as make_home
    from issuer.registry.chain import Head

    if public and nothing_published:
        raise ConfigError("Give --public or --nothing-published, not both.")
    where: Path | str | None = public and (public.rstrip("/") if "://" in public else Path(public))
    kept = []
    for path in heads:
        try:
            kept.append(Head.from_json(json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError):
            raise UnreadableSource(f"{path} is no head of the audit trail. Give a copy of audit-head.json.") from None
    from issuer.home.home import DEMONSTRATION_PASSPHRASE

    secret = backup_passphrase() or DEMONSTRATION_PASSPHRASE
    with stages(STAGES) as step:
        done = make_home(
            home_path(),
            file,
            secret,
            passphrase,
            database_url(),
            public=where,
            nothing_published=nothing_published,
            heads=kept,
            accept_loss=accept_loss,
            author=author(),
            progress=step,
        )
    emit(
        {
            "home": str(home_path().absolute()),
            "made_at": done.made_at,
            "head": done.head.to_json(),
            "signatures": done.signatures,
            "lost": done.lost,
            "carried": done.carried,
        }
    )
    say('Run "wif audit verify" with your kept heads, then "wif publish".')
