"""Composes the whole site in memory: every file by its path, before compression and before anything is written.

Our own modules go into one folder, `v/app-<hash>/`, where their relative imports hold as they stand. Two things differ
from the source that is read in review: the specifiers of packages, and the comments, which stay behind
(docs/decisions).
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from .headers import headers_file
from .holidays_table import holidays_module
from .imports import find_specifiers, rewrite_specifiers
from .lexer import strip_comments
from .packages import SCRIPT_SUFFIXES, BuildError, PackageStore, folder_hash, split_specifier
from .page import render_manifest, render_page
from .site_data import Anchors
from .worker import compose_worker

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "src"
LIBRARIES = HERE / "libraries"
"""What a wheel brings of the browser packages (see build.bundle); a checkout has none."""
NODE_MODULES = LIBRARIES if LIBRARIES.is_dir() else HERE / "node_modules"

ENTRY = "js/main.js"
PRELOAD = "js/preload.js"
"""A small module that a page may have before the first: it asks early for what comes late."""
HOLIDAYS = "js/holidays.js"
"""The table of public holidays, made anew for the years around those of the build."""
NOT_FOUND = "js/not-found.js"
"""The script of the page of unknown addresses, which no phone keeps: where the worker is, it answers itself."""
SUMS, OTHER_SUMS = "SHA256SUMS", "SHA256SUMS.other"
"""The hashes of the files kept on a phone, and of all the others; both in the form that `sha256sum --check` reads."""
_NOT_SERVED = (".html", ".webmanifest", ".d.ts")
# Closed lists that types and tests go by; no page imports them.
_FOR_TYPES = frozenset({"js/verdicts.js"})
_KIT = "kit/"
"""What only the page of one file has (kit.py): no site serves it."""
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_WORKERS = ("sw.js", "sw-recovery.js")
LATER = (
    "js/looks.js",
    "js/finders.js",
    "js/mesh.js",
    "js/files.js",
    "js/tables.js",
    "js/messages.more.js",
    "js/messages.more.fr.js",
    "js/pile-view.js",
    "js/pile.js",
    "js/messages.pile.js",
    "js/messages.pile.fr.js",
    "js/messages.en.js",
    "js/messages.more.en.js",
    "js/messages.pile.en.js",
    "js/evidence.js",
    "after.css",
    "js/messages.after.js",
    "js/messages.after.fr.js",
    "js/messages.after.en.js",
    "js/after-parts.js",
    "js/after-view.js",
    "js/hire-given.js",
    "js/compare-view.js",
    "js/permit.js",
    "js/permit-view.js",
    "js/request-view.js",
    "js/receipt-view.js",
    "js/receipt-show.js",
    "js/receipt-chain.js",
    "js/receipt-paper.js",
    "js/databases.js",
    "js/leaving.js",
    "js/receipt-keep.js",
    "js/report-view.js",
    "js/receipt-bundle.js",
    "js/bundle-view.js",
    "js/watch.js",
    "js/watch-keep.js",
    "js/watch-look.js",
    "js/watch-view.js",
    "js/pdf-made.js",
    "lean-qr",
    "round.css",
    "js/messages.round.js",
    "js/messages.round.fr.js",
    "js/messages.round.en.js",
    "js/round-model.js",
    "js/round-keep.js",
    "js/round-words.js",
    "js/round-entry.js",
    "js/round-record.js",
    "js/round-view.js",
    "js/round-list.js",
    "js/round-report.js",
    "js/settings-view.js",
    "js/about-view.js",
    "js/genuine-read.js",
    "js/seal-text.js",
    "js/seal-fields.js",
    "js/seal-list.js",
    "js/seal-parts.js",
    "js/seal-judge.js",
    "js/receipt-read.js",
    "js/report-read.js",
    "js/receipt-make.js",
    "js/holidays.js",
    "js/working-days.js",
    "js/icalendar.js",
    "js/request.js",
    "js/seal-keep.js",
    "js/seal-values.js",
    "js/seal-view.js",
    "js/messages.seals.js",
    "js/messages.seals.fr.js",
    "js/messages.seals.en.js",
    "js/compare.js",
    "js/seal-compare.js",
    "js/hire-files.js",
    "js/pdf-pages.js",
    "pdfjs-dist",
)
"""What a phone keeps once it already works off line, in the order of need: paths inside src (modules, styles, wasm) and
names of packages, whole. A module of the first visit reaches one of them by `import()` alone, and says so where it
cannot be had yet.
"""


@dataclass(frozen=True)
class Composition:
    """A site in memory."""

    files: dict[str, bytes]
    """Every file by its path below the root, the lists apart."""
    precached: frozenset[str]
    """The paths kept on the phone from the first visit."""
    later: tuple[str, ...]
    """The paths kept after those, in the order of LATER."""
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
    """Returns the version written in pyproject.toml: of the checkout, or as the installed package remembers it."""
    project = HERE.parent / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])
    return metadata.version("work-in-france")


def strip_style(style: str) -> str:
    """Returns our style without its comments, indentation and empty lines; no string of it may hold the mark of a
    comment.
    """
    lines = (line.strip() for line in _STYLE_COMMENT.sub("", style).splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def _static_imports(start: str, scripts: dict[str, str]) -> tuple[list[str], list[str]]:
    """Follows the static imports from `entry`: (our modules, specifiers of packages), each in the order found."""
    modules, specifiers, waiting = [], [], [start]
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


def packages_of(scripts: dict[str, str], node_modules: Path) -> PackageStore:
    """Returns the packages that our modules (text by path) import, each with the files it is imported for.

    Raises BuildError when a package, or one of our own modules, is missing.
    """
    store = PackageStore(node_modules)
    for path, text in scripts.items():
        for found in find_specifiers(text):
            if found.bare:
                store.want(found.text)
            elif found.form != "resolve" and found.text.startswith("."):
                _neighbour(path, found.text, scripts)
    return store


def _neighbour(importer: str, specifier: str, known: dict[str, str]) -> str:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier))
    if path not in known:
        raise BuildError(f"{importer} imports {specifier!r}, which does not exist. Correct the import or add the file.")
    return path


def _check_later(scripts: dict[str, str]) -> None:
    """Raises BuildError when a module of the first visit cannot be loaded without one that is kept later."""
    for path, text in scripts.items():
        if path in LATER:
            continue
        for found in find_specifiers(text):
            if found.form != "static":
                continue
            target = split_specifier(found.text)[0] if found.bare else _neighbour(path, found.text, scripts)
            if target in LATER:
                raise BuildError(
                    f"{path} imports {target!r}, which a phone keeps later. Load it with import(), or put {path} into"
                    " LATER too."
                )


def compose(anchors: Anchors, sources: dict[str, bytes], node_modules: Path = NODE_MODULES) -> Composition:
    """Composes a site from `sources` (see read_sources) and the installed packages.

    The same arguments give the same bytes. Raises BuildError when a file, a package or an import is missing.
    """
    app = {
        path: content
        for path, content in sources.items()
        if not path.endswith(_NOT_SERVED)
        and path not in _FOR_TYPES
        and path not in _WORKERS
        and not path.startswith(_KIT)
    }
    app["js/site.js"] = anchors.module(software_version()).encode()
    if HOLIDAYS in app:
        app[HOLIDAYS] = holidays_module(datetime.fromtimestamp(anchors.build_time, UTC).year).encode()

    scripts = {path: content.decode() for path, content in app.items() if path.endswith(SCRIPT_SUFFIXES)}
    store = packages_of(scripts, node_modules)
    for path, text in scripts.items():
        app[path] = strip_comments(rewrite_specifiers(text, lambda found: store.url(found.text))).encode()

    for path in [path for path in app if path.endswith(".css")]:
        app[path] = strip_style(app[path].decode()).encode()

    folder = f"v/app-{folder_hash(app)}"
    files = {f"{folder}/{path}": content for path, content in app.items()}
    for package in store.packages:
        files |= {f"{store.folder(package)}/{path}": content for path, content in store.files(package).items()}
    _check_later(scripts)
    later: list[str] = []
    for name in LATER:
        if name in app:
            later.append(f"{folder}/{name}")
        elif name in store.packages:
            later += [path for path in files if path.startswith(f"{store.folder(name)}/")]

    addresses = {path: f"/{folder}/{path}" for path in app} | {"manifest.webmanifest": "/manifest.webmanifest"}
    if ENTRY not in scripts:
        raise BuildError(f"The verifier's source folder has no {ENTRY}. Get the project's files again.")
    modules, specifiers = _static_imports(ENTRY, scripts)
    if PRELOAD in scripts:
        modules.insert(0, PRELOAD)
    preloads = [addresses[path] for path in modules] + [store.url(specifier) for specifier in specifiers]
    files["index.html"] = render_page("index.html", sources["index.html"].decode(), addresses, preloads).encode()
    if "404.html" in sources:
        files["404.html"] = render_page("404.html", sources["404.html"].decode(), addresses).encode()
    files["manifest.webmanifest"] = render_manifest(
        sources["manifest.webmanifest"].decode(), addresses, anchors.demonstration
    ).encode()
    link_way = {"index.html", f"{folder}/app.css"} | {address.removeprefix("/") for address in preloads}

    # The manifest and the pictures of the icon are fetched by the system when it installs the application, never by the
    # page.
    not_kept = {
        *later,
        "404.html",
        f"{folder}/{NOT_FOUND}",
        "manifest.webmanifest",
        *(path for path in files if path.endswith(".png")),
    }
    precached = {*files, "build.json"} - not_kept
    build = {
        "version": software_version(),
        "built": anchors.build_time,
        "demonstration": anchors.demonstration,
        "files": sorted(precached),
    }
    files["build.json"] = (json.dumps(build, indent=1) + "\n").encode()
    files["sw.js"] = compose_worker(
        node_modules,
        sources["sw.js"].decode(),
        {path: files[path] for path in precached},
        {path: files[path] for path in later},
    ).encode()
    files["_headers"] = headers_file(anchors.demonstration).encode()
    files[SUMS] = sums({path: content for path, content in files.items() if path in precached})
    files[OTHER_SUMS] = sums(
        {path: content for path, content in files.items() if path not in precached and path != SUMS}
    )
    return Composition(
        files, frozenset(precached), tuple(later), frozenset(link_way), hashlib.sha256(files[SUMS]).hexdigest()
    )
