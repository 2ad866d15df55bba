"""2D-DOC of several symbols (technical specification 3.2.6, section 3.8): what belongs together, joined. Pure.

Each symbol begins with an envelope: in text ``E``, three characters that name the 2D-DOC, its place in hexadecimal from
0, the last place (1 to F); in binary ``EE``, two bytes that name it, a byte of place (upper half) and 17 − n (lower
half), n of 2 to 16. The three characters are the two bytes, packed as C40. Without their envelopes, in the order of
their places, the symbols are one code, and only together are they signed.

The name is no more than a mark: what claims the same place as something else is never joined, for a choice would be a
guess.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 16
"""Symbols of one 2D-DOC."""
_TEXT = re.compile(r"E[0-9A-Z]{3}[0-9A-F][1-9A-F][\x20-\x60\x7b-\x7e\x1d-\x1f]{7,}", re.ASCII)
"""Seven characters at least: sixteen symbols of like size share a header of 22 and a signature of 103."""
_BINARY = re.compile(r"\xee[\x00-\xff]{4,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""A word that a person wrote may begin with U+00EE too, and holds none of these."""
_WHOLE = re.compile(r"DC[0-9]{2}|\xdc[\x00-\x1f]", re.ASCII)


@dataclass(frozen=True, repr=False)
class Part:
    """One symbol of several: ``name`` 16 bits, ``place`` 0 to 15, ``count`` of 2 to 16, its content as characters."""

    name: int
    place: int
    count: int
    content: str


@dataclass(frozen=True, repr=False)
class Gathered:
    """One code: its text, or the first read symbol's where others are missing. ``read`` are the places that were read,
    from 1, none of a code of one symbol; ``clash`` tells that two symbols claimed one place.
    """

    text: str
    read: tuple[int, ...] = ()
    count: int = 1
    clash: bool = False


def part_of(text: str) -> Part | None:
    """A symbol's part, or None where its text has no envelope that can be."""
    if _TEXT.fullmatch(text):
        name, place, count = _packed(text[1:4]), int(text[4], 16), int(text[5], 16) + 1
        return Part(name, place, count, text[6:]) if place < count else None
    if _BINARY.fullmatch(text) and _CONTROL.search(text):
        high, low, places = (ord(one) for one in text[1:4])
        place, count = places >> 4, 17 - (places & 15)
        return Part(high << 8 | low, place, count, text[4:]) if place < count <= MOST else None
    return None


def _packed(name: str) -> int:
    """Three letters or digits as C40 (ISO/IEC 16022 §5.2.5)."""
    first, second, third = (int(one, 36) + 4 for one in name)
    return 1600 * first + 40 * second + third + 1


def looks_like_one(text: str) -> bool:
    """Whether a text claims to be a 2D-DOC, or one part of several: nothing more is examined."""
    return _WHOLE.match(text) is not None or part_of(text) is not None


def gather(texts: Iterable[str]) -> list[Gathered]:
    """The codes of texts that were read beside each other, parts joined, at the place of the first symbol of each. The
    same text twice counts once where it is a part.
    """
    found: list[Gathered | tuple[int, int]] = []
    sets: dict[tuple[int, int], dict[int, dict[str, str]]] = {}
    for text in texts:
        part = part_of(text)
        if part is None:
            found.append(Gathered(text))
            continue
        key = (part.name, part.count)
        if key not in sets:
            found.append(key)
        sets.setdefault(key, {}).setdefault(part.place, {})[part.content] = text
    return [one if isinstance(one, Gathered) else _together(sets[one], one[1]) for one in found]


def _together(places: dict[int, dict[str, str]], count: int) -> Gathered:
    read, clash = tuple(place + 1 for place in sorted(places)), any(len(claims) > 1 for claims in places.values())
    if clash or len(places) < count:
        first = next(iter(places[min(places)].values()))
        return Gathered(first, read, count, clash)
    return Gathered("".join(next(iter(places[place])) for place in range(count)), read, count)
