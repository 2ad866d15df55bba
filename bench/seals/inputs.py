"""Inputs for the run over 2D-DOC: codes that nearly are seals, the same ones on every run of the same seed.

Texts and binary messages altered after they were signed; messages altered in their fields and bytes, then rightly signed
by a key of the list; right ones; symbols of several, some altered, missing, doubled or of another code; and lists of
certificates, altered before or after they are signed.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.vectors import cases_seals as seals

SHARES = {
    "altered": 0.47,
    "signed": 0.25,
    "binary altered": 0.09,
    "binary signed": 0.06,
    "symbols": 0.03,
    "noise": 0.05,
    "right": 0.03,
    "list": 0.02,
}
"""Family: its share of the inputs."""
KEYS = (
    (("OTHR", seals.OTHER),) * 8
    + (("MAI1", seals.MAIN),) * 4
    + (("WID3", seals.WIDE), ("WID5", seals.WIDER), ("GONE", seals.GONE), ("OLD1", seals.OLD))
)
SCRAPS = [
    "\x1d",
    "\x1e",
    "\x1f",
    "\x00",
    "\n",
    " ",
    "=",
    "é",
    "\uff11",
    "\u017f",
    "DC04",
    "EX01",
    "\xee\x12\x34\x0f",
    "FFFF",
    "0000",
    "62",
    "6L",
    "ZZ",
    "a",
    "{",
    "`",
    "-",
    ".5",
    "99999999",
    "29022025",
    "<GS>",
]
BYTES = [b"\x00", b"\xff", b"\xff\xff", b"\xff\xff\xff", b"\x05\xff\x00\x01A", b"\xdc", b"\xee", b"\x40"]


@dataclass(frozen=True)
class Case:
    """One input: a code, with family ``list`` a list of certificates in hexadecimal digits, with family ``symbols`` the
    JSON of texts read beside each other. ``message`` is what was signed, where something was.
    """

    family: str
    text: str
    message: bytes | None = None

    def line(self) -> str:
        """What the other language is given."""
        if self.family == "symbols":
            return json.dumps(json.loads(self.text))
        return json.dumps({"list": self.text} if self.family == "list" else self.text)


def cases(count: int, seed: int) -> Iterator[Case]:
    """As many inputs as asked for."""
    source = random.Random(seed)
    for family in source.choices(list(SHARES), list(SHARES.values()), k=count):
        yield _made(family, source)


def _made(family: str, source: random.Random) -> Case:
    identifier, key = source.choice(KEYS)
    if family == "list":
        return Case(family, _list(source).hex())
    if family == "symbols":
        return _symbols(source)
    if family == "noise":
        length = source.randrange(0, 200)
        start = source.choice(["DC04FR99OTHR", "DC02", "\xdc\x04", ""])
        return Case(
            family,
            start
            + "".join(chr(source.choice([source.randrange(32, 127), source.randrange(0, 256)])) for _ in range(length)),
        )
    if family.startswith("binary"):
        name = "FR99" + {"OTHR": "0B1A1", "MAI1": "0B1A7", "WID5": "0B1A5", "GONE": "0B1AF"}.get(identifier, "ABCDE")
        message = seals.binary_header(name=name) + seals.BINARY_FIELDS
        if family == "binary signed":
            message = _altered_bytes(message, source)
            return Case(family, seals.binary(message, key), message)
        return Case(
            family, _altered_bytes(seals.binary(message, key).encode("latin-1"), source).decode("latin-1"), message
        )
    fields = dict(source.choice([seals.PERMIT, seals.STAY]))
    kind = "13" if "6J" in fields else "15"
    if source.random() < 0.3:
        names = list(fields)
        source.shuffle(names)
        fields = {name: fields[name] for name in names}
    message = seals.header(
        source.choice(["01", "02", "03", "04", "04", "04"]), identifier=identifier, kind=kind
    ) + seals.body(fields)
    if family == "signed":
        message = _altered(message, source, start=source.choice([0, 22, 26, 26, 26]))
        return Case(family, seals.sealed(message, key), message.encode("latin-1", "replace"))
    annex = seals.GS + seals.body({"25": "LYON"}) if message[2:4] == "04" and source.random() < 0.3 else ""
    text = seals.sealed(message, key, annex)
    return Case(family, text if family == "right" else _altered(text, source), message.encode())


def _symbols(source: random.Random) -> Case:
    """A code of several symbols, in any order: right, or with one altered, missing, doubled or of another code."""
    count, is_binary = source.randrange(2, 17), source.random() < 0.3
    message = seals.binary_header() + seals.BINARY_FIELDS if is_binary else seals.header(identifier="OTHR").encode()
    message += b"" if is_binary else seals.body(seals.PERMIT).encode()
    if is_binary:
        parts = seals.binary_parts(seals.binary(message), count)
    else:
        parts = seals.text_parts(seals.sealed(message.decode(), seals.OTHER), count)
    change, at = source.randrange(5), source.randrange(count)
    if change == 0:
        parts[at] = _altered(parts[at], source)
    elif change == 1:
        del parts[at]
    elif change == 2:
        parts.insert(at, source.choice([parts[at], _altered(parts[at], source)]))
    elif change == 3:
        parts.append(seals.text_parts(seals.sealed(seals.GOOD), source.randrange(2, 17))[0])
    if source.random() < 0.5:
        source.shuffle(parts)
    return Case("symbols", json.dumps(parts), message)


def _altered(text: str, source: random.Random, start: int = 0) -> str:
    """A text with one to three changes at or after a place."""
    for _ in range(source.choice([1, 1, 1, 2, 3])):
        at = source.randrange(min(start, len(text)), len(text) + 1)
        end = min(len(text), at + source.choice([0, 1, 1, 2, 4, 8, 40]))
        change = source.randrange(6)
        if change == 0:
            text = text[:at] + text[end:]
        elif change == 1:
            text = text[:at] + source.choice(SCRAPS) + text[at:]
        elif change == 2:
            text = text[:at] + source.choice(SCRAPS) + text[end:]
        elif change == 3:
            text = text[:at] + chr(source.randrange(128)) + text[at + 1 :]
        elif change == 4:
            text = text[:end] + text[at:end] + text[end:]
        else:
            text = text[:at] + text[at:end][::-1] + text[end:]
    return text


def _altered_bytes(data: bytes, source: random.Random) -> bytes:
    """Bytes with one or two changes."""
    for _ in range(source.choice([1, 1, 2])):
        at = source.randrange(len(data))
        end = min(len(data), at + source.choice([0, 1, 2, 8]))
        change = source.randrange(4)
        if change == 0:
            data = data[:at] + data[end:] if at != end else data[:at]
        elif change == 1:
            data = data[:at] + source.choice(BYTES) + data[at:]
        elif change == 2:
            data = data[:at] + bytes([data[at] ^ 1 << source.randrange(8)]) + data[at + 1 :]
        else:
            data = data[:end] + data[at:end] + data[end:]
        data = data or b"\xdc"
    return data


def _list(source: random.Random) -> bytes:
    rows = [list(row) for row in source.sample(seals.ROWS, source.randrange(len(seals.ROWS) + 1))]
    if rows and source.random() < 0.5:
        row = source.choice(rows)
        row[source.randrange(len(row))] = source.choice(
            [0, 1, 3, -1, 1 << 53, "", "FR99", "MAI1", b"\x04", b"\x04" * 65, [], ["15"], "A  B"]
        )
    data = seals.seal_list(seals.payload(rows))
    return data if source.random() < 0.5 else _altered_bytes(data, source)
