"""The built folder: complete, the same from run to run, left alone when nothing changed."""

import base64
import gzip
import hashlib
import json
import random
import re
import subprocess
import tomllib
from pathlib import Path

import brotli
import pytest

from tests.suite import find_node
from verifier_pwa import build as builder, compression
from verifier_pwa.build import LISTS_RENEWED_AFTER, build_recovery, build_site, main
from verifier_pwa.composition import HERE, LATER, NODE_MODULES, NOT_FOUND, SOURCES, compose, read_sources, strip_style
from verifier_pwa.compression import fill
from verifier_pwa.imports import find_specifiers
from verifier_pwa.lexer import strip_comments
from verifier_pwa.packages import BuildError
from verifier_pwa.site_data import Anchors
from verifier_pwa.worker import PARTS

# Those of conftest.py's site.
ROOT_KEY = bytes(range(32))
NOW = 1_795_000_000  # UTC seconds


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def times(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()
    }


def worker_build(folder: Path) -> dict:
    """What the worker knows of its site."""
    found = re.search(r"^self\.build = (.*);$", (folder / "sw.js").read_text(), re.MULTILINE)
    return json.loads(found[1])


def precache(folder: Path) -> list[dict]:
    return worker_build(folder)["precache"]


def test_same_arguments_same_bytes(build, tmp_path):
    one, two = build(tmp_path / "one"), build(tmp_path / "two")
    assert contents(one.directory) == contents(two.directory)
    assert one.build_hash == two.build_hash == hashlib.sha256((one.directory / "SHA256SUMS").read_bytes()).hexdigest()


def test_second_build_touches_nothing(build):
    first = build()
    before = times(first.directory)
    second = build(build_time=NOW + 3600)
    assert (first.changed, second.changed) == (True, False)
    assert times(first.directory) == before
    assert second.build_hash == first.build_hash and second.precache_bytes == first.precache_bytes


@pytest.mark.parametrize(
    "changes",
    [
        {"roots": [ROOT_KEY, bytes(32)]},
        {"origins": ["https://other.example"]},
        {"demonstration": True},
        {"build_time": NOW + LISTS_RENEWED_AFTER},
        {"refresh": True},
    ],
)
def test_a_change_of_trust_builds_again(build, changes):
    build()
    assert build(**changes).changed


def test_a_change_of_source_gives_new_names_and_keeps_those_of_open_pages(build, sources):
    folder = build().directory
    first = {path.name for path in (folder / "v").iterdir()}
    for turn in ("second", "third"):
        (sources / "js/later.js").write_text(f"export const text = '{turn}';")
        build()
    names = {path.name for path in (folder / "v").iterdir()}
    apps = {name for name in names if name.startswith("app-")}
    assert len(apps) == 2 and not apps & first
    assert (
        f"/v/{next(name for name in apps if name in (folder / 'index.html').read_text())}/js/main.js"
        in (folder / "index.html").read_text()
    )


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_bytes(b"torn")])
def test_a_damaged_file_is_mended(build, damage):
    folder = build().directory
    whole = contents(folder)
    damage(next(folder.glob("v/app-*/js/main.js")))
    assert build().changed
    assert contents(folder) == whole


def test_what_names_a_file_is_written_after_it(build, monkeypatch):
    written: list[str] = []
    real = builder.write_atomically
    monkeypatch.setattr(
        builder, "write_atomically", lambda path, content: (written.append(path.as_posix()), real(path, content))
    )
    folder = build().directory.as_posix()
    page, worker = written.index(f"{folder}/index.html"), written.index(f"{folder}/sw.js")
    assert page > max(at for at, path in enumerate(written) if path.startswith(f"{folder}/v/"))
    assert worker > max(
        at for at, path in enumerate(written) if not path.endswith((".cose", ".site.json")) and at != worker
    )


