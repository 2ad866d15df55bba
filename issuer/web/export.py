"""CSV for spreadsheets: UTF-8 with its mark, semicolons, and no cell that a spreadsheet would take for a formula."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from issuer.attestation.entries import FIELDS
from issuer.registry.search import Found
from issuer.web.wording import count, shown_state, t

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters after which a spreadsheet computes; full-width forms included."""

COLUMNS = (
    "number",
    "state",
    "kind",
    "family_name",
    "given_names",
    "birth_date",
    "nationality",
    "employer.name",
    "employer.siret",
    "job",
    "contract",
    "hours.count",
    "hours.per",
    "workplaces",
    "residence_permit",
    "department",
    "valid_from",
    "valid_until",
    "issued_at",
    "replaces",
)


def cell(value: object) -> str:
    """A value as a harmless cell: a text that begins like a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) else text


def lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """CSV lines, the byte order mark first."""
    yield "\ufeff"
    for row in rows:
        out = StringIO()
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerow([cell(value) for value in row])
        yield out.getvalue()


def record_cells(record: dict) -> list[object]:
    """A record's fields in the order of an import file's columns, as they were read."""
    return [_cell_of(record, name) for name in FIELDS]


def _cell_of(record: dict, name: str) -> object:
    group, _, inner = name.partition(".")
    value = record.get(group)
    if inner:
        value = value.get(inner) if isinstance(value, dict) else None
    return " ".join(map(str, value)) if isinstance(value, list) else value


def attestation_lines(found: Iterable[Found], now: int, most: int) -> Iterator[str]:
    """The attestations found, one a line; a last line says so when there are more than ``most``. ``now`` is UTC seconds."""
    yield from lines(_rows(found, now, most))


def _rows(found: Iterable[Found], now: int, most: int) -> Iterator[list[object]]:
    yield [t(f"column.{name}") for name in COLUMNS]
    for place, line in enumerate(found):
        if place == most:
            yield [t("find.export.cut", most=count(most))]
            return
        claims = (
            line.archived.claims().to_json()
            if line.archived
            else {
                "number": str(line.entry.number),
                "kind": line.entry.kind,
                "department": line.entry.department,
                "valid_from": line.entry.valid_from.isoformat(),
                "valid_until": line.entry.valid_until.isoformat(),
            }
        )
        yield [_value(claims, name, line, now) for name in COLUMNS]


def _value(claims: dict, name: str, line: Found, now: int) -> object:
    if name == "state":
        return t(f"state.{shown_state(line.entry, now)}")
    return _cell_of(claims, name)
