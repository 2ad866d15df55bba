"""Attestation numbers and SIRET numbers: their check digits and how they are shown."""

import re
from collections.abc import Callable

LOWEST, HIGHEST = 1_000_000_000, 9_999_999_999

_NUMBER = re.compile(r"[1-9][0-9]{9}", re.ASCII)
_SPACES = re.compile(r"[ \u00a0\u202f]")


def check_digit(digits: str) -> str:
    """The ISO/IEC 7064 MOD 11,10 check digit of a text of ASCII digits."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def draw_number(below: Callable[[int], int]) -> int:
    """A random number of 10 digits with its check digit. ``below(n)`` draws 0 … n−1 (``secrets.randbelow``)."""
    stem = 100_000_000 + below(900_000_000)
    return stem * 10 + int(check_digit(str(stem)))


def is_number(value: int) -> bool:
    """Whether an integer is an attestation number: 10 digits, the last a right check digit."""
    return LOWEST <= value <= HIGHEST and str(value)[9] == check_digit(str(value)[:9])


def parse_number(text: str) -> int | None:
    """The attestation number typed with or without spaces, or None when it is not one (check digit included)."""
    digits = _SPACES.sub("", text)
    if not _NUMBER.fullmatch(digits) or not is_number(int(digits)):
        return None
    return int(digits)


def format_number(number: int | str) -> str:
    """How a number is shown: ``482 913 0571``."""
    digits = str(number)
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def is_siret(digits: str) -> bool:
    """Whether 14 ASCII digits are a SIRET: Luhn, or for SIREN 356000000 a digit sum that is a multiple of 5."""
    if not re.fullmatch(r"[0-9]{14}", digits, re.ASCII):
        return False
    total = 0
    for place, digit in enumerate(map(int, digits)):
        total += sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit
    return total % 10 == 0 or (digits.startswith("356000000") and sum(map(int, digits)) % 5 == 0)
