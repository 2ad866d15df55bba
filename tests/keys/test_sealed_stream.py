"""The sealed stream: every block is verified, every cut and exchange is found, every length comes back."""

import io

import nacl.bindings
import nacl.pwhash.argon2id as argon2id
import pytest

from keys.errors import SealError
from keys.keystore import Cost
from keys.sealedstream import BLOCK, MAGIC, SealedReader, SealedWriter

SECRET = "a passphrase of streams"
CHEAP = Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)
HEAD = len(MAGIC) + 16 + 4 + 8 + 24


def seal(data: bytes, secret: str = SECRET, piece: int = 50_000) -> bytes:
    out = io.BytesIO()
    writer = SealedWriter(out, secret, CHEAP)
    for start in range(0, len(data), piece):
        writer.write(data[start : start + piece])
    writer.finish()
    return out.getvalue()


def opened(sealed: bytes, secret: str = SECRET, piece: int = 70_001) -> bytes:
    reader = SealedReader(io.BytesIO(sealed), secret)
    data = b"".join(iter(lambda: reader.read(piece), b""))
    reader.finish()
    return data


@pytest.mark.parametrize("length", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 5])
def test_every_length_comes_back(length):
    data = bytes(place % 251 for place in range(length))
    sealed = seal(data)
    assert opened(sealed) == data
    assert length < 64 or data[:64] not in sealed


def test_it_is_libsodiums_own_form():
    """Read with the bindings alone, from the description in words."""
    sealed = seal(b"abc" * 40_000)
    salt, ops, memory = sealed[20:36], int.from_bytes(sealed[36:40], "big"), int.from_bytes(sealed[40:48], "big")
    key = argon2id.kdf(32, SECRET.encode(), salt, opslimit=ops, memlimit=memory)
    state = nacl.bindings.crypto_secretstream_xchacha20poly1305_state()
    nacl.bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, sealed[48:72], key)
    first, tag = nacl.bindings.crypto_secretstream_xchacha20poly1305_pull(
        state, sealed[72 : 72 + BLOCK + 17], sealed[:48]
    )
    last, end = nacl.bindings.crypto_secretstream_xchacha20poly1305_pull(state, sealed[72 + BLOCK + 17 :], b"")
    assert first + last == b"abc" * 40_000 and (tag, end) == (0, 3)


def test_another_passphrase_is_said():
    with pytest.raises(SealError, match="passphrase does not open"):
        opened(seal(b"x"), "another passphrase")


def test_a_short_passphrase_is_refused():
    with pytest.raises(SealError, match="shorter than 8"):
        SealedWriter(io.BytesIO(), "short", CHEAP)


@pytest.mark.parametrize(
    "cut", [0, 5, 19, 30, HEAD - 1, HEAD, HEAD + 10, HEAD + BLOCK + 16, HEAD + BLOCK + 17, HEAD + BLOCK + 18, -1]
)
def test_a_torn_file_is_said(cut):
    sealed = seal(bytes(2 * BLOCK + 9))
    with pytest.raises(SealError, match="torn|no backup|beginning was altered"):
        opened(sealed[:cut])


@pytest.mark.parametrize("place", [20, 38, 42, 50, HEAD, HEAD + 40_000, HEAD + BLOCK + 17, -1])
def test_a_changed_byte_is_said(place):
    sealed = bytearray(seal(bytes(2 * BLOCK)))
    sealed[place] ^= 1
    with pytest.raises(SealError):
        opened(bytes(sealed))


def test_blocks_that_changed_places_and_what_follows_the_end_are_said():
    sealed = seal(bytes(3 * BLOCK))
    one, two, rest = (sealed[HEAD + n * (BLOCK + 17) : HEAD + (n + 1) * (BLOCK + 17)] for n in range(3))
    for altered in (sealed[:HEAD] + two + one + rest, sealed[:HEAD] + one + rest, sealed + b"x", sealed + rest):
        with pytest.raises(SealError):
            opened(altered)


def test_a_foreign_file_is_said():
    with pytest.raises(SealError, match="no backup of this program"):
        SealedReader(io.BytesIO(b"PK\x03\x04" + bytes(5000)), SECRET)


def test_a_cost_out_of_range_is_refused_without_paying_it():
    sealed = bytearray(seal(b""))
    sealed[40:48] = (1 << 40).to_bytes(8, "big")
    with pytest.raises(SealError, match="altered"):
        opened(bytes(sealed))
