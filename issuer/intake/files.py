"""Reading a file of records: JSON as a stream, one record in memory at a time; tables row by row."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BufferedReader, RawIOBase, TextIOWrapper
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import MappingProxyType
from typing import IO, TextIO, cast

from issuer.attestation.problems import Problem, RecordRefused
from issuer.attestation.record import Record, read_record
from issuer.errors import UnreadableSource
from issuer.intake import headings, tables
from issuer.intake.tables import CHUNK
from issuer.written.facts import Doubt, read_fields

MAX_RECORD = 1 << 20
"""Characters of one JSON record: more is taken for a broken file."""
LARGEST_TABLE = 256 << 20
"""Bytes of a table that comes through a pipe."""
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Item:
    """One record of a file: its index from 0 and its value, or what is wrong with its form.

    Of a table: what is not read for certain is a problem too, and its field is not in ``value``; ``row`` is the row as
    the spreadsheet numbers it (None in JSON), ``cells`` the texts by field as they stand there, ``headings`` the
    columns' headings by field, ``doubts`` what is not read for certain.
    """

    index: int
    value: object = field(repr=False)
    problems: tuple[Problem, ...] = ()
    row: int | None = None
    cells: Mapping[str, str] = field(default_factory=dict, repr=False)
    headings: Mapping[str, str] = field(default_factory=dict, repr=False)
    doubts: tuple[Doubt, ...] = ()

    def record(self, defaults: Mapping[str, object] = MappingProxyType({})) -> Record | RecordRefused:
        """The record that would be signed, with ``defaults`` for what it does not say; or every problem of it, those of
        reading first.
        """
        if not isinstance(self.value, dict):
            return RecordRefused(list(self.problems) or [Problem("record", "not_an_object")])
        try:
            record = read_record({**defaults, **self.value})
        except RecordRefused as refused:
            unsure = {problem.field for problem in self.problems}
            whole = {name.partition(".")[0] for name in unsure if name.startswith("hours")}
            more = [p for p in refused.problems if p.field not in unsure and p.field.partition(".")[0] not in whole]
            return RecordRefused([*self.problems, *more])
        return RecordRefused(list(self.problems)) if self.problems else record


def read_items(source: Path | IO[bytes], name: str, today: date) -> Iterator[Item]:
    """The records of a file or of an open binary stream (standard input), in order.

    ``name`` is what people know the source by, ``today`` bounds birth dates. Raises UnreadableSource when the file
    cannot be opened, is in no known format or encoding, is empty, has an unknown column, or is broken beyond its
    records; a broken row or line is an Item with problems and the rest goes on.
    """
    if isinstance(source, Path):
        try:
            file = source.open("rb")
        except OSError as error:
            raise UnreadableSource(
                f"{name} cannot be read ({error.strerror}). Check the path and the rights.", "unreadable"
            ) from None
        with file:
            yield from _whole(file, name, today)
    elif source.seekable():
        yield from _whole(source, name, today)
    else:
        yield from _piped(source, name, today)


def _piped(stream: IO[bytes], name: str, today: date) -> Iterator[Item]:
    """JSON is read as it comes; a table once it is there, since its encoding and headings are looked for."""
    buffered = stream if isinstance(stream, BufferedReader) else BufferedReader(cast("RawIOBase", stream))
    head = buffered.peek(CHUNK)[:CHUNK].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] in (b"{", b"["):
        yield from _json(buffered, name, "utf-8-sig")
        return
    with SpooledTemporaryFile(1 << 23) as kept:
        while block := buffered.read(CHUNK):
            kept.write(block)
            if kept.tell() > LARGEST_TABLE:
                raise UnreadableSource(f"{name} is too large. Cut it into several files.", "too_large")
        kept.seek(0)
        yield from _whole(kept, name, today)


def _whole(file: IO[bytes], name: str, today: date) -> Iterator[Item]:
    """A file that can be read more than once."""
    try:
        if tables.check_format(file, name) == "workbook":
            yield from _rows(tables.workbook_rows(file, name), name, today)
            return
        start = file.read(CHUNK)
        file.seek(0)
        is_json = start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip()[:1] in (b"{", b"[")
        is_json = is_json or (
            start[:2] in (b"\xff\xfe", b"\xfe\xff") and start[2:].replace(b"\0", b"").lstrip()[:1] in (b"{", b"[")
        )
        encoding = tables.find_encoding(file, name, western=not is_json)
        if is_json:
            yield from _json(file, name, encoding)
        else:
            yield from _rows(tables.text_rows(file, name, encoding), name, today)
    except OSError as error:
        raise UnreadableSource(
            f"{name} cannot be read ({error.strerror}). Check the path and the rights.", "unreadable"
        ) from None


def _json(stream: IO[bytes], name: str, encoding: str) -> Iterator[Item]:
    text = TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        first = _first_character(text)
        if first is None:
            raise UnreadableSource(
                f"{name} is empty. Give JSON, JSON lines, or a table with a row of headings.", "empty"
            )
        start, character = first
        yield from _array(text, start, name) if character == "[" else _values(text, start)
    except UnicodeDecodeError as error:
        raise tables.not_utf8(name, error.object[error.start]) from None
    finally:
        text.detach()


def _first_character(text: TextIO) -> tuple[str, str] | None:
    while block := text.read(CHUNK):
        stripped = block.lstrip()
        if stripped:
            return stripped, stripped[0]
    return None


class _Buffer:
    """Text read ahead of a JSON decoder, never more than a record's limit past the point reached."""

    def __init__(self, text: TextIO, start: str) -> None:
        self.text, self.data, self.at, self.ended = text, start, 0, False

    def skip(self, characters: str) -> str:
        """Go past these characters; the next one, or an empty text at the end."""
        while True:
            while self.at < len(self.data) and self.data[self.at] in characters:
                self.at += 1
            if self.at < len(self.data):
                return self.data[self.at]
            if not self.more():
                return ""

    def more(self) -> bool:
        """Read another block; False at the end of the text."""
        block = self.text.read(CHUNK)
        self.data, self.at = self.data[self.at :] + block, 0
        self.ended = not block
        return bool(block)

    def value(self) -> object:
        """Decode the JSON value here. Raises ValueError (or RecursionError) when there is none."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.data, self.at)
            except json.JSONDecodeError:
                if len(self.data) - self.at > MAX_RECORD or not self.more():
                    raise
                continue
            if end == len(self.data) and not self.ended and self.more():
                continue
            self.at = end
            return value

    def next_line(self) -> None:
        """Go to the next line that begins like an object."""
        while True:
            found = self.data.find("\n{", self.at)
            if found >= 0:
                self.at = found + 1
                return
            self.at = max(self.at, len(self.data) - 1)
            if not self.more():
                self.at = len(self.data)
                return


def _array(text: TextIO, start: str, name: str) -> Iterator[Item]:
    buffer = _Buffer(text, start)
    buffer.at = 1
    index = 0
    following = buffer.skip(" \t\r\n")
    while following != "]":
        try:
            value = buffer.value()
        except (ValueError, RecursionError) as error:
            raise UnreadableSource(
                f"{name} is not valid JSON in record {index} ({_reason(error)}). Correct the file; the records before"
                " it were taken.",
                "json",
                record=index + 1,
            ) from None
        yield Item(index, value)
        index += 1
        following = buffer.skip(" \t\r\n")
        if following == ",":
            buffer.at += 1
            following = buffer.skip(" \t\r\n") or "?"
        elif following != "]":
            raise UnreadableSource(
                f"{name}: there is no comma or closing bracket after record {index - 1}. Correct the file.",
                "comma",
                record=index,
            )


def _values(text: TextIO, start: str) -> Iterator[Item]:
    buffer = _Buffer(text, start)
    index = 0
    while buffer.skip(" \t\r\n"):
        try:
            value = buffer.value()
        except (ValueError, RecursionError) as error:
            yield Item(index, None, (Problem("record", "json_line", {"reason": _reason(error)}),))
            buffer.next_line()
        else:
            yield Item(index, value)
        index += 1


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno}, column {error.colno}"
    return "it is nested too deep" if isinstance(error, RecursionError) else "a number is too long"


def _rows(rows: Iterator[tables.Row], name: str, today: date) -> Iterator[Item]:
    head, below = tables.found_table(rows, name)
    columns = headings.fields_of(head.cells, name)
    shown = MappingProxyType({field: " ".join(head.cells[place].split()) for place, field in columns.items()})
    index = -1
    for row in below:
        if not any(row.cells[place].strip() or place in row.broken for place in columns if place < len(row.cells)):
            continue  # a blank row, or a remark
        index += 1
        stray = next((p for p, cell in enumerate(row.cells) if cell.strip() and not _is_headed(head.cells, p)), None)
        cells = {field: row.cells[place] for place, field in columns.items() if place < len(row.cells)}
        if stray is not None:
            problem = Problem(
                "record", "row_width", {"column": _letters(stray), "words": row.cells[stray].strip()[:60]}
            )
            yield Item(index, None, (problem,), row.number, cells, shown)
            continue
        broken = {field for place, field in columns.items() if place in row.broken}
        typed = read_fields({field: cell for field, cell in cells.items() if field not in broken}, today)
        doubts = (*(Doubt(field, "cell_error", cells[field].strip() or "=") for field in sorted(broken)), *typed.doubts)
        yield Item(index, typed.record, tuple(doubt.problem() for doubt in doubts), row.number, cells, shown, doubts)


def _is_headed(head: Sequence[str], place: int) -> bool:
    return place < len(head) and bool(head[place].strip())


def _letters(place: int) -> str:
    """The letters of a spreadsheet's column from 0: A, B … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
