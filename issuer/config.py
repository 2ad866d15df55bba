"""The configuration of a home: ``WIF_HOME/config.toml``. Reads no environment; the edges pass the folder in."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

from keys import latin
from keys.content import ORIGIN
from keys.errors import FormError
from keys.roots import RootSet

from issuer.errors import ConfigError

PDF_ENGINES = ("typst", "pdfkit")
DAY = 24 * 3600
Read = TypeVar("Read")


@dataclass(frozen=True)
class FormerRoots:
    """A root set that was rotated away and still signs every list until UTC second ``until``, for verifiers that slept."""

    roots: RootSet
    until: int


@dataclass(frozen=True)
class Config:
    """What ``config.toml`` says. Every key is described in ``docs/operations.md``."""

    origin: str
    """Address of the verifier, printed in every QR for ever: lower case, no trailing slash."""
    authority: str
    """The issuing authority, 1 to 120 characters of the text rule; printed, and named by the trust list."""
    roots: RootSet
    """The pinned roots. They come from here, never from the trust list itself."""
    former_roots: tuple[FormerRoots, ...] = ()
    """Root sets rotated away, written by the ceremony that rotates."""
    demonstration: bool = False
    """Whether the keys are demonstration keys: marked on papers and screens."""
    pdf_engine: str = "typst"
    """``typst`` or ``pdfkit``."""
    signatory: dict | None = field(default=None, repr=False)
    """Default signatory of a decision: given_names, family_name, title, service."""
    departments: tuple[str, ...] = ()
    """Départements that the first attestation key may sign for; empty means all."""
    status_ttl: int = DAY
    """Seconds for which a status list counts as fresh."""
    status_lifetime: int = 7 * DAY
    """Seconds after which a status list expires."""
    trust_next_update: int = 7 * DAY
    """Seconds after which a newer trust list is due."""
    trust_lifetime: int = 30 * DAY
    """Seconds after which a trust list expires."""
    extra: dict = field(default_factory=dict, repr=False)
    """The other tables of the file (``[demarches]``, ``[web]``, ``[mail]``), each read by its own room."""


_NUMBERS = ("status_ttl", "status_lifetime", "trust_next_update", "trust_lifetime")


def read_toml(path: Path, missing: str, read: Callable[[dict], Read]) -> Read:
    """What ``read`` makes of a TOML file. Raises ConfigError that names the file, the key and the remedy; ``missing`` says it when there is no file."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(missing) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}. Correct the file.") from None
    try:
        return read(table)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def load(home: Path) -> Config:
    """Read ``home/config.toml``. Raises ConfigError that names the file, the key and the remedy."""
    return read_toml(
        home / "config.toml",
        f'There is no home at {home}. Run "wif init" first, or set WIF_HOME to an existing one.',
        from_table,
    )


def from_table(table: dict) -> Config:
    """Check a parsed configuration. Raises ConfigError naming the key."""
    names = {f.name for f in fields(Config)} - {"extra"}
    known = {name: value for name, value in table.items() if name in names}
    extra = {name: value for name, value in table.items() if name not in names}
    for name, value in extra.items():
        if not isinstance(value, dict):
            raise ConfigError(f"the key {name!r} does not exist. Correct its name or take it out.")
    for name in ("origin", "authority", "roots"):
        if name not in known:
            raise ConfigError(f"the key {name!r} is missing. Add it.")
    known["roots"] = roots_from(known["roots"])
    known["former_roots"] = tuple(_former(entry) for entry in known.get("former_roots", ()))
    check_origin(known["origin"])
    check_authority(known["authority"])
    if known.get("pdf_engine", "typst") not in PDF_ENGINES:
        raise ConfigError(f"pdf_engine is one of {', '.join(PDF_ENGINES)}.")
    if type(known.get("demonstration", False)) is not bool:
        raise ConfigError("demonstration is true or false.")
    for name in _NUMBERS:
        if name in known and (type(known[name]) is not int or known[name] < 60):
            raise ConfigError(f"{name} is a number of seconds, at least 60.")
    known["departments"] = tuple(known.get("departments", ()))
    return Config(**known, extra=extra)


