"""issuer/attestation/places.py: the départements and the zones that docs/format.md names."""

from datetime import UTC, date, datetime

import pytest

from issuer.attestation.places import DEPARTMENTS, local_day, local_midnight, time_zone
from keys.trust_content import DEPARTMENT


def test_every_code_has_the_form_and_there_are_all_of_them():
    assert all(DEPARTMENT.fullmatch(code) for code in DEPARTMENTS)
    mainland = {f"{number:02d}" for number in range(1, 96) if number != 20} | {"2A", "2B"}
    assert DEPARTMENTS.keys() == mainland | {
        "971",
        "972",
        "973",
        "974",
        "975",
        "976",
        "977",
        "978",
        "986",
        "987",
        "988",
    }


@pytest.mark.parametrize(
    ("codes", "winter"),
    [
        (("971", "972", "977", "978"), -4),
        (("973",), -3),
        (("974",), 4),
        (("975",), -3),
        (("976",), 3),
        (("986",), 12),
        (("987",), -10),
        (("988",), 11),
        (("01", "2A", "75", "95", "984", "00"), 1),
    ],
)
def test_zones_in_winter(codes, winter):
    for code in codes:
        assert datetime(2026, 1, 5, tzinfo=UTC).astimezone(time_zone(code)).utcoffset().total_seconds() == winter * 3600


@pytest.mark.parametrize(
    ("code", "day"),
    [
        (None, date(2026, 3, 2)),
        ("75", date(2026, 3, 2)),
        ("988", date(2026, 3, 3)),
        ("986", date(2026, 3, 3)),
        ("987", date(2026, 3, 2)),
    ],
)
def test_each_place_has_its_own_day(code, day):
    """2026-03-02T13:30:00Z: past midnight in Nouméa and Wallis, early morning in Papeete."""
    assert local_day(code, 1_772_458_200) == day


def test_a_day_begins_when_its_clocks_say_so():
    """No change of summer time moves it: Paris 2026-03-29, and a day of Guadeloupe that begins at 04:00 UTC."""
    assert local_midnight("75", date(2026, 3, 29)) == datetime(2026, 3, 28, 23, tzinfo=UTC).timestamp()
    assert local_midnight("75", date(2026, 3, 30)) == datetime(2026, 3, 29, 22, tzinfo=UTC).timestamp()
    assert local_midnight("971", date(2026, 3, 29)) == datetime(2026, 3, 29, 4, tzinfo=UTC).timestamp()
