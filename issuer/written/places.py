"""Départements as people write them: codes, names, postal codes within addresses, and the larger towns.

A postal code gives its département; a lone code or a name gives one, and so does a town of ``towns.txt`` whose name no
other commune bears. Street numbers, buildings, floors and boxes never do, and nothing is guessed from another town.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from issuer.attestation.places import DEPARTMENTS
from issuer.written.answers import Reading, capitals, certain, is_asked, is_negated, unsure

_STREETS = (
    "RUE|AVENUE|AV|AVE|BOULEVARD|BD|BLD|BVD|BLVD|PLACE|PL|IMPASSE|IMP|ALLEES?|ALL|CHEMIN|CHE|CH|ROUTE|RTE|QUAI|COURS|"
    "SQUARE|SQ|PASSAGE|PASS|ESPLANADE|FAUBOURG|FG|SENTE|SENTIER|VOIE|VILLA|CITE|PARVIS|ROND-POINT|PROMENADE|COUR|"
    "R(?=\\. )|LIEU-DIT|ZA|ZI|ZAC|TRAVERSE|MONTEE|GALERIE|RUELLE|RAMPE|CLOS|HAMEAU|RESIDENCE|DOMAINE|PARC|CENTRE"
)
_STREET = re.compile(rf"\b(?:{_STREETS})\b")
_WITHIN = (
    r"BATIMENTS?|BAT|BT|IMMEUBLE|IMM|TOUR|ETAGE|APPARTEMENT|APPT|APT|APP|ESCALIER|ESC|PORTE|HALL|LOT|LOTS|BOITE|"
    r"BOX|BUREAU|BUR|SALLE|CHAMBRE|CHBRE|QUAI|BP|CS|TSA|CEDEX|CDX|RESIDENCE|BLOC|NIVEAU|ENTREE|TERMINAL|LOCAL|CELLULE|"
    r"ENTREPOT|SECTEUR|ZONE|KM|RN|RD|ARRONDISSEMENT|TEL|TELEPHONE"
)
_MASKED = (
    re.compile(r"\b(?:SIRET|SIREN)\b[ :]*(?:N[°O]\.?\s*)?[0-9][0-9 ]{7,16}[0-9]\b"),
    re.compile(r"\b(?:B\.?P\.?|C\.?S\.?|TSA)\s*(?:N[°O]?\.?\s*)?[0-9]+\b"),
    re.compile(rf"\b(?:{_WITHIN})\s*(?:N[°O]\.?\s*|[A-Z]\s?)?[0-9]+[A-Z]?\b"),
    re.compile(r"\b[IVX]{1,5} ?(?:ERE?|EME|E)\b(?:\s*(?:ARRONDISSEMENT|ARRT?)\b\.?)?"),
    re.compile(r"(?<=\x0075\x00) [IVX]{1,5}\b"),
    re.compile(r"\b[0-9]{1,2}(?: ?(?:ERE?|EME)|E|NDE?)\b(?:\s*(?:ARRONDISSEMENT|ARRT?|ETAGE)\b\.?)?"),
    re.compile(r"\b[0-9][0-9 ]*\s*(?:M ?2|METRES?|EUROS?|EUR|€|SALARIES?|PERSONNES?|HECTARES?|HA)\b"),
    re.compile(r"\b[AND][0-9]{1,4}\b"),
    re.compile(rf"\b[0-9]{{1,4}}(?:\s*[-/]\s*[0-9]{{1,4}})?\s*(?:BIS|TER|QUATER|[A-D])?\s*,?\s*(?=(?:{_STREETS})\b)"),
    re.compile(r"\b[0-9]{1,4}\s*(?:BIS|TER|QUATER)\b\s*,?"),
)
"""What in an address bears numbers that are no code of a département."""
_BOUND = re.compile(r"\b(?:CEDEX|CDX)\b(?:\s*[0-9]{1,2}\b)?|\bFRANCE\b|\bF-(?=[0-9]{5}\b)")
_POSTAL = re.compile(r"(?<![0-9])([0-9]{5})(?![0-9])")
_SPACED = re.compile(r"(?<![0-9])([0-9]{2}) ([0-9]{3})(?= +[A-Z\x00])(?![0-9])")
_SEPARATED = re.compile(r"\s*(?:[,;|/+&\n]|\bET\b|\bAND\b|\bAINSI QUE\b)\s*")
_PARTED = re.compile(r"\s*(?:[;|/+&\n]|\bET\b|\bOU\b|\bAND\b|\bAINSI QUE\b|\bPUIS\b)\s*")
_CODE = r"(?:97[1-8]|98[678]|2[AB]|[0-9]{2})"
_NEUTRAL = re.compile(
    r"\b(?:DEPARTEMENTS?|DEPART|LIEUX? (?:DE )?TRAVAIL|WORKPLACES?|HEAD OFFICE|SIEGE(?: SOCIAL)?|"
    r"DEPT|DEP|DPT|DPTS|CODE|LE|LA|LES|L|DU|DE|DES|D|DANS|FRANCE|EN|A)\b\.?|\bN°|:"
)
_BUILDING = re.compile(r"(?:GARE|HOPITAL|CHU|AEROPORT|UNIVERSITE|CAMPUS|HOTEL|MAIRIE|PORT)\b")
"""What is named after a town, or before the town that it stands in: it says no département itself."""
_EITHER = re.compile(r"\b(?:OU|OR|SOIT)\b")
_RANGE = re.compile(rf"\b{_CODE}\s*(?:-|\bA\b|\bAU\b|→|\.\.)\s*{_CODE}\b(?![0-9])")
_NAMED = "\x00"
"""Stands before and after the code of a département that was named in words."""
_SAID = re.compile(f"{_NAMED}(..?.?){_NAMED}")
_UNCLEAR_ALONE = ("86", "977", "978")
"""Vienne, Saint-Barthélemy and Saint-Martin are also towns elsewhere."""
_WORDS_TOO = (*_UNCLEAR_ALONE, "59", "50", "40", "23")
"""Names that in brackets behind other words may be no département's: ``Zone industrielle (Nord)``."""
_MISTAKEN = {
    "NORD (?:DE LA )?FRANCE": "59",
    "EURE ET LOIRE": "28",
    "LOIRE ET CHER": "41",
    "INDRE ET LOIR": "37",
    "MAINE ET LOIR": "49",
}
"""One département with a letter wrong, or two, or a part of the country."""


