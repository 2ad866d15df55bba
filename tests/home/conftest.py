"""Homes on both databases, and empty places to restore them into."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from issuer.home import Home, found
from tests.support.databases import postgres_database
from tests.support.office import ORIGIN, SIGNATORY

SECRET = "a passphrase of homes"
SEALED = "a passphrase of backups"
AUTHOR = "cli:operator"


@dataclass
class Place:
    """A folder for a home, and the database that goes with it (None: the SQLite file within)."""

    path: Path
    database: str | None
    homes: list[Home] = field(default_factory=list, repr=False)

    def home(self) -> Home:
        """The home, opened; closed when the test ends."""
        self.homes.append(Home(self.path, lambda: SECRET, self.database))
        return self.homes[-1]

    def close(self):
        for home in self.homes:
            home.close()


@pytest.fixture
def place(address, tmp_path):
    """A demonstration home on each database."""
    made = Place(tmp_path / "home", address if "://" in address else None)
    home = found(
        made.path,
        origin=ORIGIN,
        authority="Préfecture d'Exemple",
        passphrase=lambda: SECRET,
        demonstration=True,
        database_url=made.database,
        signatory=SIGNATORY.to_json(),
    )
    home.close()
    yield made
    made.close()


@pytest.fixture
def empty(place, tmp_path):
    """Where nothing is yet, with an empty database of the same kind."""
    if place.database is None:
        made = Place(tmp_path / "restored", None)
        yield made
        made.close()
        return
    with postgres_database() as database:
        made = Place(tmp_path / "restored", database)
        yield made
        made.close()
