"""The ``[web]`` table of ``config.toml``: what the issuer's web application may be told."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from issuer.accounts import sessions
from issuer.accounts.breached import Breached
from issuer.config import read_table, texts_or_tables
from issuer.errors import ConfigError
from keys.trust_content import is_origin

SHORTEST_TOKEN = 20
"""Characters of ``web.metrics_token``, which nobody counts tries of."""


@dataclass(frozen=True)
class OpenIdSettings:
    """An OpenID Connect provider (``[web.openid]``), such as ProConnect."""

    issuer: str
    """Its exact ``iss``; ``/.well-known/openid-configuration`` is read under it."""
    client_id: str
    client_secret: str = field(repr=False)
    label: str = "ProConnect"
    """What the button says."""
    scopes: str = "openid"
    levels: tuple[str, ...] = ()
    """Accepted ``acr`` values; none given: any."""
    level_required: bool = False
    """Whether one of them is required of the provider and nobody let in without; else the second factor is asked
    here.
    """


@dataclass(frozen=True)
class WebSettings:
    """The settings of the web application. Every key is described in ``docs/operations.md``."""

    address: str = ""
    """The public address of the issuer, such as ``https://emission.example.org``: cookies are then for HTTPS only.
    Empty on a loopback address.
    """
    proxies: int = 0
    """How many trusted reverse proxies stand in front (their X-Forwarded headers are believed)."""
    second_person: bool = False
    """Whether a revocation waits for a supervisor other than its author."""
    idle_minutes: int = sessions.IDLE // 60
    """Minutes without a request after which a session ends."""
    session_hours: int = sessions.ABSOLUTE // 3600
    """Hours after which a session ends whatever happens."""
    publish_delay: int = 10
    """Seconds between an act and its publication, at most 60."""
    keep_months: int = 60
    """Months after an attestation's end when its personal data are erased by ``wif retention``."""
    keep_request_months: int = 24
    """Months after the decision on a request when its personal data are erased by ``wif retention``."""
    api_limit: int = 600
    """Requests a minute of one API token."""
    metrics_token: str = field(default="", repr=False)
    """Bearer token of ``/metrics``; empty: only loopback clients may read it."""
    contact: str = ""
    """Who answers about accessibility and personal data: an address shown on those pages."""
    filing: str = ""
    """Where applicants file their requests: the address that their pages link to, ``https://…``."""
    breached_passwords: str = ""
    """A file of passwords that became known, outside the home; empty: none is looked up."""
    openid: OpenIdSettings | None = None

    @property
    def secure(self) -> bool:
        """Whether people reach the issuer by HTTPS."""
        return self.address.startswith("https://")

    def breached(self, home: Path) -> Breached | None:
        """The list of passwords that became known, opened; None without one. Raises ConfigError."""
        if not self.breached_passwords:
            return None
        path = home / self.breached_passwords
        if path.resolve().is_relative_to(home.resolve()):
            raise ConfigError(
                f"web.breached_passwords names {path}, within the home, which every backup takes whole. Put the file"
                " elsewhere, and give its whole path."
            )
        return Breached(path)


_ADDRESS = re.compile(r"https://[^\s/]+(/\S*)?|http://(localhost|127\.0\.0\.1)(:[0-9]+)?(/\S*)?")
_BOUNDS = {
    "proxies": (0, 5),
    "idle_minutes": (1, 240),
    "session_hours": (1, 24),
    "publish_delay": (1, 60),
    "keep_months": (1, 1200),
    "keep_request_months": (1, 1200),
    "api_limit": (1, 1_000_000),
}


def from_table(table: dict) -> WebSettings:
    """The settings of a parsed ``[web]`` table. Raises ConfigError naming the key."""
    settings = read_table(WebSettings, "web", table, _BOUNDS, {"openid": _openid})
    if settings.filing and not _ADDRESS.fullmatch(settings.filing):
        raise ConfigError("web.filing is not an address. Write it whole, with https:// before it.")
    if settings.metrics_token and len(settings.metrics_token) < SHORTEST_TOKEN:
        raise ConfigError(
            f"web.metrics_token has fewer than {SHORTEST_TOKEN} characters, and could be guessed. Draw one, for"
            ' instance with "openssl rand -hex 20".'
        )
    if settings.address and not is_origin(settings.address):
        raise ConfigError(
            "web.address is the lower-case https:// address of the issuer, without a path (http:// only for localhost"
            " and 127.0.0.1)."
        )
    return settings


def _openid(table: object) -> OpenIdSettings | None:
    if table == {}:
        return None
    readers = {"levels": lambda value: tuple(texts_or_tables(value, str, "web.openid.levels"))}
    settings = read_table(OpenIdSettings, "web.openid", table, readers=readers)
    if not is_origin("/".join(settings.issuer.split("/")[:3])):
        raise ConfigError("web.openid.issuer is the provider's https:// address.")
    if settings.level_required and not settings.levels:
        raise ConfigError("web.openid.level_required needs web.openid.levels: name the levels that are accepted.")
    return settings
