"""How many texts one core verifies in a second: ``wif bench verify``. CPU time; prints a Markdown table."""

import argparse
import statistics
import time

from issuer.attestation import status, verify
from keys import trust
from keys.roots import RootSet
from tests.vectors import scene
from tests.vectors.wire import token_text

BATCH = 10


def measure(texts: list[str], held: trust.TrustList, lists: dict, now: int) -> tuple[float, float]:
    """Texts a second of CPU time, over batches: the median batch, and the best one, which other processes disturbed
    least.
    """
    speeds = []
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        before = time.process_time()
        for text in batch:
            verify(text, held, lists, now)
        speeds.append(len(batch) / (time.process_time() - before))
    return statistics.median(speeds), max(speeds)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=4000)
    count = parser.parse_args().texts
    data, now = scene.TRUST["main"]
    held = trust.accept(data, RootSet(2, tuple(root.public for root in scene.ROOTS)), None, now).trust
    number, listed, _ = scene.STATUSES["one"]
    lists = {number: status.accept(listed, number, held, None, now)}
    signed = [
        token_text(
            scene.ORIGIN,
            scene.SIGNER,
            scene.payload(scene.attestation(k2=1_000_000_000 + index, k15=[1, 8 * index + 7])),
        )
        for index in range(count)
    ]
    tables = {
        "valid, all different": signed,
        "bad signature": [text[:-1] + ("1" if text[-1] == "0" else "0") for text in signed],
        "malformed": [text + "\n" for text in signed],
        "foreign": [text.replace("VERIF", "OTHER", 1) for text in signed],
    }
    for text in signed[:50]:
        assert verify(text, held, lists, now).verdict == "valid"
    print("| texts | a second on one core, median | best batch |\n|---|--:|--:|")
    for name, texts in tables.items():
        median, best = measure(texts, held, lists, now)
        print(f"| {name} | {median:,.0f} | {best:,.0f} |")


if __name__ == "__main__":
    main()
