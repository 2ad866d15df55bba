"""A dossier as the API gives it, read through the mapping into the columns of a request. Pure.

What cannot be read is left out of the record and stays visible: as a doubt with the text as typed, or as a problem that the record's checks name.
"""

import hashlib
import json
import re
from dataclasses import dataclass

from issuer.attestation.claims import BIRTH_DATE
from issuer.attestation.places import DEPARTMENTS
from issuer.attestation.problems import Problem, RecordRefused
from issuer.attestation.record import Record, read_record
from issuer.demarches import answers
from issuer.demarches.hours import read_hours
from issuer.demarches.mapping import NAMED, Mapping
from issuer.demarches.source import instant
from issuer.registry import requests
from issuer.registry.names import fold
from issuer.registry.request_tables import ACCEPTE, EN_CONSTRUCTION, EN_INSTRUCTION, REQUEST_STATES
from keys.errors import WifError

MISSING = ("missing",)
PIECES = 60
"""Pieces kept of one dossier."""
_CODE = re.compile(r"\s*(97[1-8]|98[678]|2[AB]|[0-9]{2})\b", re.ASCII | re.IGNORECASE)


class Unreadable(WifError):
    """A dossier without a number, a known state or a date of deposit. ``number`` is its number, if it has one."""

    def __init__(self, number: int | None) -> None:
        super().__init__("A dossier lacks its number, its state or its date of deposit.")
        self.number = number


@dataclass(frozen=True, repr=False)
class Evaluation:
    """What the record's own checks say: the record that would be signed, or the problems."""

    record: Record | None
    problems: tuple[Problem, ...]

    @property
    def wrong(self) -> tuple[Problem, ...]:
        """Problems of what was answered, not of what is missing."""
        return tuple(problem for problem in self.problems if problem.code not in MISSING)


def digest(dossier: dict, mapping: Mapping) -> bytes:
    """SHA-256 of a dossier as read through a mapping: the same again needs no work."""
    text = json.dumps(
        [dossier, mapping.sources, mapping.constants, mapping.departments, mapping.values],
        sort_keys=True,
        ensure_ascii=True,
    )
    return hashlib.sha256(text.encode()).digest()


def columns(dossier: dict, demarche: int, mapping: Mapping) -> dict:
    """The columns of the request, without those that say where it goes (:func:`going`). Raises Unreadable."""
    number, state, deposited = dossier.get("number"), dossier.get("state"), instant(dossier.get("dateDepot"))
    if type(number) is not int or number < 1 or state not in REQUEST_STATES or deposited is None:
        raise Unreadable(number if type(number) is int and number > 0 else None)
    record, doubts = record_of(dossier, mapping)
    messages = [message for message in dossier.get("messages") or () if isinstance(message, dict)]
    own = _email(answers.named(dossier, "usager.email"))
    return {
        "source": "demarches",
        "demarche": demarche,
        "dossier": number,
        "dossier_id": str(dossier.get("id"))[:200],
        "state": state,
        "deposited_at": deposited,
        "instructed_at": instant(dossier.get("datePassageEnInstruction")),
        "decided_at": instant(dossier.get("dateTraitement")),
        "modified_at": instant(dossier.get("dateDerniereModification")) or deposited,
        "withdrawn_at": None,
        "archived": int(dossier.get("archived") is True),
        "record": record,
        "doubts": doubts,
        "pieces": pieces_of(dossier),
        "email": _email(_first(dossier, mapping, "email")[0]) or own,
        "last_message_at": _last(messages, own, True),
        "digest": digest(dossier, mapping),
        "awaited": "reponse"
        if (_last(messages, own, False) or 0) > max(_last(messages, own, True) or 0, deposited)
        else "",
    }


def _last(messages: list[dict], own: str, of_usager: bool) -> int | None:
    times = [
        at
        for message in messages
        if (at := instant(message.get("createdAt"))) is not None
        and (str(message.get("email", "")).lower() == own.lower()) is of_usager
    ]
    return max(times, default=None)


