"""Builds the verifier: a folder of static files that any web server can serve.

    python -m verifier_pwa.build shell           compresses, once, what every site has in common
    python -m verifier_pwa.build recovery DIR    replaces the worker of the site in DIR by the one that frees stuck
    phones

`build_site` makes a whole site; `wif site` and `wif serve verifier` call it. A site whose inputs have not changed is
left alone, so that phones are not offered an update that changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .composition import (
    HERE,
    LIBRARIES,
    NODE_MODULES,
    OTHER_SUMS,
    SUMS,
    Composition,
    compose,
    packages_of,
    read_sources,
    software_version,
)
from .compression import ENCODINGS, copies, fill, write_atomically
from .kit import MATERIALS, materials
from .packages import SCRIPT_SUFFIXES, BuildError
from .site_data import TRUST_NAME, Anchors, read_lists
from .worker import SCRIPTS

SHELL = HERE / "shell"
"""Where compressed copies are kept between builds; safe to delete. A wheel brings them, and an installed package, which
may not be ours to write to, adds none.
"""

LISTS_RENEWED_AFTER = 7 * 86_400
"""Seconds after which a build embeds the current lists in place of older ones, though nothing else has changed."""

_STAMP = ".site.json"
_DEVELOPMENT = Anchors(roots=(bytes(32),), origins=("https://verif.example",), build_time=1)


@dataclass(frozen=True)
class Site:
    """What `build_site` did."""

    directory: Path
    changed: bool
    """False when the folder already held this very site."""
    build_hash: str
    """SHA-256 of SHA256SUMS, which names the hash of every file a phone keeps; the page works out and shows the
    same.
    """
    precache_bytes: int
    """Brotli bytes of everything kept on a phone."""
    link_bytes: int
    """Brotli bytes loaded before the verdict of a link."""
    later_bytes: int
    """Brotli bytes of everything kept on a phone once it works off line."""


def _inputs(anchors: Anchors, sources: dict[str, bytes]) -> str:
    """Returns the hash of everything that decides the site, but for the build time and the first lists."""
    digest = hashlib.sha256()
    builder = {path.name: path.read_bytes() for path in sorted(HERE.glob("*.py"))}
    builder |= {name: (HERE / name).read_bytes() for name in ("package.json", "package-lock.json")}
    for path, content in sorted({**sources, **builder}.items()):
        digest.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    digest.update(f"version {software_version()}\n".encode())
    values = [[root.hex() for root in anchors.roots], anchors.threshold, list(anchors.origins), anchors.demonstration]
    digest.update(json.dumps(values).encode())
    return digest.hexdigest()


def _read_stamp(directory: Path) -> dict[str, object]:
    try:
        stamp = json.loads((directory / _STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _is_whole(directory: Path) -> bool:
    """Says whether the folder holds every file of its two lists of hashes, unaltered."""
    try:
        for line in "".join((directory / name).read_text("utf-8") for name in (SUMS, OTHER_SUMS)).splitlines():
            expected, path = line.split("  ", 1)
            if hashlib.sha256((directory / path).read_bytes()).hexdigest() != expected:
                return False
    except (OSError, ValueError):
        return False
    return True


def _copies(path: str, content: bytes) -> dict[str, bytes]:
    return copies(path, content, SHELL, keep=NODE_MODULES != LIBRARIES)


def _brotli_bytes(paths: frozenset[str], composition: Composition) -> int:
    total = 0
    for path in paths:
        content = composition.files[path]
        total += len(_copies(path, content).get(".br", content))
    return total


def _order(path: str) -> tuple[int, str]:
    """Hashed files first, the worker last: whatever a phone reads meanwhile, what it names exists."""
    rank = 0 if path.startswith("v/") else 2 if path == "sw.js" else 1
    return rank, path


def _write_file(directory: Path, path: str, content: bytes) -> None:
    found = _copies(path, content)
    for suffix in ENCODINGS:
        if suffix in found:
            write_atomically(directory / (path + suffix), found[suffix])
        else:
            (directory / (path + suffix)).unlink(missing_ok=True)
    write_atomically(directory / path, content)


def _sweep(directory: Path, keep: set[str]) -> None:
    """Removes the hashed folders that neither this build nor the one before it names."""
    for folder in sorted((directory / "v").iterdir()):
        if f"v/{folder.name}" not in keep:
            for path in sorted(folder.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            folder.rmdir()


def _copy_lists(directory: Path, lists: dict[str, bytes]) -> None:
    for name, content in lists.items():
        target = directory / name
        if not target.is_file() or target.read_bytes() != content:
            write_atomically(target, content)


def build_site(
    directory: Path,
    *,
    roots: Sequence[bytes],
    threshold: int,
    origins: Sequence[str],
    public_dir: Path | None,
    build_time: int,
    demonstration: bool = False,
    refresh: bool = False,
    sources: Path | None = None,
) -> Site:
    """Builds the site into `directory` (made if absent), or leaves it alone when it already is this site.

    roots: public keys, 32 bytes each. threshold: how many of them must sign a trust list. origins: addresses in lower
    case without a final slash, the site's own first. public_dir: folder of trust.cose and status-N.cose, copied beside
    the page and embedded as its first lists; None or empty when nothing is published yet. build_time: UTC seconds.
    refresh: embed the current lists even if the embedded ones are recent. Files appear whole or not at all, in an order
    that never leaves the page naming a missing file; the hashed files of the build before stay for pages still open.
    Raises BuildError for values that cannot be and for missing packages, OSError when the folder cannot be written.
    """
    directory = Path(directory)
    lists = read_lists(public_dir)
    anchors = Anchors(tuple(roots), threshold, tuple(origins), demonstration, build_time, lists)
    anchors.check()
    source_files = read_sources(sources) if sources else read_sources()
    inputs = _inputs(anchors, source_files)

    stamp = _read_stamp(directory)
    built = stamp.get("built")
    fresh = isinstance(built, int) and build_time - built < LISTS_RENEWED_AFTER
    first_lists_missing = TRUST_NAME in lists and not stamp.get("lists")
    if stamp.get("inputs") == inputs and fresh and not refresh and not first_lists_missing and _is_whole(directory):
        _copy_lists(directory, lists)
        return Site(
            directory, False, str(stamp["hash"]), *(int(str(stamp[name])) for name in ("precache", "link", "later"))
        )

    composition = compose(anchors, source_files, NODE_MODULES)
    for path in sorted(composition.files, key=_order):
        _write_file(directory, path, composition.files[path])
    _copy_lists(directory, lists)

    folders = sorted({"/".join(path.split("/")[:2]) for path in composition.files if path.startswith("v/")})
    previous = stamp.get("folders")
    _sweep(directory, {*folders, *(previous if isinstance(previous, list) else [])})
    site = Site(
        directory,
        True,
        composition.build_hash,
        _brotli_bytes(composition.precached, composition),
        _brotli_bytes(composition.link_way, composition),
        _brotli_bytes(frozenset(composition.later), composition),
    )
    stamp = {
        "inputs": inputs,
        "built": build_time,
        "lists": TRUST_NAME in lists,
        "hash": site.build_hash,
        "precache": site.precache_bytes,
        "link": site.link_bytes,
        "later": site.later_bytes,
        "folders": folders,
    }
    write_atomically(directory / _STAMP, json.dumps(stamp, indent=1).encode())
    return site


def build_shell() -> bool:
    """Compresses what every site has in common into SHELL; returns False when that was done already."""
    sources = read_sources()
    inputs = _inputs(_DEVELOPMENT, sources)
    if _read_stamp(SHELL).get("inputs") == inputs:
        return False
    fill(SHELL, compose(_DEVELOPMENT, sources).files)
    write_atomically(SHELL / _STAMP, json.dumps({"inputs": inputs}).encode())
    return True


def bundle(package: Path, node_modules: Path = NODE_MODULES) -> None:
    """Puts into `package`, the folder of this package in a wheel, what it needs in place of `node_modules`: the files
    of the browser packages that a site is made of, their licences, the compressed copies, and what a kit holds beside
    its page.

    Raises BuildError when a browser package is not installed, OSError when `package` cannot be written.
    """
    sources = read_sources()
    scripts = {path: content.decode() for path, content in sources.items() if path.endswith(SCRIPT_SUFFIXES)}
    composition = compose(_DEVELOPMENT, sources, node_modules)
    originals = packages_of(scripts, node_modules).originals()
    for name, path in SCRIPTS.items():
        originals |= {f"{name}/{rest}": node_modules / name / rest for rest in ("package.json", "LICENSE")}
        originals[path] = node_modules / path
    for path, original in originals.items():
        write_atomically(package / LIBRARIES.name / path, original.read_bytes())
    fill(package / SHELL.name, composition.files, known=SHELL)
    for path, content in materials().items():
        write_atomically(package / MATERIALS.name / path, content)


def build_recovery(directory: Path) -> None:
    """Puts the recovery worker in place of the worker of the site in `directory`.

    The next build_site puts the regular worker back. Raises BuildError when `directory` holds no site.
    """
    if not (directory / "sw.js").is_file():
        raise BuildError(f"{directory} holds no site. Give the folder made by `wif site`.")
    _write_file(directory, "sw.js", read_sources()["sw-recovery.js"])


def main(arguments: Sequence[str]) -> int:
    """Runs the command line described at the top; returns the exit code: 0 done, 1 impossible, 2 wrong usage."""
    try:
        if list(arguments) == ["shell"]:
            print("shell built" if build_shell() else "shell up to date", file=sys.stderr)
        elif len(arguments) == 2 and arguments[0] == "recovery":
            build_recovery(Path(arguments[1]))
            print(f"recovery worker in place in {arguments[1]}", file=sys.stderr)
        else:
            print("Usage: python -m verifier_pwa.build shell | recovery DIR", file=sys.stderr)
            return 2
    except (BuildError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
