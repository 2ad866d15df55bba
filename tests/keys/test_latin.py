"""keys/latin.py: the text rule against its own words in docs/format.md §1.2, one code point at a time."""

import unicodedata

from hypothesis import given, strategies as st

from keys import latin

OTHERS = {0x2BB, 0x2BC, 0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x20AC, 0x2116}


def is_letter(code: int) -> bool:
    return (
        0x41 <= code <= 0x5A
        or 0x61 <= code <= 0x7A
        or 0x1E00 <= code <= 0x1EFF
        or (0xC0 <= code <= 0x2AF and code not in (0xD7, 0xF7) and not 0x1C0 <= code <= 0x1C3)
    )


def obeys(text: str, least: int, most: int) -> bool:
    """The rule, written out a second time without patterns."""
    marks_left = 0
    for character in text:
        code = ord(character)
        if 0x300 <= code <= 0x36F and code != 0x34F:
            if marks_left == 0:
                return False
            marks_left -= 1
        elif is_letter(code):
            marks_left = 2
        elif 0x20 <= code <= 0x7E or (0xA1 <= code <= 0xBF and code != 0xAD) or code in OTHERS:
            marks_left = 0
        else:
            return False
    spaces = text.startswith(" ") or text.endswith(" ") or "  " in text
    return least <= len(text) <= most and not spaces and unicodedata.normalize("NFC", text) == text


def test_every_code_point_of_unicode():
    for code in range(0x110000):
        if not 0xD800 <= code < 0xE000:
            text = f"A{chr(code)}b"
            if latin.follows(text, 1, 80) != obeys(text, 1, 80):
                raise AssertionError(f"U+{code:04X}")


def test_every_code_point_after_a_letter_that_composes_with_nothing():
    for code in range(0x20, 0x2200):
        for text in (f"Q{chr(code)}", f"Q\u0323{chr(code)}", f"Q\u0323\u0331{chr(code)}", f"2{chr(code)}", chr(code)):
            assert latin.follows(text, 1, 80) == obeys(text, 1, 80), ascii(text)


TEXTS = st.text(
    st.sampled_from("Aé Qq2'\u02bc\u0300\u0301\u0323\u0331\u034f\u1ec7\u1e9e\u00b2 \u2019\u200b\u0430\u00d7\ufeff"),
    max_size=12,
)


@given(TEXTS, st.integers(0, 3), st.integers(4, 12))
def test_the_pattern_and_the_words_agree(text, least, most):
    assert latin.follows(text, least, most) == obeys(text, least, most)


@given(TEXTS)
def test_a_fault_is_named_exactly_where_the_rule_is_broken(text):
    fault = latin.first_fault(text)
    assert (fault is None) == obeys(text, 0, 12)
    if fault:
        code, character = fault
        assert code in ("character", "mark", "space", "nfc") and (character in text or code == "nfc")


def test_both_sides_of_the_lengths_in_code_points():
    assert latin.follows("\u1ec6" * 80, 1, 80) and not latin.follows("\u1ec6" * 81, 1, 80)
    assert latin.follows("", 0, 200) and not latin.follows("", 1, 200)
    for other in (None, b"A", 1, ["A"]):
        assert not latin.follows(other, 0, 10)


def test_a_long_hostile_text_is_answered_in_linear_time():
    """100,000 code points that defeat a backtracking pattern: no answer for hours if it were one."""
    assert not latin.follows("A\u0323" * 50_000 + "\u200b", 0, 1_000_000)