_CORSICA = (
    ("2A", re.compile(r"\b(?:AJACCIO|PORTO[ -]VECCHIO|PROPRIANO|SARTENE|BONIFACIO)\b")),
    ("2B", re.compile(r"\b(?:BASTIA|CORTE|CALVI|FURIANI|BORGO|BIGUGLIA|LUCCIANA|ILE[ -]ROUSSE)\b")),
)
"""Towns with a CEDEX: its codes in Corsica are of either département, whatever their third digit."""


def postal_department(code: str) -> str | None:
    """The département of a postal code of five digits; None where it does not say (Corsica's 203–205 and 207–209,
    which only a CEDEX bears, Monaco, the armies).
    """
    if code.startswith("20"):
        return {"200": "2A", "201": "2A", "202": "2B", "206": "2B"}.get(code[:3])
    if code in ("97133", "97095", "97096"):
        return "977"
    if code in ("97150", "97051", "97052", "97054", "97055", "97056", "97057", "97058", "97059", "97060"):
        return "978"
    found = code[:3] if code[:2] in ("97", "98") else code[:2]
    return found if found in DEPARTMENTS else None


def read_workplaces(text: str | list[str]) -> Reading[list[str]]:
    """The codes of the départements that are named, in order. A list is answers chosen one by one."""
    text = " ; ".join(text) if isinstance(text, list) else text
    plain = _named(capitals(text.replace("\n", " ; ").replace("\r", "")))
    if not plain.strip(" ;"):
        return unsure("empty")
    if re.fullmatch(r"[1-9]", plain):
        return unsure("zero_lost", [f"0{plain}"])
    proposed = _proposed(plain)
    if is_asked(text):
        return unsure("qualified", proposed)
    if is_negated(re.sub(r"\bSANS SOUCI\b", "", plain)):
        return unsure("negated", proposed)
    for name, code in _MISTAKEN.items():
        if re.search(rf"\b{name}\b", _unhyphened(capitals(text))):
            return unsure("ambiguous", [code])
    if _EITHER.search(plain):
        return unsure("several", proposed)
    masked = _masked(plain)
    towns = (
        {code for code, towns in _CORSICA if towns.search(plain)} if re.search(r"\b(?:CEDEX|CDX)\b", plain) else set()
    )
    return _addressed(masked, proposed, towns) if _POSTAL.search(masked) else _listed(masked, proposed)


