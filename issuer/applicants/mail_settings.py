"""The ``[mail]`` table of ``config.toml``: whether and how notices are sent. Without the table none are."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from issuer.config import first_line, read_table
from issuer.errors import ConfigError

KINDS = ("en_construction", "en_instruction", "accepte", "refuse", "sans_suite", "reopened", "attested")
"""The steps that can be told, by their words in the history."""
SECURITY = {"starttls": 587, "tls": 465, "none": 25}
"""How the connection is protected, and the port that goes with it."""
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,189}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+",
    re.ASCII,
)
"""One plain ASCII mailbox: no space, comma, quote, angle bracket or line break, hence one recipient and no header."""


@dataclass(frozen=True)
class MailSettings:
    """How notices are sent. Every key is described in ``docs/operations.md``."""

    host: str
    sender: str
    """The address that they come from (key ``from``)."""
    port: int = 587
    security: str = "starttls"
    """``starttls``, ``tls`` or ``none`` (on a loopback address only)."""
    user: str = ""
    password: str = field(default="", repr=False)
    name: str = "Work In France"
    """The name beside the sender's address."""
    steps: tuple[str, ...] = KINDS
    """Which steps are told."""
    certificates: str = ""
    """A PEM file of certificate authorities to believe besides the system's."""
    delay: int = 30
    """Seconds between two looks at what is to be sent."""


_NUMBERS = {"port": (1, 65_535), "delay": (1, 3600)}


def from_table(table: dict | None) -> MailSettings | None:
    """The settings of a parsed ``[mail]`` table; None when there is none or ``enabled`` is false. Raises ConfigError
    naming the key.
    """
    if not table:
        return None
    table = dict(table)
    enabled = table.pop("enabled", True)
    if type(enabled) is not bool:
        raise ConfigError("mail.enabled is true or false.")
    if "from" in table:
        table["sender"] = table.pop("from")
    password_file = table.pop("password_file", None)
    if table.get("sender", "") == "":
        raise ConfigError("the key mail.from is missing. Add it.")
    settings = read_table(MailSettings, "mail", table, _NUMBERS, {"steps": _steps, "sender": _sender})
    if settings.security not in SECURITY:
        raise ConfigError(f"mail.security is one of {', '.join(SECURITY)}.")
    if "port" not in table:
        settings = replace(settings, port=SECURITY[settings.security])
    if settings.security == "none" and settings.host not in ("localhost", "127.0.0.1", "::1"):
        raise ConfigError("mail.security is none for a server of this machine only. Write starttls or tls.")
    if password_file is not None:
        settings = replace(settings, password=first_line(Path(str(password_file)), "mail.password_file"))
    if bool(settings.user) != bool(settings.password):
        raise ConfigError("mail.user and mail.password (or mail.password_file) go together. Give both, or neither.")
    return settings if enabled else None


def _sender(value: object) -> str:
    if not isinstance(value, str) or not ADDRESS.fullmatch(value):
        raise ConfigError("mail.from is one e-mail address, like ne-pas-repondre@exemple.gouv.fr.")
    return value


def _steps(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(step in KINDS for step in value):
        raise ValueError(f"is a list of steps among {', '.join(KINDS)}.")
    return tuple(value)