def record_of(dossier: dict, mapping: Mapping) -> tuple[dict, list[dict]]:
    """The record that a dossier asks for, and what is unsure in it."""
    flat: dict[str, object] = dict(mapping.constants)
    doubts: list[dict] = []
    for target in mapping.sources:
        text, _ = _first(dossier, mapping, target)
        if not text or target == "email":
            continue
        if target == "hours":
            _take_hours(text, flat, doubts)
        elif target == "department":
            flat[target] = department(text, mapping)
        else:
            value = answers.meaning(target, text, mapping.values.get(target, {}))
            flat[target] = (
                int(value) if target == "hours.count" and str(value).isdigit() and len(str(value)) < 7 else value
            )
    group = next((mapping.departments[key] for key in answers.group_keys(dossier) if key in mapping.departments), None)
    if group and ("department" not in flat or "groupeInstructeur" in mapping.sources.get("department", ())):
        flat["department"] = group
    if _kind(dossier.get("demandeur")) == "PersonneMoraleIncomplete" and "employer.name" not in flat:
        doubts.append(
            {"field": "employer.name", "code": "establishment", "shown": str(flat.get("employer.siret", ""))[:20]}
        )
    return nested(flat), doubts


def _take_hours(text: str, flat: dict, doubts: list[dict]) -> None:
    read = read_hours(text)
    if read.doubt is None:
        flat["hours"] = read.to_json()
    else:
        doubts.append({"field": "hours", "code": read.doubt, "shown": text[:200], "guess": read.to_json()})


def nested(flat: dict) -> dict:
    """``employer.name`` and the like as tables within the record."""
    record: dict = {}
    for name, value in flat.items():
        group, _, inner = name.partition(".")
        if inner:
            record.setdefault(group, {})[inner] = value
        else:
            record[name] = value
    return record


def _first(dossier: dict, mapping: Mapping, target: str) -> tuple[str, str]:
    """The first answer among the sources of a claim, and which it was."""
    champs = _champs(dossier)
    for source in mapping.sources.get(target, ()):
        text = (
            answers.named(dossier, source)
            if source in NAMED
            else answers.answer(champs[source], target)
            if source in champs
            else ""
        )
        if text:
            return text, source
    return "", ""


def _champs(dossier: dict) -> dict[str, dict]:
    return {
        champ["champDescriptorId"]: champ
        for champ in [*(dossier.get("champs") or ()), *(dossier.get("annotations") or ())]
        if isinstance(champ, dict) and isinstance(champ.get("champDescriptorId"), str)
    }


def department(text: str, mapping: Mapping) -> str:
    """The code of a département answered as a code, a label with its code, or what the mapping calls it; else the text."""
    if fold(text) in mapping.departments:
        return mapping.departments[fold(text)]
    code = _CODE.match(text)
    if code and code[1].upper() in DEPARTMENTS:
        return code[1].upper()
    return next((code for code, name in DEPARTMENTS.items() if fold(name) == fold(text)), text)


def pieces_of(dossier: dict) -> list[dict]:
    """The pieces by name, kind and size; never their addresses."""
    found = []
    for champ in [*(dossier.get("champs") or ()), *(dossier.get("annotations") or ())]:
        for file in (champ.get("files") if isinstance(champ, dict) else None) or ():
            if isinstance(file, dict):
                size = str(file.get("byteSizeBigInt", ""))
                found.append(
                    {
                        "descriptor": str(champ.get("champDescriptorId"))[:80],
                        "label": str(champ.get("label"))[:200],
                        "filename": str(file.get("filename"))[:200],
                        "type": str(file.get("contentType"))[:80],
                        "size": int(size) if size.isdigit() and len(size) < 16 else None,
                        "checksum": str(file.get("checksum"))[:60],
                    }
                )
    return found[:PIECES]


