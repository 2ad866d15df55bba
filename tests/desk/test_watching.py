"""The monitor on another machine: a fork, a rollback and foreign lists shown to it, and what it keeps."""

import json
import shutil
from dataclasses import replace

import pytest

from issuer import registry
from issuer.desk import issue_many, watching
from keys.roots import RootSet
from keys.signer import SeedSigner
from keys.trust_content import TrustedKey
from tests.support.office import AUTHOR, DAY, NOW, ROOT, STATUS, Office
from tests.support.records import record

RECEIPT = SeedSigner(bytes([4]) * 32)
URL = "https://verif.example/"
PINNED = RootSet(1, (ROOT.public_key,))


class Service:
    """An office with a log, published below an address."""

    def __init__(self, folder):
        engine = registry.open_registry(f"sqlite:///{folder}.sqlite3")
        registry.migrate(engine)
        self.office = Office(engine, folder)
        window = (NOW - 500 * DAY, NOW + 4000 * DAY)
        receipt = TrustedKey(RECEIPT.kid, RECEIPT.public_key, 3, *window, 1, "DREETS d'essai")
        self.office.content = replace(self.office.content, keys=(*self.office.content.keys, receipt))
        self.issued = 0

    def grow(self, count):
        rows = [record(reference=f"{self.office.folder.name}-{self.issued + place}") for place in range(count)]
        list(issue_many(self.office.desk, rows, AUTHOR))
        self.issued += count
        self.office.content = replace(self.office.content, version=self.office.content.version + 1)
        self.office.publish(lambda kid: RECEIPT if kid == RECEIPT.kid else STATUS)


def look(folder, keep, pinned=PINNED):
    def get(address):
        path = folder / address.removeprefix(URL)
        if not path.is_file():
            raise OSError(f"{address} answered 404.")
        return path.read_bytes()

    return watching.look(URL, keep, pinned, NOW, get)


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path / "public")


@pytest.fixture
def keep(tmp_path):
    return tmp_path / "kept"


def test_a_log_that_grows_is_followed_and_its_checkpoints_are_kept(service, keep):
    assert look(service.office.folder, keep).outcome == "unreachable", "nothing is published yet"
    service.grow(3)
    assert look(service.office.folder, keep).outcome == "first"
    assert look(service.office.folder, keep).outcome == "unchanged"
    for count in (1, 252, 1, 300):
        service.grow(count)
        seen = look(service.office.folder, keep)
        assert (seen.outcome, seen.size) == ("grown", service.issued), seen.words
    assert len(list((keep / "checkpoints").iterdir())) == 5
    assert (keep / "checkpoint").read_bytes() == (service.office.folder / "log/checkpoint").read_bytes()
    assert not seen.alarm and json.loads(json.dumps(seen.row()))["root"] == seen.root.hex()


def test_a_fork_a_rollback_and_foreign_lists_are_alarms(service, keep, tmp_path):
    service.grow(3)
    old = tmp_path / "old"
    shutil.copytree(service.office.folder, old)
    assert look(service.office.folder, keep).outcome == "first"
    service.grow(2)
    assert look(service.office.folder, keep).outcome == "grown"

    shutil.copy(service.office.folder / "trust.cose", old / "trust.cose")
    seen = look(old, keep)
    assert seen.outcome == "rollback" and seen.alarm
    (kept,) = keep.glob("alarm-rollback-*")
    assert kept.read_bytes() == (old / "log/checkpoint").read_bytes(), "what was answered is kept"

    other = Service(tmp_path / "other")
    for count in (5, 2):
        other.grow(count)
        shutil.copy(service.office.folder / "trust.cose", other.office.folder / "trust.cose")
        seen = look(other.office.folder, keep)
        assert (seen.outcome, seen.alarm) == ("fork", True), "the same size, and a longer one"
    assert look(service.office.folder, keep).outcome == "unchanged", "nothing of it was taken over"

    path = service.office.folder / "log/checkpoint"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"\n5\n", b"\n6\n"))
    assert look(service.office.folder, keep).outcome == "refused"
    path.write_bytes(whole)
    shutil.copy(old / "trust.cose", tmp_path / "kept.cose")
    stranger = RootSet(1, (SeedSigner(bytes([9]) * 32).public_key,))
    assert look(service.office.folder, tmp_path / "fresh", stranger).outcome == "refused"


def test_a_captive_portal_and_a_torn_answer_are_no_growth(service, keep):
    service.grow(3)
    assert look(service.office.folder, keep).outcome == "first"
    service.grow(1)
    for path in (service.office.folder / "log/tile/entries").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-1])
    assert look(service.office.folder, keep).alarm
    (service.office.folder / "trust.cose").write_bytes(b"<!doctype html>")
    assert look(service.office.folder, keep).outcome == "refused"
