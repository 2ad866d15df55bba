"""keys/keystore.py: sealed keys, and everything that can be wrong with one. With a cheap argon2id, for speed."""

import errno
import os
import pickle
import stat

import cbor2
import nacl.pwhash.argon2id as argon2id
import nacl.secret
import pytest

from keys import ed25519
from keys.errors import KeystoreError
from keys.keystore import Cost, Keystore, open_file
from keys.signer import SeedSigner

CHEAP = Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)
PASSPHRASE = "correct horse éà"
SEED = bytes(range(32))


@pytest.fixture
def sealed(tmp_path):
    """A keystore with one attestation key of a known seed."""
    store = Keystore(tmp_path / "keys")
    store.create("attestation", PASSPHRASE, SEED, CHEAP)
    return store


def path_of(store):
    return next(store.folder.iterdir())


def test_what_was_sealed_opens_and_signs(sealed):
    signer = sealed.open(ed25519.kid(ed25519.public_key(SEED)), PASSPHRASE)
    assert ed25519.verify_strict(signer.public_key, b"paper", signer.sign(b"paper"))
    assert [key.public_key for key in sealed.list()] == [signer.public_key]


def test_an_independent_reader_opens_the_file(sealed):
    """argon2id and SecretBox as the docstring states them, and nothing else."""
    value = cbor2.loads(path_of(sealed).read_bytes())
    assert (value[1], value[2], value[5], value[6]) == ("wif-sealed-key", 1, ed25519.public_key(SEED), 1)
    key = argon2id.kdf(32, PASSPHRASE.encode(), value[3], opslimit=value[4][0], memlimit=value[4][1])
    assert nacl.secret.SecretBox(key).decrypt(value[7]) == SEED


def test_fresh_keys_differ_and_so_do_two_sealings_of_one(tmp_path):
    first, second = (Keystore(tmp_path / name) for name in "ab")
    assert (
        first.create("root", PASSPHRASE, cost=CHEAP).public_key
        != first.create("root", PASSPHRASE, cost=CHEAP).public_key
    )
    for store in (first, second):
        store.create("status", PASSPHRASE, SEED, CHEAP)
    sealings = [next(store.folder.glob("status-*")).read_bytes() for store in (first, second)]
    assert sealings[0] != sealings[1] and all(SEED not in data for data in sealings)


