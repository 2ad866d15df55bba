"""Puts the verifier into one HTML file that works when it is opened from a disk, where a browser lets a page fetch
nothing.

No bundler: each module of the site stands in the page as it is, comments aside, under a name of its own in an import
map; only specifiers differ. Workers know no import map: theirs is one module whose imports are `data:` addresses. The
policy in the page lets nothing else run, and no network be asked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

from .composition import HERE, NODE_MODULES, packages_of, read_sources, software_version, strip_style
from .imports import find_specifiers
from .lexer import strip_comments
from .packages import SCRIPT_SUFFIXES, BuildError
from .site_data import Anchors

MATERIALS = HERE / "materials"
"""What a wheel brings of the project's documents and tests for a kit; a checkout has none."""
_VECTORS = (".md", ".json", ".cose", ".cbor", ".bin")

_ENTRY = "kit/kit.js"
_WORKER = "js/reader-worker.js"
_PDF_WORKER = "pdfjs-dist/build/pdf.worker.min.mjs"
_ENGINE = "zxing-wasm/reader/zxing_reader.wasm"
_IN_PLACE_OF = {"js/preload.js": "kit/kit-parts.js", "js/trusted-types.js": "kit/kit-parts.js"}
_LEFT_OUT = frozenset({"js/anchors-view.js", "js/installation.js", "js/settings-view.js", "js/about-view.js"})
"""Screens to which the page of one file has no way."""
_NOWHERE = "https://wif.invalid/nothing"
"""What `import.meta.resolve` gives for files that are not fetched here (RFC 2606); the policy lets nobody ask for
it.
"""
_ICON = 'url("icons/icon.svg")'
_POLICY = {
    "default-src": "'none'",
    "img-src": "data: blob:",
    "worker-src": "data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "wif",
}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{_base64(content)}"


def _hashed(content: str) -> str:
    return f"'sha256-{_base64(hashlib.sha256(content.encode()).digest())}'"


class _Modules:
    """Our modules and those of packages, by their names in the import map: `js/app.js`, `pdfjs-dist/build/pdf.js`."""

    def __init__(self, sources: Mapping[str, bytes], anchors: Anchors, node_modules: Path):
        self._own = {path: text.decode() for path, text in sources.items() if path.endswith(SCRIPT_SUFFIXES)}
        self._own["js/site.js"] = anchors.module(software_version())
        self._store = packages_of(self._own, node_modules)
        self._files = self._store.originals()

    def content(self, specifier: str) -> bytes:
        """The file of a package. Raises BuildError."""
        return self._files["/".join(self._store.resolve(specifier))].read_bytes()

    def _target(self, importer: str, specifier: str) -> str:
        if specifier.startswith("."):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier))
        else:
            name = "/".join(self._store.resolve(specifier))
        name = _IN_PLACE_OF.get(name, name)
        if name not in self._own and name not in self._files:
            raise BuildError(f"{importer} imports {specifier!r}, which does not exist. Correct the import.")
        return name

    def rewritten(self, name: str, address: Callable[[str], str]) -> str:
        """The module without its comments, each specifier replaced by what `address` gives for the module it means."""
        text = self._own[name] if name in self._own else self._files[name].read_text("utf-8")
        parts: list[str] = []
        position = 0
        for found in find_specifiers(text):
            replaced = _NOWHERE if found.form == "resolve" else address(self._target(name, found.text))
            parts += [text[position : found.start], replaced]
            position = found.start + len(found.text)
        written = "".join(parts) + text[position:]
        return written if ".min." in name else strip_comments(written)

    def import_map(self, entry: str) -> dict[str, str]:
        """Every module that `entry` reaches, as a `data:` address by its name."""
        found: dict[str, str] = {}
        waiting = [entry]

        def named(target: str) -> str:
            waiting.append(target)
            return target

        while waiting:
            name = waiting.pop()
            if name not in found and name not in _LEFT_OUT:
                found[name] = _data("text/javascript", self.rewritten(name, named).encode())
        return dict(sorted(found.items()))

    def alone(self, entry: str) -> bytes:
        """The module `entry` with all that it reaches within it. Raises BuildError where modules import each other."""
        made: dict[str, str] = {}
        under_way: list[str] = []

        def within(name: str) -> str:
            if name in under_way:
                raise BuildError(f"{name} imports itself by way of others: a worker cannot be one file.")
            if name not in made:
                under_way.append(name)
                made[name] = _data("text/javascript", self.rewritten(name, within).encode())
                under_way.pop()
            return made[name]

        return self.rewritten(entry, within).encode()


