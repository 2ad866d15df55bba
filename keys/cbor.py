"""Deterministic CBOR (RFC 8949 §4.2.1), the only CBOR of this format.

The round-trip rule of ``docs/format.md`` §1.3 says: decode, encode again, and the bytes must be
the same. This decoder refuses at once whatever would not survive that, so that nothing depends on
the leniency of a general library (``docs/decisions/0005-own-deterministic-cbor.md``). The tests
hold it against cbor2, and its twin ``verifier_pwa/src/js/cbor.js`` against cborg.
"""

from operator import itemgetter
from typing import Any

from keys.errors import FormError

MAX_DEPTH = 8
"""Containers nested deeper than this are refused; the outermost container is depth 1."""

_LIMITS = (24, 1 << 8, 1 << 16, 1 << 32)
"""The smallest argument that deserves 1, 2, 4 and 8 bytes."""


_SMALL = tuple(bytes((number,)) for number in range(24))
"""The encodings of 0 to 23: most map keys."""


def encode(value: object) -> bytes:
    """Encode integers (−2^64 … 2^64−1), bytes, text, lists or tuples, and maps with integer or text keys.

    Lengths are the shortest, map keys are in bytewise order of their encodings.
    Raises TypeError for any other type (booleans and floats included), ValueError for an integer out of range.
    """
    out = bytearray()
    _write(out, value)
    return bytes(out)


def _head(out: bytearray, major: int, argument: int) -> None:
    if argument < 24:
        out.append(major << 5 | argument)
        return
    for extra, (info, limit) in enumerate(((24, 1 << 8), (25, 1 << 16), (26, 1 << 32), (27, 1 << 64))):
        if argument < limit:
            out.append(major << 5 | info)
            out += argument.to_bytes(1 << extra, "big")
            return
    raise ValueError("an integer does not fit 64 bits")


def _write(out: bytearray, value: Any) -> None:
    kind = type(value)
    if kind is int:
        if 0 <= value < 24:
            out.append(value)
        elif value >= 0:
            _head(out, 0, value)
        else:
            _head(out, 1, -1 - value)
    elif kind is bytes:
        _head(out, 2, len(value))
        out += value
    elif kind is str:
        raw = value.encode("utf-8")
        if len(raw) < 24:
            out.append(0x60 | len(raw))
        else:
            _head(out, 3, len(raw))
        out += raw
    elif kind is list or kind is tuple:
        _head(out, 4, len(value))
        for item in value:
            _write(out, item)
    elif kind is dict:
        _head(out, 5, len(value))
        pairs = []
        for key, item in value.items():
            if type(key) is int and 0 <= key < 24:
                pairs.append((_SMALL[key], item))
            elif type(key) is int or type(key) is str:
                pairs.append((encode(key), item))
            else:
                raise TypeError(f"a map key of type {type(key).__name__} has no encoding here")
        pairs.sort(key=itemgetter(0))
        for key, item in pairs:
            out += key
            _write(out, item)
    else:
        raise TypeError(f"a value of type {kind.__name__} has no encoding here")


def decode(data: bytes) -> object:
    """Decode exactly one deterministic item: int, bytes, str, list, or dict with int or str keys.

    Raises FormError for floats, simple values (true, false, null too), tags, indefinite lengths,
    arguments longer than needed, keys unsorted or twice, keys that are neither integer nor text,
    malformed UTF-8, nesting beyond MAX_DEPTH, an item cut short, and bytes after the item.
    """
    if type(data) is not bytes:
        raise TypeError("decode takes bytes")
    value, end = _read(data, 0, 0)
    if end != len(data):
        raise FormError("There are bytes after the CBOR item.")
    return value


def _long_argument(data: bytes, at: int, info: int) -> tuple[int, int]:
    """An argument of 1, 2, 4 or 8 bytes that starts at ``at``, and the offset behind it."""
    if info > 27:
        raise FormError("Indefinite lengths and reserved CBOR heads are refused.")
    size = 1 << (info - 24)
    raw = data[at : at + size]
    if len(raw) != size:
        raise FormError("The CBOR item is cut short.")
    argument = int.from_bytes(raw, "big")
    if argument < _LIMITS[info - 24]:
        raise FormError("A CBOR integer or length is longer than needed.")
    return argument, at + size


def _read(data: bytes, at: int, depth: int) -> tuple[object, int]:
    try:
        first = data[at]
    except IndexError:
        raise FormError("The CBOR item is cut short.") from None
    at += 1
    major = first >> 5
    argument = first & 31
    if major > 5:
        raise FormError("CBOR tags, floats and simple values are refused.")
    if argument > 23:
        argument, at = _long_argument(data, at, argument)
    if major == 0:
        return argument, at
    if major == 1:
        return -1 - argument, at
    if major < 4:
        end = at + argument
        raw = data[at:end]
        if len(raw) != argument:
            raise FormError("The CBOR item is cut short.")
        if major == 2:
            return raw, end
        try:
            return raw.decode("utf-8"), end
        except UnicodeDecodeError:
            raise FormError("A CBOR text is not well-formed UTF-8.") from None
    if depth >= MAX_DEPTH:
        raise FormError(f"CBOR containers are nested more than {MAX_DEPTH} deep.")
    if major == 4:
        items = []
        for _ in range(argument):
            item, at = _read(data, at, depth + 1)
            items.append(item)
        return items, at
    result: dict[object, object] = {}
    previous = b""
    size = len(data)
    for _ in range(argument):
        start = at
        if at < size and data[at] < 24:  # most keys are a small integer, one byte: a call less each
            key: object = data[at]
            at += 1
        else:
            key, at = _read(data, at, depth + 1)
        if type(key) is not int and type(key) is not str:
            raise FormError("A CBOR map key is neither an integer nor a text.")
        encoded = data[start:at]
        if encoded <= previous:
            raise FormError("CBOR map keys are unsorted or stand twice.")
        previous = encoded
        result[key], at = _read(data, at, depth + 1)
    return result, at
