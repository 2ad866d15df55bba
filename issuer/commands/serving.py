"""Serving issuer and verifier with gunicorn, a production WSGI server; never Flask's development server."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

from issuer.commands.terminal import say
from issuer.errors import ConfigError
from issuer.messages import text

WORKERS, THREADS = 2, 4
START_LIMIT = 20
"""Seconds a server may take to answer."""


def is_free(port: int) -> bool:
    """Whether this port of the loopback interface can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(after: int) -> int:
    """The first free port above ``after``. Raises ConfigError when a hundred in a row are busy."""
    for port in range(after + 1, after + 101):
        if is_free(port):
            return port
    raise ConfigError(f"The ports {after} to {after + 100} are all busy. End a program that uses one of them.")


def split_bind(bind: str) -> tuple[str, int]:
    """``HOST:PORT`` taken apart. Raises ConfigError."""
    host, _, port = bind.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ConfigError(f"--bind {bind} is not HOST:PORT. Write for example 127.0.0.1:8000.")
    return host.strip("[]"), int(port)


def serve(make_app: Callable[[], object], bind: str, workers: int = WORKERS) -> None:
    """Serve a WSGI application until it is told to stop. Each worker process makes its own application."""
    from gunicorn.app.base import BaseApplication

    host, port = split_bind(bind)
    if not _can_listen(host, port):
        raise ConfigError(f"{bind} is busy or not an address of this machine. Choose another one with --bind.")

    class Application(BaseApplication):
        """Gunicorn, configured here and nowhere else."""

        def load_config(self) -> None:
            for name, value in {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}", "workers": workers, "threads": THREADS, "worker_class": "gthread",
                "accesslog": None, "errorlog": "-", "loglevel": "warning", "timeout": 60, "graceful_timeout": 10, "keepalive": 15,
                "limit_request_line": 4094, "limit_request_fields": 60, "proc_name": "wif", "control_socket_disable": True,
            }.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> object:
            return make_app()

    Application().run()


def _can_listen(host: str, port: int) -> bool:
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError:
        return False
    return True


class Servers:
    """The demonstration's two servers, as two processes that end together."""

    def __init__(self, home, language: str) -> None:
        self.home, self.language = home, language

    def run(self) -> int:
        """Start them, say where they answer, and wait for Ctrl-C."""
        from issuer.commands.demo import ISSUER_PORT

        verifier_port = int(self.home.config.origin.rpartition(":")[2])
        issuer_port = ISSUER_PORT if is_free(ISSUER_PORT) else free_port(verifier_port)
        started = [("verifier", verifier_port)] + ([("issuer", issuer_port)] if find_spec("issuer.web") else [])
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        processes: list[subprocess.Popen] = []
        try:
            for name, port in started:
                processes.append(self._start(name, port))
            for (name, port), process in zip(started, processes, strict=True):
                _wait(port, process, name)
                say(f"{text(f'demo.{name}', self.language)}: http://localhost:{port}/")
            say(text("demo.stop", self.language))
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
            return 1
        except KeyboardInterrupt:
            return 0
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=15)

    def _start(self, name: str, port: int) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "issuer.commands", "serve", name, "--bind", f"127.0.0.1:{port}"],
            env={**os.environ, "WIF_HOME": str(self.home.path)},
        )


def _wait(port: int, process: subprocess.Popen, name: str) -> None:
    for _ in range(START_LIMIT * 20):
        if process.poll() is not None:
            raise ConfigError(f"The {name} did not start; its words are above.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise ConfigError(f"The {name} does not answer after {START_LIMIT} seconds. Stop it, and look at its words above.")
