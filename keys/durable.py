"""Files that last and are never seen half written, and a lock that one process of a machine holds.

Everything durable that the project writes goes through :func:`writing`: a new file beside its place, synced, moved
over it, and its name synced too.
"""

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import BinaryIO

from keys.errors import KeystoreError

PRIVATE = 0o600
"""Rights of a file that its owner alone reads."""
PUBLIC = 0o644
"""Rights of a file that every account of the machine reads, such as the web server's."""
PRIVATE_FOLDER, PUBLIC_FOLDER = 0o700, 0o755
"""The same, of folders."""
SECOND = 1_000_000_000
_UNFINISHED = ".unfinished"
_SEALED_KEY = b"\xa7\x01nwif-sealed-key"
"""What a file of :mod:`keys.keystore` begins with."""


@contextmanager
def writing(path: Path, mode: int = PRIVATE, *, replace: bool = True) -> Iterator[BinaryIO]:
    """A file to write bytes to, which appears at ``path``, whole and on the disk, once the block has ended well.

    Until then, and after an error or a power cut, readers find the former file or none. ``mode``: the new file's
    rights, whatever the umask. With ``replace`` false a file that is there stays. A file that takes another's place is
    dated at least one whole second after it: whoever tells files apart by second and size (rsync, a web server's ETag
    and Last-Modified) tells these apart, however soon one follows the other. Raises OSError, which is then
    FileExistsError, and KeystoreError: a sealed key has no second copy here, and nothing takes its place.
    """
    if not replace and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    if replace and path.is_file():
        with path.open("rb") as former:
            if former.read(len(_SEALED_KEY)) == _SEALED_KEY:
                raise KeystoreError(f"{path} is a sealed key, and nothing is written over one. Give another file.")
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(6)}{_UNFINISHED}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            if stat.S_IMODE(os.fstat(handle).st_mode) != mode:
                with suppress(PermissionError):  # a memory stick (FAT) keeps no rights, and says so
                    os.fchmod(handle, mode)
            yield file
            file.flush()
            if replace:
                _date_after(path, handle)
            os.fsync(handle)
        if replace:
            os.replace(unfinished, path)
        else:
            _move_to_free_place(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write(path: Path, data: bytes, mode: int = PRIVATE, *, replace: bool = True) -> None:
    """Put ``data`` at ``path`` as :func:`writing` does. Raises OSError."""
    with writing(path, mode, replace=replace) as file:
        file.write(data)


def _date_after(former: Path, handle: int) -> None:
    try:
        taken = former.stat().st_mtime_ns // SECOND
    except FileNotFoundError:
        return
    if os.fstat(handle).st_mtime_ns // SECOND <= taken:
        os.utime(handle, ns=(os.fstat(handle).st_atime_ns, (taken + 1) * SECOND))


def _move_to_free_place(unfinished: Path, path: Path) -> None:
    """Of two processes that write the same new file, one succeeds and the other gets FileExistsError."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:  # no links on this file system: the name is taken with an empty file, then filled
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
        os.replace(unfinished, path)
        return
    unfinished.unlink()


def make_folder(path: Path, mode: int) -> None:
    """Make a folder and those above it that are missing, with these rights whatever the umask. Raises OSError."""
    if not path.is_dir():
        make_folder(path.parent, mode)
        path.mkdir(exist_ok=True)
        path.chmod(mode)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` last. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clear_unfinished(path: Path) -> None:
    """Remove what killed writers left of the file ``path``, or of every file in the folder ``path`` and below. Call
    it only where no other process writes there. Raises OSError.
    """
    left_of = (
        path.rglob(f".*{_UNFINISHED}") if path.is_dir() else path.parent.glob(f".{escape(path.name)}.*{_UNFINISHED}")
    )
    for left in left_of:
        left.unlink(missing_ok=True)


@contextmanager
def alone(lock: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the file ``lock`` against every other process and thread of this machine. It is made, for its owner alone,
    when it is missing.

    Gives True once it is held; without ``wait`` False, at once, while another holds it. A process that ends, however
    it ends, lets go. Raises OSError.
    """
    with open(lock, "a", encoding="ascii", opener=lambda path, flags: os.open(path, flags, PRIVATE)) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
