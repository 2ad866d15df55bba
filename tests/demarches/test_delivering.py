"""One decision, one attestation, one file there: also when the other side fails, answers late, or when this one is
killed in the middle.
"""

import os
import random
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from flask import Response, jsonify

from issuer.attestation.problems import Problem
from issuer.demarches import closing, deciding, delivering, doubts
from issuer.desk import Grounds, acts
from issuer.desk.errors import NoSigner
from issuer.registry import alerts, archived, chain, crosscheck, outbox, queries, requests
from issuer.registry.database import reading
from tests.support.processes import TOP, Running

ROUNDS = int(os.environ.get("WIF_FAULT_ROUNDS", "3"))


def accept(scene, dossier=1, motivation=""):
    request = scene.request(dossier)
    return deciding.accept(scene.demarches, request, request.revision, motivation, scene.agent)


def files(dossier):
    """Every file that the usager of a dossier has got from the service."""
    given = dossier.get("motivationAttachment")
    return ([given["filename"]] if given else []) + [
        file["filename"] for message in dossier["messages"] for file in message["attachments"]
    ]


def test_the_agent_decides_once(both):
    scene = both
    dossier = scene.put(1)
    scene.sync()
    task = accept(scene, motivation="Dossier complet.")
    request = scene.request(1)
    assert (task.step, request.state, request.awaited_from, request.decided_by) == (
        "done",
        "accepte",
        "personne",
        scene.agent.author,
    )
    assert dossier["state"] == "accepte" and dossier["motivation"] == "Dossier complet."
    assert files(dossier) == [f"attestation-{request.attestation}.pdf"]
    assert scene.verdict(request.attestation) in ("valid", "not_yet_valid")
    assert [line.what for line in requests.history(scene.demarches.engine, request.id)][-2:] == ["attested", "accepte"]
    scene.sync()
    assert scene.work() == 0 and files(dossier) == [f"attestation-{request.attestation}.pdf"]


def test_accepted_at_the_source_the_paper_goes_by_message(both):
    scene = both
    dossier = scene.put(1, "accepte")
    scene.sync()
    scene.work()
    request = scene.request(1)
    assert (
        files(dossier) == [f"attestation-{request.attestation}.pdf"]
        and str(request.attestation) in dossier["messages"][0]["body"]
    )
    annex = queries.archived(scene.demarches.engine, request.attestation).annex
    assert annex["signatory"]["family_name"] == "Exemple", "signed in the name of the instructeur who decided"
    scene.sync()
    scene.work()
    assert len(files(dossier)) == 1


def test_an_answer_that_was_lost_is_found_out_and_nothing_is_sent_twice(scene):
    """Both acts that may not be done twice: done there, the answer lost, looked for before they are sent again."""
    first, second = scene.put(1), scene.put(2, "accepte")
    scene.sync()
    lost = lambda act: lambda: (act(), Response("", 504))[1]

    def accept_there():
        scene.store.move(first, "accepte", scene.settings.instructeur, "", blob(first))

    def blob(dossier):
        return next(name for name, kept in scene.store.blobs.items() if kept["filename"].startswith("attestation"))

    scene.server.traffic.faults += [lambda: None] * 3 + [lost(accept_there)]
    assert accept(scene).error == "uncertain" and first["state"] == "accepte"
    assert scene.request(1).state == "en_instruction", "nobody knows yet"
    scene.later(delivering.CLAIM + 60)
    scene.work()
    assert scene.request(1).state == "accepte" and len(files(first)) == 1
    assert len(files(second)) == 1
    scene.sync()
    scene.work()
    assert len(files(first)) == len(files(second)) == 1


@pytest.mark.parametrize("step", range(5))
def test_a_fault_at_any_call_is_made_good(scene, step):
    dossier = scene.put(1)
    scene.sync()
    scene.server.traffic.faults += [lambda: None] * step + [
        lambda: (jsonify(errors=[{"extensions": {"code": "forbidden"}}]), 200)
    ]
    accept(scene)
    for _ in range(4):
        scene.later(4000)
        scene.sync()
        scene.work()
    request = scene.request(1)
    assert request.state == "accepte" and files(dossier) == [f"attestation-{request.attestation}.pdf"]
    assert sum(queries.counts(scene.demarches.engine).values()) == 1


def test_a_dossier_decided_otherwise_meanwhile_gets_no_attestation(scene):
    dossier = scene.put(1)
    scene.sync()
    scene.store.move(dossier, "refuse", scene.settings.instructeur, "non")
    task = accept(scene)
    assert (task.step, task.error) == ("failed", "state_changed")
    assert sum(queries.counts(scene.demarches.engine).values()) == 0
    scene.sync()
    assert scene.request(1).state == "refuse"


