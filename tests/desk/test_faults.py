"""Several processes at once, and processes killed in the middle: nothing answered is lost, nothing is issued twice.

``WIF_FAULT_ROUNDS`` (default 4) is how many times a process is killed.
"""

import os
import random
import time

import pytest

from issuer import registry
from issuer.attestation import status
from issuer.desk import issue, issue_many
from issuer.registry import chain, crosscheck
from tests.support.office import AUTHOR, Office
from tests.support.processes import Running
from tests.support.records import record

ROUNDS = int(os.environ.get("WIF_FAULT_ROUNDS", "4"))
EACH = 100
"""How many each of two processes issues: they meet hundreds of times at the lock."""


def start(*arguments):
    """A worker: address, name, first and last place, and perhaps an act and the folder of publications."""
    return Running("tests.desk.worker", *arguments)


def answers(lines):
    """A worker's lines: (status, number, token in hex)."""
    return [tuple(line.split()) for line in lines]


def test_two_processes_issuing_at_once_share_nothing(engine, address):
    workers = [start(address, name, 0, EACH) for name in ("A", "B")]
    told = [answers(worker.end(120)) for worker in workers]
    assert [worker.process.returncode for worker in workers] == [0, 0]
    numbers = [number for lines in told for _, number, _ in lines]
    assert len(numbers) == len(set(numbers)) == 2 * EACH
    assert registry.list_use(engine) == {1: 2 * EACH} and sum(registry.counts(engine).values()) == 2 * EACH
    assert chain.verify(engine).whole and crosscheck.verify(engine) == ()


def test_two_processes_with_the_same_references_issue_each_once(engine, address):
    workers = [start(address, "SAME", 0, EACH) for _ in range(2)]
    told = [answers(worker.end(120)) for worker in workers]
    assert [worker.process.returncode for worker in workers] == [0, 0]
    assert [line[1:] for line in told[0]] == [line[1:] for line in told[1]], (
        "the same number and token for the same reference"
    )
    statuses = [line[0] for lines in told for line in lines]
    assert statuses.count("issued") == statuses.count("already_issued") == EACH
    assert sum(registry.counts(engine).values()) == EACH


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_killed_process_loses_nothing_it_answered(engine, address, tmp_path, seed, opened):
    worker = start(address, "KILL", 0, 100_000, "suspend", tmp_path / "public")
    worker.until(bool)
    time.sleep(random.Random(seed).uniform(0, 0.7))
    told = answers(worker.kill())
    issued = [line for line in told if line[0] == "issued"]
    assert issued and worker.process.returncode == -9
    check = chain.verify(engine)
    assert check.whole and crosscheck.verify(engine) == ()
    for _, number, token in issued[-60:]:
        assert registry.archived(engine, number).token.hex() == token
    for word, number, _ in told:
        if word == "suspended":
            assert registry.by_number(engine, number).state == "suspended"
    kept = sum(registry.counts(engine).values())
    assert len(issued) <= kept <= len(issued) + 20, "at most the batch whose answers were under way"
    office = Office(opened(address), tmp_path / "public")
    again = list(issue_many(office.desk, (record(reference=f"KILL-{place}") for place in range(kept)), AUTHOR))
    assert all(answer.status == "already_issued" for answer in again)
    assert [answer.token.hex() for answer in again[: len(issued)]] == [token for _, _, token in issued]
    for path in (tmp_path / "public").glob("status-*.cose"):
        status.read(path.read_bytes(), 1)
    assert issue(office.desk, record(), AUTHOR).status == "issued"
    office.publish()
