"""The audit chain: whole while nobody touches it, and every touch is found."""

import itertools
import json
from datetime import datetime
from hashlib import sha256

import pytest
from sqlalchemy import update

from issuer.registry import chain
from issuer.registry.database import write
from issuer.registry.models import Audit

AT = 1_772_452_800


def add(engine, *acts, at=AT, actor="agent-17"):
    return write(engine, lambda connection: chain.append(connection, at, actor, acts))


@pytest.fixture
def trail(engine):
    """Ten entries in three transactions."""
    for first, last in ((0, 4), (4, 5), (5, 10)):
        add(engine, *(chain.Act("issue", str(1_000_000_000 + n), {"n": n, "word": "é"}) for n in range(first, last)))
    return engine


def tamper(engine, *statements):
    with engine.connect().execution_options(wif_write=True) as connection, connection.begin():
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_an_empty_chain_is_whole(engine):
    check = chain.verify(engine)
    assert check.whole and check.entries == 0 and check.head == chain.Head(0, bytes(32))


def test_appended_entries_are_numbered_and_linked(trail):
    check = chain.verify(trail)
    assert check.whole and check.entries == 10
    assert check.head == chain.head(trail)
    rows = list(chain.entries(trail))
    assert [row["seq"] for row in rows] == list(range(1, 11))
    assert all(later["prev"] == earlier["hash"] for earlier, later in itertools.pairwise(rows))


def test_an_exported_trail_can_be_checked_without_this_program(trail):
    prev = bytes(32)
    for line in chain.export(trail):
        entry = json.loads(line)
        at = int(datetime.fromisoformat(entry["at"]).timestamp())
        body = json.dumps(
            [entry["seq"], at, entry["actor"], entry["act"], entry["subject"], entry["details"]],
            sort_keys=True,
            separators=(",", ":"),
        )
        assert entry["prev"] == prev.hex()
        prev = sha256(prev + body.encode("ascii")).digest()
        assert entry["hash"] == prev.hex()
    assert prev == chain.head(trail).hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET at = at + 1 WHERE seq = 4",
        "UPDATE audit SET actor = 'agent-18' WHERE seq = 4",
        "UPDATE audit SET act = 'revoke' WHERE seq = 4",
        "UPDATE audit SET subject = '1000000009' WHERE seq = 4",
        "UPDATE audit SET subject = NULL WHERE seq = 4",
        "UPDATE audit SET details = '{}' WHERE seq = 4",
        'UPDATE audit SET details = \'{"n":3,"word":"e"}\' WHERE seq = 4',
        "UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 9) WHERE seq = 4",
        "UPDATE audit SET actor = 'x' WHERE seq = 10",
        "UPDATE audit SET actor = 'x' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 4",
        "DELETE FROM audit WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 10",
        "DELETE FROM audit",
        "UPDATE chain_head SET seq = 9",
        "UPDATE chain_head SET hash = (SELECT hash FROM audit WHERE seq = 9)",
        "INSERT INTO audit SELECT 11, at, actor, act, subject, details, hash, hash FROM audit WHERE seq = 10",
    ],
)
def test_every_change_by_hand_is_found(trail, statement):
    tamper(trail, statement)
    assert not chain.verify(trail).whole


def forge(engine, seq, actor):
    """Change one entry's actor and make its own hash right again."""
    entry = next(entry for entry in chain.entries(engine) if entry["seq"] == seq)
    hash_ = chain.link(entry["prev"], seq, entry["at"], actor, entry["act"], entry["subject"], entry["details"])
    write(
        engine,
        lambda connection: connection.execute(update(Audit).where(Audit.seq == seq).values(actor=actor, hash=hash_)),
    )


def test_an_entry_changed_with_its_own_hash_is_found_by_the_next(trail):
    forge(trail, 4, "agent-18")
    assert chain.verify(trail).problems == ("entry 5 does not follow entry 4",)


def test_the_last_entry_changed_with_its_own_hash_is_found_by_the_head(trail):
    forge(trail, 10, "agent-18")
    assert not chain.verify(trail).whole


def test_two_swapped_entries_are_found(trail):
    tamper(
        trail,
        "UPDATE audit SET seq = 100 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 100",
    )
    assert not chain.verify(trail).whole


def test_a_tail_cut_with_its_head_is_found_by_the_exported_head(trail):
    exported = chain.head(trail)
    tamper(
        trail,
        "DELETE FROM audit WHERE seq > 8",
        "UPDATE chain_head SET seq = 8, hash = (SELECT hash FROM audit WHERE seq = 8)",
    )
    assert chain.verify(trail).whole, "inside the database alone this cut leaves no trace"
    check = chain.verify(trail, [exported])
    assert check.problems == ("the trail ends at entry 8 but entry 10 was exported as its head: its end was removed",)


def test_a_rewritten_tail_is_found_by_the_exported_head(trail):
    exported = chain.head(trail)
    tamper(
        trail,
        "DELETE FROM audit WHERE seq > 8",
        "UPDATE chain_head SET seq = 8, hash = (SELECT hash FROM audit WHERE seq = 8)",
    )
    add(trail, chain.Act("issue", "1000000099"), chain.Act("issue", "1000000098"), chain.Act("issue", "1000000097"))
    assert chain.verify(trail).whole
    assert not chain.verify(trail, [exported]).whole


def test_earlier_heads_stay_true_while_the_trail_grows(trail):
    heads = [chain.head(trail), chain.Head(0, bytes(32))]
    add(trail, chain.Act("publish"))
    heads.append(chain.head(trail))
    assert chain.verify(trail, heads).whole


def test_nothing_is_appended_when_the_transaction_fails(trail):
    def work(connection):
        chain.append(connection, AT, "agent-17", [chain.Act("issue", "1000000042")])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(trail, work)
    assert chain.verify(trail).entries == 10


@pytest.mark.parametrize("actor", ["", "Anne Martin", "anne@service.example", "é", "-x", "a" * 65, None, 7, "x\n"])
def test_an_author_that_is_no_account_is_refused(engine, actor):
    with pytest.raises(chain.AuditError):
        add(engine, chain.Act("issue"), actor=actor)
    assert chain.head(engine).seq == 0


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"seq": "1", "hash": "0" * 64},
        {"seq": True, "hash": "0" * 64},
        {"seq": 1, "hash": "0" * 63},
        {"seq": -1, "hash": "0" * 64},
    ],
)
def test_an_unreadable_head_is_refused(value):
    with pytest.raises(chain.AuditError):
        chain.Head.from_json(value)


def test_a_head_survives_json(trail):
    head = chain.head(trail)
    assert chain.Head.from_json(json.loads(json.dumps(head.to_json()))) == head
