"""Sizes of the type: the largest at which everything stands on the one page."""

from collections.abc import Callable

from issuer.documents.errors import RenderError

SCALES = (1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
"""The smallest signed text is then 6.9 points."""


def largest(render: Callable[[float], bytes | None]) -> bytes:
    """The page at the largest scale that fits; ``render(scale)`` gives None for a page too full.

    Nearly every page fits at the first try, the others take four or five. Raises RenderError when none fits.
    """
    page = render(SCALES[0])
    if page is not None:
        return page
    too_full, fits = 0, len(SCALES)
    while fits - too_full > 1:
        middle = (too_full + fits) // 2
        tried = render(SCALES[middle])
        if tried is None:
            too_full = middle
        else:
            page, fits = tried, middle
    if page is None:
        raise RenderError("The attestation does not fit on one page: shorten the authority's or the signatory's texts.")
    return page