def test_new_lists_are_copied_without_a_new_version(build, public):
    folder = build().directory
    (public / "status-1.cose").write_bytes(b"\xd2\x84 second status list")
    worker = (folder / "sw.js").read_bytes()
    assert not build(build_time=NOW + 60).changed
    assert (folder / "status-1.cose").read_bytes() == b"\xd2\x84 second status list"
    assert (folder / "sw.js").read_bytes() == worker


def test_lists_that_were_missing_are_embedded_when_they_come(build, public):
    assert build(public_dir=None).changed
    assert build(build_time=NOW + 60).changed


def test_the_site_module_says_what_is_trusted(build, public):
    folder = build(demonstration=True).directory
    text = next(folder.glob("v/app-*/js/site.js")).read_text()
    values = json.loads(re.search(r"Object\.freeze\((\{.*\})\);", text, re.DOTALL)[1])
    assert values == {
        "roots": [ROOT_KEY.hex()], "threshold": 1, "origins": ["https://verif.example"], "buildTime": NOW, "demonstration": True,
        "version": values["version"], "trust": base64.b64encode((public / "trust.cose").read_bytes()).decode(),
        "status": {"1": base64.b64encode((public / "status-1.cose").read_bytes()).decode()},
    }  # fmt: skip


def test_every_import_leads_to_a_file_and_none_is_bare(build):
    folder = build().directory
    seen = 0
    for script in [*folder.glob("v/**/*.js"), *folder.glob("v/**/*.mjs")]:
        for found in find_specifiers(script.read_text("utf-8")):
            assert not found.bare, f"{script} asks for {found.text}"
            target = folder / found.text[1:] if found.text.startswith("/") else script.parent / found.text
            assert target.is_file(), f"{script} asks for {found.text}"
            seen += 1
    assert seen >= 5


def test_the_source_is_served_as_it_is_written_but_for_comments_and_packages(build, sources):
    folder = build().directory
    app = next(folder.glob("v/app-*"))
    assert (app / "app.css").read_bytes() == (sources / "app.css").read_bytes()
    written = strip_comments((sources / "js/main.js").read_text()).split("'")
    served = (app / "js/main.js").read_text().split("'")
    differing = [text for text, other in zip(written, served, strict=True) if text != other]
    assert differing == ["@noble/ed25519", "zxing-wasm/reader/zxing_reader.wasm"]


def test_pages_hold_no_inline_script_or_style_and_name_hashed_files(build):
    folder = build().directory
    page = (folder / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == [] and "<style" not in page and " style=" not in page
    addresses = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert len(addresses) >= 6
    for address in addresses:
        assert (folder / address[1:]).is_file(), address
        assert address.startswith("/v/") or address == "/manifest.webmanifest"
    assert [address for address in addresses if "later" in address] == []  # loaded on demand, not preloaded
    assert page.index("Content-Security-Policy") < page.index("modulepreload") < page.index("stylesheet")


@pytest.mark.parametrize(
    "inline",
    [
        "<script>1</script>",
        "<style>a{}</style>",
        '<p style="color:red">',
        '<p onclick="x()">',
        '<a href="javascript:x()">',
    ],
)
def test_inline_script_and_style_are_refused(build, sources, inline):
    page = sources / "index.html"
    page.write_text(page.read_text().replace("</body>", f"{inline}</body>"))
    with pytest.raises(BuildError, match="inline"):
        build()


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("js/main.js", "import './absent.js';", "absent.js"),
        ("js/main.js", "import 'absent-package';", "absent-package"),
        ("js/main.js", "import 'zxing-wasm/absent';", "zxing-wasm"),
        ("index.html", '<meta charset="utf-8"><img src="absent.png">', "absent.png"),
        ("index.html", "<title>no charset</title>", "charset"),
        ("manifest.webmanifest", "{", "manifest"),
    ],
)
def test_a_broken_source_is_refused_by_name(build, sources, file, text, message):
    (sources / file).write_text(text)
    with pytest.raises(BuildError, match=message):
        build()


