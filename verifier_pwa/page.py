"""The pages and the web manifest: addresses given their hashed names, nothing inline let through."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from .headers import policy
from .packages import BuildError

_ADDRESS = re.compile(r'(?P<before>\s(?:src|href)=")(?P<path>[^":?#]+)(?=")')
_INLINE = re.compile(
    r"<script(?![^>]*\ssrc=)[^>]*>|<style\b|<[a-z][^>]*\s(?:style|on[a-z]+)\s*=|\s(?:href|src|action)=[\"']?\s*(?:javascript|data):",
    re.IGNORECASE,
)


def render_page(name: str, source: str, addresses: Mapping[str, str], preloads: Iterable[str] = ()) -> str:
    """Returns the page `source` with its addresses replaced and its head completed.

    `addresses` maps paths inside src (`app.css`, `js/main.js`) to the addresses they are served at. `preloads` are the
    addresses of the modules that the page always needs: named in the head, they load at once rather than one import
    after the other. Raises BuildError for an unknown relative address, and for inline script or style, which the policy
    refuses.
    """
    inline = _INLINE.search(source)
    if inline:
        raise BuildError(
            f"{name} holds inline script or style ({inline.group()[:40]!r}). Move it to a file of its own."
        )

    def rename(match: re.Match[str]) -> str:
        path = match["path"].removeprefix("./")
        if path.startswith("/"):
            return match.group()
        if path not in addresses:
            raise BuildError(
                f"{name} names {path!r}, which is not in the source folder. Correct the address or add the file."
            )
        return match["before"] + addresses[path]

    head = [f'<meta http-equiv="Content-Security-Policy" content="{escape(policy(in_page=True), quote=False)}">']
    head += [f'<link rel="modulepreload" href="{address}">' for address in preloads]
    page = _ADDRESS.sub(rename, source)
    # The policy goes before anything it should govern, and after the declaration of the encoding.
    marked = re.sub(r"(<meta charset=[^>]*>)", lambda found: "\n".join([found.group(), *head]), page, count=1)
    if marked == page:
        raise BuildError(f'{name} has no <meta charset="utf-8">. Add it at the top of its head.')
    return marked


def render_manifest(source: str, addresses: Mapping[str, str], demonstration: bool) -> str:
    """Returns the web manifest with hashed icon addresses; with demonstration keys its names say so.

    Raises BuildError when `source` is not JSON or names an icon that does not exist.
    """
    try:
        manifest: dict[str, Any] = json.loads(source)
    except ValueError as error:
        raise BuildError(f"manifest.webmanifest is not JSON: {error}. Correct the file.") from None
    for icon in manifest.get("icons", []):
        if icon["src"] not in addresses:
            raise BuildError(f"manifest.webmanifest names {icon['src']!r}, which is not in the source folder.")
        icon["src"] = addresses[icon["src"]]
    if demonstration:
        manifest["name"] = f"DÉMONSTRATION – {manifest['name']}"
        manifest["short_name"] = f"DÉMO {manifest['short_name']}"
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
