"""What `./wif lint` runs, side by side: ruff (faults and form), mypy (types), tsc (types of the browser code), ESLint.

Each says what it finds; `./wif lint --fix` first mends what ruff can mend by itself. The exit code is 0 when nothing is
found.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.suite import PWA, find_node  # noqa: E402


@dataclass
class Found:
    """What one tool found, and how long it took."""

    name: str
    code: int
    output: str
    seconds: float


def programs(node: Path) -> dict[str, list[str | Path]]:
    """The tools by name, each with its arguments; every path is relative to the checkout."""
    python = [sys.executable, "-m"]
    libraries = PWA / "node_modules"
    tsc = [node, libraries / "typescript/bin/tsc", "--project"]
    return {
        "mypy": [*python, "mypy"],
        "tsc": [*tsc, PWA / "tsconfig.json"],
        "tsc, workers": [*tsc, PWA / "tsconfig.worker.json"],
        "eslint": [node, libraries / "eslint/bin/eslint.js", "--config", PWA / "eslint.config.js", "--max-warnings", "0", "."],
        "ruff check": [*python, "ruff", "check", "--output-format", "concise"],
        "ruff format": [*python, "ruff", "format", "--check"],
    }  # fmt: skip


def run(name: str, argv: list[str | Path]) -> Found:
    began = time.monotonic()
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    return Found(name, done.returncode, (done.stdout + done.stderr).strip(), time.monotonic() - began)


def main(arguments: list[str]) -> int:
    node = find_node()
    if node is None:
        print("wif: There is no Node.js that is new enough: run ./wif test, which installs one.", file=sys.stderr)
        return 2
    if arguments == ["--fix"]:
        for ruff in (["check", "--fix", "--quiet", "--exit-zero"], ["format", "--quiet"]):
            subprocess.run([sys.executable, "-m", "ruff", *ruff], cwd=ROOT, check=False)
    elif arguments:
        print("wif: lint takes --fix, or nothing.", file=sys.stderr)
        return 2
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(run, *zip(*programs(node).items(), strict=True)))
    for one in found:
        if one.code:
            print(f"=== {one.name} ===\n{one.output}\n")
    for one in found:
        print(f"{one.name:<13} {'clean' if one.code == 0 else 'FAILED':<7} {one.seconds:>5.1f} s")
    return 1 if any(one.code for one in found) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
