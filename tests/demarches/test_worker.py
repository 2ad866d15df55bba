"""The worker: one process at a time, nothing written while nothing is due, and what time alone brings about."""

import pytest
from flask import jsonify
from sqlalchemy import create_engine

from issuer.demarches import deciding, worker
from issuer.registry import alerts, outbox, progress, seals
from issuer.registry.database import reading, write
from issuer.registry.faults import RegistryError
from issuer.registry.models import Base

DAY = 86_400


def test_one_process_at_a_time(both):
    scene = both
    scene.put(1)
    assert progress.take_lease(scene.demarches.engine, worker.LEASE, "another", scene.clock(), 180)
    assert worker.turn(scene.demarches, "this", force=True) is None and scene.all() == []
    scene.later(181)
    assert [ran.tally.new for ran in worker.turn(scene.demarches, "this", force=True)] == [1], "a dead one's lease ends"
    assert progress.take_lease(scene.demarches.engine, worker.LEASE, "another", scene.clock(), 180), (
        "and this one gave it back"
    )


def test_an_idle_turn_neither_calls_nor_writes(scene):
    scene.put(1)
    worker.turn(scene.demarches, "this")
    calls = scene.server.traffic.calls
    assert calls == 1 and not worker.is_due(scene.demarches)
    assert worker.turn(scene.demarches, "this") is None and scene.server.traffic.calls == calls
    scene.later(scene.settings.interval)
    assert worker.is_due(scene.demarches)
    worker.turn(scene.demarches, "this")
    assert scene.server.traffic.calls == calls + 1


def test_a_worker_that_is_told_to_stop_goes_on_later(scene):
    scene.settings = scene.demarches.settings = type(scene.settings)(**{**vars(scene.settings), "page": 2})
    for number in range(1, 7):
        scene.put(number)
    worker.turn(scene.demarches, "this", stop=lambda: True)
    assert len(scene.all()) == 2
    scene.later(scene.settings.interval)
    worker.turn(scene.demarches, "this")
    assert len(scene.all()) == 6


def test_time_alone_brings_an_alert_and_a_decision_takes_it_away(scene):
    scene.put(1, days=1)
    worker.turn(scene.demarches, "this")
    assert alerts.counts(scene.demarches.engine, None) == {}
    scene.later(8 * DAY)
    scene.settings = scene.demarches.settings = None
    worker.turn(scene.demarches, "this")
    assert (
        alerts.counts(scene.demarches.engine, ("75",)) == {"waiting": 1}
        and alerts.counts(scene.demarches.engine, ("69",)) == {}
    )


def test_an_anomaly_that_a_person_settled_stays_so_until_it_changes(scene):
    scene.put(1, days=9)
    scene.sync()
    request = scene.request(1)
    assert deciding.settle(scene.demarches, request, "waiting", scene.agent, "checked") and not deciding.settle(
        scene.demarches, request, "waiting", scene.agent, "checked"
    )
    worker.look_for_anomalies(scene.demarches)
    assert alerts.counts(scene.demarches.engine, None) == {}
    found = write(scene.demarches.engine, lambda connection: alerts.of_request(connection, request.id))["waiting"]
    assert found.settled_by == scene.agent.author


def test_a_decision_that_cannot_be_sent_waits_and_is_sent_by_the_worker(scene):
    dossier = scene.put(1)
    scene.sync()
    scene.server.traffic.faults += [lambda: (jsonify(errors=[{"extensions": {"code": "unauthorized"}}]), 401)]
    request = scene.request(1)
    task = deciding.accept(scene.demarches, request, request.revision, "", scene.agent)
    assert (task.error, dossier["state"], outbox.troubled(scene.demarches.engine, 1)) == (
        "unauthorized",
        "en_instruction",
        1,
    )
    scene.later(scene.settings.interval)
    worker.turn(scene.demarches, "this")
    assert dossier["state"] == "accepte" == scene.request(1).state and outbox.troubled(scene.demarches.engine, 1) == 0


@pytest.fixture
def sealed(scene):
    """The same with every row sealed, as in a home."""
    seals.use(scene.demarches.engine, bytes(range(32)))
    write(scene.demarches.engine, seals.seal_everything)
    return scene


def by_hand(scene, table, number, **changed):
    """A row changed without this program."""
    raw = create_engine(scene.demarches.engine.url)
    with raw.begin() as connection:
        table = Base.metadata.tables[table]
        column = table.c.request_id if "request_id" in table.c else table.c.id
        assert connection.execute(table.update().where(column == scene.request(number).id).values(changed)).rowcount
    raw.dispose()


@pytest.mark.parametrize("changed", [{"author": "agent-99"}, {"data": "no JSON"}, {"due_at": 0}, {"kind": "sign"}])
def test_a_task_changed_by_hand_is_never_done_and_stops_none_of_those_behind_it(sealed, changed):
    for number in (1, 2):
        sealed.put(number)
    sealed.sync()
    for number in (1, 2):
        sealed.server.traffic.faults += [lambda: (jsonify(errors=[{"extensions": {"code": "unauthorized"}}]), 401)]
        request = sealed.request(number)
        deciding.accept(sealed.demarches, request, request.revision, "", sealed.agent)
    by_hand(sealed, "request_task", 1, **changed)
    sealed.later(sealed.settings.interval)
    worker.turn(sealed.demarches, "this", force=True)
    states = [sealed.store.dossiers[number]["state"] for number in (1, 2)]
    engine, number = sealed.demarches.engine, sealed.request(1).id
    assert states == ["en_instruction", "accepte"] and outbox.tampered(engine) == 1
    shown = outbox.last_of(engine, number)
    assert (shown.kind, shown.step, shown.author, shown.data) == ("altered", "altered", "", {})
    with pytest.raises(RegistryError) as refused, reading(engine) as connection:
        outbox.open_of(connection, number)
    assert refused.value.code == "tampered"
    assert not worker.is_due(sealed.demarches)


def test_a_request_changed_by_hand_is_left_as_it_is_and_stops_no_synchronisation(sealed):
    for number in (1, 2):
        sealed.put(number, days=9)
    sealed.sync()
    by_hand(sealed, "request", 1, family_name="AUTRE")
    for number in (1, 2):
        sealed.put(number, "accepte", days=1)
    sealed.later(sealed.settings.interval)
    [ran] = worker.turn(sealed.demarches, "this", force=True)
    assert (ran.error, ran.tally.tampered, ran.tally.changed) == (None, 1, 1)
    assert sealed.request(2).state == "accepte"
