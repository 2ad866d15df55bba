"""Files appear whole or not at all, with the rights they were given; a lock goes with its process."""

import errno
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from keys import durable
from tests.faults.network import program
from tests.support.processes import Running


def child(program: str, *arguments) -> Running:
    given = f"import sys\nfrom pathlib import Path\nfrom keys import durable\n{program}"
    return Running(*arguments, command=[sys.executable, "-c", given])


def killed(process: Running) -> None:
    """Kill a child at the moment when it has said that it is there."""
    process.until(lambda lines: lines == ["there"])
    process.kill()


HALF = """
with durable.writing(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("there", flush=True)
    sys.stdin.read()
"""


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("former", [None, b"former"], ids=["new", "replaced"])
def test_of_a_killed_writer_nothing_is_seen(tmp_path, former):
    path = tmp_path / "trust.cose"
    if former is not None:
        path.write_bytes(former)
    killed(child(HALF, path))
    assert (path.read_bytes() if path.exists() else None) == former
    left = [name for name in names(tmp_path) if name != path.name]
    assert len(left) == 1 and left[0].startswith("."), "what is left is hidden: no server gives it out"
    durable.clear_unfinished(tmp_path)
    assert left[0] not in names(tmp_path)


def test_what_is_left_of_one_file_is_cleared_and_the_others_are_kept(tmp_path):
    for name in ("one[1].backup", "one1.backup"):
        killed(child(HALF, tmp_path / name))
    durable.clear_unfinished(tmp_path / "one[1].backup")
    assert [name[:12] for name in names(tmp_path)] == [".one1.backup"]


def test_after_an_error_the_former_file_stands_alone(tmp_path):
    path = tmp_path / "config.toml"
    durable.write(path, b"former")
    with pytest.raises(ZeroDivisionError), durable.writing(path) as file:
        file.write(b"new")
        raise ZeroDivisionError
    assert names(tmp_path) == ["config.toml"] and path.read_bytes() == b"former"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_disk_is_told_and_changes_nothing(tmp_path, monkeypatch, call):
    path = tmp_path / "config.toml"
    durable.write(path, b"former")

    def fails(*_arguments):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, call, fails)
    with pytest.raises(OSError, match="Input/output"):
        durable.write(path, b"new")
    assert names(tmp_path) == ["config.toml"] and path.read_bytes() == b"former"


def test_the_bytes_reach_the_disk_before_the_name_and_the_name_before_the_end(tmp_path, monkeypatch):
    told = []
    fsync, replace = os.fsync, os.replace

    def synced(handle):
        told.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else f"{os.fstat(handle).st_size} bytes")
        fsync(handle)

    def moved(source, target):
        told.append("moved")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", moved)
    durable.write(tmp_path / "x", b"12345")
    assert told == ["5 bytes", "moved", "folder"]


def test_of_two_lists_in_one_second_the_later_reaches_whoever_copies_by_second_and_size(tmp_path):
    """A file of the same size and second is passed over by rsync; a web server's ETag is made of the same two."""
    public, web = tmp_path / "public", tmp_path / "web"
    public.mkdir()
    path, seconds = public / "status-1.cose", []
    for number in range(20):
        durable.write(path, b"list %02d" % number)
        seconds.append(int(path.stat().st_mtime))
        subprocess.run([program("rsync"), "-rt", f"{public}/", f"{web}/"], check=True)
        assert (web / path.name).read_bytes() == b"list %02d" % number
    assert len(set(seconds)) == len(seconds)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("mode", [durable.PRIVATE, durable.PUBLIC])
def test_the_rights_are_those_asked_for_whatever_the_umask(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        durable.write(tmp_path / "x", b"", mode)
    finally:
        os.umask(before)
    assert rights(tmp_path / "x") == mode


def test_a_file_is_private_unless_it_is_said_to_be_public(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"")
    path.chmod(0o666)
    durable.write(path, b"secret")
    assert rights(path) == 0o600


def test_a_link_in_the_place_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "other").write_bytes(b"other")
    (tmp_path / "x").symlink_to(tmp_path / "other")
    durable.write(tmp_path / "x", b"new")
    assert (tmp_path / "other").read_bytes() == b"other" and not (tmp_path / "x").is_symlink()


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_of_many_who_make_the_same_new_file_one_does(tmp_path, monkeypatch, links):
    if not links:  # a memory stick

        def refused(*_arguments):
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refused)
    path = tmp_path / "server-secret"

    def attempt(number: int) -> bytes | None:
        data = str(number).encode() * 1000
        try:
            durable.write(path, data, replace=False)
        except FileExistsError:
            return None
        return data

    with ThreadPoolExecutor(8) as pool:
        made = [data for data in pool.map(attempt, range(8)) if data]
    assert [path.read_bytes()] == made and names(tmp_path) == ["server-secret"] and rights(path) == 0o600


def test_nothing_takes_the_place_of_a_dangling_link(tmp_path):
    (tmp_path / "x").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        durable.write(tmp_path / "x", b"new", replace=False)
    assert names(tmp_path) == ["x"]


HELD = """
with durable.alone(Path(sys.argv[1])) as held:
    print("there" if held else "not", flush=True)
    sys.stdin.read()
"""


def test_a_lock_is_held_by_one_and_goes_with_a_killed_process(tmp_path):
    lock = tmp_path / ".publisher"
    other = child(HELD, lock)
    other.until(lambda lines: lines == ["there"])
    with durable.alone(lock, wait=False) as held:
        assert not held
    other.kill()
    with durable.alone(lock) as held:
        assert held
        with durable.alone(lock, wait=False) as second:  # a thread of the same process
            assert not second
    with durable.alone(lock, wait=False) as held:
        assert held


def test_whoever_waits_goes_on_when_the_lock_is_free(tmp_path):
    lock = tmp_path / ".publishing"
    with durable.alone(lock):
        waiting = child(f"print('asking', flush=True)\n{HELD}\nprint('done')", lock)
        waiting.until(bool)
        with pytest.raises(AssertionError, match="not within"):
            waiting.until(lambda lines: len(lines) > 1, 0.3)
    assert waiting.end() == ["asking", "there", "done"] and waiting.process.returncode == 0
