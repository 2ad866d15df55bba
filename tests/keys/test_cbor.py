"""keys/cbor.py beside cbor2, over values and over random bytes."""

import io

import cbor2
import pytest
from hypothesis import given, settings, strategies as st

from keys import cbor
from keys.errors import FormError

INTEGERS = st.integers(-(1 << 64), (1 << 64) - 1)
EDGES = st.sampled_from(
    [
        edge + step
        for edge in (24, 256, 65536, 1 << 32, 1 << 53, -24, -256, -65536, -(1 << 32))
        for step in (-2, -1, 0, 1)
    ]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LEAVES = INTEGERS | EDGES | st.binary(max_size=300) | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(INTEGERS | EDGES | TEXTS, inner, max_size=4),
    max_leaves=20,
)


def depth(value: object) -> int:
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 0


def bytewise(value: object) -> bytes:
    """What cbor2 makes of a value, its map keys put in bytewise order."""
    if isinstance(value, dict):
        pairs = sorted((cbor2.dumps(key), bytewise(inner)) for key, inner in value.items())
        return cbor2.dumps(dict.fromkeys(range(len(pairs)), 0))[: 1 if len(pairs) < 24 else 2] + b"".join(
            map(b"".join, pairs)
        )
    if isinstance(value, list):
        return cbor2.dumps([0] * len(value))[: 1 if len(value) < 24 else 2] + b"".join(map(bytewise, value))
    return cbor2.dumps(value)


@given(VALUES.filter(lambda value: depth(value) <= cbor.MAX_DEPTH))
def test_cbor2_reads_what_we_write_and_we_read_what_it_writes(value):
    encoded = cbor.encode(value)
    assert encoded == bytewise(value)
    assert cbor2.loads(encoded) == value
    assert cbor.decode(encoded) == value


@settings(max_examples=500)
@given(st.binary(max_size=60))
def test_random_bytes_are_refused_or_survive_the_round_trip(data):
    assert_round_trip_or_refusal(data)


@settings(max_examples=500)
@given(VALUES.map(bytewise), st.data())
def test_altered_encodings_are_refused_or_survive_the_round_trip(encoded, data):
    at = data.draw(st.integers(0, len(encoded)))
    byte = data.draw(st.binary(min_size=0, max_size=2))
    assert_round_trip_or_refusal(encoded[:at] + byte + encoded[at + data.draw(st.integers(0, 2)) :])


def assert_round_trip_or_refusal(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except FormError:
        return
    assert cbor.encode(value) == data
    stream = io.BytesIO(data)
    assert cbor2.CBORDecoder(stream).decode() == value and stream.read() == b""


@pytest.mark.parametrize(
    "value", [True, False, None, 1.0, float("nan"), {1.5: 1}, {b"a": 1}, {True: 1}, object(), bytearray(b"a"), {1, 2}]
)
def test_values_without_an_encoding_are_a_type_error(value):
    with pytest.raises(TypeError):
        cbor.encode(value)
    with pytest.raises(TypeError):
        cbor.encode([{1: value}])


@pytest.mark.parametrize("value", [1 << 64, -(1 << 64) - 1])
def test_integers_beyond_64_bits_are_a_value_error(value):
    with pytest.raises(ValueError):
        cbor.encode(value)


def test_depth_counts_the_outermost_container_as_one():
    deep = b"\x81" * (cbor.MAX_DEPTH - 1) + b"\x80"
    assert cbor.encode(cbor.decode(deep)) == deep
    for data in (b"\x81" + deep, b"\xa1\x00" * cbor.MAX_DEPTH + b"\xa0", b"\x81" * 100_000):
        with pytest.raises(FormError):
            cbor.decode(data)


@pytest.mark.parametrize(
    "hexadecimal",
    [
        "",
        "18",
        "1817",
        "1900ff",
        "1a0000ffff",
        "1b00000000ffffffff",
        "1c",
        "1f",
        "3817",
        "3f",
        "41",
        "5f40ff",
        "6180",
        "62c080",
        "63eda080",
        "64f4908080",
        "7f60ff",
        "81",
        "8000",
        "9fff",
        "a1",
        "a100",
        "a2000000",
        "a201000000",
        "a1400",
        "bfff",
        "c000",
        "d90000",
        "d280",
        "e0",
        "f4",
        "f5",
        "f6",
        "f7",
        "f820",
        "f90000",
        "fa00000000",
        "fb0000000000000000",
        "ff",
        "5bffffffffffffffff",
        "7b7fffffffffffffff",
        "9bffffffffffffffff",
        "bbffffffffffffffff",
        "a1f400",
        "a1800000",
    ],
)
def test_what_is_not_deterministic_is_refused(hexadecimal):
    data = bytes.fromhex(hexadecimal if len(hexadecimal) % 2 == 0 else hexadecimal + "0")
    with pytest.raises(FormError):
        cbor.decode(data)


def test_keys_are_in_bytewise_order_and_not_length_first():
    assert cbor.encode({-1: 0, 24: 1, "a": 2, 1000: 3}).hex() == "a41818011903e80320006161" + "02"
    with pytest.raises(FormError):
        cbor.decode(cbor2.dumps({-1: 0, 24: 1}, canonical=True))


def test_a_byte_order_mark_is_kept():
    assert cbor.decode(b"\x64\xef\xbb\xbfa") == "\ufeffa"


@pytest.mark.parametrize("data", ["a0", bytearray(b"\xa0"), None, memoryview(b"\xa0")])
def test_only_bytes_are_decoded(data):
    with pytest.raises(TypeError):
        cbor.decode(data)
