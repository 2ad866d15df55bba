"""The list of the genuine: every token that the service signed with a revoked key (``docs/format.md`` §4.5). Pure.

An index names the salt and the parts; a part is nothing but sorted entries of 12 bytes, each the first 96 bits of
SHA-256 of salt ‖ whole token. Who forges must hit one: 2^(96 − log2 N) trials among N.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from issuer.attestation.token import Parts, join
from keys import cbor
from keys.errors import FormError
from keys.trust_content import HASH_LENGTH, UINT_LIMIT, is_path

SALT_LENGTH = 16
ENTRY_LENGTH = 12
"""Bytes of an entry: 96 bits."""
MAX_FILE = 524_288
"""Bytes of an index or a part."""
MAX_PART = MAX_FILE // ENTRY_LENGTH * ENTRY_LENGTH
MAX_PARTS = 64


@dataclass(frozen=True)
class Index:
    """What the index says: the salt (16 bytes), how many entries there are, and each part's path and SHA-256."""

    salt: bytes
    count: int
    parts: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class GenuineList:
    """A list whose files were held against their hashes: the salt and all entries, sorted, 12 bytes each."""

    salt: bytes
    entries: bytes = field(repr=False)

    def holds(self, token: bytes) -> bool:
        """Whether this whole token is one of them."""
        wanted = entry_of(self.salt, token)
        low, high = 0, len(self.entries) // ENTRY_LENGTH
        while low < high:
            middle = (low + high) // 2
            found = self.entries[middle * ENTRY_LENGTH : (middle + 1) * ENTRY_LENGTH]
            if found == wanted:
                return True
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return False

    def holds_parts(self, parts: Parts) -> bool:
        """The same, of what a QR code carries of a token."""
        return self.holds(join(parts))


def entry_of(salt: bytes, token: bytes) -> bytes:
    """The 12-byte entry of a whole token."""
    return hashlib.sha256(salt + token).digest()[:ENTRY_LENGTH]


def make(tokens: Iterable[bytes], salt: bytes, path: str) -> dict[str, bytes]:
    """The files of a list, by path: the index at ``path``, its parts beside it. ``salt`` is 16 fresh random bytes.

    Raises FormError when there are more tokens than a list holds (2,796,160).
    """
    entries = sorted({entry_of(salt, token) for token in tokens})
    whole = b"".join(entries)
    parts = [whole[at : at + MAX_PART] for at in range(0, len(whole), MAX_PART)]
    if len(parts) > MAX_PARTS:
        raise FormError(f"A list of the genuine holds {MAX_PARTS * MAX_PART // ENTRY_LENGTH:,} attestations at most.")
    named = {f"{path}.{number}": part for number, part in enumerate(parts, 1)}
    index = cbor.encode(
        {
            1: salt,
            2: len(entries),
            3: [[name, hashlib.sha256(part).digest()] for name, part in named.items()],
        }
    )
    read_index(index)
    return {path: index, **named}


def read_index(data: bytes) -> Index:
    """The index of a list. Raises FormError."""
    if len(data) > MAX_FILE:
        raise FormError("The index of the list of the genuine is too long.")
    match cbor.decode(data):
        case {1: bytes() as salt, 2: count, 3: list() as rows, **more} if (
            not more and len(salt) == SALT_LENGTH and type(count) is int and 0 <= count < UINT_LIMIT
        ):
            parts = tuple(map(_part, rows))
        case _:
            raise FormError("The index of the list of the genuine is not {1: salt, 2: count, 3: parts}.")
    if len(parts) > MAX_PARTS or len({path for path, _ in parts}) != len(parts):
        raise FormError("The index of the list of the genuine names a part twice, or too many.")
    return Index(salt, count, parts)


def _part(row: Any) -> tuple[str, bytes]:
    match row:
        case [str() as path, bytes() as digest] if is_path(path) and len(digest) == HASH_LENGTH:
            return path, digest
    raise FormError("A part of the list of the genuine is not [path, hash].")


def read(index_hash: bytes, index: bytes, parts: Iterable[bytes]) -> GenuineList:
    """The list of these files: the index, whose SHA-256 the trust list names, and its parts in their order.

    Raises FormError when a hash differs, entries are not sorted and distinct, or their number is not the index's.
    """
    if hashlib.sha256(index).digest() != index_hash:
        raise FormError("The index of the list of the genuine is not the one that the trust list names.")
    named, found = read_index(index), list(parts)
    if [hashlib.sha256(part).digest() for part in found] != [digest for _, digest in named.parts]:
        raise FormError("A part of the list of the genuine is not the one that its index names.")
    if any(len(part) > MAX_FILE for part in found):
        raise FormError("A part of the list of the genuine is too long.")
    entries = b"".join(found)
    rows = [entries[at : at + ENTRY_LENGTH] for at in range(0, len(entries), ENTRY_LENGTH)]
    if len(entries) != named.count * ENTRY_LENGTH or any(a >= b for a, b in pairwise(rows)):
        raise FormError("The entries of the list of the genuine are not sorted, or not as many as its index says.")
    return GenuineList(named.salt, entries)
