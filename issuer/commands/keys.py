"""``wif keys``: what the trust list says of each key, its changes, and the ceremonies.

One module, as every change of a key is a command of this group and goes through the one way of changing the list.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from issuer.attestation.genuine import SALT_LENGTH
from issuer.commands.carrying import carry, collect
from issuer.commands.reissue import reissue
from issuer.commands.rootkeys import FILE, read_public, root
from issuer.commands.terminal import author, emit, open_home, say
from issuer.config import DAY
from issuer.desk import genuine
from issuer.errors import ConfigError
from issuer.home import ceremony, pinning, renewal
from issuer.home.founding import DEMONSTRATION_COST, STATUS_KEY_LIFETIME
from keys import cbor
from keys.changes import STATE_WORDS, USE_WORDS, describe
from keys.errors import FormError
from keys.instants import instant
from keys.keystore import Cost
from keys.roots import RootSet
from keys.trust_content import (
    GENUINE,
    LONGEST,
    STATE_IN_USE,
    STATE_RETIRED,
    STATE_REVOKED,
    USE_ATTESTATION,
    USE_COUNTERSIGN,
    USE_STATUS,
    TrustContent,
    TrustedKey,
)

if TYPE_CHECKING:
    from issuer.home import Home

USES = {word: use for use, word in USE_WORDS.items()}
LIFETIMES = {"status": STATUS_KEY_LIFETIME, "countersign": 92 * DAY}
"""Seconds for which a key of these uses signs by default; one for countersignatures is destroyed after its quarter."""
DRAFT = click.option(
    "--draft",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=(
        "Write the changed list there, unsigned, for root keys that are elsewhere; a draft that is already there is"
        " changed further."
    ),
)
AT_ONCE = click.option(
    "--at-once", is_flag=True, help="It may sign before every verifier knows it: after a compromise."
)


@click.group()
def keys() -> None:
    """List, make, retire and revoke keys; draft, carry and sign the trust list; issue again after a compromise."""


for command in (root, carry, collect, reissue):
    keys.add_command(command)


@keys.command(name="list")
def list_keys() -> None:
    """Every key: kid, use, state, window, days left, authority, départements, and whether its sealed file is here."""
    home = open_home()
    trust = home.trust()
    sealed = {key.kid for key in home.keystore.list()}
    now = home.clock()
    sets = pinning.sets_in_service(home.config, now)
    for place, roots in enumerate(sets):
        for kid, public_key in roots.by_kid().items():
            emit(
                {
                    "kid": kid.hex(),
                    "use": "root",
                    "state": "former" if place else "in_use",
                    "threshold": roots.threshold,
                    "public_key": public_key.hex(),
                    "sealed_here": kid in sealed,
                }
            )
    for key in (*trust.keys, *trust.countersigners):
        emit(
            {
                "kid": key.kid.hex(),
                "use": USE_WORDS[key.use],
                "state": STATE_WORDS[key.state],
                "not_before": instant(key.not_before),
                "not_after": instant(key.not_after),
                "days_left": max(0, (key.not_after - now) // DAY),
                "signs_now": key.signs_at(now),
                "authority": key.authority,
                "departments": list(key.departments),
                "public_key": key.public_key.hex(),
                "sealed_here": key.kid in sealed,
            }
        )
    known = {key.kid for key in (*trust.keys, *trust.countersigners)} | {
        kid for roots in sets for kid in roots.by_kid()
    }
    for kid in sorted(sealed - known):
        emit({"kid": kid.hex(), "use": None, "state": "not_listed", "sealed_here": True})
    say(
        f"Trust list {trust.version}, issued {instant(trust.issued)}, next update {instant(trust.next_update)}, expires"
        f" {instant(trust.expires)}."
    )


def change(home: Home, draft: Path | None, edit: Callable[[TrustContent], TrustContent], at_once: bool = False) -> None:
    """Edit the draft and leave it unsigned; without one, sign with the root keys of this home and publish."""
    content = edit(ceremony.base(home, draft))
    if draft is not None:
        for sentence in ceremony.draft(home, draft, content, at_once):
            say(f"  {sentence}")
        say(
            f"{draft} is to be signed by {home.config.roots.threshold} root keys: carry it to them, with"
            f" {home.public / 'trust.cose'}."
        )
        return
    before = home.trust()
    ceremony.check(home, before, content, at_once)
    trust = renewal.sign(home, content)
    home.publish_with(trust, author(), ceremony.acts(before, trust))
    say(f"Trust list {trust.version} is signed and published.")


@keys.command()
@click.option(
    "--use",
    type=click.Choice(("attestation", "receipt", "status", "countersign")),
    default="attestation",
    show_default=True,
    help="What it will sign; a status key signs every list from then on, one for countersign dates receipts.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="For how long it may sign (730; a status key no longer).")
@click.option(
    "--starts-in",
    type=click.IntRange(0, 365),
    metavar="DAYS",
    help="Days until it may sign; by default an attestation key starts when no verifier can lack it any more.",
)
@click.option(
    "--department",
    "departments",
    multiple=True,
    metavar="CODE",
    help="Département it may sign for; repeat it. All by default.",
)
@click.option("--authority", metavar="NAME", help="The authority it signs for (the configuration's by default).")
@AT_ONCE
@DRAFT
def new(
    use: str,
    days: int | None,
    starts_in: int | None,
    departments: tuple[str, ...],
    authority: str | None,
    at_once: bool,
    draft: Path | None,
) -> None:
    """Make a key and name it in the trust list, ahead of its use."""
    if use == "status" and days is not None and days * DAY > STATUS_KEY_LIFETIME:
        raise ConfigError(f"A status key signs for {STATUS_KEY_LIFETIME // DAY} days at most. Give fewer --days.")
    home = open_home()
    ceremony.base(home, draft)
    if draft is None and not renewal.can_sign(home):
        renewal.sign(home, home.trust())  # says which root keys are missing, before a key is made
    now, current = home.clock(), ceremony.held(home)
    begins = now + starts_in * DAY if starts_in is not None else now
    if starts_in is None and not at_once and use == "attestation" and current is not None:
        begins = max(now, current.expires)
    ends = begins + (days * DAY if days else LIFETIMES.get(use, 730 * DAY))
    wanted = [key.not_after for key in (current.keys if current else ()) if key.use == USES[use] and key.signs_at(now)]
    signer = home.keystore.create(
        use, home.passphrase, cost=DEMONSTRATION_COST if home.config.demonstration else Cost()
    )
    key = TrustedKey(
        signer.kid,
        signer.public_key,
        USES[use],
        begins,
        ends,
        STATE_IN_USE,
        authority or home.config.authority,
        departments,
    )

    def edit(content: TrustContent) -> TrustContent:
        if use == "countersign":
            return content.with_countersigner(key)
        lists = (
            content.status_lists
            if use != "status"
            else tuple(replace(one, kid=signer.kid) for one in content.status_lists)
        )
        return replace(content, keys=(*content.keys, key), status_lists=lists)

    change(home, draft, edit, at_once)
    if use == "attestation" and wanted and max(wanted) < begins:
        say(
            f"Between {instant(max(wanted))} and {instant(begins)} no key signs: use --at-once, and make the next"
            " successor earlier."
        )
    emit(
        {
            "kid": signer.kid.hex(),
            "use": use,
            "not_before": instant(key.not_before),
            "not_after": instant(key.not_after),
        }
    )


def _named(content: TrustContent, kid: str) -> TrustedKey | None:
    return next((key for key in (*content.keys, *content.countersigners) if key.kid.hex() == kid.lower()), None)


def _set_state(kid: str, state: int, draft: Path | None, named: tuple[str, bytes] | None = None) -> None:
    home = open_home()

    def edit(content: TrustContent) -> TrustContent:
        found = _named(content, kid)
        if found is None:
            raise ConfigError(f'The trust list holds no key {kid}. "wif keys list" shows them.')
        if found.state == STATE_REVOKED and state != STATE_REVOKED:
            raise ConfigError(f"The key {kid} is revoked, and stays so.")
        if found.use == USE_STATUS and any(status_list.kid == found.kid for status_list in content.status_lists):
            raise ConfigError(
                'This status key signs lists that papers depend on. Make its successor first: "wif keys new --use'
                ' status".'
            )
        extensions = found.extensions
        if named is not None:
            rest = tuple(one for one in extensions if one[0] != GENUINE)
            extensions = tuple(sorted((*rest, (GENUINE, cbor.encode(list(named))))))
        changed = replace(found, state=state, extensions=extensions)
        if found.use == USE_COUNTERSIGN:
            return content.with_countersigner(changed)
        return replace(content, keys=tuple(changed if key is found else key for key in content.keys))

    change(home, draft, edit)
    emit({"kid": kid.lower(), "state": STATE_WORDS[state]})


@keys.command()
@click.argument("kid")
@DRAFT
def retire(kid: str, draft: Path | None) -> None:
    """Retire the key KID: it signs no more, and what it signed stays good."""
    _set_state(kid, STATE_RETIRED, draft)


@keys.command()
@click.argument("kid")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--checkpoint",
    "kept",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="A copy of public/log/checkpoint that was kept elsewhere before the theft was noticed; repeat it.",
)
@click.option(
    "--confirmed",
    type=FILE,
    metavar="FILE",
    help='What a second person confirmed since, against each dossier: JSON, {"4829130571": "cli:claire"}.',
)
@DRAFT
def revoke(kid: str, yes: bool, kept: tuple[Path, ...], confirmed: Path | None, draft: Path | None) -> None:
    """Revoke the attestation key KID after a theft; what it signed for the service can stay valid.

    With --checkpoint or --confirmed, what the log knew then, or a person vouches for, goes into a list of the genuine
    that the revoking trust list names; verifiers go on believing it. What stays out is named, one JSON line each: issue
    it again with "wif keys reissue KID". Without either, nothing that the key signed is believed any more.
    """
    home = open_home()
    known = _named(ceremony.base(home, draft), kid)
    if known is None:
        raise ConfigError(f'The trust list holds no key {kid}. "wif keys list" shows them.')
    gathered = None
    if known.use == USE_ATTESTATION and (kept or confirmed):
        if home.keystore.set_aside(known.kid):
            say(f"The key {kid} signs no more on this machine. Stop it on every other one now.")
        gathered = genuine.gather(
            home.engine,
            home.public,
            home.trust(),
            known.kid,
            [path.read_bytes() for path in kept],
            _confirmed(confirmed),
        )
        say(
            f"The key {kid} signed {len(gathered.tokens) + len(gathered.left_out) + gathered.erased} attestations of"
            f" {known.authority}. {len(gathered.tokens)} go into the list of the genuine ({gathered.confirmed} on a"
            f" person's word) and stay as they are; {len(gathered.left_out)} stay out and become untrusted;"
            f" {gathered.erased} were erased and cannot be named."
        )
    else:
        say(
            f"Every receipt that the key {kid} countersigned will be shown as undated."
            if known.use == USE_COUNTERSIGN
            else f"Every attestation that the key {kid} of {known.authority} signed will be shown as untrusted."
        )
    if not yes:
        click.confirm("Revoke it?", abort=True, err=True)
    named = None
    if gathered is not None and gathered.tokens:
        named = genuine.write(home.public, known.kid, gathered, os.urandom(SALT_LENGTH))
    _set_state(kid, STATE_REVOKED, draft, named)
    for number in gathered.left_out if gathered else ():
        emit({"number": number, "status": "left_out"})


def _confirmed(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(by, str) and by for by in found.values()):
        raise ConfigError(f'{path} is not of the form {{"4829130571": "cli:claire"}}: number, and who confirmed it.')
    return {"".join(number.split()): by for number, by in found.items()}


@keys.command()
@click.option("--add", "added", multiple=True, type=FILE, metavar="FILE", help="Public part of a new root; repeat it.")
@click.option("--drop", "dropped", multiple=True, metavar="KID", help="A root that goes; repeat it.")
@click.option("--threshold", type=click.IntRange(1, 16), help="How many must sign (as before by default).")
@click.option(
    "--draft",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the unsigned list goes.",
)
def roots(added: tuple[Path, ...], dropped: tuple[str, ...], threshold: int | None, draft: Path) -> None:
    """Draft other roots. The old threshold and the new one must both sign the draft."""
    home = open_home()

    def edit(content: TrustContent) -> TrustContent:
        before = content.roots.by_kid()
        if unknown := [kid for kid in dropped if kid.lower() not in {one.hex() for one in before}]:
            raise ConfigError(f'No root is called {unknown[0]}. "wif keys list" shows them.')
        kept = tuple(key for kid, key in before.items() if kid.hex() not in {one.lower() for one in dropped})
        try:
            return replace(
                content,
                roots=RootSet(threshold or content.roots.threshold, (*kept, *(read_public(path) for path in added))),
            )
        except FormError as error:
            raise ConfigError(f"These roots cannot be used: {error}") from None

    change(home, draft, edit)


@keys.command()
@click.argument("number", type=click.IntRange(1, 999))
@click.option("--ttl", required=True, type=click.IntRange(0, 36_500), metavar="DAYS", help="Fresh for at most so long.")
@click.option("--lifetime", required=True, type=click.IntRange(0, 36_500), metavar="DAYS", help="In use for so long.")
@DRAFT
def allow(number: int, ttl: int, lifetime: int, draft: Path | None) -> None:
    """Allow status list NUMBER a longer life than 7 and 31 days, as a service closes; 0 and 0 take it back."""

    def edit(content: TrustContent) -> TrustContent:
        status_list = content.status_list(number)
        if status_list is None:
            raise ConfigError(f"The trust list names no status list {number}.")
        rest = tuple(one for one in status_list.extensions if one[0] != LONGEST)
        allowed = ((LONGEST, cbor.encode([ttl * DAY, lifetime * DAY])),) if ttl or lifetime else ()
        changed = replace(status_list, extensions=tuple(sorted((*rest, *allowed))))
        return replace(
            content, status_lists=tuple(changed if one is status_list else one for one in content.status_lists)
        )

    change(open_home(), draft, edit)


@keys.command(name="show")
@click.argument("file", type=FILE)
@click.option("--held", type=FILE, help="The list in force, to see what changes only.")
def show(file: Path, held: Path | None) -> None:
    """What a trust list or a draft says, in words."""
    content = ceremony.read(file)
    for sentence in describe(ceremony.read(held) if held else None, content):
        click.echo(sentence)


@keys.command(name="sign-trust")
@click.argument("files", nargs=-1, type=FILE, metavar="[FILE]...")
@click.option(
    "--former-compromised", is_flag=True, help="The roots that are replaced were stolen: they need not sign any more."
)
@AT_ONCE
@DRAFT
def sign_trust(files: tuple[Path, ...], former_compromised: bool, at_once: bool, draft: Path | None) -> None:
    """Sign and publish the next version of the trust list; or combine and take over FILES, what the root machines
    signed.
    """
    home = open_home()
    if not files:
        change(home, draft, lambda content: content)
        return
    before = ceremony.held(home)
    new_list = ceremony.take_over(
        home, list(files), author(), at_once, 0 if former_compromised else ceremony.KEEP_FORMER
    )
    for sentence in describe(before, new_list):
        say(f"  {sentence}")
    emit(
        {
            "trust_version": new_list.version,
            "roots": sorted(kid.hex() for kid in new_list.roots.by_kid()),
            "threshold": new_list.roots.threshold,
        }
    )
    say(f"Trust list {new_list.version} is published.")
