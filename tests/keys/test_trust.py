"""keys/trust.py: what the vectors do not show: making lists, any bytes, any altered byte, rotations one after
another.
"""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from keys import trust
from keys.errors import FormError, TrustRefused
from keys.roots import RootSet
from keys.signer import SeedSigner
from keys.trust_content import StatusListEntry, encode_payload
from tests.support import made
from tests.vectors.wire import Key

DATA = trust.make(made.content(), [made.ROOT])


def test_what_is_made_is_accepted_and_reads_back():
    accepted = trust.accept(DATA, made.PINNED, None, made.NOW, build_time=5)
    assert accepted.changed and accepted.pinned is made.PINNED
    for name in made.content().__dataclass_fields__:
        assert getattr(accepted.trust, name) == getattr(made.content(), name)
    assert (accepted.trust.cose, accepted.trust.build_time) == (DATA, 5)


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_for_their_form(data):
    for prefix in (b"", b"\xd8\x62", DATA[:60]):
        with pytest.raises(TrustRefused) as refusal:
            trust.accept(prefix + data, made.PINNED, None, made.NOW)
        assert refusal.value.code == "form"


def test_no_altered_byte_is_accepted():
    for at in range(len(DATA)):
        altered = DATA[:at] + bytes([DATA[at] ^ 1]) + DATA[at + 1 :]
        with pytest.raises(TrustRefused):
            trust.accept(altered, made.PINNED, None, made.NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": -1},
        {"version": 1 << 53},
        {"origins": ()},
        {"origins": ("https://A.example",)},
        {"origins": ("http://a.example",)},
        {"keys": (made.entry(made.SIGNER, 1, authority=""),)},
        {"keys": (made.entry(made.SIGNER, 1, state=4),)},
        {"keys": (made.entry(made.STATUS, 2, not_before=2, not_after=1),)},
        {"status_lists": (StatusListEntry(0, "s", made.STATUS.kid),)},
        {"status_lists": (StatusListEntry(1, "s", made.SIGNER.kid),)},
        {"status_lists": (StatusListEntry(1, "../s?", made.STATUS.kid),)},
    ],
)
def test_a_list_that_nobody_would_accept_is_not_signed(changes):
    with pytest.raises(FormError):
        encode_payload(made.content(**changes))


def test_a_verifier_follows_rotation_after_rotation_and_never_back():
    sets = [[SeedSigner(Key(f"rotation {generation} {number}").seed) for number in range(3)] for generation in range(4)]
    pinned, held = RootSet(2, tuple(signer.public_key for signer in sets[0])), None
    lists = []
    for generation in range(1, 4):
        new = RootSet(2, tuple(signer.public_key for signer in sets[generation]))
        content = made.content(version=generation, roots=new, keys=(made.entry(made.STATUS, 2),))
        lists.append(trust.make(content, sets[generation - 1][:2] + sets[generation][:2]))
        accepted = trust.accept(lists[-1], pinned, held, made.NOW)
        assert accepted.changed and accepted.pinned.same_as(new)
        pinned, held = accepted.pinned, accepted.trust
    older = trust.make(made.content(version=2, roots=pinned, keys=(made.entry(made.STATUS, 2),)), sets[3][:2])
    for old, code in ((lists[0], "threshold"), (lists[1], "threshold"), (older, "rollback")):
        with pytest.raises(TrustRefused) as refusal:
            trust.accept(old, pinned, held, made.NOW)
        assert refusal.value.code == code


def test_a_list_signed_on_two_machines_is_put_together():
    other = SeedSigner(Key("second root").seed)
    roots = RootSet(2, (made.ROOT.public_key, other.public_key))
    halves = [trust.make(made.content(roots=roots), [signer]) for signer in (made.ROOT, other)]
    for half in halves:
        with pytest.raises(TrustRefused) as refusal:
            trust.accept(half, roots, None, made.NOW)
        assert refusal.value.code == "threshold"
    assert trust.accept(trust.combine(halves), roots, None, made.NOW).changed


@pytest.mark.parametrize(
    ("threshold", "keys"),
    [
        (0, (made.ROOT.public_key,)),
        (2, (made.ROOT.public_key,)),
        (1, ()),
        (1, (made.ROOT.public_key, made.ROOT.public_key)),
        (1, (bytes(32),)),
        (1, (made.ROOT.public_key[:31],)),
        (True, (made.ROOT.public_key,)),
        (1, ("a" * 32,)),
    ],
)
def test_a_root_set_that_is_none_cannot_be_made(threshold, keys):
    with pytest.raises(FormError):
        RootSet(threshold, keys)


@settings(max_examples=50)
@given(st.integers(0, 3), st.integers(0, 3))
def test_versions_only_ever_grow(first, second):
    held = trust.accept(trust.make(made.content(version=first), [made.ROOT]), made.PINNED, None, made.NOW).trust
    data = trust.make(replace(made.content(version=second), issued=made.NOW), [made.ROOT])
    if second > first:
        assert trust.accept(data, made.PINNED, held, made.NOW).trust.version == second
        return
    with pytest.raises(TrustRefused) as refusal:
        trust.accept(data, made.PINNED, held, made.NOW)
    assert refusal.value.code == ("conflict" if second == first else "rollback")


def test_declared_codes_are_the_only_ones():
    with pytest.raises(ValueError):
        TrustRefused("other", "text")
