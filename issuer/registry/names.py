"""Names as they are searched: capital ASCII letters and digits, without accents, cut into words."""

import re
import unicodedata
from collections.abc import Iterable
from string import ascii_uppercase

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

EMPLOYER, BIRTH, PERMIT = "&", "@", "#"
"""What stands before a word of the search that is not of the holder's names: no name begins with it."""
PARTICLES = frozenset(
    "A AL AS BEN BIN BINT D DA DAS DE DEL DELLA DEN DER DES DI DO DOS DU E EL ET I L LA LAS LE LES LO LOS M MC N O OF"
    " OULD SIDI ST STE TE TEN TER THE U VAN VON Y ZU".split()
)
"""Words that a name may be looked for without."""
SHORTEST_NEAR = 4
"""Letters of a word that is also looked for with one wrong letter."""

_LATIN_END = 0x250
_APOSTROPHES = re.compile("['’‘ʻʼ`]")
_WORD = re.compile(r"[A-Z0-9]+")


def fold(text: str) -> str:
    """``Société Œuvre`` → ``SOCIETE OEUVRE``: capital ASCII words, one space between them. Apostrophes join:
    ``D’AGOSTINO`` → ``DAGOSTINO``.
    """
    if text.isascii():
        return " ".join(_WORD.findall(text.replace("'", "").replace("`", "").upper()))
    return " ".join(_WORD.findall(_APOSTROPHES.sub("", text).upper().translate(_PLAIN)))


class _Plain(dict[int, str]):
    """For each character, what :func:`fold` makes of it: worked out once for those of the Latin alphabets."""

    def __missing__(self, code: int) -> str:
        letters = unicodedata.normalize("NFKD", chr(code).translate(_LETTERS))
        plain = "".join(c for c in letters if not unicodedata.combining(c)).translate(_LETTERS)
        if code < _LATIN_END:
            self[code] = plain
        return plain


_PLAIN = _Plain()


def words(*texts: str) -> list[str]:
    """The distinct words of some names, folded, at most :data:`WORD_LENGTH` letters each, in order."""
    return list(dict.fromkeys(word[:WORD_LENGTH] for text in texts for word in fold(text).split()))


def search_words(
    names: Iterable[str], employer: str = "", birth_date: str | None = None, permit: str | None = None
) -> list[str]:
    """Every word by which an attestation is found: of the holder's names, also without what stands before an
    apostrophe; of the employer, the birth date and the residence permit, each behind its own sign.
    """
    names = [name for name in names if name]
    found = words(*names, *(part for name in names for part in _after_apostrophes(name)))
    found += [EMPLOYER + word[: WORD_LENGTH - 1] for word in words(employer)]
    if birth_date:
        found.append(BIRTH + birth_date.replace("-", ""))
    if permit:
        found += [PERMIT + word[: WORD_LENGTH - 1] for word in words(fold(permit).replace(" ", ""), permit)]
    return list(dict.fromkeys(found))


def _after_apostrophes(name: str) -> list[str]:
    """``D’AGOSTINO`` → ``AGOSTINO``."""
    return [part for word in name.split() for part in _APOSTROPHES.split(word)[1:] if len(fold(part)) > 1]


def asked_words(text: str) -> list[str]:
    """The words that are looked for: without particles, unless there is nothing else."""
    found = words(text)
    return [word for word in found if word not in PARTICLES] or found


def near(word: str) -> list[str]:
    """What a word may be with one letter missing, too many, wrong, or exchanged with the next; empty for a short word
    and for one with digits.
    """
    if len(word) < SHORTEST_NEAR or not word.isalpha():
        return []
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in cuts if right for letter in ascii_uppercase}
    found |= {left + letter + right for left, right in cuts for letter in ascii_uppercase}
    return sorted(found - {word})


def near_patterns(word: str) -> list[str]:
    """The same as patterns of SQL's LIKE, for text within which the word may stand anywhere."""
    if len(word) < SHORTEST_NEAR or not word.isalpha():
        return []
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    found |= {left + "_" + right[1:] for left, right in cuts if right}
    found |= {left + "_" + right for left, right in cuts[1:-1]}
    return sorted(f"%{pattern}%" for pattern in found)


def found_by(
    family_name: object, given_names: object, employer: object, siret: object, birth_date: object, permit: object
) -> str | None:
    """The text within which a request is looked for: folded names, employer and permit, SIRET and birth date; None when
    nothing is known.
    """
    texts = [value for value in (family_name, given_names, employer) if isinstance(value, str)]
    plain = [fold(text)[:400] for text in texts]
    plain += [fold(value).replace(" ", "")[:60] for value in (permit, siret) if isinstance(value, str)]
    plain += [birth_date] if isinstance(birth_date, str) else []
    return " ".join(filter(None, plain)) or None
