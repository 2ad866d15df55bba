"""A refusal, a closing, a question to the usager: one decision and one letter there, whatever fails or is killed."""

import base64
import os
import random
import subprocess
import sys
import time
from datetime import date

import pytest
from flask import Response, jsonify

from issuer.demarches import closing, deciding, delivering
from issuer.demarches.errors import DemarchesError
from issuer.documents.letter import print_letter
from issuer.registry import chain, letters, outbox, requests
from issuer.registry.database import reading
from tests.support.processes import TOP, Running

ROUNDS = int(os.environ.get("WIF_FAULT_ROUNDS", "3"))
REFUSAL = closing.Closing(
    "refuse",
    "pay",
    "Code du travail, article R5221-20, 4°",
    "La rémunération est inférieure au minimum.\nElle ne suffit pas.",
)
CLOSED = closing.Closing("sans_suite", "incomplete", "CRPA, article L114-5", "Le contrat signé n'est jamais arrivé.")


def give(scene, given, dossier=1):
    """Decide as the page does; the task and the letter's bytes."""
    request = scene.request(dossier)
    signatory = scene.agent.signatory().to_json()
    letter = closing.letter(request, request.record, given, signatory, "Préfecture d'Exemple", date(2026, 3, 2), True)
    pdf = print_letter(letter)
    task = deciding.close(
        scene.demarches, request, request.revision, given, pdf, closing.motivation(letter), scene.agent
    )
    return task, pdf


def ask(scene, dossier=1, back=False, words="Joignez le contrat signé."):
    request = scene.request(dossier)
    return deciding.ask(scene.demarches, request, request.revision, words, back, scene.agent)


def decisions(dossier):
    """How often a dossier was decided there."""
    return [step["state"] for step in dossier["traitements"] if step["state"] in ("accepte", "refuse", "sans_suite")]


def test_what_the_usager_mends_before_the_refusal_leaves_is_looked_at_again(scene):
    """The reason may be gone: no letter is sent about a dossier that says something else by now."""
    dossier = scene.put(1)
    scene.sync()
    there = scene.demarches.connect

    def unreachable():
        raise DemarchesError("unreachable")

    scene.demarches.connect = unreachable
    give(scene, REFUSAL)
    scene.demarches.connect = there
    dossier = scene.put(1, days=1, answers={106: "Pâtissier"})
    scene.later(scene.settings.interval)
    scene.sync()
    while scene.work():
        scene.later(3600)
    request = scene.request(1)
    task = outbox.last_of(scene.demarches.engine, request.id)
    assert (task.step, task.error, request.state, request.decided_by) == ("failed", "changed", "en_instruction", None)
    assert decisions(dossier) == []
    give(scene, REFUSAL)
    assert decisions(dossier) == ["refuse"] and scene.request(1).state == "refuse"


@pytest.mark.parametrize("given", [REFUSAL, CLOSED], ids=lambda given: given.state)
def test_one_decision_there_with_the_letter_that_is_kept_here(both, given):
    scene = both
    dossier = scene.put(1)
    scene.sync()
    task, pdf = give(scene, given)
    request = scene.request(1)
    assert (task.step, request.state, request.awaited, request.decided_by) == (
        "done",
        given.state,
        "rien",
        scene.agent.author,
    )
    assert decisions(dossier) == [given.state]
    assert given.words.split("\n")[0] in dossier["motivation"] and "deux mois" in dossier["motivation"]
    assert given.legal_basis in dossier["motivation"] and "R421-1" in dossier["motivation"]
    there = scene.store.blobs[dossier["motivationAttachment"]["blob"]]
    assert base64.b64decode(there["data"]) == pdf
    (kept,) = letters.of_request(scene.demarches.engine, request.id)
    with reading(scene.demarches.engine) as connection:
        assert letters.pdf_of(connection, kept.id, request.id) == pdf and kept.sent_at
        assert letters.pdf_of(connection, kept.id, request.id + 1) is None
    scene.sync()
    assert scene.work() == 0 and decisions(dossier) == [given.state]
    assert [line.what for line in requests.history(scene.demarches.engine, request.id)].count(given.state) == 1
    assert chain.verify(scene.demarches.engine).whole


def test_the_letter_says_reasons_and_ways_of_appeal_to_another_reader(scene, tmp_path):
    scene.put(1)
    scene.sync()
    _task, pdf = give(scene, REFUSAL)
    (tmp_path / "letter.pdf").write_bytes(pdf)
    read = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "letter.pdf"), "-"], capture_output=True, check=True, text=True
    ).stdout
    words = " ".join(read.split())
    for part in ("La rémunération est inférieure au minimum.", "R5221-20, 4°", "deux mois", "telerecours", "R421-1"):
        assert part in words, part
    info = subprocess.run(["pdfinfo", str(tmp_path / "letter.pdf")], capture_output=True, check=True, text=True).stdout
    assert "Tagged:          yes" in info


@pytest.mark.parametrize("step", range(5))
def test_a_fault_at_any_call_is_made_good(scene, step):
    dossier = scene.put(1)
    scene.sync()
    scene.server.traffic.faults += [lambda: None] * step + [
        lambda: (jsonify(errors=[{"extensions": {"code": "forbidden"}}]), 200)
    ]
    give(scene, REFUSAL)
    for _ in range(4):
        scene.later(4000)
        scene.sync()
        scene.work()
    assert scene.request(1).state == "refuse" and decisions(dossier) == ["refuse"]


