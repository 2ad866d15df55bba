"""Load held: the verifier's files, the issuer's pages and API on loopback; then a soak with the memory of the server
processes.

    wif bench load [--seconds 15] [--clients 32] [--soak 20] [--rate 40] [--write]

``--soak`` is minutes (0: none) at ``--rate`` requests a second. The client is our own: one process, asyncio,
connections kept alive, at most ``--clients`` requests at a time, loopback only; it shares the machine with the servers,
which are started as ``wif serve`` does.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count, cycle
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

import httpx

from bench import _report
from tests.support.agency import PASSPHRASE, Agency, free_port
from tests.support.records import RECORD

SAMPLES = 240
"""Looks at the memory during a soak."""


class Line:
    """One connection that is kept alive; asks and reads whole answers."""

    def __init__(self, port: int) -> None:
        self.port, self._reader, self._writer = port, None, None

    async def ask(self, request: bytes) -> tuple[int, int]:
        """The status and the length of the answer's body."""
        for fresh in (False, True):
            if self._writer is None or fresh:
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                self._writer.write(request)
                head = await self._reader.readuntil(b"\r\n\r\n")
                break
            except (asyncio.IncompleteReadError, ConnectionError):
                if fresh:
                    raise
        lines = head.split(b"\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        status = int(lines[0].split()[1])
        if b"content-length" in fields:
            length = int(fields[b"content-length"])
            await self._reader.readexactly(length)
        elif fields.get(b"transfer-encoding") == b"chunked":
            length = 0
            while size := int((await self._reader.readline()).strip() or b"0", 16):
                length += len(await self._reader.readexactly(size + 2)) - 2
            await self._reader.readline()
        else:
            length = 0
        if fields.get(b"connection", b"").lower() == b"close":
            self._writer.close()
            self._writer = None
        return status, length


def get(path: str, *fields: str) -> bytes:
    """The bytes of a GET."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *fields, "", ""]).encode()


def post(path: str, body: dict, *fields: str) -> bytes:
    """The bytes of a POST of JSON."""
    data = json.dumps(body).encode()
    return (
        "\r\n".join(
            [
                f"POST {path} HTTP/1.1",
                "Host: 127.0.0.1",
                "Content-Type: application/json",
                f"Content-Length: {len(data)}",
                *fields,
                "",
                "",
            ]
        ).encode()
        + data
    )


async def drive(
    port: int, requests: Iterator[bytes], seconds: float, clients: int
) -> tuple[list[float], int, int, float]:
    """Ask for ``seconds``: the times in ms, how many were no success, the bytes read, the seconds it took."""
    times, failed, read, end = [], 0, 0, time.perf_counter() + seconds

    async def work() -> None:
        nonlocal failed, read
        line = Line(port)
        while time.perf_counter() < end:
            began = time.perf_counter()
            status, length = await line.ask(next(requests))
            times.append((time.perf_counter() - began) * 1000)
            failed += status >= 400
            read += length

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(clients)))
    return times, failed, read, time.perf_counter() - began


def row(name: str, measured: tuple[list[float], int, int, float]) -> str:
    """One line of the table."""
    times, failed, read, seconds = measured
    times = sorted(times)
    return (
        f"| {name} | {len(times) / seconds:,.0f} /s | {statistics.median(times):,.1f} ms |"
        f" {times[int(len(times) * 0.99)]:,.0f} ms | {read / seconds / (1 << 20):,.1f} MiB/s | {len(times):,} |"
        f" {failed} |"
    )


class Verifier:
    """``wif serve verifier`` over the agency's home."""

    def __init__(self, agency: Agency) -> None:
        import subprocess

        self.port = free_port()
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-X",
                "utf8",
                "-m",
                "issuer.commands",
                "serve",
                "verifier",
                "--bind",
                f"127.0.0.1:{self.port}",
            ],
            env={**os.environ, "WIF_HOME": str(agency.path), "WIF_PASSPHRASE": PASSPHRASE},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/trust.cose", timeout=5)
                return
            except httpx.TransportError:
                time.sleep(0.1)
        raise SystemExit("The verifier does not answer.")

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=30)


def first_visit(site: Path) -> list[str]:
    """The paths that a phone's first visit asks for: what the built site holds, without its compressed copies."""
    names = [
        path.relative_to(site).as_posix()
        for path in site.rglob("*")
        if path.is_file() and path.suffix not in (".br", ".gz", ".map")
    ]
    return [
        "/",
        *(
            f"/{name}"
            for name in names
            if not name.startswith(("_", ".")) and "/_" not in name and name not in ("index.html", "404.html")
        ),
    ]


def memory(pid: int) -> float:
    """MiB held by a process and its children: their private and shared parts as the kernel divides them (Pss,
    proc(5)).
    """
    total = 0
    for one in [pid, *children(pid)]:
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(one) for task in Path(f"/proc/{pid}/task").glob("*/children") for one in task.read_text().split()]


