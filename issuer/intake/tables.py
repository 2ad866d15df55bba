"""Tables as spreadsheets write them: workbooks (``.xlsx``), and text in UTF-8, UTF-16 or Windows-1252 with semicolons,
commas or tabs between the cells. Rows are numbered as the spreadsheet numbers them, from 1.
"""

import codecs
import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import TextIOWrapper
from itertools import chain, islice
from typing import IO, Any

from issuer.errors import UnreadableSource
from issuer.intake import headings

CHUNK = 1 << 16
TITLE_ROWS = 20
"""Rows among which the headings are looked for: people write titles above a table."""
ENOUGH_HEADINGS = 3
"""Known headings that make a row below the first one the row of headings."""
MOST_ROWS = 1_048_576
"""Rows that a spreadsheet has."""
MOST_COLUMNS = 256
"""Columns that are read: a cell far to the right would make each row as long."""
MOST_EMPTY = 1 << 20
"""Empty cells to the right of them in a workbook, as rows that were formatted to their end have."""
FORMULA = re.compile("'*[ \\u00a0]*[=+\\-@\\t\\r\\n|%\uff1d\uff0b\uff0d\uff20]")
"""Texts after which a spreadsheet computes, full-width signs included, with or without apostrophes before."""
LARGEST_PARTS = (("xl/worksheets/", 256 << 20), ("xl/sharedStrings", 64 << 20), ("", 16 << 20))
"""Bytes of one part of a workbook once it is unpacked, by the beginning of its name."""
LARGEST_WORKBOOK, MOST_PARTS = 320 << 20, 2_000
"""Bytes and number of all the parts."""
DENSEST, DENSE_FROM = 250, 4 << 20
"""How many times larger than packed a part of more than :data:`DENSE_FROM` bytes may be."""

_QUOTED = re.compile(r'="(.*)"', re.DOTALL)
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
_MONTHS = "janv févr mars avr mai juin juil août sept oct nov déc".split()
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"Rar!", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"{\\rtf", "rtf"),
)
_WESTERN_SIGNS = frozenset("€…‘’“”•–—™ŒœŸ")
"""What Windows-1252 holds between 0x80 and 0x9F that French texts use. Other characters there tell another encoding."""


@dataclass(frozen=True, repr=False)
class Row:
    """A row: its number, and its cells as texts. ``broken``: columns, from 0, whose cell holds an error or a formula
    that was not worked out.
    """

    number: int
    cells: Sequence[str]
    broken: frozenset[int] = frozenset()


