"""Publishing: whole files only, issue times that grow, nothing that verifiers would refuse."""

import json
import os
import stat

import cbor2
import pytest

from issuer import registry
from issuer.attestation import status
from issuer.desk import Grounds, PublicationRefused, acts, issue, publish
from issuer.registry import chain
from issuer.registry.models import LIST_SIZE
from keys.errors import FormError, KeystoreError
from keys.signer import SeedSigner
from tests.support.office import AUTHOR, DAY, NOW, ORIGIN, trust_content
from tests.support.records import record


def names(folder):
    return sorted(path.name for path in folder.glob("[!.]*"))


def listed(office, number=1):
    return status.read((office.folder / f"status-{number}.cose").read_bytes(), number)


def test_a_publication_writes_every_file_whole(office):
    published = office.publish()
    assert names(office.folder) == ["audit-head.json", "status-1.cose", "status-2.cose", "trust.cose"]
    assert (office.folder / "trust.cose").read_bytes() == office.trust_cose()
    assert sorted(published.files) == names(office.folder)
    assert all(stat.S_IMODE((office.folder / name).stat().st_mode) & 0o444 == 0o444 for name in names(office.folder))


def test_a_status_list_is_what_the_format_says(office):
    issued = issue(office.desk, record(), AUTHOR)
    acts.do(office.desk, "revoke", issued.number, Grounds("CRPA L241-2", "fraud"), AUTHOR)
    office.publish(ttl=3600, lifetime=2 * DAY)
    outer = cbor2.loads((office.folder / "status-1.cose").read_bytes())
    claims = cbor2.loads(outer.value[2])
    assert (claims[2], claims[6], claims[4], claims[65534]) == (f"{ORIGIN}/status-1.cose", NOW, NOW + 2 * DAY, 3600)
    values = listed(office).values
    assert len(values) * 4 == LIST_SIZE
    marked = [index for index in range(LIST_SIZE) if values[index >> 2] >> (index & 3) * 2 & 3]
    assert marked == [_index(issued.token)] and listed(office).value(marked[0]) == 1


def _index(token):
    return cbor2.loads(cbor2.loads(token).value[2])[-65537][15][1]


def test_issue_times_grow_strictly_while_the_clock_stands_still(office):
    times = [office.publish().issued_at for _ in range(3)]
    assert times == [NOW, NOW + 1, NOW + 2]
    assert listed(office).issued_at == NOW + 2


def test_a_clock_a_little_behind_is_borne_and_more_is_refused(office):
    office.publish()
    office.clock.now = NOW - 120
    assert office.publish().issued_at == NOW + 1
    before, entries = (office.folder / "status-1.cose").read_bytes(), chain.head(office.engine)
    office.clock.now = NOW - 121
    with pytest.raises(PublicationRefused, match="clock"):
        office.publish()
    assert (office.folder / "status-1.cose").read_bytes() == before and chain.head(office.engine) == entries


def test_a_restored_database_does_not_publish_the_past(office, tmp_path, opened):
    office.clock.now += 50
    office.publish()
    engine = opened(str(tmp_path / "restored.sqlite3"))
    registry.migrate(engine)
    restored = type(office)(engine, office.folder)
    assert restored.publish().issued_at == NOW + 51, (
        "later than the file in place, which this database knows nothing of"
    )


def test_an_older_trust_list_is_not_published(office):
    office.content = trust_content(version=3)
    office.publish()
    office.content = trust_content(version=2)
    with pytest.raises(PublicationRefused, match="version 3"):
        office.publish()
    office.content = trust_content(version=4)
    office.publish()


def test_a_list_that_attestations_depend_on_must_be_in_the_trust_list(office):
    issue(office.with_desk(status_lists=(2,)).desk, record(), AUTHOR)
    office.content = trust_content(lists=(1,))
    with pytest.raises(PublicationRefused, match="status list 2"):
        office.publish()


def test_a_key_that_the_trust_list_does_not_name_is_not_used(office):
    with pytest.raises(PublicationRefused, match="Verifiers would refuse"):
        office.publish(signers=lambda kid: SeedSigner(bytes([9]) * 32))
    assert names(office.folder) == []


def test_a_locked_key_publishes_nothing(office):
    def locked(kid):
        raise KeystoreError("The key is locked.")

    with pytest.raises(KeystoreError):
        office.publish(signers=locked)
    assert names(office.folder) == [] and chain.head(office.engine).seq == 0


@pytest.mark.parametrize("cose", [b"", b"\x00", b"\xd8\x62"])
def test_an_unreadable_trust_list_is_said(office, cose):
    with pytest.raises(PublicationRefused, match="nothing was published"):
        publish(office.desk, office.folder, cose, lambda kid: None, AUTHOR)


def test_a_path_outside_the_folder_is_refused(office):
    from dataclasses import replace

    entries = (replace(office.content.status_lists[0], path="../status-1.cose"),)
    office.content = replace(office.content, status_lists=entries)
    with pytest.raises(FormError, match="path of a status list"):
        office.publish()
    assert not (office.folder.parent / "status-1.cose").exists()


def test_a_folder_that_cannot_be_written_is_said(office, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    office.folder = tmp_path / "file" / "public"
    with pytest.raises(PublicationRefused, match="cannot be written"):
        office.publish()


def test_what_a_killed_publisher_left_is_cleared_and_never_served(office):
    office.folder.mkdir()
    left = office.folder / f".status-1.cose.{os.getpid()}.unfinished"
    left.write_bytes(b"half")
    office.publish()
    assert not left.exists()


def test_the_exported_head_bears_witness_to_the_trail(office):
    issue(office.desk, record(), AUTHOR)
    published = office.publish()
    exported = json.loads((office.folder / "audit-head.json").read_text())
    head = chain.Head.from_json(exported)
    assert head == published.head == chain.head(office.engine) and exported["published_at"] == NOW
    issue(office.desk, record(), AUTHOR)
    assert chain.verify(office.engine, [head]).whole
    with office.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq > 1")
        connection.exec_driver_sql("UPDATE chain_head SET seq = 1, hash = (SELECT hash FROM audit WHERE seq = 1)")
    assert not chain.verify(office.engine, [head]).whole


def test_the_publication_itself_is_in_the_trail(office):
    office.publish()
    entry = json.loads(list(chain.export(office.engine))[-1])
    from hashlib import sha256

    assert entry["act"] == "publish" and entry["details"]["trust"] == sha256(office.trust_cose()).hexdigest()
    assert [one[4] for one in entry["details"]["lists"]] == [
        sha256((office.folder / f"status-{number}.cose").read_bytes()).hexdigest() for number in (1, 2)
    ]
