"""A demonstration home bound to the local Démarches simplifiées: its ``[demarches]`` table, its mapping, its store."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from issuer.demarches.mapping import path_of
from issuer.demo.demarches import people
from issuer.demo.demarches.store import Store

TOKEN = "demonstration"
STORE = "demarches-demo.json"
_TABLE = re.compile(
    r"\n# The local Démarches simplifiées of the demonstration: written anew by each start\.\n.*?# End of it\.\n",
    re.DOTALL,
)
ACCOUNTS = {"75": "claire.agent", "69": "hugo.agent"}


def configure(home, address: str):
    """Write the table that names ``address``, and the mapping; the home, opened again. For demonstration homes only."""
    groups = people.demarche()["groupeInstructeurs"]
    first = (datetime.fromtimestamp(home.clock(), UTC) - timedelta(days=30)).date()
    lines = [
        "",
        "# The local Démarches simplifiées of the demonstration: written anew by each start.",
        "[demarches]",
        f'address = "{address}/api/v2/graphql"',
        f'token = "{TOKEN}"',
        f"numbers = [{people.NUMBER}]",
        f"attest_from = {first.isoformat()}",
        f'instructeur = "{groups[0]["instructeurs"][0]["id"]}"',
        "interval = 30",
        "",
    ]
    for (code, email), group in zip(people.INSTRUCTEURS.items(), groups, strict=True):
        lines += [
            "[[demarches.instructeurs]]",
            f'id = "{group["instructeurs"][0]["id"]}"',
            f'email = "{email}"',
            f'account = "{ACCOUNTS[code]}"',
            "",
        ]
    path: Path = home.path / "config.toml"
    kept = _TABLE.sub("", path.read_text(encoding="utf-8")).rstrip("\n")
    _write(path, kept + "\n" + "\n".join(lines) + "# End of it.\n")
    _write(path_of(home.path, people.NUMBER), people.MAPPING)
    return home.reopened()


def store_of(home) -> Store:
    """The dossiers of a demonstration home, filled at first."""
    store = Store(people.demarche(), home.clock, home.path / STORE)
    people.fill(store, home.clock())
    return store


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
