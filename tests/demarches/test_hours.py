"""Hours in free text: what is certain, what is unsure, and that nothing is made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.demarches.hours import read_hours

CERTAIN = {
    "35 heures/semaine": (3500, "week"),
    "35h/sem": (3500, "week"),
    "35 H HEBDOMADAIRES": (3500, "week"),
    "35h30 hebdo": (3550, "week"),
    "17,5 heures par semaine": (1750, "week"),
    "17.5h par semaine": (1750, "week"),
    "24h00 par semaine": (2400, "week"),
    "20 hours a week": (2000, "week"),
    "144 heures/mois": (14400, "month"),
    "144 h/mois": (14400, "month"),
    "151,67h mensuelles": (15167, "month"),
    "151.67 heures par mois": (15167, "month"),
    "964 heures par an": (96400, "year"),
    "964h/an": (96400, "year"),
    "1 607 heures annuelles": (160700, "year"),
    "1607h / an (annualisé)": (160700, "year"),
    "1\u202f607 h par année": (160700, "year"),
    "３５ heures/semaine": (3500, "week"),
    "35\u00a0heures / semaine (temps plein)": (3500, "week"),
    "Durée : 35 heures par semaine.": (3500, "week"),
}
UNSURE = {
    "": "empty",
    "   ": "empty",
    "mi-temps": "part_time",
    "Temps plein": "part_time",
    "à définir": "no_number",
    "trente-cinq heures par semaine": "no_number",
    "35h": "no_period",
    "964": "no_period",
    "7 heures par jour": "day",
    "8h/jour, 5 jours par semaine": "day",
    "entre 20 et 35 h par semaine": "range",
    "20-35h/semaine": "range",
    "20 à 35h/semaine": "range",
    "20h par semaine maximum": "range",
    "environ 20h par semaine": "range",
    "35 heures par semaine soit 151,67 heures par mois": "several",
    "35h/semaine et 964h/an": "several",
    "350 heures/semaine": "high",
    "35h75 par semaine": "no_number",
    "0h/semaine": "no_number",
    "-35h/semaine": "range",
    "35h ou 39h par semaine": "range",
}


@pytest.mark.parametrize(("text", "expected"), CERTAIN.items())
def test_what_is_certain(text, expected):
    read = read_hours(text)
    assert (read.hundredths, read.per, read.doubt) == (*expected, None)


@pytest.mark.parametrize(("text", "doubt"), UNSURE.items())
def test_what_is_unsure_is_never_signed_by_itself(text, doubt):
    assert read_hours(text).doubt == doubt


def test_a_reading_is_what_a_record_takes():
    assert read_hours("35 h/semaine").to_json() == {"count": 35, "per": "week"}
    assert read_hours("151,67 h/mois").to_json() == {"count": 151.67, "per": "month"}
    assert read_hours("35h").to_json() is None


@given(st.text(max_size=300))
def test_any_text_is_answered(text):
    read = read_hours(text)
    if read.doubt is None:
        assert read.per in ("week", "month", "year") and 1 <= read.hundredths <= 999_999
        assert any(character.isdigit() for character in text)


@given(st.integers(1, 59), st.sampled_from([(" heures par semaine", "week"), ("h/mois", "month"), (" h/an", "year")]))
def test_plain_numbers_are_read_as_they_stand(hours, unit):
    read = read_hours(f"{hours}{unit[0]}")
    assert (read.hundredths, read.per, read.doubt) == (hours * 100, unit[1], None)
