"""The answer to one field of a dossier, of any type: what it says in words, and what its structure says for
certain. Pure.

A field that was retyped still gives its ``stringValue``: the readers then say what is unsure in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from issuer.attestation.places import DEPARTMENTS, time_zone
from issuer.demarches.mapping import NAMED
from issuer.registry.names import fold
from issuer.written import Reading, certain, unsure
from issuer.written.countries import by_alpha2, read_country
from issuer.written.names import read_establishment
from issuer.written.places import postal_department

LONGEST = 400
"""Characters kept of an answer: longer ones are refused by the record's checks all the same."""


@dataclass(frozen=True, repr=False)
class Given:
    """An answer: its words, what its structure reads as (None: the words have to be read), and whether it was chosen
    from a list.
    """

    text: str
    read: Reading | None = None
    chosen: bool = False


NOTHING = Given("")


def first(dossier: dict, sources: Iterable[str], target: str) -> Given:
    """The first answer among the sources of a claim."""
    champs = _champs(dossier)
    for source in sources:
        given = NOTHING
        if source in NAMED:
            given = _named(dossier, source)
        elif source in champs:
            given = answer(champs[source], target)
        if given.text:
            return given
    return NOTHING


def _champs(dossier: dict) -> dict[str, dict]:
    return {
        champ["champDescriptorId"]: champ
        for champ in [*(dossier.get("champs") or ()), *(dossier.get("annotations") or ())]
        if isinstance(champ, dict) and isinstance(champ.get("champDescriptorId"), str)
    }


def named(dossier: dict, source: str) -> str:
    """What the API gives beside the fields, one of ``mapping.NAMED``, in words."""
    return _named(dossier, source).text


def _named(dossier: dict, source: str) -> Given:
    group, _, name = source.partition(".")
    table = _table(dossier.get(group))
    if source == "groupeInstructeur":
        return Given(_text(table.get("label")))
    return _company(table) if name == "raisonSociale" else Given(_text(table.get(name)))


def group_keys(dossier: dict) -> tuple[str, ...]:
    """What the mapping may call the dossier's groupe d'instructeurs: its number, or its label."""
    table = _table(dossier.get("groupeInstructeur"))
    return tuple(fold(str(table[name])) for name in ("number", "label") if table.get(name) is not None)


def has_no_establishment(dossier: dict) -> bool:
    """Whether Démarches simplifiées has not got the data of the company yet."""
    return _table(dossier.get("demandeur")).get("__typename") == "PersonneMoraleIncomplete"


def answer(champ: dict, target: str) -> Given:
    """The answer of a field as it serves one claim; without words when there is none."""
    kind, shown = champ.get("__typename"), _text(champ.get("stringValue"))
    if kind == "SiretChamp" and target in ("employer.name", "employer.siret"):
        table = _table(champ.get("etablissement"))
        return _company(table) if target == "employer.name" else Given(_text(table.get("siret")) or shown)
    if kind == "PaysChamp":
        return _country(_table(champ.get("pays")), shown)
    if kind in ("DepartementChamp", "CommuneChamp", "AddressChamp"):
        return _place(champ, target, shown)
    if kind == "MultipleDropDownListChamp" and isinstance(champ.get("values"), list):
        return Given(" ; ".join(_text(value) for value in champ["values"]), chosen=True)
    for name in ("date", "text", "civilite", "integer", "decimal"):
        if champ.get(name) is not None:
            return Given(_text(champ[name]))
    return Given(_local_day(_text(champ.get("datetime"))) or shown)


def _country(table: dict, shown: str) -> Given:
    """The code of the list, as long as its name is not another country's."""
    name, code = _text(table.get("name")) or shown, by_alpha2(_text(table.get("code")))
    if code is None:
        return Given(name, chosen=True)
    said, listed = read_country(name, chosen=True), read_country(code)
    agrees = not name or not said.certain or said.value == code
    return Given(name or code, listed if agrees else unsure("disagree", code), chosen=True)


def _place(champ: dict, target: str, shown: str) -> Given:
    """The département of a field of a place; any other claim gets its words."""
    department, address, commune = (_table(champ.get(name)) for name in ("departement", "address", "commune"))
    words = shown or _text(address.get("label")) or _text(commune.get("name")) or _text(department.get("name"))
    code = (_text(department.get("code")) or _text(address.get("departmentCode"))).upper()
    if not code and (postal := _text(address.get("postalCode")) or _text(commune.get("postalCode"))):
        code = postal_department(postal) or ""
    if code not in DEPARTMENTS or target not in ("workplaces", "department"):
        return Given(words or code)
    return Given(words or code, certain([code] if target == "workplaces" else code), chosen=True)


def _company(table: dict) -> Given:
    """The name that the register gives. What it writes for machines stands as the words of the doubt."""
    company = {
        name: _text(_table(table.get("entreprise")).get(name))
        for name in ("raisonSociale", "nomCommercial", "nom", "prenom")
    }
    words = company["raisonSociale"] or " ".join(filter(None, (company["prenom"], company["nom"])))
    words = words or company["nomCommercial"]
    return Given(words, read_establishment(company)) if words else NOTHING


def _local_day(instant: str) -> str:
    """The day in Paris of an instant with its offset; an instant without one is as it stands."""
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return instant
    return (at.astimezone(time_zone("75")) if at.tzinfo else at).date().isoformat()


def _table(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """One line without doubled spaces; what is no text or number is nothing."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return " ".join(str(value).split())[:LONGEST]
