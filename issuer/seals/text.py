"""Reading a 2D-DOC (technical specification 3.2.6): header, fields, signature, annex. Pure; judges nothing.

Two encodings: text (C40), header versions 01 to 04, and binary, version 04, whose bytes come as characters U+0000 to
U+00FF. A code is read as it came: nothing is trimmed, no second reading is tried, and what does not follow the rules is
an error. A binary message numbers its fields and types by another table than a text one, and the specification names no
field in it: they keep their numbers (``0x62``), their values their bytes. What stands in several symbols is joined
before (:mod:`issuer.seals.parts`). A text that goes on in binary (section 3.7) is not read: nothing in it tells where.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from issuer.seals.fields import rules

GS, RS, US = "\x1d", "\x1e", "\x1f"
"""End of a field, end of a field that was cut, end of the message."""
HEADER_LENGTHS = {"01": 22, "02": 22, "03": 24, "04": 26}
"""Characters of a text header by its version."""
EXPERIMENT = "01"
"""A version of which there are reference codes of the test authority, and no seal in use."""
BINARY = "\xdc"
"""First byte of a binary message."""
BINARY_HEADER_LENGTH = 19
"""Bytes: DC, version, country 2, authority and certificate 6, two days of 3, type 1, perimeter 2."""
BINARY_SIGNATURE = 0xFF
LONG_FORM = 0xFF
"""A length byte that is followed by two more, which hold the length."""
NO_BINARY_DATE = 0xFFFFFF
SIGNATURE_LENGTHS = {103: 64, 154: 96, 212: 132}
"""Base32 characters of a signature, and its bytes: r then s of P-256, P-384, P-521."""
LONGEST = 16 * 2_335
"""Characters or bytes beyond which nothing is read: what sixteen of the largest Data Matrix hold."""
EPOCH = date(2000, 1, 1)
NO_DATE = "FFFF"
TEST_AUTHORITY = "FR00"
"""Of which there are reference codes."""
TEST_CERTIFICATES = ("0000", "00000", "TEST")
"""What an authority of documents in use calls its certificates of tests."""
PERIMETER, BINARY_PERIMETER = "01", 1
"""The one perimeter of which the table of fields is known; the other table of the specification names none."""

_HEADER = re.compile(
    r"DC[0-9]{2}[A-Z]{2}[0-9A-Z]{2}[0-9A-Z]{4}[0-9A-F]{8}[0-9A-Z]{2}(?:[0-9A-Z]{2}(?:[A-Z]{2})?)?", re.ASCII
)
_BINARY_NAME = re.compile(r"[A-Z]{2}[0-9A-Z]{2}[0-9A-F]{5}", re.ASCII)
_MIXED = re.compile(r"\xff(?:\x40.{64}|\x60.{96}|\x84.{132})", re.DOTALL)
"""The signature's field of a binary message, which no text holds."""
_CHARACTERS = re.compile(r"[\x20-\x60\x7b-\x7e\x1d\x1e]*", re.ASCII)
_IDENTIFIER = re.compile(r"[0-9A-Z]{2}", re.ASCII)
_BASE32 = re.compile(r"[A-Z2-7]+", re.ASCII)
_KINDS = {
    "X": re.compile(r"[^\x1d\x1e]*"),
    "A": re.compile(r"[^0-9\x1d\x1e]*"),
    "N": re.compile(r"-?[0-9]*(?:[.,][0-9]+)?", re.ASCII),
    "D": re.compile(r"[0-9]{8}", re.ASCII),
    "H": re.compile(r"[0-9A-F]{4}", re.ASCII),
}
_C40 = "????0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""By value; shifts and the space are no part of a header."""
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class SealUnread(ValueError):
    """A code that is no readable 2D-DOC. ``code`` is ``malformed`` or ``unsupported``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, repr=False)
class Field:
    """One field: its identifier of two characters (``0x62`` in a binary message), its value as it is signed, whether
    the value was cut. A binary value is given by its bytes, ``h'…'``.
    """

    identifier: str
    value: str
    cut: bool = False


@dataclass(frozen=True, repr=False)
class Seal:
    """A 2D-DOC taken apart. Its ``repr`` shows no personal data.

    ``certificate`` has 4 characters, in a binary message 5 hexadecimal digits.

    ``issued`` and ``signed`` are days or None; ``message`` is exactly what was signed, ``signature`` r then s (64, 96
    or 132 bytes); ``annex`` is what follows the signature: nobody signed it. ``type`` is ``0x15`` in a binary message.
    """

    version: str
    authority: str
    certificate: str
    issued: date | None
    signed: date | None
    type: str
    perimeter: str
    country: str
    fields: tuple[Field, ...]
    message: bytes
    signature: bytes
    annex: tuple[Field, ...] = ()
    binary: bool = False

    def __repr__(self) -> str:
        return f"<Seal of type {self.type}>"

    @property
    def is_test(self) -> bool:
        """Whether its header names an authority of tests (``XX00``), or a certificate that is kept for them."""
        return self.authority.endswith("00") or self.certificate in TEST_CERTIFICATES

    def value(self, identifier: str) -> str | None:
        """The value of a signed field, or None."""
        return next((field.value for field in self.fields if field.identifier == identifier), None)


def read(text: str) -> Seal:
    """Take a text apart. Raises SealUnread."""
    if len(text) > LONGEST:
        raise SealUnread("malformed", "This code is longer than any 2D-DOC.")
    if text.startswith(BINARY):
        return _read_binary(text)
    length = HEADER_LENGTHS.get(text[2:4])
    if not text.startswith("DC") or not re.fullmatch("[0-9]{2}", text[2:4], re.ASCII):
        raise SealUnread("malformed", "This is not a 2D-DOC.")
    if length is None:
        raise SealUnread("unsupported", f"This 2D-DOC is of version {text[2:4]}, which is not read here.")
    if text[2:4] == "04" and _MIXED.search(text):
        raise SealUnread("unsupported", "This 2D-DOC goes on in binary, which is not read here.")
    message, separator, rest = text.partition(US)
    header, body = message[:length], message[length:]
    if not separator:
        raise SealUnread("malformed", "The signature is missing: a scanner may have dropped the control characters.")
    if len(header) != length or not _HEADER.fullmatch(header):
        raise SealUnread("malformed", "The header breaks the format.")
    if header[22:24] not in ("", PERIMETER):
        raise SealUnread("unsupported", f"The fields of perimeter {header[22:24]} are not known here.")
    if not _CHARACTERS.fullmatch(body):
        raise SealUnread("malformed", "The message holds a character that no 2D-DOC has.")
    signature, has_annex, annex = rest.partition(GS)
    if has_annex and text[2:4] != "04":
        raise SealUnread("malformed", "Something follows the signature.")
    if US in annex or not _CHARACTERS.fullmatch(annex):
        raise SealUnread("malformed", "The annex holds a character that no 2D-DOC has.")
    return Seal(
        version=header[2:4],
        authority=header[4:8],
        certificate=header[8:12],
        issued=day_of(header[12:16]),
        signed=day_of(header[16:20]),
        type=header[20:22],
        perimeter=header[22:24],
        country=header[24:26],
        fields=read_fields(body),
        message=message.encode("ascii"),
        signature=unbase32(signature),
        annex=read_fields(annex),
    )


def _read_binary(text: str) -> Seal:
    """A binary message. Raises SealUnread."""
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        raise SealUnread("malformed", "A binary 2D-DOC holds nothing but bytes.") from None
    if len(data) < BINARY_HEADER_LENGTH:
        raise SealUnread("malformed", "The header is cut short.")
    if data[1] != 4:
        raise SealUnread("unsupported", f"This binary 2D-DOC is of version {data[1]}, which is not read here.")
    country, name = _c40(data[2:4]), _c40(data[4:10])
    if not re.fullmatch("[A-Z]{3}", country) or not _BINARY_NAME.fullmatch(name):
        raise SealUnread("malformed", "The header breaks the format.")
    perimeter = int.from_bytes(data[17:19], "big")
    if perimeter != BINARY_PERIMETER:
        raise SealUnread("unsupported", f"The types of perimeter {perimeter} are not known here.")
    blocks = list(_blocks(data, BINARY_HEADER_LENGTH))
    place = next((at for at, (_, identifier, _) in enumerate(blocks) if identifier == BINARY_SIGNATURE), None)
    if place is None:
        raise SealUnread("malformed", "The signature is missing.")
    end, _, signature = blocks[place]
    if len(signature) not in SIGNATURE_LENGTHS.values():
        raise SealUnread("malformed", "The signature is of no known length.")
    return Seal(
        version="04",
        authority=name[:4],
        certificate=name[4:],
        issued=_binary_day(data[10:13]),
        signed=_binary_day(data[13:16]),
        type=f"0x{data[16]:02X}",
        perimeter=str(perimeter),
        country=country,
        fields=_numbered(blocks[:place]),
        message=data[:end],
        signature=signature,
        annex=_numbered(blocks[place + 1 :]),
        binary=True,
    )


def _blocks(data: bytes, at: int) -> Iterator[tuple[int, int, bytes]]:
    """The blocks from a place on: where each begins, its identifier, its value. Raises SealUnread."""
    while at < len(data):
        start, identifier = at, data[at]
        size = int.from_bytes(data[at + 1 : at + 2], "big")
        at += 2
        if size == LONG_FORM:
            size = int.from_bytes(data[at : at + 2], "big")
            at += 2
        value = data[at : at + size]
        if at > len(data) or len(value) != size:
            raise SealUnread("malformed", "A field is cut short.")
        at += size
        yield start, identifier, value


def _numbered(blocks: list[tuple[int, int, bytes]]) -> tuple[Field, ...]:
    """Blocks as fields. Raises SealUnread: one stands twice, or is a signature more."""
    identifiers = [identifier for _, identifier, _ in blocks]
    if len(set(identifiers)) != len(identifiers):
        raise SealUnread("malformed", "A field stands twice.")
    if BINARY_SIGNATURE in identifiers:
        raise SealUnread("malformed", "There is a second signature.")
    return tuple(Field(f"0x{identifier:02X}", f"h'{value.hex()}'") for _, identifier, value in blocks)


def _c40(data: bytes) -> str:
    """Letters and digits, three to two bytes (ISO/IEC 16022 §5.2.5). Anything else gives text that no header has."""
    values = [value for high, low in zip(data[::2], data[1::2], strict=True) for value in _triple(high << 8 | low)]
    return "".join(_C40[value] if 0 <= value < len(_C40) else "?" for value in values)


def _triple(number: int) -> tuple[int, int, int]:
    """Three values from 0 to 39, and more where the number is none of C40."""
    return (number - 1) // 1600, (number - 1) // 40 % 40, (number - 1) % 40


def _binary_day(data: bytes) -> date | None:
    """The day of the number MMDDYYYY; None for FFFFFF. Raises SealUnread."""
    number = int.from_bytes(data, "big")
    if number == NO_BINARY_DATE:
        return None
    try:
        return date(number % 10_000, number // 1_000_000, number // 10_000 % 100)
    except ValueError:
        raise SealUnread("malformed", "The header bears a day that does not exist.") from None


def day_of(digits: str) -> date | None:
    """The day of four hexadecimal digits, days since 2000-01-01; None for ``FFFF``."""
    return None if digits == NO_DATE else EPOCH + timedelta(int(digits, 16))


def read_fields(body: str) -> tuple[Field, ...]:
    """The fields of a message without its header. Raises SealUnread: an identifier unknown, twice, or a value against
    its rule.
    """
    fields: list[Field] = []
    at = 0
    while at < len(body):
        identifier = body[at : at + 2]
        rule = rules().get(identifier)
        if not _IDENTIFIER.fullmatch(identifier):
            raise SealUnread("malformed", "What stands where a field begins is no identifier.")
        if rule is None:
            raise SealUnread(
                "unsupported", f"The field {identifier!r} is not known here, so what follows cannot be told apart."
            )
        if any(field.identifier == identifier for field in fields):
            raise SealUnread("malformed", f"The field {identifier} stands twice.")
        at += 2
        end = at
        while end < len(body) and body[end] not in (GS, RS) and (rule.most is None or end - at < rule.most):
            end += 1
        value, mark = body[at:end], body[end : end + 1]
        separated = mark in (GS, RS) and mark != ""
        if len(value) < rule.least or (end < len(body) and not separated and rule.most is None):
            raise SealUnread("malformed", f"The field {identifier} is too short.")
        if separated and rule.fixed:
            raise SealUnread("malformed", f"The field {identifier} is followed by a separator that it does not have.")
        if not _follows(value, rule.kind):
            raise SealUnread("malformed", f"The field {identifier} does not hold what it must.")
        fields.append(Field(identifier, value, mark == RS))
        at = end + separated
    return tuple(fields)


def _follows(value: str, kind: str) -> bool:
    if not value and kind != "D":
        return True
    if not _KINDS[kind].fullmatch(value):
        return False
    return kind != "D" or exists(value)


def exists(day: str) -> bool:
    """Whether DDMMYYYY is a day; ``00`` for a day or month that is not known."""
    first, month, year = int(day[:2]), int(day[2:4]), int(day[4:])
    if month == 0:
        return first == 0 and year > 0
    try:
        date(year, month, first or 1)
    except ValueError:
        return False
    return True


def unbase32(text: str) -> bytes:
    """The bytes of a signature: Base32 (RFC 4648 §6) without padding, unused bits 0. Raises SealUnread."""
    size = SIGNATURE_LENGTHS.get(len(text))
    if size is None or not _BASE32.fullmatch(text):
        raise SealUnread("malformed", "The signature is not Base32 of a known length.")
    number = 0
    for letter in text:
        number = number << 5 | _ALPHABET.index(letter)
    spare = len(text) * 5 - size * 8
    if number & (1 << spare) - 1:
        raise SealUnread("malformed", "The signature ends in bits that say nothing.")
    return (number >> spare).to_bytes(size, "big")
