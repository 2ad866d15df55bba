"""Sealed private keys: one file a key, argon2id (RFC 9106) and SecretBox (XSalsa20-Poly1305).

A file is deterministic CBOR ``{1: "wif-sealed-key", 2: 1, 3: salt (16 bytes), 4: [ops, memory in bytes],
5: public key (32 bytes), 6: use, 7: nonce ‖ box}``; the box holds the 32-byte seed, and what is opened
must be the private half of the public key in clear. So a wrong passphrase, a torn file, a foreign file
and an exchanged file each get their own clear error.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nacl.exceptions
import nacl.secret
import nacl.utils
from nacl.pwhash import argon2id

from keys import cbor, durable, ed25519
from keys.errors import FormError, KeystoreError
from keys.signer import SeedSigner
from keys.trust_content import USE_ATTESTATION, USE_COUNTERSIGN, USE_RECEIPT, USE_STATUS

MAGIC = "wif-sealed-key"
VERSION = 1
USE_ROOT = 0
USES = {
    "root": USE_ROOT,
    "attestation": USE_ATTESTATION,
    "status": USE_STATUS,
    "receipt": USE_RECEIPT,
    "countersign": USE_COUNTERSIGN,
}
MIN_PASSPHRASE = 8
"""Fewest characters of a new passphrase."""
_SUFFIX = ".key"
_MAX_FILE = 4096


@dataclass(frozen=True)
class Cost:
    """What opening one key costs: argon2id passes, and memory in bytes."""

    ops: int = argon2id.OPSLIMIT_MODERATE
    memory: int = argon2id.MEMLIMIT_MODERATE


@dataclass(frozen=True)
class SealedKey:
    """What a sealed file shows without a passphrase: 32-byte public key, its use (0 root, 1 attestation, 2 status, 3
    receipt), its path.
    """

    public_key: bytes
    use: int
    path: Path

    @property
    def kid(self) -> bytes:
        """The 8-byte key identifier."""
        return ed25519.kid(self.public_key)


class Keystore:
    """The folder of sealed keys of one home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, use: str, passphrase: str, seed: bytes | None = None, cost: Cost = Cost()) -> SeedSigner:
        """Seal a new key (32 fresh random bytes unless ``seed`` is given) and return its signer.

        Raises KeystoreError for a short passphrase, or when the file cannot be written or is already there.
        """
        if use not in USES:
            raise ValueError(f"not a use: {use}")
        if len(passphrase) < MIN_PASSPHRASE:
            raise KeystoreError(f"The passphrase is shorter than {MIN_PASSPHRASE} characters. Choose a longer one.")
        signer = SeedSigner(seed or nacl.utils.random(ed25519.SEED_LENGTH))
        self._write(self.folder / f"{use}-{signer.kid.hex()}{_SUFFIX}", _sealed(signer, use, passphrase, cost))
        return signer

    def list(self) -> list[SealedKey]:
        """Every sealed key of the folder, in order of file name. Raises KeystoreError for a torn or foreign file."""
        return [_shown(path) for path in sorted(self.folder.glob(f"*{_SUFFIX}"))]

    def open(self, kid: bytes, passphrase: str) -> SeedSigner:
        """The signer of the key with this 8-byte kid. Raises KeystoreError: no such key, wrong passphrase, torn or
        foreign file.
        """
        for sealed in self.list():
            if sealed.kid == kid:
                return open_file(sealed.path, passphrase)
        raise KeystoreError(f"The keystore holds no key {kid.hex()}. Bring its sealed file into {self.folder}.")

    def set_aside(self, kid: bytes) -> bool:
        """Take a key out of service on this machine at once: its sealed file stays, under another name that no program
        opens. Whether it was there.
        """
        for sealed in self.list():
            if sealed.kid == kid:
                sealed.path.rename(sealed.path.with_name(sealed.path.name + ".stopped"))
                durable.sync_folder(self.folder)
                return True
        return False

    def _write(self, path: Path, data: bytes) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise KeystoreError(
                f"The folder {self.folder} cannot be made ({error.strerror}). Check the path and its permissions."
            ) from None
        _write(path, data)


