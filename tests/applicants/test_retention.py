"""Erasing the personal data of requests: nothing of the person stays, what statistics count does."""

import json
import time

from sqlalchemy import func, select, text

from issuer.accounts.throttles import Limit, Throttles
from issuer.registry import chain, request_retention, request_tallies
from issuer.registry.account_tables import Throttle
from issuer.registry.database import reading, write
from issuer.registry.request_tables import Request, RequestTask
from tests.support.agency import Agency
from tests.support.console import Wif
from tests.support.requests import DAY, add

NOW = 1_772_452_800
PERSONAL = ("NGUYEN", "Mai", "1996-03-14", "usager.example", "EXEMPLE", "81234567800013", "Passeport", "35 h")


def task(engine, request_id, done_at):
    values = {
        "request_id": request_id,
        "kind": "accept",
        "step": "done",
        "data": json.dumps({"family_name": "NGUYEN"}),
        "author": "agent-1",
        "attempts": 1,
        "due_at": NOW,
        "created_at": NOW,
        "done_at": done_at,
        "round": 1,
    }
    write(engine, lambda connection: connection.execute(RequestTask.__table__.insert().values(**values)))


def everything(engine):
    with reading(engine) as connection:
        return "\n".join(
            str(row)
            for table in ("request", "request_task", "request_event")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        )


def test_what_was_decided_long_ago_is_erased_and_still_counted(engine):
    old = add(engine, NOW - 900 * DAY, state="accepte", decided_at=NOW - 800 * DAY, dossier=1)
    task(engine, old, NOW - 800 * DAY)
    assert any(word in everything(engine) for word in PERSONAL)
    before = NOW - 730 * DAY
    assert request_retention.count_due(engine, before) == 1
    assert request_retention.anonymise(engine, before, NOW, "test") == 1
    assert [word for word in PERSONAL if word in everything(engine)] == []
    counts, durations = request_tallies.tallies(engine, [("x", 0, NOW)])
    assert [(one.department, one.state, one.count) for one in counts] == [("75", "accepte", 1)] and len(durations) == 1
    assert request_retention.anonymise(engine, before, NOW, "test") == 0
    assert chain.verify(engine).whole


def test_what_is_recent_under_way_or_still_to_be_sent_stays(sqlite_engine):
    engine = sqlite_engine
    add(engine, NOW - 900 * DAY, state="accepte", decided_at=NOW - 10 * DAY)
    add(engine, NOW - 900 * DAY, state="en_instruction", modified_at=NOW - 20 * DAY)
    add(engine, NOW - 900 * DAY, state="accepte", decided_at=NOW - 800 * DAY, last_message_at=NOW - 3 * DAY)
    task(engine, add(engine, NOW - 900 * DAY, state="accepte", decided_at=NOW - 800 * DAY), None)
    forgotten = add(engine, NOW - 900 * DAY, state="en_construction", modified_at=NOW - 800 * DAY)
    withdrawn = add(engine, NOW - 900 * DAY, withdrawn_at=NOW - 800 * DAY)
    assert request_retention.anonymise(engine, NOW - 730 * DAY, NOW, "test") == 2
    with reading(engine) as connection:
        assert set(connection.scalars(select(Request.id).where(Request.anonymised_at.is_not(None)))) == {
            forgotten,
            withdrawn,
        }


def test_the_command_erases_requests_and_drops_the_counters_of_tries(tmp_path):
    made, now = Agency(tmp_path, web="keep_request_months = 12"), int(time.time())
    add(made.home.engine, now - 500 * DAY, state="accepte", decided_at=now - 450 * DAY)
    for key, at in (("a", now - 3 * DAY), ("b", now)):
        Throttles(made.home.engine, lambda at=at: at).reserve({key * 64: Limit(5, 60, 60, 60)})
    wif = Wif(made.path)
    counted = wif("retention", "--dry-run").rows[0]
    assert (counted["request_months"], counted["requests_due"]) == (12, 1)
    assert wif("retention").rows[0]["requests_anonymised"] == 1
    assert [word for word in PERSONAL if word in everything(made.home.engine)] == []
    with reading(made.home.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Throttle)) == 1
