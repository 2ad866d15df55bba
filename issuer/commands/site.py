"""``wif site`` and ``wif serve``."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from issuer.attestation import status
from issuer.commands.serving import end_with, serve as serve_application, share_counters
from issuer.commands.terminal import emit, open_home, say
from issuer.errors import ConfigError
from keys.errors import StatusRefused

if TYPE_CHECKING:
    from issuer.home import Home
    from keys.trust import TrustList
    from verifier_pwa.build import Site

ADDRESSES = {
    "issuer": "127.0.0.1:8000",
    "verifier": "127.0.0.1:8001",
    "guide": "127.0.0.1:8003",
    "demarches": "127.0.0.1:8002",
    "countersign": "127.0.0.1:8004",
}
WATCH_SECONDS = 0.5
"""How often ``--watch`` looks at the verifier's sources."""


def build(home: Home, folder: Path) -> Site:
    """The verifier of this home as a folder of static files. Raises ConfigError, also for published lists that are not
    ours.
    """
    from verifier_pwa.build import build_site
    from verifier_pwa.packages import BuildError

    trust = checked_lists(home)
    try:
        return build_site(
            folder,
            roots=list(home.config.roots.keys),
            threshold=home.config.roots.threshold,
            origins=list(trust.origins),
            public_dir=home.public,
            build_time=home.clock(),
            demonstration=home.config.demonstration,
        )
    except BuildError as error:
        raise ConfigError(f"The verifier cannot be built: {error}") from None


def checked_lists(home: Home) -> TrustList:
    """The published trust list, every status list that it names checked under it: pages rely on what they are built
    with.

    Lists that are missing are left for later; their age is for the page to judge.
    """
    trust = home.trust()
    for entry in trust.status_lists:
        path = home.public / entry.path
        try:
            if path.is_file():
                status.accept(path.read_bytes(), entry.number, trust, None, home.clock())
        except StatusRefused as error:
            raise ConfigError(
                f'{path}: {error} Run "wif publish", and find out who else writes to that folder.'
            ) from None
    return trust


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def site(directory: Path) -> None:
    """Make the verifier in DIR: static files for any web server, with pinned roots and first lists."""
    home = open_home()
    built = build(home, directory)
    emit(
        {
            "directory": str(built.directory),
            "changed": built.changed,
            "build": built.build_hash,
            "precache_bytes": built.precache_bytes,
            "link_bytes": built.link_bytes,
        }
    )
    say(
        f"Serve {built.directory} at {home.config.origin}, and the files of {home.public} at its root with"
        " Cache-Control: no-cache."
    )


@click.command()
@click.argument("application", type=click.Choice(tuple(ADDRESSES)), metavar="issuer|verifier|countersign")
@click.option(
    "--bind",
    metavar="HOST:PORT",
    help="Where to listen (127.0.0.1, port 8000 for the issuer and 8001 for the verifier).",
)
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificate chain in PEM: serve HTTPS.",
)
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its private key in PEM.")
@click.option("--watch", is_flag=True, help="For developers: build the verifier again when its sources change.")
@click.option(
    "--ends-with",
    type=click.IntRange(min=0),
    hidden=True,
    help="File descriptor of a pipe: end when its other end is closed.",
)
def serve(
    application: str, bind: str | None, certificate: Path | None, key: Path | None, watch: bool, ends_with: int | None
) -> None:
    """Serve the issuer, the verifier, or the countersigning of receipts, with a production web server."""
    if ends_with is not None:
        end_with(ends_with)
    if (certificate is None) != (key is None):
        raise ConfigError("--certificate and --key go together. Give both, or neither.")
    if watch and application != "verifier":
        raise ConfigError("--watch goes with the verifier only. Leave it out, or serve the verifier.")
    home = open_home()
    if watch:
        _watch(home)
    workers = {"workers": 1} if application in ("demarches", "countersign") else {}
    serve_application(_maker(home, application), bind or ADDRESSES[application], certificate, key, **workers)


def _watch(home: Home) -> None:
    """Build the site that is served again whenever a source of the verifier changes, until this process ends.

    Raises ConfigError in an installed package, which has no sources to work on.
    """
    from verifier_pwa.composition import LIBRARIES, SOURCES

    if LIBRARIES.is_dir():
        raise ConfigError("--watch is for work on the verifier's sources. Run it with ./wif in a checkout.")

    def seen() -> dict[Path, tuple[int, int]]:
        facts = {path: path.stat() for path in SOURCES.rglob("*") if path.is_file()}
        return {path: (one.st_size, one.st_mtime_ns) for path, one in facts.items()}

    def look(last: dict[Path, tuple[int, int]] | None) -> None:
        while True:
            time.sleep(WATCH_SECONDS)
            try:
                now = seen()
                if now == last:
                    continue
                last, began = now, time.monotonic()
                if build(home, home.path / "site").changed:
                    say(f"The verifier is built again, in {time.monotonic() - began:.1f} s. Reload the page.")
            except (ConfigError, OSError, ValueError) as error:  # a file half written, or one that an editor is moving
                last = last if isinstance(error, ConfigError) else None
                say(f"The verifier is not built again: {error}")

    threading.Thread(target=look, args=(seen(),), name="watch", daemon=True).start()


def _maker(home: Home, application: str) -> Callable[[], object]:
    if application == "verifier":
        from verifier_pwa.server import create_app

        folder = build(home, home.path / "site").directory
        return lambda: create_app(folder, home.public, home.config.demonstration)
    if application == "countersign":
        from issuer.countersigning import create_app as create_service

        service = create_service(home)
        return lambda: service
    if application == "demarches":
        from issuer.demo import need_packages

        need_packages()
        from issuer.demo.demarches.server import create_server
        from issuer.demo.demarches.setting_up import TOKEN, store_of

        if not home.config.demonstration:
            raise ConfigError(
                'A local Démarches simplifiées goes with a demonstration home only. Set WIF_HOME to one, made by "wif'
                ' demo".'
            )
        return lambda: create_server(store_of(home), TOKEN)
    if application == "guide":
        from issuer.demo.guide import create_guide

        return lambda: create_guide(home.path / "lan" / "authority.pem", home.config.origin)
    share_counters()
    from issuer.web.serving import check_settings, open_keys, served_app

    open_keys(home)
    check_settings(home)
    return lambda: served_app(home)