def test_file_and_folder_are_for_the_owner_alone(sealed):
    assert stat.S_IMODE(path_of(sealed).stat().st_mode) == 0o600
    assert stat.S_IMODE(sealed.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("wrong", ["", "correct horse ea", PASSPHRASE + " ", PASSPHRASE.upper()])
def test_a_wrong_passphrase_is_said(sealed, wrong):
    with pytest.raises(KeystoreError, match="passphrase does not open"):
        open_file(path_of(sealed), wrong)


def test_a_file_torn_at_any_length_is_said(sealed):
    path = path_of(sealed)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(KeystoreError, match="torn or is not a sealed key"):
            open_file(path, PASSPHRASE)
        with pytest.raises(KeystoreError):
            sealed.list()


def test_no_altered_byte_opens_as_another_key(sealed):
    path = path_of(sealed)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            signer = open_file(path, PASSPHRASE)
        except KeystoreError:
            continue
        assert signer.public_key == ed25519.public_key(SEED), at


@pytest.mark.parametrize(
    "foreign",
    [
        b"",
        b"\x00" * 200,
        b"-----BEGIN PRIVATE KEY-----\n",
        b"\xa0",
        cbor2.dumps({1: "wif-sealed-key"}),
        cbor2.dumps([1, 2, 3]),
        b"\xff" * 5000,
    ],
)
def test_a_foreign_file_is_said(sealed, foreign):
    path = sealed.folder / "attestation-foreign.key"
    path.write_bytes(foreign)
    with pytest.raises(KeystoreError, match="not a sealed key"):
        open_file(path, PASSPHRASE)


def changed(path, **changes):
    value = cbor2.loads(path.read_bytes())
    value.update({int(name[1:]): new for name, new in changes.items()})
    path.write_bytes(cbor2.dumps(value, canonical=True))


def test_a_later_version_of_the_file_is_said(sealed):
    changed(path_of(sealed), k2=2)
    with pytest.raises(KeystoreError, match="not a sealed key of this version"):
        open_file(path_of(sealed), PASSPHRASE)


@pytest.mark.parametrize(
    "cost",
    [[0, argon2id.MEMLIMIT_MIN], [argon2id.OPSLIMIT_MIN, 1], [1 << 40, argon2id.MEMLIMIT_MIN], [1, 1 << 50], [1]],
)
def test_a_cost_out_of_range_is_refused_without_paying_it(sealed, cost):
    changed(path_of(sealed), k4=cost)
    with pytest.raises(KeystoreError, match="not a sealed key"):
        open_file(path_of(sealed), PASSPHRASE)


def test_an_exchanged_public_key_is_said(sealed):
    changed(path_of(sealed), k5=ed25519.public_key(bytes(32)))
    with pytest.raises(KeystoreError, match="private half of another key"):
        open_file(path_of(sealed), PASSPHRASE)


def test_a_missing_key_and_an_unreadable_file_are_said(sealed, tmp_path):
    with pytest.raises(KeystoreError, match="holds no key 0000000000000000"):
        sealed.open(bytes(8), PASSPHRASE)
    with pytest.raises(KeystoreError, match="cannot be read"):
        open_file(tmp_path / "none.key", PASSPHRASE)


def test_a_key_is_never_overwritten(sealed):
    before = path_of(sealed).read_bytes()
    with pytest.raises(KeystoreError, match="already there"):
        sealed.create("attestation", PASSPHRASE, SEED, CHEAP)
    assert path_of(sealed).read_bytes() == before


def test_a_disk_that_fills_up_leaves_no_torn_key(sealed, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeystoreError, match="No space left"):
        sealed.create("status", PASSPHRASE, cost=CHEAP)
    monkeypatch.undo()
    assert [key.use for key in sealed.list()] == [1]
    sealed.create("status", PASSPHRASE, cost=CHEAP)
    assert [key.use for key in sealed.list()] == [1, 2]


def test_a_short_passphrase_and_a_folder_that_is_a_file_are_said(tmp_path):
    with pytest.raises(KeystoreError, match="shorter than 8"):
        Keystore(tmp_path).create("root", "1234567", cost=CHEAP)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(KeystoreError, match="cannot be made"):
        Keystore(tmp_path / "file").create("root", PASSPHRASE, cost=CHEAP)


def test_an_unknown_use_is_a_programming_error(tmp_path):
    with pytest.raises(ValueError):
        Keystore(tmp_path).create("anything", PASSPHRASE)


def test_a_key_is_sealed_at_the_cost_that_libsodium_calls_moderate_unless_another_is_asked_for(tmp_path):
    made = Keystore(tmp_path).create("root", PASSPHRASE)
    passes, memory = 3, 256 << 20
    assert cbor2.loads(next(tmp_path.glob("root-*")).read_bytes())[4] == [passes, memory]
    assert open_file(next(tmp_path.glob("root-*")), PASSPHRASE).public_key == made.public_key


def test_a_signer_never_shows_or_gives_away_its_seed(sealed):
    signer = SeedSigner(SEED)
    shown = f"{signer!r} {signer!s} {sealed.list()!r} {sealed.__dict__!r}"
    for secret in (SEED.hex(), repr(SEED), str(list(SEED)), PASSPHRASE):
        assert secret not in shown
    with pytest.raises(TypeError):
        pickle.dumps(signer)
    assert not hasattr(signer, "__dict__")


def test_no_error_repeats_the_passphrase(sealed):
    for call in (
        lambda: open_file(path_of(sealed), "secret words here"),
        lambda: sealed.create("root", "secret1", cost=CHEAP),
    ):
        with pytest.raises(KeystoreError) as error:
            call()
        assert "secret" not in str(error.value)
