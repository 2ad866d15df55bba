"""Countries and nationalities as people and lists write them in French and in English.

Names are compared as bags of words without articles, so that ``Iran, République islamique d'`` and ``République
islamique d'Iran`` are one name. What two countries share (``Corée``, ``congolaise``) is a doubt. A part of
France overseas is one as well: its people are French, and need no permit.
"""

import difflib
import re
from functools import cache
from importlib.resources import files

from issuer.attestation.countries import NATIONALITIES, SOVEREIGN
from issuer.documents.wording import countries
from issuer.written.answers import Reading, capitals, certain, is_asked, is_negated, unsure, words

_SHARED = {
    "Corée": "KOR",
    "coréen": "KOR",
    "coréenne": "KOR",
    "Congo": "COG",
    "congolais": None,
    "congolaise": None,
    "guyanais": None,
    "guyanaise": None,
    "Saint-Martin": "MAF",
    "saint-martinois": "MAF",
    "saint-martinoise": "MAF",
    "Îles Vierges": None,
    "Irlande du Nord": "GBR",
    "Zaïre": "COD",
    "zaïrois": "COD",
    "zaïroise": "COD",
    "Yougoslavie": None,
    "Chypre du Nord": None,
}
"""What is said of two countries, or of none any more, and what is proposed."""
_CHOICES = {"Congo": "COG", "Saint-Martin": "MAF"}
"""Of these, the ones that are a whole entry of ISO's list: certain where the answer was chosen from a list."""

_ARTICLES = frozenset("LE LA LES L DE DU DES D ET THE OF AND".split())
_CUT_SHORT = re.compile(r"^[^,]*\b(?:DU|DE|DES|LA|LE|LES|ET|AND|OF|THE)$|^[^,]*\bD'$")
"""Ends where more was to come (``Soudan du``); the lists' own way round (``Russie, Fédération de``) does not."""
_INTRODUCED = re.compile(
    r"^(?:DE )?(?:NATIONALITY|NATIONALITES?|PAYS|CITOYENN?E?|RESSORTISSANTE?)(?: DE)?(?: LA| NATIONALITE)*\b(?=.)"
)
_EITHER_GENDER = re.compile(r"(?<=[A-Z])(?:\((?:N?E|IENNE)\)|[·•/.-](?:N?E|IENNE)\b)")
_TWICE = re.compile(r"\s*[/,;(]\s*|\s+[-–—]\s+")
_BOTH = re.compile(r"\b(?:ET|OU|AND|OR|PUIS|BI)\b|[/+&;,]")
_COLUMN = re.compile(r"\s+:(?=\s|$)")
_CLOSE = 0.84


def by_alpha2(code: str) -> str | None:
    """The alpha-3 code of an alpha-2 one (``XK`` → ``RKS``), None when there is none."""
    return _tables()[1].get(code.strip().upper())


def alpha2(code: str) -> str:
    """The alpha-2 code of an alpha-3 one. KeyError: it has none."""
    return {long: short for short, long in _tables()[1].items()}[code]


def read_country(text: str, chosen: bool = False) -> Reading[str]:
    """The three-letter code of a country or nationality that is named, by itself, in any of its ways.

    ``chosen``: from a list of countries, where ``Congo`` is that entry and no other. A part of France is named for
    certain only with its code behind it, as this program writes it; what is signed is looked at all the same.
    """
    found = _read(text, chosen)
    if SOVEREIGN.get(found.value or "") != "FRA" or f"({found.value})" in text:
        return found
    return unsure("territory", "FRA")


def _read(text: str, chosen: bool) -> Reading[str]:
    names, alpha2 = _tables()
    if is_asked(text):
        return unsure("qualified", _within(text))
    text = _EITHER_GENDER.sub("", capitals(text))
    whole = words(text)
    if not whole:
        return unsure("empty")
    if chosen and (code := _choices().get(_key(whole))):
        return certain(code)
    if _CUT_SHORT.search(text):
        return unsure("qualified", _within(text))
    for plain in (whole, _INTRODUCED.sub("", whole).strip()):
        if (found := names.get(_key(plain))) is not None:
            return found
    if plain == "XXX":
        return unsure("placeholder")
    if plain in NATIONALITIES:
        return certain(plain)
    if plain in alpha2:
        return unsure("ambiguous", alpha2[plain])
    if said_twice := _repeated(text):
        return said_twice
    labelled = _labelled(text)
    if labelled is not None:
        return labelled
    if is_negated(plain):
        return unsure("negated", None)
    return unsure("several" if _BOTH.search(capitals(text)) else "unknown", _within(text) or _close(plain))


