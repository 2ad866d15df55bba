"""A witness of the transparency log, written from RFC 9162 and the C2SP texts alone: it imports nothing of the project.

Signatures are checked by cryptography. Trees are worked out by the recursive definitions, not by the project's way.
"""

import base64
import hashlib
import struct
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def tree_hash(entries: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()


def path(m: int, entries: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 §2.1.3.1."""
    if len(entries) == 1:
        return []
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m < k:
        return [*path(m, entries[:k]), tree_hash(entries[k:])]
    return [*path(m - k, entries[k:]), tree_hash(entries[:k])]


def climb(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root that a proof leads to (RFC 9162 §2.1.3.2)."""
    fn, sn, r = index, size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    for p in proof:
        assert sn > 0
        if fn % 2 == 1 or fn == sn:
            r = hashlib.sha256(b"\x01" + p + r).digest()
            while fn % 2 == 0 and fn != 0:
                fn //= 2
                sn //= 2
        else:
            r = hashlib.sha256(b"\x01" + r + p).digest()
        fn //= 2
        sn //= 2
    assert sn == 0
    return r


def open_note(data: bytes, name: str, key: bytes) -> tuple[int, bytes, int]:
    """Size, root and time of a checkpoint; both of its signatures hold."""
    text, _, signatures = data.decode().partition("\n\n")
    text += "\n"
    origin, size, root = text.splitlines()
    assert origin == name and signatures.endswith("\n")
    times, kinds = [], set()
    for line in signatures.splitlines():
        dash, signer, coded = line.split(" ")
        blob = base64.b64decode(coded)
        assert dash == "—" and signer == name
        for kind in (1, 4):
            if blob[:4] == hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]:
                kinds.add(kind)
                signed = text.encode()
                if kind == 4:
                    times.append(struct.unpack(">Q", blob[4:12])[0])
                    signed = f"cosignature/v1\ntime {times[-1]}\n".encode() + signed
                Ed25519PublicKey.from_public_bytes(key).verify(blob[-64:], signed)
    assert kinds == {1, 4}
    return int(size), base64.b64decode(root), times[0]


def tile_path(n: int) -> str:
    """A tile's number as a path, in groups of three digits."""
    digits = f"{n:03d}"
    while len(digits) % 3:
        digits = "0" + digits
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])


def read_log(folder: Path, size: int) -> list[bytes]:
    """The entries of a published log, every tile of every level held against them."""
    entries: list[bytes] = []
    level, count = 0, size
    below: list[bytes] = []
    while count:
        row: list[bytes] = []
        for n in range((count + 255) // 256):
            width = min(256, count - n * 256)
            end = tile_path(n) + ("" if width == 256 else f".p/{width}")
            tile = (folder / f"tile/{level}/{end}").read_bytes()
            assert len(tile) == 32 * width
            row += [tile[at : at + 32] for at in range(0, len(tile), 32)]
            if level == 0:
                bundle = (folder / f"tile/entries/{end}").read_bytes()
                while bundle:
                    length = struct.unpack(">H", bundle[:2])[0]
                    entries.append(bundle[2 : 2 + length])
                    bundle = bundle[2 + length :]
        if level == 0:
            assert row == [hashlib.sha256(b"\x00" + entry).digest() for entry in entries]
        else:
            assert row == below[: len(row)]
        below = []
        for n in range(count // 256):
            part = row[n * 256 : n * 256 + 256]
            while len(part) > 1:
                part = [hashlib.sha256(b"\x01" + part[at] + part[at + 1]).digest() for at in range(0, len(part), 2)]
            below += part
        level, count = level + 1, count // 256
    return entries
