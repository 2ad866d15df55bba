"""The vectors of tests/vectors: one failure each, read here and by tests/js/vectors.test.js."""

import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from issuer.attestation import LEVELS, VERDICTS, genuine, status, verify
from keys import trust
from keys.errors import FormError, StatusRefused, TrustRefused
from keys.roots import RootSet
from tests.vectors import generate

GOLDEN = {"1.0.0": "bcd2f4835eec5da99e5dcc7f811274ed860cb71c39f4206649c4c9b084a0c1ca"}
"""SHA-256 of each golden file: never rewritten."""
FOLDER = Path(generate.__file__).parent
CASES = [
    (path.stem, row)
    for path in sorted((FOLDER / "verify").glob("*.json"))
    for row in json.loads(path.read_text("ascii"))
]
TRUST_CASES = json.loads((FOLDER / "trust.json").read_text("ascii"))
STATUS_CASES = json.loads((FOLDER / "status.json").read_text("ascii"))


def named(rows: list) -> list:
    return [pytest.param(row, id=row["id"]) for row in rows]


@cache
def index() -> dict:
    return json.loads((FOLDER / "lists/index.json").read_text("ascii"))


def roots(value: dict) -> RootSet:
    return RootSet(value["threshold"], tuple(bytes.fromhex(key) for key in value["keys"]))


def comparable(value: RootSet) -> tuple:
    return value.threshold, sorted(value.keys)


@cache
def held_trust(name: str, build_time: int = 0) -> trust.TrustList:
    entry = index()["trust"][name]
    data = (FOLDER / "lists" / entry["file"]).read_bytes()
    return trust.accept(data, roots(index()["pinned"]), None, entry["accepted_at"], build_time).trust


@cache
def held_status(name: str, trust_name: str) -> status.StatusList:
    entry = index()["status"][name]
    data = (FOLDER / "lists" / entry["file"]).read_bytes()
    return status.accept(data, entry["number"], held_trust(trust_name), None, entry["accepted_at"])


@cache
def held_genuine(name: str) -> tuple[bytes, genuine.GenuineList]:
    entry = index()["genuine"][name]
    digest = bytes.fromhex(entry["hash"])
    parts = [(FOLDER / "lists" / part).read_bytes() for part in entry["parts"]]
    return digest, genuine.read(digest, (FOLDER / "lists" / entry["index"]).read_bytes(), parts)


@pytest.mark.parametrize("row", named(json.loads((FOLDER / "genuine.json").read_text("ascii"))))
def test_lists_of_the_genuine(row):
    files = bytes.fromhex(row["hash"]), bytes.fromhex(row["index"]), [bytes.fromhex(part) for part in row["parts"]]
    if row["expect"]["accepted"]:
        assert len(genuine.read(*files).entries) == row["expect"]["count"] * genuine.ENTRY_LENGTH
    else:
        with pytest.raises(FormError):
            genuine.read(*files)


@pytest.mark.parametrize("row", named([row for _, row in CASES]))
def test_verify(row):
    held = held_trust(row["trust"], row["build_time"]) if row["trust"] else None
    lists = [held_status(name, row["trust"]) for name in row["status"]]
    known = dict(map(held_genuine, row.get("genuine", [])))
    result = verify(row["text"], held, {listed.number: listed for listed in lists}, row["now"], row["floor"], known)
    assert {name: getattr(result, name) for name in row["expect"]} == row["expect"], row["comment"]


@pytest.mark.parametrize("row", named(TRUST_CASES))
def test_trust_acceptance(row):
    pinned = roots(row["pinned"])
    held = trust.accept(bytes.fromhex(row["held"]), pinned, None, row["held_now"]).trust if row["held"] else None
    data, expect = bytes.fromhex(row["list"]), row["expect"]
    if not expect["accepted"]:
        with pytest.raises(TrustRefused) as refusal:
            trust.accept(data, pinned, held, row["now"])
        assert refusal.value.code == expect["code"], row["comment"]
        return
    accepted = trust.accept(data, pinned, held, row["now"])
    assert (accepted.changed, accepted.trust.version) == (expect["changed"], expect["version"])
    assert comparable(accepted.pinned) == comparable(roots(expect["pinned"]))


