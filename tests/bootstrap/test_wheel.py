"""The wheel gives the whole product: built from a checkout, installed where there is none, used in an empty folder."""

import json
import os
import re
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path

import pytest

from tests.bootstrap.checkout import ROOT, Checkout
from tests.support.agency import free_port
from tests.support.processes import poll

slow = pytest.mark.skipif(os.environ.get("WIF_SLOW") != "1", reason="takes minutes and the network: set WIF_SLOW=1")


def build(root: Path, into: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Builds the wheel with this environment's pinned setuptools and brotli, and no package index."""
    return subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "pip",
            "wheel",
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
            "-w",
            into,
            root,
        ],
        cwd=root,
        env={**os.environ, "PIP_CONFIG_FILE": os.devnull, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_npm_and_libraries_the_build_says_what_to_do(tmp_path):
    checkout = Checkout(tmp_path)
    built = build(checkout.root, tmp_path / "wheel", PATH=str(checkout.programs))
    assert built.returncode != 0
    assert "The browser files are made with npm, which is not on this machine." in built.stderr + built.stdout
    assert not list(tmp_path.glob("wheel/*.whl"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The programs' folder of a fresh environment that holds the pinned packages and the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    built = build(ROOT, folder)
    assert built.returncode == 0, built.stderr
    venv.create(folder / "env", with_pip=True)
    pip = [folder / "env/bin/python", "-m", "pip", "install", "--quiet", "--no-deps"]
    pinned = ["--require-hashes", "--only-binary", ":all:", "-r", ROOT / "requirements/runtime.txt"]
    subprocess.run([*pip, *pinned], check=True)
    subprocess.run([*pip, "--no-index", *folder.glob("work_in_france-*.whl")], check=True)
    return folder / "env/bin"


@pytest.fixture(scope="module")
def place(installed, tmp_path_factory):
    """An empty folder where the installed program has made a home with samples."""
    place = tmp_path_factory.mktemp("empty")
    wif(installed, place, "demo", "--no-serve")
    return place


def wif(installed: Path, place: Path, *arguments: str) -> list[dict]:
    """Runs the installed program; returns its JSON lines."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("WIF_", "PYTHON"))}
    done = subprocess.run(
        [installed / "wif", *arguments], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@slow
@pytest.mark.slow
def test_the_installed_program_signs_prints_and_verifies(installed, place):
    (line,) = wif(installed, place, "verify", "var/documents/demo-valid.pdf")
    assert (line["verdict"], line["level"]) == ("valid", "green")


@slow
@pytest.mark.slow
def test_the_installed_program_makes_the_verifier_and_writes_nothing_beside_itself(installed, place):
    def packaged() -> set[Path]:
        found = installed.parent.glob("lib/python*/site-packages/verifier_pwa/**/*")
        return {path for path in found if "__pycache__" not in path.parts}

    before = packaged()
    (line,) = wif(installed, place, "site", "out")
    assert line["changed"]
    assert packaged() == before
    names = {re.sub(r"-[0-9a-f]{16}$", "", path.name) for path in (place / "out/v").iterdir()}
    assert names == {"app", "lean-qr", "noble-ed25519", "pdfjs-dist", "zxing-wasm"}
    sums = (place / "out/SHA256SUMS").read_text()
    subprocess.run(["sha256sum", "--check", "--quiet"], input=sums, text=True, cwd=place / "out", check=True)
    version = re.search(r'(?m)^version = "(.+)"$', (ROOT / "pyproject.toml").read_text())
    assert version and json.loads((place / "out/build.json").read_text())["version"] == version[1]


@slow
@pytest.mark.slow
def test_the_installed_program_serves_the_verifier(installed, place):
    address = f"127.0.0.1:{free_port()}"

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://{address}/", timeout=5) as answer:
                return b"<html" in answer.read()
        except OSError:
            return False

    server = subprocess.Popen([installed / "wif", "serve", "verifier", "--bind", address], cwd=place)
    try:
        poll(answers, 60)
    finally:
        server.terminate()
        server.wait()
