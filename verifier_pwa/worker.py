"""The service worker: four Workbox packages, the precache list and our own body, one after the other in one file.

The packages publish scripts made for this (`build/workbox-core.prod.js` and so on: each adds its part to a `workbox`
object), so that no bundler is needed and nothing is fetched from elsewhere while the worker runs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from .packages import HOW_TO_INSTALL, BuildError

PARTS = ("workbox-core", "workbox-routing", "workbox-strategies", "workbox-precaching")
"""In the order in which they need one another."""
SCRIPTS = {package: f"{package}/build/{package}.prod.js" for package in PARTS}
"""The script of each, by its path below `node_modules`."""

_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$\n?", re.MULTILINE)


def precache_entries(files: Mapping[str, bytes]) -> list[dict[str, str | None]]:
    """Returns the precache list of `files` (path → content), sorted by path.

    A name under `v/` holds its hash already: revision null keeps Workbox from downloading it a second time under
    another address. The integrity makes the browser refuse a page that a captive portal put in a file's place.
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


def compose_worker(node_modules: Path, body: str, precached: Mapping[str, bytes], later: Mapping[str, bytes]) -> str:
    """Returns the text of sw.js.

    `precached` are the files kept from the first visit, `later` those kept after them, in the order of need; each with
    the hash that it must have. Raises BuildError when a Workbox package is not installed.
    """
    parts = []
    for package, path in SCRIPTS.items():
        script = node_modules / path
        if not script.is_file():
            raise BuildError(f"The browser package {package} is not installed. {HOW_TO_INSTALL}")
        parts.append(_SOURCE_MAP.sub("", script.read_text("utf-8")).strip() + "\n")
    build = {
        "precache": precache_entries(precached),
        "later": [
            {"url": entry["url"], "integrity": entry["integrity"]}
            for path, content in later.items()
            for entry in precache_entries({path: content})
        ],
    }
    parts.append(f"self.build = {json.dumps(build, separators=(',', ':'))};\n")
    parts.append(body)
    return "".join(parts)
