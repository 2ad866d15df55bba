"""Founding a home: root, attestation, status and receipt keys, database, first publication."""

import shutil
from collections.abc import Callable
from pathlib import Path

from nacl.pwhash import argon2id

from issuer import config as configuration
from issuer.config import DAY, Config
from issuer.errors import ConfigError
from issuer.home import rights
from issuer.home.home import Home
from keys import durable, trust as trust_lists
from keys.errors import FormError
from keys.keystore import Cost, Keystore
from keys.roots import RootSet
from keys.signer import Signer
from keys.trust_content import (
    STATE_IN_USE,
    USE_ATTESTATION,
    USE_RECEIPT,
    USE_STATUS,
    StatusListEntry,
    TrustContent,
    TrustedKey,
)

ATTESTATION_KEY_LIFETIME = 2 * 365 * DAY
"""Seconds for which a new attestation or receipt key may sign."""
STATUS_KEY_LIFETIME = 2 * 365 * DAY
"""Seconds for which a status key may sign, at most: its successor takes the lists over, a stolen one ends by itself."""
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
    progress: Callable[..., None] = lambda _step, **_params: None,
    author: str = "init",
    public_roots: tuple[bytes, ...] = (),
) -> Home:
    """Make a home at ``path`` and publish its first lists. Nothing is left behind when it fails.

    With ``public_roots``, 32-byte public keys of roots made on machines without a network, no root key is made here:
    the first list is left in ``path/first-trust.cose`` without signatures, and published once it was signed and taken
    over.

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
    names = ("config.toml", "keys", "public", "documents", "wif.sqlite3", FIRST_DRAFT, "web.secret")
    made = [path / name for name in names]
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
                f'{path} holds {name} but no config.toml: a half-made or damaged home. Move it away, then run "wif'
                ' init" again.'
            )


def _found(
    path: Path,
    origin: str,
    authority: str,
    passphrase: Callable[[], str],
    demonstration: bool,
    roots: int,
    threshold: int,
    departments: tuple[str, ...],
    signatory: dict | None,
    database_url: str | None,
    clock: Callable[[], int] | None,
    progress: Callable[..., None],
    author: str,
    public_roots: tuple[bytes, ...],
) -> Home:
    from issuer import registry

    try:
        path.mkdir(parents=True, exist_ok=True)
        rights.keep(path, refuse=not demonstration)
        (path / "documents").mkdir(mode=durable.PRIVATE_FOLDER)
        durable.make_folder(path / "public", durable.PUBLIC_FOLDER)
    except OSError as error:
        raise ConfigError(f"{path} cannot be made ({error.strerror}). Choose another WIF_HOME.") from None
    secret = passphrase()
    keystore = Keystore(path / "keys")
    cost = DEMONSTRATION_COST if demonstration else Cost()

    def new_key(use: str, **params: int) -> Signer:
        progress(use, **params)
        return keystore.create(use, secret, cost=cost)

    root_signers = (
        [] if public_roots else [new_key("root", number=number, roots=roots) for number in range(1, roots + 1)]
    )
    attestation, status, receipt = (new_key(use) for use in ("attestation", "status", "receipt"))
    root_set = _root_set(threshold, public_roots or tuple(signer.public_key for signer in root_signers))
    config = Config(
        origin=origin,
        authority=authority,
        roots=root_set,
        demonstration=demonstration,
        departments=departments,
        signatory=signatory,
    )
    progress("database")
    from issuer.accounts.sealing import SECRET_FILE, open_sealer  # they load the database's libraries

    secret_of_rows = open_sealer(path / SECRET_FILE).rows_key
    if database_url is None:
        durable.write(path / "wif.sqlite3", b"")  # private from its first byte on, whatever the umask
    engine = registry.open_registry(database_url or str(path / "wif.sqlite3"), secret_of_rows)
    registry.migrate(engine)
    engine.dispose()
    progress("trust")
    durable.write(path / "config.toml", configuration.to_toml(config).encode())
    home = Home(path, lambda: secret, database_url, clock, (*root_signers, attestation, status, receipt))
    content = _first_content(config, home.clock(), attestation, status, receipt)
    trust = trust_lists.make(content, root_signers)
    if public_roots:
        durable.write(path / FIRST_DRAFT, trust, durable.PUBLIC)
        return home
    progress("publication")
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
