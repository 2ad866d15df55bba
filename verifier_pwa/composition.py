"""Composes the whole site in memory: every file by its path, before compression and before anything is written.

Our own modules go into one folder, `v/app-<hash>/`, where their relative imports hold as they stand. Two things differ from
the source that is read in review: the specifiers of packages, and the comments, which stay behind (docs/decisions).
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from .headers import headers_file
from .imports import find_specifiers, rewrite_specifiers
from .lexer import strip_comments
from .packages import SCRIPT_SUFFIXES, BuildError, PackageStore, folder_hash
from .page import render_manifest, render_page
from .site_data import Anchors
from .worker import compose_worker

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "src"
NODE_MODULES = HERE / "node_modules"

ENTRY = "js/main.js"
AHEAD = "js/ahead.js"
"""A small module that a page may have before the first: it asks early for what comes late."""
SUMS, OTHER_SUMS = "SHA256SUMS", "SHA256SUMS.other"
"""The hashes of the files kept on a phone, and of all the others; both in the form that `sha256sum --check` reads."""
_NOT_SERVED = (".html", ".webmanifest", ".d.ts")
# Closed lists that types and tests go by; no page imports them.
_FOR_TYPES = frozenset({"js/verdicts.js"})
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_WORKERS = ("sw.js", "sw-recovery.js")
# Kept from their first use on instead of from the first visit: they are large, and most people never need them.
_ON_DEMAND_PACKAGES = frozenset({"pdfjs-dist"})
_ON_DEMAND_MODULES = frozenset({"js/pdf-pages.js"})


@dataclass(frozen=True)
class Composition:
    """A site in memory."""

    files: dict[str, bytes]
    """Every file by its path below the root, the lists apart."""
    precached: frozenset[str]
    """The paths kept on the phone from the first visit."""
    link_way: frozenset[str]
    """The paths a browser loads before it can show the verdict of a link: the page, its style, its static imports."""
    build_hash: str
    """SHA-256 of SHA256SUMS, 64 hexadecimal digits. The page works it out anew from the files that the phone holds."""


def read_sources(sources: Path = SOURCES) -> dict[str, bytes]:
    """Reads the source folder: content by path, hidden files left out."""
    if not (sources / "index.html").is_file():
        raise BuildError(f"The verifier's source folder has no index.html ({sources}). Get the project's files again.")
    return {
        path.relative_to(sources).as_posix(): path.read_bytes()
        for path in sorted(sources.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(sources).parts)
    }


def sums(files: dict[str, bytes]) -> bytes:
    """Returns the lines of `files`, sorted by path: SHA-256 in hexadecimal, two spaces, the path."""
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in sorted(files.items())
    ).encode()


def software_version() -> str:
    """Returns the version written in package.json."""
    return str(json.loads((HERE / "package.json").read_text("utf-8"))["version"])


def strip_style(style: str) -> str:
    """Returns our style without its comments, indentation and empty lines; no string of it may hold the mark of a comment."""
    lines = (line.strip() for line in _STYLE_COMMENT.sub("", style).splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def _static_imports(entry: str, scripts: dict[str, str], store: PackageStore) -> tuple[list[str], list[str]]:
    """Follows the static imports from `entry`: (our modules, specifiers of packages), each in the order found."""
    modules, specifiers, waiting = [], [], [entry]
    while waiting:
        current = waiting.pop(0)
        if current in modules:
            continue
        modules.append(current)
        for found in find_specifiers(scripts[current]):
            if found.form != "static":
                continue
            if found.bare:
                specifiers.append(found.text)
            else:
                waiting.append(_neighbour(current, found.text, scripts))
    return modules, list(dict.fromkeys(specifiers))


def _neighbour(importer: str, specifier: str, known: dict[str, str]) -> str:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier))
    if path not in known:
        raise BuildError(f"{importer} imports {specifier!r}, which does not exist. Correct the import or add the file.")
    return path


def compose(anchors: Anchors, sources: dict[str, bytes], node_modules: Path = NODE_MODULES) -> Composition:
    """Composes a site from `sources` (see read_sources) and the installed packages.

    The same arguments give the same bytes. Raises BuildError when a file, a package or an import is missing.
    """
    app = {
        path: content
        for path, content in sources.items()
        if not path.endswith(_NOT_SERVED) and path not in _FOR_TYPES and path not in _WORKERS
    }
    app["js/site.js"] = anchors.module(software_version()).encode()

    store = PackageStore(node_modules)
    scripts = {path: content.decode() for path, content in app.items() if path.endswith(SCRIPT_SUFFIXES)}
    for path, text in scripts.items():
        for found in find_specifiers(text):
            if found.bare:
                store.want(found.text)
            elif found.form != "resolve" and found.text.startswith("."):
                _neighbour(path, found.text, scripts)
    for path, text in scripts.items():
        app[path] = strip_comments(rewrite_specifiers(text, lambda found: store.url(found.text))).encode()

    for path in [path for path in app if path.endswith(".css")]:
        app[path] = strip_style(app[path].decode()).encode()

    folder = f"v/app-{folder_hash(app)}"
    files = {f"{folder}/{path}": content for path, content in app.items()}
    for package in store.packages:
        files |= {f"{store.folder(package)}/{path}": content for path, content in store.files(package).items()}
    on_demand_folders = tuple(f"{store.folder(name)}/" for name in store.packages if name in _ON_DEMAND_PACKAGES)
    on_demand = [
        path
        for path in files
        if path.startswith(on_demand_folders) or path.removeprefix(f"{folder}/") in _ON_DEMAND_MODULES
    ]

    addresses = {path: f"/{folder}/{path}" for path in app} | {"manifest.webmanifest": "/manifest.webmanifest"}
    if ENTRY not in scripts:
        raise BuildError(f"The verifier's source folder has no {ENTRY}. Get the project's files again.")
    modules, specifiers = _static_imports(ENTRY, scripts, store)
    if AHEAD in scripts:
        modules.insert(0, AHEAD)
    preloads = [addresses[path] for path in modules] + [store.url(specifier) for specifier in specifiers]
    files["index.html"] = render_page("index.html", sources["index.html"].decode(), addresses, preloads).encode()
    if "404.html" in sources:
        files["404.html"] = render_page("404.html", sources["404.html"].decode(), addresses).encode()
    files["manifest.webmanifest"] = render_manifest(
        sources["manifest.webmanifest"].decode(), addresses, anchors.demonstration
    ).encode()
    link_way = {"index.html", f"{folder}/app.css"} | {address.removeprefix("/") for address in preloads}

    # The manifest and the pictures of the icon are fetched by the system when it installs the application, never by the page.
    not_kept = {*on_demand, "404.html", "manifest.webmanifest", *(path for path in files if path.endswith(".png"))}
    precached = {*files, "build.json"} - not_kept
    build = {
        "version": software_version(),
        "built": anchors.build_time,
        "demonstration": anchors.demonstration,
        "files": sorted(precached),
    }
    files["build.json"] = (json.dumps(build, indent=1) + "\n").encode()
    files["sw.js"] = compose_worker(
        node_modules, sources["sw.js"].decode(), {path: files[path] for path in precached}, on_demand
    ).encode()
    files["_headers"] = headers_file(anchors.demonstration).encode()
    files[SUMS] = sums({path: content for path, content in files.items() if path in precached})
    files[OTHER_SUMS] = sums(
        {path: content for path, content in files.items() if path not in precached and path != SUMS}
    )
    return Composition(files, frozenset(precached), frozenset(link_way), hashlib.sha256(files[SUMS]).hexdigest())
