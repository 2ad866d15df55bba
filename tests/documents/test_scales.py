"""The type shrinks as little as it must."""

import pytest

from issuer.documents import RenderError
from issuer.documents.scales import SCALES, largest


@pytest.mark.parametrize("limit", SCALES)
def test_the_largest_scale_that_fits_is_found_in_few_tries(limit):
    tries = []

    def attempt(scale):
        tries.append(scale)
        return str(scale).encode() if scale <= limit else None

    assert largest(attempt) == str(limit).encode()
    assert len(tries) == SCALES.index(limit) + 1 if limit >= SCALES[1] else len(tries) <= 6


def test_a_page_that_never_fits_is_refused():
    with pytest.raises(RenderError, match="does not fit on one page"):
        largest(lambda scale: None)