def test_a_lost_answer_is_found_out_and_nothing_is_decided_or_said_twice(scene):
    first, second = scene.put(1), scene.put(2)
    scene.sync()
    lost = lambda act: lambda: (act(), Response("", 504))[1]
    blob = lambda: next(name for name, kept in scene.store.blobs.items() if kept["filename"].startswith("decision-"))
    scene.server.traffic.faults += [lambda: None] * 3 + [
        lost(lambda: scene.store.move(first, "refuse", scene.settings.instructeur, "non", blob()))
    ]
    assert give(scene, REFUSAL)[0].error == "uncertain" and scene.request(1).state == "en_instruction"
    said = []
    scene.server.traffic.faults += [
        lambda: None,
        lost(lambda: said.append(scene.store.message(second, scene.settings.instructeur, body(), None))),
    ]

    def body():
        with reading(scene.demarches.engine) as connection:
            task = outbox.open_of(connection, scene.request(2).id)
        return f"{task.data['body']}\n\n{delivering.mark(task)}"

    assert ask(scene, 2).error == "uncertain" and len(said) == 1
    scene.later(delivering.CLAIM + 60)
    scene.work()
    assert scene.request(1).state == "refuse" and decisions(first) == ["refuse"]
    assert len(second["messages"]) == 1 and scene.request(2).awaited == "reponse"


def test_decided_otherwise_there_meanwhile_nothing_is_sent(scene):
    dossier = scene.put(1)
    scene.sync()
    scene.store.move(dossier, "sans_suite", scene.settings.instructeur, "classé là-bas")
    task, _pdf = give(scene, REFUSAL)
    assert (task.step, task.error) == ("failed", "state_changed") and decisions(dossier) == ["sans_suite"]
    scene.sync()
    assert scene.request(1).state == "sans_suite"
    (kept,) = letters.of_request(scene.demarches.engine, scene.request(1).id)
    assert kept.sent_at is None


def test_a_double_click_decides_and_asks_once(scene):
    first, second = scene.put(1), scene.put(2)
    scene.sync()
    request, other = scene.request(1), scene.request(2)
    for _ in range(2):
        try:
            deciding.close(scene.demarches, request, request.revision, CLOSED, b"%PDF", "non", scene.agent)
            deciding.ask(scene.demarches, other, other.revision, "Quelle pièce ?", False, scene.agent)
        except deciding.DecisionRefused as refused:
            assert refused.code == "changed"
    assert decisions(first) == ["sans_suite"] and len(second["messages"]) == 1


def test_only_what_is_in_instruction_is_decided_and_only_by_who_may(scene):
    scene.put(1, "en_construction")
    scene.put(2, "accepte")
    scene.sync()
    for dossier in (1, 2):
        with pytest.raises(deciding.DecisionRefused) as refused:
            give(scene, REFUSAL, dossier)
        assert refused.value.code == "state"
    assert letters.of_request(scene.demarches.engine, scene.request(1).id) == []


def test_a_piece_is_asked_for_and_the_dossier_goes_back_for_it(both):
    scene = both
    dossier = scene.put(1)
    scene.sync()
    assert ask(scene, back=True).step == "done"
    (message,) = dossier["messages"]
    assert message["body"].startswith("Joignez le contrat signé.") and message["correction"]["reason"] == "incomplete"
    assert dossier["state"] == "en_construction"
    scene.sync()
    request = scene.request(1)
    assert (request.state, request.awaited_from, request.awaited) == ("en_construction", "usager", "reponse")


def test_killed_again_and_again_each_is_decided_and_asked_once(both, address, tmp_path):
    """Refused, closed and asked; the process is killed at random moments, also between an act and its answer."""
    scene, chance = both, random.Random(11)
    closed = [scene.put(number) for number in range(1, 7)]
    asked = [scene.put(number) for number in range(11, 15)]
    scene.sync()
    scene.demarches.connect = lambda: (_ for _ in ()).throw(DemarchesError("unreachable"))
    for place, dossier in enumerate(closed):
        give(scene, (REFUSAL, CLOSED)[place % 2], dossier["number"])
    for dossier in asked:
        ask(scene, dossier["number"])
    scene.server.traffic.delay = 0.03
    command = [
        sys.executable,
        "-m",
        "tests.demarches.worker",
        address,
        str(tmp_path),
        scene.server.address,
        str(time.time()),
    ]
    for _ in range(ROUNDS):
        with Running(command=command) as worker:
            worker.until(lambda lines: lines[:1] == ["ready"])
            time.sleep(chance.uniform(0.05, 0.7))
    subprocess.run([*command, "end"], cwd=TOP, check=True, timeout=240, stdout=subprocess.DEVNULL)
    for place, dossier in enumerate(closed):
        state = ("refuse", "sans_suite")[place % 2]
        assert decisions(dossier) == [state] and scene.request(dossier["number"]).state == state
        (kept,) = letters.of_request(scene.demarches.engine, scene.request(dossier["number"]).id)
        assert kept.sent_at and dossier["motivationAttachment"]["filename"].endswith(f"-{kept.id}.pdf")
    for dossier in asked:
        assert len(dossier["messages"]) == 1
    assert chain.verify(scene.demarches.engine).whole
