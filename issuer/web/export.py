"""CSV for spreadsheets: UTF-8 with its mark, semicolons, and no cell that a spreadsheet would take for a formula."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO

from issuer.attestation.numbers import format_number
from issuer.attestation.record_fields import FIELDS, flattened
from issuer.documents.wording import nationality
from issuer.intake import Item
from issuer.intake.fields import typed
from issuer.intake.headings import HOURS
from issuer.intake.tables import guarded
from issuer.registry.search import Found
from issuer.web.wording import count, has, moment, shown_state, t

COLUMNS = (
    "number",
    "state",
    *(name for name in FIELDS if name != "reference" and not name.startswith("signatory.")),
    "issued_at",
    "replaces",
)


def cell(value: object) -> str:
    """A value as a harmless cell: a text that begins like a formula gets an apostrophe before it."""
    return "" if value is None else guarded(str(value))


def lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """CSV lines, the byte order mark first."""
    yield "\ufeff"
    for row in rows:
        out = StringIO()
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerow([cell(value) for value in row])
        yield out.getvalue()


def field_headings() -> list[str]:
    """The columns of a file that an import reads."""
    return [t(f"column.{name}") for name in FIELDS]


def record_cells(item: Item) -> list[object]:
    """A record's fields in the order of an import file's columns: as they stand in its row, or as people type them."""
    if item.cells:
        cells = {**item.cells, "hours.count": item.cells.get("hours.count", item.cells.get(HOURS, ""))}
        return [cells.get(name, "") for name in FIELDS]
    flat = flattened(item.value) if isinstance(item.value, dict) else {}
    return [shown_cell(name, flat.get(name)) for name in FIELDS]


def shown_cell(name: str, value: object) -> str:
    """The value of a field as French spreadsheets have it; an import reads it back as the same value."""
    if value is None:
        return ""
    if name == "nationality":
        return nationality(str(value))
    if name == "hours.per":
        return t(f"per.{value}") if has(f"per.{value}") else str(value)
    if name == "issued_at":
        return moment(int(datetime.fromisoformat(str(value)).timestamp()))
    return format_number(str(value)) if name in ("number", "replaces") else typed(name, value)


def attestation_lines(found: Iterable[Found], now: int, most: int) -> Iterator[str]:
    """The attestations found, one a line; a last line says so when there are more than ``most``. ``now`` is UTC
    seconds.
    """
    yield from lines(_rows(found, now, most))


def _rows(found: Iterable[Found], now: int, most: int) -> Iterator[list[object]]:
    yield [t(f"column.{name}") for name in COLUMNS]
    for place, line in enumerate(found):
        if place == most:
            yield [t("find.export.cut", most=count(most))]
            return
        claims = (
            line.archived.claims.to_json()
            if line.archived
            else {
                "number": str(line.attestation.number),
                "kind": line.attestation.kind,
                "department": line.attestation.department,
                "valid_from": line.attestation.valid_from.isoformat(),
                "valid_until": line.attestation.valid_until.isoformat(),
            }
        )
        flat = {**flattened(claims), "state": t(f"state.{shown_state(line.attestation, now)}")}
        yield [shown_cell(name, flat.get(name)) for name in COLUMNS]