@pytest.mark.parametrize(
    "changes",
    [
        {"roots": []}, {"roots": [b"short"]}, {"roots": [ROOT_KEY, ROOT_KEY]}, {"threshold": 0}, {"threshold": 2}, {"origins": []},
        {"origins": ["https://Verif.example"]}, {"origins": ["https://verif.example/"]}, {"origins": ["ftp://x"]}, {"build_time": 0},
    ],
)  # fmt: skip
def test_impossible_values_are_refused(build, tmp_path, changes):
    with pytest.raises(BuildError):
        build(**changes)
    assert not (tmp_path / "site").exists()


def test_compressed_copies_hold_the_same_bytes(build):
    folder = build().directory
    copies = [*folder.rglob("*.br"), *folder.rglob("*.gz")]
    assert len(copies) >= 20
    for copy in copies:
        original = copy.with_suffix("").read_bytes()
        small = copy.read_bytes()
        assert (brotli.decompress(small) if copy.suffix == ".br" else gzip.decompress(small)) == original
        assert len(small) < len(original)


def test_copies_that_are_kept_already_are_not_made_again(tmp_path, monkeypatch):
    files = {"a.js": b"let a;\n" * 99, "b.js": b"let a;\n" * 99, "c.css": b"p { top: 0 }\n" * 99, "d.png": b"d" * 999}
    fill(tmp_path / "known", files)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("known/*/*")}
    assert len(before) == 4, "two contents, each in two ways"
    monkeypatch.setattr(compression, "compress", lambda content, suffix: pytest.fail("made again"))
    fill(tmp_path / "new", files, known=tmp_path / "known")
    assert {path.name: path.read_bytes() for path in tmp_path.glob("new/*/*")} == before


def test_precache_holds_the_page_and_not_the_lists(build):
    folder = build().directory
    entries = precache(folder)
    urls = [entry["url"] for entry in entries]
    assert "/index.html" in urls and any(url.endswith("zxing_reader.wasm") for url in urls)
    assert not [
        url
        for url in urls
        if url.endswith((".cose", "sw.js", "recovery.js", ".png", "404.html", ".webmanifest")) or "pdfjs" in url
    ]
    assert any("pdfjs" in one["url"] for one in worker_build(folder)["later"]), "kept from its first use on"
    for entry in entries:
        content = (folder / entry["url"][1:]).read_bytes()
        assert entry["integrity"] == "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()
        assert (entry["revision"] is None) == entry["url"].startswith("/v/")


WORKER = """
const { readFileSync } = require('fs'), vm = require('vm');
const loaded = [], listens = [];
const nothing = () => new Proxy(function () {}, { get: (_, name) => name === 'then' ? undefined : nothing(), apply: nothing, construct: nothing });
const scope = {
  importScripts: (...names) => loaded.push(...names), fetch: async (address) => { loaded.push(String(address)); throw Error('no network'); },
  addEventListener: (name) => listens.push(name), location: new URL('https://verif.example/sw.js'), registration: { scope: 'https://verif.example/' },
  caches: nothing(), clients: nothing(), indexedDB: nothing(), skipWaiting: nothing(), navigator: {}, console,
  URL, Request, Response, Headers, Promise, TextEncoder, TextDecoder, setTimeout, clearTimeout, AbortController, crypto,
};
scope.self = scope.globalThis = scope;
vm.runInNewContext(readFileSync(process.argv[1], 'utf8'), scope);
setTimeout(() => console.log(JSON.stringify({ loaded, listens })), 50);
"""
"""Runs a worker's file by itself; says what it loaded and what it listens to."""


