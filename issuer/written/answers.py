"""A reading: a value that is certain, or a doubt. And the plain form in which texts are compared."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from issuer.registry.names import fold

T = TypeVar("T")
LONGEST = 400
"""Characters of a text that are looked at."""

DOUBTS = (
    "unknown",
    "unfamiliar",
    "qualified",
    "several",
    "ambiguous",
    "placeholder",
    "machine",
    "person",
    "commercial",
    "establishment",
    "partial",
    "impossible",
    "out_of_range",
    "swapped",
    "month_first",
    "short_year",
    "negated",
    "disagree",
    "territory",
    "empty",
    "no_number",
    "no_period",
    "range",
    "day",
    "part_time",
    "high",
    "low",
    "zero_lost",
    "scientific",
    "serial",
    "cell_error",
)
"""Every code of a doubt. Its words stand in the shared messages as ``doubt.CODE``."""

_APOSTROPHES = re.compile("['’‘ʻʼ`´]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[A-Z0-9]+")
_SAINT = re.compile(r"\bST(E?)\b")
_ODD_APOSTROPHE = re.compile("(?<=[^\\W\\d_])[´`′ʹ‵＇](?=[^\\W\\d_])")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_LIGATURES = {ord(c): unicodedata.normalize("NFKC", c) for c in "ﬀﬁﬂﬃﬄﬅﬆ"}
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_NEGATION = re.compile(r"\b(?:PAS|NON|NI|SAUF|HORS|HORMIS|EXCEPTE|SANS|AUCUNE?|JAMAIS|NOT|NO|EXCEPT)\b")


@dataclass(frozen=True, repr=False)
class Reading(Generic[T]):
    """What a text was read as. ``doubt`` is None when ``value`` is certain, else one of :data:`DOUBTS`; then
    ``value`` is what is proposed, or None.
    """

    value: T | None
    doubt: str | None = None

    @property
    def certain(self) -> bool:
        """Whether the value may be taken without asking."""
        return self.doubt is None

    def __repr__(self) -> str:
        return f"<Reading {self.doubt or 'certain'}>"


def certain(value: T) -> Reading[T]:
    """A value that may be taken without asking."""
    return Reading(value)


def unsure(code: str, proposal: T | None = None) -> Reading[T]:
    """A doubt, and what is proposed."""
    if code not in DOUBTS:
        raise ValueError(f"not a declared doubt: {code}")
    return Reading(proposal, code)


def tidy(text: str) -> str:
    """A text as its author sees it: one space between words, none and no invisible sign at the ends, NFC, letters
    printed together apart again, and an accent or a prime between two letters as the apostrophe that it stands for.
    Signs within the text that should not be there stay, for the record's own checks to name.
    """
    if not text.isascii() and any(c in text for c in "ﬀﬁﬂﬃﬄﬅﬆ"):
        parted = text.translate(_LIGATURES)
        text = parted.upper() if text.translate(dict.fromkeys(_LIGATURES, "")).isupper() else parted
    text = " ".join(part for part in (part.strip(_INVISIBLE) for part in text.split()) if part)
    return _ODD_APOSTROPHE.sub("'", unicodedata.normalize("NFC", text))


def capitals(text: str) -> str:
    """Capital letters without accents, signs as they are: ``Côte d’Or (21)`` → ``COTE D'OR (21)``; ``C.D.D.`` →
    ``CDD``.
    """
    text = text[:LONGEST]
    if not text.isascii():
        text = _APOSTROPHES.sub("'", unicodedata.normalize("NFKC", text))
        text = _NOT_ASCII.sub(_plain_letter, text)
    plain = " ".join(text.replace("`", "'").upper().split())
    return _INITIALS.sub(lambda found: found[0].replace(".", ""), plain) if "." in plain else plain


def _plain_letter(found: re.Match[str]) -> str:
    return _plain(found[0])


@cache
def _plain(character: str) -> str:
    return fold(character) if character.isalpha() else character


def words(text: str) -> str:
    """Capital ASCII words and numbers with one space between, ``ST`` written ``SAINT``: ``Côte-d’Or`` → ``COTE D
    OR``.
    """
    return words_of(capitals(text))


def words_of(plain: str) -> str:
    """The same, of what :func:`capitals` gave."""
    found = " ".join(_WORD.findall(plain))
    return _SAINT.sub(r"SAINT\1", found) if "ST" in found else found


def is_negated(plain: str) -> bool:
    """Whether capital words deny or except something."""
    return _NEGATION.search(plain) is not None


def is_asked(text: str) -> bool:
    """Whether a text bears a question mark: its author is not sure either."""
    return "?" in text or "¿" in text