async def soak(
    minutes: float,
    rate: float,
    clients: int,
    asked: list[tuple[int, Callable[[], bytes]]],
    look: Callable[[], dict[str, float]],
) -> tuple[dict[str, list[float]], int, int]:
    """Ask ``rate`` requests a second of each kind in turn, and look at the memory: samples by server, how many were
    asked, how many failed.
    """
    samples: dict[str, list[float]] = {}
    done = failed = 0
    began, end = time.perf_counter(), time.perf_counter() + minutes * 60
    turn, lines = cycle(asked), {}
    places: asyncio.Queue[int] = asyncio.Queue()
    for place in range(clients):
        places.put_nowait(place)

    async def one(port: int, request: bytes) -> None:
        nonlocal done, failed
        place = await places.get()
        try:
            status, _ = await lines.setdefault((port, place), Line(port)).ask(request)
            done += 1
            failed += status >= 400
        finally:
            places.put_nowait(place)

    async def sample() -> None:
        while time.perf_counter() < end:
            for name, held in look().items():
                samples.setdefault(name, []).append(held)
            await asyncio.sleep(minutes * 60 / SAMPLES)

    async def ask() -> None:
        waiting: set[asyncio.Task] = set()
        for place in count():
            if (due := began + place / rate) >= end:
                break
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            port, request = next(turn)
            waiting.add(task := asyncio.ensure_future(one(port, request())))
            task.add_done_callback(waiting.discard)
        await asyncio.gather(*waiting)

    await asyncio.gather(sample(), ask())
    return samples, done, failed


def one_of_many(place: int) -> dict:
    """A record of a person of their own: the same one twice would be a warning, and is not signed unasked."""
    birth = date(1950, 1, 1) + timedelta(place % 18_000)
    name = "ESSAI" + "".join(chr(65 + int(digit)) for digit in str(place // 18_000))
    return {**RECORD, "family_name": name, "birth_date": birth.isoformat(), "reference": f"L-{os.getpid()}-{place}"}


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=15, help="of each measured rate")
    parser.add_argument("--clients", type=int, default=32, help="requests at a time")
    parser.add_argument("--soak", type=float, default=20, help="minutes; 0 leaves it out")
    parser.add_argument("--rate", type=float, default=40, help="requests a second of the soak")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/reliability.md")
    options = parser.parse_args()
    command = (
        f"wif bench load --seconds {options.seconds:g} --clients {options.clients} --soak {options.soak:g} --rate"
        f" {options.rate:g}"
    )
    with tempfile.TemporaryDirectory() as place:
        agency = Agency(Path(place), web="api_limit = 1000000")
        numbers = [agency.issue(reference=f"LOAD-{n}") for n in range(50)]
        agency.start()
        verifier = Verifier(agency)
        try:
            site = agency.path / "site"
            paths = first_visit(site)
            token = f"Authorization: Bearer {agency.token('agent', 'read', 'issue')}"
            cookie = f"Cookie: wif={agency.cookie('agent')}"
            numbered, next_one = cycle(numbers), count()
            brotli = "Accept-Encoding: br, gzip"

            def issue() -> bytes:
                return post("/api/v1/attestations", one_of_many(next(next_one)), token)

            kinds: list[tuple[str, int, Iterator[bytes]]] = [
                ("verifier: first page, br", verifier.port, cycle([get("/", brotli)])),
                ("verifier: first page, uncompressed", verifier.port, cycle([get("/")])),
                (
                    f"verifier: a whole first visit ({len(paths)} files), br",
                    verifier.port,
                    cycle([get(path, brotli) for path in paths]),
                ),
                (
                    "verifier: lists (trust, status)",
                    verifier.port,
                    cycle([get("/trust.cose"), get("/status-1.cose"), get("/status-2.cose")]),
                ),
                ("issuer: sign-in page", agency.port, cycle([get("/sign-in")])),
                (
                    "issuer: an attestation's page",
                    agency.port,
                    (get(f"/attestations/{number}", cookie) for number in numbered),
                ),
                ("issuer: search", agency.port, cycle([get("/attestations?q=nguyen", cookie)])),
                ("API: read", agency.port, (get(f"/api/v1/attestations/{number}", token) for number in numbered)),
                ("API: issue", agency.port, iter(issue, None)),
            ]
            lines = [
                "| what | rate | median | 99 % below | answered | requests | failed |",
                "|---|---|---|---|---|---|---|",
            ]
            for name, port, requests in kinds:
                lines.append(row(name, asyncio.run(drive(port, requests, options.seconds, options.clients))))
            _report.put("load", command, lines, options.write)
            if options.soak:
                asked = [(port, lambda requests=requests: next(requests)) for _, port, requests in kinds]
                servers = {"verifier": verifier.process.pid, "issuer": agency._process.pid}
                samples, done, failed = asyncio.run(
                    soak(
                        options.soak,
                        options.rate,
                        options.clients,
                        asked,
                        lambda: {name: memory(pid) for name, pid in servers.items()},
                    )
                )
                lines = [
                    "| server | first quarter | second | third | last quarter | highest |",
                    "|---|---|---|---|---|---|",
                ]
                for name, held in samples.items():
                    size = max(1, len(held) // 4)
                    quarters = [statistics.median(held[n * size : (n + 1) * size]) for n in range(4)]
                    lines.append(
                        f"| {name} | {' | '.join(f'{one:,.0f} MiB' for one in quarters)} | {max(held):,.0f} MiB |"
                    )
                lines.append("")
                lines.append(
                    f"{done:,} requests in {options.soak:g} minutes, {failed} failed. Memory is the median Pss of all"
                    " processes of a server."
                )
                _report.put("soak", command, lines, options.write)
        finally:
            verifier.stop()
            agency.stop()
            agency.home.engine.dispose()


if __name__ == "__main__":
    main()