def read_department(text: str) -> Reading[str]:
    """The code of the one département that is named."""
    found = read_workplaces(text)
    codes = found.value or []
    if found.doubt:
        return unsure(found.doubt, codes[0] if len(codes) == 1 else None)
    return certain(codes[0]) if len(codes) == 1 else unsure("several")


def _named(plain: str) -> str:
    """Capitals with each name of a département replaced by its marked code, and spaced postal codes joined."""
    plain = plain.replace("'", " ")
    plain = re.sub(r"\bPARIS[ -]+(?=LA[ -]+DEFENSE\b)", "", plain)
    plain = re.sub(r"\bST(E?)\b\.?", r"SAINT\1", plain)
    plain = re.sub(r"^2 ([AB])$", r"2\1", plain)
    plain = re.sub(r"(?<![A-Z0-9])([0-9]{2}|2[AB]|97[1-8])-(?=[A-Z])", r"\1 - ", plain)
    plain = _names()[0].sub(lambda found: f"{_NAMED}{_names()[1][_unhyphened(found[0])]}{_NAMED}", plain)
    return _SPACED.sub(r"\1\2", plain)


def _unhyphened(name: str) -> str:
    return " ".join(name.replace("-", " ").split())


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {_unhyphened(capitals(name).replace("'", " ")): code for code, name in DEPARTMENTS.items()}
    codes |= {"REUNION": "974", "ILE DE LA REUNION": "974", "GUYANE FRANCAISE": "973", "VILLE DE PARIS": "75"}
    codes |= {"CORSE SUD": "2A", "BELFORT TERRITOIRE": "90", "WALLIS": "986", "NOUVELLE CALEDONIE": "988"}
    ordered = sorted(codes, key=len, reverse=True)
    pattern = "|".join(re.escape(name).replace(r"\ ", r"[\s-]+") for name in ordered)
    return re.compile(rf"(?<![A-Z0-9-])(?:{pattern})(?![A-Z0-9]|-[A-Z])"), codes


def _masked(plain: str) -> str:
    plain = _BOUND.sub(" ", plain)
    for pattern in _MASKED:
        plain = pattern.sub(" ", plain)
    return " ".join(plain.split())


def _addressed(masked: str, proposed: list[str], towns: set[str]) -> Reading[list[str]]:
    """Addresses with postal codes: each gives one, and nothing else stands beside them that could give another.
    ``towns``: the départements of Corsica's towns that a CEDEX names; one of them tells what its code does not.
    """
    codes: list[str] = []
    parts = [part for part in _PARTED.split(masked) if part.strip(" ,.-()")]
    for place, part in enumerate(parts):
        postal = _POSTAL.findall(part)
        for code in postal:
            department = postal_department(code)
            if code.startswith("20") and towns:
                department = next(iter(towns)) if len(towns) == 1 and department in (None, *towns) else None
            if department is None:
                return unsure("unknown", proposed)
            codes.append(department)
            if _is_elsewhere(part, code, department):
                return unsure("disagree", proposed)
        if postal:
            continue
        listed = _listed(part, [])
        if listed.certain:
            codes += listed.value or []
        elif (place > 0 and not _POSTAL.search(" ".join(parts[place + 1 :]))) or not _is_street(parts[0]):
            return unsure("several", proposed)
    pieces = [piece.strip(" .()") for piece in re.split(r"[,;()]", masked)]
    spelled = [_SAID.sub(r"\1", piece) for piece in pieces]
    spelled = [piece for piece in spelled if piece not in _UNCLEAR_ALONE]
    if any(re.fullmatch(_CODE, piece) and piece not in codes for piece in spelled):
        return unsure("several", proposed)
    if re.search(rf"\b[013-9][0-9]{{4}}\s+{_NAMED}75{_NAMED}", masked) and "75" not in codes:
        return unsure("disagree", proposed)
    return certain(list(dict.fromkeys(codes)))


def _is_elsewhere(part: str, code: str, department: str) -> bool:
    """Whether the town beside a postal code is known to lie in another département."""
    beside = [piece.replace(code, " ") for piece in re.split(r"[,;()]", part) if code in piece]
    town = _town(beside[0]) if len(beside) == 1 else None
    return town is not None and town.alone and department not in town.codes


def _is_street(part: str) -> bool:
    return _STREET.search(part) is not None


