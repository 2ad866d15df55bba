"""Processes killed at random moments (SIGKILL) of issuing, revoking, publishing, importing and backing up.

After each kill an independent reader looks: nothing answered is lost or doubled, the chain is whole, no public file is
torn or older than before. ``WIF_FAULT_ROUNDS`` (default 3) is how many times each kind of work is killed on each
database; ``wif bench faults`` kills hundreds.
"""

import json
import os
import sqlite3
import zlib

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature

from tests.faults.killing import KINDS, Killing
from tests.faults.witness import Torn
from tests.support.databases import postgres_database

FOUND = (Torn, cbor2.CBORDecodeError, json.JSONDecodeError, InvalidSignature, AttributeError, zlib.error)
"""What the reader says of a fault: its own word, or that of a library that cannot read or verify what is there."""
ROUNDS = int(os.environ.get("WIF_FAULT_ROUNDS", "3"))


def test_nothing_answered_is_lost_or_doubled(address, tmp_path):
    killing = Killing(tmp_path, address if "://" in address else None)
    for place in range(ROUNDS * len(KINDS)):
        killing.round(KINDS[place % len(KINDS)])
    counts = killing.finish()
    assert counts["killed"] >= counts["rounds"] - counts["killed while import"] - ROUNDS, (
        "nearly all were killed at work, not after it"
    )
    assert counts["answers"] > counts["rounds"] and counts["imports"] == ROUNDS
    if killing.database is None:
        assert killing.restore_a_backup(None) == counts["attestations"]
    else:
        with postgres_database() as empty:
            assert killing.restore_a_backup(empty) == counts["attestations"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        "UPDATE audit SET at = at + 1 WHERE seq = 2",
        "DELETE FROM archive",
        "UPDATE archive SET token = substr(token, 2)",
        "DELETE FROM attestation",
        "UPDATE status_list SET used = used - 1",
    ],
)
def test_the_reader_sees_what_a_fault_would_leave(tmp_path, statement):
    """The reader itself can fail: each of these it must find."""
    killing = Killing(tmp_path, None)
    killing.round("issue")
    with sqlite3.connect(tmp_path / "home" / "wif.sqlite3") as connection:
        connection.execute(statement)
    killing.witness = type(killing.witness)(killing.witness.address, killing.witness.public)
    with pytest.raises(FOUND):
        killing.witness.check()


@pytest.mark.parametrize("name", ["trust.cose", "status-1.cose", "audit-head.json"])
def test_the_reader_sees_a_torn_file(tmp_path, name):
    killing = Killing(tmp_path, None)
    killing.witness.check()
    path = tmp_path / "home" / "public" / name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FOUND):
        killing.witness.check()
