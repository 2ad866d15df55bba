"""Synchronising against a local Démarches simplifiées: everything once, nothing lost, and every bad dossier shown with
its reason.
"""

import os
from dataclasses import replace

import pytest
from flask import jsonify

from issuer.demarches import registering
from issuer.demarches.mapping import path_of
from issuer.demo.demarches import people
from issuer.registry import alerts, progress, requests
from issuer.registry.database import reading
from tests.demarches.scene import NOW

DAY = 86_400


def known_state(scene):
    return progress.every_progress(scene.demarches.engine)[0]


def test_a_second_run_with_nothing_new_is_one_call(both):
    scene = both
    for number in range(1, 26):
        scene.put(number)
    scene.settings = scene.demarches.settings = type(scene.settings)(**{**vars(scene.settings), "page": 10})
    first = scene.sync()
    assert (first.error, first.tally.new, first.calls) == (None, 25, 3)
    for _ in range(2):
        again = scene.sync()
        assert (again.calls, again.tally.new, again.tally.changed) == (3, 0, 0) or again.calls == 1
    scene.later(DAY)
    scene.put(30, days=0)
    scene.sync()
    quiet = scene.sync()
    assert (quiet.calls, quiet.tally.new, quiet.tally.changed, quiet.tally.same) == (1, 0, 0, 1), (
        "the overlap shows the last one again, unchanged"
    )


def test_what_a_dossier_says_is_kept(scene):
    scene.put(
        1,
        answers={
            101: "NGUYEN",
            102: "Thị Mai",
            104: "Viêt Nam",
            107: "Contrat d'apprentissage",
            108: "35h/semaine",
            109: ["75", "92"],
        },
    )
    scene.sync()
    request = scene.request(1)
    assert request.record["nationality"] == "VNM" and request.record["contract"] == "APPRENTISSAGE"
    assert request.record["hours"] == {"count": 35, "per": "week"} and request.record["workplaces"] == ["75", "92"]
    assert (request.department, request.state, request.aside, request.email) == (
        "75",
        "en_instruction",
        None,
        "usager.1@courriel.example",
    )
    assert (request.awaited_from, request.awaited, len(request.pieces)) == ("service", "examen", 3)
    assert "url" not in str(request.pieces)
    assert [line.what for line in requests.history(scene.demarches.engine, request.id)] == [
        "en_construction",
        "en_instruction",
    ]


def test_a_run_that_stops_in_the_middle_goes_on_where_it_was(both):
    scene = both
    scene.settings = scene.demarches.settings = type(scene.settings)(
        **{**vars(scene.settings), "page": 5, "attempts": 1}
    )
    for number in range(1, 21):
        scene.put(number)
    scene.server.traffic.faults += [
        lambda: None,
        lambda: None,
        lambda: (jsonify(errors=[{"extensions": {"code": "unauthorized"}}]), 401),
    ]
    assert scene.sync().error == "unauthorized" == known_state(scene).error
    kept = len(scene.all())
    assert kept == 10
    ran = scene.sync()
    assert ran.error is None and len(scene.all()) == 20 and ran.tally.new == 20 - kept


def test_a_page_that_repeats_its_cursor_ends_the_run_and_is_said(scene):
    for number in range(1, 4):
        scene.put(number)
    scene.settings = scene.demarches.settings = type(scene.settings)(**{**vars(scene.settings), "page": 1})
    real = scene.store.page
    scene.store.page = lambda first, after, *given: (real(first, None, *given)[0], after or "Y3Vyc29y", True)
    ran = scene.sync()
    assert ran.error == "cursor_repeated" and ran.calls == 2 and len(scene.all()) == 1, "what came before is kept"
    scene.store.page = real
    assert scene.sync().error is None and len(scene.all()) == 3


def test_deleted_and_restored(both):
    scene = both
    scene.put(1)
    scene.put(2)
    scene.sync()
    scene.later(60)
    dossier = scene.store.dossiers[1]
    scene.store.delete(1)
    ran = scene.sync()
    assert (
        ran.tally.withdrawn == 1
        and scene.request(1).withdrawn_at == NOW + 60
        and scene.request(1).awaited_from == "personne"
    )
    assert scene.sync().tally.withdrawn == 0, "a deletion is noted once"
    scene.later(60)
    del scene.store.deleted[1]
    scene.store.touch(dossier)
    scene.store.add(dossier)
    scene.sync()
    assert scene.request(1).withdrawn_at is None
    assert [line.what for line in requests.history(scene.demarches.engine, scene.request(1).id)][-2:] == [
        "withdrawn",
        "restored",
    ]