def compose_kit_page(
    anchors: Anchors,
    genuine: Mapping[str, bytes],
    sources: Mapping[str, bytes] | None = None,
    node_modules: Path = NODE_MODULES,
) -> bytes:
    """Returns the page: HTML in UTF-8. The same arguments give the same bytes.

    anchors: as of a site, with the lists that the page is to bring. genuine: files of lists of the genuine by their
    name, which the trust list names. Raises BuildError for anchors that cannot be, and for files that are missing.
    """
    anchors.check()
    sources = read_sources() if sources is None else sources
    modules = _Modules(sources, anchors, node_modules)
    imports = json.dumps({"imports": modules.import_map(_ENTRY)}, separators=(",", ":"))
    start = f'import "{_ENTRY}";'
    icon = _data("image/svg+xml", sources["icons/icon.svg"])
    style = strip_style("\n".join(sources[path].decode() for path in ("app.css", "after.css", "kit/kit.css")))
    if _ICON not in style:
        raise BuildError(f"The style of the verifier does not hold {_ICON}. Correct kit.py or the style.")
    style = style.replace(_ICON, f'url("{icon}")')
    parts = {
        "engine": modules.content(_ENGINE),
        "reader-worker": modules.alone(_WORKER),
        "pdf-worker": modules.content(_PDF_WORKER),
        "lists": json.dumps({name: _base64(content) for name, content in sorted(genuine.items())}).encode(),
    }
    policy = _POLICY | {
        "script-src": f"{_hashed(imports)} {_hashed(start)} data: 'wasm-unsafe-eval'",
        "style-src": _hashed(style),
    }
    meta = escape("; ".join(f"{name} {value}" for name, value in policy.items()), quote=False)
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{meta}">',
        f'<link rel="icon" href="{icon}">',
        f"<style>{style}</style>",
        f'<script type="importmap">{imports}</script>',
    ]
    body = [
        *(
            f'<script type="text/plain" data-part="{name}">{_base64(content)}</script>'
            for name, content in parts.items()
        ),
        f'<script type="module">{start}</script>',
        "</body>",
    ]
    page = sources["kit/kit.html"].decode()
    for mark, lines in (('<meta charset="utf-8">', head), ("</body>", body)):
        if page.count(mark) != 1:
            raise BuildError(f"kit.html must hold {mark} once. Correct it.")
        page = page.replace(mark, "\n".join(lines))
    return page.encode()


def materials() -> dict[str, bytes]:
    """Reads the page of the format and the test vectors, the golden ones among them, by their paths in a kit.

    From the checkout, or from what a wheel brings. Raises BuildError where neither has them.
    """
    if MATERIALS.is_dir():
        return {path.relative_to(MATERIALS).as_posix(): path.read_bytes() for path in _files(MATERIALS)}
    project = HERE.parent
    vectors = project / "tests" / "vectors"
    if not (project / "docs" / "format.md").is_file() or not vectors.is_dir():
        raise BuildError("The page of the format and its test vectors are missing. Get the project's files again.")
    found = {"format.md": (project / "docs" / "format.md").read_bytes()}
    return found | {
        f"vectors/{path.relative_to(vectors).as_posix()}": path.read_bytes()
        for path in _files(vectors)
        if path.suffix in _VECTORS
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