def guarded(value: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula: with an apostrophe before it, if need be."""
    return f"'{value}" if FORMULA.match(value) else value


def unguarded(cell: str) -> str:
    """What :func:`guarded` made a cell of, exactly."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell


def check_format(file: IO[bytes], name: str) -> str:
    """``workbook`` or ``text``, of a file open at its beginning, where it stays. Raises UnreadableSource for what is
    neither, with the name of what it is and the way out.
    """
    head = file.read(64)
    file.seek(0)
    found = next((word for start, word in _SIGNATURES if head.startswith(start)), None)
    found = "picture" if head[4:8] == b"ftyp" else found
    if head.startswith(b"PK\x03\x04"):
        found = _packed(file, name)
        file.seek(0)
        if found == "xlsx":
            return "workbook"
    elif re.match(rb"\s*<(?:!doctype|html|\?xml|table)", head.lstrip(b"\xef\xbb\xbf"), re.IGNORECASE):
        found = "html"
    if found:
        raise UnreadableSource(
            f"{name} is no table that is read here ({found}). In the spreadsheet, save it as an Excel workbook (.xlsx)"
            " without a password, or as CSV UTF-8.",
            f"format_{found}",
        )
    return "text"


def _packed(file: IO[bytes], name: str) -> str:
    """``xlsx``, ``ods`` or ``archive``. Raises UnreadableSource for a workbook that is too large unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise _broken_workbook(name) from None
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        return "ods" if "content.xml" in names else "archive"
    total = 0
    for part in parts:
        total += part.file_size
        most = next(limit for start, limit in LARGEST_PARTS if part.filename.startswith(start))
        dense = part.file_size > DENSE_FROM and part.file_size > DENSEST * max(1, part.compress_size)
        if part.file_size > most or dense or total > LARGEST_WORKBOOK or len(parts) > MOST_PARTS:
            raise UnreadableSource(
                f"{name} is too large once it is unpacked. Cut it into several files, or save it as CSV UTF-8.",
                "too_large",
            )
    return "xlsx"


def _broken_workbook(name: str) -> UnreadableSource:
    return UnreadableSource(
        f"{name} is a damaged workbook. Open it in the spreadsheet and save it again, or save it as CSV UTF-8.",
        "workbook",
    )


def find_encoding(file: IO[bytes], name: str, western: bool) -> str:
    """The encoding of a whole text file open at its beginning, where it stays: UTF-8 with or without its mark, UTF-16,
    else (if ``western``) Windows-1252. Raises UnreadableSource for bytes that are none of them.
    """
    head = file.read(400)
    file.seek(0)
    encoding = "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif len(head) > 20 and head[1::2].count(0) * 10 > len(head) * 4:
        encoding = "utf-16-le"
    elif len(head) > 20 and head[::2].count(0) * 10 > len(head) * 4:
        encoding = "utf-16-be"
    fault = _undecoded(file, encoding)
    if fault is None:
        return encoding
    if western and encoding == "utf-8-sig" and _undecoded(file, "cp1252", _looks_western) is None:
        return "cp1252"
    byte, line = fault
    raise not_utf8(name, byte, line)


def _undecoded(file: IO[bytes], encoding: str, likely: Any = None) -> tuple[int, int] | None:
    """The first byte that the encoding does not hold and its line, None when there is none; ``likely(text)`` judges
    each block.
    """
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    try:
        while block := file.read(CHUNK):
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError as error:
                return error.object[error.start], line + error.object.count(b"\n", 0, error.start)
            if likely is not None and not likely(text):
                return block[0], line
            line += block.count(b"\n")
        try:
            decoder.decode(b"", True)
        except UnicodeDecodeError as error:
            return error.object[error.start], line
    finally:
        file.seek(0)
    return None


def _looks_western(text: str) -> bool:
    """Whether a text read as Windows-1252 is one. In the encodings of MS-DOS and of old Macintoshes accented letters
    lie where it has signs: a sign between two letters, or a sign that no French text uses, tells them.
    """
    for place, character in enumerate(text):
        if character < "\u0080" or ("\u00a0" <= character <= "\u00ff"):
            continue
        if character not in _WESTERN_SIGNS:
            return False
        around = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
        if character not in "’ŒœŸ" and len(around) == 2 and around.isalpha():
            return False
    return True


def not_utf8(name: str, byte: int, line: int | None = None) -> UnreadableSource:
    """The refusal of a text whose encoding is not known."""
    where = f" on line {line}" if line else ""
    return UnreadableSource(
        f"{name} is not UTF-8: byte 0x{byte:02X}{where}. Save the file as UTF-8 (CSV UTF-8 in a spreadsheet).",
        "not_utf8",
        byte=f"{byte:02X}",
    )


def text_rows(file: IO[bytes], name: str, encoding: str) -> Iterator[Row]:
    """The rows of a text table open at its beginning, blank ones left out. Raises UnreadableSource."""
    text = TextIOWrapper(file, encoding=encoding, newline="")
    try:
        delimiter, skipped = _delimiter(text)
        file.seek(0)
        text = TextIOWrapper(text.detach(), encoding=encoding, newline="")
        if skipped:
            text.readline()
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), 1):
            _check_width(cells[MOST_COLUMNS:], name)
            if any(cell.strip() for cell in cells):
                broken = frozenset(place for place, cell in enumerate(cells) if _is_broken(cell))
                yield Row(number, [_plain_cell(cell) for cell in cells], broken)
    except csv.Error as error:
        raise UnreadableSource(
            f"{name} is not valid CSV ({error}). Check quotation marks and separators; the rows before were taken.",
            "csv",
        ) from None
    finally:
        text.detach()


def _delimiter(text: TextIOWrapper) -> tuple[str, bool]:
    """What parts the cells, and whether the first line only says so (``sep=;``)."""
    head = text.read(CHUNK)
    first = head.splitlines()[0] if head.strip() else ""
    if said := _SEPARATOR_LINE.fullmatch(first):
        return said[1], True
    scores = {}
    for sign in ";,\t|":
        try:
            rows = list(islice(csv.reader(head.splitlines(keepends=True), delimiter=sign), TITLE_ROWS))
        except csv.Error:
            rows = []
        scores[sign] = max(((headings.known(row), len(row)) for row in rows), default=(0, 0))
    return max(";,\t|", key=scores.__getitem__), False


def _plain_cell(cell: str) -> str:
    quoted = _QUOTED.fullmatch(cell.strip())
    return quoted[1].replace('""', '"') if quoted else unguarded(cell)


ERRORS = ("#REF!", "#NAME?", "#NOM?", "#VALUE!", "#VALEUR!", "#DIV/0!", "#N/A", "#NULL!", "#NUL!", "#NUM!", "#NOMBRE!")
"""What spreadsheets show in place of a value that they could not work out, in English and French."""


def _is_broken(cell: str) -> bool:
    """Whether a cell shows an error, a column that was too narrow, or a formula."""
    plain = cell.strip()
    if plain.upper() in ERRORS or (len(plain) > 2 and not plain.strip("#")):
        return True
    return plain.startswith("=") and len(plain) > 1 and not _QUOTED.fullmatch(plain)


def workbook_rows(file: IO[bytes], name: str) -> Iterator[Row]:
    """The rows of the one visible sheet of a workbook that bears the headings, blank ones left out.

    Raises UnreadableSource for a damaged workbook, or several such sheets.
    """
    import openpyxl

    try:
        with closing(openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)) as book:
            sheet = _sheet(book, name)
            formulas = _formulas(file, sheet.title)
            sheet.reset_dimensions()
            empty = 0
            for number, cells in enumerate(sheet.iter_rows(), 1):
                if number > MOST_ROWS:
                    raise _broken_workbook(name)
                empty += max(0, len(cells) - MOST_COLUMNS)
                if empty > MOST_EMPTY:
                    raise _too_wide(name)
                _check_width([_cell_text(cell) for cell in cells[MOST_COLUMNS:]], name)
                written = next(formulas, ())
                texts = [_cell_text(cell) for cell in cells]
                if any(text.strip() for text in texts) or any(written):
                    broken = frozenset(
                        place
                        for place, text in enumerate(texts)
                        if _is_broken(text) or (not text and place < len(written) and written[place])
                    )
                    yield Row(number, texts, broken)
    except UnreadableSource:
        raise
    except Exception:  # noqa: BLE001 - the library raises what its parsers do, of a file that anybody sends
        raise _broken_workbook(name) from None


def _sheet(book: Any, name: str) -> Any:
    seen, headed = [], []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()
        rows = [[_cell_text(cell) for cell in row] for row in islice(sheet.iter_rows(), TITLE_ROWS)]
        if any(text.strip() for row in rows for text in row):
            seen.append(sheet)
            if max(map(headings.known, rows)) >= ENOUGH_HEADINGS:
                headed.append(sheet)
    if len(headed) > 1:
        names = ", ".join(sheet.title for sheet in headed)[:100]
        raise UnreadableSource(
            f"{name} has several sheets with headings ({names}). Keep one of them in the file.", "sheets", sheets=names
        )
    if not seen:
        raise UnreadableSource(f"{name} is empty. Give a sheet with a row of headings.", "empty")
    return (headed or seen)[0]


def _formulas(file: IO[bytes], title: str) -> Iterator[tuple[bool, ...]]:
    """For each row, which cells hold a formula; nothing when the workbook has none."""
    import openpyxl

    with zipfile.ZipFile(file) as archive:
        parts = [part for part in archive.namelist() if part.startswith("xl/worksheets/")]
        if not any(_has_formula(archive, part) for part in parts):
            return
    with closing(openpyxl.load_workbook(file, read_only=True, keep_links=False)) as book:
        sheet = book[title]
        sheet.reset_dimensions()
        for cells in sheet.iter_rows():
            yield tuple(cell.data_type == "f" for cell in cells)


def _check_width(beyond: Iterable[str], name: str) -> None:
    if any(text.strip() for text in beyond):
        raise _too_wide(name)


def _too_wide(name: str) -> UnreadableSource:
    return UnreadableSource(
        f"{name} has more than {MOST_COLUMNS} columns. Take out those that are not needed, then give it again.",
        "too_wide",
        most=MOST_COLUMNS,
    )


def _has_formula(archive: zipfile.ZipFile, part: str) -> bool:
    with archive.open(part) as file:
        end = b""
        while block := file.read(CHUNK):
            if re.search(rb"<(?:\w+:)?f[ />]", end + block):
                return True
            end = block[-8:]
    return False


def _cell_text(cell: Any) -> str:
    """A cell's value as the sheet shows it, dates in full."""
    value, shown = cell.value, str(getattr(cell, "number_format", None) or "")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, datetime):
        return _date_text(value.date(), shown) if value.time() == time() else value.strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(value, date):
        return _date_text(value, shown)
    if isinstance(value, time):
        return f"{value.hour}h{value.minute:02}"
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}h{minutes % 60:02}"
    if isinstance(value, int | float):
        return _number_text(value, shown)
    return unguarded(str(value))


