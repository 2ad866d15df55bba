"""The QR code as a picture: one vector path, with its quiet zone and its size on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from issuer.documents.masking import best_rows

QUIET_ZONE = 4
"""Modules of white on each side (ISO/IEC 18004)."""
SMALLEST_MODULE = 0.75
"""Millimetres: a symbol of more modules takes more room instead, for copies and messages halve what a camera sees."""
LARGEST_MODULE = 0.8
"""Millimetres: above it a larger symbol reads no better and takes the page's room."""
USUAL_WIDTH = 56.0
"""Millimetres that a symbol with its quiet zone takes, where its modules stay between the two sizes."""


@dataclass(frozen=True)
class Symbol:
    """A drawn QR symbol. ``svg`` has one unit a module and holds the quiet zone."""

    svg: str
    modules: int
    """Side of the symbol in modules, the quiet zone apart: 21..177."""
    module_mm: float

    @property
    def width_mm(self) -> float:
        """Side on paper in millimetres, the quiet zone included."""
        return (self.modules + 2 * QUIET_ZONE) * self.module_mm

    @property
    def quiet_mm(self) -> float:
        """Width of the quiet zone on paper in millimetres."""
        return QUIET_ZONE * self.module_mm


def draw(text: str) -> Symbol:
    """The symbol of a QR text (``ORIGIN/#digits``). Raises ValueError for another text."""
    return draw_rows(best_rows(text))


def draw_rows(rows: Sequence[int]) -> Symbol:
    """The picture of a square symbol, one integer a row: bit 0 is the leftmost module, 1 is dark.

    The dark modules are a single path, the outlines of dark and light areas filled by the even-odd rule: renderers then
    leave no hairline between neighbours, and the path is half as long as with a rectangle for every run.
    """
    side = len(rows)
    total = side + 2 * QUIET_ZONE
    module = round(min(LARGEST_MODULE, max(SMALLEST_MODULE, USUAL_WIDTH / total)), 3)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {total}" width="{total}" height="{total}"><path'
        f' fill="#fff" d="M0 0h{total}v{total}h-{total}z"/><path fill="#000" fill-rule="evenodd"'
        f' d="{_outline(rows)}"/></svg>'
    )
    return Symbol(svg=svg, modules=side, module_mm=module)


def _outline(rows: Sequence[int]) -> str:
    """The SVG path between dark and light, the quiet zone added to the coordinates.

    A corner is a grid point with one or three dark modules around it. Along every grid line corners pair off into the
    edges, so that each corner ends one edge across and one edge down.
    """
    width = len(rows) + 2 * QUIET_ZONE
    across: dict[Any, Any] = {}
    down: dict[Any, Any] = {}
    open_edges: dict[Any, Any] = {}
    above = 0
    for y, row in enumerate([*rows, 0], QUIET_ZONE):
        edge = above ^ row
        above = row
        start = y * width + QUIET_ZONE
        corners = [start + x for x in _bits(edge ^ edge << 1)]
        across.update(zip(corners[::2], corners[1::2], strict=True))
        for corner in corners:
            x = corner - y * width
            top = open_edges.pop(x, None)
            if top is None:
                open_edges[x] = corner
            else:
                down[top], down[corner] = corner, top
    return _traced(across, down, width)


def _traced(across: dict[int, int], down: dict[int, int], width: int) -> str:
    """The SVG path through edges, which join corners numbered ``y * width + x``: ``across`` from left to right,
    ``down`` both ways.
    """
    across.update({right: left for left, right in across.items()})
    path = []
    while across:
        corner = first = next(iter(across))
        path.append(f"M{corner % width} {corner // width}")
        while True:
            beside = across.pop(corner)
            del across[beside]
            corner = down[beside]
            path.append(f"H{beside % width}V{corner // width}")
            if corner == first:
                break
        path.append("z")
    return "".join(path)


def _bits(value: int) -> list[int]:
    """The places of the bits that are set, lowest first."""
    return [place for place, bit in enumerate(f"{value:b}"[::-1]) if bit == "1"]
