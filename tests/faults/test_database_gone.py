"""PostgreSQL crashes and comes back while processes issue: said in plain words, nothing answered lost, no restart of
ours needed.
"""

import pytest

from issuer import registry
from issuer.desk import issue
from issuer.registry import RegistryError, chain
from tests.faults.cluster import Cluster
from tests.support.office import AUTHOR, Office
from tests.support.processes import Running
from tests.support.records import record

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


def said_in_plain_words(office, published):
    """Whatever is asked of the office now is refused for want of the database, and what was published stays."""
    before = published.read_bytes()
    for act in (
        lambda: issue(office.desk, record(reference="B"), AUTHOR),
        office.publish,
        lambda: registry.counts(office.engine),
    ):
        with pytest.raises(RegistryError) as refused:
            act()
        assert refused.value.code == "unreachable" and "does not answer" in str(refused.value)
    assert published.read_bytes() == before


def test_gone_and_back(cluster, tmp_path, opened):
    """Two crashes and one orderly stop under a process that issues without pause and asks again when it is refused."""
    office = Office(opened(cluster.address), tmp_path / "public")
    first = issue(office.desk, record(reference="A"), AUTHOR)
    office.publish()
    with Running("tests.faults.insistent", cluster.address, 600) as worker:
        worker.until(lambda lines: len(lines) >= 5)
        for mode in ("immediate", "fast", "immediate"):
            cluster.stop(mode)
            before = len([line for line in worker.lines if line.startswith("refused ")])
            if mode == "fast":
                said_in_plain_words(office, tmp_path / "public" / "status-1.cose")
            worker.until(lambda lines: len([line for line in lines if line.startswith("refused ")]) > before)
            cluster.start()
            assert issue(office.desk, record(reference=f"B-{mode}"), AUTHOR).status in ("issued", "already_issued"), (
                "the same process goes on"
            )
        told = worker.end(120)
    assert worker.process.returncode == 0
    answers = dict(line.split()[1:] for line in told if line.startswith("issued "))
    refusals = [line for line in told if line.startswith("refused ")]
    assert (
        len(answers) == 600
        and refusals
        and all(line.split()[1] in ("unreachable", "locked", "conflict") for line in refusals)
    ), refusals
    engine = opened(cluster.address)
    for reference, number in answers.items():
        assert str(registry.by_reference(engine, reference).number) == number
    assert sum(registry.counts(engine).values()) == 603 and chain.verify(engine).whole
    assert issue(office.desk, record(reference="A"), AUTHOR).token == first.token
    assert office.publish().issued_at > 0
