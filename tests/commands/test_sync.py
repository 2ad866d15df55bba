"""``wif demarches sync`` against a local Démarches simplifiées over a real socket: what its lines tell of doubts."""

import time

import pytest

from issuer.demo.demarches import people
from tests.demarches.scene import INSTRUCTEUR, TOKEN, Server


@pytest.fixture
def server():
    """The local Démarches simplifiées, on the machine's clock."""
    running = Server(time.time)
    yield running
    running.stop()


def test_a_dossier_in_doubt_is_one_line_with_the_words_and_the_reading(wif, server):
    with (wif.home / "config.toml").open("a") as file:
        file.write(f"""
[demarches]
address = "{server.address}/api/v2/graphql"
token = "{TOKEN}"
numbers = [{people.NUMBER}]
attest_from = 2026-01-01
instructeur = "{INSTRUCTEUR}"
""")
    (wif.home / f"demarche-{people.NUMBER}.toml").write_text(people.MAPPING, encoding="utf-8")
    odd = {103: "12 mars 99", 107: "CDD puis CDI", 108: "35h", 104: "Sénégalais ou Malien"}
    server.store.add(server.maker.dossier(1, "accepte", answers=odd, kinds=dict.fromkeys(odd, "TextChamp")))
    server.store.add(server.maker.dossier(2, "accepte"))
    server.store.add(server.maker.dossier(3, "en_instruction", answers={101: "王"}))
    done = wif("demarches", "sync", WIF_LANG="fr")
    aside = {row["dossier"]: row for row in done.rows if row.get("status") == "aside"}
    assert done.code == 0 and set(aside) == {1, 3} and aside[1].keys() == {"dossier", "status", "doubts"}
    assert sorted((found["field"], found["words"], found["reading"]) for found in aside[1]["doubts"]) == [
        ("birth_date", "12 mars 99", "12 mars 1999"),
        ("contract", "CDD puis CDI", None),
        ("hours", "35h", "35 heures par semaine"),
        ("nationality", "Sénégalais ou Malien", None),
    ]
    assert [(found["field"], found["words"]) for found in aside[3]["doubts"]] == [("family_name", "王")]
    again = wif("demarches", "sync")
    assert [row for row in again.rows if row.get("status") == "aside"] == list(aside.values())