def _repeated(text: str) -> Reading[str] | None:
    """One country said in several ways: ``Tunisien / Tunisienne``, ``Mali, malienne``."""
    names, _ = _tables()
    parts = [names.get(_key(words(part))) for part in _TWICE.split(text.rstrip(") "))]
    codes = {part.value if part and part.certain else None for part in parts}
    code = codes.pop() if len(codes) == 1 else None
    return certain(code) if code and len(parts) > 1 else None


def _labelled(text: str) -> Reading[str] | None:
    """A name with its code before or behind: ``SEN Sénégal``, ``Sénégal (SN)``; they must agree."""
    names, alpha2 = _tables()
    plain = capitals(text)
    match = (
        re.fullmatch(r"\(?([A-Z]{2,3})\)?\s*[-:]?\s+(.+)", plain),
        re.fullmatch(r"(.+?)\s*[-:]?\s*[(\[]\s*([A-Z]{2,3})\s*[)\]]", plain),
    )
    for code, name in (
        *([(match[0][1], match[0][2])] if match[0] else []),
        *([(match[1][2], match[1][1])] if match[1] else []),
    ):
        code = code if code in NATIONALITIES else alpha2.get(code)
        named = names.get(_key(words(name)))
        if code and named is not None:
            if named.value == code or (named.doubt and named.value is None):
                return certain(code)
            return unsure("disagree", named.value)
    return None


def _within(text: str) -> str | None:
    """The one country that a longer text names, if it names one."""
    plain = words(text).split()
    names, _ = _tables()
    found: set[str] = set()
    at = 0
    while at < len(plain):
        for length in range(min(6, len(plain) - at), 0, -1):
            reading = names.get(_key(" ".join(plain[at : at + length])))
            if reading is not None:
                found.add(reading.value or "")
                at += length - 1
                break
        at += 1
    return found.pop() or None if len(found) == 1 else None


def _close(plain: str) -> str | None:
    """The country whose name is nearly this one."""
    if len(plain) < 4:
        return None
    names, _ = _tables()
    near = difflib.get_close_matches(" ".join(_key(plain)), [" ".join(key) for key in names], 3, _CLOSE)
    codes = {names[tuple(name.split())].value for name in near}
    return codes.pop() if len(codes) == 1 else None


def _key(plain: str) -> tuple[str, ...]:
    return tuple(sorted(word for word in plain.split() if word not in _ARTICLES))


@cache
def _choices() -> dict[tuple[str, ...], str]:
    return {_key(words(name)): code for name, code in _CHOICES.items()}


@cache
def _tables() -> tuple[dict[tuple[str, ...], Reading[str]], dict[str, str]]:
    """Key of a name → its reading, and alpha-2 → alpha-3."""
    said: dict[tuple[str, ...], set[str]] = {}
    alpha2: dict[str, str] = {}

    def add(name: str, code: str) -> None:
        if key := _key(words(name)):
            said.setdefault(key, set()).add(code)

    for code, name in [*countries("fr").items(), *countries("en").items()]:
        add(name, code)
    table = (files("issuer.written") / "countries.txt").read_text("utf-8")
    for line in re.sub(r"\n +", " ", table).splitlines():
        if line.startswith("#"):
            continue
        codes, names, adjectives, english = [part.strip() for part in [*_COLUMN.split(line), "", "", ""]][:4]
        code, short = codes.split(" ")[:2]
        if short != "--":
            alpha2[short] = code
        for name in [*names.split(" | "), *english.split(", ")]:
            add(name, code)
        for adjective in adjectives.split(", "):
            for form in _forms(adjective.strip()):
                add(form, code)
    read = {key: certain(next(iter(codes))) if len(codes) == 1 else unsure("ambiguous") for key, codes in said.items()}
    read |= {_key(words(name)): unsure("ambiguous", code) for name, code in _SHARED.items()}
    return read, alpha2


def _forms(adjective: str) -> tuple[str, ...]:
    """An adjective and its feminine, the latter doubled after n as well: ``algérien``, ``algérienne``."""
    if not adjective:
        return ()
    head, space, rest = adjective.partition(" ")
    return tuple(form + space + rest for form in (head, head + "e", head + "ne" if head.endswith("n") else head))
