"""Lighthouse's four categories on its mobile profile: the scanner's page and a link's verdict.

    wif bench lighthouse [--times 1] [--faults]

Runs the package `lighthouse` of bench/package.json (npm ci there first) with the machine's Chromium, through a web
server with TLS and HTTP/2 as on the internet. Prints a Markdown table of the medians; with --faults, also what did not
get full marks. Needs Chromium and Node.js.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

from bench.verifier.place import SecureService, chromium

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TARGET = 95


class RealService(SecureService):
    """A site without the mark of demonstration keys."""

    demonstration = False


def examine(address: str, folder: Path, trusting: list[str]) -> dict:
    """One run's report."""
    report = folder / "report.json"
    command = [
        "node",
        str(TOP / "bench/node_modules/lighthouse/cli/index.js"),
        address,
        "--quiet",
        "--form-factor=mobile",
        "--output=json",
    ]
    command += [
        f"--output-path={report}",
        "--chrome-flags=" + " ".join(["--headless=new", "--no-sandbox", "--disable-gpu", *trusting]),
        "--no-enable-error-reporting",
    ]
    for last in (
        False,
        True,
    ):  # now and then it loses the beginning of its own recording, says so, and asks to be run again
        done = subprocess.run(
            command, check=last, env={**os.environ, "CHROME_PATH": chromium()}, stdout=subprocess.DEVNULL
        )
        if done.returncode == 0:
            break
    return json.loads(report.read_text("utf-8"))


def faults(report: dict) -> list[str]:
    """The audits of weight that did not get full marks: id, score, title."""
    lines = []
    for name in CATEGORIES:
        for part in report["categories"][name]["auditRefs"]:
            audit = report["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                lines.append(f"{name}: {part['id']} {audit['score']} {audit.get('displayValue', '')} {audit['title']}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--faults", action="store_true", help="name what did not get full marks")
    given = parser.parse_args()
    if not (TOP / "bench/node_modules/lighthouse").is_dir():
        sys.exit("Lighthouse is not installed: run npm ci in bench/.")
    print(f"| page | {' | '.join(CATEGORIES)} | target |\n|---|---|---|---|---|---|")
    said: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        service = RealService(folder / "service")
        try:
            service.slow_down(1e9, 1e9, 0)  # only what stands before it: Lighthouse reckons a slow network by itself
            for page, address in (("scanner", service.origin + "/"), ("link", service.link(service.issuer.token()))):
                reports = [examine(address, folder, service.trusting) for _ in range(given.times)]
                scores = [
                    statistics.median(report["categories"][category]["score"] * 100 for report in reports)
                    for category in CATEGORIES
                ]
                print(f"| {page} | {' | '.join(f'{score:.0f}' for score in scores)} | ≥ {TARGET} |", flush=True)
                said += [f"{page}: {line}" for line in faults(reports[0])]
        finally:
            service.kill()
    if given.faults:
        print("\n".join(said))


if __name__ == "__main__":
    main()