@pytest.mark.parametrize("row", named(STATUS_CASES))
def test_status_acceptance(row):
    listed_by = held_trust(row["trust"])
    held = (
        status.accept(bytes.fromhex(row["held"]), row["number"], listed_by, None, row["held_now"])
        if row["held"]
        else None
    )
    data, expect = bytes.fromhex(row["list"]), row["expect"]
    if not expect["accepted"]:
        with pytest.raises(StatusRefused) as refusal:
            status.accept(data, row["number"], listed_by, held, row["now"])
        assert refusal.value.code == expect["code"], row["comment"]
        return
    accepted = status.accept(data, row["number"], listed_by, held, row["now"])
    assert accepted.issued_at == expect["issued_at"]
    assert {place: accepted.value(int(place)) for place in expect["values"]} == expect["values"]


def test_a_held_status_list_is_dropped_when_the_trust_list_no_longer_bears_it():
    for row in STATUS_CASES:
        expect = row["expect"]
        if expect.get("code") in ("unlisted", "signer", "window", "uri"):
            listed = status.read(bytes.fromhex(row["list"]), row["number"])
            with pytest.raises(StatusRefused) as refusal:
                status.check_against(listed, held_trust(row["trust"]))
            assert refusal.value.code == expect["code"], row["id"]
    status.check_against(held_status("one", "main"), held_trust("main"))


def test_the_generator_rewrites_every_file_byte_for_byte():
    made = generate.files()
    there = {f"{folder}/{path.name}" for folder in ("lists", "verify") for path in (FOLDER / folder).iterdir()}
    assert there == {name for name in made if "/" in name}
    assert [name for name, data in made.items() if (FOLDER / name).read_bytes() != data] == []


def test_there_are_enough_of_them_and_each_has_its_own_name():
    bad = [row for _, row in CASES if row["expect"]["verdict"] != "valid"]
    assert len(CASES) >= 80 and len(bad) >= 60 and len(TRUST_CASES) >= 25 and len(STATUS_CASES) >= 20
    for rows in ([row for _, row in CASES], TRUST_CASES, STATUS_CASES):
        names = [row["id"] for row in rows]
        assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]


def test_the_vectors_know_exactly_the_closed_lists():
    assert {row["expect"]["verdict"] for _, row in CASES} == set(VERDICTS)
    assert {row["expect"]["level"] for _, row in CASES} == set(LEVELS)
    assert {row["expect"]["code"] for row in TRUST_CASES if not row["expect"]["accepted"]} == set(TrustRefused.CODES)
    assert {row["expect"]["code"] for row in STATUS_CASES if not row["expect"]["accepted"]} == set(StatusRefused.CODES)


def test_the_build_time_alone_makes_no_difference_to_a_held_list():
    assert replace(held_trust("main", 5), build_time=0) == held_trust("main")


@pytest.mark.parametrize("path", sorted((FOLDER / "golden").glob("*.json")), ids=lambda path: path.stem)
def test_golden_attestations_verify_for_ever(path):
    golden = json.loads(path.read_text("ascii"))
    held = trust.accept(bytes.fromhex(golden["trust"]), roots(golden["pinned"]), None, golden["accepted_at"]).trust
    lists = {
        row["number"]: status.accept(bytes.fromhex(row["list"]), row["number"], held, None, golden["accepted_at"])
        for row in golden["status"]
    }
    for row in golden["cases"]:
        result = verify(row["text"], held, lists, row["now"])
        assert {name: getattr(result, name) for name in row["expect"]} == row["expect"], row["id"]


def test_the_golden_files_are_the_ones_that_were_released():
    digests = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in (FOLDER / "golden").glob("*.json")}
    assert GOLDEN.items() <= digests.items()
