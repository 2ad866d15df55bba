"""What is looked at before a record is signed: facts that contradict each other, which are refused,
and facts that are very unlikely, which are warned of. Pure.

One table for every way in (forms, imports, API, command line, dossiers). A rule refuses, or it warns: then the record
is signed once somebody has confirmed the warning, and the audit trail says so.
"""

from calendar import monthrange
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from issuer.attestation.claims import PERIODS
from issuer.attestation.countries import SOVEREIGN
from issuer.attestation.problems import Problem
from issuer.attestation.record import Record
from issuer.registry.names import fold
from issuer.written.hours import FLOORS
from issuer.written.jobs import read_job
from issuer.written.names import is_placeholder, read_company

REFUSES, WARNS = "refuses", "warns"
FREE_MOVEMENT = frozenset(
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE"
    " ISL LIE NOR CHE".split()
)
"""France, the European Union, the European Economic Area and Switzerland."""
MOST_HOURS = {"week": 48, "month": 208, "year": 2496}
"""48 hours a week (L3121-20), by 52 weeks and 12 months."""
SEASONAL_MONTHS = 6
LETTERS, NOTHING = "a name or a job has letters", "what registers and forms write where there is no name"


@dataclass(frozen=True)
class Rule:
    """``breaks(record, today)``: whether ``field`` breaks it on a day of the deciding département. ``source``: the
    article, or the reason where no article says it. ``code`` is a key ``record.CODE`` of the messages.
    """

    code: str
    level: str
    field: str
    source: str
    breaks: Callable[[Record, date], bool]


def _first_birthday(record: Record) -> date:
    """The earliest day on which the holder can be born."""
    return date.fromisoformat(record.birth_date + "0000-01-01"[len(record.birth_date) :])


def _last_birthday(record: Record) -> date:
    year, month, day = (*(int(part) for part in record.birth_date.split("-")), 0, 0)[:3]
    return date(year, month or 12, day or monthrange(year, month or 12)[1])


