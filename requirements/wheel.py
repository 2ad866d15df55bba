"""Builds the wheel: the packages, and in `verifier_pwa` the browser files that a checkout gets from npm.

setuptools calls this (pyproject.toml, `tool.setuptools.cmdclass`) for `pip install .`, `pip wheel .` and `python -m
build`; never for the editable install that ./wif makes, which reads `verifier_pwa/node_modules`.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent
PWA = ROOT / "verifier_pwa"
NPM_INPUTS = ("package.json", "package-lock.json", ".npmrc")


class BuildWithBrowserFiles(build_py):
    """The usual step, then the browser files. It fails with a sentence that says what is missing."""

    def run(self) -> None:
        """Build the packages into `build_lib`; then, but for an editable install, the browser files."""
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)  # else a module that is gone would be packed for ever
        super().run()
        if not self.editable_mode:
            self.add_browser_files(Path(self.build_lib).resolve() / "verifier_pwa")

    def add_browser_files(self, package: Path) -> None:
        """Puts them into the package's folder in the build, from the npm packages installed here or anew."""
        sys.path.insert(0, str(ROOT))
        from verifier_pwa.build import BuildError, bundle

        try:
            if is_as_locked(PWA / "node_modules"):
                bundle(package, PWA / "node_modules")
                return
            with tempfile.TemporaryDirectory() as folder:
                bundle(package, install(Path(folder)))
        except BuildError as error:
            raise SetupError(str(error)) from None


def is_as_locked(node_modules: Path) -> bool:
    """Whether every package that pages are made of is installed there in the version of package-lock.json."""
    locked = json.loads((PWA / "package-lock.json").read_text("utf-8"))["packages"]
    for name in json.loads((PWA / "package.json").read_text("utf-8"))["dependencies"]:
        description = node_modules / name / "package.json"
        if not description.is_file():
            return False
        if json.loads(description.read_text("utf-8"))["version"] != locked[f"node_modules/{name}"]["version"]:
            return False
    return True


def install(folder: Path) -> Path:
    """Installs the locked browser packages into `folder`, by hash, and returns its node_modules."""
    npm = shutil.which("npm")
    if npm is None:
        raise SetupError(
            "The browser files are made with npm, which is not on this machine. Install Node.js 20 or later, or run"
            " ./wif once in the checkout, then build again."
        )
    for name in NPM_INPUTS:
        shutil.copy(PWA / name, folder / name)
    command = [npm, "ci", "--omit=optional", "--omit=dev", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        said = " ".join(f"{done.stdout} {done.stderr}".split())[:300]
        raise SetupError(
            f"npm could not install the browser packages: {said} Check the network, or run ./wif once in the checkout,"
            " then build again."
        )
    return folder / "node_modules"
