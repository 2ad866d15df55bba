"""issuer/messages/formats.py: numbers and days as people read them, one way in every room."""

from datetime import date

import pytest

from issuer import applicants, documents, web
from issuer.attestation.numbers import format_siret
from issuer.messages import LANGUAGES, catalogue, formats


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [(0, True, False), (1, True, True), (1.5, True, False), (2, False, False), (-1, True, False)],
)
def test_what_is_counted_in_the_singular(number, french, english):
    assert (formats.is_one(number, "fr"), formats.is_one(number, "en")) == (french, english)


def test_numbers():
    assert formats.count(1_234_567, "fr") == "1\u202f234\u202f567" and formats.count(1_234_567, "en") == "1,234,567"
    assert [formats.decimal(value, "fr") for value in (964, 17.5, 151.67, 100.0, 0.1 + 0.2)] == [
        "964",
        "17,5",
        "151,67",
        "100",
        "0,3",
    ]
    assert formats.decimal(100, "en", 0) == "100" and formats.decimal(3.04, "en", 1) == "3"


def test_days_and_months():
    assert (
        formats.day(date(2026, 8, 1), "fr") == "1er août 2026"
        and formats.day(date(2026, 8, 1), "en") == "1 August 2026"
    )
    assert formats.month("2026-02", "fr") == "février 2026" and formats.month("2026-12", "en") == "December 2026"


def test_a_siret_in_groups_and_what_is_none_as_it_is():
    assert format_siret("81234567800013") == "812 345 678 00013"
    assert format_siret("8123") == "8123" and format_siret("812 345 678 00013") == "812 345 678 00013"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_room_keeps_months_of_its_own(language):
    months = [formats.month_name(number, language) for number in range(1, 13)]
    for room in (applicants, documents, web):
        assert not any(months[0] in text and months[11] in text for text in catalogue(language, room.__name__).values())
