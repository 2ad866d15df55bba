"""``wif keys root``: what is done on a machine that never sees a network, without any home."""

import json
from pathlib import Path

import click

from issuer.commands.terminal import emit, now, passphrase, say
from issuer.errors import ConfigError, UnreadableSource
from issuer.home import ceremony
from keys import cose, durable, ed25519, trust as trust_lists
from keys.changes import describe
from keys.errors import FormError, KeystoreError
from keys.instants import instant
from keys.keystore import USE_ROOT, create_file, open_file, shown
from keys.roots import RootSet

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
    durable.write(public, (json.dumps(_public(signer.public_key)) + "\n").encode(), durable.PUBLIC)
    emit(_public(signer.public_key))
    say(
        f"{file} is sealed: it stays here, with a second copy in another place. Carry {public.name} to the issuer and"
        " read the kid aloud there."
    )


@root.command()
@click.argument("file", type=FILE)
def public(file: Path) -> None:
    """The public part of the sealed root key FILE, without its passphrase."""
    sealed = shown(file)
    if sealed.use != USE_ROOT:
        raise ConfigError(f"{file} is not a root key.")
    emit(_public(sealed.public_key))


LAST = ".last"
"""Beside a sealed root key: the trust list that it signed last."""


def _last(key: Path) -> trust_lists.TrustList | None:
    """What this root signed last on this machine. Raises UnreadableSource when it cannot be told."""
    path = key.with_name(key.name + LAST)
    return ceremony.read(path) if path.exists() else None


def _refuse_older(
    content: trust_lists.TrustList,
    before: trust_lists.TrustList | None,
    last: trust_lists.TrustList | None,
    held: Path | None,
) -> None:
    """That a draft follows the list in force, and that this is not older than what this root signed."""
    if before is not None:
        if len(trust_lists.signed_by(trust_lists.parse(before.cose), before.roots)) < before.roots.threshold:
            raise ConfigError(
                f"{held} is not signed by its own roots. Carry the list in force again; nothing was signed."
            )
        if content.version <= before.version:
            raise ConfigError(
                f"The draft is version {content.version}, but version {before.version} is in force. Nothing was signed."
            )
        if content.version != before.version + 1:
            raise ConfigError(
                f"The draft is version {content.version}, and {held} is version {before.version}: what changes between"
                f" cannot be shown. Carry version {content.version - 1}, the list in force; nothing was signed."
            )
    if last is None:
        if before is None and content.version > 1:
            raise ConfigError(
                f"The draft is version {content.version}, and this root remembers no list: what changes cannot be"
                " shown, and every version below would be passed over for good. Carry the list in force too (--held);"
                " nothing was signed."
            )
        return
    if content.version < last.version:
        raise ConfigError(
            f"The draft is version {content.version}, but this root has signed version {last.version} already. Nothing"
            " was signed."
        )
    if before is not None and before.version < last.version and content.version != last.version:
        raise ConfigError(
            f"{held} is version {before.version}, but this root has signed version {last.version} already. Carry the"
            " list in force; nothing was signed."
        )
    if before is None and content.version > last.version + 1:
        raise ConfigError(
            f"This root last signed version {last.version}, and the draft is version {content.version}. Carry the list"
            " in force too (--held); nothing was signed."
        )


def _is_known(before: trust_lists.TrustList, last: trust_lists.TrustList | None) -> bool:
    """Whether the list in force was signed by the roots of what this root signed last: anybody can make a list that is
    signed by roots of its own.
    """
    if last is None:
        return False
    return len(trust_lists.signed_by(trust_lists.parse(before.cose), last.roots)) >= last.roots.threshold


def _another_of(version: int, last: trust_lists.TrustList | None, payloads: list[bytes]) -> bool:
    """Whether this root signed a list of ``version`` that is none of these payloads."""
    return last is not None and last.version == version and last.payload not in payloads


@root.command()
@click.argument("draft", type=FILE)
@click.option("--key", "key", required=True, type=FILE, help="The sealed root key.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the signed list goes."
)
@click.option("--held", type=FILE, help="The list in force (trust.cose): what changes is shown, not all that there is.")
@click.option("--yes", is_flag=True, help="Do not ask: what changes was read and agreed.")
@click.option(
    "--another",
    is_flag=True,
    help="It was said aloud that this root has signed another list of the same version.",
)
def sign(draft: Path, key: Path, out: Path, held: Path | None, yes: bool, another: bool) -> None:
    """Show in words what DRAFT changes, and sign it with a root key.

    What a root signed last is kept beside it, in KEY.last: a draft or a list in force that is older is refused.
    """
    content = ceremony.read(draft)
    before = ceremony.read(held) if held else None
    sealed, last = shown(key), _last(key)
    sets = [one.roots for one in (content, before, last) if one is not None]
    if sealed.use != USE_ROOT or not any(sealed.kid in roots.by_kid() for roots in sets):
        raise ConfigError(f"{key} is no root of this list or of the one in force. Nothing was signed.")
    _refuse_older(content, before, last, held)
    second = _another_of(content.version, last, [content.payload])
    if before is None and last is not None and not second:
        before = last if last.version < content.version else None
    say("What this trust list says:" if before is None else "What this trust list changes:")
    for sentence in describe(before, content):
        say(f"  {sentence}")
    if before is not None and before is not last and not _is_known(before, last):
        say(
            "  This machine cannot tell whether the list in force is genuine"
            f" ({'it remembers none' if last is None else 'other roots than it knows signed that'}). So read all that"
            " the draft says, too:"
        )
        for sentence in describe(None, content):
            say(f"  {sentence}")
    unlike = last is not None and before is not None and _another_of(before.version, last, [before.payload])
    if last is not None and (second or unlike):
        say(
            f"ATTENTION: this root has signed ANOTHER list of version {last.version} before. Against that one,"
            f" {'this draft' if second else 'the list in force'} changes:"
        )
        for sentence in describe(last, content if second or before is None else before)[1:]:
            say(f"  {sentence}")
        if yes and not another:
            raise ConfigError(
                f"This root has signed another list of version {last.version}. Say so aloud to those present, then sign"
                " with --another."
            )
        if not another:
            click.confirm("Was this said aloud, and does everybody present agree?", abort=True, err=True)
    if not content.issued - 86_400 <= now() < content.expires:
        say(
            f"  The clock of this machine says {instant(now())}: the list's dates do not fit it. Check which of the two"
            " is wrong."
        )
    if not yes:
        click.confirm(f"Sign it with the root {sealed.kid.hex()}?", abort=True, err=True)
    signer = open_file(key, _secret())
    parsed = trust_lists.parse(content.cose)
    others = [one for one in parsed.signatures if not one.protected.endswith(signer.kid)]
    signatures = [*others, *trust_lists.sign_payload(parsed.payload, [signer])]
    signed = trust_lists.combine([cose.build_sign(parsed.protected, parsed.payload, signatures)])
    durable.write(key.with_name(key.name + LAST), signed)  # remembered before it can leave this machine
    durable.write(out, signed, durable.PUBLIC)
    emit({"signed": str(out), "version": content.version, "kid": signer.kid.hex(), "signatures": len(others) + 1})