def _months_after(day: date, months: int) -> date:
    """The first day after so many months that begin on ``day``."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, day.day) if day.day <= monthrange(year, month + 1)[1] else date(year, month + 2, 1)


def _without_letter(text: str | None) -> bool:
    return text is not None and not any(character.isalpha() for character in text)


def _hours_above(record: Record, _today: date) -> bool:
    return record.hours is not None and record.hours[0] > 100 * MOST_HOURS[PERIODS[record.hours[1]]]


@lru_cache(maxsize=1024)
def _is_no_company(name: str) -> bool:
    """Kept for the rows of a file, in which the same few employers stand again and again; so for jobs."""
    return read_company(name).doubt in ("placeholder", "machine", "qualified")


@lru_cache(maxsize=1024)
def _is_no_job(job: str) -> bool:
    return read_job(job).doubt in ("placeholder", "qualified", "several")


RULES = (
    Rule(
        "free_movement",
        REFUSES,
        "nationality",
        "Code du travail, R5221-2, 1°; a French holder needs no permit at all",
        lambda record, _: SOVEREIGN.get(record.nationality, record.nationality) in FREE_MOVEMENT,
    ),
    Rule(
        "territory",
        WARNS,
        "nationality",
        "ICAO Doc 9303-3, 7.1: a nationality is a state's, as the passport shows it",
        lambda record, _: record.nationality in SOVEREIGN,
    ),
    Rule(
        "born_future",
        REFUSES,
        "birth_date",
        "nobody is born after the day of the decision",
        lambda record, today: _first_birthday(record) > today,
    ),
    Rule(
        "no_letter",
        REFUSES,
        "family_name",
        "a name is what the identity document shows",
        lambda record, _: _without_letter(record.family_name),
    ),
    Rule(
        "seasonal_apt",
        REFUSES,
        "contract",
        "CESEDA, L421-34: seasonal work has an authorisation of its own",
        lambda record, _: record.kind == "APT" and record.contract == "SAISONNIER",
    ),
    Rule(
        "seasonal_contract",
        REFUSES,
        "contract",
        "Code du travail, L1242-2, 3°; CESEDA, L421-34",
        lambda record, _: record.kind == "AT-SAISONNIER" and record.contract not in ("SAISONNIER", "PROMESSE"),
    ),
    Rule(
        "seasonal_long",
        WARNS,
        "valid_until",
        "CESEDA, L421-34: six months a year at most",
        lambda record, _: (
            record.kind == "AT-SAISONNIER" and record.valid_until >= _months_after(record.valid_from, SEASONAL_MONTHS)
        ),
    ),
    Rule(
        "under_16",
        WARNS,
        "birth_date",
        "Code du travail, L4153-1, which has exceptions (L4153-3, L6222-1, L7124-1)",
        lambda record, _: _months_after(_last_birthday(record), 16 * 12) > record.valid_from,
    ),
    Rule(
        "over_80",
        WARNS,
        "birth_date",
        "most often a slip of the century",
        lambda record, _: _months_after(_first_birthday(record), 80 * 12) < record.valid_from,
    ),
    Rule("hours_above", WARNS, "hours.count", "Code du travail, L3121-20; L3121-21 has exceptions", _hours_above),
    Rule(
        "hours_below",
        WARNS,
        "hours.count",
        "less than an hour a week: a share of full time (0,6 of a spreadsheet's 60 %) or another period was meant",
        lambda record, _: record.hours is not None and record.hours[0] < 100 * FLOORS[PERIODS[record.hours[1]]],
    ),
    Rule(
        "period_past",
        WARNS,
        "valid_until",
        "what is over before it is signed is most often a slip of the year",
        lambda record, today: record.valid_until < today,
    ),
    Rule("text_no_letter", WARNS, "given_names", LETTERS, lambda record, _: _without_letter(record.given_names)),
    Rule("text_no_letter", WARNS, "employer.name", LETTERS, lambda record, _: _without_letter(record.employer_name)),
    Rule("text_no_letter", WARNS, "job", LETTERS, lambda record, _: _without_letter(record.job)),
    Rule("stands_for_nothing", WARNS, "family_name", NOTHING, lambda record, _: is_placeholder(record.family_name)),
    Rule(
        "stands_for_nothing",
        WARNS,
        "given_names",
        NOTHING,
        lambda record, _: record.given_names is not None and is_placeholder(record.given_names),
    ),
    Rule(
        "stands_for_nothing",
        WARNS,
        "employer.name",
        NOTHING,
        lambda record, _: _is_no_company(record.employer_name),
    ),
    Rule("stands_for_nothing", WARNS, "job", NOTHING, lambda record, _: _is_no_job(record.job)),
)
"""Every rule, those that refuse first; of several that one field breaks, the first is told."""


def broken(record: Record, today: date) -> tuple[list[Problem], list[Problem]]:
    """What refuses a record, and what warns, by the day ``today`` of its département."""
    found: dict[str, tuple[str, Problem]] = {}
    for rule in RULES:
        if rule.field not in found and rule.breaks(record, today):
            params = (
                {"most": MOST_HOURS[PERIODS[record.hours[1]]]} if record.hours and rule.code == "hours_above" else {}
            )
            found[rule.field] = rule.level, Problem(rule.field, rule.code, params)
    refused = [problem for level, problem in found.values() if level == REFUSES]
    return refused, [problem for level, problem in found.values() if level == WARNS]


def key(warning: Problem) -> str:
    """What a confirmation names: the field, the code, and the attestation that it is about, if any."""
    return ":".join(filter(None, (warning.field, warning.code, str(warning.params.get("number", "")))))


def unconfirmed(warnings: Collection[Problem], confirmed: Collection[str] | None) -> list[Problem]:
    """The warnings that were not confirmed; ``confirmed`` are keys, None for all."""
    return [] if confirmed is None else [warning for warning in warnings if key(warning) not in confirmed]


def identity(record: Record) -> tuple[str, ...]:
    """The same for the same holder at the same employer: names, birth date, nationality, and SIRET or else the
    employer's name.
    """
    employer = record.employer_siret or fold(record.employer_name)
    return fold(record.family_name), fold(record.given_names or ""), record.birth_date, record.nationality, employer
