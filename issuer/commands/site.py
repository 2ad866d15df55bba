"""``wif site`` and ``wif serve``."""

from pathlib import Path

import click

from issuer.commands.serving import serve as serve_application
from issuer.commands.terminal import emit, open_home, say
from issuer.errors import ConfigError

ADDRESSES = {"issuer": "127.0.0.1:8000", "verifier": "127.0.0.1:8001"}


def build(home, folder: Path):
    """The verifier of this home as a folder of static files."""
    from verifier_pwa.build import BuildError, build_site

    trust = home.trust()
    try:
        return build_site(
            folder, roots=list(home.config.roots.keys), threshold=home.config.roots.threshold, origins=list(trust.origins),
            public_dir=home.public, build_time=home.clock(), demonstration=home.config.demonstration,
        )
    except BuildError as error:
        raise ConfigError(f"The verifier cannot be built: {error}") from None


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def site(directory: Path) -> None:
    """Make the verifier in DIR: static files for any web server, with pinned roots and first lists."""
    home = open_home()
    built = build(home, directory)
    emit({
        "directory": str(built.directory), "changed": built.changed, "build": built.build_hash, "precache_bytes": built.precache_bytes,
        "link_bytes": built.link_bytes,
    })
    say(f"Serve {built.directory} at {home.config.origin}, and the files of {home.public} at its root with Cache-Control: no-cache.")


@click.command()
@click.argument("application", type=click.Choice(tuple(ADDRESSES)))
@click.option("--bind", metavar="HOST:PORT", help="Where to listen (127.0.0.1, port 8000 for the issuer and 8001 for the verifier).")
def serve(application: str, bind: str | None) -> None:
    """Serve the issuer or the verifier with a production web server."""
    home = open_home()
    if application == "verifier":
        from verifier_pwa import create_app

        folder = build(home, home.path / "site").directory
        make = lambda: create_app(folder, home.public, home.config.demonstration)
    else:
        from issuer.web import create_app as create_issuer

        make = lambda: create_issuer(home)
    serve_application(make, bind or ADDRESSES[application])
