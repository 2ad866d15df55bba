"""Which roots a home pins: written into its ``config.toml`` by the ceremony that rotates them, the rest of the file
left as it is.
"""

import re
import tomllib
from pathlib import Path

from issuer import config as configuration
from issuer.config import Config, FormerRoots
from issuer.errors import ConfigError
from keys import durable
from keys.roots import RootSet

_SECTION = re.compile(r"(?ms)^\[(?:roots\]|\[former_roots\]\]).*?(?=^(?:# )?\[|\Z)")


def sets_in_service(config: Config, now: int) -> tuple[RootSet, ...]:
    """The pinned root set, then those that still sign every list at UTC second ``now``."""
    return (config.roots, *(entry.roots for entry in config.former_roots if entry.until > now))


def former_after(config: Config, new: RootSet, now: int, keep: int) -> tuple[FormerRoots, ...]:
    """The former sets once ``new`` is pinned: the set it replaces signs on for ``keep`` seconds. With 0, after a
    compromise, there are none.
    """
    if not keep:
        return ()
    former = tuple(entry for entry in config.former_roots if entry.until > now and not entry.roots.same_as(new))
    return former if config.roots.same_as(new) else (*former, FormerRoots(config.roots, now + keep))


def pin(home: Path, roots: RootSet, former: tuple[FormerRoots, ...]) -> None:
    """Write these sets into ``home/config.toml``, whole or not at all. Raises ConfigError when the file is laid out in
    another way.
    """
    path = home / "config.toml"
    text = _SECTION.sub("", path.read_text(encoding="utf-8"))
    rest = re.search(r"(?m)^\[|^# \[", text)
    at = rest.start() if rest else len(text)
    written = text[:at] + "\n".join((*configuration.roots_toml(roots, former), "")) + text[at:]
    again = configuration.from_table(tomllib.loads(written))
    if not again.roots.same_as(roots) or len(again.former_roots) != len(former):
        raise ConfigError(
            f"The roots of {path} are not in a [roots] table of their own. Write them so, then run the same command"
            " again."
        )
    durable.write(path, written.encode())
