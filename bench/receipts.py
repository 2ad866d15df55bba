"""Receipts of checks: how large their symbols are, and how many hashes one core countersigns in a second:
``wif bench receipts``. CPU time; prints Markdown tables.
"""

import argparse
import hashlib
import time

import segno

from issuer.attestation import receipt
from keys.signer import SeedSigner
from tests.vectors import cases_receipt
from tests.vectors.scene import NOW
from tests.vectors.wire import item


def symbols() -> dict[str, str]:
    """Texts of receipts by what they hold, with an attestation's beside them."""
    made = {}
    full = {
        9: {1: 81234567800013, 2: "SOCIÉTÉ EXEMPLE SAS", 3: "Claude EXEMPLE, gérante"},
        11: {0: 1, 5: 1, 8: 1, 9: 4, 10: 1, 11: 1, 12: 1, 13: 1},
        12: "2026-02-04",
        13: ["2026-02-02", 1, "ACC-2026-000123", 3, "2026-02-05"],
        15: bytes(32),
    }
    for name, fields in (
        ("a check", {9: full[9]}),
        ("with comparison", {k: full[k] for k in (9, 11, 12)}),
        ("a suite with everything", full),
    ):
        encoded = item(cases_receipt.statement(**{f"k{key}": value for key, value in fields.items()}))
        signature = cases_receipt.signed(encoded)
        made[f"{name}, not dated"] = cases_receipt.text([encoded, signature])
        made[f"{name}, dated"] = cases_receipt.text(
            [encoded, signature, cases_receipt.counter(encoded, signature, lists=[cases_receipt.LISTED])]
        )
    return made


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hashes", type=int, default=4000)
    count = parser.parse_args().hashes
    print("| receipt | characters | version at level M | modules | millimetres a side at 0.6 |\n|---|--:|--:|--:|--:|")
    for name, text in symbols().items():
        head, digits = text[: text.index("#") + 1], text[text.index("#") + 1 :]
        made = segno.make_qr([head, int(digits)], error="m", boost_error=False)
        side = made.symbol_size(border=0)[0]
        print(f"| {name} | {len(text):,} | {made.version} | {side} × {side} | {side * 0.6:.0f} |")
    signer, listed = SeedSigner(bytes([44]) * 32), [receipt.Listed(1, NOW - 60, bytes(16))]
    digests = [hashlib.sha256(index.to_bytes(4, "big")).digest() for index in range(count)]
    before = time.process_time()
    for digest in digests:
        receipt.countersign(digest, NOW, listed, signer).to_row()
    print(f"\n| countersignatures a second, one core | {count / (time.process_time() - before):,.0f} |\n|---|--:|")


if __name__ == "__main__":
    main()
