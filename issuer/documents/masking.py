"""The data mask of a QR symbol, chosen by the penalty of ISO/IEC 18004 §7.8.3 on whole rows at once.

Trying all eight masks module by module takes most of the time of making a symbol. Two masks of one version differ in
the same modules whatever the text (format information included), so those differences are kept, and only one symbol a
text is built.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from issuer.attestation import qr

MASKS = 8


def best_rows(text: str) -> list[int]:
    """The rows of the QR text's symbol with the mask of least penalty, top row first; bit 0 is the leftmost module, 1
    is dark.
    """
    rows = read_rows(qr.make_symbol(text, mask=0).matrix)
    side = len(rows)
    across, down = _joined(rows), _joined(_turned(rows))
    best = min(_differences(side, text), key=lambda change: _penalty(across ^ change.across, down ^ change.down, side))
    return [row ^ changed for row, changed in zip(rows, best.rows, strict=True)]


def read_rows(matrix: Sequence[Sequence[int]]) -> list[int]:
    """A square matrix of 0 and 1 as one integer a row, bit 0 leftmost."""
    return [int(bytes(row[::-1]).translate(_DIGITS), 2) for row in matrix]


_DIGITS = bytes.maketrans(b"\x00\x01", b"01")


class _Change(NamedTuple):
    """What one mask changes from mask 0: in each row, in all rows joined, in all columns joined."""

    rows: list[int]
    across: int
    down: int


_known: dict[int, list[_Change]] = {}


def _differences(side: int, text: str) -> list[_Change]:
    """For symbols of that side in modules, what each mask changes; found once in a process, with any text."""
    if side not in _known:
        symbols = [read_rows(qr.make_symbol(text, mask=mask).matrix) for mask in range(MASKS)]
        changes = [[row ^ first for row, first in zip(rows, symbols[0], strict=True)] for rows in symbols]
        _known[side] = [_Change(rows, _joined(rows), _joined(_turned(rows))) for rows in changes]
    return _known[side]


def _penalty(across: int, down: int, side: int) -> int:
    """The penalty of a symbol: runs, blocks, finder-like patterns and balance (ISO/IEC 18004 §7.8.3.1, table 11)."""
    return _lines(across, side) + _lines(down, side) + _blocks(across, side) + _balance(across, side)


def _joined(rows: Sequence[int]) -> int:
    """All rows in one integer, a bit of gap after each."""
    stride = len(rows) + 1
    return sum(row << (place * stride) for place, row in enumerate(rows))


def _turned(rows: Sequence[int]) -> list[int]:
    """Rows to columns."""
    side = len(rows)
    texts = [f"{row:0{side}b}" for row in reversed(rows)]
    return [int("".join(column), 2) for column in zip(*texts, strict=True)][::-1]


@cache
def _inside(side: int) -> int:
    """Every module set, every gap clear."""
    return _joined([(1 << side) - 1] * side)


def _lines(dark: int, side: int) -> int:
    """Runs of five and more of one colour (length − 2 each), and finder-like patterns beside four light modules (40
    each).
    """
    light = _inside(side) ^ dark
    score = 0
    for colour in (dark, light):
        fives = colour & colour >> 1 & colour >> 2 & colour >> 3 & colour >> 4
        score += fives.bit_count() + 2 * (fives & ~(fives >> 1)).bit_count()
    finder = dark & light >> 1 & dark >> 2 & dark >> 3 & dark >> 4 & light >> 5 & dark >> 6
    calm = light & light >> 1 & light >> 2 & light >> 3
    return score + 40 * (finder & (calm << 4 | calm >> 7)).bit_count()


def _blocks(dark: int, side: int) -> int:
    """Squares of two by two modules of one colour, 3 each."""
    light = _inside(side) ^ dark
    score = 0
    for colour in (dark, light):
        pairs = colour & colour >> 1
        score += 3 * (pairs & pairs >> (side + 1)).bit_count()
    return score


def _balance(dark: int, side: int) -> int:
    """10 for every 5 % away from half dark."""
    modules = side * side
    return 10 * (abs(2 * dark.bit_count() - modules) * 10 // modules)