def test_a_double_click_decides_once(scene):
    scene.put(1)
    scene.sync()
    request = scene.request(1)
    deciding.accept(scene.demarches, request, request.revision, "", scene.agent)
    with pytest.raises(deciding.DecisionRefused) as refused:
        deciding.accept(scene.demarches, request, request.revision, "", scene.agent)
    assert refused.value.code == "changed"
    assert sum(queries.counts(scene.demarches.engine).values()) == 1


def test_put_back_in_instruction_it_alerts_and_a_person_suspends(both):
    scene = both
    dossier = scene.put(1)
    scene.sync()
    accept(scene)
    number = scene.request(1).attestation
    scene.later(60)
    scene.store.move(dossier, "en_instruction", scene.settings.instructeur)
    scene.sync()
    assert set(alerts.counts(scene.demarches.engine, ("75",))) == {"reopened"}
    assert queries.by_number(scene.demarches.engine, number).state == "valid", "a person decides"
    acts.do(scene.office.desk, "suspend", number, Grounds("CRPA, article L121-1", "inquiry"), scene.agent.author)
    assert scene.verdict(number) in ("suspended", "not_yet_valid")
    scene.later(60)
    scene.store.move(dossier, "accepte", scene.settings.instructeur)
    scene.sync()
    scene.work()
    assert set(alerts.counts(scene.demarches.engine, ("75",))) == {"accepted_after"}
    assert scene.request(1).attestation == number and sum(queries.counts(scene.demarches.engine).values()) == 1, (
        "no second attestation"
    )


def test_a_correction_lets_an_accepted_dossier_go_its_way(both):
    scene = both
    dossier = scene.put(1, "accepte", siret="81234567800014")
    scene.sync()
    scene.work()
    request = scene.request(1)
    assert request.aside == "unreadable" and not files(dossier)
    deciding.correct(scene.demarches, request, request.revision, {"employer.siret": "81234567800013"}, scene.agent)
    scene.work()
    assert len(files(dossier)) == 1
    claims = queries.archived(scene.demarches.engine, scene.request(1).attestation).claims.to_json()
    assert claims["employer"]["siret"] == "81234567800013"
    scene.store.touch(dossier)
    scene.sync()
    assert scene.request(1).employer_siret == "81234567800013", "a correction stays over what the source tells"


def test_without_demarches_simplifiees_the_same_decisions(both):
    scene = both
    record = {
        "kind": "APT",
        "family_name": "SOW",
        "birth_date": "2000",
        "nationality": "MLI",
        "employer": {"name": "EXEMPLE"},
        "job": "Serveur",
        "contract": "CDD",
        "department": "75",
        "valid_from": "2026-04-01",
        "valid_until": "2026-09-30",
    }
    scene.demarches.settings, scene.demarches.connect = None, None
    one = deciding.enter(scene.demarches, "import", record, scene.agent, "R-1", "sow@courriel.example")
    assert deciding.enter(scene.demarches, "import", record, scene.agent, "R-1").id == one.id
    with pytest.raises(deciding.DecisionRefused, match="reference"):
        deciding.enter(scene.demarches, "import", {**record, "job": "x"}, scene.agent, "R-1")
    bad = deciding.enter(scene.demarches, "form", {**record, "contract": "CDDD"}, scene.agent)
    assert bad.aside == "unreadable"
    with pytest.raises(deciding.DecisionRefused) as refused:
        deciding.accept(scene.demarches, bad, bad.revision, "", scene.agent)
    assert refused.value.code == "problems"
    assert deciding.accept(scene.demarches, one, one.revision, "", scene.agent).step == "done"
    assert scene.verdict(requests.by_id(scene.demarches.engine, one.id).attestation) == "not_yet_valid"
    given = closing.Closing("refuse", "other", "Code du travail", "Non.")
    assert deciding.close(scene.demarches, bad, bad.revision, given, b"%PDF", "", scene.agent) is None
    assert requests.by_id(scene.demarches.engine, bad.id).state == "refuse"
    assert chain.verify(scene.demarches.engine).whole


def test_what_the_desk_refuses_is_set_aside(scene):
    def nobody(department, now):
        raise NoSigner("none")

    scene.put(1)
    scene.sync()
    able = scene.office.desk
    scene.office.desk = replace(able, signers=nobody)
    task = accept(scene)
    assert (task.step, task.error, scene.request(1).aside) == ("failed", "desk", "desk")
    assert scene.request(1).aside_details["problems"][0]["code"] == Problem("department", "no_signer").code
    scene.office.desk = able
    accept(scene)
    assert scene.request(1).state == "accepte"


