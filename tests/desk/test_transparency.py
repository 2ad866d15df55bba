"""The transparency log: a witness that shares no code reads it; what was done behind its back shows."""

import base64
import hashlib
import json
import tracemalloc
from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, update

from issuer.attestation.claims import decode, encode
from issuer.attestation.qr import encode_text
from issuer.attestation.token import sign, split
from issuer.desk import PublicationRefused, foreign, issue_many, reconciling, transparency
from issuer.desk.errors import ActRefused
from issuer.registry import chain, draws, merklelog, retention
from issuer.registry.database import reading, write
from issuer.registry.models import Archive, Attestation, LogLeaf, LogTile
from keys import inclusion, merkle
from keys.errors import FormError
from keys.inclusion import leaf_of
from keys.signer import SeedSigner
from keys.trust_content import TrustedKey
from tests.desk import witness
from tests.support.office import AUTHOR, DAY, NOW, ORIGIN, SIGNER, STATUS
from tests.support.records import record

RECEIPT = SeedSigner(bytes([4]) * 32)
NAME = "verif.workinfrance.example/log"


@pytest.fixture
def logged(office):
    """A desk whose trust list names a receipt key."""
    window = (NOW - 500 * DAY, NOW + 4000 * DAY)
    office.content = replace(
        office.content,
        keys=(*office.content.keys, TrustedKey(RECEIPT.kid, RECEIPT.public_key, 3, *window, 1, "DREETS d'essai")),
    )
    office.signers = lambda kid: RECEIPT if kid == RECEIPT.kid else STATUS
    return office


def issue(office, count, first=0):
    return list(issue_many(office.desk, [record(reference=f"L-{first + place}") for place in range(count)], AUTHOR))


def publish(office):
    office.content = replace(office.content, version=office.content.version + 1)
    return office.publish(office.signers)


def checkpoint(office):
    return (office.folder / "log/checkpoint").read_bytes()


def reconciled(office, **more):
    return reconciling.reconcile(office.engine, office.folder, office.content, **more).problems


def test_a_witness_reads_every_signed_token(logged):
    """Sizes around a tile's edge, growing; the witness works out everything anew from the published files."""
    issued, roots = [], {}
    for more in (1, 2, 252, 1, 1, 260):
        issued += issue(logged, more, len(issued))
        publish(logged)
        size, root, at = witness.open_note(checkpoint(logged), NAME, RECEIPT.public_key)
        entries = witness.read_log(logged.folder / "log", size)
        assert (size, root, at) == (len(issued), witness.tree_hash(entries), NOW)
        roots[size] = root
    with reading(logged.engine) as connection:
        salts = {bytes(row.token): bytes(row.salt) for row in connection.execute(select(Archive.token, Archive.salt))}
    assert entries == [hashlib.sha256(salts[answer.token] + answer.token).digest() for answer in issued]
    assert {size: witness.tree_hash(entries[:size]) for size in roots} == roots, (
        "each checkpoint is a beginning of the next"
    )
    publish(logged)
    assert sorted(path.name for path in (logged.folder / "log/tile/0").iterdir()) == ["000", "001", "002.p"], (
        "old partial tiles are taken away"
    )
    assert reconciled(logged) == ()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 700])
