"""Hosts for the tests: network namespaces on a bridge of their own, whose lines can be cut and whose programs killed.

Linux, as root, with iproute2. Nothing of the machine's own network is touched.
"""

import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

REQUIRED = os.environ.get("WIF_REQUIRE_NAMESPACES") == "1"


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=30)


class Network:
    """A switch and the hosts on it. ``end`` kills what runs there and takes everything away."""

    def __init__(self) -> None:
        self._mark, self.hosts = f"wif{secrets.token_hex(2)}", dict[str, Host]()
        try:
            _ip("netns", "add", self._mark)
            _ip("-n", self._mark, "link", "add", "bridge", "type", "bridge")
            _ip("-n", self._mark, "link", "set", "bridge", "up")
        except (OSError, subprocess.CalledProcessError) as error:
            (pytest.fail if REQUIRED else pytest.skip)(f"no network namespaces here, which take root on Linux: {error}")

    def host(self, name: str) -> "Host":
        """A new host, on the line."""
        space, place = f"{self._mark}{name}", len(self.hosts) + 1
        _ip("netns", "add", space)
        self.hosts[name] = host = Host(space, f"10.77.0.{place}")
        _ip("-n", self._mark, "link", "add", name, "type", "veth", "peer", "name", "line", "netns", space)
        _ip("-n", self._mark, "link", "set", name, "master", "bridge", "up")
        _ip("-n", space, "addr", "add", f"{host.address}/24", "dev", "line")
        for link in ("lo", "line"):
            _ip("-n", space, "link", "set", link, "up")
        return host

    def cut(self, name: str, back: bool = False) -> None:
        """Pull a host's cable, or plug it in again."""
        _ip("-n", self._mark, "link", "set", name, "up" if back else "down")

    def end(self) -> None:
        """Kill what runs on the hosts, and take them away."""
        for host in self.hosts.values():
            host.kill()
            _ip("netns", "del", host.space)
        _ip("netns", "del", self._mark)


class Host:
    """A machine of the tests: its address, and how its programs are run."""

    def __init__(self, space: str, address: str) -> None:
        self.space, self.address = space, address
        self.within = ("ip", "netns", "exec", space)

    def start(self, *command: object, log: Path, **environment: str) -> subprocess.Popen[bytes]:
        """Start a program here, its words going to ``log``."""
        with log.open("ab") as out:
            return subprocess.Popen(
                [*self.within, *map(str, command)],
                env={**os.environ, **environment},
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def run(self, *command: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program here to its end."""
        return subprocess.run(
            [*self.within, *map(str, command)],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )

    def kill(self) -> None:
        """Power off: every program of this host ends at once, whatever it was doing."""
        found = subprocess.run(["ip", "netns", "pids", self.space], capture_output=True, text=True, check=True)
        for one in found.stdout.split():
            try:
                os.kill(int(one), signal.SIGKILL)
            except ProcessLookupError:
                continue


def program(name: str) -> str:
    """The path of a program of the machine; the test is skipped, or fails where it is required, without it."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        (pytest.fail if REQUIRED else pytest.skip)(f"{name} is not on this machine")
    return str(found)
