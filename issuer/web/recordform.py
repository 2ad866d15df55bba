"""The form of a record: its sections and fields, and what was typed read as a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import g

from issuer.attestation.claims import CONTRACTS, KINDS, PERIODS
from issuer.attestation.places import DEPARTMENTS, local_day
from issuer.attestation.problems import Problem, RecordRefused
from issuer.attestation.record import Record, read_record
from issuer.intake import fields_from_record
from issuer.registry.names import fold
from issuer.web import wording
from issuer.web.context import web_context
from issuer.written.facts import Typed, read_fields


@dataclass(frozen=True)
class Field:
    """A field of the form. ``kind`` is ``text``, ``day``, ``choice``, ``digits``, ``decimal`` or ``country``; ``most``
    characters.
    """

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


def typed_fields(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by dotted name; what is no field of the form is left out."""
    return {name: form[name] for name in NAMES if form.get(name)}


def typed_record(typed: dict[str, str]) -> Typed:
    """What was typed as a record by JSON names, not checked, and what is not understood in it; the unit of hours means
    nothing without their count.
    """
    fields = {name: text for name, text in typed.items() if name != "hours.per" or typed.get("hours.count")}
    if fields.get("nationality"):
        fields["nationality"] = _listed_country(fields["nationality"])
    return read_fields(fields, local_day(None, web_context().clock()))


def _listed_country(typed: str) -> str:
    """The code of an entry of the form's list of countries, in either language; else what was typed."""
    text, wanted = " ".join(typed.split()), fold(typed)
    if len(text) > 3 and text[:3].upper() in wording.countries("fr") and fold(text[3:]) in _names_of(text[:3].upper()):
        return text[:3].upper()
    return next((code for code in wording.countries("fr") if wanted and wanted in _names_of(code)), text)


def _names_of(code: str) -> set[str]:
    return {fold(wording.countries(lang)[code]) for lang in wording.LANGUAGES}


def read(typed: dict[str, str]) -> Reading:
    """Read what was typed as a record signed by the agent's own signatory."""
    given = typed_record(typed)
    found = {doubt.field: doubt.problem() for doubt in given.doubts}
    record = None
    try:
        record = read_record({**given.record, "signatory": g.account.signatory().to_json()})
    except RecordRefused as refused:
        for problem in refused.problems:
            found.setdefault(problem.field, problem)
    problems = {name: found.pop(name) for name in NAMES if name in found} | found
    if "department" not in problems and typed.get("department") and not g.account.covers(typed["department"]):
        problems["department"] = Problem("department", "department_not_yours")
    return Reading(None if problems else record, problems)


def from_record(record: dict) -> dict[str, str]:
    """The fields of the form for a record or claims by JSON names, as a person would type them; a country by its name,
    which is read as that code again.
    """
    fields = {name: text for name, text in fields_from_record(record).items() if name in NAMES}
    if "nationality" in fields:
        fields["nationality"] = wording.countries(wording.language()).get(fields["nationality"], fields["nationality"])
    return fields


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
