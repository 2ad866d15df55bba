"""Founding a home: root, attestation, status and receipt keys, database, first publication."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import nacl.pwhash.argon2id as argon2id

from keys import trust as trust_lists
from keys.content import (
    STATE_IN_USE,
    USE_ATTESTATION,
    USE_RECEIPT,
    USE_STATUS,
    StatusListEntry,
    TrustContent,
    TrustedKey,
)
from keys.errors import FormError
from keys.keystore import Cost, Keystore
from keys.roots import RootSet
from keys.signer import Signer

from issuer import config as configuration
from issuer.config import DAY, Config
from issuer.errors import ConfigError
from issuer.home.home import Home

ATTESTATION_KEY_LIFETIME = 2 * 365 * DAY
"""Seconds for which a new attestation or receipt key may sign."""
STATUS_KEY_LIFETIME = 10 * 365 * DAY
"""Seconds for which a status key may sign: longer than any attestation that depends on its lists."""
DEMONSTRATION_COST = Cost(argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_MIN)
"""Demonstration keys protect nothing, so opening them costs nothing."""
FIRST_DRAFT = "first-trust.cose"
"""The first trust list, unsigned, of a home whose roots are elsewhere."""
FIRST_LISTS = (1, 2)
"""The second list takes over when the first is nearly full."""


def found(
    path: Path,
    *,
    origin: str,
    authority: str,
    passphrase: Callable[[], str],
    demonstration: bool = False,
    roots: int | None = None,
    threshold: int | None = None,
    departments: tuple[str, ...] = (),
    signatory: dict | None = None,
    database_url: str | None = None,
    clock: Callable[[], int] | None = None,
    progress: Callable[[str], None] = lambda _step: None,
    author: str = "init",
    public_roots: tuple[bytes, ...] = (),
) -> Home:
    """Make a home at ``path`` and publish its first lists. Nothing is left behind when it fails.

    With ``public_roots``, 32-byte public keys of roots made on machines without a network, no root key is made here: the
    first list is left in ``path/first-trust.cose`` without signatures, and published once it was signed and taken over.

    ``origin`` and ``authority`` as in the configuration; ``roots`` root keys of which ``threshold`` must sign
    (2 of 3 by default, 1 of 1 for a demonstration), all sealed in ``path/keys`` until they are carried to
    machines without a network. Raises ConfigError, KeystoreError or RegistryError.
    """
    configuration.check_origin(origin)
    configuration.check_authority(authority)
    roots = len(public_roots) or roots or (1 if demonstration else 3)
    threshold = threshold or (1 if demonstration else min(2, roots))
    if not 1 <= threshold <= roots:
        raise ConfigError("The threshold is between 1 and the number of roots.")
    _check_empty(path)
    made = [path / name for name in ("config.toml", "keys", "public", "documents", "wif.sqlite3", FIRST_DRAFT)]
    existed = path.exists()
    try:
        return _found(
            path,
            origin,
            authority,
            passphrase,
            demonstration,
            roots,
            threshold,
            departments,
            signatory,
            database_url,
            clock,
            progress,
            author,
            public_roots,
        )
    except BaseException:
        for item in made:
            shutil.rmtree(item) if item.is_dir() else item.unlink(missing_ok=True)
        if not existed and path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        raise


def _check_empty(path: Path) -> None:
    if (path / "config.toml").exists():
        raise ConfigError(
            f"{path} is already initialised. Nothing was changed; choose another WIF_HOME for a second home."
        )
    for name in ("keys", "wif.sqlite3", "public"):
        if (path / name).exists():
            raise ConfigError(
                f'{path} holds {name} but no config.toml: a half-made or damaged home. Move it away, then run "wif init" again.'
            )


def _found(
    path,
    origin,
    authority,
    passphrase,
    demonstration,
    roots,
    threshold,
    departments,
    signatory,
    database_url,
    clock,
    progress,
    author,
    public_roots,
) -> Home:
    from issuer import registry

    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / "documents").mkdir()
        (path / "public").mkdir()
    except OSError as error:
        raise ConfigError(f"{path} cannot be made ({error.strerror}). Choose another WIF_HOME.") from None
    secret = passphrase()
    keystore = Keystore(path / "keys")
    cost = DEMONSTRATION_COST if demonstration else Cost()

    def new_key(use: str, label: str) -> Signer:
        progress(label)
        return keystore.create(use, secret, cost=cost)

    root_signers = (
        [] if public_roots else [new_key("root", f"Root key {number} of {roots}") for number in range(1, roots + 1)]
    )
    attestation, status, receipt = (
        new_key(use, f"{use.capitalize()} key") for use in ("attestation", "status", "receipt")
    )
    root_set = _root_set(threshold, public_roots or tuple(signer.public_key for signer in root_signers))
    config = Config(
        origin=origin,
        authority=authority,
        roots=root_set,
        demonstration=demonstration,
        departments=departments,
        signatory=signatory,
    )
    progress("Database")
    engine = registry.open_registry(database_url or str(path / "wif.sqlite3"))
    registry.migrate(engine)
    engine.dispose()
    progress("Trust list")
    _write(path / "config.toml", configuration.to_toml(config))
    home = Home(path, lambda: secret, database_url, clock)
    home.__dict__["_signers"] = {signer.kid: signer for signer in (*root_signers, attestation, status, receipt)}
    content = _first_content(config, home.clock(), attestation, status, receipt)
    trust = trust_lists.make(content, root_signers)
    if public_roots:
        (path / FIRST_DRAFT).write_bytes(trust)
        return home
    progress("First publication")
    from issuer.home import ceremony  # it needs the database's libraries, which opening a home does not

    home.publish_with(trust_lists.read(trust), author, ceremony.acts(None, content))
    return home


def _root_set(threshold: int, keys: tuple[bytes, ...]) -> RootSet:
    try:
        return RootSet(threshold, keys)
    except FormError as error:
        raise ConfigError(f"These roots cannot be used: {error}") from None


def _first_content(config: Config, now: int, attestation: Signer, status: Signer, receipt: Signer) -> TrustContent:
    def entry(signer: Signer, use: int, lifetime: int, departments: tuple[str, ...] = ()) -> TrustedKey:
        return TrustedKey(
            signer.kid, signer.public_key, use, now, now + lifetime, STATE_IN_USE, config.authority, departments
        )

    return TrustContent(
        version=1,
        issued=now,
        next_update=now + config.trust_next_update,
        expires=now + config.trust_lifetime,
        roots=config.roots,
        keys=(
            entry(attestation, USE_ATTESTATION, ATTESTATION_KEY_LIFETIME, config.departments),
            entry(status, USE_STATUS, STATUS_KEY_LIFETIME),
            entry(receipt, USE_RECEIPT, ATTESTATION_KEY_LIFETIME),
        ),
        status_lists=tuple(StatusListEntry(number, f"status-{number}.cose", status.kid) for number in FIRST_LISTS),
        origins=(config.origin,),
        demonstration=config.demonstration,
    )


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
