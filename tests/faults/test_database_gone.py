"""PostgreSQL crashes and comes back while processes issue: said in plain words, nothing answered lost, no restart of ours needed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from issuer import registry
from issuer.registry import RegistryError, chain
from tests.desk.office import AUTHOR, Office, record
from tests.faults.cluster import Cluster

TOP = Path(__file__).parents[2]
pytestmark = pytest.mark.postgres


@pytest.fixture
def cluster():
    """A server of this test's own, with the tables."""
    made = Cluster()
    try:
        engine = registry.open_registry(made.address)
        registry.migrate(engine)
        engine.dispose()
        yield made
    finally:
        made.remove()


def test_gone_and_back(cluster, tmp_path):
    """Two crashes and one orderly stop under a process that issues without pause and asks again when it is refused."""
    office = Office(registry.open_registry(cluster.address), tmp_path / "public")
    first = office.desk.issue(record(reference="A"), AUTHOR)
    office.publish()
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.insistent", cluster.address, "600"],
        cwd=TOP,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    told = [worker.stdout.readline() for _ in range(5)]
    for mode in ("immediate", "fast", "immediate"):
        cluster.stop(mode)
        if mode == "fast":
            before = (tmp_path / "public" / "status-1.cose").read_bytes()
            for act in (
                lambda: office.desk.issue(record(reference="B"), AUTHOR),
                office.publish,
                lambda: registry.counts(office.engine),
            ):
                with pytest.raises(RegistryError) as refused:
                    act()
                assert refused.value.code == "unreachable" and "does not answer" in str(refused.value)
            assert (tmp_path / "public" / "status-1.cose").read_bytes() == before
        time.sleep(0.2)
        cluster.start()
        assert office.desk.issue(record(reference=f"B-{mode}"), AUTHOR).status in ("issued", "already_issued"), (
            "the same process goes on"
        )
    told += worker.communicate(timeout=120)[0].splitlines()
    assert worker.returncode == 0
    answers = dict(line.split()[1:] for line in told if line.startswith("issued "))
    refusals = [line for line in told if line.startswith("refused ")]
    assert (
        len(answers) == 600
        and refusals
        and all(line.split()[1] in ("unreachable", "locked", "conflict") for line in refusals)
    ), refusals
    engine = registry.open_registry(cluster.address)
    for reference, number in answers.items():
        assert str(registry.by_reference(engine, reference).number) == number
    assert sum(registry.counts(engine).values()) == 603 and chain.verify(engine).whole
    assert office.desk.issue(record(reference="A"), AUTHOR).token == first.token
    assert office.publish().issued_at > 0
