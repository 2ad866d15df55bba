"""A PostgreSQL server of one's own, to stop and start: in a temporary folder, on loopback or on a host of the tests'
network, never as root.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.support.databases import REQUIRED


def programs() -> Path | None:
    """Where initdb and pg_ctl are."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    places = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].partition(".")[0])
    )
    return places[-1].parent if places else None


class Cluster:
    """One server; ``address`` is that of its database. ``within`` begins the commands of another host of the tests'
    network, whose address is ``host``.
    """

    def __init__(self, host: str = "127.0.0.1", within: tuple[str, ...] = ()) -> None:
        found = programs()
        owner = _owner()
        if found is None or (os.geteuid() == 0 and owner is None):
            why = "PostgreSQL's server programs (initdb, pg_ctl) are not on this machine, or no user may own a server"
            (pytest.fail if REQUIRED else pytest.skip)(why)
        self._as = [*within, *(["runuser", "-u", owner, "--"] if os.geteuid() == 0 else [])]
        self.host = host
        self._programs, self._folder = found, Path(tempfile.mkdtemp(prefix="wif-cluster-"))
        if owner and os.geteuid() == 0:
            shutil.chown(self._folder, owner)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"postgresql://wif@{host}:{self.port}/postgres"
        self._run("initdb", "-D", "data", "-U", "wif", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        if within:
            with (self._folder / "data" / "pg_hba.conf").open("a", encoding="ascii") as file:
                file.write("host all all samenet trust\n")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as, str(self._programs / program), *arguments],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start, and wait until it answers; after a crash it replays its journal first."""
        options = (
            f"-p {self.port} -c listen_addresses={self.host} -c unix_socket_directories={self._folder} -c"
            " max_connections=50"
        )
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", "60", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop as a crash does, or with ``fast`` as an operator does."""
        self._run("pg_ctl", "-D", "data", "-m", mode, "-w", "stop")

    def remove(self) -> None:
        """End it for good."""
        if (self._folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def _owner() -> str | None:
    """Whose the server is when root runs the tests."""
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None
