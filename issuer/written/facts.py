"""The fields of a record as people write them, one reader for each: for dossiers, spreadsheets and forms alike.

A form, or a row of a spreadsheet, is read by :func:`read_fields`: what is certain makes the record, the rest are
doubts. Day before month is agreed there, since French forms and templates ask for it; a row with a date that only the
other order explains is doubted whole.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from issuer.attestation.places import DEPARTMENTS
from issuer.attestation.problems import Problem
from issuer.attestation.record_fields import nested
from issuer.documents import wording
from issuer.messages import formats
from issuer.written.answers import Reading, certain, tidy, unsure
from issuer.written.contracts import read_contract, read_kind
from issuer.written.countries import read_country
from issuer.written.dates import in_french, read_birth_date, read_day
from issuer.written.hours import read_count, read_hours, read_period
from issuer.written.jobs import read_job
from issuer.written.names import (
    means_none,
    read_company,
    read_family_name,
    read_given_names,
    read_permit,
    read_siret,
)
from issuer.written.places import read_department, read_workplaces

LONGEST_SHOWN = 200
"""Characters kept of the words of a doubt."""
DAYS = ("birth_date", "valid_from", "valid_until")

_READERS: dict[str, Callable[[str], Reading[Any]]] = {
    "kind": read_kind,
    "family_name": read_family_name,
    "given_names": read_given_names,
    "nationality": read_country,
    "employer.name": read_company,
    "employer.siret": read_siret,
    "job": read_job,
    "contract": read_contract,
    "hours": read_hours,
    "hours.count": read_count,
    "hours.per": read_period,
    "workplaces": read_workplaces,
    "residence_permit": read_permit,
    "department": read_department,
    "valid_from": lambda text: read_day(text, "valid_from"),
    "valid_until": lambda text: read_day(text, "valid_until"),
}
_AS_TYPED = ("family_name", "given_names", "employer.name", "job", "residence_permit")
"""Texts that the agent who types them, or brings them in, answers for: as typed here, doubted in dossiers."""


@dataclass(frozen=True, repr=False)
class Doubt:
    """A field that is not read for certain: the code of :data:`issuer.written.answers.DOUBTS`, the words as they were
    written, and the value that is proposed, or None.
    """

    field: str
    code: str
    words: str
    guess: object = None

    def problem(self) -> Problem:
        """The same as a problem of the record, with the proposal in words."""
        words, reading = self.words[:LONGEST_SHOWN], in_words(self.field, self.guess)
        return Problem(
            self.field, "doubt", {"doubt": self.code, "words": words, "guess": self.guess, "reading": reading}
        )

    def to_json(self) -> dict[str, Any]:
        """As the registry keeps the doubts of a request."""
        return {"field": self.field, "code": self.code, "shown": self.words[:LONGEST_SHOWN], "guess": self.guess}


@dataclass(frozen=True, repr=False)
class Typed:
    """What some fields were read as: the part of the record that is certain, by JSON names, and the doubts."""

    record: dict[str, Any] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


def read_fact(name: str, text: str, today: date) -> Reading[Any]:
    """One field of a dossier, by its dotted name. ``today`` bounds birth dates; texts without a reader are certain."""
    if name == "birth_date":
        return read_birth_date(text, today)
    reader = _READERS.get(name)
    return reader(text) if reader else certain(tidy(text))


def read_fields(texts: Mapping[str, str], today: date) -> Typed:
    """The fields of a form or of a row, by dotted names. Empty texts are absent, unknown names stay for the record's
    own checks to refuse. ``hours`` may stand for ``hours.count`` and ``hours.per`` together.
    """
    given = {name: text for name, text in texts.items() if tidy(text)}
    read = {name: _typed(name, text, today) for name, text in given.items() if not name.startswith("hours")}
    read |= _hours({name: text for name, text in given.items() if name.startswith("hours")})
    if any(read[name].doubt == "month_first" for name in DAYS if name in read):
        read |= {name: read_fact(name, given[name], today) for name in DAYS if name in read}
    known = {name: one.value for name, one in read.items() if one.certain}
    doubts = (
        Doubt(name, one.doubt, tidy(given.get(name, given.get("hours.count", ""))), one.value)
        for name, one in read.items()
        if one.doubt
    )
    return Typed(nested(_parted(known)), tuple(doubts))


def _typed(name: str, text: str, today: date) -> Reading[Any]:
    if name == "residence_permit" and means_none(text):
        return certain(None)
    if name in _AS_TYPED:
        return certain(tidy(text))
    if (
        name == "workplaces"
        and (codes := re.split(r"[\s,;]+", tidy(text).upper()))
        and set(codes) <= DEPARTMENTS.keys()
    ):
        return certain(list(dict.fromkeys(codes)))
    found = read_fact(name, text, today)
    return in_french(found) if name in DAYS else found


def _hours(given: dict[str, str]) -> dict[str, Reading[Any]]:
    """The readings of the hours in one, two or three columns. A count that names its period needs no other, and must
    not contradict it.
    """
    whole, count, per = (given.get(name, "") for name in ("hours", "hours.count", "hours.per"))
    if whole and not count:
        return {"hours": read_hours(whole)}
    if not count:
        return {"hours.per": read_period(per)} if per else {}
    together = read_hours(count)
    if together.certain and (not per or read_period(per).value == (together.value or {}).get("per")):
        return {"hours": together}
    if together.certain:
        return {"hours.count": unsure("disagree", None)}
    if not per:
        return {"hours.count": unsure(together.doubt or "no_period", together.value)}
    return {"hours.count": read_count(count), "hours.per": read_period(per)}


def _parted(known: dict[str, object]) -> dict[str, object]:
    """Fields with the hours as one value taken apart."""
    hours = known.pop("hours", None)
    if isinstance(hours, dict):
        known |= {f"hours.{name}": value for name, value in hours.items()}
    return known


def in_words(name: str, value: object) -> str | None:
    """A value of a record as French readers write it, None for none: ``35 heures par semaine``, ``Sénégal``,
    ``Paris (75)``. Written into the field, it is read as that value.
    """
    if value is None or value == []:
        return None
    if name.startswith("hours") and isinstance(value, dict):
        return wording.hours(value)
    if name == "hours.per":
        return wording.text(f"per.{value}")
    if name == "nationality":
        spoken = wording.countries().get(str(value), str(value))
        return spoken if read_country(spoken).certain else wording.nationality(str(value))
    if name in ("contract", "kind"):
        return wording.text(f"{name}.{value}")
    if name == "department" or (name == "workplaces" and isinstance(value, list)):
        codes = value if isinstance(value, list) else [str(value)]
        return ", ".join(wording.department(code) for code in codes)
    if name in DAYS:
        return _day_in_words(str(value))
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def _day_in_words(value: str) -> str:
    """``5 octobre 2026``, ``octobre 2026`` or ``2026``."""
    if len(value) == 10:
        return formats.day(date.fromisoformat(value), "fr")
    return formats.month(value, "fr") if len(value) == 7 else value
