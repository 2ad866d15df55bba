"""The four months of CRPA L242-1, on the calendar."""

from datetime import date

import pytest

from issuer.desk.law import is_late, last_day


@pytest.mark.parametrize(
    ("decided", "last"),
    [
        (date(2026, 3, 2), date(2026, 7, 2)),
        (date(2026, 9, 15), date(2027, 1, 15)),
        (date(2026, 10, 31), date(2027, 2, 28)),
        (date(2027, 10, 30), date(2028, 2, 29)),
        (date(2026, 12, 1), date(2027, 4, 1)),
        (date(2026, 8, 31), date(2026, 12, 31)),
    ],
)
def test_the_last_day_is_the_same_day_four_months_on(decided, last):
    assert last_day(decided) == last
    assert not is_late("unlawful", decided, last)
    assert is_late("unlawful", decided, date.fromordinal(last.toordinal() + 1))
