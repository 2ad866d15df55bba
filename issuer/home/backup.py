"""A backup of a home, in one sealed file, taken while others issue, revoke and publish.

A tar within a sealed stream (``keys.sealedstream``), in this order: ``manifest.json``; the files of the home, the
published ones first; the parts of the database. What is taken first is the oldest: the audit head and the lists of the
backup are never newer than its database, and every key that its trust list names is there.
"""

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nacl.pwhash import argon2id

from issuer.errors import ConfigError
from issuer.home import dumps
from issuer.home.home import Home
from issuer.registry import chain, schema
from keys import durable
from keys.keystore import Cost
from keys.sealedstream import SealedWriter

FORM = 1
"""The form of the backup, in its manifest."""
LEFT_OUT = ("documents", "imports", "site", "lan", "backups")
"""Folders of a home that are made again, kept for a week only, or are themselves copies."""
DATABASE = "wif.sqlite3"


@dataclass(frozen=True)
class BackedUp:
    """What was backed up: the audit head that it holds at least, its bytes, and how many files and parts of the
    database.
    """

    head: chain.Head
    bytes: int
    files: int
    parts: int


def backup(
    home: Home, file: Path, passphrase: str, progress: Callable[[str, int, int], None] = lambda step, done, total: None
) -> BackedUp:
    """Write the backup of ``home`` to ``file``, which appears once it is whole and on the disk.

    ``progress(step, done, total)`` is called with ``database`` and ``sealing``. Raises ConfigError, SealError or
    RegistryError; then no file is left.
    """
    if file.exists():
        raise ConfigError(f"{file} is already there. Give another name: a backup never replaces one.")
    home.keep_private()
    engine, head = home.engine, chain.head(home.engine)
    cost = Cost(argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_MIN) if home.config.demonstration else Cost()
    manifest = {
        "form": FORM,
        "made_at": home.clock(),
        "origin": home.config.origin,
        "demonstration": home.config.demonstration,
        "database": dumps.kind(engine),
        "revision": schema.current(engine),
        "head": head.to_json(),
    }
    try:
        durable.clear_unfinished(file)
        with durable.writing(file, replace=False) as out:
            sealed = SealedWriter(out, passphrase, cost)
            with tarfile.open(fileobj=sealed, mode="w|", format=tarfile.PAX_FORMAT) as archive:  # type: ignore[call-overload]  # a stream needs write alone
                files, parts = _write(archive, home, manifest, progress)
            sealed.finish()
            size = out.tell()
    except OSError as error:
        raise ConfigError(
            f"The backup {file} cannot be written ({error.strerror}). Check the folder, its rights and the room on its"
            " disk."
        ) from None
    return BackedUp(head, size, files, parts)


def _write(
    archive: tarfile.TarFile, home: Home, manifest: dict, progress: Callable[[str, int, int], None]
) -> tuple[int, int]:
    _add(archive, "manifest.json", json.dumps(manifest).encode())
    files = 0
    for path in _files(home.path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        _add(archive, f"home/{path.relative_to(home.path).as_posix()}", data)
        files += 1
    parts = 0
    with dumps.dumped(home.engine, home.path, lambda done, total: progress("database", done, total)) as stream:
        for part in stream:
            _add(archive, f"database/{parts:06d}", part)
            parts += 1
            progress("sealing", parts, 0)
    return files, parts


def _files(home: Path) -> Iterator[Path]:
    """The files of a home, what is published first. Nothing hidden, no database, no folder of :data:`LEFT_OUT`."""
    tops = sorted(home.iterdir(), key=lambda path: (path.name != "public", path.name))
    for top in tops:
        if top.name.startswith((".", DATABASE)) or top.name in LEFT_OUT or (top.is_symlink() and not top.is_dir()):
            continue
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(home).parts):
                yield path


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))
