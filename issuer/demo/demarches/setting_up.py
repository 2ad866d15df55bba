"""A demonstration home bound to the local Démarches simplifiées: its ``[demarches]`` table, its mapping, its store."""

import re
from datetime import timedelta
from pathlib import Path

from issuer.attestation.places import local_day
from issuer.demarches.mapping import path_of
from issuer.demo.demarches import people
from issuer.demo.demarches.store import Store
from issuer.home import Home
from keys import durable

TOKEN = "demonstration"  # noqa: S105 - opens invented requests only
STORE = "demarches-demo.json"
_TABLE = re.compile(
    r"\n# The local Démarches simplifiées of the demonstration: written anew by each start\.\n.*?# End of it\.\n",
    re.DOTALL,
)
ACCOUNTS = {"75": "claire.agent", "69": "hugo.agent"}


def configure(home: Home, address: str) -> Home:
    """Write the table that names ``address``, and the mapping; the home, opened again. For demonstration homes only."""
    groups = people.demarche()["groupeInstructeurs"]
    first = local_day(None, home.clock()) - timedelta(days=30)
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
    if not re.search(r"^\s*\[web\]", kept, re.MULTILINE):
        lines += ["[web]", f'filing = "{address}/commencer/autorisation-de-travail"', ""]
    durable.write(path, (kept + "\n" + "\n".join(lines) + "# End of it.\n").encode())
    durable.write(path_of(home.path, people.NUMBER), people.MAPPING.encode())
    return home.reopened()


def store_of(home: Home) -> Store:
    """The dossiers of a demonstration home, filled at first."""
    store = Store(people.demarche(), home.clock, home.path / STORE)
    people.fill(store, home.clock())
    return store
