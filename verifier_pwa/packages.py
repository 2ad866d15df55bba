"""Copies what the page needs of the installed browser packages into hashed folders, `v/<package>-<hash>/`.

Only files that a specifier of ours reaches are taken, with the files those import in turn. Their relative imports go on
working because each file keeps its path inside the package; their bare imports are rewritten like ours.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .imports import find_specifiers, rewrite_specifiers
from .lexer import strip_comments

SCRIPT_SUFFIXES = (".js", ".mjs")

# The file that a package's own name stands for, where its package.json names a larger build (unminified, or for old
# browsers).
_ENTRY_POINTS = {"pdfjs-dist": "build/pdf.min.mjs"}

# Published unminified: without comments and indentation they weigh a third and a tenth less, compressed.
_UNMINIFIED = frozenset({"@noble/ed25519", "zxing-wasm"})

_KEPT_BESIDE = re.compile(r"package\.json|(?:LICEN[CS]E|NOTICE)(?:[.-].+)?", re.IGNORECASE)

HASH_LENGTH = 16
"""Hexadecimal digits of SHA-256 kept in the name of a folder: 64 bits, against accidents only."""


HOW_TO_INSTALL = "In a checkout run ./wif; elsewhere install the work-in-france package again, which brings it."


class BuildError(Exception):
    """Something the build needs is missing or wrong; `str()` is one or two plain sentences that say what to do."""


def split_specifier(specifier: str) -> tuple[str, str]:
    """Splits `@noble/ed25519` or `zxing-wasm/reader` into the package's name and the rest, `''` or `reader`."""
    parts = specifier.split("/")
    length = 2 if specifier.startswith("@") else 1
    return "/".join(parts[:length]), "/".join(parts[length:])


def folder_hash(files: dict[str, bytes]) -> str:
    """Returns the hash that names a folder: SHA-256 over the sorted paths and contents, cut to HASH_LENGTH digits."""
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()[:HASH_LENGTH]


def _target(conditions: Any) -> str | None:
    """Picks the file of an `exports` entry for a browser that imports; None when it offers none."""
    if isinstance(conditions, str):
        return conditions
    if isinstance(conditions, dict):
        for condition in ("browser", "import", "module", "default"):
            target = _target(conditions.get(condition))
            if target and not target.endswith(".d.ts"):
                return target
    return None


@dataclass
class PackageStore:
    """The packages under one `node_modules`, read once and given hashed folders."""

    node_modules: Path
    _folders: dict[str, dict[str, bytes]] = field(default_factory=dict)
    _wanted: dict[str, set[str]] = field(default_factory=dict)

    def _root(self, package: str) -> Path:
        root = self.node_modules / package
        if not (root / "package.json").is_file():
            raise BuildError(f"The browser package {package} is not installed. {HOW_TO_INSTALL}")
        return root

    def resolve(self, specifier: str) -> tuple[str, str]:
        """Returns (package, path inside it) of a bare specifier. Raises BuildError when the package lacks the file."""
        package, rest = split_specifier(specifier)
        root = self._root(package)
        manifest = json.loads((root / "package.json").read_text("utf-8"))
        exports = manifest.get("exports")
        path: str | None
        if not rest and package in _ENTRY_POINTS:
            path = _ENTRY_POINTS[package]
        elif isinstance(exports, dict) and any(key.startswith(".") for key in exports):
            path = _target(exports.get(f"./{rest}" if rest else "."))
        elif rest:
            path = rest
        else:
            path = _target(exports) or manifest.get("module") or manifest.get("main") or "index.js"
        if path is None or not (root / path).is_file():
            raise BuildError(
                f"The browser package {package} has no file for {specifier!r}. Correct the import or the version."
            )
        return package, posixpath.normpath(path)

    def want(self, specifier: str) -> None:
        """Notes that `specifier` is used, with every file it imports in turn."""
        package, path = self.resolve(specifier)
        wanted = self._wanted.setdefault(package, set())
        waiting = [path]
        while waiting:
            current = waiting.pop()
            if current in wanted:
                continue
            wanted.add(current)
            file = self._root(package) / current
            if not current.endswith(SCRIPT_SUFFIXES):
                continue
            for found in find_specifiers(file.read_text("utf-8")):
                if found.bare:
                    self.want(found.text)
                elif found.text.startswith("."):
                    waiting.append(posixpath.normpath(posixpath.join(posixpath.dirname(current), found.text)))

    @property
    def packages(self) -> list[str]:
        """The names of the packages in use, sorted."""
        return sorted(self._wanted)

    def originals(self) -> dict[str, Path]:
        """Returns the wanted files as they were published, with their package's description and licence: where each
        is, by its path below `node_modules`.
        """
        found: dict[str, Path] = {}
        for package, paths in self._wanted.items():
            root = self._root(package)
            more = [path.name for path in root.iterdir() if _KEPT_BESIDE.fullmatch(path.name)]
            found |= {f"{package}/{path}": root / path for path in sorted({*paths, *more})}
        return found

    def files(self, package: str) -> dict[str, bytes]:
        """Returns the wanted files of `package` by their path inside it, bare specifiers rewritten. Call after every
        want().
        """
        if package not in self._folders:
            root = self._root(package)
            files: dict[str, bytes] = {}
            for path in sorted(self._wanted[package]):
                content = (root / path).read_bytes()
                if path.endswith(SCRIPT_SUFFIXES):
                    text = rewrite_specifiers(content.decode(), lambda found: self.url(found.text))
                    content = (strip_comments(text) if package in _UNMINIFIED else text).encode()
                files[path] = content
            self._folders[package] = files
        return self._folders[package]

    def folder(self, package: str) -> str:
        """Returns the folder of `package` below the site's root: `v/zxing-wasm-0123456789abcdef`."""
        name = re.sub(r"[^a-z0-9.]+", "-", package.lower()).strip("-")
        return f"v/{name}-{folder_hash(self.files(package))}"

    def url(self, specifier: str) -> str:
        """Returns the absolute path a browser asks for in place of a bare specifier."""
        package, path = self.resolve(specifier)
        return f"/{self.folder(package)}/{path}"
