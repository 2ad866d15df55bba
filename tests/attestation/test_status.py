"""issuer/attestation/status.py: the list, against the draft's vectors and against a plain array."""

import tracemalloc
import zlib

import pytest
from hypothesis import given, settings, strategies as st

from issuer.attestation import status
from keys.errors import FormError, StatusRefused
from tests.support import made, public_vectors


def test_the_two_bit_list_of_the_token_status_list_draft():
    lists = [row for row in public_vectors.read("token-status-list")["lists"] if row["bits"] == 2]
    assert len(lists) == 1
    values = status.inflate(bytes.fromhex(lists[0]["lst"]))
    assert len(values) * 4 == lists[0]["entries"] == 1 << 20
    listed = made.held_status(values)
    expected = {int(index): value for index, value in lists[0]["nonzero"].items()}
    assert {index: listed.value(index) for index in range(1 << 20) if listed.value(index)} == expected


def test_our_own_bits_are_those_of_the_draft():
    lists = [row for row in public_vectors.read("token-status-list")["lists"] if row["bits"] == 2]
    values = bytearray(status.MAX_BYTES)
    for index, value in lists[0]["nonzero"].items():
        status.set_value(values, int(index), value)
    assert bytes(values) == zlib.decompress(bytes.fromhex(lists[0]["lst"]))


@settings(max_examples=30)
@given(st.dictionaries(st.integers(0, status.MIN_BYTES * 4 - 1), st.integers(0, 3), max_size=200))
def test_what_is_set_is_what_is_read_after_signing(entries):
    values = bytearray(status.MIN_BYTES)
    for index in entries:
        status.set_value(values, index, 3)
    for index, value in entries.items():
        status.set_value(values, index, value)
    listed = made.held_status(bytes(values))
    near = {other for index in entries for other in (index - 1, index + 1) if 0 <= other < status.MIN_BYTES * 4}
    for index in entries.keys() | near:
        assert listed.value(index) == entries.get(index, 0)
    assert listed.value(status.MIN_BYTES * 4) is None


@pytest.mark.parametrize("size", [status.MIN_BYTES, status.MIN_BYTES + 1, status.MAX_BYTES - 1, status.MAX_BYTES])
def test_sizes_in_range_survive(size):
    values = b"\xe4" * size
    assert zlib.decompress(status.compress(values)) == values == status.inflate(status.compress(values))


@pytest.mark.parametrize("size", [0, status.MIN_BYTES - 1, status.MAX_BYTES + 1])
def test_sizes_out_of_range_are_neither_made_nor_read(size):
    with pytest.raises(FormError):
        made.status_bytes(bytes(size))
    with pytest.raises(FormError):
        status.inflate(zlib.compress(bytes(size)))


@given(st.binary(max_size=100))
def test_any_bytes_raise_the_declared_error_only(data):
    with pytest.raises(FormError):
        status.inflate(b"\x78\x9c" + data)
    for prefix in (b"", b"\xd2", b"\xd2\x84\x58\x26"):
        with pytest.raises(StatusRefused) as refusal:
            status.accept(prefix + data, 1, made.held_trust(), None, made.NOW)
        assert refusal.value.code == "form"


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_altered_byte_is_accepted(place, change):
    data = bytearray(made.status_bytes(bytes(status.MIN_BYTES)))
    data[place % len(data)] ^= change
    with pytest.raises(StatusRefused):
        status.accept(bytes(data), 1, made.held_trust(), None, made.NOW)


def test_a_bomb_is_not_inflated_beyond_the_limit():
    """64 MiB behind 64 kB: memory stays within a few times the limit."""
    machine = zlib.compressobj(9)
    bomb = b"".join(machine.compress(bytes(1 << 20)) for _ in range(64)) + machine.flush()
    tracemalloc.start()
    with pytest.raises(FormError):
        status.inflate(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 * status.MAX_BYTES


def test_declared_codes_are_the_only_ones():
    with pytest.raises(ValueError):
        StatusRefused("other", "text")
