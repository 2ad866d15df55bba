"""What is installed is pinned by hash, for every platform, and no file names an index."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.bootstrap.checkout import ROOT

SETS = ("runtime", "demo", "seals", "test", "build", "node", "compile")
PIN = re.compile(
    r"^([a-z0-9.-]+)==(\S+?)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


def pins(name):
    """The pinned packages of a set; fails on a line that is neither a comment nor part of a pin."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    rest = re.sub(r"(?m)^ *#.*\n", "", text)
    found = {match[1]: match[3].count("--hash=") for match in PIN.finditer(rest)}
    assert PIN.sub("", rest) == ""
    return found


@pytest.mark.parametrize("name", SETS)
def test_every_package_is_pinned_by_hash_and_no_other_line_stands_there(name):
    assert pins(name)


def test_packages_with_compiled_code_have_files_for_many_platforms():
    runtime = pins("runtime")
    for package in (
        "cryptography",
        "pynacl",
        "psycopg-binary",
        "zxing-cpp",
        "pypdfium2",
        "typst",
        "pillow",
    ):
        assert runtime[package] >= 8, package


def test_each_line_of_what_is_asked_for_gives_its_reason():
    for name in SETS:
        for line in (ROOT / "requirements" / f"{name}.in").read_text().splitlines():
            assert not re.match(r"[a-z]", line) or re.search(r"\S  +# \w.{10}|\S  +# .{12}", line), line


def asked_for(name):
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    return {re.match(r"[a-z0-9-]+", line)[0] for line in lines if re.match(r"[a-z]", line)}


def imported(*folders):
    """The distributions that the Python files of these folders import, each with one file that does."""
    owners, found = packages_distributions(), {}
    for path in [path for folder in folders for path in (ROOT / folder).rglob("*.py")]:
        if {"node_modules", ".venv"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            else:
                continue
            for name in names:
                for one in owners.get(name.split(".")[0], ()):
                    found[re.sub(r"[-_.]+", "-", one).lower()] = str(path.relative_to(ROOT))
    return found


ROOMS = ("keys", "issuer", "verifier_pwa")
BENEATH_FLASK = {"werkzeug", "jinja2", "markupsafe", "itsdangerous", "wtforms"}
"""Flask and its extensions re-export these as part of their own interface."""
NOT_IMPORTED = {
    "defusedxml": "openpyxl reads a workbook's XML through it where it is there: no entities",
    "psycopg": "SQLAlchemy loads it by the address of the database",
    "tzdata": "data that Python's zoneinfo reads",
}
RUN_NOT_IMPORTED = {"coverage", "mypy", "ruff", "pytest-xdist"}
"""Tools of ./wif test and ./wif lint."""


def test_what_the_programs_import_is_asked_for_by_name():
    used = imported(*ROOMS)
    missing = set(used) - asked_for("runtime") - BENEATH_FLASK - {"work-in-france"}
    for extra, folder in (("demo", "issuer/demo/"), ("seals", "issuer/seals/")):
        of_extra = missing & asked_for(extra)
        assert {used[name] for name in of_extra if not used[name].startswith(folder)} == set()
        missing -= of_extra
    assert missing == set()


def test_what_is_asked_for_is_imported():
    assert asked_for("runtime") - set(imported(*ROOMS)) == set(NOT_IMPORTED)
    assert asked_for("demo") - set(imported("issuer/demo")) == set()
    assert asked_for("seals") - set(imported("issuer/seals")) == set()
    assert asked_for("test") - set(imported("tests", "bench")) == RUN_NOT_IMPORTED


@pytest.mark.parametrize("folder", ["verifier_pwa", "bench"])
def test_browser_packages_are_known_by_hash_and_by_no_address(folder):
    lock = json.loads((ROOT / folder / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert entry.get("integrity", "").startswith("sha512-"), name
        assert "resolved" not in entry, name


def test_the_build_backend_is_the_pinned_one():
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert [re.match(r"[a-z]+", one)[0] for one in asked] == ["setuptools", "brotli"]
    assert "setuptools" in pins("build") and "brotli" in pins("runtime")


def test_no_file_names_the_host_of_a_package_index():
    hosts = [
        "".join(parts) for parts in (("pypi", ".org"), ("pythonhosted", ".org"), ("npmjs", ".org"), ("npmjs", ".com"))
    ]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a clone of the repository: its files cannot be listed")
    named = [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()
             and any(host.encode() in (ROOT / name).read_bytes() for host in hosts)]  # fmt: skip
    assert named == []


@pytest.mark.parametrize("command", [["demo"], ["serve", "demarches"]])
def test_without_its_extra_the_demonstration_says_what_to_install(command, tmp_path):
    """As from the wheel without the extra: the packages cannot be found."""
    hidden = (
        "import sys; sys.meta_path.insert(0, type('Hidden', (), {'find_spec': staticmethod(lambda name, *_: "
        "(_ for _ in ()).throw(ModuleNotFoundError(name)) if name in ('graphql', 'trustme') else None)}))\n"
        "import importlib.util as util; real = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name in ('graphql', 'trustme') else real(name, *more)\n"
        "from issuer.commands import main; main()"
    )
    env = {**os.environ, "WIF_HOME": str(tmp_path / "home"), "WIF_LANG": "en"}
    if command[0] == "serve":
        founded = ["init", "--origin", "https://verif.example", "--authority", "Essai", "--demo"]
        subprocess.run([sys.executable, "-c", hidden, *founded], env=env, cwd=tmp_path, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-c", hidden, *command], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pip install 'work-in-france[demo]'" in done.stderr and done.stderr.count("\n") == 1
    assert command[0] == "serve" or not (tmp_path / "home").exists()


def test_nothing_is_installed_without_a_hash():
    """Every line of a script or workflow of ours that installs packages names a file of pins, and asks for hashes."""
    bare = []
    for path in ("requirements/compile", ".ci/run", "wif"):
        for line in (ROOT / path).read_text("utf-8").splitlines():
            if re.search(r"\bpip\b.*\binstall\b", line) and not line.lstrip().startswith("#"):
                bare += [(path, line)] if "--require-hashes" not in line else []
    assert bare == []