def _date_text(value: date, shown: str) -> str:
    plain = re.sub(r'\[[^\]]*\]|"[^"]*"|\\.', "", shown.lower())
    if "d" in plain or "j" in plain or "y" not in plain + "a":
        return value.isoformat()
    if "m" in plain:
        return f"{_MONTHS[value.month - 1]}-{value.year % 100:02}"
    return f"{value.year:04}" if "y" in plain else value.isoformat()


def _number_text(value: float, shown: str) -> str:
    if shown.endswith("%"):
        return f"{value * 100:g} %".replace(".", ",")
    if float(value).is_integer() and abs(value) < 10**15:
        digits = str(int(value))
        return digits.zfill(len(shown)) if re.fullmatch("0+", shown) else digits
    return f"{value:.15g}".replace(".", ",")


def found_table(rows: Iterator[Row], name: str) -> tuple[Row, Iterator[Row]]:
    """The row of headings and the rows below it. Raises UnreadableSource when there is none."""
    first = list(islice(rows, TITLE_ROWS))
    if not first:
        raise UnreadableSource(f"{name} is empty. Give JSON, JSON lines, or a table with a row of headings.", "empty")
    at = next((place for place, row in enumerate(first) if headings.known(row.cells) >= ENOUGH_HEADINGS), 0)
    return first[at], chain(first[at + 1 :], rows)
