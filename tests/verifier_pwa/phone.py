"""A phone whose lists come over a made-up network: signed by Python, judged by the page's own modules under Node."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.support.sites import Issuer

NOW = 1_795_000_000  # UTC seconds
ORIGIN = "https://verif.example"
NODE = shutil.which("node")


def drive(*steps: dict[str, Any]) -> list[dict[str, Any]]:
    """Runs the steps and returns what is held after each."""
    assert NODE
    command = [NODE, str(Path(__file__).with_name("drive.mjs"))]
    done = subprocess.run(command, input=json.dumps({"steps": steps}), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def answer(body: bytes, kind: str = "application/cose", status: int = 200, **more: Any) -> dict[str, Any]:
    return {"body": body.hex(), "type": kind, "status": status, **more}


class Phone:
    """An issuer, what its site embeds, and what its network answers."""

    def __init__(self, **changes: Any):
        self.issuer = Issuer(ORIGIN, NOW)
        self.first = self.issuer.trust_list(**changes)
        self.first_status = self.issuer.status_list({}, NOW - 3600)
        self.site: dict[str, Any] = {
            "roots": [self.issuer.root.public_key.hex()], "threshold": 1, "origins": [ORIGIN], "buildTime": NOW, "demonstration": False,
            "version": "1", "trust": base64.b64encode(self.first).decode(),
            "status": {"1": base64.b64encode(self.first_status).decode()},
        }  # fmt: skip

    def open(self, **more: Any) -> dict[str, Any]:
        return {"do": "open", "now": NOW + 10, "site": self.site, **more}

    def check(
        self, trust_list: Any = None, status_list: Any = None, now: int = NOW + 20, **more: Any
    ) -> dict[str, Any]:
        """A question that these lists answer, those of the site when not given."""
        answers = {"/trust.cose": trust_list or self.first, "/status-1.cose": status_list or self.first_status}
        return {
            "do": "check",
            "now": now,
            "answers": {path: answer(body) if isinstance(body, bytes) else body for path, body in answers.items()},
            **more,
        }
