"""Publishers at once, in one folder or on two machines, and clocks that jump: issue times only grow, files are never
torn or older.
"""

import random
import time

import pytest

from issuer import registry
from issuer.desk import Grounds, PublicationRefused, acts, issue
from issuer.registry import chain
from tests.faults.witness import Witness
from tests.support.office import AUTHOR, NOW, STATUS, Office
from tests.support.processes import Running
from tests.support.records import record


def start(address, folder, count, name):
    return Running("tests.faults.publisher", address, folder, count, name)


EACH = 6
"""Publications of each process."""


@pytest.mark.parametrize("folders", [("one", "one"), ("one", "two")], ids=["one folder", "two machines"])
def test_publishers_at_once(engine, address, tmp_path, folders):
    """Two processes issue, revoke and publish; a third reads the files all the while."""
    office = Office(engine, tmp_path / "one")
    for name in set(folders):
        office.folder = tmp_path / name
        office.publish()
    witness, looks = Witness(address, tmp_path / "one"), 0
    processes = [start(address, tmp_path / folder, EACH, f"P{place}") for place, folder in enumerate(folders)]
    while any(process.process.poll() is None for process in processes):
        witness.look_at("status-1.cose", STATUS.public_key)
        looks += 1
        time.sleep(0.002)
    told = [line.split() for process in processes for line in process.end()]
    assert [process.process.returncode for process in processes] == [0, 0] and len(told) == 2 * EACH and looks > 20
    times = [int(line[2]) for line in told]
    assert len(set(times)) == 2 * EACH, "no issue time is used twice"
    recorded = [row[0] for row in witness.rows("SELECT issued_at FROM publication WHERE list_number = 1 ORDER BY id")]
    assert recorded == sorted(set(recorded)) and set(times) <= set(recorded), "in the order of the chain"
    for name in set(folders):
        reader = Witness(address, tmp_path / name)
        reader.check()
        mine = [
            int(line[2])
            for line, folder in zip(told, [folders[0]] * EACH + [folders[1]] * EACH, strict=True)
            if folder == name
        ]
        assert reader.published["status-1.cose"] == max(mine), (
            "each folder ends with the last that was published into it"
        )
    assert all(witness.state(line[1]) == 1 for line in told)


def test_a_clock_that_jumps(engine, tmp_path):
    """Back and forth by minutes and hours: a publication is refused or later than every one before, and issuing goes
    on.
    """
    office, chance, published, refused = Office(engine, tmp_path / "public"), random.Random(7), [], 0
    for place in range(60):
        office.clock.now = NOW + place * 10 + chance.choice((0, 0, 0, -30, -90, -4_000, 200, 7_200))
        issued = issue(office.desk, record(reference=f"C-{place}"), AUTHOR)
        assert issued.status == "issued"
        if place % 3 == 0:
            acts.do(office.desk, "suspend", issued.number, Grounds("CRPA L121-1", "inquiry"), AUTHOR)
        try:
            published.append(office.publish().issued_at)
        except PublicationRefused as error:
            refused += 1
            assert "clock" in str(error)
            assert published[-1] > office.clock.now + 120, "refused only when verifiers would take it for the future"
    assert published == sorted(set(published)) and len(published) > 5 and refused > 5
    assert chain.verify(engine).whole
    office.clock.now = published[-1] + 60
    assert office.publish().issued_at > published[-1], "it mends itself once the time is right"
    Witness(_address(engine), tmp_path / "public").check()


def _address(engine):
    url = engine.url
    return (
        str(url.database)
        if url.get_backend_name() == "sqlite"
        else url.set(drivername="postgresql").render_as_string(hide_password=False)
    )


def test_three_processes_issue_act_and_publish_on_one_database(engine, address, tmp_path):
    """Numbers, places, chain and publications stay unique and in order by the database's constraints and locks."""
    Office(engine, tmp_path / "one").publish()
    issuers = [
        Running("tests.desk.worker", address, name, 0, 60, "suspend", tmp_path / "one")
        for name in ("A", "SAME", "SAME")
    ]
    publisher = start(address, tmp_path / "one", 4, "P")
    told = [process.end(240) for process in (*issuers, publisher)]
    assert [process.process.returncode for process in (*issuers, publisher)] == [0, 0, 0, 0]
    assert sum(registry.counts(engine).values()) == 60 + 60 + 4
    numbers = [line.split()[1] for lines in told[:3] for line in lines if line.startswith("issued ")]
    assert len(numbers) == len(set(numbers)) == 120
    witness = Witness(address, tmp_path / "one")
    witness.check()
    suspended = {line.split()[1] for lines in told[:3] for line in lines if line.startswith("suspended ")}
    assert len(suspended) == 12 and all(witness.state(number) == 2 for number in suspended)
