"""``wif init``, ``wif publish`` and ``wif upgrade``."""

from pathlib import Path

import click

from issuer.commands.terminal import author, database_url, emit, home_path, meant, open_home, passphrase, say
from issuer.errors import ConfigError
from issuer.messages import preferred_language, text

DEMONSTRATION_SIGNATORY = {
    "given_names": "Claire",
    "family_name": "EXEMPLE",
    "title": "Cheffe du service de la main-d'œuvre étrangère",
    "service": "Service de la main-d'œuvre étrangère (démonstration)",
}


@click.command()
@click.option(
    "--origin",
    required=True,
    metavar="URL",
    help="Address of the verifier, printed in every QR for ever (https://verif.example.org).",
)
@click.option(
    "--authority", required=True, metavar="NAME", help="The issuing authority, as papers and screens name it."
)
@click.option("--demo", is_flag=True, help="Demonstration keys: marked everywhere, one root, no passphrase needed.")
@click.option("--roots", type=click.IntRange(1, 16), metavar="N", help="Root keys to make (3; 1 for a demonstration).")
@click.option(
    "--root",
    "root_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help='Public part of a root made elsewhere with "wif keys root new"; repeat it. Then no root key is made here.',
)
@click.option(
    "--threshold",
    type=click.IntRange(1, 16),
    metavar="M",
    help="Roots that must sign a trust list (2; 1 for a demonstration).",
)
@click.option(
    "--department",
    "departments",
    multiple=True,
    metavar="CODE",
    help="Département the attestation key may sign for; repeat it. All by default.",
)
def init(
    origin: str,
    authority: str,
    demo: bool,
    roots: int | None,
    root_files: tuple[Path, ...],
    threshold: int | None,
    departments: tuple[str, ...],
) -> None:
    """Make a home: root, attestation, status and receipt keys, database, first publication."""
    from issuer.attestation.places import DEPARTMENTS
    from issuer.commands.rootkeys import read_public
    from issuer.home import found
    from issuer.home.founding import FIRST_DRAFT
    from issuer.home.home import DEMONSTRATION_PASSPHRASE

    public_roots = tuple(read_public(path) for path in root_files)
    unknown = [code for code in departments if code not in DEPARTMENTS]
    if unknown:
        raise ConfigError(f"{unknown[0]!r} is no département code. Write 75, 2A or 974, for example.")

    def secret() -> str:
        given = passphrase(confirm=True) or (DEMONSTRATION_PASSPHRASE if demo else "")
        if not given:
            raise ConfigError("A new keystore needs a passphrase. Set WIF_PASSPHRASE or WIF_PASSPHRASE_FILE.")
        return given

    home = found(
        home_path(),
        origin=origin,
        authority=authority,
        passphrase=secret,
        demonstration=demo,
        roots=roots,
        threshold=threshold,
        departments=departments,
        signatory=DEMONSTRATION_SIGNATORY if demo else None,
        database_url=database_url(),
        progress=lambda step, **params: say(f"  {text(f'found.{step}', preferred_language(), **params)}"),
        author=author(),
        public_roots=public_roots,
    )
    emit(
        {
            "home": str(home.path),
            "origin": origin,
            "demonstration": demo,
            "trust_version": None if public_roots else home.trust().version,
            "roots": [key.hex() for key in home.config.roots.keys],
            "threshold": home.config.roots.threshold,
        }
    )
    say(text("found.ready", preferred_language(), path=home.path))
    if public_roots:
        say(
            f'Carry {home.path / FIRST_DRAFT} to {home.config.roots.threshold} of the root keys, then run "wif keys'
            ' sign-trust" with what they signed.'
        )
    elif not demo:
        say(
            "Carry the root keys (keys/root-*.key) to machines without a network, and keep copies of the home in two"
            " places."
        )


@click.command()
@click.option(
    "--clock-is-right",
    is_flag=True,
    help="The time was compared with another clock: needed once when nothing was published for status_lifetime, or the"
    " clock gained time and nobody who was asked agreed.",
)
@click.option(
    "--go-back",
    is_flag=True,
    help="The last publications were made by a clock ahead: take them back, and publish with the time of now.",
)
def publish(clock_is_right: bool, go_back: bool) -> None:
    """Sign and write public/trust.cose and public/status-N.cose, atomically."""
    from keys.instants import instant

    home = open_home()
    if go_back and not clock_is_right:
        home.ask_the_time()
    if go_back:
        meant(f"The time is {instant(home.clock())}, and whatever was published with a later one is to be taken back?")
    published = home.publish(author(), clock_confirmed=clock_is_right or go_back, back=go_back)
    trust = home.trust()
    emit(
        {
            "issued_at": published.issued_at,
            "trust_version": trust.version,
            "public": str(home.public),
            "files": list(published.files),
            "settled": published.settled,
        }
    )
    if trust.expires - home.clock() < home.config.trust_next_update:
        say(text("publish.expires", preferred_language()))


@click.command()
def upgrade() -> None:
    """Bring the tables of the database up to date, after a newer version of the program was installed.

    Programs that serve meanwhile go on, unless the CHANGELOG says that they are to be ended first.
    """
    emit({"changed": open_home().upgrade()})
    say("The tables are those that this version expects.")
