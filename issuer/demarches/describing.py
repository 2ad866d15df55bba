"""What a démarche asks, a draft of its mapping, and what a mapping lacks."""

import re

from issuer.demarches.mapping import REQUIRED, Mapping
from issuer.registry.names import fold

GUESSES = (
    ("family_name", r"NOM DE FAMILLE|NOM DE NAISSANCE|^NOM\b(?!.*ENTREPRISE|.*EMPLOYEUR)"),
    ("given_names", r"PRENOM"),
    ("birth_date", r"NAISSANCE"),
    ("nationality", r"NATIONALITE"),
    ("residence_permit", r"TITRE DE SEJOUR|CARTE DE SEJOUR|NUMERO.*SEJOUR"),
    ("employer.siret", r"SIRET"),
    ("employer.name", r"RAISON SOCIALE|NOM.*(ENTREPRISE|EMPLOYEUR)"),
    ("contract", r"CONTRAT"),
    ("hours", r"HEURES|DUREE DU TRAVAIL|TEMPS DE TRAVAIL|HORAIRE"),
    ("job", r"EMPLOI|POSTE|METIER"),
    ("workplaces", r"LIEUX? DE TRAVAIL"),
    ("department", r"DEPARTEMENT"),
    ("valid_from", r"DEBUT"),
    ("valid_until", r"\bFIN\b"),
)
"""Claim → words of a label. A draft only: an agent reads it through; from then on labels are never looked at."""
DATES = ("birth_date", "valid_from", "valid_until")


def fields_of(description: dict) -> list[dict]:
    """The fields of a démarche, annotations last: ``id``, ``type``, ``label``, ``required``, ``annotation``."""
    revision = description.get("activeRevision") or {}
    return [
        {
            "id": str(item.get("id")),
            "type": str(item.get("__typename", "")).removesuffix("ChampDescriptor"),
            "label": str(item.get("label")),
            "required": bool(item.get("required")),
            "annotation": annotation,
        }
        for name, annotation in (("champDescriptors", False), ("annotationDescriptors", True))
        for item in revision.get(name) or ()
    ]


def draft(description: dict) -> str:
    """A draft of the mapping as TOML, each line with the label that it was guessed from."""
    guessed: dict[str, tuple[str, str]] = {}
    left = []
    for item in sorted(fields_of(description), key=lambda item: not item["annotation"]):
        target = _guess(item)
        if target and target not in guessed and item["type"] != "PieceJustificative":
            guessed[target] = (item["id"], item["label"])
        elif item["type"] != "PieceJustificative":
            left.append(item)
    lines = [
        (
            f"# Draft for the démarche {description.get('number')}. Read it through: it was guessed from labels, which"
            " are never looked at again."
        ),
        "[fields]",
    ]
    for target, _ in GUESSES:
        if target in guessed:
            lines.append(f'"{target}" = ["{guessed[target][0]}"]    # {_comment(guessed[target][1])}')
    for target, named in (
        ("employer.name", "demandeur.raisonSociale"),
        ("employer.siret", "demandeur.siret"),
        ("department", "groupeInstructeur"),
    ):
        if target not in guessed:
            lines.append(f'"{target}" = ["{named}"]')
    lines.extend(
        f'# ? = ["{item["id"]}"]    # {_comment(item["label"])}'
        f" ({item['type']}{', annotation' if item['annotation'] else ''})"
        for item in left
    )
    lines += [
        "",
        "[constants]",
        'kind = "APT"',
        "",
        "[departments]    # number or label of a groupe d'instructeurs = département",
    ]
    for group in description.get("groupeInstructeurs") or ():
        lines.append(f'# "{group.get("number")}" = "75"    # {_comment(str(group.get("label")))}')
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:80]


def _guess(item: dict) -> str | None:
    label = fold(item["label"])
    for target, pattern in GUESSES:
        if re.search(pattern, label) and (target not in DATES or item["type"] in ("Date", "Datetime")):
            return target
    return None


def lacking(description: dict, mapping: Mapping) -> dict:
    """What a mapping lacks: ``missing`` required claims without a source, ``unknown`` sources that the démarche does
    not have.
    """
    return {
        "missing": list(mapping.missing()),
        "unknown": list(mapping.unknown({item["id"] for item in fields_of(description)})),
        "required": list(REQUIRED),
    }
