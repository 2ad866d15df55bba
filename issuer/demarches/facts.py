"""The facts that a dossier answers: each read for certain, or left out of the record as a doubt with the applicant's
words. Pure.
"""

from datetime import date

from issuer.attestation.record_fields import nested
from issuer.demarches import answers
from issuer.demarches.answers import Given
from issuer.demarches.mapping import Mapping
from issuer.registry.names import fold
from issuer.written import Reading, certain
from issuer.written.answers import is_asked
from issuer.written.countries import read_country
from issuer.written.facts import LONGEST_SHOWN, read_fact
from issuer.written.names import means_none


def record_of(dossier: dict, mapping: Mapping, today: date) -> tuple[dict, list[dict]]:
    """The record that a dossier asks for, and what is unsure in it: ``field``, ``code``, ``shown`` (the applicant's
    words) and ``guess`` (the proposed value, or None).
    """
    flat: dict[str, object] = dict(mapping.constants)
    doubts: list[dict] = []
    for target, sources in mapping.sources.items():
        given = answers.first(dossier, sources, target)
        if not given.text or target == "email" or (target == "residence_permit" and means_none(given.text)):
            continue
        read = _read(target, given, mapping, today)
        if read.certain:
            flat[target] = read.value
        else:
            doubts.append(
                {"field": target, "code": read.doubt, "shown": given.text[:LONGEST_SHOWN], "guess": read.value}
            )
    group = next((mapping.departments[key] for key in answers.group_keys(dossier) if key in mapping.departments), None)
    if group and ("department" not in flat or "groupeInstructeur" in mapping.sources.get("department", ())):
        flat["department"] = group
        doubts = [doubt for doubt in doubts if doubt["field"] != "department"]
    unsure = {doubt["field"] for doubt in doubts}
    if answers.has_no_establishment(dossier) and "employer.name" not in flat and "employer.name" not in unsure:
        shown = str(flat.get("employer.siret", ""))[:20]
        doubts.append({"field": "employer.name", "code": "establishment", "shown": shown, "guess": None})
    return nested(flat), doubts


def _read(target: str, given: Given, mapping: Mapping, today: date) -> Reading:
    if given.read is not None:
        return given.read
    text = given.text
    if not is_asked(text):
        text = mapping.values.get(target, {}).get(fold(text), text)
    if target == "department" and fold(text) in mapping.departments:
        return certain(mapping.departments[fold(text)])
    if target == "nationality" and given.chosen:
        return read_country(text, chosen=True)
    return read_fact(target, text, today)
