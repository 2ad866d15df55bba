"""A small source folder, built with the real packages: fast to build, and independent of the page's own look."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier_pwa.build import Site, build_site
from verifier_pwa.server import create_app

ROOT_KEY = bytes(range(32))
NOW = 1_795_000_000  # UTC seconds
PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>Essai</title>
<link rel="stylesheet" href="app.css">
<link rel="icon" href="icons/icon.svg">
<link rel="manifest" href="manifest.webmanifest">
<script type="module" src="js/main.js"></script>
</head>
<body><a href="#main">Essai</a></body>
</html>
"""
MAIN = """import { site } from './site.js';
import { Point } from '@noble/ed25519';
/** @typedef {import('not-a-package').Type} Type */
const later = () => import('./later.js');
const wasm = import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm');
export { site, Point, later, wasm };
"""
LATER = "export const text = \"import 'nothing'\";\nexport const pdf = () => import('pdfjs-dist');\n"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The source folder of a page with two modules, a style and an icon; the worker and manifest are the real ones."""
    folder = tmp_path / "src"
    real = Path(__file__).resolve().parents[2] / "verifier_pwa" / "src"
    files = {
        "index.html": PAGE,
        "404.html": PAGE.replace("Essai", "Introuvable"),
        "app.css": "body { color: #111; }\n" * 20,
        "js/main.js": MAIN,
        "js/later.js": LATER,
        **{
            name: (real / name).read_text()
            for name in ("sw.js", "sw-recovery.js", "manifest.webmanifest", "js/site.js")
        },
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "icons").mkdir()
    for icon in (real / "icons").iterdir():
        (folder / "icons" / icon.name).write_bytes(icon.read_bytes())
    return folder


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """A folder of published lists; what they hold does not matter to the build."""
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "trust.cose").write_bytes(b"\xd8\x62 first trust list")
    (folder / "status-1.cose").write_bytes(b"\xd2\x84 first status list")
    return folder


@pytest.fixture
def build(tmp_path: Path, sources: Path, public: Path):
    """A function that builds the site of these folders into tmp_path/site; keyword arguments replace the usual ones."""

    def run(directory: Path = tmp_path / "site", **changes) -> Site:
        arguments = {
            "roots": [ROOT_KEY], "threshold": 1, "origins": ["https://verif.example"], "public_dir": public,
            "build_time": NOW, "sources": sources,
        }  # fmt: skip
        return build_site(directory, **(arguments | changes))

    return run


@pytest.fixture
def client(build, public: Path):
    """A test client of the served site."""
    return create_app(build().directory, public).test_client()
