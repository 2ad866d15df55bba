"""The text rule: which characters a signed text may hold (``docs/format.md`` §1.2).

French administrative documents are written in Latin script. Nothing invisible, bidirectional or of
another script gets in, so that what is compared on screen and paper is what was signed.
"""

import re
import unicodedata

_OTHERS = frozenset(
    map(chr, (0x02BB, 0x02BC, 0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x20AC, 0x2116))
)
_NOT_LETTERS = frozenset(map(chr, (0x00D7, 0x00F7, 0x01C0, 0x01C1, 0x01C2, 0x01C3)))

MAX_MARKS = 2
"""Combining marks directly after one letter."""

_LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01bf\u01c4-\u02af\u1e00-\u1eff"
_MARK = "\u0300-\u034e\u0350-\u036f"
_OTHER = "\\x20-@\\[-`{-~\u00a1-\u00ac\u00ae-\u00bf" + "".join(sorted(_OTHERS))
_FOLLOWED = re.compile(f"(?! )(?:[{_LETTER}][{_MARK}]{{0,{MAX_MARKS}}}|[{_OTHER}])*+(?<! )")
"""The rule as one pattern, doubled spaces and NFC apart. ``first_fault`` says what is wrong where it does not match."""


def is_letter(character: str) -> bool:
    """Whether a combining mark may follow: A–Z, a–z, U+00C0–02AF and U+1E00–1EFF with the format's exceptions."""
    return (
        "A" <= character <= "Z"
        or "a" <= character <= "z"
        or ("\u00c0" <= character <= "\u02af" and character not in _NOT_LETTERS)
        or "\u1e00" <= character <= "\u1eff"
    )


def is_mark(character: str) -> bool:
    """Whether this is one of the combining marks U+0300–036F without U+034F."""
    return "\u0300" <= character <= "\u036f" and character != "\u034f"


def is_allowed(character: str) -> bool:
    """Whether the character may stand in a signed text at all, its neighbours apart."""
    return (
        "\u0020" <= character <= "\u007e"
        or ("\u00a1" <= character <= "\u00bf" and character != "\u00ad")
        or is_letter(character)
        or character in _OTHERS
        or is_mark(character)
    )


def follows(text: str, least: int, most: int) -> bool:
    """Whether ``text`` obeys the text rule and has ``least`` to ``most`` code points."""
    return (
        type(text) is str
        and least <= len(text) <= most
        and _FOLLOWED.fullmatch(text) is not None
        and "  " not in text
        and unicodedata.is_normalized("NFC", text)
    )


def _has_stray_space(text: str) -> bool:
    return text[:1] == " " or text[-1:] == " " or "  " in text


def first_fault(text: str) -> tuple[str, str] | None:
    """The first breach as ``(code, character)``, or None.

    Codes: ``character`` (not in the repertoire), ``mark`` (a combining mark without a letter, or a
    third one), ``space`` (leading, trailing or doubled), ``nfc`` (not in Normalization Form C).
    """
    if follows(text, 0, len(text)):
        return None
    marks = MAX_MARKS
    for character in text:
        if not is_allowed(character):
            return "character", character
        if is_mark(character):
            marks += 1
            if marks > MAX_MARKS:
                return "mark", character
        else:
            marks = 0 if is_letter(character) else MAX_MARKS
    if _has_stray_space(text):
        return "space", " "
    if not unicodedata.is_normalized("NFC", text):
        return "nfc", next(c for c, d in zip(text, unicodedata.normalize("NFC", text) + "\0", strict=False) if c != d)
    return None
