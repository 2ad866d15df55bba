"""Giving a home another address: for a demonstration, whose port or network may change from one day to the next.

The former addresses stay in the trust list, so that what was printed under them still verifies.
"""

import re
from dataclasses import replace
from pathlib import Path

from issuer import config as configuration
from issuer.home import renewal
from issuer.home.home import Home
from keys import durable
from keys.trust import TrustList
from keys.trust_content import TrustContent


def move(home: Home, origin: str, author: str) -> Home:
    """Print ``origin`` in QRs from now on: a new trust list that names it, then the configuration. The home, opened
    again.

    Raises ConfigError for an address that no trust list may name, KeystoreError without enough root keys.
    """
    configuration.check_origin(origin)
    trust = home.trust()
    if origin not in trust.origins:
        content = renewal.renewed(trust, home.config, home.clock())
        home.publish_with(_sign_with_origins(home, content, (*trust.origins, origin)), author)
    _rewrite(home.path / "config.toml", origin)
    return home.reopened()


def _sign_with_origins(home: Home, content: TrustContent, origins: tuple[str, ...]) -> TrustList:
    return renewal.sign(home, replace(content, origins=origins))


def _rewrite(path: Path, origin: str) -> None:
    written = re.sub(r'(?m)^origin = "[^"]*"', f'origin = "{origin}"', path.read_text(encoding="utf-8"), count=1)
    durable.write(path, written.encode())