def test_one_dossier_that_cannot_be_read_stops_no_other(scene):
    for number in range(1, 13):
        scene.put(number)
    scene.store.dossiers[7]["demandeur"] = {"__typename": "PersonneMorale", "id": "P7", "siret": None}
    ran = scene.sync()
    assert ran.error is None and len(scene.all()) == 12
    assert [request.dossier for request in scene.all() if request.aside == "unreadable_dossier"] == [7]
    scene.later(60)
    scene.store.dossiers[7]["demandeur"]["siret"] = "81234567800013"
    scene.store.dossiers[7]["demandeur"]["entreprise"] = {"siren": "812345678", "raisonSociale": "SOCIÉTÉ EXEMPLE SAS"}
    scene.store.touch(scene.store.dossiers[7])
    scene.sync()
    assert scene.request(7).aside is None


BAD = {
    "wrong_siret": ({"siret": "81234567800014"}, "unreadable", ("employer.siret", "siret_check")),
    "non_latin_name": ({"answers": {101: "王", 102: "小明"}}, "unreadable", ("family_name", "text_character")),
    "incomplete_company": ({"incomplete": True}, "establishment", ("employer.name", "missing")),
    "missing_annotations": (
        {"state": "accepte", "answers": {201: None, 202: None}},
        "missing",
        ("valid_from", "missing"),
    ),
    "retyped_date": (
        {"answers": {103: "douze mars 1999"}, "kinds": {103: "TextChamp"}},
        "unsure",
        ("birth_date", "missing"),
    ),
    "end_before_start": (
        {"answers": {201: "2026-09-01", 202: "2026-08-01"}},
        "unreadable",
        ("valid_until", "validity_order"),
    ),
    "too_long": ({"answers": {201: "2026-09-01", 202: "2028-08-01"}}, "unreadable", ("valid_until", "validity_long")),
    "unknown_country": ({"answers": {104: "Atlantide"}}, "unsure", ("nationality", "missing")),
    "unsure_hours": ({"state": "accepte", "answers": {108: "mi-temps"}}, "unsure", None),
    "unsure_hours_in_instruction": ({"answers": {108: "mi-temps"}}, "unsure", None),
    "street_number": ({"state": "accepte", "answers": {109: ["12 rue de Rivoli, Neuilly"]}}, "unsure", None),
    "warned": ({"state": "accepte", "answers": {108: "55 h/semaine"}}, "noticed", ("hours.count", "hours_above")),
    "warned_in_instruction": ({"answers": {108: "55 h/semaine"}}, "noticed", ("hours.count", "hours_above")),
    "needs_no_permit": ({"answers": {104: "Allemagne"}}, "noticed", ("nationality", "free_movement")),
    "two_contracts": ({"state": "accepte", "answers": {107: "CDD puis CDI"}}, "unsure", ("contract", "missing")),
    "machine_name": (
        {"state": "accepte", "company": "DURAND*EXEMPLE/MARINE /"},
        "unsure",
        ("employer.name", "missing"),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_set_aside_with_its_reason_and_stops_no_other(scene, name):
    changes, aside, problem = BAD[name]
    scene.office.desk = replace(scene.office.desk, accept_warnings=False)
    changes = dict(changes)
    scene.put(1, changes.pop("state", "en_instruction"), **changes)
    scene.put(2)
    scene.put(3, "accepte")
    assert scene.sync().error is None
    scene.work()
    assert scene.request(1).aside == aside and scene.request(1).attestation is None
    if problem:
        assert problem in {(found["field"], found["code"]) for found in scene.request(1).aside_details["problems"]}
    assert scene.request(2).aside is None and scene.request(3).attestation is not None


def test_labels_may_be_edited_and_fields_removed(scene):
    renamed, removed = scene.put(1), scene.put(2)
    for champ in renamed["champs"]:
        champ["label"] = "Nouveau libellé"
    removed["champs"] = [champ for champ in removed["champs"] if champ["champDescriptorId"] != people.champ(106)]
    scene.put(3, "accepte")["champs"].pop(5)
    scene.sync()
    assert scene.request(1).record["job"] and scene.request(1).aside is None
    assert "job" not in scene.request(2).record and scene.request(2).aside is None, (
        "still in instruction: the agent is told what is missing"
    )
    assert scene.request(3).aside == "missing"


def test_a_dossier_from_the_future_is_taken(scene):
    """Another clock than ours: their times are compared with their times alone."""
    scene.put(1, days=-2)
    scene.put(2, days=0)
    assert scene.sync().error is None and scene.request(1).deposited_at == NOW + 2 * DAY
    scene.later(60)
    scene.store.move(scene.store.dossiers[2], "refuse", scene.settings.instructeur, "non")
    assert scene.sync().calls == 1 and scene.request(2).state == "refuse", (
        "what one date says of the future hides no change of today"
    )


def test_hundreds_of_deletions_at_once_are_all_noted(scene):
    for number in range(1, 261):
        scene.put(number)
    scene.sync()
    scene.later(60)
    scene.store.deleted.update({number: scene.clock() for number in range(1, 251)})
    for number in range(1, 251):
        scene.store.dossiers.pop(number)
    assert scene.sync().tally.withdrawn == 250
    assert scene.sync().tally.withdrawn == 0 and requests.count(scene.demarches.engine, requests.Wanted()) == 10


def test_nonsense_instead_of_dossiers(scene):
    scene.put(1)
    for nonsense in (
        {"demarche": None},
        {"demarche": {"dossiers": {"nodes": [None], "pageInfo": {"hasNextPage": False}}}},
        {"demarche": []},
    ):
        scene.server.traffic.faults += [lambda nonsense=nonsense: jsonify(data=nonsense)] * 3
        assert scene.sync().error in (None, "form")
    assert scene.sync().error is None and scene.request(1) is not None


def test_a_mapping_that_changes_reads_everything_again(scene):
    scene.put(1)
    scene.sync()
    path_of(scene.demarches.folder, people.NUMBER).write_text(
        people.MAPPING.replace('kind = "APT"', 'kind = "AT"'), encoding="utf-8"
    )
    os.utime(path_of(scene.demarches.folder, people.NUMBER), (1, 1))
    assert scene.sync(whole=True).tally.changed == 1 and scene.request(1).record["kind"] == "AT"


def test_archives_from_before_the_service_are_taken_in_and_not_signed(scene):
    scene.put(1, "accepte", days=120)
    scene.sync()
    scene.work()
    assert scene.request(1).state == "accepte" and scene.request(1).attestation is None


def test_anomalies_come_up_with_the_synchronisation(both):
    scene = both
    scene.put(1, days=9)
    scene.put(2, "refuse", days=30, archived=True, messages=((None, NOW - DAY),), modified=NOW - DAY)
    twin = {101: "DIALLO", 102: "Awa", 103: "2000-05-17", 201: "2026-04-01", 202: "2026-06-30"}
    for number in (3, 4):
        scene.put(number, siret="81234567800013", answers=twin)
    scene.put(5, siret="81234567800021", answers=twin)
    scene.put(6, siret="81234567800013", answers={**twin, 201: "2026-07-01", 202: "2026-09-30"})
    scene.sync()
    with reading(scene.demarches.engine) as connection:
        found = {request.dossier: set(alerts.of_request(connection, request.id)) for request in scene.all()}
    assert found == {1: {"waiting"}, 2: {"late_message"}, 3: {"twice"}, 4: {"twice"}, 5: set(), 6: set()}
    assert alerts.counts(scene.demarches.engine, ("75",)) == {"waiting": 1, "late_message": 1, "twice": 2}


def test_an_unusual_burst_by_one_agent_is_noted(both):
    scene = both
    for number in range(1, 26):
        scene.put(number, "accepte", days=1, decided=NOW - 1800 + number)
    scene.sync()
    with reading(scene.demarches.engine) as connection:
        bursts = [alerts.of_request(connection, request.id).get("burst") for request in scene.all()]
    assert sum(found is not None for found in bursts) == 6, "from the twentieth on"
    assert next(filter(None, bursts)).details["author"] == scene.agent.author


def test_statistics_see_the_times_of_the_source(scene):
    scene.put(1, "refuse", days=20, decided=NOW - 5 * DAY)
    scene.sync()
    assert scene.request(1).state == "refuse"
    assert requests.handling_seconds(scene.demarches.engine, NOW - 30 * DAY) == [15 * DAY]
    assert registering.reference_of(scene.request(1)) == "DS-1"
