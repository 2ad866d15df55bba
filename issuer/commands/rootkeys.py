"""``wif keys root``: what is done on a machine that never sees a network, without any home."""

import json
from pathlib import Path

import click

from keys import cose, ed25519
from keys import trust as trust_lists
from keys.changes import describe, instant
from keys.errors import FormError, KeystoreError
from keys.keystore import USE_ROOT, create_file, open_file, shown
from keys.roots import RootSet

from issuer.commands.terminal import emit, now, passphrase, say
from issuer.errors import ConfigError, UnreadableSource
from issuer.home import ceremony

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def root() -> None:
    """Make root keys, and sign trust lists with them, on a machine without a network or a home."""


def _public(key: bytes) -> dict:
    return {"kid": ed25519.kid(key).hex(), "use": "root", "public_key": key.hex()}


def read_public(path: Path) -> bytes:
    """The 32-byte public key of a file that ``wif keys root new`` or ``public`` wrote. Raises UnreadableSource."""
    try:
        value = json.loads(path.read_text(encoding="ascii"))
        key = bytes.fromhex(value["public_key"])
        RootSet(1, (key,))
    except (OSError, ValueError, KeyError, TypeError, FormError):
        raise UnreadableSource(
            f'{path} is not the public part of a root key. Give the .pub file that "wif keys root new" wrote.'
        ) from None
    if value.get("kid") != ed25519.kid(key).hex():
        raise UnreadableSource(f"{path} holds a key that does not fit its kid: it was copied wrongly. Copy it again.")
    return key


def _secret(confirm: bool = False) -> str:
    secret = passphrase(confirm)
    if not secret:
        raise KeystoreError("A root key needs its passphrase. Set WIF_PASSPHRASE_FILE, or run this on a terminal.")
    return secret


@root.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new(file: Path) -> None:
    """Make a root key, sealed in FILE; FILE.pub is its public part, to be carried to the issuer."""
    public = file.with_name(file.name + ".pub")
    if public.exists():
        raise KeystoreError(f"{public} is already there. Nothing was written.")
    signer = create_file(file, "root", _secret(confirm=True))
    public.write_text(json.dumps(_public(signer.public_key)) + "\n", encoding="ascii")
    emit(_public(signer.public_key))
    say(
        f"{file} is sealed: it stays here, with a second copy in another place. Carry {public.name} to the issuer and read the kid aloud there."
    )


@root.command()
@click.argument("file", type=FILE)
def public(file: Path) -> None:
    """The public part of the sealed root key FILE, without its passphrase."""
    sealed = shown(file)
    if sealed.use != USE_ROOT:
        raise ConfigError(f"{file} is not a root key.")
    emit(_public(sealed.public_key))


@root.command()
@click.argument("draft", type=FILE)
@click.option("--key", "key", required=True, type=FILE, help="The sealed root key.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the signed list goes."
)
@click.option("--held", type=FILE, help="The list in force (trust.cose): only what changes is then shown.")
@click.option("--yes", is_flag=True, help="Do not ask: what changes was read and agreed.")
def sign(draft: Path, key: Path, out: Path, held: Path | None, yes: bool) -> None:
    """Show in words what DRAFT changes, and sign it with a root key."""
    content = ceremony.read(draft)
    before = ceremony.read(held) if held else None
    sealed = shown(key)
    sets = [content.roots, *([before.roots] if before else [])]
    if sealed.use != USE_ROOT or not any(sealed.kid in roots.by_kid() for roots in sets) and before is not None:
        raise ConfigError(f"{key} is no root of this list or of the one in force. Nothing was signed.")
    if (
        before is not None
        and len(trust_lists.signed_by(trust_lists.parse(before.cose), before.roots)) < before.roots.threshold
    ):
        raise ConfigError(f"{held} is not signed by its own roots. Carry the list in force again; nothing was signed.")
    if before is not None and content.version <= before.version:
        raise ConfigError(
            f"The draft is version {content.version}, but version {before.version} is in force. Nothing was signed."
        )
    say("What this trust list says:" if before is None else "What this trust list changes:")
    for sentence in describe(before, content):
        say(f"  {sentence}")
    if not content.issued - 86_400 <= now() < content.expires:
        say(
            f"  The clock of this machine says {instant(now())}: the list's dates do not fit it. Check which of the two is wrong."
        )
    if not yes:
        click.confirm(f"Sign it with the root {sealed.kid.hex()}?", abort=True, err=True)
    signer = open_file(key, _secret())
    parsed = trust_lists.parse(content.cose)
    others = [one for one in parsed.signatures if not one.protected.endswith(signer.kid)]
    out.write_bytes(
        trust_lists.combine(
            [
                cose.build_sign(
                    parsed.protected, parsed.payload, [*others, *trust_lists.sign_payload(parsed.payload, [signer])]
                )
            ]
        )
    )
    emit({"signed": str(out), "version": content.version, "kid": signer.kid.hex(), "signatures": len(others) + 1})