def test_worker_is_one_file_that_loads_no_other(build):
    node = find_node()
    if node is None:
        pytest.skip("no Node.js")
    ran = subprocess.run([node, "-e", WORKER, build().directory / "sw.js"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["loaded"] == [] and {"install", "activate", "fetch"} <= set(said["listens"])


def test_listings_name_every_file_once(build):
    folder = build().directory
    kept, other = (
        dict(reversed(line.split("  ", 1)) for line in (folder / name).read_text().splitlines())
        for name in ("SHA256SUMS", "SHA256SUMS.other")
    )
    for path, digest in [*kept.items(), *other.items()]:
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest
    built = {path for path in contents(folder) if not path.endswith((".br", ".gz", ".cose"))}
    assert sorted([*kept, *other]) == sorted(built - {"SHA256SUMS", "SHA256SUMS.other", ".site.json"})
    assert json.loads((folder / "build.json").read_text())["files"] == sorted(kept)
    assert sorted(kept) == [entry["url"][1:] for entry in precache(folder)]


def test_demonstration_shows_in_the_manifest(build, tmp_path):
    real = json.loads((build().directory / "manifest.webmanifest").read_text())
    demonstration = json.loads(
        (build(tmp_path / "demo", demonstration=True).directory / "manifest.webmanifest").read_text()
    )
    assert "DÉMO" not in real["name"] + real["short_name"]
    assert demonstration["name"] == f"DÉMONSTRATION – {real['name']}" and demonstration["short_name"].startswith(
        "DÉMO "
    )


def test_recovery_replaces_the_worker_until_the_next_build(build, sources):
    folder = build().directory
    usual = (folder / "sw.js").read_bytes()
    build_recovery(folder)
    recovery = (sources.parents[0] / "src/sw-recovery.js").read_bytes()
    assert (folder / "sw.js").read_bytes() == recovery != usual
    assert brotli.decompress((folder / "sw.js.br").read_bytes()) == recovery
    assert build().changed and (folder / "sw.js").read_bytes() == usual


def test_command_line(build, tmp_path, capsys):
    folder = build().directory
    assert main(["recovery", str(folder)]) == 0
    assert main(["recovery", str(tmp_path / "nowhere")]) == 1
    assert "wif site" in capsys.readouterr().err
    assert main(["unknown"]) == 2


def test_the_style_is_served_without_comments_and_with_every_rule():
    style = read_sources()["app.css"].decode()
    served = strip_style(style)
    assert "/*" not in served and re.sub(r"\s+", "", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)) == re.sub(
        r"\s+", "", served
    )


def test_the_real_page_keeps_within_its_budgets(tmp_path, public):
    """Everything kept on a phone, and what a link loads before its verdict; both in brotli bytes, lists of usual sizes
    embedded.
    """
    rng = random.Random(1)
    for name, size in (("trust.cose", 700), ("status-1.cose", 400)):
        (public / name).write_bytes(rng.randbytes(size))
    site = build_site(
        tmp_path / "real",
        roots=[ROOT_KEY],
        threshold=1,
        origins=["https://verif.example"],
        public_dir=public,
        build_time=NOW,
    )
    assert 0 < site.precache_bytes <= 400 * 1024
    assert 0 < site.link_bytes <= 80 * 1024
    assert 0 < site.later_bytes <= 768 * 1024


def test_every_name_kept_later_exists_and_is_kept_once(build):
    """What a phone keeps from the first visit and what it keeps later have nothing in common, and nothing is left out."""
    anchors = Anchors(roots=(ROOT_KEY,), origins=("https://verif.example",), build_time=NOW)
    composition = compose(anchors, read_sources(), NODE_MODULES)
    kept = {path.split("/", 2)[2] for path in composition.later if path.startswith("v/app-")}
    packages = {name for name in LATER if any(path.startswith(f"v/{name}-") for path in composition.later)}
    assert set(LATER) == kept | packages
    assert not composition.precached & set(composition.later)
    assert len(composition.later) == len(set(composition.later))
    modules = {path for path in composition.files if path.startswith("v/") and not path.endswith((".png", NOT_FOUND))}
    assert modules == {path for path in composition.precached if path.startswith("v/")} | set(composition.later)
    order = [path.split("/", 2)[2] for path in composition.later if path.startswith("v/app-")]
    assert order == [name for name in LATER if name in kept], "in the order of need"


def test_a_module_of_the_first_visit_cannot_need_one_that_is_kept_later(sources):
    main = sources / "js/main.js"
    (sources / "js/about-view.js").write_text("export const view = 1;\n")
    main.write_text(f"const view = () => import('./about-view.js');\n{main.read_text()}")
    anchors = Anchors(roots=(ROOT_KEY,), origins=("https://verif.example",), build_time=NOW)
    assert compose(anchors, read_sources(sources), NODE_MODULES).later
    main.write_text(f"import {{ view }} from './about-view.js';\n{main.read_text()}")
    with pytest.raises(BuildError, match="about-view"):
        compose(anchors, read_sources(sources), NODE_MODULES)


ASKED_AHEAD = """
const asked = [];
Object.defineProperty(globalThis, 'location', { value: { hash: '' } });
Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
globalThis.fetch = async (address) => { asked.push(String(address)); return new Response(''); };
await import(process.argv[1]);
await new Promise((done) => setTimeout(done, 0));
console.log(JSON.stringify(asked));
"""
"""What the module of the first screen fetches, in a page that no worker controls and that came by no link."""


def test_what_is_fetched_ahead_is_all_that_the_camera_needs():
    """The scanner's modules that a link does without, its page side and its worker; no name is stale, none is
    missing.
    """

    def closure(*entries: str) -> set[str]:
        seen, waiting = set(), list(entries)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                found = find_specifiers((SOURCES / "js" / f"{name}.js").read_text("utf-8"))
                waiting += [
                    one.text.removeprefix("./").removesuffix(".js")
                    for one in found
                    if one.form == "static" and not one.bare
                ]
        return seen

    node = find_node()
    if node is None:
        pytest.skip("no Node.js")
    asked = json.loads(subprocess.run([node, "--input-type=module", "-e", ASKED_AHEAD, (SOURCES / "js/preload.js").as_uri()],
                                      capture_output=True, text=True, check=True).stdout)  # fmt: skip
    ours = [address.rpartition("/src/js/")[2].removesuffix(".js") for address in asked if "/src/js/" in address]
    needed = ((closure("scan-view", "camera", "reader") - closure("main")) | closure("reader-worker")) - {"preload"}
    assert sorted(ours) == sorted(needed)
    assert {Path(address).name for address in asked if "/zxing-wasm/" in address} == {
        "index.js", "share.js", "zxing_reader.wasm",
    }  # fmt: skip


def test_a_wheel_brings_what_a_site_is_made_of_and_no_more(tmp_path):
    """The page made from the files in a wheel is the page made from node_modules, byte for byte."""
    builder.bundle(tmp_path)
    anchors = Anchors(roots=(ROOT_KEY,), origins=("https://verif.example",), build_time=NOW)
    sources = read_sources()
    brought, installed = (compose(anchors, sources, place) for place in (tmp_path / "libraries", NODE_MODULES))
    assert brought.files == installed.files
    packages = {path.split("/")[-2] for path in map(str, (tmp_path / "libraries").glob("**/package.json"))}
    assert packages == {"ed25519", "lean-qr", "pdfjs-dist", "zxing-wasm", *PARTS}
    assert len(list((tmp_path / "libraries").glob("**/LICENSE"))) == len(packages)
    assert sum(path.stat().st_size for path in tmp_path.glob("libraries/**/*") if path.is_file()) < 5_000_000


def test_the_version_is_the_one_of_the_project(build):
    folder = build().directory
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["project"]
    assert json.loads((folder / "build.json").read_text())["version"] == project["version"]
    for manifest in (HERE / "package.json", HERE / "package-lock.json"):
        assert "version" not in json.loads(manifest.read_text()), "the version stands in pyproject.toml alone"
