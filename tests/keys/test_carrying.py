"""Files carried as QR texts: whole or refused; and what a list changes, in words."""

import random

import cbor2
import pytest
import segno
import zxingcpp
from PIL import Image

from keys import carrying, cbor, trust
from keys.changes import describe
from keys.errors import FormError
from keys.roots import RootSet
from keys.trust_content import StatusListEntry
from tests.support import made


@pytest.mark.parametrize("length", [1, 359, 360, 361, 5_000, carrying.PART * carrying.MOST])
def test_what_is_carried_comes_back_in_any_order_among_other_texts(length):
    data = random.Random(length).randbytes(length)
    texts = carrying.texts(data)
    shuffled = [*texts, texts[0], "https://example.org/", "WIF1/x"]
    random.Random(1).shuffle(shuffled)
    assert carrying.collect(shuffled) == data
    assert len(texts) == -(-length // carrying.PART)


def test_symbols_are_read_by_another_decoder(tmp_path):
    data = random.Random(3).randbytes(900)
    found = []
    for place, text in enumerate(carrying.texts(data)):
        segno.make(text, error="m", mode="alphanumeric", micro=False).save(str(tmp_path / f"{place}.png"), scale=4)
        found += [code.text for code in zxingcpp.read_barcodes(Image.open(tmp_path / f"{place}.png").convert("L"))]
    assert carrying.collect(found) == data


@pytest.mark.parametrize("length", [0, carrying.PART * carrying.MOST + 1])
def test_nothing_and_too_much_are_refused(length):
    with pytest.raises(FormError):
        carrying.texts(bytes(length))


def test_missing_mixed_and_damaged_parts_are_refused():
    one, two = carrying.texts(b"a" * 1000), carrying.texts(b"b" * 1000)
    with pytest.raises(FormError, match="number 2 is missing"):
        carrying.collect([one[0], one[2]])
    with pytest.raises(FormError, match="different files"):
        carrying.collect([*one, *two])
    with pytest.raises(FormError, match="No symbol"):
        carrying.collect(["hello"])
    with pytest.raises(FormError, match="damaged"):
        carrying.collect([one[0].replace("/MFQW", "/MFQX"), *one[1:]])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"keys": (made.entry(made.SIGNER, 1, state=3), made.entry(made.STATUS, 2), made.entry(made.RECEIPT, 3))},
            "in_use becomes REVOKED",
        ),
        ({"keys": (made.entry(made.STATUS, 2), made.entry(made.RECEIPT, 3))}, "is TAKEN OUT of the list"),
        (
            {
                "keys": (
                    made.entry(made.SIGNER, 1),
                    made.entry(made.STATUS, 2),
                    made.entry(made.RECEIPT, 3),
                    made.entry(made.STRANGER, 1, departments=("75",)),
                )
            },
            "NEW KEY " + made.STRANGER.kid.hex() + ": signs attestations for the départements 75",
        ),
        (
            {
                "keys": (
                    made.entry(made.SIGNER, 1, not_after=5),
                    made.entry(made.STATUS, 2),
                    made.entry(made.RECEIPT, 3),
                )
            },
            "now signs attestations",
        ),
        (
            {"roots": RootSet(1, (made.ROOT.public_key, made.STRANGER.public_key))},
            "ROOTS: added " + made.STRANGER.kid.hex(),
        ),
        ({"roots": RootSet(1, (made.STRANGER.public_key,))}, "ROOTS: removed " + made.ROOT.kid.hex()),
        ({"origins": (made.ORIGIN, "https://evil.example")}, "NEW ADDRESS: https://evil.example"),
        ({"origins": ("https://evil.example",)}, "is TAKEN OUT: papers that bear it become foreign"),
        ({"status_lists": (StatusListEntry(1, "other.cose", made.STATUS.kid),)}, "STATUS LIST 1: at /other.cose"),
        ({"status_lists": ()}, "STATUS LIST 1 is TAKEN OUT"),
        ({"demonstration": True}, "DEMONSTRATION"),
        ({"extensions": ((40, cbor.encode("évil")),)}, "EXTENSION 40 of THE LIST, which this version does not know"),
        ({"extensions": ((40, cbor.encode("évil")),)}, cbor.encode("évil").hex()),
        (
            {
                "keys": (
                    made.entry(made.SIGNER, 1, extensions=((33, b"\x07"),)),
                    made.entry(made.STATUS, 2),
                    made.entry(made.RECEIPT, 3),
                )
            },
            f"EXTENSION 33 of KEY {made.SIGNER.kid.hex()}",
        ),
        (
            {
                "keys": (
                    made.entry(made.SIGNER, 1),
                    made.entry(made.STATUS, 2),
                    made.entry(made.RECEIPT, 3, departments=("75",)),
                )
            },
            "for the départements 75",
        ),
        (
            {"status_lists": (StatusListEntry(1, "status-1.cose", made.STATUS.kid, ((50, b"\x01"),)),)},
            "EXTENSION 50 of STATUS LIST 1",
        ),
        (
            {"status_lists": (StatusListEntry(1, "status-1.cose", made.STATUS.kid, ((32, cbor.encode([9, 8])),)),)},
            "STATUS LIST 1: LONGEST LIFE: it may count as fresh for 9 seconds and live for 8 seconds",
        ),
        ({"later_keys": (cbor.encode({3: 7, 1: "x"}),)}, "NEW ENTRY: a key of the use 7, which this version does not"),
        ({"later_keys": (cbor.encode({3: 4, 1: "x"}),)}, "NEW ENTRY: a key of countersignatures of receipts: a2"),
    ],
)
def test_every_change_is_told_to_who_signs(change, words):
    told = describe(made.content(), made.content(version=2, **change))
    assert "Version 1 becomes 2" in told[0] and words in "\n".join(told[1:])
    assert describe(made.content(), made.content(version=2))[1:] == ["Nothing but the version and the dates changes."]


