"""Compressed copies beside each file of the site: `app.css.br` and `app.css.gz` beside `app.css`.

Made once, at build time: the server only chooses. Results are kept by content hash in a cache folder, because brotli at its
best takes seconds on the scanner's WebAssembly and that file seldom changes.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import brotli

COMPRESSIBLE = (".html", ".css", ".js", ".mjs", ".wasm", ".svg", ".json", ".webmanifest", ".txt")
ENCODINGS = {".br": "br", ".gz": "gzip"}
"""Suffix of a compressed copy → its name in Content-Encoding, the preferred one first."""

_FORMAT = "2"  # part of the cache's names: raise it when a parameter below changes


def compress(content: bytes, suffix: str) -> bytes:
    """Returns `content` compressed for the copy named by `suffix` (".br" or ".gz"); the same bytes on every run."""
    if suffix == ".br":
        return brotli.compress(content, mode=brotli.MODE_GENERIC, quality=11, lgwin=22, lgblock=16)
    return gzip.compress(content, compresslevel=9, mtime=0)


def write_atomically(path: Path, content: bytes) -> None:
    """Writes `content` to `path` so that a reader sees the old file or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.write_bytes(content)
    os.replace(draft, path)


def copies(path: str, content: bytes, cache: Path | None = None) -> dict[str, bytes]:
    """Returns the compressed copies worth having of the file named `path`: {".br": bytes, ".gz": bytes}.

    A copy that is not smaller than the file is left out; formats already compressed get none. `cache` is a folder that may
    not exist yet.
    """
    if not path.endswith(COMPRESSIBLE):
        return {}
    found: dict[str, bytes] = {}
    name = hashlib.sha256(content).hexdigest()
    for suffix in ENCODINGS:
        kept = cache / _FORMAT / f"{name}{suffix}" if cache else None
        if kept is not None and kept.is_file():
            small = kept.read_bytes()
        else:
            small = compress(content, suffix)
            if kept is not None:
                write_atomically(kept, small)
        if len(small) < len(content):
            found[suffix] = small
    return found
