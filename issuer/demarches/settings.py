"""The ``[demarches]`` table of ``config.toml``: which démarches are read, with what, how often. The token is never shown."""

import re
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path

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
    known = {item.name for item in fields(DemarchesSettings)}
    for name in table:
        if name not in known:
            raise ConfigError(f"the key demarches.{name} does not exist. Correct its name or take it out.")
    for name in ("address", "numbers", "attest_from"):
        if name not in table:
            raise ConfigError(f"the key demarches.{name} is missing. Add it.")
    for name, value in table.items():
        if name in _BOUNDS:
            low, high = _BOUNDS[name]
            if type(value) is not int or not low <= value <= high:
                raise ConfigError(f"demarches.{name} is a whole number from {low} to {high}.")
        elif name in ("address", "token", "token_file", "instructeur") and not isinstance(value, str):
            raise ConfigError(f"demarches.{name} is a text.")
    if not _ADDRESS.fullmatch(table["address"]):
        raise ConfigError(
            "demarches.address is the https:// address of the GraphQL API (http:// only for localhost and 127.0.0.1)."
        )
    numbers = table["numbers"]
    if (
        not isinstance(numbers, list)
        or not numbers
        or not all(type(number) is int and 0 < number < 2**31 for number in numbers)
    ):
        raise ConfigError("demarches.numbers is a list of numbers of démarches, such as [12345].")
    if type(table["attest_from"]) is not date:
        raise ConfigError("demarches.attest_from is a day, written without quotation marks: attest_from = 2026-01-31.")
    return DemarchesSettings(
        **{
            **table,
            "numbers": tuple(dict.fromkeys(numbers)),
            "token": _token(table, home),
            "instructeurs": tuple(_instructeur(item) for item in _list(table.get("instructeurs", []))),
        }
    )


def _token(table: dict, home: Path) -> str:
    token = table.get("token", "")
    if path := table.get("token_file", ""):
        try:
            lines = (home / path).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise ConfigError(
                f"demarches.token_file names {path}, which cannot be read. Correct the path or its rights."
            ) from None
        token = lines[0].strip() if lines else ""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(
            "demarches.token is the token that Démarches simplifiées gave, on one line. Add it, or a token_file."
        )
    return token


def _list(value: object) -> list:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ConfigError("demarches.instructeurs is a list of tables: [[demarches.instructeurs]].")
    return value


def _instructeur(table: dict) -> Instructeur:
    if (
        set(table) - {"id", "email", "account"}
        or not isinstance(table.get("id"), str)
        or not all(isinstance(value, str) for value in table.values())
    ):
        raise ConfigError("an entry of [[demarches.instructeurs]] has an id, an email and an account, all texts.")
    return Instructeur(**table)
