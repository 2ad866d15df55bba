"""Opening a home: its configuration, keys, trust list, database and printer, each opened when first needed."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from issuer import config as configuration
from issuer.attestation.token import split
from issuer.errors import ConfigError
from issuer.home import rights
from keys import trust as trust_lists
from keys.errors import FormError, KeystoreError, TrustRefused
from keys.keystore import Keystore
from keys.signer import Signer
from keys.trust_content import STATE_REVOKED, USE_ATTESTATION, TrustContent

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from issuer.accounts import Sealer
    from issuer.attestation.genuine import GenuineList
    from issuer.desk import DeskContext, Published
    from issuer.documents import Printer
    from issuer.registry.chain import Act
    from keys.roots import RootSet

TRUST_FILE = "trust.cose"
AHEAD = 300
"""Seconds by which verifiers let a list be ahead of them."""
T = TypeVar("T")
DEMONSTRATION_PASSPHRASE = "demonstration"  # noqa: S105
"""Opens demonstration keys when no passphrase is given: they protect nothing."""


class Home:
    """One home, opened. Signers are opened once and stay in memory."""

    def __init__(
        self,
        path: Path,
        passphrase: Callable[[], str],
        database_url: str | None = None,
        clock: Callable[[], int] | None = None,
        signers: Iterable[Signer] = (),
    ) -> None:
        """``passphrase`` is asked when a sealed key must be opened; ``database_url`` replaces the SQLite file;
        ``clock`` gives UTC seconds; ``signers`` are open already. Raises ConfigError when there is no usable home.
        """
        self.path = path.absolute()
        self.config = configuration.load(self.path)
        rights.keep(self.path, refuse=not self.config.demonstration)
        self.clock = clock or (lambda: int(time.time()))
        self._ask = passphrase
        self._database = database_url or str(self.path / "wif.sqlite3")
        self._signers = {signer.kid: signer for signer in signers}
        self._read: dict[Path, tuple[object, Any]] = {}

    def keep_private(self) -> None:
        """Look at the rights of everything in the home, and mend them. Raises ConfigError for what cannot be mended."""
        rights.keep(self.path, refuse=not self.config.demonstration, whole=True)

    def reopened(self) -> Home:
        """The same home with its configuration read again; opened signers stay."""
        return Home(self.path, self._ask, self._database, self.clock, self._signers.values())

    @property
    def public(self) -> Path:
        """The folder of published files."""
        return self.path / "public"

    @property
    def documents(self) -> Path:
        """The folder of printed attestations."""
        return self.path / "documents"

    @functools.cached_property
    def keystore(self) -> Keystore:
        """The sealed keys of this home."""
        return Keystore(self.path / "keys")

    @functools.cached_property
    def engine(self) -> Engine:
        """The database, its schema checked. Raises RegistryError."""
        from issuer import registry
        from issuer.registry import seals

        engine = registry.open_registry(self._database, self.sealer.rows_key)
        try:
            registry.check_schema(engine)
            with registry.reading(engine) as connection:
                seals.check_key(connection)
        except BaseException:
            engine.dispose()
            raise
        return engine

    @functools.cached_property
    def sealer(self) -> Sealer:
        """The server's secret, made when there is none. Raises ConfigError."""
        from issuer.accounts.sealing import SECRET_FILE, open_sealer

        return open_sealer(self.path / SECRET_FILE)

    def close(self) -> None:
        """Close the connections to the database, if any was opened. The home opens them again when they are needed."""
        opened = self.__dict__.get("engine")
        if opened is not None:
            opened.dispose()

    def upgrade(self) -> bool:
        """Bring the tables of the database up to date; whether anything was done. Raises RegistryError."""
        from issuer import registry

        self.keep_private()
        engine = registry.open_registry(self._database, self.sealer.rows_key)
        try:
            return registry.migrate(engine, self.clock())
        finally:
            engine.dispose()

    def reseal(self, author: str) -> int:
        """Believe the rows of the database as they are, under this home's secret; how many API tokens ended by it.
        Raises RegistryError.
        """
        from issuer import registry
        from issuer.registry import entering

        engine = registry.open_registry(self._database, self.sealer.rows_key)
        try:
            registry.check_schema(engine)
            return registry.write(engine, lambda connection: entering.reseal(connection, self.clock(), author))
        finally:
            engine.dispose()

    def trust(self) -> trust_lists.TrustList:
        """The published trust list, its form, keys and pinned signatures checked; read again once another process has
        published. Raises ConfigError when it is missing or refused.
        """
        return self._fresh(self.public / TRUST_FILE, lambda: read_trust(self.public, self.config.roots))

    def _fresh(self, path: Path, read: Callable[[], T]) -> T:
        """What ``read`` gave, read again when ``path`` was replaced or changed since."""
        try:
            found = path.stat()
            stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        except FileNotFoundError:
            stamp = None
        if path not in self._read or self._read[path][0] != stamp:
            self._read[path] = (stamp, read())
        return self._read[path][1]

    def signer(self, kid: bytes) -> Signer:
        """The signer of the key with this 8-byte kid. Raises KeystoreError."""
        if kid not in self._signers:
            self._signers[kid] = self.keystore.open(kid, self.passphrase)
        return self._signers[kid]

    @functools.cached_property
    def passphrase(self) -> str:
        """The passphrase of the keystore, asked once."""
        return self._ask() or (DEMONSTRATION_PASSPHRASE if self.config.demonstration else "")

    def signer_for(self, department: str, now: int) -> Signer:
        """The attestation key in service for a département at UTC second ``now``: of several, the one put into service
        last.

        Raises issuer.desk.NoSigner when no key may sign, KeystoreError when it cannot be opened.
        """
        from issuer.desk import NoSigner

        held = {sealed.kid for sealed in self._fresh(self.path / "keys", self.keystore.list)}
        usable = [
            key
            for key in self.trust().keys
            if key.use == USE_ATTESTATION and key.signs_at(now) and key.covers(department) and key.kid in held
        ]
        if not usable:
            raise NoSigner(
                f'No key in service may sign for the département {department}. Put one into service with "wif keys'
                ' new".'
            )
        return self.signer(max(usable, key=lambda key: (key.not_before, key.kid)).kid)

    def desk(self, trust: TrustContent | None = None) -> DeskContext:
        """What the acts on attestations work with: this home's database, keys, clock and printer, and the status lists
        of ``trust`` (by default the published one).
        """
        from issuer.attestation.record import Signatory
        from issuer.desk import DeskContext

        trust = trust or self.trust()
        self._check_lives(trust)
        signatory = self.config.signatory
        return DeskContext(
            engine=self.engine,
            signers=self.signer_for,
            origin=self.config.origin,
            clock=self.clock,
            status_lists=tuple(entry.number for entry in trust.status_lists),
            signatory=Signatory(**signatory) if signatory else None,
            printer=self.document,
        )

    def ask_the_time(self) -> None:
        """Raise PublicationRefused unless the public address or one of the ``clocks`` has the time of this machine, and
        none another.
        """
        from issuer.home import believing

        believing.ask(self)

    def _check_lives(self, trust: TrustContent) -> None:
        """Raise ConfigError when the configuration gives status lists a longer life than verifiers believe."""
        from issuer.attestation.status import longest

        for entry in trust.status_lists:
            for name, most in zip(("status_ttl", "status_lifetime"), longest(entry), strict=True):
                if getattr(self.config, name) > most:
                    raise ConfigError(
                        f"{name} in config.toml is {getattr(self.config, name)} seconds, and verifiers believe status"
                        f" list {entry.number} for {most} at most. Lower it, or have the roots allow that list more"
                        ' first ("wif keys allow").'
                    )

    def document(self, token: bytes, annex: dict, text: str) -> bytes:
        """The PDF of an archived attestation: a function of its token and annex. Raises RenderError."""
        from issuer.attestation.claims import decode
        from issuer.documents import PrintedAttestation

        parts = split(token)
        key = self.trust().key(parts.kid)
        return self.printer.render(
            PrintedAttestation(
                claims=decode(parts.payload).to_json(),
                qr_text=text,
                origin=self.config.origin,
                authority=key.authority if key else self.config.authority,
                signatory=annex["signatory"],
                demonstration=self.config.demonstration,
            )
        )

    @functools.cached_property
    def printer(self) -> Printer:
        """The printer of the configured engine."""
        from issuer.documents import Printer

        return Printer(self.config.pdf_engine)

    def publish(self, author: str, clock_confirmed: bool = False, ask: bool = False, back: bool = False) -> Published:
        """Sign and write the trust list and every status list, atomically. A trust list past half its time is renewed
        first, when this home holds enough root keys; else the published one stays. Raises what
        :func:`issuer.desk.publish` raises.
        """
        from issuer.home import renewal

        trust = self.trust()
        now = self.clock()
        ahead = trust.issued > now + AHEAD
        if (renewal.is_due(trust, now) or (back and ahead)) and renewal.can_sign(self):
            trust = renewal.sign(self, renewal.renewed(trust, self.config, now))
        elif back and ahead:
            raise ConfigError(
                f"The trust list of version {trust.version} was issued in the future too, and its roots are not in this"
                ' home. Have the next one signed with the right time ("wif keys draft"), take it over, then go back.'
            )
        return self.publish_with(trust, author, clock_confirmed=clock_confirmed, ask=ask, back=back)

    def publish_with(
        self,
        trust: trust_lists.TrustList,
        author: str,
        acts: Sequence[Act] = (),
        clock_confirmed: bool = False,
        ask: bool = False,
        back: bool = False,
    ) -> Published:
        """Publish under this trust list, ``acts`` on keys entering the audit trail with it. ``ask``: where the clock is
        not believed, other machines are asked the time; ``back`` as in :func:`issuer.desk.publish`.

        Raises PublicationRefused when the clock is so far ahead of the last publication that its lists have ended, or
        gained on the machine's own count of seconds, and nobody confirmed the time: lists from the future are refused
        by every verifier, and block all later ones.
        """
        from issuer.desk import publish
        from issuer.home import believing

        if not clock_confirmed:
            believing.check(self, ask)
        published = publish(
            self.desk(trust),
            self.public,
            trust.cose,
            self.signer,
            author,
            ttl=self.config.status_ttl,
            lifetime=self.config.status_lifetime,
            acts=acts,
            back=back,
        )
        believing.remember(self)
        return published