def _kind(value: object) -> str:
    return value.get("__typename", "") if isinstance(value, dict) else ""


def _email(text: str) -> str | None:
    text = text.strip()
    return text if 3 <= len(text) <= 254 and "@" in text and " " not in text else None


def merged(record: dict, corrections: dict) -> dict:
    """The record with an agent's corrections over it; a correction of None takes the field out."""
    flat = {}
    for group, value in record.items():
        flat.update(
            {f"{group}.{inner}": item for inner, item in value.items()}
            if isinstance(value, dict) and group != "signatory"
            else {group: value}
        )
    flat.update(corrections)
    return nested({name: value for name, value in flat.items() if value is not None})


def evaluate(record: dict) -> Evaluation:
    """The record's own checks."""
    try:
        return Evaluation(read_record(record), ())
    except RecordRefused as refused:
        return Evaluation(None, tuple(refused.problems))


def searched(record: dict) -> dict:
    """The columns by which a request is found and compared, of its merged record."""
    employer = record.get("employer") if isinstance(record.get("employer"), dict) else {}
    text = lambda value, most: value[:most] if isinstance(value, str) and value else None
    birth = record.get("birth_date")
    birth = birth if isinstance(birth, str) and BIRTH_DATE.fullmatch(birth) else None
    siret = text(re.sub(r"\s", "", employer["siret"]) if isinstance(employer.get("siret"), str) else None, 14)
    day = lambda name: (
        text(record.get(name), 10)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(record.get(name)), re.ASCII)
        else None
    )
    department = record.get("department")
    return {
        "family_name": text(record.get("family_name"), 200),
        "given_names": text(record.get("given_names"), 200),
        "birth_date": birth,
        "person_key": requests.person_key(
            text(record.get("family_name"), 200), text(record.get("given_names"), 200), birth
        ),
        "employer_name": text(employer.get("name"), 200),
        "employer_siret": siret if siret and siret.isascii() and siret.isdigit() and len(siret) == 14 else None,
        "contract": text(record.get("contract"), 20),
        "department": department if department in DEPARTMENTS else None,
        "valid_from": day("valid_from"),
        "valid_until": day("valid_until"),
    }


def going(values: dict, evaluation: Evaluation, corrections: dict, attestation: int | None) -> dict:
    """Where a request goes: whether it is set aside and why, and what is awaited from whom. ``values`` holds state, doubts, awaited."""
    state = values["state"]
    doubts = [
        doubt
        for doubt in values["doubts"]
        if not any(name.partition(".")[0] == doubt["field"].partition(".")[0] for name in corrections)
    ]
    aside, details = None, None
    if (
        values.get("withdrawn_at") is None
        and attestation is None
        and state in (EN_CONSTRUCTION, EN_INSTRUCTION, ACCEPTE)
    ):
        if any(doubt["code"] == "establishment" for doubt in doubts):
            aside = "establishment"
        elif evaluation.wrong:
            aside = "unreadable"
        elif state == ACCEPTE and evaluation.problems:
            aside = "missing"
        elif state == ACCEPTE and doubts:
            aside = "unsure"
        if aside:
            details = {
                "problems": [{"field": p.field, "code": p.code, "params": p.params} for p in evaluation.problems]
            }
    return {
        "aside": aside,
        "aside_details": details,
        **awaiting(state, values.get("awaited") == "reponse", aside, attestation),
    }


def awaiting(state: str, asked: bool, aside: str | None, attestation: int | None) -> dict:
    """What is awaited, and from whom."""
    if state in (EN_CONSTRUCTION, EN_INSTRUCTION):
        return (
            {"awaited_from": "usager", "awaited": "reponse"}
            if asked
            else {"awaited_from": "service", "awaited": "examen"}
        )
    if state == ACCEPTE and attestation is None:
        return {"awaited_from": "service", "awaited": "correction" if aside else "attestation"}
    return {"awaited_from": "personne", "awaited": "rien"}