def check_origin(origin: object) -> None:
    """Raise ConfigError unless this is an address that a trust list may name."""
    if not isinstance(origin, str) or not ORIGIN.fullmatch(origin):
        raise ConfigError(
            f"the origin {origin!r} is not a lower-case https:// address without a path or trailing slash. "
            "Write for example https://verif.example.org (http:// only for localhost and 127.0.0.1)."
        )


def check_authority(authority: object) -> None:
    """Raise ConfigError unless this text may name an authority."""
    if not isinstance(authority, str) or not latin.follows(authority, 1, 120):
        raise ConfigError("the authority is a name of 1 to 120 Latin characters without doubled spaces.")


def roots_from(value: object) -> RootSet:
    """A root set written as ``{threshold = 2, keys = ["64 hexadecimal digits", …]}``. Raises ConfigError."""
    match value:
        case {"threshold": int() as threshold, "keys": list() as keys} if all(isinstance(key, str) for key in keys):
            try:
                return RootSet(threshold, tuple(bytes.fromhex(key) for key in keys))
            except (ValueError, FormError) as error:
                raise ConfigError(f"the roots are not usable: {error}") from None
    raise ConfigError("the roots are a threshold and a list of keys in hexadecimal.")


def _former(value: object) -> FormerRoots:
    if not isinstance(value, dict) or type(value.get("until")) is not int:
        raise ConfigError(
            "each table of former_roots holds a threshold, keys in hexadecimal, and until, in UTC seconds."
        )
    return FormerRoots(roots_from({name: value.get(name) for name in ("threshold", "keys")}), value["until"])


def roots_toml(roots: RootSet, former: tuple[FormerRoots, ...] = ()) -> list[str]:
    """The lines of ``[roots]`` and ``[[former_roots]]``."""

    def table(head: str, of: RootSet) -> list[str]:
        return [head, f"threshold = {of.threshold}", f"keys = [{', '.join(json.dumps(key.hex()) for key in of.keys)}]"]

    lines = [*table("[roots]    # public keys; their private halves belong on machines without a network", roots), ""]
    for entry in former:
        lines += [
            *table("[[former_roots]]    # still signs every list until then (UTC seconds)", entry.roots),
            f"until = {entry.until}",
            "",
        ]
    return lines


def read_roots(path: Path) -> RootSet:
    """The root set of a JSON or TOML file, either at its top or under ``roots``. Raises ConfigError."""
    try:
        raw = path.read_text(encoding="utf-8")
        table = json.loads(raw) if raw.lstrip().startswith("{") else tomllib.loads(raw)
    except (OSError, ValueError) as error:
        raise ConfigError(f"The roots of {path} cannot be read: {error}. Give a JSON file or a config.toml.") from None
    return roots_from(table.get("roots", table))


def to_toml(config: Config) -> str:
    """The text of ``config.toml`` for a new home."""
    quoted = lambda text: json.dumps(text, ensure_ascii=False)
    lines = [
        "# Work In France: the configuration of this home. Every key is described in docs/operations.md.",
        f"origin = {quoted(config.origin)}    # printed in every QR code: permanent",
        f"authority = {quoted(config.authority)}",
        f"demonstration = {str(config.demonstration).lower()}",
        f"pdf_engine = {quoted(config.pdf_engine)}",
        f"departments = [{', '.join(map(quoted, config.departments))}]    # empty: the attestation key may sign for all",
        *(f"{name} = {getattr(config, name)}" for name in _NUMBERS),
        "",
        *roots_toml(config.roots, config.former_roots),
    ]
    if config.signatory:
        lines += ["[signatory]", *(f"{name} = {quoted(value)}" for name, value in config.signatory.items()), ""]
    else:
        lines += [
            "# [signatory]    # default signatory of a decision (CRPA L212-1), when a record names none",
            '# given_names = ""',
            '# family_name = ""',
            '# title = ""',
            '# service = ""',
            "",
        ]
    return "\n".join(lines)
