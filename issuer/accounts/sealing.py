"""The server's own secret: it signs cookies, seals TOTP secrets and makes keyed hashes. One file of a home."""

import hashlib
import hmac
from contextlib import suppress
from pathlib import Path

import nacl.exceptions
import nacl.secret
import nacl.utils

from issuer.errors import ConfigError
from keys import durable

SECRET_FILE = "web.secret"  # noqa: S105 - the name of a file
LENGTH = 32
"""Bytes of the secret."""


class Sealer:
    """Seals and hashes under one 32-byte secret. Its ``repr`` shows nothing."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != LENGTH:
            raise ValueError("the server's secret is 32 bytes")
        self._secret = secret

    def _derived(self, purpose: bytes) -> bytes:
        return hashlib.blake2b(purpose, key=self._secret, digest_size=32).digest()

    @property
    def cookie_key(self) -> bytes:
        """32 bytes that sign the browser's cookie."""
        return self._derived(b"cookie")

    @property
    def rows_key(self) -> bytes:
        """32 bytes that seal the rows of the database."""
        return self._derived(b"rows")

    def seal(self, data: bytes, use: str = "") -> bytes:
        """``data`` readable by this home only: 40 bytes longer. Each ``use`` has a key of its own, so that what a
        browser holds for one is nothing for another.
        """
        return bytes(self._box_of(use).encrypt(data))

    def open(self, sealed: bytes, use: str = "") -> bytes | None:
        """What :meth:`seal` was given for this use, or None for anything else."""
        try:
            return self._box_of(use).decrypt(sealed)
        except (nacl.exceptions.CryptoError, ValueError):
            return None

    def _box_of(self, use: str) -> nacl.secret.SecretBox:
        return nacl.secret.SecretBox(self._derived(f"seal {use}".rstrip().encode()))

    def keyed_hash(self, purpose: str, value: str) -> str:
        """64 hexadecimal digits that say nothing of ``value`` without the secret."""
        return hmac.new(self._derived(b"hash"), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()

    def __repr__(self) -> str:
        return "<Sealer>"


def open_sealer(path: Path) -> Sealer:
    """The sealer of the secret file at ``path``, made (mode 600) when it is not there. Raises ConfigError."""
    try:
        if not path.exists():
            with suppress(FileExistsError):  # of two processes the first one's secret stays
                durable.write(path, nacl.utils.random(LENGTH), replace=False)
        secret = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"The server's secret {path} cannot be read or made ({error.strerror}). Check the folder's rights."
        ) from None
    if len(secret) != LENGTH:
        raise ConfigError(
            f"The server's secret {path} is damaged. Restore it from a backup; without it everybody sets up their"
            " second factor again."
        )
    return Sealer(secret)
