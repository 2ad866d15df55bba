"""After a compromise: how long it takes to issue every attestation of a key again.

    wif bench reissue [--count 10000] [--pdf]

Issues, then issues again under another key, on SQLite with the settings of production; ``--pdf`` prints
each new paper too. Prints a Markdown table.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from issuer.desk import issue_many

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

from bench.issue import desk_in, records
from issuer.attestation.claims import decode
from issuer.attestation.qr import encode_text
from issuer.attestation.token import split
from issuer.desk import reissuing
from keys.signer import SeedSigner

STOLEN = SeedSigner(bytes(range(32)))
NEW = SeedSigner(bytes(range(1, 33)))
LIMIT = 600
"""Seconds: what is asked of 10,000."""


def _print(token: bytes, annex: str) -> None:
    from issuer.documents import PrintedAttestation, Printer

    origin = "https://verif.workinfrance.example"
    _print.printer = getattr(_print, "printer", None) or Printer("typst")
    _print.printer.render(
        PrintedAttestation(
            claims=decode(split(token).payload).to_json(),
            qr_text=encode_text(origin, token),
            origin=origin,
            authority="Préfecture d'Exemple",
            signatory=json.loads(annex)["signatory"],
            demonstration=True,
        )
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--pdf", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        desk = desk_in(Path(folder))
        issued = sum(answer.status == "issued" for answer in issue_many(desk, records(given.count), "bench"))
        changed = replace(desk, signers=lambda department, now: NEW)
        began = time.perf_counter()
        linked = 0
        for new in reissuing.reissue(changed, STOLEN.kid, "Clé compromise", "bench"):
            linked += decode(split(new.token).payload).replaces == new.old
            if given.pdf:
                _print(new.token, new.annex)
        seconds = time.perf_counter() - began
        left = reissuing.count_affected(changed.engine, STOLEN.kid, int(time.time()))
    if (linked, left) != (issued, 0):
        raise SystemExit(f"Of {issued} attestations {linked} were issued again and {left} are left.")
    print("| issued again | PDF | seconds | a second | within ten minutes |")
    print("|---|---|---|---|---|")
    print(
        f"| {linked:,} | {'yes' if given.pdf else 'no'} | {seconds:.1f} | {linked / seconds:.0f} |"
        f" {'yes' if seconds <= LIMIT else 'NO'} |"
    )
    return 0 if seconds <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
