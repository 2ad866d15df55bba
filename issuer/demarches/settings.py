"""The ``[demarches]`` table of ``config.toml``: which démarches are read, with what, how often. The token is never
shown.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from issuer.config import first_line, read_table, texts_or_tables
from issuer.errors import ConfigError

_ADDRESS = re.compile(r"https://[^\s/]+(/\S*)?|http://(localhost|127\.0\.0\.1)(:[0-9]+)?(/\S*)?", re.ASCII)


@dataclass(frozen=True)
class Instructeur:
    """An instructeur of Démarches simplifiées and the account of the same person here."""

    id: str
    """``instructeurId`` of GraphQL, with which this person's decisions are given."""
    email: str = field(default="", repr=False)
    account: str = ""
    """Identifier of the account, empty when there is none."""


@dataclass(frozen=True)
class DemarchesSettings:
    """Settings of Démarches simplifiées. Every key is described in ``docs/operations.md``."""

    address: str
    """Address of the GraphQL API: ``https://…/api/v2/graphql``."""
    numbers: tuple[int, ...]
    """Numbers of the démarches."""
    attest_from: date
    """Dossiers accepted there before this day are taken in, but no attestation is made for them by itself."""
    token: str = field(default="", repr=False)
    token_file: str = ""
    """A file whose first line is the token: instead of ``token``."""
    instructeur: str = ""
    """``instructeurId`` for whoever has none of their own."""
    instructeurs: tuple[Instructeur, ...] = ()
    interval: int = 300
    """Seconds between two synchronisations of the worker."""
    overlap: int = 600
    """Seconds that a synchronisation begins before the latest modification seen."""
    page: int = 100
    """Dossiers a page, at most 100."""
    attempts: int = 5
    """How often a call is tried that fails in a passing way."""
    waiting_days: int = 7
    """Days after which a waiting request is an anomaly."""

    def instructeur_of(self, account: str) -> str:
        """The ``instructeurId`` with which this account decides."""
        return next((known.id for known in self.instructeurs if known.account == account), self.instructeur)

    def account_of(self, email: str) -> str:
        """The identifier of the account of this instructeur; empty when none is named."""
        wanted = email.strip().lower()
        return next((known.account for known in self.instructeurs if wanted and known.email.lower() == wanted), "")


_BOUNDS = {
    "interval": (30, 86_400),
    "overlap": (0, 86_400),
    "page": (1, 100),
    "attempts": (1, 10),
    "waiting_days": (1, 365),
}


def from_table(table: dict, home: Path) -> DemarchesSettings:
    """The settings of a parsed ``[demarches]`` table. Raises ConfigError naming the key."""
    readers = {"numbers": _numbers, "attest_from": _day, "instructeurs": _instructeurs}
    settings = read_table(DemarchesSettings, "demarches", table, _BOUNDS, readers)
    if not _ADDRESS.fullmatch(settings.address):
        raise ConfigError(
            "demarches.address is the https:// address of the GraphQL API (http:// only for localhost and 127.0.0.1)."
        )
    return replace(settings, token=_token(settings, home))


def _numbers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not value or not all(type(item) is int and 0 < item < 2**31 for item in value):
        raise ValueError("is a list of numbers of démarches, such as [12345].")
    return tuple(dict.fromkeys(value))


def _day(value: object) -> date:
    if type(value) is not date:
        raise ValueError("is a day, written without quotation marks: attest_from = 2026-01-31.")
    return value


def _token(settings: DemarchesSettings, home: Path) -> str:
    token = settings.token
    if settings.token_file:
        token = first_line(home / settings.token_file, "demarches.token_file").strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(
            "demarches.token is the token that Démarches simplifiées gave, on one line. Add it, or a token_file."
        )
    return token


def _instructeurs(value: object) -> tuple[Instructeur, ...]:
    where = "demarches.instructeurs"
    return tuple(read_table(Instructeur, where, item) for item in texts_or_tables(value, dict, where))
