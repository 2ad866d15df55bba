"""Sizes of the type: the largest at which everything stands on the one page."""

from collections.abc import Callable

from issuer.documents.errors import RenderError

SCALES = (1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
"""The smallest signed text is then 6.9 points."""


def largest(render: Callable[[float], bytes | None]) -> bytes:
    """The page at the largest scale that fits; ``render(scale)`` gives None for a page too full.

    Nearly every page fits at the first try, those that are a little too full at the second. The steps down double until
    one fits, and what lies between is halved: six tries at most. Raises RenderError when none fits.
    """
    too_full, fits, page = -1, len(SCALES), None
    while fits - too_full > 1:
        further = max(0, min(2 * too_full + 1, len(SCALES) - 1))
        step = further if page is None else (too_full + fits) // 2
        tried = render(SCALES[step])
        if tried is None:
            too_full = step
        else:
            page, fits = tried, step
    if page is None:
        raise RenderError("The attestation does not fit on one page: shorten the authority's or the signatory's texts.")
    return page
