"""The hash tree of RFC 6962 §2.1 (RFC 9162 §2.1): leaves, nodes, inclusion and consistency. Pure: hashes come from the
caller.

Hashes are 32 bytes of SHA-256. A perfect subtree of height ``h`` at place ``p`` covers the leaves p·2^h … (p+1)·2^h −
1.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""
TILE_HEIGHT = 8
TILE = 1 << TILE_HEIGHT
"""Hashes of a full tile (C2SP tlog-tiles)."""

Perfect = Callable[[int, int], bytes]
"""``perfect(height, place)``: the hash of a perfect subtree."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\1" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^n neighbouring hashes. Raises ValueError for another number of them."""
    if not hashes or len(hashes) & (len(hashes) - 1):
        raise ValueError("a perfect subtree has a power of two of leaves")
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _span(low: int, high: int, perfect: Perfect) -> bytes:
    """The hash over the leaves low … high − 1 of a tree whose split points they are."""
    count = high - low
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return perfect(height, low >> height)
    middle = low + (1 << (count - 1).bit_length() - 1)
    return node_hash(_span(low, middle, perfect), _span(middle, high, perfect))


def root(size: int, perfect: Perfect) -> bytes:
    """The root of the first ``size`` leaves."""
    return _span(0, size, perfect) if size else EMPTY


def inclusion(index: int, size: int, perfect: Perfect) -> list[bytes]:
    """The proof that leaf ``index`` is in the tree of ``size`` leaves, nearest sibling first (RFC 9162 §2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    proof, low, high = [], 0, size
    while high - low > 1:
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if index < middle:
            proof.append(_span(middle, high, perfect))
            high = middle
        else:
            proof.append(_span(low, middle, perfect))
            low = middle
    return proof[::-1]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the proof leads from this leaf hash to the root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0 or len(sibling) != 32:
            return False
        if place & 1 or place == last:
            value = node_hash(sibling, value)
            while place & 1 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and value == root_hash


class Growing:
    """A tree whose leaves come one after the other. Of them it holds the roots of the perfect subtrees alone: one for
    each bit of their number. ``size`` and ``peaks`` go on from where another one stood.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size.bit_count() != len(peaks):
            raise ValueError("a tree has a peak for each bit of its size")
        self.size = size
        self._peaks = list(peaks)

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """What it holds, the largest subtree first."""
        return tuple(self._peaks)

    def add(self, entry: bytes) -> None:
        """Put the next leaf behind the others."""
        value, place = leaf_hash(entry), self.size
        while place & 1:
            value, place = node_hash(self._peaks.pop(), value), place >> 1
        self._peaks.append(value)
        self.size += 1

    def root(self) -> bytes:
        """The root over the leaves so far."""
        if not self._peaks:
            return EMPTY
        value = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            value = node_hash(peak, value)
        return value
