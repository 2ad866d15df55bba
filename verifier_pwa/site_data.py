"""What a site trusts from its first day: pinned roots, origins, first lists; and the generated module that tells the
page.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .packages import BuildError

STATUS_NAME = re.compile(r"status-([1-9][0-9]{0,2})\.cose")
TRUST_NAME = "trust.cose"
HEAD_NAME = "audit-head.json"
FETCHED_NAME = re.compile(r"seals\.cose|genuine/[0-9a-f]{16}-[0-9a-f]{8}\.cbor(?:\.[1-9][0-9]?)?")
"""What a phone fetches after its lists: the certificates of seals, and lists of the genuine of revoked keys."""
"""The head of the audit trail, for whoever keeps copies of it elsewhere."""
LOG_NAME = re.compile(r"log/(?:checkpoint|tile/(?:[0-5]|entries)/(?:x[0-9]{3}/){0,4}[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?)")
"""The transparency log: its checkpoint, tiles and entries."""

_PREAMBLE = "// Made by build.py for this site; the types are in the source folder's module of the same name.\n"


@dataclass(frozen=True)
class Anchors:
    """The values a site is built with."""

    roots: Sequence[bytes] = ()
    """Pinned root public keys, 32 bytes each."""
    threshold: int = 1
    """How many distinct roots must sign a trust list."""
    origins: Sequence[str] = ()
    """Addresses printed in the QR codes, lower case, no trailing slash; the first is the site's own."""
    demonstration: bool = False
    """True with demonstration keys."""
    build_time: int = 0
    """UTC seconds. The page never believes in a clock that is before it."""
    lists: Mapping[str, bytes] = field(default_factory=dict)
    """The first lists by file name: `trust.cose`, `status-1.cose`."""

    def check(self) -> None:
        """Raises BuildError naming the value that cannot be."""
        if not self.roots or any(len(root) != 32 for root in self.roots):
            raise BuildError("The pinned roots must be one or more public keys of 32 bytes. Check the roots file.")
        if len(set(self.roots)) != len(self.roots):
            raise BuildError("A pinned root is named twice. Remove the repetition from the roots file.")
        if not 1 <= self.threshold <= len(self.roots):
            raise BuildError(
                f"The threshold is {self.threshold} for {len(self.roots)} roots. It must be between 1 and that number."
            )
        if not self.origins or any(not re.fullmatch(r"https?://[a-z0-9.:\[\]-]+", origin) for origin in self.origins):
            raise BuildError(
                "The origins must be addresses like https://verif.example.org, in lower case, without a final slash."
            )
        if not 0 < self.build_time < 253_370_764_800:
            raise BuildError("The build time must be in UTC seconds.")

    def module(self, version: str) -> str:
        """Returns the source of js/site.js."""
        values = {
            "roots": [root.hex() for root in self.roots],
            "threshold": self.threshold,
            "origins": list(self.origins),
            "buildTime": self.build_time,
            "demonstration": self.demonstration,
            "version": version,
            "trust": base64.b64encode(self.lists[TRUST_NAME]).decode() if TRUST_NAME in self.lists else None,
            "status": {
                match[1]: base64.b64encode(content).decode()
                for name, content in sorted(self.lists.items())
                if (match := STATUS_NAME.fullmatch(name))
            },
        }
        return f"{_PREAMBLE}export const site = Object.freeze({json.dumps(values, ensure_ascii=False, indent=1)});\n"


def read_lists(public_dir: Path | None) -> dict[str, bytes]:
    """Reads the published lists of a folder by file name; empty when the folder is None, absent or not yet published
    to.
    """
    if public_dir is None or not public_dir.is_dir():
        return {}
    return {
        path.name: path.read_bytes()
        for path in sorted(public_dir.iterdir())
        if path.name == TRUST_NAME or STATUS_NAME.fullmatch(path.name)
    }
