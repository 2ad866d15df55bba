"""Hours in free text: what is certain, what is unsure, and that nothing is made up."""

import pytest
from hypothesis import given, strategies as st

from issuer.written.hours import read_count, read_hours, read_period

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
    "trente-cinq heures par semaine": (3500, "week"),
    "vingt et une heures hebdo": (2100, "week"),
    "35h par semaine sur 4 jours": (3500, "week"),
    "part-time, 20 hours weekly": (2000, "week"),
}
UNSURE = {
    "": "empty",
    "   ": "empty",
    "mi-temps": "part_time",
    "Temps plein": "part_time",
    "à définir": "no_number",
    "35h": "no_period",
    "35h sur 4 jours": "day",
    "quatre-vingt heures par mois": "no_number",
    "cent vingt heures par mois": "no_number",
    "une heure par semaine": "no_number",
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


MORE_UNSURE = {
    "1 an": "no_number",
    "35 par semaine": "no_number",
    "60 %": "part_time",
    "60 % soit 21h par semaine": "part_time",
    "0,8 ETP, 28 h/semaine": "part_time",
    "moins de 20h par semaine": "range",
    "35h/semaine ?": "qualified",
    "pas 35h par semaine": "negated",
    "35h/semaine une semaine sur deux": "qualified",
    "24h/24": "no_period",
    "1.607 h/an": "no_number",
    "35 h par an": "low",
    "35 HS": "no_period",
}


@pytest.mark.parametrize(("text", "expected"), CERTAIN.items())
def test_what_is_certain(text, expected):
    read = read_hours(text)
    assert read.certain and read.value == {"count": expected[0] / 100, "per": expected[1]}


@pytest.mark.parametrize(("text", "doubt"), [*UNSURE.items(), *MORE_UNSURE.items()])
def test_what_is_unsure_is_never_signed_by_itself(text, doubt):
    assert read_hours(text).doubt == doubt


def test_a_whole_number_of_hours_is_no_fraction():
    assert type(read_hours("35 h/semaine").value["count"]) is int
    assert read_hours("151,67 h/mois").value == {"count": 151.67, "per": "month"}


def test_the_legal_durations_are_proposed_and_not_taken():
    assert read_hours("151,67 h").value == {"count": 151.67, "per": "month"}
    assert read_hours("35h").value == {"count": 35, "per": "week"}
    assert read_hours("28h").value is None


@pytest.mark.parametrize(
    ("text", "per"),
    [("par semaine", "week"), ("mois", "month"), ("Par an", "year"), ("week", "week"), ("mensuel", "month")],
)
def test_a_period_by_itself(text, per):
    assert read_period(text).value == per and read_period(text).certain


@pytest.mark.parametrize("text", ["par jour", "semaine ou mois", "", "35h par semaine", "mois ?"])
def test_a_period_that_is_none(text):
    assert not read_period(text).certain


def test_a_count_by_itself():
    assert [read_count(text).value for text in ("35", "151,67", "1 607 h", "17h30")] == [35, 151.67, 1607, 17.5]
    assert not any(read_count(text).certain for text in ("", "35 à 39", "35 h/semaine", "60 %", "environ 35", "35 ?"))


@given(st.text(max_size=300))
def test_any_text_is_answered(text):
    read = read_hours(text)
    if read.certain:
        assert read.value["per"] in ("week", "month", "year") and 0 < read.value["count"] <= 9999.99
        assert any(character.isdigit() for character in text)


@given(st.integers(1, 59), st.sampled_from([(" heures par semaine", "week"), ("h/mois", "month"), (" h/an", "year")]))
def test_plain_numbers_are_read_as_they_stand(hours, unit):
    read = read_hours(f"{hours}{unit[0]}")
    assert read.value == {"count": hours, "per": unit[1]}
    assert read.doubt in (None, "low")
