"""Makes the golden file of a release, once: ``python -m tests.vectors.golden.make 1.0.0`` from the project's root.

Papers outlive software: what a release signed, every later one must verify. So this writes with the
project's own issuing code, and never over a file that is there.
"""

import json
import sys
from pathlib import Path

from issuer.attestation import qr, record, status, token, verify
from issuer.attestation.claims import encode
from keys import trust
from keys.roots import RootSet
from keys.signer import SeedSigner
from keys.trust_content import StatusListEntry, TrustContent, TrustedKey
from tests.support.records import RECORD
from tests.vectors.wire import Key

ORIGIN = "https://verif.workinfrance.example"
NOW = 1_770_000_000
"""2026-02-02T02:40:00Z."""
ISSUED = 1_767_000_000
DAY = 86_400
FOLDER = Path(__file__).parent

LEAST = {
    "kind": "AT",
    "family_name": "O",
    "birth_date": "1980",
    "nationality": "XXA",
    "employer": {"name": "Mme Exemple"},
    "job": "Garde d'enfants",
    "contract": "CDI",
    "department": "974",
    "valid_from": "2026-01-01",
    "valid_until": "2028-12-31",
}
MOST = RECORD | {
    "kind": "AT-SAISONNIER",
    "family_name": "Ệ" * 80,
    "given_names": "Ô" * 80,
    "contract": "SAISONNIER",
    "hours": {"count": 151.67, "per": "month"},
    "workplaces": ["2A", "2B", "971", "988", "01", "95", "13", "69"],
    "department": "2A",
}
CASES = (
    ("reference", RECORD, 4829130571, 524_287, None, NOW),
    ("least", LEAST, 1234567895, 0, None, NOW),
    ("most", MOST, 9876543210, 1_048_575, 4829130571, NOW),
    ("revoked", RECORD, 4829130571, 1, None, NOW),
    ("suspended", RECORD, 4829130571, 2, None, NOW),
    ("replaced", RECORD, 4829130571, 3, None, NOW),
    ("expired", RECORD | {"valid_until": "2026-01-31"}, 4829130571, 524_287, None, NOW),
    ("not-yet-valid", RECORD | {"valid_from": "2026-03-01"}, 4829130571, 524_287, None, NOW),
    ("status-stale", RECORD, 4829130571, 524_287, None, NOW + 3 * DAY),
    ("status-unknown", RECORD, 4829130571, 524_287, None, NOW + 8 * DAY),
)


def golden() -> dict:
    """The content of the file."""
    roots = [SeedSigner(Key(f"golden root {number}").seed) for number in (1, 2, 3)]
    signer, status_signer = (SeedSigner(Key(f"golden {use}").seed) for use in ("attestation", "status"))
    pinned = RootSet(2, tuple(root.public_key for root in roots))
    keys = tuple(
        TrustedKey(key.kid, key.public_key, use, ISSUED - DAY, ISSUED + 3650 * DAY, 1, "Préfecture d'exemple")
        for use, key in ((1, signer), (2, status_signer))
    )
    content = TrustContent(
        1,
        NOW - 1000,
        NOW + 7 * DAY,
        NOW + 30 * DAY,
        pinned,
        keys,
        (StatusListEntry(1, "status-1.cose", status_signer.kid),),
        (ORIGIN,),
    )
    trust_bytes = trust.make(content, roots[:2])
    values = bytearray(status.MAX_BYTES)
    for index in (1, 2, 3):
        status.set_value(values, index, index)
    status_bytes = status.make(
        f"{ORIGIN}/status-1.cose", NOW - 500, NOW - 500 + 7 * DAY, DAY, bytes(values), status_signer
    )
    held = trust.accept(trust_bytes, pinned, None, NOW).trust
    listed = status.accept(status_bytes, 1, held, None, NOW)
    rows = []
    for name, value, number, index, replaces, now in CASES:
        claims = record.read_record(value).to_claims(number, (1, index), ISSUED, replaces)
        text = qr.encode_text(ORIGIN, token.sign(encode(claims), signer))
        verdict = verify(text, held, {1: listed}, now)
        rows.append({"id": name, "text": text, "now": now, "expect": vars(verdict)})
    return {
        "pinned": {"threshold": 2, "keys": [key.hex() for key in pinned.keys]},
        "accepted_at": NOW,
        "trust": trust_bytes.hex(),
        "status": [{"number": 1, "list": status_bytes.hex()}],
        "cases": rows,
    }


def main() -> None:
    """Write ``VERSION.json``, or say that it is there already."""
    path = FOLDER / f"{sys.argv[1]}.json"
    if path.exists():
        sys.exit(f"{path.name} is there already: what a release signed is kept for ever.")
    path.write_text(json.dumps(golden(), indent=1, ensure_ascii=True) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
