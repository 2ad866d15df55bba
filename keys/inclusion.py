"""The proof that a token stands in the log, as a text that a paper or a phone can hold (C2SP tlog-proof). Pure.

c2sp.org/tlog-proof@v1
extra <base64: the 16-byte salt of the entry>
index 41
<sibling hash, base64>
…

<the signed checkpoint>
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from keys import merkle, note
from keys.errors import FormError

FIRST = "c2sp.org/tlog-proof@v1"
LONGEST = 16_384
"""Bytes of a proof: 52 siblings and a checkpoint need less than a third."""
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})", re.ASCII)


@dataclass(frozen=True)
class Proof:
    """A proof taken apart: 16-byte salt, leaf index, sibling hashes (32 bytes each), the signed checkpoint."""

    salt: bytes
    index: int
    siblings: tuple[bytes, ...]
    checkpoint: bytes

    def text(self) -> bytes:
        """The proof as it is carried."""
        lines = [FIRST, f"extra {_coded(self.salt)}", f"index {self.index}", *map(_coded, self.siblings), "", ""]
        return "\n".join(lines).encode() + self.checkpoint


def leaf_of(salt: bytes, token: bytes) -> bytes:
    """What the log holds of a token: SHA-256(16-byte salt ‖ token)."""
    return sha256(salt + token).digest()


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def read(data: bytes) -> Proof:
    """Take a proof apart. Raises FormError."""
    if len(data) > LONGEST:
        raise FormError("The proof is too long.")
    head, _, checkpoint = data.partition(b"\n\n")
    try:
        first, extra, index, *siblings = head.decode("ascii").split("\n")
        salt = base64.b64decode(extra.removeprefix("extra "), validate=True)
        hashes = tuple(base64.b64decode(sibling, validate=True) for sibling in siblings)
    except (ValueError, binascii.Error):
        raise FormError("This is not a proof of the log.") from None
    place = _INDEX.fullmatch(index)
    if first != FIRST or place is None or len(salt) != 16 or any(len(one) != 32 for one in hashes) or not checkpoint:
        raise FormError("This is not a proof of the log.")
    return Proof(salt, int(place[1]), hashes, checkpoint)


def check(proof: Proof, token: bytes, name: str, keys: list[bytes]) -> note.Checkpoint:
    """The checkpoint under which ``token`` stands in the log. Raises FormError when it does not, or when no known key
    signed.
    """
    checkpoint = note.read(proof.checkpoint, name, keys)
    leaf = merkle.leaf_hash(leaf_of(proof.salt, token))
    if not merkle.included(leaf, proof.index, checkpoint.size, proof.siblings, checkpoint.root):
        raise FormError("The proof does not lead from this attestation to its checkpoint.")
    return checkpoint
