"""Writes the test vectors: ``python -m tests.vectors.generate`` from the project's root.

The keys come from fixed names and every signature is deterministic, so the files come out byte for
byte the same; a test asserts it. Nothing of the project is imported: what it must read was not made
by it. The golden files are never written here.
"""

import hashlib
import json
from pathlib import Path

from tests.vectors import (
    cases_cbor,
    cases_claims,
    cases_files,
    cases_genuine,
    cases_letters,
    cases_receipt,
    cases_seals,
    cases_signature,
    cases_status,
    cases_text,
    cases_time,
    cases_trust,
    scene,
)

FOLDER = Path(__file__).parent

VERIFY = {
    "00-no-trust": cases_time.no_trust,
    "01-foreign": cases_text.foreign,
    "01-origins": cases_text.origins,
    "02-version": cases_text.version,
    "03-malformed": cases_text.malformed,
    "04-unknown-key": cases_signature.unknown_key,
    "05-bad-signature": cases_signature.bad_signature,
    "06a-cbor": cases_cbor.undecodable,
    "06b-later": cases_cbor.later,
    "06c-not-later": cases_cbor.not_later,
    "06c-claims": cases_claims.wrong,
    "06c-text-rule": cases_letters.wrong,
    "06c-right": cases_claims.right,
    "06c-text-right": cases_letters.right,
    "07-key": cases_signature.key_rules,
    "07-genuine": cases_genuine.key_rules,
    "08-status": cases_time.state,
    "09-clock": cases_time.clock,
    "10-validity": cases_time.validity,
    "11-lists": cases_time.lists,
    "12-valid": cases_time.valid,
}
"""File name: the vectors in it."""


def files() -> dict[str, bytes]:
    """Every generated file: its path below this folder, and its bytes."""
    result: dict[str, bytes] = {}
    trust = {**scene.TRUST, **cases_status.TRUST, **cases_seals.TRUST, **cases_genuine.TRUST, **cases_receipt.TRUST}
    index = {
        "pinned": {"threshold": 2, "keys": [root.public.hex() for root in scene.ROOTS]},
        "trust": {name: {"file": f"trust-{name}.cose", "accepted_at": at} for name, (_, at) in trust.items()},
        "status": {
            name: {"file": f"status-{name}.cose", "number": number, "accepted_at": at}
            for name, (number, _, at) in scene.STATUSES.items()
        },
        "genuine": {
            name: {
                "index": f"genuine-{name}.cbor",
                "parts": [f"genuine-{name}.{number}.bin" for number in range(1, len(parts) + 1)],
                "hash": hashlib.sha256(index).hexdigest(),
            }
            for name, (index, parts) in cases_genuine.FILES.items()
        },
    }
    for name, (data, _) in trust.items():
        result[f"lists/trust-{name}.cose"] = data
    for name, (_, data, _) in scene.STATUSES.items():
        result[f"lists/status-{name}.cose"] = data
    for name, (data, parts) in cases_genuine.FILES.items():
        result[f"lists/genuine-{name}.cbor"] = data
        for number, part in enumerate(parts, 1):
            result[f"lists/genuine-{name}.{number}.bin"] = part
    result["lists/index.json"] = _json(index)
    for name, make in VERIFY.items():
        result[f"verify/{name}.json"] = _json(make().rows)
    result["trust.json"] = _json(cases_trust.acceptances().rows)
    result["status.json"] = _json(cases_status.acceptances().rows)
    result["lists/seals.cose"] = cases_seals.LIST
    result["genuine.json"] = _json(cases_genuine.readings())
    result["bundles.json"] = _json(cases_files.bundles())
    result["dates.json"] = _json(cases_files.dates())
    result["receipts.json"] = _json(cases_receipt.receipts())
    result["seals.json"] = _json(
        {
            "texts": cases_seals.texts().rows,
            "gatherings": cases_seals.gatherings(),
            "lists": cases_seals.lists().rows,
        }
    )
    return result


def _json(value: object) -> bytes:
    """ASCII only, so that no editor changes a letter."""
    return (json.dumps(value, indent=1, ensure_ascii=True) + "\n").encode()


def main() -> None:
    """Write every file; remove generated ones that are no longer made."""
    made = files()
    for folder in ("lists", "verify"):
        (FOLDER / folder).mkdir(exist_ok=True)
        for path in (FOLDER / folder).iterdir():
            if f"{folder}/{path.name}" not in made:
                path.unlink()
    for name, data in made.items():
        (FOLDER / name).write_bytes(data)
    print(f"{len(made)} files written below {FOLDER.name}/")


if __name__ == "__main__":
    main()
