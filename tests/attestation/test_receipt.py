"""Receipts of checks: every vector, a countersignature of our own read by another library, and texts that raise nothing."""

import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, strategies as st

from issuer.attestation import bundle, receipt, report
from issuer.attestation.verify import verify
from keys import trust
from keys.errors import FormError
from keys.roots import RootSet
from keys.signer import SeedSigner
from tests.vectors import cases_receipt, generate
from tests.vectors.scene import NOW, ORIGIN
from tests.vectors.wire import item

FOLDER = Path(generate.__file__).parent
ROWS = json.loads((FOLDER / "receipts.json").read_text("ascii"))
BUNDLES = json.loads((FOLDER / "bundles.json").read_text("ascii"))
DATES = json.loads((FOLDER / "dates.json").read_text("ascii"))
INDEX = json.loads((FOLDER / "lists/index.json").read_text("ascii"))
PINNED = RootSet(2, tuple(bytes.fromhex(key) for key in INDEX["pinned"]["keys"]))


def under(name: str) -> trust.TrustList:
    entry = INDEX["trust"][name]
    return trust.accept((FOLDER / "lists" / entry["file"]).read_bytes(), PINNED, None, entry["accepted_at"]).trust


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_vectors(row):
    paper = None if row["paper"] is None else bytes.fromhex(row["paper"])
    found = receipt.judge(row["text"], paper, under(row["trust"]))
    said = {"word": found.word, "since": found.since, "until": found.until, "dating": found.dating}
    assert said | {"statement": found.receipt and found.receipt.statement.to_json()} == row["expect"]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in BUNDLES])
def test_vectors_of_files_of_receipts(row):
    found = bundle.read(row["file"])
    readings = None if found is None else bundle.judge(found, under(row["trust"]))
    assert row["expect"] == (readings and [{name: getattr(one, name) for name in ("word", "since", "until", "dating")} for one in readings])  # fmt: skip


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in DATES])
def test_vectors_of_dates(row):
    found = report.judge(row["date"], hashlib.sha256(row["report"].encode()).digest(), under(row["trust"]))
    assert {"word": found.word, "time": found.counter and found.counter.time} == row["expect"]


def test_vectors_of_files_say_every_word_and_have_names_of_their_own():
    assert {row["expect"]["word"] for row in DATES} == set(report.REPORT_WORDS)
    assert {one["word"] for row in BUNDLES for one in row["expect"] or []} == {*receipt.RECEIPT_WORDS} - {"unsupported"}
    for rows in (BUNDLES, DATES):
        assert len({row["id"] for row in rows}) == len(rows)


@given(st.text() | st.recursive(st.none() | st.text(), lambda part: st.lists(part) | st.dictionaries(st.sampled_from(["form", "sha256", "countersignature", "items"]), part)).map(json.dumps))  # fmt: skip
def test_no_text_of_a_file_raises_anything(text):
    held = under("receipts")
    assert report.judge(text, bytes(32), held).word == "malformed" and bundle.read(text) is None


def test_the_words_are_the_closed_list_and_most_vectors_are_bad():
    words = [row["expect"]["word"] for row in ROWS]
    assert set(words) == set(receipt.RECEIPT_WORDS)
    assert len({row["id"] for row in ROWS}) == len(ROWS) >= 60
    assert sum(word not in ("dated", "late", "undated") for word in words) >= 45


def test_the_keys_of_the_vectors_list_are_looked_into_only_for_receipts():
    """A trust list with keys of use 4, a crooked one among them, is accepted by who knows none."""
    held = under("receipts")
    assert {key.kid for key in held.countersigners} == {
        key.kid for key in (cases_receipt.COUNTER, cases_receipt.COUNTER_RETIRED, cases_receipt.COUNTER_REVOKED)
    }
    assert all(key.use != 4 for key in held.keys)


def test_todays_verifier_says_of_a_receipt_that_it_is_not_supported():
    found = verify(cases_receipt.whole(), under("receipts"), {}, NOW)
    assert (found.verdict, found.level) == ("unsupported", "grey")


def test_a_countersignature_holds_for_another_library():
    signer = SeedSigner(bytes(range(32)))
    listed = [receipt.Listed(2, NOW, bytes(16)), receipt.Listed(1, NOW - 5, bytes(range(16)))]
    digest = hashlib.sha256(b"a receipt").digest()
    made = receipt.countersign(digest, NOW, listed, signer)
    rows = [[1, NOW - 5, bytes(range(16))], [2, NOW, bytes(16)]]
    header = item({1: -8, 4: signer.kid, 16: "application/wif-countersignature+cbor"})
    signed = item(["Signature1", header, b"", item({1: digest, 2: NOW, 3: rows})])
    Ed25519PublicKey.from_public_bytes(signer.public_key).verify(made.signature, signed)
    for wrong in (
        lambda: receipt.countersign(digest[:31], NOW, listed, signer),
        lambda: receipt.countersign(digest, NOW, [], signer),
        lambda: receipt.countersign(digest, NOW, [listed[0]] * 2, signer),
        lambda: receipt.countersign(digest, -1, listed, signer),
    ):
        with pytest.raises(FormError):
            wrong()


REFERENCE = ROWS[0]["text"].partition("/#9")[2]


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[0-9]{1,400}", fullmatch=True)))
def test_no_text_raises_anything(tail):
    assert receipt.judge(f"{ORIGIN.upper()}/#9{tail}", None, under("receipts")).word in receipt.RECEIPT_WORDS


@given(st.integers(0, 8 * 420), st.booleans())
def test_a_turned_bit_is_never_a_receipt(bit, counted):
    """Of the reference every bit counts, those of the countersignature's kid apart: then it is undated."""
    text = REFERENCE if counted else cases_receipt.whole(counted=False).partition("/#9")[2]
    number = int(text)
    turned = number ^ (1 << bit % (number.bit_length() - 1))
    found = receipt.judge(f"{ORIGIN.upper()}/#9{turned}", cases_receipt.TOKEN, under("receipts"))
    assert found.word in ("malformed", "altered", "unsupported") or (counted and found.word == "undated")
