"""Who may read a home: its folder 711, what a web server serves 755, everything else its owner alone (700 and 600).

``public/`` and ``site/`` are for the web server's account, which passes through the home but cannot list it. Nobody
else gets into a private folder, so what lies there is looked at where there is time for it: when a server starts,
before a backup, after a restore or an upgrade. A copy of the folder made with its rights is then private too.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from issuer.errors import ConfigError
from keys import durable

SERVED = ("public", "site")
"""Folders of a home that other accounts of the machine read."""
PASSED = 0o711


def keep(home: Path, refuse: bool = True, whole: bool = False) -> None:
    """Give a home the rights above where they are wider, or too narrow to be served: the folder and its entries, and
    with ``whole`` everything below. What is a link is left alone, and not followed.

    Raises ConfigError when others may read what is not theirs and that cannot be mended; without ``refuse`` it is left
    so: a demonstration protects nothing, and some disks keep no rights.
    """
    for path in (home, *(_below(home) if whole else sorted(home.iterdir()))):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        found = stat.S_IMODE(status.st_mode)
        wanted = PASSED if path == home else _wanted(path.relative_to(home), status.st_mode)
        if stat.S_ISLNK(status.st_mode) or found == wanted:
            continue
        try:
            path.chmod(wanted)
        except FileNotFoundError:
            continue
        except OSError:
            pass
        if refuse and path.exists() and stat.S_IMODE(path.stat().st_mode) & ~wanted & 0o077:
            raise ConfigError(
                f"Other accounts of this machine can read {path} (rights {found:o}). Give it to the account that runs"
                f" this program, and run: chmod {wanted:o} {path}"
            )


def _wanted(path: Path, mode: int) -> int:
    """The rights of an entry, its path within the home, its present mode."""
    served = path.parts[0] in SERVED and not any(part.startswith(".") for part in path.parts)
    if stat.S_ISDIR(mode):
        return durable.PUBLIC_FOLDER if served else durable.PRIVATE_FOLDER
    return durable.PUBLIC if served and len(path.parts) > 1 else stat.S_IMODE(mode) & 0o700


def _below(home: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(home):
        yield from (Path(folder, name) for name in sorted((*folders, *files)))
