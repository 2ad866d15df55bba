"""``wif demo``: the main job on invented people, from signing to the verdict read off the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from issuer.attestation import Verdict, status, verify
from issuer.attestation.places import local_day
from issuer.commands.serving import VERIFIER_PORT, Servers, free_port, is_free
from issuer.commands.terminal import author, home_path, now, say
from issuer.errors import ConfigError
from issuer.messages import preferred_language, text

if TYPE_CHECKING:
    from issuer.home import Home

AUTHORITY = "Préfecture d'Exemple, service de la main-d'œuvre étrangère"


@click.command()
@click.option("--no-serve", is_flag=True, help="Sign, print and verify only; start no server.")
@click.option("--lan", is_flag=True, help="Serve the verifier over HTTPS on the local network, for a phone's camera.")
@click.option(
    "--lan-address", metavar="ADDRESS", help="This machine's address on that network, when it is not found by itself."
)
def demo(no_serve: bool, lan: bool, lan_address: str | None) -> int:
    """Make a demonstration home, sign samples into PDFs, verify each off its page; then serve issuer and verifier."""
    from issuer.demo import make_past, make_samples, need_packages

    if not no_serve:
        need_packages()

    language = preferred_language()
    home = _home(language, None if no_serve else _host(lan, lan_address))
    today = local_day(None, now())
    samples = make_samples(home, today, author(), lambda name: say(f"  {text(f'demo.{name}', language)}"))
    well = _show(home, samples, language)
    make_past(home, author())
    _accounts(home, language)
    if no_serve:
        return 0 if well else 1
    return Servers(home, language).run()


def _accounts(home: Home, language: str) -> None:
    """Make the accounts of the issuer's pages, and say how to sign in."""
    from issuer.accounts import Directory
    from issuer.accounts.demonstration import PASSWORD, make_sample_accounts

    people = make_sample_accounts(Directory(home.engine, home.clock), author())
    home.close()
    names = ", ".join(f"{person.identifier} ({text(f'demo.role.{person.role}', language)})" for person in people)
    say(text("demo.accounts", language, names=names, password=PASSWORD))


def _host(lan: bool, lan_address: str | None) -> str:
    """The scheme and host that papers shall name: this machine alone, or its address on the network."""
    if not (lan or lan_address):
        return "http://localhost"
    from issuer.demo.lan import own_address

    return f"https://{lan_address or own_address()}"


def _home(language: str, host: str | None) -> Home:
    """The demonstration's home. With a ``host``, its origin is moved there, and to another port when its own is
    busy.
    """
    from issuer.home import Home, found
    from issuer.home.home import DEMONSTRATION_PASSPHRASE

    path = home_path()
    secret = lambda: DEMONSTRATION_PASSPHRASE
    if not (path / "config.toml").exists():
        origin = f"{host or 'http://localhost'}:{_port(VERIFIER_PORT, language) if host else VERIFIER_PORT}"
        return found(
            path,
            origin=origin,
            authority=AUTHORITY,
            passphrase=secret,
            demonstration=True,
            signatory=_signatory(),
            progress=lambda step, **params: say(f"  {text(f'found.{step}', language, **params)}"),
            author=author(),
        )
    home = Home(path, secret)
    if not home.config.demonstration:
        raise ConfigError(
            f"{path} is a real home, and the demonstration would fill it with invented people. Set WIF_HOME to another"
            " folder."
        )
    home.upgrade()
    if home.clock() + 3600 >= home.trust().next_update:
        home.publish(author())
    return _moved(home, host, language) if host else home


def _moved(home: Home, host: str, language: str) -> Home:
    """The home under ``host`` and a free port. Papers printed under a former address stay valid; the samples are
    printed again.
    """
    from issuer.home.moving import move

    former = home.config.origin
    origin = f"{host}:{_port(int(former.rpartition(':')[2]), language)}"
    if origin == former:
        return home
    for printed in home.documents.glob("demo-*.pdf"):
        printed.unlink()
    return move(home, origin, author())


def _port(wanted: int, language: str) -> int:
    if is_free(wanted):
        return wanted
    other = free_port(wanted)
    say(text("demo.port", language, port=wanted, other=other))
    return other


def _signatory() -> dict:
    from issuer.commands.home import DEMONSTRATION_SIGNATORY

    return DEMONSTRATION_SIGNATORY


def _show(home: Home, samples: list, language: str) -> bool:
    """Read each PDF back with decoders that are not ours, verify, and show the verdicts. Whether all are as
    expected.
    """
    from rich.console import Console
    from rich.table import Table

    from issuer.reading import read_codes

    trust, now = home.trust(), home.clock()
    lists = {
        entry.number: status.accept((home.public / entry.path).read_bytes(), entry.number, trust, None, now)
        for entry in trust.status_lists
    }
    table = Table()
    for column in ("sample", "verdict", "level", "pdf"):
        table.add_column(text(f"demo.{column}", language), overflow="fold", no_wrap=column in ("level", "pdf"))
    well = True
    for sample in samples:
        found = next((verify(code, trust, lists, now) for code in read_codes(sample.pdf)), Verdict("no_code", "grey"))
        well = well and found.verdict == sample.expected
        table.add_row(
            text(f"demo.{sample.name}", language),
            text(f"verdict.{found.verdict}", language),
            text(f"level.{found.level}", language),
            sample.pdf.name,
        )
    Console().print(table)
    say(text("demo.folder", language, folder=_short(home.documents)))
    return well


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
