"""Attestation numbers and SIRETs, against computations that know nothing of the code."""

import pytest
from hypothesis import given, strategies as st

from issuer.attestation import numbers

STEMS = st.integers(100_000_000, 999_999_999)


def holds(digits: str) -> bool:
    """ISO/IEC 7064 §8.2, in its checking form: the whole string, check digit included, comes to 1 modulo 10."""
    carry = 10
    for digit in digits[:-1]:
        carry = (carry + int(digit)) % 10 or 10
        carry = carry * 2 % 11
    return (carry + int(digits[-1])) % 10 == 1


def test_the_worked_example_of_the_standard():
    assert numbers.check_digit("0794") == "5"
    assert numbers.check_digit("482913057") == "1"


@given(STEMS)
def test_exactly_one_check_digit_holds(stem):
    right = [digit for digit in "0123456789" if holds(f"{stem}{digit}")]
    assert right == [numbers.check_digit(str(stem))]
    assert [numbers.is_number(stem * 10 + digit) for digit in range(10)] == [str(digit) in right for digit in range(10)]


@given(STEMS, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(stem, place, change):
    digits = f"{stem}{numbers.check_digit(str(stem))}"
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    assert numbers.parse_number(wrong) is None


@given(st.integers(0, 899_999_999))
def test_drawn_numbers_are_numbers_and_read_back_as_they_are_shown(drawn):
    number = numbers.draw_number(lambda below: drawn if below == 900_000_000 else pytest.fail(str(below)))
    assert numbers.is_number(number) and number // 10 == 100_000_000 + drawn
    shown = numbers.format_number(number)
    assert len(shown) == 12 and shown[3] == shown[7] == " "
    for text in (
        shown,
        shown.replace(" ", ""),
        shown.replace(" ", "\u202f"),
        shown.replace(" ", "\u00a0"),
        f" {shown} ",
        f"N° {shown}",
        f"nº{shown}",
        f"n°\u00a0{shown}",
        f"№ {shown}",
        f"no. {shown.replace(' ', '-')}",
        f"Numéro : {shown.replace(' ', '.')}",
        f"ATTESTATION N° {shown.replace(' ', chr(0x2011))}.",
        f"Attestation {shown}\n",
    ):
        assert numbers.parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "482913057",
        "48291305711",
        "4829130572",
        "0829130571",
        "٤٨٢٩١٣٠٥٧١",
        "４829130571",
        "4829130571a",
        "+482913057",
        "4_829_130_57",
        "NGUYEN 4829130571",
        "4829130571 4829130571",
        "Facture n° 482 913 0571",
        "n° " + "4 " * 200,
    ],
)
def test_what_is_no_number_is_none(text):
    assert numbers.parse_number(text) is None


def luhn(digits: str) -> bool:
    """The usual table form, from the right."""
    table = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    return sum(table[int(digit)] if place % 2 else int(digit) for place, digit in enumerate(reversed(digits))) % 10 == 0


@given(st.text("0123456789", min_size=14, max_size=14).filter(lambda digits: not digits.startswith("356000000")))
def test_a_siret_is_fourteen_digits_that_pass_luhn(digits):
    assert numbers.is_siret(digits) == luhn(digits)


@given(st.text("0123456789", min_size=5, max_size=5))
def test_la_poste_passes_by_luhn_or_by_its_digit_sum(nic):
    digits = "356000000" + nic
    assert numbers.is_siret(digits) == (luhn(digits) or sum(map(int, digits)) % 5 == 0)


def test_sirets_on_both_sides():
    for good in ("81234567800013", "81234567800021", "81234567800039", "35600000000048"):
        assert numbers.is_siret(good), good
    for bad in (
        "81234567800014",
        "81234567800031",
        "8123456780001",
        "812345678000131",
        "812 345 678 00013",
        "８1234567800013",
        "81234567800013\n",
        "",
    ):
        assert not numbers.is_siret(bad), bad
