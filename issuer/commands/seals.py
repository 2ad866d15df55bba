"""``wif seals``: the list of certificates of the State's 2D-DOC seals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import click

from issuer.commands.keys import DRAFT, change
from issuer.commands.terminal import emit, now, open_home, progress, say
from issuer.errors import ConfigError

LARGEST = 20_000_000
"""Bytes of one file or answer that are read."""
SUFFIXES = (".der", ".cer", ".crt", ".pem", ".crl")


@click.group()
def seals() -> None:
    """Read the State's 2D-DOC seals: pin who signs its trust list, publish the certificates."""


@seals.command()
@click.argument("trust_list", metavar="FILE|ADDRESS")
@click.option("--yes", is_flag=True, help="The fingerprint was compared with a second source.")
def pin(trust_list: str, yes: bool) -> None:
    """Pin the certificate that signed the State's trust list FILE, after its fingerprint was compared by a person."""
    from issuer.home import seals as home_seals
    from issuer.seals import state_list

    _needs_extra()
    home = open_home()
    found = state_list.signer_of(_one(trust_list))
    held = home_seals.anchor(home)
    if held == found:
        say("This certificate is pinned already. Nothing to do.")
        return
    if held is not None:
        say("ANOTHER certificate is pinned in this home:")
        for line in home_seals.describe(held):
            say(f"  {line}")
        say("It would be replaced by:")
    for line in home_seals.describe(found):
        say(f"  {line}")
    if not yes:
        say("Compare the fingerprint with one that reached you by another way, then run this again with --yes.")
        raise click.exceptions.Exit(1)
    home_seals.pin(home, found)
    say("Pinned. A trust list that another certificate signed is refused from now on.")


@seals.command()
@DRAFT
def name(draft: Path | None) -> None:
    """Have the trust list name the list of seal certificates: signed by the roots, like every change of it."""
    from issuer.home import seals as home_seals

    change(open_home(), draft, home_seals.named)


@seals.command()
@click.option("--trust-list", required=True, metavar="FILE|ADDRESS", help="The State's trust list (XML).")
@click.option("--certificates", multiple=True, metavar="FILE|FOLDER|ADDRESS", help="Certificates, DER or PEM.")
@click.option("--revocations", multiple=True, metavar="FILE|FOLDER|ADDRESS", help="Revocation lists, DER or PEM.")
@click.option(
    "--types",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON of the kinds of document of certificates: {"FR05/AB12": ["15"]}.',
)
def update(trust_list: str, certificates: tuple[str, ...], revocations: tuple[str, ...], types: Path | None) -> None:
    """Verify the State's trust list, certificates and revocation lists, and publish the signed list.

    One JSON line for each certificate: "listed", "revoked", or "left_out" with its reason.
    """
    from issuer.home import seals as home_seals

    _needs_extra()
    home = open_home()
    with progress("Reading") as advance:
        data = _one(trust_list)
        bundles = [bundle for source in certificates for bundle in _all(source)]
        lists = [each for source in revocations for each in _all(source)]
        advance()
    done = home_seals.update(home, data, bundles, lists, _types(types), now())
    for told in done.certificates:
        reason = {"reason": told.reason} if told.reason else {}
        emit({"certificate": told.certificate, "status": told.status} | reason)
    if done.next_update < now():
        due = datetime.fromtimestamp(done.next_update, UTC)
        say(f"The edition after {done.edition} was due on {due:%Y-%m-%d}: look for a newer one where it is published.")
    listed = sum(told.status == "listed" for told in done.certificates)
    say(f"Published seals.cose: edition {done.edition} of the State's trust list, {listed} certificates in use.")
    if not listed:
        say("Without certificates every seal stays unknown on the phones: see docs/2d-doc.md for where they are had.")


def _needs_extra() -> None:
    if find_spec("xmlsec") is None or find_spec("lxml") is None:
        raise ConfigError('This command needs two more packages: pip install "work-in-france[seals]".')


def _types(path: Path | None) -> dict[str, list[str]]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(
        isinstance(name, str) and isinstance(kinds, list) and all(isinstance(kind, str) for kind in kinds)
        for name, kinds in found.items()
    ):
        raise ConfigError(f'{path} is not of the form {{"FR05/AB12": ["15"]}}.')
    return found


def _one(source: str) -> bytes:
    if "://" in source:
        return _fetch(source)
    path = Path(source)
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path} is larger than {LARGEST // 1_000_000} MB.")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}). Check the path and the rights.") from None


def _all(source: str) -> Iterator[bytes]:
    path = Path(source)
    if "://" in source or not path.is_dir():
        yield _one(source)
        return
    found = [one for one in sorted(path.rglob("*")) if one.suffix.lower() in SUFFIXES and one.is_file()]
    if not found:
        raise ConfigError(f"The folder {path} holds no file of certificates or revocations ({', '.join(SUFFIXES)}).")
    for one in found:
        yield _one(str(one))


def _fetch(address: str) -> bytes:
    import httpx

    if not address.startswith(("https://", "http://")):
        raise ConfigError(f"{address} is no https:// or http:// address.")
    try:
        with httpx.stream("GET", address, timeout=30, follow_redirects=True) as answer:
            if answer.status_code != httpx.codes.OK:
                raise ConfigError(
                    f"{address} answered {answer.status_code}. Fetch the file by hand, and give its path."
                )
            data = b""
            for part in answer.iter_bytes():
                data += part
                if len(data) > LARGEST:
                    raise ConfigError(f"{address} sends more than {LARGEST // 1_000_000} MB.")
            return data
    except httpx.HTTPError as error:
        raise ConfigError(f"{address} cannot be fetched ({type(error).__name__}). Give a file instead.") from None
