"""What one person does alone at the command line, where the pages ask for two; and a replacement's holder."""

import json

import pytest

from tests.support.records import CURRENT


@pytest.fixture
def first(wif):
    """An attestation of a demonstration home whose pages ask for a second person."""
    with (wif.home / "config.toml").open("a", encoding="utf-8") as file:
        file.write("\n[web]\nsecond_person = true\n")
    return wif("issue", "-", "--no-pdf", "--accept-warnings", stdin=json.dumps(CURRENT)).rows[0]


def test_who_acts_alone_says_why(wif, first):
    alone = wif("revoke", first["number"], "--reason", "court", "--basis", "Jugement")
    assert alone.code == 1 and "second person" in alone.words and "Traceback" not in alone.words
    same = json.dumps({**CURRENT, "reference": "R-2", "job": "Autre"})
    assert wif("replace", first["number"], "-", "--no-pdf", stdin=same).code == 1
    done = wif("revoke", first["number"], "--reason", "court", "--basis", "Jugement", "--force", "Le juge attend")
    assert done.code == 0 and "forced" in done.rows[0]["warnings"]


def test_another_holder_is_refused_until_it_is_meant(wif, first):
    other = json.dumps({**CURRENT, "reference": "R-2", "family_name": "AUTRE", "birth_date": "1990-01-02"})
    alone = ("replace", first["number"], "-", "--no-pdf", "--force", "Le juge attend")
    refused = wif(*alone, stdin=other)
    assert refused.code == 1 and "family_name, birth_date" in refused.words and not refused.rows
    assert wif(*alone, "--accept-warnings", stdin=other).rows[0]["replaces"] == first["number"]


def test_days_and_numbers_are_read_as_people_write_them(wif, first):
    number = first["number"]
    shown = f"Attestation n° {number[:3]} {number[3:6]}-{number[6:]}"
    revoke = ("--reason", "fraud", "--basis", "CRPA L241-2", "--force", "Le juge attend")
    wrong = wif("revoke", shown, *revoke, "--heard", "31/02/2026")
    assert wrong.code == 2 and "31/02/2026 does not exist" in wrong.words
    done = wif("revoke", shown, *revoke, "--heard", "2 novembre 2026")
    assert done.code == 0 and (done.rows[0]["number"], done.rows[0]["state"]) == (number, "revoked")