def test_what_this_version_does_not_know_is_carried_from_list_to_list():
    content = made.content(
        keys=(made.entry(made.SIGNER, 1, extensions=((33, b"\x07"),)), made.entry(made.STATUS, 2)),
        status_lists=(StatusListEntry(1, "status-1.cose", made.STATUS.kid, ((32, cbor.encode([9, 8])),)),),
        extensions=((99, cbor.encode({"a": [1]})),),
        later_keys=(cbor.encode({3: 4, 1: "x"}),),
    )
    read = trust.read(trust.make(content, []))
    again = trust.read(trust.make(read, []))
    assert read.payload == again.payload and cbor2.loads(read.payload)[99] == {"a": [1]}
    assert {3: 4, 1: "x"} in cbor2.loads(read.payload)[6] and describe(content, read)[1:] == describe(read, again)[1:]


def test_taking_an_extension_out_is_told():
    held = made.content(extensions=((40, b"\x01"),), later_keys=(cbor.encode({3: 7}),))
    told = "\n".join(describe(held, made.content(version=2)))
    assert "EXTENSION 40" in told and "01 is TAKEN OUT" in told and "TAKEN OUT: a key of the use 7" in told


def test_a_list_that_lives_longer_than_the_one_before_is_told():
    day, held = 86_400, made.content()
    told = lambda held, days: "\n".join(describe(held, made.content(version=2, expires=held.issued + days * day)))
    assert "It LIVES" not in told(held, 30) and "It LIVES 36500 days, not 30" in told(held, 36_500)
    assert "It LIVES" in "\n".join(describe(None, made.content(expires=held.issued + 90 * day)))


def test_without_a_list_in_force_everything_is_told():
    told = "\n".join(describe(None, made.content()))
    for word in (made.ROOT.kid.hex(), made.SIGNER.kid.hex(), made.STATUS.kid.hex(), "NEW STATUS LIST 1", "NEW ADDRESS"):
        assert word in told
