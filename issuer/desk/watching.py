"""Watching a published log from another machine: its checkpoints kept, each held against the one before.

What is kept in the folder: ``checkpoint`` (the last one) and every one in ``checkpoints/``, ``trust.cose``, and
``tree.json``, the peaks
of the tree so far. New entries put behind them must give the new checkpoint's root: then the new log is a
continuation of
the old one, and nothing of it was taken on trust.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from issuer.desk import transparency
from keys import durable, merkle, note, trust as trust_lists
from keys.errors import FormError, TrustRefused
from keys.instants import instant
from keys.roots import RootSet

MOST = 2_000_000
"""Bytes of one answer that are read."""
Fetch = Callable[[str], bytes]
"""Gets the content of an address. Raises OSError when there is no answer."""


@dataclass(frozen=True)
class Seen:
    """One look. ``outcome``: ``first``, ``unchanged``, ``grown``, ``unreachable``; or an alarm: ``fork``,
    ``rollback``, ``refused``.
    """

    outcome: str
    at: int
    size: int | None = None
    root: bytes | None = None
    words: str = ""

    @property
    def alarm(self) -> bool:
        """Whether a person must look."""
        return self.outcome in ("fork", "rollback", "refused")

    def row(self) -> dict[str, object]:
        """The look as a line for machines."""
        return {
            "at": instant(self.at),
            "outcome": self.outcome,
            "size": self.size,
            "root": None if self.root is None else self.root.hex(),
            "words": self.words,
        }


def fetch(address: str) -> bytes:
    """Get an address over the network. Raises OSError."""
    import httpx

    try:
        with httpx.stream("GET", address, timeout=30) as answer:
            if answer.status_code != httpx.codes.OK:
                raise OSError(f"{address} answered {answer.status_code}.")
            data = b""
            for part in answer.iter_bytes():
                data += part
                if len(data) > MOST:
                    raise OSError(f"{address} sends more than {MOST:,} bytes.")
            return data
    except httpx.HTTPError as error:
        raise OSError(f"{address} does not answer ({type(error).__name__}).") from None


def look(url: str, folder: Path, pinned: RootSet, now: int, get: Fetch) -> Seen:
    """Look once at the log below ``url``. ``pinned`` are the roots to trust, ``now`` is UTC seconds."""
    base = url.rstrip("/")
    for place in (folder, folder / "checkpoints"):
        durable.make_folder(place, durable.PRIVATE_FOLDER)
    try:
        listed, told = get(f"{base}/trust.cose"), get(f"{base}/{transparency.CHECKPOINT}")
        trust = _trust(listed, folder, pinned, now)
        checkpoint = note.read(told, transparency.name_of(trust), transparency.receipt_keys(trust))
        tree, before = _kept(folder)
        if checkpoint.size < tree.size:
            return _alarm(
                folder,
                told,
                Seen("rollback", now, checkpoint.size, checkpoint.root, f"The log had {tree.size} entries before."),
            )
        grown = _grown(tree, base, checkpoint.size, get)
    except OSError as error:
        return Seen("unreachable", now, words=str(error))
    except TrustRefused as error:
        return _alarm(folder, listed, Seen("refused", now, words=str(error)))
    except FormError as error:
        return _alarm(folder, told, Seen("refused", now, words=f"The checkpoint is not this log's: {error}"))
    if grown.root() != checkpoint.root:
        words = f"The log of {checkpoint.size} entries is no continuation of the one of {before} that was seen here."
        return _alarm(folder, told, Seen("fork", now, checkpoint.size, checkpoint.root, words))
    outcome = "first" if before is None else "unchanged" if checkpoint.size == before else "grown"
    if outcome != "unchanged":
        durable.write(folder / "checkpoints" / f"{checkpoint.size:012d}-{now}", told)
        tree_row = {"size": grown.size, "peaks": [peak.hex() for peak in grown.peaks]}
        durable.write(folder / "tree.json", json.dumps(tree_row).encode())
    durable.write(folder / "checkpoint", told)
    return Seen(outcome, now, checkpoint.size, checkpoint.root)


def _trust(data: bytes, folder: Path, pinned: RootSet, now: int) -> trust_lists.TrustList:
    path = folder / "trust.cose"
    held = trust_lists.read(path.read_bytes()) if path.exists() else None
    accepted = trust_lists.accept(data, held.roots if held else pinned, held, now)
    if accepted.changed:
        durable.write(path, data)
    return accepted.trust


def _kept(folder: Path) -> tuple[merkle.Growing, int | None]:
    path = folder / "tree.json"
    if not path.exists():
        return merkle.Growing(), None
    row = json.loads(path.read_bytes())
    return merkle.Growing(row["size"], [bytes.fromhex(peak) for peak in row["peaks"]]), row["size"]


def _grown(tree: merkle.Growing, base: str, size: int, get: Fetch) -> merkle.Growing:
    """The tree with the published entries up to ``size`` behind it. Raises OSError, FormError."""
    for place in range(tree.size // merkle.TILE, -(-size // merkle.TILE)):
        width = min(merkle.TILE, size - place * merkle.TILE)
        end = transparency.numbered(place) + ("" if width == merkle.TILE else f".p/{width}")
        data = get(f"{base}/{transparency.FOLDER}/tile/entries/{end}")
        if len(data) != width * transparency.ENTRY_BYTES:
            raise FormError("a bundle of its entries has another length")
        entries = [data[at + 2 : at + transparency.ENTRY_BYTES] for at in range(0, len(data), transparency.ENTRY_BYTES)]
        for entry in entries[tree.size - place * merkle.TILE :]:
            tree.add(entry)
    return tree


def _alarm(folder: Path, answered: bytes, seen: Seen) -> Seen:
    durable.write(folder / f"alarm-{seen.outcome}-{seen.at}", answered)
    return seen
