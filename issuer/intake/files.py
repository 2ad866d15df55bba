"""Reading a file of records as a stream: nothing is held but the record at hand."""

import codecs
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from issuer.attestation.problems import Problem
from issuer.attestation.entries import FIELDS
from issuer.errors import UnreadableSource
from issuer.intake.fields import record_from_fields

CHUNK = 1 << 16
MAX_RECORD = 1 << 20
"""Characters of one JSON record: more is taken for a broken file."""
REMARK = "#"
"""A column whose name begins so is for people: it is not read."""
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Item:
    """One record of a file: its index from 0 and its value, or what is wrong with its form."""

    index: int
    value: object = field(repr=False)
    problems: tuple[Problem, ...] = ()


def read_items(source: Path | BinaryIO, name: str) -> Iterator[Item]:
    """The records of a file or of an open binary stream (standard input), in order.

    ``name`` is what people know the source by. Raises UnreadableSource when the file cannot be opened, is
    not UTF-8, is empty, has an unknown column, or is broken beyond its records; a broken row or line is an
    Item with problems and the rest goes on.
    """
    if isinstance(source, Path):
        _check_file(source, name)
        with source.open("rb") as file:
            yield from _items(file, name)
    else:
        yield from _items(source, name)


def _check_file(path: Path, name: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    try:
        with path.open("rb") as file:
            while block := file.read(CHUNK):
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    line += error.object.count(b"\n", 0, error.start)
                    raise _not_utf8(name, error.object[error.start], line) from None
                line += block.count(b"\n")
    except OSError as error:
        raise UnreadableSource(
            f"{name} cannot be read ({error.strerror}). Check the path and the rights.", "unreadable"
        ) from None


def _not_utf8(name: str, byte: int, line: int | None = None) -> UnreadableSource:
    where = f" on line {line}" if line else ""
    return UnreadableSource(
        f"{name} is not UTF-8: byte 0x{byte:02X}{where}. Save the file as UTF-8 (CSV UTF-8 in a spreadsheet).",
        "not_utf8",
        byte=f"{byte:02X}",
    )


def _items(stream: BinaryIO, name: str) -> Iterator[Item]:
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        first = _first_character(text)
        if first is None:
            raise UnreadableSource(f"{name} is empty. Give JSON, JSON lines, or CSV with a header.", "empty")
        start, character = first
        if character == "[":
            yield from _array(text, start, name)
        elif character == "{":
            yield from _values(text, start)
        else:
            yield from _rows(text, start, name)
    except UnicodeDecodeError as error:
        raise _not_utf8(name, error.object[error.start]) from None
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
                f"{name} is not valid JSON in record {index} ({_reason(error)}). Correct the file; the records before it were taken.",
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


def _rows(text: TextIO, start: str, name: str) -> Iterator[Item]:
    lines = _lines(text, start)
    header = next(lines, "")
    delimiter = max(";,\t", key=lambda sign: sum(column.strip(' "\r\n') in FIELDS for column in header.split(sign)))
    try:
        columns = [column.strip() for column in next(csv.reader([header], delimiter=delimiter), [])]
        _check_columns(columns, name)
        index = 0
        for row in csv.reader(lines, delimiter=delimiter, strict=True):
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > len(columns):
                yield Item(index, None, (Problem("record", "row_width"),))
            else:
                yield Item(
                    index,
                    record_from_fields({name: cell for name, cell in zip(columns, row) if not name.startswith(REMARK)}),
                )
            index += 1
    except csv.Error as error:
        raise UnreadableSource(
            f"{name} is not valid CSV ({error}). Check quotation marks and separators; the rows before were taken.",
            "csv",
        ) from None


def _lines(text: TextIO, start: str) -> Iterator[str]:
    yield from StringIO(start + text.readline(), newline="")
    yield from text


def _check_columns(columns: list[str], name: str) -> None:
    known = ", ".join(FIELDS)
    for column in columns:
        if column not in FIELDS and not column.startswith(REMARK):
            raise UnreadableSource(
                f'{name}: there is no column "{column[:60]}". Columns: {known}.', "column", column=column[:60]
            )
    if len(set(columns)) != len(columns):
        raise UnreadableSource(f"{name}: a column stands twice in the header. Take one out.", "column_twice")
