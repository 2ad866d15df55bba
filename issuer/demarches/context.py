"""What the acts on requests work with: registry, desk, and Démarches simplifiées if the configuration names it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from issuer.accounts.directory import Account, Directory
from issuer.attestation.record import Signatory
from issuer.config import Config
from issuer.demarches.client import Client
from issuer.demarches.mapping import Mapping, path_of, read_mapping
from issuer.demarches.settings import DemarchesSettings, from_table
from issuer.demarches.source import Source
from issuer.desk import DeskContext
from issuer.errors import ConfigError

AUTHOR = "demarches"
"""The author of what the synchronisation does by itself."""


@dataclass(repr=False)
class DemarchesContext:
    """What the acts on requests work with. ``settings`` is None without a ``[demarches]`` table: requests then come by
    import and form.
    """

    engine: Engine
    desk: Callable[[], DeskContext]
    """The desk, under the trust list and keys of now."""
    clock: Callable[[], int]
    """UTC seconds."""
    directory: Directory
    folder: Path
    """The home: mappings stand in it."""
    settings: DemarchesSettings | None = None
    signatory: Signatory | None = None
    """Who signs what was accepted at Démarches simplifiées by an instructeur without an account here."""
    connect: Callable[[], Source] | None = None
    """Opens Démarches simplifiées."""
    below: Callable[[int], int] = secrets.randbelow
    language: str = "fr"
    _mappings: dict[int, tuple[object, Mapping]] = field(default_factory=dict)

    def mapping(self, demarche: int) -> Mapping:
        """The mapping of a démarche, read again when its file changed. Raises ConfigError."""
        path = path_of(self.folder, demarche)
        found = path.stat() if path.exists() else None
        stamp = None if found is None else (found.st_mtime_ns, found.st_ino, found.st_size)
        if demarche not in self._mappings or self._mappings[demarche][0] != stamp:
            self._mappings[demarche] = (stamp, read_mapping(path))
        return self._mappings[demarche][1]

    def source(self) -> Source:
        """Démarches simplifiées. Raises ConfigError when the configuration does not name it."""
        if self.connect is None:
            raise ConfigError("config.toml has no [demarches] table. Add it: docs/operations.md describes it.")
        return self.connect()

    def account_of(self, email: str) -> Account | None:
        """The account of an instructeur, by the e-mail address that Démarches simplifiées knows them by."""
        identifier = self.settings.account_of(email) if self.settings else ""
        return self.directory.by_identifier(identifier) if identifier else None

    @property
    def waiting_days(self) -> int:
        """Days after which a waiting request is an anomaly."""
        return self.settings.waiting_days if self.settings else 7


class OpenedHome(Protocol):
    """What is needed of an opened home; :class:`issuer.home.Home` is one."""

    path: Path
    config: Config
    clock: Callable[[], int]

    @property
    def engine(self) -> Engine:
        """The database."""
        ...

    def desk(self) -> DeskContext:
        """The desk of now."""
        ...


def open_demarches(
    home: OpenedHome,
    sleep: Callable[[float], None],
    precise: Callable[[], float],
    desk: Callable[[], DeskContext] | None = None,
    patient: bool = True,
) -> DemarchesContext:
    """The context of an opened home. ``precise`` gives UTC seconds with fractions, ``sleep`` waits; ``desk`` gives the
    desk of now (by default the home's). Not ``patient``, each call is tried once: somebody is waiting for the page.

    Raises ConfigError for a bad ``[demarches]`` table.
    """
    table, signatory = home.config.extra.get("demarches"), home.config.signatory
    settings = from_table(table, home.path) if table is not None else None
    if settings is not None and not patient:
        settings = replace(settings, attempts=1)

    def connect(settings: DemarchesSettings) -> Source:
        return Source(Client(settings, precise, sleep), settings.page)

    return DemarchesContext(
        home.engine,
        desk or home.desk,
        home.clock,
        Directory(home.engine, home.clock),
        home.path,
        settings,
        Signatory(**signatory) if signatory else None,
        partial(connect, settings) if settings else None,
    )
