"""The mapping file, its draft and its check; and the anomalies' limits."""

from dataclasses import replace
from datetime import date

import pytest

from issuer.demarches import anomalies, describing
from issuer.demarches.dossiers import columns
from issuer.demarches.facts import record_of
from issuer.demarches.mapping import from_table, path_of, read_mapping
from issuer.demo.demarches import Store, people
from issuer.errors import ConfigError
from issuer.registry.requests import Request

DAY = 86_400
NOW = 1_772_452_800
TODAY = date(2026, 3, 2)


def dossier(**changes):
    return people.Maker(Store(people.demarche(), lambda: NOW), NOW, pieces=False).dossier(1, **changes)


def test_the_draft_of_a_demarche_is_a_mapping_that_lacks_nothing(tmp_path):
    """What `wif demarches describe --draft` prints works as it stands for a démarche with clear labels."""
    path = path_of(tmp_path, people.NUMBER)
    path.write_text(describing.draft(people.demarche()), encoding="utf-8")
    mapping = read_mapping(path)
    assert (
        describing.lacking(people.demarche(), mapping)["missing"]
        == []
        == describing.lacking(people.demarche(), mapping)["unknown"]
    )
    path.with_name("own").write_text(people.MAPPING, encoding="utf-8")
    assert record_of(dossier(), mapping, TODAY) == record_of(dossier(), read_mapping(path.with_name("own")), TODAY)


def test_what_is_missing_or_gone_is_said():
    mapping = from_table(
        {"fields": {"family_name": [people.champ(101)], "job": "Q2hhbXAtOTk5"}, "constants": {"kind": "APT"}}
    )
    lacking = describing.lacking(people.demarche(), mapping)
    assert lacking["unknown"] == ["Q2hhbXAtOTk5"]
    assert set(lacking["missing"]) == {
        "birth_date",
        "nationality",
        "employer.name",
        "contract",
        "department",
        "valid_from",
        "valid_until",
    }


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"fields": {"name": ["x"]}}, "no claim"),
        ({"fields": {"job": [1]}}, "fields.job"),
        ({"departments": {"12": "XX"}}, "departments.12"),
        ({"champs": {}}, "champs"),
        ({"constants": {"kind": 1}}, "constants.kind"),
        ({"values": {"contract": {"x": 1}}}, "values.contract"),
    ],
)
def test_a_wrong_mapping_is_said_by_its_key(table, words):
    with pytest.raises(ConfigError, match=words):
        from_table(table)


def test_a_person_as_demandeur_and_a_group_as_departement():
    mapping = from_table(
        {
            "fields": {
                "family_name": "demandeur.nom",
                "given_names": "demandeur.prenom",
                "birth_date": ["demandeur.dateDeNaissance"],
                "department": "groupeInstructeur",
            },
            "departments": {"1": "75", "Rhône": "69"},
            "values": {"contract": {"Job étudiant": "CDD"}},
        }
    )
    given = {
        **dossier(),
        "demandeur": {
            "__typename": "PersonnePhysique",
            "nom": "NGUYEN",
            "prenom": "Thị Mai",
            "dateDeNaissance": "1996-03-14",
            "civilite": "Mme",
        },
    }
    assert record_of(given, mapping, TODAY)[0] == {
        "family_name": "NGUYEN",
        "given_names": "Thị Mai",
        "birth_date": "1996-03-14",
        "department": "75",
    }
    given["groupeInstructeur"] = {"number": 9, "label": "Rhône"}
    assert record_of(given, mapping, TODAY)[0]["department"] == "69"


@pytest.mark.parametrize(
    "broken",
    [
        {"champs": None},
        {"champs": [None, {}, {"champDescriptorId": 3}]},
        {"annotations": "x"},
        {"demandeur": None},
        {"usager": []},
        {"messages": [None]},
        {"usager": None, "messages": [{"email": "agent@service.example", "createdAt": "2026-03-02T10:00:00+01:00"}]},
        {"usager": {"email": "?"}, "messages": [{"email": None, "createdAt": "2026-03-02T10:00:00+01:00"}]},
        {"groupeInstructeur": None},
    ],
)
def test_a_dossier_of_another_shape_never_breaks_the_reading(broken):
    mapping = from_table(
        {"fields": {"family_name": "demandeur.nom", "job": people.champ(106), "department": "groupeInstructeur"}}
    )
    record, doubts = record_of({**dossier(), **broken}, mapping, TODAY)
    assert isinstance(record, dict) and isinstance(doubts, list)
    known = {"number": 7, "state": "en_instruction", "dateDepot": "2026-03-01T10:00:00+01:00"}
    values = columns({**dossier(), **known, **broken}, 1, mapping, TODAY)
    assert values["record"] == record and values["last_message_at"] is None


