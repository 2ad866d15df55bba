"""A full disk, a read-only disk and a limit of size: said in plain words, nothing answered lost, nothing torn, and work
goes on afterwards.
"""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@cache
def namespace() -> tuple[str, ...]:
    """The command before one that may mount disks of its own: as root, or as anybody where the kernel allows it. Empty
    when it does not.
    """
    for command in (("unshare", "--mount"), ("unshare", "--user", "--map-root-user", "--mount")):
        probe = [*command, "mount", "-t", "tmpfs", "none", "/mnt"]
        if shutil.which("unshare") and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return command
    return ()


def happened(folder, kind, before=()):
    done = subprocess.run(
        [*before, sys.executable, "-m", "tests.faults.full", str(folder), kind],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "WIF_DATABASE_URL"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def hold(told):
    """What must hold whatever the disk does."""
    assert told["kept"] and told["answered"] >= 5 and told["again"] in ("issued", "already_issued")
    assert told["public_same"], "the published files stay as they were, whole"
    assert told["left"] == [], "nothing half-made is left"


@pytest.mark.parametrize(("kind", "code"), [("full", "full"), ("read-only", "readonly")])
def test_a_disk_that_takes_no_more(tmp_path, kind, code):
    if not namespace():
        pytest.skip("this machine lets nobody mount a small disk (unshare)")
    told = happened(tmp_path, kind, namespace())
    hold(told)
    assert told["said"]["issue"].startswith(f"RegistryError {code}:")
    assert told["said"]["publish"].startswith(("PublicationRefused", f"RegistryError {code}:"))
    assert told["said"]["backup"].startswith(("ConfigError", f"RegistryError {code}:"))


def test_a_limit_of_size(tmp_path):
    told = happened(tmp_path, "limited")
    hold(told)
    assert told["said"]["issue"].startswith("RegistryError broken:"), (
        "SQLite calls it an error of the disk, not a full one"
    )
    assert told["said"]["publish"].startswith(("PublicationRefused", "RegistryError")) and told["said"]["backup"]
