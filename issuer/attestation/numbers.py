"""Attestation numbers and SIRET numbers: their check digits and how they are shown."""

import re
from collections.abc import Callable

LOWEST, HIGHEST = 1_000_000_000, 9_999_999_999

_NUMBER = re.compile(r"[1-9][0-9]{9}", re.ASCII)
_SIRET = re.compile(r"[0-9]{14}", re.ASCII)
_TYPED = re.compile(
    r"\s*(?P<label>[a-zé]*)[\s.:]*(?:(?:n(?:um[eé]ro|um|o|r)?|#)[\s.:°]*)?(?P<digits>[0-9](?:[\s.\-‐‑–—]{0,3}[0-9]){0,30})\s*\.?\s*",
    re.IGNORECASE,
)
_LABELS = {
    "": "",
    "n": "",
    "no": "",
    "nr": "",
    "num": "",
    "numero": "",
    "numéro": "",
    "attestation": "attestation",
    "autorisation": "attestation",
    "dossier": "request",
    "demande": "request",
    "request": "request",
}
LONGEST_TYPED = 80
"""Characters of a typed number that are looked at."""


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


def read_typed(text: str) -> tuple[str, str] | None:
    """The ASCII digits of a number as people type it or copy it off a paper, and what they call it: ``attestation``,
    ``request`` or an empty text. ``N° 938 287 7940``, ``nº938-287-7940``, ``Attestation n° 938.287.7940``; None for
    another text.
    """
    if len(text) > LONGEST_TYPED:
        return None
    found = _TYPED.fullmatch(text.replace("º", "°").replace("№", "n°"))
    label = _LABELS.get(found["label"].lower()) if found else None
    return None if found is None or label is None else (re.sub(r"[^0-9]", "", found["digits"]), label)


def parse_number(text: str) -> int | None:
    """The attestation number as people type it (:func:`read_typed`), or None when it is not one (check digit
    included).
    """
    found = read_typed(text)
    if found is None or not _NUMBER.fullmatch(found[0]) or not is_number(int(found[0])):
        return None
    return int(found[0])


def format_number(number: int | str) -> str:
    """How a number is shown: ``482 913 0571``."""
    digits = str(number)
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def format_siret(digits: str) -> str:
    """How a SIRET is shown: ``812 345 678 00013``; what has not 14 digits stays as it is."""
    if not _SIRET.fullmatch(digits):
        return digits
    return f"{digits[:3]} {digits[3:6]} {digits[6:9]} {digits[9:]}"


def is_siret(digits: str) -> bool:
    """Whether 14 ASCII digits are a SIRET: Luhn, or for SIREN 356000000 a digit sum that is a multiple of 5."""
    if not _SIRET.fullmatch(digits):
        return False
    total = 0
    for place, digit in enumerate(map(int, digits)):
        total += sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit
    return total % 10 == 0 or (digits.startswith("356000000") and sum(map(int, digits)) % 5 == 0)
