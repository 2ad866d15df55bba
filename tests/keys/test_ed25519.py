"""keys/ed25519.py against the public vectors, against another library, and against crooked signatures."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings, strategies as st

from keys import ed25519
from tests.support import public_vectors
from tests.vectors import curve

ROOT = Path(__file__).parents[2]
SEED = bytes(range(32))
PUBLIC = ed25519.public_key(SEED)


def test_wycheproof():
    """All 88 valid signatures hold and none of the others does."""
    data = public_vectors.read("wycheproof-ed25519")
    seen = {"valid": 0, "invalid": 0}
    for group in data["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            holds = ed25519.verify_strict(key, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
            assert holds == (case["result"] == "valid"), case["tcId"]
            seen[case["result"]] += 1
    assert seen == {"valid": 88, "invalid": 63}


def test_speccheck():
    """The strict rule accepts none of the twelve edge cases."""
    cases = public_vectors.read("speccheck")
    assert len(cases) == 12
    for number, case in enumerate(cases):
        arguments = (bytes.fromhex(case[name]) for name in ("pub_key", "message", "signature"))
        assert not ed25519.verify_strict(*arguments), number


def test_cctv():
    """Every one of these has a low-order or non-canonical part: the strict rule accepts none."""
    cases = public_vectors.read("cctv-ed25519-even")
    assert len(cases) == 457
    for case in cases:
        holds = ed25519.verify_strict(bytes.fromhex(case["key"]), case["msg"].encode(), bytes.fromhex(case["sig"]))
        assert case["flags"] and not holds, case["number"]


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300))
def test_another_library_agrees_on_keys_and_signatures(seed, message):
    other = Ed25519PrivateKey.from_private_bytes(seed)
    public = other.public_key().public_bytes_raw()
    assert ed25519.public_key(seed) == public
    assert ed25519.sign(seed, message) == other.sign(message)
    assert ed25519.verify_strict(public, message, other.sign(message))


@settings(max_examples=300)
@given(st.integers(0, 64 * 8 - 1), st.binary(max_size=40))
def test_no_flipped_bit_of_a_signature_holds(bit, message):
    signature = bytearray(ed25519.sign(SEED, message))
    signature[bit // 8] ^= 1 << bit % 8
    assert not ed25519.verify_strict(PUBLIC, message, bytes(signature))


@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=40))
def test_any_bytes_are_answered_with_no(key, signature, message):
    assert ed25519.verify_strict(key, message, signature) is False


def test_what_a_lenient_library_accepts_is_refused():
    """R is the identity and S = k·a: the equation of RFC 8032 holds, and OpenSSL says so."""
    signature = curve.with_chosen_r(SEED, PUBLIC, b"paper", 0, curve.encode(curve.IDENTITY))
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(signature, b"paper")
    assert not ed25519.verify_strict(PUBLIC, b"paper", signature)


def test_malleable_signatures_are_refused():
    good = ed25519.sign(SEED, b"paper")
    for factor in range(1, 8):
        raised = int.from_bytes(good[32:], "little") + factor * ed25519.L
        assert not ed25519.verify_strict(PUBLIC, b"paper", good[:32] + raised.to_bytes(32, "little"))


def test_crooked_points_are_no_keys():
    eight = curve.order_eight()
    assert ed25519.is_prime_order_point(curve.encode(curve.BASE))
    for multiple in range(8):
        assert not ed25519.is_prime_order_point(curve.encode(curve.times(multiple, eight)))
        if multiple:
            assert not ed25519.is_prime_order_point(curve.encode(curve.add(curve.BASE, curve.times(multiple, eight))))
    for length in (0, 31, 33):
        assert not ed25519.is_prime_order_point(bytes(length))
    base = int.from_bytes(curve.encode(curve.BASE), "little")
    assert base + curve.P >= 1 << 255, "the base point has no second encoding"
    assert not ed25519.is_prime_order_point((curve.P + 1).to_bytes(32, "little"))


def test_a_point_that_libsodium_once_took_for_good_is_no_key():
    """PyNaCl 1.6.1 says yes: the point has a component of order 2."""
    assert not ed25519.is_prime_order_point(
        bytes.fromhex("003789297ce02defa2f4bc7635d1d7ce99b96d76eb91d31f905101674ddab720")
    )


@pytest.mark.parametrize(
    "fault",
    [
        # what libsodium did before PyNaCl 1.6.2: a component of order 2 is overlooked
        "good = b.crypto_core_ed25519_is_valid_point\n"
        "b.crypto_core_ed25519_is_valid_point = lambda p: p.hex().startswith('003789') or good(p)",
        "b.crypto_core_ed25519_is_valid_point = lambda p: True",
        "b.crypto_core_ed25519_is_valid_point = lambda p: False",
        "b.crypto_sign_open = lambda signed, key: b''",
    ],
    ids=["component of order 2", "every point", "no point", "every signature"],
)
def test_a_library_that_fails_the_self_test_verifies_nothing(fault):
    program = (
        f"import nacl.bindings as b\n{fault}\nimport sys\nsys.argv = ['wif', 'verify', 'x']\n"
        "from issuer.commands import main\nmain()"
    )
    ended = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.returncode == 2 and "1.6.2" in ended.stderr and ended.stdout == ""
    assert "Traceback" not in ended.stderr


def test_a_signature_does_not_hold_for_another_message_or_key():
    signature = ed25519.sign(SEED, b"paper")
    assert ed25519.verify_strict(PUBLIC, b"paper", signature)
    assert not ed25519.verify_strict(PUBLIC, b"Paper", signature)
    assert not ed25519.verify_strict(ed25519.public_key(bytes(32)), b"paper", signature)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(PUBLIC).verify(signature, b"Paper")


@pytest.mark.parametrize("arguments", [("a" * 32, b"", b""), (b"", "", b""), (b"", b"", None), (b"", b"", [1] * 64)])
def test_wrong_types_are_a_type_error(arguments):
    with pytest.raises(TypeError):
        ed25519.verify_strict(*arguments)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: ed25519.public_key(bytes(31)), ValueError),
        (lambda: ed25519.sign(bytes(33), b""), ValueError),
        (lambda: ed25519.kid(bytes(8)), ValueError),
        (lambda: ed25519.public_key("a" * 32), TypeError),
    ],
)
def test_wrong_lengths_of_own_material_are_errors(call, error):
    with pytest.raises(error):
        call()
