"""Opening a home and handing its means to the desk."""

import functools
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from keys import trust as trust_lists
from keys.content import STATE_IN_USE, USE_ATTESTATION, TrustContent, TrustedKey
from keys.errors import KeystoreError, TrustRefused
from keys.keystore import Keystore
from keys.signer import Signer

from issuer import config as configuration
from issuer.attestation.token import split
from issuer.errors import ConfigError

TRUST_FILE = "trust.cose"
DEMONSTRATION_PASSPHRASE = "demonstration"
"""Opens demonstration keys when no passphrase is given: they protect nothing."""


class Home:
    """One home, opened. Signers are opened once and stay in memory."""

    def __init__(
        self,
        path: Path,
        passphrase: Callable[[], str],
        database_url: str | None = None,
        clock: Callable[[], int] | None = None,
    ) -> None:
        """``passphrase`` is asked when a sealed key must be opened; ``database_url`` replaces the SQLite file;
        ``clock`` gives UTC seconds. Raises ConfigError when there is no usable home."""
        self.path = path.absolute()
        self.config = configuration.load(self.path)
        self.clock = clock or (lambda: int(time.time()))
        self._ask = passphrase
        self._database = database_url or str(self.path / "wif.sqlite3")

    def reopened(self) -> "Home":
        """The same home with its configuration read again; opened signers stay."""
        again = Home(self.path, self._ask, self._database, self.clock)
        again.__dict__["_signers"] = self._signers
        return again

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
    def engine(self):
        """The database, its schema checked. Raises RegistryError."""
        from issuer import registry

        engine = registry.open_registry(self._database)
        registry.check_schema(engine)
        return engine

    def upgrade(self) -> bool:
        """Bring the tables of the database up to date; whether anything was done. Raises RegistryError."""
        from issuer import registry

        engine = registry.open_registry(self._database)
        try:
            return registry.migrate(engine)
        finally:
            engine.dispose()

    def trust(self) -> trust_lists.TrustList:
        """The published trust list, its form, keys and pinned signatures checked. Raises ConfigError when it is missing or refused."""
        return read_trust(self.public, self.config.roots)

    def signer(self, kid: bytes) -> Signer:
        """The signer of the key with this 8-byte kid. Raises KeystoreError."""
        if kid not in self._signers:
            self._signers[kid] = self.keystore.open(kid, self.passphrase)
        return self._signers[kid]

    @functools.cached_property
    def _signers(self) -> dict[bytes, Signer]:
        return {}

    @functools.cached_property
    def passphrase(self) -> str:
        """The passphrase of the keystore, asked once."""
        return self._ask() or (DEMONSTRATION_PASSPHRASE if self.config.demonstration else "")

    def signer_for(self, department: str, now: int) -> Signer:
        """The attestation key in service for a département at UTC second ``now``: of several, the one put into service last.

        Raises issuer.desk.NoSigner when no key may sign, KeystoreError when it cannot be opened.
        """
        from issuer.desk import NoSigner

        held = {sealed.kid for sealed in self._sealed}
        usable = [key for key in self._trust.keys if _may_sign(key, department, now) and key.kid in held]
        if not usable:
            raise NoSigner(
                f'No key in service may sign for the département {department}. Put one into service with "wif keys new".'
            )
        return self.signer(max(usable, key=lambda key: (key.not_before, key.kid)).kid)

    @functools.cached_property
    def _sealed(self) -> list:
        return self.keystore.list()

    @functools.cached_property
    def _trust(self) -> TrustContent:
        return self.trust()

    def means(self):
        """The desk's means, with this home's database, keys, clock and printer."""
        from issuer.attestation.record import Signatory
        from issuer.desk import Means

        signatory = self.config.signatory
        return Means(
            engine=self.engine,
            signers=self.signer_for,
            origin=self.config.origin,
            clock=self.clock,
            status_lists=tuple(entry.number for entry in self._trust.status_lists),
            signatory=Signatory(**signatory) if signatory else None,
            printer=self.document,
        )

    def desk(self):
        """The desk of this home."""
        from issuer.desk import Desk

        return Desk(self.means())

    def document(self, token: bytes, annex: dict, text: str) -> bytes:
        """The PDF of an archived attestation: a function of its token and annex. Raises RenderError."""
        from issuer.attestation.claims import decode
        from issuer.documents import PrintedAttestation

        parts = split(token)
        key = self._trust.key(parts.kid)
        return self._printer.render(
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
    def _printer(self):
        from issuer.documents import Printer

        return Printer(self.config.pdf_engine)

    def publish(self, author: str):
        """Sign and write the trust list and every status list, atomically. A trust list past half its time is renewed first,
        when this home holds enough root keys; else the published one stays. Raises what ``Desk.publish`` raises."""
        from issuer.home import renewal

        trust = self.trust()
        now = self.clock()
        if renewal.is_due(trust, now) and renewal.can_sign(self):
            trust = renewal.sign(self, renewal.renewed(trust, self.config, now))
        return self.publish_with(trust, author)

    def publish_with(self, trust: trust_lists.TrustList, author: str, acts=()):
        """Publish under this trust list, ``acts`` on keys entering the audit trail with it."""
        self.__dict__.pop("_trust", None)
        return self.desk_under(trust).publish(
            self.public,
            trust.cose,
            self.signer,
            author,
            ttl=self.config.status_ttl,
            lifetime=self.config.status_lifetime,
            acts=acts,
        )

    def desk_under(self, trust: trust_lists.TrustList):
        """A desk that fills the status lists of this trust list."""
        from issuer.desk import Desk

        self.__dict__["_trust"] = trust
        return Desk(replace(self.means(), status_lists=tuple(entry.number for entry in trust.status_lists)))


def _may_sign(key: TrustedKey, department: str, now: int) -> bool:
    return (
        key.use == USE_ATTESTATION
        and key.state == STATE_IN_USE
        and key.not_before <= now <= key.not_after
        and (not key.departments or department in key.departments)
    )


def read_trust(public: Path, roots) -> trust_lists.TrustList:
    """The trust list of a folder of published files, as a held one: form, keys and enough pinned signatures; its age is
    for verification to judge. Raises ConfigError."""
    path = public / TRUST_FILE
    try:
        data = path.read_bytes()
    except OSError:
        raise ConfigError(
            f'There is no trust list at {path}. Run "wif publish" (after the first list was signed), or name the folder with --public.'
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
