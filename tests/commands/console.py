"""The command line as people run it: real processes, real files, a real home for each test."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "https://verif.workinfrance.example"


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
            "PYTHONPATH": str(ROOT),
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
        """Issue records given as JSON lines on standard input."""
        return self(
            "issue", "-", *options.get("flags", "").split(), stdin="\n".join(json.dumps(record) for record in records)
        )


def record(**changes: object) -> dict:
    """The reference record, with changes; a value of None takes the field out."""
    base = {
        "kind": "APT",
        "family_name": "NGUYEN ÉPOUSE DUPONT",
        "given_names": "Thị Mai",
        "birth_date": "1996-03-14",
        "nationality": "VNM",
        "employer": {"name": "SOCIÉTÉ EXEMPLE SAS", "siret": "81234567800013"},
        "job": "Ingénieure d'études",
        "contract": "CDD",
        "hours": {"count": 964, "per": "year"},
        "workplaces": ["75"],
        "residence_permit": "9912345678",
        "department": "75",
        "valid_from": "2026-01-05",
        "valid_until": "2026-12-31",
        "signatory": {
            "given_names": "Claire",
            "family_name": "EXEMPLE",
            "title": "Cheffe de service",
            "service": "Service de la main-d'œuvre étrangère",
        },
        **changes,
    }
    return {name: value for name, value in base.items() if value is not None}
