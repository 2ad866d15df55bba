"""Compressed copies beside each file of the site: `app.css.br` and `app.css.gz` beside `app.css`.

Made once, at build time: the server only chooses. Results are kept by content hash in a cache folder, because brotli at
its best takes seconds on the scanner's WebAssembly and that file seldom changes.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

COMPRESSIBLE = (".html", ".css", ".js", ".mjs", ".wasm", ".svg", ".json", ".webmanifest", ".txt")
ENCODINGS = {".br": "br", ".gz": "gzip"}
"""Suffix of a compressed copy → its name in Content-Encoding, the preferred one first."""

_FORMAT = "2"  # part of the cache's names: raise it when a parameter below changes


def compress(content: bytes, suffix: str) -> bytes:
    """Returns `content` compressed for the copy named by `suffix` (".br" or ".gz"); the same bytes on every run."""
    if suffix == ".br":
        return bytes(brotli.compress(content, mode=brotli.MODE_GENERIC, quality=11, lgwin=22, lgblock=16))
    return gzip.compress(content, compresslevel=9, mtime=0)


def write_atomically(path: Path, content: bytes) -> None:
    """Writes `content` to `path` so that a reader sees the old file or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.write_bytes(content)
    os.replace(draft, path)


def copies(
    path: str, content: bytes, cache: Path | None = None, *, keep: bool = True, known: Path | None = None
) -> dict[str, bytes]:
    """Returns the compressed copies worth having of the file named `path`: {".br": bytes, ".gz": bytes}.

    A copy that is not smaller than the file is left out; formats already compressed get none. `cache` is a folder that
    may not exist yet; without `keep` it is read and never written. `known` is another cache, which is only read.
    """
    if not path.endswith(COMPRESSIBLE):
        return {}
    found: dict[str, bytes] = {}
    name = hashlib.sha256(content).hexdigest()
    for suffix in ENCODINGS:
        kept, other = (folder / _FORMAT / f"{name}{suffix}" if folder else None for folder in (cache, known))
        if kept is not None and kept.is_file():
            small = kept.read_bytes()
        else:
            small = other.read_bytes() if other is not None and other.is_file() else compress(content, suffix)
            if kept is not None and keep:
                write_atomically(kept, small)
        if len(small) < len(content):
            found[suffix] = small
    return found


def fill(cache: Path, files: dict[str, bytes], known: Path | None = None) -> None:
    """Puts the copies of `files` (contents by path) into `cache`, on all processors: brotli and zlib release Python's
    lock. Those that `known`, another cache, holds are taken from it.
    """
    once = {content: path for path, content in files.items() if path.endswith(COMPRESSIBLE)}
    by_size = sorted(once.items(), key=lambda item: -len(item[0]))  # the largest takes longest, so it is begun first
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda item: copies(item[1], item[0], cache, known=known), by_size))
