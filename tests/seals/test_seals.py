"""issuer/seals: every vector, the public reference codes, and texts that raise nothing."""

import json
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given, strategies as st

from issuer.seals import listing
from issuer.seals.fields import rules
from issuer.seals.judge import SEAL_VERDICTS, holds, judge
from issuer.seals.parts import gather
from issuer.seals.text import SealUnread, read
from keys import trust
from keys.errors import SealsRefused
from keys.roots import RootSet
from tests.support import public_vectors
from tests.vectors import cases_seals, generate

FOLDER = Path(generate.__file__).parent
ROWS = json.loads((FOLDER / "seals.json").read_text("ascii"))
INDEX = json.loads((FOLDER / "lists/index.json").read_text("ascii"))
PINNED = RootSet(2, tuple(bytes.fromhex(key) for key in INDEX["pinned"]["keys"]))
LISTED = listing.read((FOLDER / "lists/seals.cose").read_bytes())


def named(rows: list) -> list:
    return [pytest.param(row, id=row["id"]) for row in rows]


def under(name: str) -> trust.TrustList:
    entry = INDEX["trust"][name]
    return trust.accept((FOLDER / "lists" / entry["file"]).read_bytes(), PINNED, None, entry["accepted_at"]).trust


@pytest.mark.parametrize("row", named(ROWS["texts"]))
def test_texts(row):
    found = judge(row["text"], LISTED if row["listed"] else None, row["now"])
    expect = row["expect"]
    assert (found.verdict, found.level) == (expect["verdict"], expect["level"]), row["comment"]
    if expect["fields"] is not None:
        assert {field.identifier: field.value for field in found.seal.fields} == expect["fields"]
        assert {field.identifier: field.value for field in found.seal.annex} == expect["annex"]


@pytest.mark.parametrize("row", named(ROWS["gatherings"]))
def test_what_belongs_together_is_joined_and_nothing_else(row):
    found = gather(row["texts"])
    assert [
        {
            "text": one.text,
            "read": list(one.read),
            "count": one.count,
            "clash": one.clash,
            "verdict": judge(one.text, LISTED, cases_seals.NOW).verdict,
        }
        for one in found
    ] == row["expect"], row["comment"]


@pytest.mark.parametrize("row", named(ROWS["lists"]))
def test_lists(row):
    held = listing.read(bytes.fromhex(row["held"])) if row["held"] else None
    data, expect = bytes.fromhex(row["list"]), row["expect"]
    if expect["accepted"]:
        assert listing.accept(data, under(row["trust"]), held, row["now"]).cose == data
        return
    with pytest.raises(SealsRefused) as refusal:
        listing.accept(data, under(row["trust"]), held, row["now"])
    assert refusal.value.code == expect["code"], row["comment"]


def test_there_are_enough_and_they_know_the_closed_list():
    words = [row["expect"]["verdict"] for row in ROWS["texts"]]
    assert len(words) >= 80 and sum(word not in ("authentic", "test") for word in words) >= 60
    assert set(words) == set(SEAL_VERDICTS) and "green" not in SEAL_VERDICTS.values()
    assert {row["expect"].get("code") for row in ROWS["lists"]} - {None} == set(SealsRefused.CODES)


def test_every_public_reference_code_is_read_and_its_signature_holds():
    reference = public_vectors.read("2d-doc")
    key = load_der_public_key(bytes.fromhex(reference["certificate"]["spki"]))
    numbers = key.public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    certificate = listing.SealCertificate("FR00", "0001", point, 0, 4_000_000_000, 1, "Essais")
    assert len(reference["codes"]) == 56
    for code in reference["codes"]:
        seal = read(code["message"])
        assert seal.message == code["signed"].encode() and seal.signature.hex() == code["signature"]
        assert holds(seal, certificate) and len(seal.fields) > 1
        assert judge(code["message"], None, 0).verdict == "test"


def test_the_table_of_fields_is_the_published_one_but_for_what_the_codes_correct():
    published = public_vectors.read("2d-doc-fields")
    assert set(published) <= set(rules())
    differing = {
        name
        for name, row in published.items()
        if (rules()[name].least, rules()[name].most)
        != (int(row["min"]), None if row["max"] == "Aucune" else int(row["max"]))
    }
    assert differing == {"D2", "DH", "DP"}


def test_a_document_that_was_read_is_not_shown_by_its_repr():
    seal = read(cases_seals.sealed(cases_seals.GOOD))
    assert "NGUYEN" not in repr(seal) + repr(seal.fields) and seal.signed == date(2026, 1, 23)


@given(
    st.text(max_size=300)
    | st.text(alphabet="DC0123456789ABCDEFRX\x1d\x1e\x1f", max_size=300).map(lambda text: "DC04FR99MAI1" + text)
)
def test_no_text_raises_anything_undeclared(text):
    assert judge(text, LISTED, 0).verdict in SEAL_VERDICTS
    try:
        read(text)
    except SealUnread as error:
        assert error.code in ("malformed", "unsupported")