def _listed(masked: str, proposed: list[str]) -> Reading[list[str]]:
    """Codes and names one beside the other, and nothing else but the streets of a town that is named."""
    if _RANGE.search(re.sub(r"[()]", " ", masked)):
        return unsure("range", proposed)
    codes: list[str] = []
    lone: list[str] = []
    street = False
    for item in _SEPARATED.split(masked):
        plain = " ".join(_NEUTRAL.sub(" ", item).split()).strip(" .-")
        if not plain:
            continue
        if (_STREET.match(plain) or (_BUILDING.match(plain) and " " in plain)) and not re.search(
            r"[0-9]", _SAID.sub("", plain)
        ):
            street = True
            continue
        found = _item(plain)
        if found is None:
            return unsure("unknown", proposed)
        if found == "":
            return unsure("disagree", proposed)
        if street and plain == found:
            return unsure("ambiguous", proposed)
        if plain == f"{_NAMED}{found}{_NAMED}":
            lone.append(found)
        codes.append(found)
    if not codes:
        return unsure("unknown", proposed)
    if any(lone.count(code) == codes.count(code) and code in _UNCLEAR_ALONE for code in lone):
        return unsure("ambiguous", proposed)
    return certain(list(dict.fromkeys(codes)))


def _item(plain: str) -> str | None:
    """The one code of an item; an empty text where name and code disagree, None where it is not understood."""
    if re.fullmatch(r"97 [1-8]|98 [678]|2 [AB]", plain):
        return plain.replace(" ", "")
    named: list[str] = _SAID.findall(plain)
    if (town := _town(plain)) and not _SAID.fullmatch(plain):
        return town.codes[0] if town.alone else None
    rest = _SAID.sub(" ", plain)
    coded: list[str] = re.findall(rf"(?<![A-Z0-9])({_CODE})(?![A-Z0-9])", rest)
    if len(named) > 1 or len(coded) > 1:
        return None
    left = re.sub(rf"(?<![A-Z0-9]){_CODE}(?![A-Z0-9])", " ", rest).strip(" .-()")
    town = _town(left)
    if town and (codes := {*named, *coded}):
        if len(codes) > 1 or (town.alone and not codes & {*town.codes}):
            return ""
        if codes & {*town.codes}:
            return codes.pop()
    in_brackets = re.fullmatch(rf"[A-Z -]+\( ?{_SAID.pattern} ?\)", plain)
    if in_brackets and not coded and named[0] not in _WORDS_TOO:
        return named[0]
    if named:
        if left or (named and coded and named[0] != coded[0]):
            return None if left else ""
        return named[0]
    if not coded or coded[0] not in DEPARTMENTS or re.search(r"[0-9]", left):
        return None
    if not left:
        return coded[0]
    behind = re.fullmatch(rf"[A-Z .-]+ ?\( ?{_CODE} ?\)", plain)
    before = re.fullmatch(rf"{_CODE} - [A-Z .-]+", plain)
    return coded[0] if behind or before else None


def _proposed(plain: str) -> list[str]:
    """What the text seems to name, for a person to look at."""
    masked = _masked(plain)
    codes = [postal_department(code) for code in _POSTAL.findall(masked)]
    if not codes:
        spelled = re.sub(f"{_NAMED}(..?.?){_NAMED}", r" \1 ", masked)
        codes = re.findall(rf"(?<![A-Z0-9])({_CODE})(?![A-Z0-9])", spelled)
    if not codes:
        towns = [_town(item) for item in _SEPARATED.split(masked)]
        codes = [town.codes[0] for town in towns if town and len(town.codes) == 1]
    return list(dict.fromkeys(code for code in codes if code in DEPARTMENTS))


@dataclass(frozen=True)
class _Town:
    """``alone``: no commune elsewhere bears its name, so that the name says the département."""

    codes: tuple[str, ...]
    alone: bool


def _town(plain: str) -> _Town | None:
    """The town of ``towns.txt`` that the whole text names, with or without articles and hyphens."""
    spelled = _SAID.sub(lambda said: capitals(DEPARTMENTS[said[1]]), plain)
    return _towns().get(_town_key(spelled)) if len(spelled) < 60 else None


def _town_key(name: str) -> str:
    return " ".join(re.findall("[A-Z0-9]+", _NEUTRAL.sub(" ", name.replace("'", " "))))


@cache
def _towns() -> dict[str, _Town]:
    found: dict[str, _Town] = {}
    for line in (files("issuer.written") / "towns.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, _, names = line.partition(" ")
        for name in names.split(", "):
            key = _town_key(capitals(name.rstrip(" *")))
            before = found.get(key)
            codes = (*before.codes, code) if before else (code,)
            found[key] = _Town(codes, len(codes) == 1 and not name.endswith("*"))
    return found
