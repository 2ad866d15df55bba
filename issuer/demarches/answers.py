"""The answer to one field of a dossier, whatever its type, as a text for one claim. Pure.

A field that was retyped still gives its ``stringValue``: the record's own checks then say what is wrong with it.
"""

import re

from issuer.attestation.countries import NATIONALITIES
from issuer.documents.wording import countries
from issuer.intake.fields import iso_day
from issuer.registry.names import fold

LONGEST = 400
"""Characters kept of an answer: longer ones are refused by the record's checks all the same."""

CONTRACTS = (
    ("APPRENTISSAGE", re.compile("APPRENTI")),
    ("PROFESSIONNALISATION", re.compile(r"\bPROFESSIONNALISATION\b")),
    ("DOCTORAL", re.compile(r"\bDOCTORA")),
    ("SAISONNIER", re.compile(r"\bSAISON")),
    ("PROMESSE", re.compile(r"\bPROMESSE\b")),
    ("CDI", re.compile(r"\bCDI\b|\bINDETERMINEE\b")),
    ("CDD", re.compile(r"\bCDD\b|\bDETERMINEE\b")),
)
"""Words by which a type of contract is known when the mapping does not say."""


def named(dossier: dict, source: str) -> str:
    """What the API gives beside the fields: one of ``mapping.NAMED``."""
    group, _, name = source.partition(".")
    if source == "groupeInstructeur":
        table = _table(dossier.get("groupeInstructeur"))
        return _text(table.get("label"))
    table = _table(dossier.get(group))
    if name == "raisonSociale":
        return _company(table)
    return _text(table.get(name))


def group_keys(dossier: dict) -> tuple[str, ...]:
    """What the mapping may call the dossier's groupe d'instructeurs: its number, or its label."""
    table = _table(dossier.get("groupeInstructeur"))
    return tuple(fold(str(table[name])) for name in ("number", "label") if table.get(name) is not None)


def answer(champ: dict, target: str) -> str:
    """The answer of a field as the text of a claim; empty when there is none."""
    kind = champ.get("__typename")
    if kind == "SiretChamp" and target in ("employer.name", "employer.siret"):
        table = _table(champ.get("etablissement"))
        return (
            _company(table)
            if target == "employer.name"
            else _text(table.get("siret")) or _text(champ.get("stringValue"))
        )
    if kind == "PaysChamp":
        pays = _table(champ.get("pays"))
        return _text(pays.get("name")) or _text(champ.get("stringValue"))
    if kind == "DepartementChamp":
        return _text(_table(champ.get("departement")).get("code")) or _text(champ.get("stringValue"))
    if kind == "MultipleDropDownListChamp":
        values = champ.get("values")
        return (
            " ; ".join(_text(value) for value in values)
            if isinstance(values, list)
            else _text(champ.get("stringValue"))
        )
    for name in ("date", "text", "civilite", "integer", "decimal", "datetime"):
        if champ.get(name) is not None:
            text = _text(champ[name])
            return text[:10] if name == "datetime" else text
    return _text(champ.get("stringValue"))


def meaning(target: str, text: str, values: dict[str, str]) -> object:
    """What an answer means for a claim: the mapping's word for it, else the usual reading, else the text as it is."""
    if fold(text) in values:
        return values[fold(text)]
    if target in ("valid_from", "valid_until", "birth_date"):
        return iso_day(text.replace(" ", ""))
    if target == "nationality":
        return nationality(text)
    if target == "contract":
        return next((word for word, pattern in CONTRACTS if pattern.search(fold(text))), text)
    if target == "employer.siret":
        return re.sub(r"[\s.\u00a0\u202f-]", "", text)
    if target == "workplaces":
        return _departments(text)
    if target == "kind":
        return text.upper()
    return text


def nationality(text: str) -> str:
    """The three-letter code of a country named in French or by its code; else the text."""
    if text.upper() in NATIONALITIES:
        return text.upper()
    return _by_name().get(fold(text), text)


def _by_name() -> dict[str, str]:
    if not _NAMES:
        _NAMES.update({fold(name): code for code, name in countries().items()})
    return _NAMES


_NAMES: dict[str, str] = {}


def _departments(text: str) -> list[str]:
    found = re.findall(r"\b(97[1-8]|98[678]|2[ABab]|[0-9]{2})(?:[0-9]{3})?\b", text)
    return list(dict.fromkeys(code.upper() for code in found)) or [text]


def _company(table: dict) -> str:
    company = _table(table.get("entreprise"))
    return _text(company.get("raisonSociale")) or _text(company.get("nomCommercial"))


def _table(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """One line without doubled spaces; what is no text or number is nothing."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return " ".join(str(value).split())[:LONGEST]
