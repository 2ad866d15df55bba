"""The ``[web]`` table of ``config.toml``: what the issuer's web application may be told."""

import re
from dataclasses import dataclass, field, fields
from pathlib import Path

from issuer.accounts import sessions
from issuer.accounts.breached import Breached
from issuer.errors import ConfigError

_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?", re.ASCII)


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


@dataclass(frozen=True)
class WebSettings:
    """The settings of the web application. Every key is described in ``docs/operations.md``."""

    address: str = ""
    """The public address of the issuer, such as ``https://emission.example.org``: cookies are then for HTTPS only. Empty on a loopback address."""
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
                f"web.breached_passwords names {path}, within the home, which every backup takes whole. Put the file elsewhere, and give its whole path."
            )
        return Breached(path)


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
    known = {item.name: item.type for item in fields(WebSettings)}
    for name, value in table.items():
        if name not in known:
            raise ConfigError(f"the key web.{name} does not exist. Correct its name or take it out.")
        if name in _BOUNDS:
            low, high = _BOUNDS[name]
            if type(value) is not int or not low <= value <= high:
                raise ConfigError(f"web.{name} is a whole number from {low} to {high}.")
        elif name == "second_person":
            if type(value) is not bool:
                raise ConfigError("web.second_person is true or false.")
        elif name != "openid" and not isinstance(value, str):
            raise ConfigError(f"web.{name} is a text.")
    if table.get("address") and not _ADDRESS.fullmatch(table["address"]):
        raise ConfigError(
            "web.address is the lower-case https:// address of the issuer, without a path (http:// only for localhost and 127.0.0.1)."
        )
    return WebSettings(**{**table, "openid": _openid(table["openid"]) if table.get("openid") else None})


def _openid(table: object) -> OpenIdSettings:
    if not isinstance(table, dict):
        raise ConfigError("web.openid is a table with issuer, client_id and client_secret.")
    known = {item.name for item in fields(OpenIdSettings)}
    for name, value in table.items():
        if name not in known:
            raise ConfigError(f"the key web.openid.{name} does not exist. Correct its name or take it out.")
        if not isinstance(value, list if name == "levels" else str):
            raise ConfigError(f"web.openid.{name} is a {'list of texts' if name == 'levels' else 'text'}.")
    for name in ("issuer", "client_id", "client_secret"):
        if not table.get(name):
            raise ConfigError(f"the key web.openid.{name} is missing. Add it.")
    if not _ADDRESS.match(table["issuer"]):
        raise ConfigError("web.openid.issuer is the provider's https:// address.")
    return OpenIdSettings(**{**table, "levels": tuple(table.get("levels", ()))})
