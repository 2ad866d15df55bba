"""The transparency log: publishing, reconciling and proving at a number of leaves, and the bytes of it all.

    wif bench transparency [--count 100000]

Issues on SQLite, publishes the log for the first time and again after 250 more, reconciles, proves. Prints a Markdown
table.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from issuer.desk import issue_many, publish

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

from bench.issue import desk_in, records
from issuer.desk import reconciling
from keys import trust
from keys.roots import RootSet
from keys.signer import SeedSigner
from keys.trust_content import StatusListEntry, TrustContent, TrustedKey

ROOT, STATUS, RECEIPT = (SeedSigner(bytes([place]) * 32) for place in (1, 2, 3))


def _content(version: int) -> TrustContent:
    now = int(time.time())
    keys = tuple(
        TrustedKey(key.kid, key.public_key, use, 0, now + 10**8, 1, "Essai") for key, use in ((STATUS, 2), (RECEIPT, 3))
    )
    lists = tuple(StatusListEntry(number, f"status-{number}.cose", STATUS.kid) for number in (1, 2))
    return TrustContent(
        version,
        now,
        now + 10**6,
        now + 10**7,
        RootSet(1, (ROOT.public_key,)),
        keys,
        lists,
        ("https://verif.workinfrance.example",),
        True,
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    rows: list[tuple[str, str]] = []

    def timed(what: str, work: Callable):
        began = time.perf_counter()
        result = work()
        rows.append((what, f"{time.perf_counter() - began:.2f} s"))
        return result

    with tempfile.TemporaryDirectory() as folder:
        desk, public = desk_in(Path(folder)), Path(folder) / "public"

        def publish_version(version: int) -> None:
            publish(
                desk,
                public,
                trust.make(_content(version), [ROOT]),
                lambda kid: RECEIPT if kid == RECEIPT.kid else STATUS,
                "bench",
            )

        for _answer in issue_many(desk, records(count), "bench"):
            pass
        timed(f"first publication, {count:,} leaves", lambda: publish_version(1))
        last = [
            answer.number
            for answer in issue_many(
                desk, ({**one, "reference": f"MORE-{place}"} for place, one in enumerate(records(250))), "bench"
            )
        ][-1]
        timed("publication after 250 more", lambda: publish_version(2))
        timed("publication without any more", lambda: publish_version(3))
        found = timed("reconciling everything", lambda: reconciling.reconcile(desk.engine, public, _content(3)))
        proof = timed("one proof", lambda: reconciling.prove(desk.engine, public, _content(3), last))
        size = sum(path.stat().st_size for path in (public / "log").rglob("*") if path.is_file())
    if found.problems or found.size != count + 250 or proof is None:
        raise SystemExit(f"The log is not whole: {found.problems[:1]}")
    rows += [
        ("published files of the log", f"{size:,} bytes"),
        ("one proof with its checkpoint", f"{len(proof.text()):,} bytes"),
    ]
    print("| measure | result |\n|---|---|")
    for what, result in rows:
        print(f"| {what} | {result} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
