"""issuer/attestation/places.py: the départements and the zones that docs/format.md names."""

from datetime import UTC, datetime

import pytest

from issuer.attestation.places import DEPARTMENTS, time_zone
from keys.content import DEPARTMENT


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
