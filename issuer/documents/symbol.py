"""The QR code as a picture: one vector path, with its quiet zone and its size on paper."""

from dataclasses import dataclass

from issuer.attestation import qr

QUIET_ZONE = 4
"""Modules of white on each side (ISO/IEC 18004)."""
SMALLEST_MODULE = 0.6
"""Millimetres: below it, ordinary printers and phone cameras begin to fail together."""
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


def draw(text: str) -> Symbol:
    """The symbol of a QR text."""
    return draw_matrix(qr.make_symbol(text).matrix)


def draw_matrix(matrix) -> Symbol:
    """The picture of a square matrix, rows of truthy (dark) and falsy modules.

    The dark modules are a single filled path: renderers then leave no hairline between neighbours.
    """
    side = len(matrix)
    total = side + 2 * QUIET_ZONE
    module = round(min(LARGEST_MODULE, max(SMALLEST_MODULE, USUAL_WIDTH / total)), 3)
    path = "".join(
        f"M{start + QUIET_ZONE} {y + QUIET_ZONE}h{length}v1h-{length}z"
        for y, row in enumerate(matrix)
        for start, length in _runs(row)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {total}" width="{total}" height="{total}">'
        f'<path fill="#fff" d="M0 0h{total}v{total}h-{total}z"/><path fill="#000" d="{path}"/></svg>'
    )
    return Symbol(svg=svg, modules=side, module_mm=module)


def _runs(row):
    """(start, length) of every run of dark modules in a row."""
    start = None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            yield start, x - start
            start = None