def read_trust(public: Path, roots: RootSet) -> trust_lists.TrustList:
    """The trust list of a folder of published files, as a held one: form, keys and enough pinned signatures; its age is
    for verification to judge. Raises ConfigError.
    """
    path = public / TRUST_FILE
    try:
        data = path.read_bytes()
    except OSError:
        raise ConfigError(
            f'There is no trust list at {path}. Run "wif publish" (after the first list was signed), or name the folder'
            " with --public."
        ) from None
    try:
        held = trust_lists.read(data)
        good = trust_lists.signed_by(trust_lists.parse(data), roots)
    except TrustRefused as error:
        raise ConfigError(f"{path}: {error}") from None
    if len(good) < roots.threshold:
        raise ConfigError(
            f"{path} is not signed by enough of the pinned roots. Do not use it; restore the published files."
        )
    return held


__all__ = ["DEMONSTRATION_PASSPHRASE", "Home", "KeystoreError", "read_trust"]


def read_genuine(public: Path, trust: trust_lists.TrustList) -> dict[bytes, GenuineList]:
    """The lists of the genuine of a trust list, by the hash that names them: those that lie whole in a folder of
    published files.
    """
    from issuer.attestation import genuine

    found = {}
    for key in trust.keys:
        if key.state != STATE_REVOKED or key.genuine is None:
            continue
        path, digest = key.genuine
        try:
            index = (public / path).read_bytes()
            parts = [(public / name).read_bytes() for name, _ in genuine.read_index(index).parts]
            found[digest] = genuine.read(digest, index, parts)
        except (OSError, FormError):
            continue
    return found
