"""What is installed is pinned by hash, for every platform, and no file names an index."""

import ast
import json
import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.bootstrap.checkout import ROOT

SETS = ("runtime", "test", "build", "node")
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
        "pydantic-core",
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


def test_what_the_programs_import_is_asked_for_by_name():
    asked = {re.match(r"[a-z0-9-]+", line)[0] for line in (ROOT / "requirements/runtime.in").read_text().splitlines()
             if re.match(r"[a-z]", line)}  # fmt: skip
    owners, missing = packages_distributions(), {}
    for path in [path for room in ("keys", "issuer", "verifier_pwa") for path in (ROOT / room).rglob("*.py")]:
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else (
                [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else [])  # fmt: skip
            for name in names:
                distributions = {re.sub(r"[-_.]+", "-", one).lower() for one in owners.get(name.split(".")[0], ())}
                if distributions and not distributions & (asked | {"work-in-france"} | BENEATH_FLASK):
                    missing[str(path.relative_to(ROOT))] = name
    assert missing == {}


BENEATH_FLASK = {"werkzeug", "jinja2", "markupsafe", "itsdangerous", "wtforms", "limits"}
"""Flask and its extensions re-export these as part of their own interface."""


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
    assert [re.match(r"[a-z]+", one)[0] for one in asked] == ["setuptools"] and "setuptools" in pins("build")


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
