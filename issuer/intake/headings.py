"""The headings of a table's columns: the fields by their dotted names, and as French and English spreadsheets name
them, in any case. What this service writes at the head of its own files is read here too.
"""

import re
from collections.abc import Mapping, Sequence

from issuer.attestation.record_fields import FIELDS
from issuer.errors import UnreadableSource
from issuer.messages import LANGUAGES, text
from issuer.written.answers import words

REMARK = "#"
"""A column whose name begins so is for people: it is not read."""
HOURS = "hours"
"""One column for ``hours.count`` and ``hours.per``: ``35 heures par semaine``."""

_NAMES = {
    "reference": "reference | ref | numero de reference | numero de dossier | dossier",
    "kind": "nature | nature de l'autorisation | type d'autorisation | autorisation",
    "family_name": "nom | nom de famille | nom de naissance | nom du titulaire | surname | last name",
    "given_names": "prenom | prenoms | prenom(s) | prenom du titulaire | first name | first names",
    "birth_date": "date de naissance | naissance | ne le | nee le | ne(e) le | birth date | date of birth",
    "nationality": "nationalite | pays de nationalite | pays | nationality",
    "employer.name": "employeur | nom de l'employeur | raison sociale | entreprise | societe | denomination | employer",
    "employer.siret": "siret | numero siret | n siret | siret employeur | siret de l'employeur",
    "job": "emploi | poste | metier | fonction | emploi occupe | intitule de l'emploi | intitule du poste | job",
    "contract": "contrat | type de contrat | nature du contrat | type contrat | contract",
    "hours.count": "heures | nombre d'heures | nb d'heures | nb heures | hours",
    "hours.per": "periode | par | heures par | periode des heures | unite | period",
    HOURS: "duree du travail | duree de travail | temps de travail | horaire | horaires | working hours",
    "workplaces": "lieux de travail | lieu de travail | departements de travail | workplaces",
    "residence_permit": "titre de sejour | numero de titre de sejour | numero du titre de sejour | n titre de sejour |"
    " n de titre de sejour | residence permit",
    "department": "departement | dept | dpt | departement decideur | department",
    "valid_from": "debut | date de debut | premier jour | valable du | du | debut de validite | first day",
    "valid_until": "fin | date de fin | dernier jour | valable jusqu'au | jusqu'au | au | fin de validite | last day",
    "signatory.given_names": "prenom du signataire | signataire prenom",
    "signatory.family_name": "nom du signataire | signataire nom | signataire",
    "signatory.title": "qualite du signataire | signataire qualite | fonction du signataire",
    "signatory.service": "service du signataire | signataire service",
}
NOT_READ = ("number", "state", "issued_at", "replaces")
"""What an export of this service tells of an attestation beside its record."""


def heading(name: str, language: str) -> str:
    """How this service names the column of a field, or of :data:`NOT_READ`."""
    return text(f"column.{name}", language)


def _plain(heading_text: str) -> str:
    return words(re.sub(r"[._]", " ", heading_text))


def _table() -> dict[str, str | None]:
    table: dict[str, str | None] = {}
    for name, spelled in _NAMES.items():
        for one in (name, *spelled.split(" | ")):
            table[_plain(one)] = name
    for name in (*FIELDS, *NOT_READ):
        for language in LANGUAGES:
            table[_plain(heading(name, language))] = name if name in FIELDS else None
        table[_plain(name)] = name if name in FIELDS else None
    return table


_READ = _table()


def known(cells: Sequence[str]) -> int:
    """How many cells of a row are headings that are read."""
    return sum(1 for cell in cells if cell.strip() and _READ.get(_plain(cell)))


def fields_of(cells: Sequence[str], name: str) -> Mapping[int, str]:
    """Column number from 0 → field. Columns without a heading, remarks and what only an export says have none.

    Raises UnreadableSource for a heading that is not known, or two of one field.
    """
    found: dict[int, str] = {}
    for place, cell in enumerate(cells):
        shown = " ".join(cell.split())[:60]
        if not shown or shown.startswith(REMARK):
            continue
        plain = _plain(shown)
        if not plain or plain not in _READ:
            columns = ", ".join(FIELDS)
            raise UnreadableSource(f'{name}: there is no column "{shown}". Columns: {columns}.', "column", column=shown)
        field = _READ[plain]
        if field is None:
            continue
        parts = (field, HOURS) if field.startswith(f"{HOURS}.") else (field,)
        twice = next((at for at, other in found.items() if other in parts), None)
        if field == HOURS and twice is None:
            twice = next((at for at, other in found.items() if other.startswith(f"{HOURS}.")), None)
        if twice is not None:
            raise UnreadableSource(
                f'{name}: a column stands twice in the header ("{cells[twice].strip()[:60]}" and "{shown}"). Take one'
                " out.",
                "column_twice",
                first=cells[twice].strip()[:60],
                second=shown,
            )
        found[place] = field
    return found
