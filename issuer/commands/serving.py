"""Serving issuer and verifier with gunicorn, a production WSGI server; never Flask's development server."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from issuer.commands.terminal import say
from issuer.errors import ConfigError
from issuer.messages import text

if TYPE_CHECKING:
    from issuer.home import Home

ISSUER_PORT, VERIFIER_PORT, DEMARCHES_PORT = 8000, 8001, 8002
WORKERS, THREADS = 2, 16
START_LIMIT = 60
"""Seconds a server may take to answer."""
STOP_LIMIT = 30
"""Seconds the servers of the demonstration may take to end what they are doing."""


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


def too_long(status: int) -> bytes:
    """The whole answer 414 or 431, as problem+json: what asked for it was not read to its end."""
    told = json.dumps({"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}).encode()
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nConnection: close\r\n"
    kind = f"Content-Type: application/problem+json\r\nContent-Length: {len(told)}\r\n\r\n"
    return (head + kind).encode() + told


def serve(
    make_app: Callable[[], object],
    bind: str,
    certificate: Path | None = None,
    key: Path | None = None,
    workers: int = WORKERS,
) -> None:
    """Serve a WSGI application until it is told to stop, over HTTPS with a ``certificate`` chain and its ``key`` (PEM
    files).

    Each worker process makes its own application. Raises ConfigError when the address cannot be listened on.
    """
    import gunicorn

    gunicorn.SERVER = "wif"  # what the header Server says: neither the program nor its version
    from gunicorn.app.base import BaseApplication
    from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
    from gunicorn.workers.gthread import ThreadWorker

    host, port = split_bind(bind)
    if not _can_listen(host, port):
        raise ConfigError(f"{bind} is busy or not an address of this machine. Choose another one with --bind.")

    class Worker(ThreadWorker):
        """Answers requests whose line or headers are too long as the API answers its errors (RFC 9457)."""

        def handle_error(self, req: object, client: socket.socket, addr: object, exc: Exception) -> None:
            if isinstance(exc, (LimitRequestLine, LimitRequestHeaders)):
                client.sendall(too_long(414 if isinstance(exc, LimitRequestLine) else 431))
            else:
                super().handle_error(req, client, addr, exc)

    class Application(BaseApplication):
        """Gunicorn, configured here and nowhere else."""

        def load_config(self) -> None:
            for name, value in {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "workers": workers,
                "threads": THREADS,
                "worker_class": Worker,
                "accesslog": None,
                "errorlog": "-",
                "loglevel": "warning",
                "timeout": 60,
                "graceful_timeout": 10,
                "keepalive": 15,
                "limit_request_line": 4094,
                "limit_request_fields": 60,
                "proc_name": "wif",
                "control_socket_disable": True,
                "certfile": certificate and str(certificate),
                "keyfile": key and str(key),
            }.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> object:
            return make_app()

    Application().run()


def share_counters() -> None:
    """Have the worker processes forked from this one count together, in a folder that goes with it. Call before
    ``issuer.web`` is imported.
    """
    folder, owner = tempfile.mkdtemp(prefix="wif-counters-"), os.getpid()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)


def end_with(pipe: int) -> None:
    """Stop this process as SIGTERM does once the writing end of ``pipe``, a file descriptor, is closed: as the system
    does for a process that was killed.
    """

    def watch() -> None:
        while os.read(pipe, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="starter", daemon=True).start()


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
    """The demonstration's servers, as processes that end together."""

    def __init__(self, home: Home, language: str) -> None:
        self.home, self.language = home, language
        self.origin = urlsplit(home.config.origin)
        self.port = self.origin.port or (443 if self.origin.scheme == "https" else 80)
        self.host = self.origin.hostname or "localhost"
        self.processes: dict[str, subprocess.Popen] = {}
        self._pipe = os.pipe()
        """Its writing end is held by this process alone: the servers end when it is closed, whatever ends this
        process.
        """

    def run(self) -> int:
        """Start them, say where they answer, and wait for Ctrl-C."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            verifier = self.home.config.origin + "/"
            if self.origin.scheme == "https":
                self._start_lan()
            else:
                self._start("verifier", self.port)
            self._say("verifier", address=verifier)
            if find_spec("issuer.web"):
                self._start_demarches()
                port = ISSUER_PORT if is_free(ISSUER_PORT) else free_port(self.port)
                self._start("issuer", port)
                self._say("issuer", address=f"http://localhost:{port}/")
                self._say("usagers", address=f"http://localhost:{port}/usagers")
                self._walk()
            _show_qr(verifier)
            self._say("stop")
            while all(process.poll() is None for process in self.processes.values()):
                time.sleep(0.5)
            for name in [name for name, process in self.processes.items() if process.poll() is not None]:
                self._say("ended", name=name)
            return 1
        except KeyboardInterrupt:
            return 0
        finally:
            self._stop()

    def _stop(self) -> None:
        """End them all: asked first, and after ``STOP_LIMIT`` seconds made to; nothing they answered can be lost by
        it.
        """
        for process in self.processes.values():
            process.terminate()
        end = time.monotonic() + STOP_LIMIT
        for process in self.processes.values():
            try:
                process.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _say(self, key: str, **params: object) -> None:
        say(text(f"demo.{key}", self.language, **params))

    def _start_lan(self) -> None:
        from issuer.demo.lan import certificates

        files = certificates(self.home.path / "lan", self.host)
        self._start(
            "verifier",
            self.port,
            self.host,
            "--certificate",
            str(files.chain),
            "--key",
            str(files.key),
        )
        port = free_port(self.port)
        self._start("guide", port, self.host)
        guide = f"http://{self.host}:{port}/"
        self._say("guide", address=guide)
        _show_qr(guide)

    def _start_demarches(self) -> None:
        """The local Démarches simplifiées, which the issuer's configuration is made to name."""
        from issuer.demo.demarches.setting_up import configure

        port = DEMARCHES_PORT if is_free(DEMARCHES_PORT) else free_port(max(self.port, DEMARCHES_PORT))
        self.home = configure(self.home, f"http://127.0.0.1:{port}")
        self._start("demarches", port)
        self._say("demarches", address=f"http://localhost:{port}/")

    def _walk(self) -> None:
        """Take one dossier all the way, and say what was seen."""
        from issuer.demo.demarches.walk import walk

        seen = walk(self.home)
        self.home.close()
        if seen is not None:
            self._say(
                "walk",
                dossiers=seen.dossiers,
                dossier=seen.dossier,
                number=seen.number,
                pdf=seen.pdf.name,
                verdict=text(f"verdict.{seen.verdict}", self.language),
            )

    def _start(self, name: str, port: int, host: str = "127.0.0.1", *options: str) -> None:
        process = subprocess.Popen(
            [
                sys.executable,
                "-X",
                "utf8",
                "-m",
                "issuer.commands",
                "serve",
                name,
                "--bind",
                f"{host}:{port}",
                "--ends-with",
                str(self._pipe[0]),
                *options,
            ],
            env={**os.environ, "WIF_HOME": str(self.home.path)},
            pass_fds=self._pipe[:1],
        )
        self.processes[name] = process
        _wait(host, port, process, name)


def _show_qr(address: str) -> None:
    """The address as a QR code, on a terminal only."""
    if sys.stderr.isatty():
        import segno

        segno.make(address, micro=False).terminal(out=sys.stderr, compact=True)


def _wait(host: str, port: int, process: subprocess.Popen, name: str) -> None:
    for _ in range(START_LIMIT * 20):
        if process.poll() is not None:
            raise ConfigError(f"The {name} did not start; its words are above.")
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.05)
    raise ConfigError(f"The {name} does not answer after {START_LIMIT} seconds. Stop it, and look at its words above.")
