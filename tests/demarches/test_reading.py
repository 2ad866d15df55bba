"""What a dossier answers, by its structure and by its words, and what an agent is told of a doubt."""

import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from issuer.demarches import deciding, doubts
from issuer.demarches.deciding import DecisionRefused
from issuer.demarches.facts import record_of
from issuer.demarches.mapping import from_table
from issuer.demo.demarches import Store, people

TODAY = date(2026, 3, 2)
MAPPING = from_table(tomllib.loads(people.MAPPING))


def read(champ: int, **given):
    """What one answer of a dossier is read as."""
    dossier = people.Maker(Store(people.demarche(), lambda: 0), 1_772_452_800, pieces=False).dossier(1)
    for table in dossier["champs"]:
        if table["champDescriptorId"] == people.champ(champ):
            for name in ("value", "values", "pays", "departement", "date"):
                table.pop(name, None)
            table.update(given)
    return record_of(dossier, MAPPING, TODAY)


@pytest.mark.parametrize(
    ("pays", "code"),
    [
        ({"code": "XK", "name": "Kosovo"}, "RKS"),
        ({"code": "CG", "name": "Congo"}, "COG"),
        ({"code": "IR", "name": "Iran, République islamique d'"}, "IRN"),
        ({"code": "SN", "name": "Un nom nouveau"}, "SEN"),
        ({"code": "XX", "name": "Congo"}, "COG"),
    ],
)
def test_the_code_of_a_country_comes_before_its_name(pays, code):
    record, unsure = read(104, __typename="PaysChamp", pays=pays)
    assert record["nationality"] == code and not unsure


def test_a_code_and_a_name_of_two_countries_are_a_doubt():
    record, unsure = read(104, __typename="PaysChamp", pays={"code": "ML", "name": "Sénégal"})
    assert "nationality" not in record and [doubt["field"] for doubt in unsure] == ["nationality"]


@pytest.mark.parametrize(
    "given",
    [
        {"__typename": "CommuneChamp", "stringValue": "Ajaccio", "departement": {"code": "2A", "name": "Corse-du-Sud"}},
        {"__typename": "CommuneChamp", "commune": {"name": "Ajaccio", "postalCode": "20000"}},
        {"__typename": "AddressChamp", "address": {"label": "12 rue X", "departmentCode": "2A", "postalCode": "20000"}},
        {"__typename": "DepartementChamp", "departement": {"code": "2A", "name": "Corse-du-Sud"}},
    ],
)
def test_the_departement_of_a_structured_place(given):
    record, unsure = read(109, **given)
    assert record["workplaces"] == ["2A"] and not unsure


def test_an_instant_is_the_day_in_paris():
    record, _ = read(103, __typename="DatetimeChamp", datetime="1999-03-12T23:30:00Z")
    assert record["birth_date"] == "1999-03-13"


def test_an_agent_is_told_in_words_and_settles_each_doubt(scene):
    scene.put(1, "accepte", answers={108: "151,67 h", 107: "CDD puis CDI", 109: ["Eure et Loire"]})
    scene.put(2, "accepte", answers={101: "王"})
    scene.put(3, "accepte", answers={103: "04/05/1999"}, kinds={103: "TextChamp"})
    scene.put(4, "accepte", company="DURAND*EXEMPLE/MARINE /")
    scene.put(5, answers={104: "Corée"}, kinds={104: "TextChamp"})
    scene.sync()
    told = dict(doubts.aside(scene.demarches.engine))
    shown = {(number, entry["field"]): (entry["words"], entry["reading"]) for number in told for entry in told[number]}
    assert shown == {
        (1, "hours"): ("151,67 h", "151,67 heures par mois"),
        (1, "contract"): ("CDD puis CDI", None),
        (1, "workplaces"): ("Eure et Loire", "Eure-et-Loir (28)"),
        (2, "family_name"): ("王", None),
        (3, "birth_date"): ("04/05/1999", "4 mai 1999"),
        (4, "employer.name"): ("DURAND*EXEMPLE/MARINE /", "Marine EXEMPLE"),
        (5, "nationality"): ("Corée", "Corée du Sud"),
    }
    scene.work()
    assert all(request.attestation is None for request in scene.all())
    request = scene.request(1)
    with pytest.raises(DecisionRefused):
        deciding.accept(scene.demarches, request, request.revision, "", scene.agent)
    changed = deciding.correct(
        scene.demarches, request, request.revision, {"contract": "CDD", "workplaces": ["28"]}, scene.agent
    )
    assert [entry["field"] for entry in doubts.listed(changed)] == ["hours"] and changed.aside == "unsure"
    deciding.correct(
        scene.demarches,
        changed,
        changed.revision,
        {**changed.corrections, "hours.count": None, "hours.per": None},
        scene.agent,
    )
    scene.work()
    assert scene.request(1).attestation is not None


def test_no_wrong_fact_is_signed_and_few_clear_ones_are_set_aside():
    top = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "bench.reading_dossiers", "--show"],
        cwd=top,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
