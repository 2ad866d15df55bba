"""Sizes of the type, for pages that hold much."""

SCALES = (1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
"""Tried in turn until everything stands on the one page; the smallest signed text is then 6.9 points."""

TOO_FULL = "The attestation does not fit on one page: shorten the authority's or the signatory's texts."