def test_every_proof_leads_to_the_root_for_another_implementation(size):
    entries = [bytes([place & 255, place >> 8]) * 16 for place in range(size)]
    perfect = lambda height, place: merkle.fold(
        [merkle.leaf_hash(entry) for entry in entries[place << height : (place + 1) << height]]
    )
    assert merkle.root(size, perfect) == witness.tree_hash(entries)
    growing = merkle.Growing()
    for entry in entries:
        growing.add(entry)
    assert (growing.size, growing.root()) == (size, witness.tree_hash(entries))
    for index in {0, 1, size // 2, size - 1} & set(range(size)):
        proof = merkle.inclusion(index, size, perfect)
        assert proof == witness.path(index, entries) and witness.climb(
            entries[index], index, size, proof
        ) == merkle.root(size, perfect)
        leaf = merkle.leaf_hash(entries[index])
        assert merkle.included(leaf, index, size, proof, merkle.root(size, perfect))
        assert not merkle.included(merkle.leaf_hash(b"other"), index, size, proof, merkle.root(size, perfect))
        assert not merkle.included(leaf, index, size, [*proof, bytes(32)], merkle.root(size, perfect))
        if size > 1:
            assert not merkle.included(leaf, (index + 1) % size, size, proof, merkle.root(size, perfect))


def test_a_growing_tree_takes_no_memory_for_its_leaves():
    growing = merkle.Growing()
    assert growing.root() == merkle.EMPTY
    growing.add(bytes(32))
    tracemalloc.start()
    try:
        for place in range(20_000):
            growing.add(place.to_bytes(32, "big"))
        assert tracemalloc.get_traced_memory()[1] < 20_000, "less than a byte a leaf"
    finally:
        tracemalloc.stop()


def test_rfc_6962_roots_of_known_trees():
    """The empty tree and the tree of one empty leaf, as RFC 6962 gives them."""
    assert merkle.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_a_proof_is_carried_and_checked_without_the_registry(logged):
    issued = issue(logged, 300)
    assert reconciling.prove(logged.engine, logged.folder, logged.content, issued[7].number) is None, (
        "not published yet"
    )
    publish(logged)
    proof = reconciling.prove(logged.engine, logged.folder, logged.content, issued[7].number)
    carried = inclusion.read(proof.text())
    assert carried == proof and len(proof.text()) < 1_200
    held = inclusion.check(carried, issued[7].token, NAME, [RECEIPT.public_key])
    assert (held.size, held.at, held.kid) == (300, NOW, RECEIPT.kid)

    lines = proof.text().decode().partition("\n\n")[0].split("\n")
    salt, index = base64.b64decode(lines[1].split()[1]), int(lines[2].split()[1])
    size, root, _ = witness.open_note(proof.checkpoint, NAME, RECEIPT.public_key)
    leaf = hashlib.sha256(salt + issued[7].token).digest()
    assert witness.climb(leaf, index, size, [base64.b64decode(line) for line in lines[3:]]) == root

    for token, name, keys in (
        (issued[8].token, NAME, [RECEIPT.public_key]),
        (issued[7].token, "other.example/log", [RECEIPT.public_key]),
        (issued[7].token, NAME, [SIGNER.public_key]),
    ):
        with pytest.raises(FormError):
            inclusion.check(carried, token, name, keys)
    altered = proof.text().replace(b"\n300\n", b"\n301\n")
    with pytest.raises(FormError, match="does not hold"):
        inclusion.check(inclusion.read(altered), issued[7].token, NAME, [RECEIPT.public_key])


def test_no_leaf_without_its_attestation_and_no_attestation_without_its_leaf(logged):
    """A batch that fails in the middle leaves neither."""
    issue(logged, 3)
    broken = logged.with_desk(random_bytes=_ending())
    with pytest.raises(ZeroDivisionError):
        issue(broken, 5, 10)
    with reading(logged.engine) as connection:
        assert merklelog.size(connection) == 3
    assert reconciled(logged) == ()


def _ending():
    left = [bytes([place]) * 16 for place in range(3)]

    def draw(length):
        return left.pop() if left else 1 // 0

    return draw


def _by_hand(office, statement, *values):
    with office.engine.begin() as connection:
        connection.exec_driver_sql(statement, tuple(values))


def test_what_is_done_behind_the_logs_back_shows(logged):
    issued = issue(logged, 5)
    publish(logged)
    kept = checkpoint(logged)
    write(
        logged.engine,
        lambda connection: connection.execute(insert(LogLeaf).values(place=5, attestation_id=None, entry=bytes(32))),
    )
    assert reconciled(logged) == ("leaf 5 is of a signature that the registry does not know",)
    _by_hand(logged, "DELETE FROM log_leaf WHERE place = 5")
    assert reconciled(logged, kept=[kept]) == ()

    _by_hand(logged, "DELETE FROM log_leaf WHERE place = 4")
    told = "\n".join(reconciled(logged, kept=[kept]))
    assert (
        f"attestation {issued[4].number} is in the registry but the log does not know it" in told
        and "its end was removed" in told
    )
    with pytest.raises(PublicationRefused):
        _by_hand(logged, "UPDATE log_leaf SET entry = (SELECT entry FROM log_leaf WHERE place = 2) WHERE place = 1")
        publish(logged)
    assert "leaf 1" in "\n".join(reconciled(logged))


def test_checkpoints_of_every_size_are_held_against_the_log_as_it_is_read(logged):
    """Small ones, one on a tile's edge, one past it; the pages that are read are no tiles."""
    kept = {}
    for more in (0, 1, 3, 252, 44):
        issue(logged, more, max(kept, default=0))
        publish(logged)
        kept[max(kept, default=0) + more] = checkpoint(logged)
    assert list(kept) == [0, 1, 4, 256, 300] and reconciled(logged, kept=[*kept.values(), *kept.values()]) == ()
    with logged.engine.begin() as connection:
        connection.execute(update(LogLeaf).where(LogLeaf.place == 5).values(entry=bytes(32)))
    told = reconciled(logged, kept=kept.values())
    assert [line for line in told if "checkpoint" in line] == [
        f"the {word} checkpoint of {size} signatures does not fit the registry's log: it was rewritten"
        for word, size in (("published", 300), ("kept", 256), ("kept", 300))
    ]
    assert (
        "the published entries 000 are not those of the registry" in told
        and "the published entries 001 are not those of the registry" not in told
    )


def test_published_entries_that_the_registry_has_not_are_named(logged, monkeypatch):
    """The registry's log ends within the first of three published bundles."""
    monkeypatch.setattr(reconciling, "MOST", 1_000)
    issue(logged, 600)
    publish(logged)
    with logged.engine.begin() as connection:
        connection.execute(delete(LogLeaf).where(LogLeaf.place >= 100))
    told = reconciled(logged)
    assert {f"the published entries 00{place} are not those of the registry" for place in range(3)} <= set(told)


def test_a_rewritten_log_does_not_fit_a_kept_checkpoint(logged):
    issue(logged, 4)
    publish(logged)
    kept = checkpoint(logged)
    for place, other in ((2, 9), (3, 2), (9, 3)):
        _by_hand(logged, f"UPDATE log_leaf SET place = {other} WHERE place = {place}")
    told = "\n".join(reconciled(logged, kept=[kept]))
    assert "kept checkpoint of 4 signatures does not fit the registry's log: it was rewritten" in told
    before = checkpoint(logged)
    with pytest.raises(PublicationRefused, match="not the beginning of this registry's"):
        publish(logged)
    assert checkpoint(logged) == before


def test_a_scanned_paper_that_was_never_issued_here_shows(logged):
    """Whoever stole the key signs in another's name: the signature is good, the registry does not know it."""
    known = issue(logged, 1)[0]
    claims = decode(split(known.token).payload)
    stolen = encode_text(
        "https://verif.workinfrance.example",
        sign(encode(replace(claims, number=1000000009, family_name="VOLEUR")), SIGNER),
    )
    twin = encode_text(
        "https://verif.workinfrance.example", sign(encode(replace(claims, family_name="VOLEUR")), SIGNER)
    )
    publish(logged)
    told = reconciled(logged, seen=[known.text, "https://example.org", stolen, twin])
    assert [line.split(":")[0] for line in told] == ["line 3", "line 4"] and "VOLEUR" not in "".join(told)


def test_a_paper_signed_beside_the_registry_turns_red_by_its_place(logged):
    """It is marked once, by its text; nothing of the registry shares its place, and the key's other papers stay."""
    known, other = issue(logged, 2)
    desk, content = logged.desk, logged.content
    claims = decode(split(known.token).payload)

    def beside(**changes):
        token = sign(encode(replace(claims, family_name="VOLEUR", **changes)), SIGNER)
        return encode_text(ORIGIN, token)

    taken = decode(split(other.token).payload).status
    place = (1, next(index for index in range(9) if (1, index) not in (claims.status, taken)))
    stolen = beside(number=1000000009, status=place)
    publish(logged)
    assert logged.verdict(stolen) == "valid"
    for text, said in (
        ("https://example.org", "text"),
        (known.text, "issued here"),
        (stolen[:-9] + "123456789", "nothing to mark|scanned"),
    ):
        with pytest.raises(ActRefused, match=said):
            foreign.read(desk, content, text)
    with pytest.raises(ActRefused, match=str(known.number)):
        foreign.mark(desk, foreign.read(desk, content, beside(number=1000000009)), "Clé volée", AUTHOR)
    foreign.mark(desk, foreign.read(desk, content, stolen), "Clé volée", "agent-1", waits=True)
    publish(logged)
    assert logged.verdict(stolen) == "valid", "a second person has yet to confirm it"
    with pytest.raises(ActRefused, match="second person"):
        foreign.decide(desk, place, True, "agent-1")
    foreign.decide(desk, place, True, "agent-2")
    with pytest.raises(ActRefused, match="already"):
        foreign.mark(desk, foreign.read(desk, content, stolen), "Clé volée", AUTHOR)
    publish(logged)
    assert [logged.verdict(text) for text in (stolen, known.text, other.text)] == ["revoked", "valid", "valid"]
    [told] = reconciled(logged, seen=[stolen])
    assert f"place {place[1]} in status list 1 is marked" in told
    drawn = iter([place[1], place[1] + 500])
    with reading(logged.engine) as connection:
        assert draws._free(connection, 1, 2, 1, lambda _most: next(drawn), []) == {place[1] + 500}


def test_a_tile_changed_or_removed_by_hand_is_named(logged):
    """Its root goes into every later checkpoint."""
    issue(logged, 600)
    publish(logged)
    assert reconciled(logged) == ()
    write(logged.engine, lambda connection: connection.execute(delete(LogTile).where(LogTile.place == 0)))
    assert reconciled(logged) == ("tile 0 of level 0 of the log was removed",)
    write(logged.engine, lambda connection: connection.execute(update(LogTile).values(root=bytes(32))))
    assert any("tile 1 of level 0 of the log is not what its leaves give" in one for one in reconciled(logged))


def test_anonymised_attestations_keep_the_log_whole(logged):
    issue(logged, 3)
    publish(logged)
    kept = checkpoint(logged)
    assert retention.anonymise(logged.engine, NOW + 5000 * DAY, NOW, AUTHOR) == 3
    publish(logged)
    assert reconciled(logged, kept=[kept]) == ()
    with reading(logged.engine) as connection:
        number = connection.scalar(select(Attestation.number))
    assert reconciling.prove(logged.engine, logged.folder, logged.content, number) is None


def test_the_trail_names_the_published_log(logged):
    issue(logged, 2)
    publish(logged)
    size, root, _ = witness.open_note(checkpoint(logged), NAME, RECEIPT.public_key)
    last = [json.loads(line) for line in chain.export(logged.engine)][-1]
    assert last["act"] == "publish" and last["details"]["log"] == [size, root.hex()]


def test_after_a_restore_the_published_signatures_are_not_forgotten(logged, tmp_path, opened):
    """A registry restored from before them takes the published leaves over, and says that it does not know them."""
    from issuer import registry

    issue(logged, 2)
    publish(logged)
    first = checkpoint(logged)
    engine = opened(str(tmp_path / "restored.sqlite3"))
    registry.migrate(engine)
    restored = type(logged)(engine, logged.folder)
    restored.content, restored.signers = logged.content, logged.signers
    restored.clock.now += 100
    publish(restored)
    assert (
        witness.open_note(checkpoint(restored), NAME, RECEIPT.public_key)[:2]
        == witness.open_note(first, NAME, RECEIPT.public_key)[:2]
    )
    assert list(reconciled(restored, kept=[first])) == [
        f"leaf {place} is of a signature that the registry does not know" for place in (0, 1)
    ]
    issue(restored, 1)
    publish(restored)
    assert witness.open_note(checkpoint(restored), NAME, RECEIPT.public_key)[0] == 3


def test_a_torn_or_foreign_published_log_stops_publication(logged):
    issue(logged, 1)
    publish(logged)
    path = logged.folder / "log/checkpoint"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"\n1\n", b"\n2\n"))
    with pytest.raises(PublicationRefused, match="not this log's"):
        publish(logged)
    path.write_bytes(good)
    (logged.folder / "log/tile/entries/000.p/1").unlink()
    assert "lacks" in reconciled(logged)[0]


def test_the_leaf_is_what_the_audit_entry_says(logged):
    issued = issue(logged, 1)[0]
    with reading(logged.engine) as connection:
        salt = bytes(connection.scalar(select(Archive.salt)))
        assert merklelog.entries(connection, 0, 9) == [leaf_of(salt, issued.token)]
    details = next(
        json.loads(line)["details"] for line in chain.export(logged.engine) if json.loads(line)["act"] == "issue"
    )
    assert details["token"] == leaf_of(salt, issued.token).hex()


def test_numbers_of_tiles_are_paths_of_three_digits():
    assert [transparency.numbered(place) for place in (0, 5, 999, 1000, 1234067)] == [
        "000",
        "005",
        "999",
        "x001/000",
        "x001/x234/067",
    ]
    assert all(transparency.numbered(place) == witness.tile_path(place) for place in (0, 7, 1001, 98_765_432))
