"""A copy of this checkout in which ./wif is run for real, on a machine that lacks what the test takes away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".wif.*", "node_modules", "var", "shell", "bench", "docs", "__pycache__", ".pytest_cache", ".hypothesis",
    "*.egg-info", "tests",
)  # fmt: skip
NO_NETWORK = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1",
    "npm_config_registry": "http://127.0.0.1:9/", "npm_config_fetch_retries": "0", "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
}  # fmt: skip
"""Port 9 of loopback answers nobody: an index, a registry and a proxy that cannot be reached."""

INTERPRETER = getattr(sys, "_base_executable", sys.executable)


class Checkout:
    """A copy under a path with a space and an accent, and a PATH that holds `python3` alone: no Node.js, no npm."""

    def __init__(self, folder: Path, *, whole: bool = True) -> None:
        self.root = folder / "Été à Paris" / "work in france"
        self.programs = folder / "programs"
        self.stubs = folder / "stubs"
        self.programs.mkdir(parents=True)
        self.stubs.mkdir()
        if whole:
            shutil.copytree(ROOT, self.root, ignore=LEFT_OUT, symlinks=True)
        else:
            self.root.mkdir(parents=True)
            for name in ("wif", "pyproject.toml", "requirements", "verifier_pwa/package.json", "verifier_pwa/package-lock.json",
                         "verifier_pwa/.npmrc"):  # fmt: skip
                target = self.root / name
                target.parent.mkdir(exist_ok=True)
                (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, target)
        self.add_program("python3", f'exec "{INTERPRETER}" "$@"')

    def lend_compressed_copies(self) -> None:
        """Spares it most of a minute's work that is the same everywhere: nine of ten of the compressed copies that this
        checkout keeps by their hash. The others are made, and the step is done.
        """
        kept = sorted((ROOT / "verifier_pwa/shell").glob("*/*"))
        for number, path in enumerate(kept):
            target = self.root / path.relative_to(ROOT)
            if number % 10:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)

    def add_program(self, name: str, script: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def pretend(self, code: str) -> None:
        """Makes the Python that starts ./wif run this code first."""
        (self.stubs / "sitecustomize.py").write_text(code)

    def env(self, **changes: str) -> dict[str, str]:
        """The environment of a bare machine: the C locale, and of this one only how its package indexes are reached."""
        passed = {name: value for name, value in os.environ.items()
                  if name.upper().startswith(("PIP_", "NPM_CONFIG_", "SSL_", "REQUESTS_", "CURL_", "NODE_EXTRA"))
                  or name.upper().endswith("_PROXY") or name in ("HOME", "TMPDIR")}  # fmt: skip
        return {
            **passed,
            "PATH": str(self.programs),
            "LANG": "C",
            "LC_ALL": "C",
            "PYTHONPATH": str(self.stubs),
            **changes,
        }

    def start(self, *arguments: str, **changes: str) -> subprocess.Popen[str]:
        return subprocess.Popen([self.root / "wif", *arguments], env=self.env(**changes), cwd=self.root.parent, text=True,
                                encoding="utf-8", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)  # fmt: skip

    def wif(self, *arguments: str, **changes: str) -> tuple[int, str, str]:
        """Runs ./wif to its end; returns its exit code, standard output and standard error."""
        process = self.start(*arguments, **changes)
        out, err = process.communicate()
        return process.returncode, out, err
