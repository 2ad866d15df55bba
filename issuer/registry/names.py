"""Names as they are searched: capital ASCII letters and digits, without accents, cut into words."""

import re
import unicodedata

WORD_LENGTH = 40
"""Letters kept of a word."""

_LETTERS = str.maketrans(
    {
        "Æ": "AE",
        "Ø": "O",
        "Đ": "D",
        "Ð": "D",
        "Ħ": "H",
        "Ł": "L",
        "Ŋ": "N",
        "Œ": "OE",
        "Þ": "TH",
        "Ŧ": "T",
        "ẞ": "SS",
        "Ə": "E",
        "Ɓ": "B",
        "Ɗ": "D",
        "Ƙ": "K",
        "Ƴ": "Y",
        "Ɔ": "O",
        "Ɛ": "E",
        "Ɲ": "N",
        "Ɖ": "D",
        "Ƒ": "F",
        "Ɣ": "G",
        "Ʋ": "V",
        "Ŀ": "L",
        "ı": "I",
        "ĸ": "K",
    }
)
"""Letters of the format's text rule that no accent is taken from by Unicode decomposition."""

_APOSTROPHES = re.compile("['’‘ʻʼ`]")
_WORD = re.compile(r"[A-Z0-9]+")


def fold(text: str) -> str:
    """``Société Œuvre`` → ``SOCIETE OEUVRE``: capital ASCII words, one space between them. Apostrophes join: ``D’AGOSTINO`` → ``DAGOSTINO``."""
    capitals = _APOSTROPHES.sub("", text).upper().translate(_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", capitals) if not unicodedata.combining(c))
    return " ".join(_WORD.findall(plain.translate(_LETTERS)))


def words(*texts: str) -> list[str]:
    """The distinct words of some names, folded, at most :data:`WORD_LENGTH` letters each, in order."""
    return list(dict.fromkeys(word[:WORD_LENGTH] for text in texts for word in fold(text).split()))
