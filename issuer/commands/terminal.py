"""The edge to the terminal: environment, passphrase, JSON lines out, words and progress to standard error."""

from __future__ import annotations

import getpass
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from issuer.errors import ConfigError, UnreadableSource
from issuer.messages import catalogue, formats, preferred_language
from keys.errors import KeystoreError, WifError

if TYPE_CHECKING:
    from rich.progress import Progress

    from issuer.home import Home


def home_path() -> Path:
    """The home's folder: ``WIF_HOME``, else ``./var``."""
    return Path(os.environ.get("WIF_HOME") or "var")


def database_url() -> str | None:
    """``WIF_DATABASE_URL``, or None for the home's SQLite file."""
    return os.environ.get("WIF_DATABASE_URL") or None


def passphrase(confirm: bool = False) -> str:
    """The keystore's passphrase: ``WIF_PASSPHRASE``, the first line of ``WIF_PASSPHRASE_FILE``, or asked on a terminal.

    An empty text when there is none. Raises KeystoreError when the file cannot be read.
    """
    given = _given("WIF_PASSPHRASE")
    if given is not None:
        return given
    if sys.stdin.isatty() and sys.stderr.isatty():
        return click.prompt("Passphrase of the keystore", hide_input=True, confirmation_prompt=confirm, err=True)
    return ""


def backup_passphrase(confirm: bool = False) -> str:
    """The passphrase of backups: ``WIF_BACKUP_PASSPHRASE``, the first line of ``WIF_BACKUP_PASSPHRASE_FILE``, else the
    keystore's.

    An empty text when there is none. Raises KeystoreError when a file cannot be read.
    """
    given = _given("WIF_BACKUP_PASSPHRASE")
    return passphrase(confirm) if given is None else given


def _given(name: str) -> str | None:
    if os.environ.get(name):
        return os.environ[name]
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return None
    from issuer.config import first_line

    return first_line(Path(path), f"{name}_FILE", KeystoreError)


def open_home() -> Home:
    """The home of this environment. Raises ConfigError."""
    from issuer.home import Home

    def ask() -> str:
        secret = passphrase()
        if not secret and not home.config.demonstration:
            raise KeystoreError("The keystore needs its passphrase. Set WIF_PASSPHRASE or WIF_PASSPHRASE_FILE.")
        return secret

    home = Home(home_path(), ask, database_url())
    return home


def now() -> int:
    """UTC seconds of this machine's clock."""
    return int(time.time())


def author() -> str:
    """Who acts, for the audit trail: ``cli:`` and the login name, ASCII only."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return "cli:" + (re.sub(r"[^A-Za-z0-9._-]", "-", name)[:40] or "unknown")


def emit(row: dict) -> None:
    """One JSON line on standard output, written through at once."""
    try:
        line = json.dumps(row, ensure_ascii=False)
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(row)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def say(message: str) -> None:
    """Words for a person, on standard error."""
    click.echo(message, err=True)


def in_words(error: WifError) -> str:
    """An error in the words of the terminal: a file's fault in French where French is asked for and known."""
    language = preferred_language()
    if language == "fr" and isinstance(error, UnreadableSource) and error.code:
        for key, room in ((f"file.{error.code}", "issuer"), (f"import.broken.{error.code}", "issuer.web")):
            if (words := catalogue(language, room).get(key)) is not None:
                return words.format(**error.params)
    return str(error)


def meant(question: str) -> None:
    """Ask a person at a terminal once more before what cannot be undone; a program is not asked. Raises click.Abort."""
    if sys.stdin.isatty() and sys.stderr.isatty():
        click.confirm(question, abort=True, err=True)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def stages(words: dict[str, str]) -> Iterator[Callable[[str, int, int], None]]:
    """``step(stage, done, total)`` inside shows a bar for each stage of ``words`` on standard error; without a terminal
    nothing is drawn.
    """
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    with _bar() as bar:
        tasks: dict[str, Any] = {}

        def step(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(words[stage], total=total or None)
            bar.update(tasks[stage], completed=done, total=total or None)

        yield step


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Any]:
    """``advance()`` inside moves a bar on standard error; without a terminal nothing is drawn."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with _bar() as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)


def check_folder(path: Path) -> Path:
    """Make the folder if need be and return its absolute path. Raises ConfigError when it cannot be written to."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"The folder {path} cannot be made ({error.strerror}). Choose another one.") from None
    if not os.access(path, os.W_OK):
        raise ConfigError(f"The folder {path} cannot be written to. Choose another one, or change its rights.")
    return path.absolute()


def counted(count: int, one: str, many: str) -> str:
    """``1 record``, ``2 records``."""
    return f"{formats.count(count, 'en')} {one if formats.is_one(count, 'en') else many}"


def joined(parts: Iterable[str]) -> str:
    """The parts that are not empty, with commas."""
    return ", ".join(part for part in parts if part)