def request(**changes):
    base = dict.fromkeys(Request.__dataclass_fields__) | {
        "id": 1,
        "number": 1000000001,
        "state": "en_instruction",
        "deposited_at": NOW - DAY,
        "instructed_at": NOW - DAY,
        "archived": 0,
        "record": {"kind": "APT"},
        "valid_from": "2026-04-01",
        "valid_until": "2026-09-30",
    }
    return Request(**{**base, **changes})


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, set()),
        ({"instructed_at": NOW - 7 * DAY}, set()),
        ({"instructed_at": NOW - 7 * DAY - 1}, {"waiting"}),
        ({"state": "en_construction", "deposited_at": NOW - 8 * DAY, "instructed_at": None}, {"waiting"}),
        ({"state": "accepte", "deposited_at": NOW - 90 * DAY}, set()),
        ({"valid_until": "2027-03-31"}, set()),
        ({"valid_until": "2027-04-01"}, {"too_long"}),
        ({"valid_until": "2027-04-01", "record": {"kind": "AT"}}, set()),
        ({"valid_until": "2026-03-31"}, {"end_before_start"}),
        ({"state": "accepte", "valid_from": None}, {"no_start"}),
        ({"state": "accepte", "valid_until": None}, {"no_end"}),
        ({"valid_from": None}, set()),
        ({"state": "refuse", "archived": 1, "decided_at": NOW - DAY, "last_message_at": NOW}, {"late_message"}),
        ({"state": "refuse", "archived": 0, "decided_at": NOW - DAY, "last_message_at": NOW}, set()),
        ({"state": "refuse", "archived": 1, "decided_at": NOW, "last_message_at": NOW - DAY}, set()),
        ({"instructed_at": NOW - 30 * DAY, "withdrawn_at": NOW}, set()),
    ],
)
def test_anomalies_on_both_sides_of_their_limits(changes, found):
    assert set(anomalies.found_in(request(**changes), NOW, 7)) == found


@pytest.mark.parametrize(
    ("state", "attestation", "found"),
    [
        ("en_instruction", "valid", {"reopened"}),
        ("en_instruction", "suspended", set()),
        ("refuse", "valid", {"refused_after"}),
        ("refuse", "suspended", {"refused_after"}),
        ("refuse", "revoked", set()),
        ("accepte", "suspended", {"accepted_after"}),
        ("accepte", "valid", set()),
    ],
)
def test_a_decision_and_its_attestation_that_part(state, attestation, found):
    assert set(anomalies.found_in(request(state=state, decided_at=NOW), NOW, 7, (), attestation)) == found


def test_the_same_person_twice():
    one = request(employer_siret="81234567800013")
    for changes, collides in (
        ({}, True),
        ({"employer_siret": "81234567800021"}, False),
        ({"valid_from": "2026-09-30", "valid_until": "2027-01-31"}, True),
        ({"valid_from": "2026-10-01", "valid_until": "2027-01-31"}, False),
        ({"state": "refuse"}, False),
        ({"withdrawn_at": NOW}, False),
        ({"valid_from": None}, True),
    ):
        other = replace(one, id=2, number=1000000002, **changes)
        assert ("twice" in anomalies.found_in(one, NOW, 7, [one, other])) is collides, changes


def test_a_burst_is_measured_against_the_agents_own_month():
    hour = 3600
    assert anomalies.burst([NOW - n for n in range(19)][::-1], NOW) is None
    assert anomalies.burst([NOW - n for n in range(20)][::-1], NOW) == {"count": 20, "usual": 0}
    busy = sorted([NOW - DAY + n for n in range(10)] + [NOW - n for n in range(25)])
    assert anomalies.burst(busy, NOW) is None, "who accepts ten an hour may accept twenty-five"
    assert anomalies.burst(sorted([*busy, *(NOW - hour // 2 - n for n in range(10))]), NOW) == {
        "count": 35,
        "usual": 10,
    }
