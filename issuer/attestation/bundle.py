"""The receipts of many papers in one file, and the one date of them all (``docs/format.md`` §9.5).

What is countersigned is the hash of the list of their hashes, so that one question dates them all, and one receipt can
be handed on with that list alone. The twin of ``verifier_pwa/src/js/receipt-bundle.js``.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from issuer.attestation import json_text, qr, receipt, token
from issuer.attestation.receipt import Countersignature, Reading
from keys import cbor
from keys.errors import FormError
from keys.trust_content import TrustContent

FORM = "work-in-france/receipts/1"
"""What tells the file apart from any other text; and what is hashed before the list."""
MOST, MOST_COUNTERS = 5_000, 999
"""Receipts of one file; countersignatures, one for each status list that its papers were judged by."""
MOST_BYTES = 64 << 20
"""Bytes of a file that is looked into for a bundle."""

_SCRIPT = re.compile(r'<script type="application/json" id="receipts">([^<]*)</script>')
_DIGEST, _COUNTER = re.compile(r"[0-9a-f]{64}"), re.compile(r"(?:[0-9a-f]{2}){1,1024}")


@dataclass(frozen=True)
class Item:
    """One paper: the texts of its two symbols, and the name of the file that it came in."""

    file: str
    paper: str
    receipt: str

    def __repr__(self) -> str:
        return "<Item of a bundle>"


@dataclass(frozen=True)
class Bundle:
    """Receipts; the hashes (32 bytes each) of all that were dated together, in the order in which they were hashed;
    the countersignatures, encoded.
    """

    items: tuple[Item, ...]
    digests: tuple[bytes, ...]
    counters: tuple[bytes, ...]


def digest(digests: Sequence[bytes]) -> bytes:
    """What is countersigned: 32 bytes."""
    return hashlib.sha256(cbor.encode([FORM, list(digests)])).digest()


def read(text: str) -> Bundle | None:
    """The bundle in the text of a file, a page or bare JSON; None where there is none in form."""
    script = _SCRIPT.search(text)
    try:
        found = json_text.parse(script[1] if script else text)
    except ValueError:
        return None
    match found:
        case {"form": form, "digests": [*digests], "counters": [*counters], "items": [*items]} if (
            form == FORM
            and _texts(digests, _DIGEST, MOST)
            and _texts(counters, _COUNTER, MOST_COUNTERS)
            and 0 < len(items) <= MOST
            and all(map(_is_item, items))
        ):
            return Bundle(
                tuple(Item(one["file"], one["paper"], one["receipt"]) for one in items),
                tuple(map(bytes.fromhex, digests)),
                tuple(map(bytes.fromhex, counters)),
            )
    return None


def _texts(values: list[Any], form: re.Pattern[str], most: int) -> bool:
    return len(values) <= most and all(isinstance(one, str) and form.fullmatch(one) for one in values)


def _is_item(one: Any) -> bool:
    if not isinstance(one, dict):
        return False
    return all(isinstance(one.get(name), str) and len(one[name]) <= 4096 for name in ("file", "paper", "receipt"))


def paper_of(item: Item) -> bytes | None:
    """The whole token of an item's paper; None where its text holds none."""
    split = qr.split_text(item.paper)
    parts = qr.unpack(split[1][1:]) if split is not None else None
    return None if parts is None else token.join(parts)


def judge(bundle: Bundle, trust: TrustContent) -> list[Reading]:
    """The word on each receipt beside its own paper, in the order of the items; one that bears no date of its own has
    that of the bundle, where its hash is in the list that was countersigned. No bundle raises anything.
    """
    whole, listed = digest(bundle.digests), set(bundle.digests)
    dates = [found for row in bundle.counters if (found := _counter(row, whole, trust)) is not None]
    readings = []
    for item in bundle.items:
        reading = receipt.judge(item.receipt, paper_of(item), trust)
        made = reading.receipt
        dated = made is not None and made.countersignature is None and made.digest in listed
        readings.append(_dated(reading, dates) if dated else reading)
    return readings


def _counter(row: bytes, whole: bytes, trust: TrustContent) -> Countersignature | None:
    try:
        item = cbor.decode(row)
    except FormError:
        return None
    return receipt.judge_counter(item, whole, trust)


def _dated(reading: Reading, dates: list[Countersignature]) -> Reading:
    """Steps 6 to 10 of ``docs/format.md`` §9.4 with the countersignature of the bundle that names the list of this
    receipt, else the first.
    """
    if not dates or reading.receipt is None or reading.word not in ("undated", "paper_missing"):
        return reading
    status = reading.receipt.statement.status
    counter = next((one for one in dates if status in one.lists), dates[0])
    return receipt.dated(reading.receipt, counter, reading.word == "paper_missing")