def create_file(path: Path, use: str, passphrase: str, cost: Cost = Cost()) -> SeedSigner:
    """Seal a new key in a file of its own, outside any home: a root on a machine without a network.

    Raises KeystoreError for a short passphrase, or when the file cannot be written or is already there.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise KeystoreError(f"The passphrase is shorter than {MIN_PASSPHRASE} characters. Choose a longer one.")
    signer = SeedSigner(nacl.utils.random(ed25519.SEED_LENGTH))
    _write(path, _sealed(signer, use, passphrase, cost))
    return signer


def shown(path: Path) -> SealedKey:
    """What one sealed file shows without its passphrase. Raises KeystoreError for a torn or foreign file."""
    return _shown(path)


def _sealed(signer: SeedSigner, use: str, passphrase: str, cost: Cost) -> bytes:
    salt = nacl.utils.random(argon2id.SALTBYTES)
    box = nacl.secret.SecretBox(_derive(passphrase, salt, cost))
    return cbor.encode(
        {
            1: MAGIC,
            2: VERSION,
            3: salt,
            4: [cost.ops, cost.memory],
            5: signer.public_key,
            6: USES[use],
            7: bytes(box.encrypt(_seed_of(signer))),
        }
    )


def _write(path: Path, data: bytes) -> None:
    try:
        durable.write(path, data, replace=False)
    except FileExistsError:
        raise KeystoreError(f"The sealed key {path.name} is already there. Nothing was written.") from None
    except OSError as error:
        raise KeystoreError(
            f"The sealed key {path} cannot be written ({error.strerror}). Check the folder and its free space."
        ) from None


def _seed_of(signer: SeedSigner) -> bytes:
    return signer._secret[: ed25519.SEED_LENGTH]  # noqa: SLF001 - the keystore is the one place that may read it


def _derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    try:
        return argon2id.kdf(
            nacl.secret.SecretBox.KEY_SIZE, passphrase.encode("utf-8"), salt, opslimit=cost.ops, memlimit=cost.memory
        )
    except nacl.exceptions.RuntimeError:
        raise KeystoreError(
            f"Opening a key needs {cost.memory >> 20} MiB of memory, which this machine does not have free."
        ) from None


def _read(path: Path) -> dict[int, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE + 1)
    except OSError as error:
        raise KeystoreError(f"The sealed key {path} cannot be read ({error.strerror}).") from None
    try:
        if len(data) > _MAX_FILE:
            raise FormError("It is too long.")
        value = cbor.decode(data)
    except FormError:
        raise KeystoreError(f"{path.name} is torn or is not a sealed key. Restore it from a backup.") from None
    match value:
        case {
            1: "wif-sealed-key",
            2: 1,
            3: bytes() as salt,
            4: [int(), int()] as cost,
            5: bytes() as key,
            6: int() as use,
            7: bytes() as box,
        } if (
            len(salt) == argon2id.SALTBYTES
            and argon2id.OPSLIMIT_MIN <= cost[0] <= argon2id.OPSLIMIT_SENSITIVE
            and argon2id.MEMLIMIT_MIN <= cost[1] <= argon2id.MEMLIMIT_SENSITIVE
            and len(key) == ed25519.PUBLIC_KEY_LENGTH
            and use in USES.values()
            and len(box) == nacl.secret.SecretBox.NONCE_SIZE + nacl.secret.SecretBox.MACBYTES + ed25519.SEED_LENGTH
        ):
            return value  # type: ignore[return-value]
    raise KeystoreError(f"{path.name} is not a sealed key of this version. Restore it from a backup.")


def _shown(path: Path) -> SealedKey:
    value = _read(path)
    return SealedKey(value[5], value[6], path)


def open_file(path: Path, passphrase: str) -> SeedSigner:
    """Open one sealed file. Raises KeystoreError: wrong passphrase, torn, foreign or exchanged file."""
    value = _read(path)
    box = nacl.secret.SecretBox(_derive(passphrase, value[3], Cost(*value[4])))
    try:
        seed = box.decrypt(value[7])
    except nacl.exceptions.CryptoError:
        raise KeystoreError(
            f"The passphrase does not open {path.name}, or the file was altered. Try the passphrase again."
        ) from None
    signer = SeedSigner(seed)
    if signer.public_key != value[5]:
        raise KeystoreError(f"{path.name} holds the private half of another key. Restore it from a backup.")
    return signer
