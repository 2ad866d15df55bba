"""The service worker: four Workbox packages, the precache list and our own body, one after the other in one file.

The packages publish scripts made for this (`build/workbox-core.prod.js` and so on: each adds its part to a `workbox` object),
so that no bundler is needed and nothing is fetched from elsewhere while the worker runs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from .packages import BuildError

PARTS = ("workbox-core", "workbox-routing", "workbox-strategies", "workbox-precaching")
"""In the order in which they need one another."""

_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$\n?", re.MULTILINE)


def precache_entries(files: Mapping[str, bytes]) -> list[dict[str, str | None]]:
    """Returns the precache list of `files` (path → content), sorted by path.

    A name under `v/` holds its hash already: revision null keeps Workbox from downloading it a second time under another
    address. The integrity makes the browser refuse a page that a captive portal put in a file's place.
    """
    entries: list[dict[str, str | None]] = []
    for path, content in sorted(files.items()):
        digest = hashlib.sha256(content)
        entries.append(
            {
                "url": f"/{path}",
                "revision": None if path.startswith("v/") else digest.hexdigest()[:16],
                "integrity": "sha256-" + base64.b64encode(digest.digest()).decode(),
            }
        )
    return entries


def compose_worker(node_modules: Path, body: str, precached: Mapping[str, bytes], on_demand: list[str]) -> str:
    """Returns the text of sw.js.

    `precached` are the files kept for use off line; `on_demand` the paths kept once they have been used. Raises BuildError
    when a Workbox package is not installed.
    """
    parts = []
    for package in PARTS:
        script = node_modules / package / "build" / f"{package}.prod.js"
        if not script.is_file():
            raise BuildError(f"The browser package {package} is not installed. Run `npm ci` in verifier_pwa.")
        parts.append(_SOURCE_MAP.sub("", script.read_text("utf-8")).strip() + "\n")
    build = {"precache": precache_entries(precached), "onDemand": [f"/{path}" for path in sorted(on_demand)]}
    parts.append(f"self.build = {json.dumps(build, separators=(',', ':'))};\n")
    parts.append(body)
    return "".join(parts)
