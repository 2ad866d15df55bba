"""Sizes of status lists: ``wif bench status``. Prints a Markdown table.

A list always has room for 1,048,576 entries; of these so many were issued, at random indexes, and a share of
the issued ones is revoked at random. The bound is what no coding can beat: log2 of the number of lists with as
many revoked entries among 1,048,576, since the indexes are random and nothing tells which were issued.
A list of 16-byte hashes is the usual other way.
"""

import random
from math import lgamma, log

from issuer.attestation import status
from keys.signer import SeedSigner

ROOM = status.MAX_BYTES * 4
URI = "https://verif.workinfrance.example/status-1.cose"
SIGNER = SeedSigner(bytes(range(32)))
NOW = 1_770_000_000


def bound(revoked: int, room: int = ROOM) -> float:
    """Bytes: log2 of ``room`` choose ``revoked``, over 8."""
    return (lgamma(room + 1) - lgamma(revoked + 1) - lgamma(room - revoked + 1)) / log(2) / 8


def size(revoked: int, chance: random.Random) -> int:
    """Bytes of the published file."""
    values = bytearray(status.MAX_BYTES)
    for index in chance.sample(range(ROOM), revoked):
        status.set_value(values, index, status.REVOKED)
    return len(status.make(URI, NOW, NOW + 7 * 86_400, 86_400, bytes(values), SIGNER))


def main() -> None:
    """Print the table."""
    chance = random.Random(1)
    print("| issued | revoked | status list | bound | times the bound | 16-byte hashes |\n|--:|--:|--:|--:|--:|--:|")
    for issued in (1_000, 100_000, ROOM):
        for share in (0.001, 0.01):
            revoked = round(issued * share)
            least, ours = bound(revoked), size(revoked, chance)
            print(
                f"| {issued:,} | {revoked:,} | {ours:,} B | {least:,.0f} B | {ours / least:.2f} | {16 * revoked:,} B |"
            )


if __name__ == "__main__":
    main()
