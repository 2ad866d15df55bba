"""The command line as people run it: real processes, real files, a real home for each test."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support import records

ROOT = Path(__file__).resolve().parents[2]
QUICKLY = f"{Path(__file__).parent / 'quick'}{os.pathsep}{ROOT}"
"""PYTHONPATH of the commands; see ``tests/support/quick/sitecustomize.py``."""
ORIGIN = "https://verif.workinfrance.example"
SIGNATORY = {
    "given_names": "Claire",
    "family_name": "EXEMPLE",
    "title": "Cheffe de service",
    "service": "Service de la main-d'œuvre étrangère",
}


@dataclass
class Run:
    """What one command answered."""

    code: int
    rows: list[dict]
    words: str
    raw: str


class Wif:
    """Runs ``wif`` in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith("WIF_") and name not in ("LANG", "LC_ALL")
            },
            "WIF_HOME": str(home),
            "PYTHONPATH": QUICKLY,
            "WIF_LANG": "en",
        }

    def __call__(self, *arguments: str, stdin: bytes | str = b"", **environment: str) -> Run:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-m", "issuer.commands", *map(str, arguments)],
            input=data,
            capture_output=True,
            env={**self.environment, **environment},
            cwd=self.home.parent,
            timeout=240,
            check=False,
        )
        raw, words = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in words, words
        rows = [json.loads(line) for line in raw.splitlines() if line.startswith("{")]
        return Run(done.returncode, rows, words, raw)

    def issue(self, *records: dict, **options: str) -> Run:
        """Issue records given as JSON lines on standard input: made up ones, the same people over and over."""
        return self(
            "issue",
            "-",
            "--accept-warnings",
            *options.get("flags", "").split(),
            stdin="\n".join(json.dumps(record) for record in records),
        )


def record(**changes: object) -> dict:
    """The record in force today with a signatory and changes; a None takes the field out."""
    days = {name: records.CURRENT[name] for name in ("valid_from", "valid_until")}
    return records.record(**{"signatory": SIGNATORY, **days, **changes})
