"""The form of a record: its sections and fields, and what was typed read as a record."""

from dataclasses import dataclass, field

from flask import g

from issuer.attestation.claims import CONTRACTS, KINDS, PERIODS
from issuer.attestation.places import DEPARTMENTS
from issuer.attestation.problems import Problem, RecordRefused
from issuer.attestation.record import Record, read_record
from issuer.intake import record_from_fields
from issuer.registry.names import fold
from issuer.web import wording


@dataclass(frozen=True)
class Field:
    """A field of the form. ``kind`` is ``text``, ``day``, ``choice``, ``digits``, ``decimal`` or ``country``; ``most`` characters."""

    name: str
    kind: str = "text"
    most: int = 80
    required: bool = True
    width: str = "wide"
    complete: str = "off"

    @property
    def id(self) -> str:
        """The element's identifier."""
        return self.name.replace(".", "-")


SECTIONS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        "holder",
        (
            Field("family_name"),
            Field("given_names", required=False),
            Field("birth_date", "day", 10, width="third"),
            Field("nationality", "country", 60, width="third"),
            Field("residence_permit", "text", 20, False, "third"),
        ),
    ),
    (
        "employment",
        (
            Field("employer.name"),
            Field("employer.siret", "digits", 20, False),
            Field("job"),
            Field("contract", "choice", width="third"),
            Field("hours.count", "decimal", 10, False, "third"),
            Field("hours.per", "choice", required=False, width="third"),
            Field("workplaces", "text", 60, False),
        ),
    ),
    (
        "decision",
        (
            Field("kind", "choice", width="third"),
            Field("valid_from", "day", 10, width="third"),
            Field("valid_until", "day", 10, width="third"),
            Field("department", "choice", width="half"),
            Field("reference", "text", 80, False, "half"),
        ),
    ),
)
FIELDS = tuple(item for _, items in SECTIONS for item in items)
NAMES = tuple(item.name for item in FIELDS)


@dataclass(frozen=True)
class Reading:
    """What a form was read as: the record, or the problems by field in the order of the form."""

    record: Record | None = field(repr=False)
    problems: dict[str, Problem]

    @property
    def elsewhere(self) -> dict[str, Problem]:
        """Problems of what has no field in the form."""
        return {name: problem for name, problem in self.problems.items() if name not in NAMES}


def typed_fields(form) -> dict[str, str]:
    """What was typed, by dotted name; what is no field of the form is left out."""
    return {name: form[name] for name in NAMES if form.get(name)}


def read(typed: dict[str, str]) -> Reading:
    """Read what was typed as a record signed by the agent's own signatory."""
    fields = dict(typed)
    fields["nationality"] = country_code(fields.get("nationality", ""))
    if not fields.get("hours.count"):
        fields.pop("hours.per", None)
    value = record_from_fields({name: text for name, text in fields.items() if text})
    problems: dict[str, Problem] = {}
    record = None
    try:
        record = read_record({**value, "signatory": g.account.signatory().to_json()})
    except RecordRefused as refused:
        found = {problem.field: problem for problem in refused.problems}
        problems = {name: found.pop(name) for name in NAMES if name in found} | found
    if "department" not in problems and fields.get("department") and not g.account.covers(fields["department"]):
        problems["department"] = Problem("department", "department_not_yours")
    return Reading(None if problems else record, problems)


def country_code(typed: str) -> str:
    """The code of a nationality typed as a code, as ``VNM Viêt Nam`` or as a country's name; else what was typed."""
    text = " ".join(typed.split())
    if len(text) >= 3 and text[:3].isascii() and text[:3].isalpha() and (len(text) == 3 or text[3] in " –-("):
        if text[:3].upper() in wording.countries("fr"):
            return text[:3].upper()
    wanted = fold(text)
    for lang in wording.LANGUAGES:
        for code, name in wording.countries(lang).items():
            if wanted and fold(name) == wanted:
                return code
    return text


def from_record(record: dict) -> dict[str, str]:
    """The fields of a record or of claims by JSON names, as a person would type them."""
    fields: dict[str, str] = {}
    for name in NAMES:
        group, _, inner = name.partition(".")
        value = record.get(group)
        if inner:
            value = value.get(inner) if isinstance(value, dict) else None
        if value is None:
            continue
        if name in ("valid_from", "valid_until", "birth_date"):
            value = french_day(str(value))
        elif isinstance(value, list):
            value = " ".join(value)
        elif name == "hours.count":
            value = str(value).replace(".", ",")
        elif name == "employer.siret":
            value = wording.siret(value)
        fields[name] = str(value)
    return fields


def french_day(text: str) -> str:
    """``2026-01-05`` as ``05/01/2026``, ``1984-07`` as ``07/1984``."""
    return "/".join(reversed(text.split("-")))


def choices(name: str) -> list[tuple[str, str]]:
    """The values of a choice with their words, those of the person's départements first."""
    if name == "kind":
        return [(word, wording.t(f"kind.{word}")) for word in KINDS.values()]
    if name == "contract":
        return [(word, wording.t(f"contract.{word}")) for word in CONTRACTS.values()]
    if name == "hours.per":
        return [(word, wording.t(f"per.{word}")) for word in PERIODS.values()]
    codes = DEPARTMENTS if g.account.everywhere else [code for code in DEPARTMENTS if g.account.covers(code)]
    return [(code, wording.department(code)) for code in codes]


def fresh() -> dict[str, str]:
    """The fields of an empty form: what is the same nearly every time."""
    fields = {"kind": "APT", "hours.per": "year"}
    codes = choices("department")
    if len(codes) == 1 or (codes and not g.account.everywhere):
        fields["department"] = g.account.departments[0]
    return fields
