"""Step 6c: the text rule, clause by clause."""

from tests.vectors.cases import Cases
from tests.vectors.scene import attestation, payload


def wrong() -> Cases:
    """Texts that the rule refuses."""
    cases = Cases("1.2")

    def text(name: str, comment: str, value: str) -> None:
        cases.invalid(f"text-{name}", comment, payload(attestation(k3=value)))

    text("leading-space", "a space first", " NGUYEN")
    text("trailing-space", "a space last", "NGUYEN ")
    text("only-space", "nothing but a space", " ")
    text("doubled-space", "two spaces in a row", "NGUYEN  DUPONT")
    text("byte-order-mark", "a leading U+FEFF: some decoders drop it", "\ufeffNGUYEN")
    for code, what in (
        (0x00, "NUL"),
        (0x09, "tabulator"),
        (0x0A, "newline"),
        (0x0D, "carriage return"),
        (0x1B, "escape"),
        (0x1F, "the last control"),
        (0x7F, "delete"),
        (0x80, "the first C1 control"),
        (0x9F, "the last C1 control"),
        (0xA0, "no-break space"),
        (0xAD, "soft hyphen"),
        (0xD7, "multiplication sign"),
        (0xF7, "division sign"),
        (0x1C0, "dental click"),
        (0x1C3, "retroflex click"),
        (0x2B0, "modifier letter small h"),
        (0x2BA, "just before U+02BB"),
        (0x2BD, "just after U+02BC"),
        (0x2FF, "the last modifier"),
        (0x34F, "combining grapheme joiner"),
        (0x370, "the first Greek letter"),
        (0x3B1, "Greek alpha"),
        (0x430, "Cyrillic а"),
        (0x455, "Cyrillic ѕ"),
        (0x585, "Armenian օ"),
        (0x5D0, "Hebrew alef"),
        (0x627, "Arabic alef"),
        (0x661, "Arabic-Indic digit"),
        (0x115F, "a filler"),
        (0x1D00, "a phonetic letter"),
        (0x1DFF, "just before U+1E00"),
        (0x1F00, "just after U+1EFF"),
        (0x2000, "en quad"),
        (0x2009, "thin space"),
        (0x200B, "zero width space"),
        (0x200C, "zero width non-joiner"),
        (0x200D, "zero width joiner"),
        (0x200E, "left-to-right mark"),
        (0x200F, "right-to-left mark"),
        (0x2012, "figure dash"),
        (0x2015, "horizontal bar"),
        (0x201A, "low quotation mark"),
        (0x201B, "reversed quotation mark"),
        (0x201E, "low double mark"),
        (0x2027, "hyphenation point"),
        (0x2028, "line separator"),
        (0x202A, "left-to-right embedding"),
        (0x202E, "right-to-left override"),
        (0x202F, "narrow no-break space"),
        (0x2060, "word joiner"),
        (0x2066, "left-to-right isolate"),
        (0x2069, "pop isolate"),
        (0x20AB, "just before the euro"),
        (0x20AD, "just after the euro"),
        (0x2115, "just before the numero"),
        (0x2117, "just after the numero"),
        (0x212A, "Kelvin sign"),
        (0x2160, "Roman numeral one"),
        (0x3000, "ideographic space"),
        (0x4E2D, "a Han character"),
        (0xAB30, "a Latin letter of another block"),
        (0xE000, "private use"),
        (0xFB01, "the ligature fi"),
        (0xFE0F, "variation selector"),
        (0xFF21, "full-width A"),
        (0xFFFD, "replacement character"),
        (0xFFFF, "a noncharacter"),
        (0x1D400, "bold A"),
        (0x1F600, "an emoji"),
        (0xE0041, "a tag character"),
        (0x10FFFF, "the last code point"),
    ):
        text(f"u-{code:04x}", f"U+{code:04X}: {what}", f"NG{chr(code)}UYEN")
    text("mark-first", "a combining mark without a letter before it", "\u0301NGUYEN")
    text("mark-after-space", "a combining mark after a space", "NGUYEN \u0301DUPONT")
    text("mark-after-digit", "a combining mark after a digit", "NGUYEN2\u0323")
    text("mark-after-apostrophe", "a combining mark after U+02BC, which is no letter here", "NGUYEN\u02bc\u0323")
    text("mark-after-okina", "a combining mark after U+02BB, which is no letter here", "NGUYEN\u02bb\u0323")
    text("mark-after-ordinal", "a combining mark after U+00AA, which is no letter here", "NGUYEN\u00aa\u0323")
    text("three-marks", "three combining marks on one letter", "NGQ\u0323\u0331\u0307UYEN")
    text("nfd", "E and a combining acute instead of É", "E\u0301POUSE")
    text("singleton-mark", "U+0340, which NFC replaces", "NGQ\u0340UYEN")
    text("singleton-dialytika", "U+0344, which NFC takes apart", "NGQ\u0344UYEN")
    text("marks-out-of-order", "a dot above before a dot below: NFC exchanges them", "NGQ\u0307\u0323UYEN")
    text("composes-over", "Ạ and a circumflex instead of Ậ", "NG\u1ea0\u0302UYEN")
    for key in (4, 7, 9, 13):
        cases.invalid(
            f"text-in-{key}", f"a zero width space in key {key}", payload(attestation(**{f"k{key}": "A\u200bB"}))
        )
    return cases


def right() -> Cases:
    """Texts that the rule allows."""
    cases = Cases("1.2")

    def text(name: str, comment: str, value: str) -> None:
        cases.authentic(f"text-right-{name}", comment, payload(attestation(k3=value)), {"family_name": value})

    ascii_signs = "".join(map(chr, range(0x21, 0x7F)))
    text("ascii-1", "ASCII signs, first half", ascii_signs[:47])
    text("ascii-2", "ASCII signs, second half", ascii_signs[47:])
    text(
        "latin-1-signs",
        "U+00A1–00BF without the soft hyphen",
        "".join(chr(code) for code in range(0xA1, 0xC0) if code != 0xAD),
    )
    letters = [chr(code) for code in range(0xC0, 0x2B0) if code not in (0xD7, 0xF7, 0x1C0, 0x1C1, 0x1C2, 0x1C3)]
    for start in range(0, len(letters), 80):
        text(f"letters-{ord(letters[start]):04x}", "letters of U+00C0–02AF", "".join(letters[start : start + 80]))
    more = [chr(code) for code in range(0x1E00, 0x1F00)]
    for start in range(0, len(more), 80):
        text(f"letters-{ord(more[start]):04x}", "letters of U+1E00–1EFF", "".join(more[start : start + 80]))
    text(
        "punctuation",
        "the listed signs",
        "\u02bb\u02bc\u2010\u2011\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u20ac\u2116",
    )
    text("one-mark", "one mark on a letter without a precomposed form", "NGQ\u0301UYEN")
    text("two-marks", "two marks in canonical order", "NGQ\u0323\u0307UYEN")
    text("mark-last", "a mark at the end", "NGUYENQ\u0301")
    text("mark-before-space", "a space after a mark", "Q\u0301 Q\u0302")
    text("mark-on-precomposed", "two marks on a letter of U+1E00–1EFF", "\u1e9eA\u1e9e\u0323\u0307")
    text("last-mark", "U+036F", "NGQ\u036fUYEN")
    text("markup", "markup is text like any other: it is for the screen to show it as such", '<b>O\'Neil & "Co"</b>')
    return cases
