"""The report of a round, and the date that the service gave it (``docs/format.md`` §9.6).

The report is declared, and signed by nobody: what is judged here is its date alone. The twin of
``verifier_pwa/src/js/report-read.js``.
"""

import re
from dataclasses import dataclass

from issuer.attestation import json_text, receipt
from issuer.attestation.receipt import Countersignature
from keys import cbor
from keys.errors import FormError
from keys.trust_content import TrustContent

FORM = "work-in-france/round/1"
"""What a report says that it is."""
DATE_FORM = "work-in-france/date/1"
"""What a date says that it is."""
REPORT_WORDS = ("dated", "other_file", "undated", "malformed")
"""The closed list of the words on a date."""

_DIGEST, _ROW = re.compile(r"[0-9a-f]{64}"), re.compile(r"(?:[0-9a-f]{2}){1,1024}")


@dataclass(frozen=True)
class Dating:
    """The word on a date; where it is ``dated``, the countersignature, whose time is UTC seconds."""

    word: str
    counter: Countersignature | None = None


def judge(date: str, digest: bytes, trust: TrustContent) -> Dating:
    """The word on the text of a date beside the file of this SHA-256 (32 bytes). No text raises anything."""
    try:
        found = json_text.parse(date)
    except ValueError:
        return Dating("malformed")
    match found:
        case {"form": form, "sha256": str(named), "countersignature": str(row)} if (
            form == DATE_FORM and _DIGEST.fullmatch(named) and _ROW.fullmatch(row)
        ):
            if named != digest.hex():
                return Dating("other_file")
            try:
                item = cbor.decode(bytes.fromhex(row))
            except FormError:
                return Dating("malformed")
            counter = receipt.judge_counter(item, digest, trust)
            return Dating("undated") if counter is None else Dating("dated", counter)
    return Dating("malformed")
