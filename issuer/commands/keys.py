"""``wif keys``: what the trust list says of each key, and its changes."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from keys import trust as trust_lists
from keys.content import (
    STATE_IN_USE, STATE_RETIRED, STATE_REVOKED, USE_ATTESTATION, USE_RECEIPT, USE_STATUS, TrustedKey,
)
from keys.errors import FormError, TrustRefused
from keys.keystore import USE_ROOT, Cost

from issuer.commands.terminal import author, emit, open_home, say
from issuer.config import DAY
from issuer.errors import ConfigError, UnreadableSource
from issuer.home import renewal
from issuer.home.founding import DEMONSTRATION_COST

USE_WORDS = {USE_ROOT: "root", USE_ATTESTATION: "attestation", USE_STATUS: "status", USE_RECEIPT: "receipt"}
STATE_WORDS = {STATE_IN_USE: "in_use", STATE_RETIRED: "retired", STATE_REVOKED: "revoked"}


def instant(seconds: int) -> str:
    """UTC seconds as ``YYYY-MM-DDThh:mm:ssZ``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@click.group()
def keys() -> None:
    """List, make, retire and revoke keys; sign the trust list."""


@keys.command(name="list")
def list_keys() -> None:
    """Every key: kid, use, state, window, authority, départements, and whether its sealed file is here."""
    home = open_home()
    trust = home.trust()
    sealed = {key.kid for key in home.keystore.list()}
    for kid, public_key in home.config.roots.by_kid().items():
        emit({"kid": kid.hex(), "use": "root", "public_key": public_key.hex(), "sealed_here": kid in sealed})
    for key in trust.keys:
        emit({
            "kid": key.kid.hex(), "use": USE_WORDS[key.use], "state": STATE_WORDS[key.state], "not_before": instant(key.not_before),
            "not_after": instant(key.not_after), "authority": key.authority, "departments": list(key.departments),
            "public_key": key.public_key.hex(), "sealed_here": key.kid in sealed,
        })
    for kid in sorted(sealed - {key.kid for key in trust.keys} - set(home.config.roots.by_kid())):
        emit({"kid": kid.hex(), "use": None, "state": "not_listed", "sealed_here": True})
    say(f"Trust list {trust.version}, issued {instant(trust.issued)}, next update {instant(trust.next_update)}, expires {instant(trust.expires)}.")


def _change(home, entries: tuple[TrustedKey, ...]) -> None:
    trust = renewal.sign(home, renewal.renewed(home.trust(), home.config, home.clock(), entries))
    home.publish_with(trust, author())
    say(f"Trust list {trust.version} is signed and published.")


@keys.command()
@click.option("--use", type=click.Choice(("attestation", "receipt")), default="attestation", show_default=True, help="What it will sign.")
@click.option("--days", type=click.IntRange(1, 3650), default=730, show_default=True, help="For how long it may sign.")
@click.option("--starts-in", type=click.IntRange(0, 365), default=0, show_default=True, metavar="DAYS", help="Days until it may sign: publish a successor before its use.")
@click.option("--department", "departments", multiple=True, metavar="CODE", help="Département it may sign for; repeat it. All by default.")
@click.option("--authority", metavar="NAME", help="The authority it signs for (the configuration's by default).")
def new(use: str, days: int, starts_in: int, departments: tuple[str, ...], authority: str | None) -> None:
    """Make a key, name it in the trust list and publish."""
    home = open_home()
    trust = home.trust()
    if not renewal.can_sign(home):
        renewal.sign(home, trust)  # says which root keys are missing, before a key is made
    cost = DEMONSTRATION_COST if home.config.demonstration else Cost()
    signer = home.keystore.create(use, home.passphrase, cost=cost)
    begins = home.clock() + starts_in * DAY
    entry = TrustedKey(
        signer.kid, signer.public_key, USE_ATTESTATION if use == "attestation" else USE_RECEIPT, begins, begins + days * DAY, STATE_IN_USE,
        authority or home.config.authority, departments,
    )
    _change(home, (*trust.keys, entry))
    emit({"kid": signer.kid.hex(), "use": use, "not_before": instant(entry.not_before), "not_after": instant(entry.not_after)})


def _set_state(kid: str, state: int) -> None:
    home = open_home()
    trust = home.trust()
    found = [key for key in trust.keys if key.kid.hex() == kid.lower()]
    if not found:
        raise ConfigError(f"The trust list holds no key {kid}. \"wif keys list\" shows them.")
    if found[0].state == STATE_REVOKED and state != STATE_REVOKED:
        raise ConfigError(f"The key {kid} is revoked, and stays so.")
    if found[0].use == USE_STATUS:
        raise ConfigError("A status key signs lists that papers depend on: put its successor into the trust list before it goes.")
    _change(home, tuple(replace(key, state=state) if key is found[0] else key for key in trust.keys))
    emit({"kid": kid.lower(), "state": STATE_WORDS[state]})


@keys.command()
@click.argument("kid")
def retire(kid: str) -> None:
    """Retire the key KID: it signs no more, and what it signed stays good."""
    _set_state(kid, STATE_RETIRED)


@keys.command()
@click.argument("kid")
@click.option("--yes", is_flag=True, help="Do not ask: every attestation it signed becomes untrusted.")
def revoke(kid: str, yes: bool) -> None:
    """Revoke the key KID after a compromise: nothing it signed is trusted any more."""
    if not yes:
        click.confirm("Every attestation that this key signed will be shown as untrusted. Revoke it?", abort=True, err=True)
    _set_state(kid, STATE_REVOKED)


@keys.command(name="sign-trust")
@click.argument("list_file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[FILE]")
def sign_trust(list_file: Path | None) -> None:
    """Sign and publish the next version of the trust list; or take over FILE, a list that the roots signed elsewhere."""
    home = open_home()
    if list_file is None:
        _change(home, home.trust().keys)
        return
    try:
        accepted = trust_lists.accept(list_file.read_bytes(), home.config.roots, home.trust(), home.clock())
    except (FormError, TrustRefused) as error:
        raise UnreadableSource(f"{list_file}: {error}") from None
    home.publish_with(accepted.trust, author())
    say(f"Trust list {accepted.trust.version} is published.")
