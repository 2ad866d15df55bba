r"""A sealed stream: a passphrase, argon2id (RFC 9106) and libsodium's secretstream (XChaCha20-Poly1305), for files of
any size.

    "wif-sealed-stream 1\\n" ‖ salt (16) ‖ passes (4, big-endian) ‖ memory in bytes (8) ‖ secretstream header (24) ‖
    blocks

Each block holds 65,536 bytes and is 17 longer; the last one, marked final, is shorter or as long. So a wrong
passphrase, a changed, moved or missing block and a torn end are each found before what they hold is used.
"""

from typing import BinaryIO

import nacl.exceptions
import nacl.utils
from nacl.bindings.crypto_secretstream import (
    crypto_secretstream_xchacha20poly1305_ABYTES as OVERHEAD,
    crypto_secretstream_xchacha20poly1305_HEADERBYTES as HEADER_LENGTH,
    crypto_secretstream_xchacha20poly1305_init_pull as init_pull,
    crypto_secretstream_xchacha20poly1305_init_push as init_push,
    crypto_secretstream_xchacha20poly1305_KEYBYTES as KEY_LENGTH,
    crypto_secretstream_xchacha20poly1305_pull as pull,
    crypto_secretstream_xchacha20poly1305_push as push,
    crypto_secretstream_xchacha20poly1305_state as State,
    crypto_secretstream_xchacha20poly1305_TAG_FINAL as FINAL,
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE as MESSAGE,
)
from nacl.pwhash import argon2id

from keys.errors import SealError
from keys.keystore import MIN_PASSPHRASE, Cost

MAGIC = b"wif-sealed-stream 1\n"
BLOCK = 65_536
"""Bytes sealed at a time."""
_HEAD = len(MAGIC) + argon2id.SALTBYTES + 12


class SealedWriter:
    """Seals what is written into ``out``. Only after :meth:`finish` is the stream whole."""

    def __init__(self, out: BinaryIO, passphrase: str, cost: Cost = Cost()) -> None:
        """Raises SealError for a passphrase of fewer than 8 characters, or too little memory."""
        if len(passphrase) < MIN_PASSPHRASE:
            raise SealError(f"The passphrase is shorter than {MIN_PASSPHRASE} characters. Choose a longer one.")
        salt = nacl.utils.random(argon2id.SALTBYTES)
        head = MAGIC + salt + cost.ops.to_bytes(4, "big") + cost.memory.to_bytes(8, "big")
        self._out, self._held, self._state, self._bound = out, bytearray(), State(), head
        self._out.write(head + init_push(self._state, _key(passphrase, salt, cost)))

    def write(self, data: bytes) -> int:
        """Take ``data`` in; it is written once a block is full."""
        self._held += data
        start = 0
        while len(self._held) - start > BLOCK:
            self._push(bytes(self._held[start : start + BLOCK]), MESSAGE)
            start += BLOCK
        del self._held[:start]
        return len(data)

    def finish(self) -> None:
        """Seal what is left as the final block. Nothing may be written after it."""
        self._push(bytes(self._held), FINAL)
        self._held.clear()

    def _push(self, block: bytes, tag: int) -> None:
        self._out.write(push(self._state, block, self._bound, tag))
        self._bound = b""

    def __repr__(self) -> str:
        return "<SealedWriter>"


class SealedReader:
    """Opens the stream that stands in ``source``; every byte it gives was verified."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        """Raises SealError: not such a stream, another passphrase, torn."""
        head = source.read(_HEAD)
        if not head.startswith(MAGIC):
            raise SealError("This file is no backup of this program. Give a file that `wif backup` wrote.")
        header = source.read(HEADER_LENGTH)
        if len(head) != _HEAD or len(header) != HEADER_LENGTH:
            raise SealError("The backup is torn: it ends within its first bytes. Use another copy.")
        salt, numbers = head[len(MAGIC) : -12], head[-12:]
        cost = Cost(int.from_bytes(numbers[:4], "big"), int.from_bytes(numbers[4:], "big"))
        if not (
            argon2id.OPSLIMIT_MIN <= cost.ops <= argon2id.OPSLIMIT_SENSITIVE
            and argon2id.MEMLIMIT_MIN <= cost.memory <= argon2id.MEMLIMIT_SENSITIVE
        ):
            raise SealError("The backup was altered: its first bytes are not those of this program. Use another copy.")
        self._source, self._state, self._bound, self._held, self._ended, self._place = (
            source,
            State(),
            head,
            b"",
            False,
            0,
        )
        init_pull(self._state, header, _key(passphrase, salt, cost))
        self._next()

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes, fewer only at the end. Raises SealError for a changed, missing or torn block."""
        parts, wanted = [], size
        while wanted and (self._held or not self._ended):
            if not self._held:
                self._next()
            parts.append(self._held[:wanted])
            self._held = self._held[wanted:]
            wanted -= len(parts[-1])
        return b"".join(parts)

    def finish(self) -> None:
        """Read to the final block. Raises SealError when it is missing, or when something follows it."""
        while not self._ended:
            self._next()

    def _next(self) -> None:
        block = self._source.read(BLOCK + OVERHEAD)
        if len(block) < OVERHEAD:
            raise SealError("The backup is torn: its end is missing. Use another copy.")
        try:
            self._held, tag = pull(self._state, block, self._bound)
        except nacl.exceptions.RuntimeError:
            if self._place == 0:
                raise SealError(
                    "The passphrase does not open this backup, or its beginning was altered. Try the passphrase again."
                ) from None
            raise SealError(
                f"The backup is torn or was altered after its first {self._place:,} bytes. Use another copy."
            ) from None
        self._bound, self._place = b"", self._place + len(block)
        if tag == FINAL:
            self._ended = True
            if self._source.read(1):
                raise SealError("The backup was altered: something follows its end. Use another copy.")

    def __repr__(self) -> str:
        return "<SealedReader>"


def _key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    try:
        return argon2id.kdf(
            KEY_LENGTH, passphrase.encode("utf-8", "surrogateescape"), salt, opslimit=cost.ops, memlimit=cost.memory
        )
    except nacl.exceptions.RuntimeError:
        raise SealError(
            f"The backup's key needs {cost.memory >> 20} MiB of memory, which this machine does not have free."
        ) from None
