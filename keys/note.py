"""Checkpoints of the transparency log as signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature). Pure.

    verif.example.org/log
    1234
    <root hash, base64>

    — verif.example.org/log <base64: 4-byte key id ‖ 64-byte signature of the text above>
    — verif.example.org/log <base64: 4-byte key id ‖ UTC seconds, 8 bytes ‖ 64-byte signature of the text with its time>

The second signature says when: it has the form of a witness's. Both are of a receipt key of the trust list.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from keys import ed25519
from keys.errors import FormError
from keys.signer import Signer

PLAIN, TIMED = 0x01, 0x04
"""Signature types: Ed25519 over the note; Ed25519 over the note with its time."""
LONGEST = 4_096
"""Bytes of a checkpoint."""

_BODY = re.compile(r"([^\s+]{1,200})\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n", re.ASCII)
_LINE = re.compile(r"— ([^\s+]{1,200}) ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint whose signature held: its log's name, tree size, 32-byte root hash, the kid of the key, and when it
    was signed (UTC seconds; None: not said).
    """

    name: str
    size: int
    root: bytes
    kid: bytes
    at: int | None


def key_id(name: str, kind: int, public_key: bytes) -> bytes:
    """The 4-byte key id of a note signature: SHA-256(name ‖ 0x0A ‖ type ‖ public key)."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public_key).digest()[:4]


def _timed(body: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{body}".encode()


def sign(name: str, size: int, root: bytes, signers: list[Signer], at: int) -> bytes:
    """The signed checkpoint, two lines a signer. ``at`` is UTC seconds."""
    body = f"{name}\n{size}\n{base64.b64encode(root).decode('ascii')}\n"
    lines = []
    for signer in signers:
        plain = key_id(name, PLAIN, signer.public_key) + signer.sign(body.encode())
        timed = key_id(name, TIMED, signer.public_key) + at.to_bytes(8, "big") + signer.sign(_timed(body, at))
        lines += [f"— {name} {base64.b64encode(blob).decode('ascii')}\n" for blob in (plain, timed)]
    return f"{body}\n{''.join(lines)}".encode()


def read(data: bytes, name: str, keys: list[bytes]) -> Checkpoint:
    """The checkpoint of the log ``name``, signed by one of these 32-byte public keys. Raises FormError; an unknown
    signature is passed over, a bad one is not.
    """
    if len(data) > LONGEST:
        raise FormError("The checkpoint is too long.")
    try:
        body, _, rest = data.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError:
        raise FormError("The checkpoint is not UTF-8 text.") from None
    body += "\n"
    match = _BODY.fullmatch(body)
    if match is None or match[1] != name:
        raise FormError(f"This is not a checkpoint of the log {name}.")
    good: bytes | None = None
    at: int | None = None
    for line in rest.removesuffix("\n").split("\n"):
        found = _LINE.fullmatch(line)
        try:
            blob = base64.b64decode(found[2], validate=True) if found else b""
        except binascii.Error:
            blob = b""
        if len(blob) < 5:
            raise FormError("A signature line of the checkpoint is malformed.")
        for key in keys if found and found[1] == name else ():
            if blob[:4] == key_id(name, PLAIN, key):
                if not ed25519.verify_strict(key, body.encode(), blob[4:]):
                    raise FormError("A signature of the checkpoint does not hold.")
                good = ed25519.kid(key)
            elif blob[:4] == key_id(name, TIMED, key):
                when = int.from_bytes(blob[4:12], "big")
                if not ed25519.verify_strict(key, _timed(body, when), blob[12:]):
                    raise FormError("A timed signature of the checkpoint does not hold.")
                at = max(at or 0, when)
    if good is None:
        raise FormError("No known key signed this checkpoint.")
    return Checkpoint(name, int(match[2]), base64.b64decode(match[3]), good, at)