def test_a_person_asking_twice_is_set_aside_before_anybody_decides_and_signed_once_confirmed(scene):
    scene.office.desk = replace(scene.office.desk, accept_warnings=False)
    same = {
        "answers": {101: "JUMELLE", 102: "Awa", 103: "1999-05-04", 104: "Sénégal", 201: "2026-10-01", 202: "2027-03-01"}
    }
    same |= {"siret": "81234567800013", "company": "SOCIÉTÉ EXEMPLE SAS"}
    scene.put(1, **same)
    scene.sync()
    accept(scene)
    scene.put(2, **same)
    scene.sync()
    second = scene.request(2)
    assert second.aside == "noticed" and second.state == "en_instruction"
    ((_, told),) = doubts.aside(scene.demarches.engine)
    assert [one["field"] for one in told] == ["record"]
    with pytest.raises(deciding.DecisionRefused, match="warnings"):
        accept(scene, 2)
    number = f"{scene.request(1).attestation:010}"
    key = f"record:twin:{number[:3]} {number[3:6]} {number[6:]}"
    deciding.accept(scene.demarches, second, second.revision, "", scene.agent, [key])
    assert scene.request(2).attestation and scene.request(2).aside is None


def test_nobody_without_an_instructeur_decides(scene):
    scene.put(1)
    scene.sync()
    scene.demarches.settings = type(scene.settings)(**{**vars(scene.settings), "instructeur": "", "instructeurs": ()})
    with pytest.raises(deciding.DecisionRefused) as refused:
        accept(scene)
    assert refused.value.code == "instructeur"


@pytest.mark.parametrize("seed", [7])
def test_killed_again_and_again_no_dossier_gets_two_papers_and_none_is_forgotten(both, address, tmp_path, seed):
    """Half accepted there, half decided here; the process is killed at random moments, also between an act and its
    answer.
    """
    scene = both
    chance = random.Random(seed)
    here = [scene.put(number) for number in range(1, 9)]
    there = [scene.put(number, "accepte", days=1) for number in range(11, 19)]
    scene.sync()
    for dossier in here:
        request = scene.request(dossier["number"])
        scene.demarches.connect = lambda: (_ for _ in ()).throw(delivering.DemarchesError("unreachable"))
        deciding.accept(scene.demarches, request, request.revision, "", scene.agent)
    scene.server.traffic.delay = 0.03
    began = time.time()
    command = [sys.executable, "-m", "tests.demarches.worker", address, str(tmp_path), scene.server.address, str(began)]
    for _ in range(ROUNDS):
        with Running(command=command) as worker:
            worker.until(lambda lines: lines[:1] == ["ready"])
            time.sleep(chance.uniform(0.05, 0.9))
    subprocess.run([*command, "end"], cwd=TOP, check=True, timeout=240, stdout=subprocess.DEVNULL)
    for dossier in here + there:
        request = scene.request(dossier["number"])
        assert dossier["state"] == "accepte" == request.state
        assert files(dossier) == [f"attestation-{request.attestation}.pdf"]
    assert sum(queries.counts(scene.demarches.engine).values()) == 16
    assert chain.verify(scene.demarches.engine).whole and crosscheck.verify(scene.demarches.engine) == ()
    with reading(scene.demarches.engine) as connection:
        assert all(outbox.open_of(connection, scene.request(dossier["number"]).id) is None for dossier in here + there)


def unreachable():
    raise delivering.DemarchesError("unreachable")


def test_what_is_changed_between_the_decision_and_the_signature_is_decided_anew(scene):
    """By the usager at the source, or by an agent here, while Démarches simplifiées does not answer."""
    for number in (1, 2, 3):
        scene.put(number)
    scene.sync()
    there = scene.demarches.connect
    scene.demarches.connect = unreachable
    for number in (1, 2, 3):
        accept(scene, number)
    request = scene.request(1)
    deciding.correct(scene.demarches, request, request.revision, {"workplaces": ["13"]}, scene.agent)
    scene.demarches.connect = there
    scene.put(2, days=1, answers={106: "Pâtissier"})
    scene.later(scene.settings.interval)
    scene.sync()
    while scene.work():
        scene.later(3600)
    assert [bool(scene.request(number).attestation) for number in (1, 2, 3)] == [False, False, True]
    assert [scene.store.dossiers[number]["state"] for number in (1, 2, 3)] == ["en_instruction"] * 2 + ["accepte"]
    for number in (1, 2):
        request = scene.request(number)
        task = outbox.last_of(scene.demarches.engine, request.id)
        assert (task.step, task.error, request.awaited, request.decided_by) == ("failed", "changed", "examen", None)
        accept(scene, number)
    made = [archived(scene.demarches.engine, scene.request(number).attestation).claims.to_json() for number in (1, 2)]
    assert made[0]["workplaces"] == ["13"] and made[1]["job"] == "Pâtissier"


def test_accepted_at_the_source_and_corrected_before_it_is_signed_the_paper_says_the_correction(scene):
    scene.put(1, "accepte", days=1)
    scene.sync()
    request = scene.request(1)
    deciding.correct(scene.demarches, request, request.revision, {"workplaces": ["13"]}, scene.agent)
    while scene.work():
        scene.later(3600)
    made = archived(scene.demarches.engine, scene.request(1).attestation).claims.to_json()
    assert made["workplaces"] == ["13"] and len(files(scene.store.dossiers[1])) == 1
