"""The configuration of a home: ``WIF_HOME/config.toml``. Reads no environment; the edges pass the folder in."""

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from issuer.errors import ConfigError
from keys import latin
from keys.errors import FormError, WifError
from keys.roots import RootSet
from keys.trust_content import is_origin

PDF_ENGINES = ("typst", "pdfkit")
DAY = 24 * 3600
Read = TypeVar("Read")
if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Settings = TypeVar("Settings", bound="DataclassInstance")
Reader = Callable[[object], object]
"""Checks and converts one value. Raises ConfigError, or ValueError with what follows the key's name."""


@dataclass(frozen=True)
class FormerRoots:
    """A root set that was rotated away and still signs every list until UTC second ``until``, for verifiers that
    slept.
    """

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
    signatory: dict[str, Any] | None = field(default=None, repr=False)
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
    clocks: tuple[str, ...] = ()
    """Addresses that the unattended publisher asks the time of, besides the origin, when its own is not believed."""
    extra: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)
    """The other tables of the file (``[demarches]``, ``[web]``, ``[mail]``), each read by its own room."""


_SPACES = "\u00a0\u202f"
"""The spaces that French typography keeps together: a text may have them."""
_NUMBERS = ("status_ttl", "status_lifetime", "trust_next_update", "trust_lifetime")


def read_toml(path: Path, missing: str, read: Callable[[dict[str, Any]], Read]) -> Read:
    """What ``read`` makes of a TOML file. Raises ConfigError that names the file, the key and the remedy; ``missing``
    says it when there is no file.
    """
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


def from_table(table: dict[str, Any]) -> Config:
    """Check a parsed configuration. Raises ConfigError naming the key."""
    names = {f.name for f in fields(Config)} - {"extra"}
    extra = {name: value for name, value in table.items() if name not in names and isinstance(value, dict)}
    known = {name: value for name, value in table.items() if name not in extra}
    readers: dict[str, Reader] = {
        "roots": roots_from,
        "former_roots": lambda value: tuple(_former(entry) for entry in texts_or_tables(value, dict, "former_roots")),
        "signatory": _signatory,
        "departments": lambda value: tuple(texts_or_tables(value, str, "departments")),
        "clocks": _clocks,
        **dict.fromkeys(_NUMBERS, _seconds),
    }
    if "extra" in known:
        raise ConfigError("the key 'extra' does not exist. Correct its name or take it out.")
    config = read_table(Config, "", known, readers=readers)
    check_origin(config.origin)
    check_authority(config.authority)
    if config.pdf_engine not in PDF_ENGINES:
        raise ConfigError(f"pdf_engine is one of {', '.join(PDF_ENGINES)}.")
    return replace(config, extra=extra)


def read_table(
    kind: type[Settings],
    where: str,
    table: object,
    bounds: Mapping[str, tuple[int, int]] = MappingProxyType({}),
    readers: Mapping[str, Reader] = MappingProxyType({}),
) -> Settings:
    """The settings of a parsed table ``[where]`` (``""``: the top of the file), as the dataclass ``kind``, whose fields
    are the keys: one without a default must be given.

    A text has one line, a number stands within its ``bounds``, both included; ``readers`` check and convert what is
    neither text, number nor bool. Raises ConfigError that names the key.
    """
    shown = (lambda name: f"{where}.{name}") if where else repr
    known = {item.name: item for item in fields(kind)}
    if not isinstance(table, dict):
        raise ConfigError(f"{where} is a table with {', '.join(known)}.")
    for name in table:
        if name not in known:
            raise ConfigError(f"the key {shown(name)} does not exist. Correct its name or take it out.")
    for name, item in known.items():
        if item.default is MISSING and item.default_factory is MISSING and table.get(name, "") == "":
            raise ConfigError(f"the key {shown(name)} is missing. Add it.")
    values = {}
    for name, value in table.items():
        plain = shown(name).strip("'")
        if name in readers:
            try:
                values[name] = readers[name](value)
            except ValueError as error:
                raise ConfigError(f"{plain} {error}") from None
            continue
        if name in bounds:
            low, high = bounds[name]
            if type(value) is not int or not low <= value <= high:
                raise ConfigError(f"{plain} is a whole number from {low} to {high}.")
        elif known[name].type is bool:
            if type(value) is not bool:
                raise ConfigError(f"{plain} is true or false.")
        elif not isinstance(value, str) or not all(char.isprintable() or char in _SPACES for char in value):
            raise ConfigError(f"{plain} is a text of one line.")
        values[name] = value
    return kind(**values)


def texts_or_tables(value: object, kind: type, what: str) -> list[Any]:
    """A list of texts (``kind`` str) or of tables (dict), checked. Raises ConfigError that names ``what``."""
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise ConfigError(f"{what} is a list of {'texts' if kind is str else 'tables'}.")
    return value


def first_line(path: Path, name: str, error: type[WifError] = ConfigError) -> str:
    """The first line of the file at ``path``, a secret which ``name`` (a key or a variable) tells where to find; empty
    when the file is. Raises ``error``.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise error(f"{name} names {path}, which cannot be read. Correct the path or its rights.") from None
    return lines[0] if lines else ""


def _seconds(value: object) -> int:
    if type(value) is not int or value < 60:
        raise ValueError("is a number of seconds, at least 60.")
    return value


def _clocks(value: object) -> tuple[str, ...]:
    addresses = tuple(texts_or_tables(value, str, "clocks"))
    if not all(is_origin(address) for address in addresses):
        raise ConfigError(
            "clocks is a list of lower-case https:// addresses without a path, of machines whose time is right."
        )
    return addresses


def _signatory(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError("signatory is a table with given_names, family_name, title and service.")
    return value


def check_origin(origin: object) -> None:
    """Raise ConfigError unless this is an address that a trust list may name."""
    if not is_origin(origin):
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
    quoted: Callable[[str], str] = lambda text: json.dumps(text, ensure_ascii=False)
    lines = [
        "# Work In France: the configuration of this home. Every key is described in docs/operations.md.",
        f"origin = {quoted(config.origin)}    # printed in every QR code: permanent",
        f"authority = {quoted(config.authority)}",
        f"demonstration = {str(config.demonstration).lower()}",
        f"pdf_engine = {quoted(config.pdf_engine)}",
        (
            f"departments = [{', '.join(map(quoted, config.departments))}]    # empty: the attestation key may sign"
            " for all"
        ),
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
