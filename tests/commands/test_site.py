"""``wif site``: the folder it makes, and the lists it will not build upon."""

import json
import os
import shutil
import subprocess
import sys

import pypdfium2
import pytest
import zxingcpp

from tests.support.agency import free_port
from tests.support.console import ROOT
from tests.support.processes import poll


def altered(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1  # the end of a signature
    path.write_bytes(bytes(content))


def test_the_site_embeds_the_published_lists_and_is_left_alone_when_nothing_changed(wif, tmp_path):
    first, again = (wif("site", str(tmp_path / "site")) for _ in range(2))
    assert (first.code, first.rows[0]["changed"], again.code, again.rows[0]["changed"]) == (0, True, 0, False)
    assert (tmp_path / "site" / "trust.cose").read_bytes() == (wif.home / "public" / "trust.cose").read_bytes()
    (module,) = (tmp_path / "site").glob("v/app-*/js/site.js")
    source = module.read_text("utf-8")
    values = json.loads(source[source.index("{") : source.rindex("}") + 1])
    assert values["trust"] and values["status"].keys() == {"1", "2"}


@pytest.mark.parametrize("name", ["trust.cose", "status-1.cose"])
def test_a_published_list_that_is_not_ours_is_not_built_upon(wif, tmp_path, name):
    altered(wif.home / "public" / name)
    run = wif("site", str(tmp_path / "site"))
    assert run.code == 2 and name in run.words and "Traceback" not in run.words
    assert not (tmp_path / "site").exists()
    assert wif("publish").code == (0 if name == "status-1.cose" else 2)
    assert wif("site", str(tmp_path / "site")).code == (0 if name == "status-1.cose" else 2)


def test_a_watched_verifier_is_built_again_when_a_source_changes_and_outlives_a_faulty_one(wif, tmp_path):
    checkout = tmp_path / "checkout" / "verifier_pwa"
    shutil.copytree(ROOT / "verifier_pwa", checkout, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    (checkout / "node_modules").symlink_to(ROOT / "verifier_pwa/node_modules")
    address = f"127.0.0.1:{free_port()}"
    built, style = wif.home / "site", checkout / "src/app.css"
    server = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-m", "issuer.commands", "serve", "verifier", "--watch", "--bind", address],
        env={**wif.environment, "PYTHONPATH": os.pathsep.join((str(checkout.parent), str(ROOT)))},
        cwd=wif.home.parent,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        poll((built / ".site.json").exists, 60)
        module = checkout / "src/js/main.js"
        whole = module.read_text("utf-8")
        module.write_text(f"import './missing.js';\n{whole}", "utf-8")
        assert "main.js imports './missing.js', which does not exist." in server.stderr.readline()
        module.write_text(whole, "utf-8")
        style.write_text(style.read_text("utf-8") + "\n.watched { color: red; }\n", "utf-8")
        poll(lambda: any(".watched" in path.read_text("utf-8") for path in built.glob("v/app-*/app.css")), 60)
    finally:
        server.terminate()
        server.communicate()


def test_only_the_verifier_can_be_watched(wif):
    run = wif("serve", "issuer", "--watch")
    assert run.code == 2 and "--watch goes with the verifier only" in run.words


@pytest.mark.parametrize("switch", ["1", "0", ""])
def test_the_trace_of_an_error_is_for_developers_who_ask_for_it(wif, switch):
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "issuer.commands", "serve", "issuer", "--watch"],
        env={**wif.environment, "WIF_DEBUG": switch},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and "wif: --watch goes with the verifier only" in done.stderr
    assert ("Traceback" in done.stderr and "site.py" in done.stderr) == (switch == "1")


def test_a_kit_holds_the_format_its_vectors_the_roots_the_last_lists_and_a_page(wif, tmp_path):
    folder = tmp_path / "kit"
    made = wif("kit", str(folder))
    assert (made.code, made.rows[0]["files"]) == (0, sum(path.is_file() for path in folder.rglob("*")))
    subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=folder, check=True)
    for name in ("trust.cose", "status-1.cose", "status-2.cose"):
        assert (folder / "lists" / name).read_bytes() == (wif.home / "public" / name).read_bytes()
    roots = json.loads((folder / "roots.json").read_text("utf-8"))
    assert roots["origins"] and all(
        bytes.fromhex(key) in (folder / "lists/trust.cose").read_bytes() for key in roots["keys"]
    )
    for name in ("format.md", "vectors/README.md", "vectors/golden/1.0.0.json", "vectors/lists/trust-worked.cose"):
        assert (folder / name).stat().st_size
    golden = {
        case["id"]: case["text"] for case in json.loads((folder / "vectors/golden/1.0.0.json").read_text())["cases"]
    }
    papers = {path.stem: path for path in (folder / "papers/1.0.0").glob("*.pdf")}
    assert papers.keys() == golden.keys()
    for name in ("reference", "most"):
        page = pypdfium2.PdfDocument(papers[name])[0].render(scale=200 / 72, grayscale=True).to_pil()
        assert [code.text for code in zxingcpp.read_barcodes(page)] == [golden[name]]
    assert not list(folder.rglob("*.py"))
    again = wif("kit", str(folder))
    assert again.code == 2 and "is not empty" in again.words and "Traceback" not in again.words
