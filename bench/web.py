"""Measures the issuer's service: issuing through the API, PDF, the pages, an import; prints a table.

Usage: python bench/web.py [SECONDS] [CLIENTS]. Makes a home of its own in a temporary folder and a real server over it; the
client runs on the same machine. The disk's bare commit rate is measured beside, with the same database settings.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
from sqlalchemy import text

from issuer import registry
from issuer.accounts import Directory
from issuer.accounts.tokens import Tokens
from issuer.home import Home, found
from issuer.registry.database import write

SECRET = "a passphrase of benches"
RECORD = {
    "kind": "APT", "family_name": "NGUYEN ÉPOUSE DUPONT", "given_names": "Thị Mai", "birth_date": "1996-03-14", "nationality": "VNM",
    "employer": {"name": "SOCIÉTÉ EXEMPLE SAS", "siret": "81234567800013"}, "job": "Ingénieure d'études", "contract": "CDD",
    "hours": {"count": 964, "per": "year"}, "workplaces": ["75"], "residence_permit": "9912345678", "department": "75",
    "valid_from": "2026-01-05", "valid_until": "2026-12-31",
}


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def bare_commits(folder: Path, seconds: float = 3) -> float:
    """Commits a second of one row, with the registry's settings and nothing else."""
    engine = registry.open_registry(str(folder / "bare.sqlite3"))
    registry.migrate(engine)
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        write(engine, lambda connection: connection.execute(text("INSERT INTO throttle VALUES (:key, 1, 1, 1)"), {"key": str(count)}))
        count += 1
    return count / seconds


def serve(home: Path) -> tuple[subprocess.Popen, str]:
    """The real server over a home; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-m", "issuer.commands", "serve", "issuer", "--bind", f"127.0.0.1:{port}"],
        env={**os.environ, "WIF_HOME": str(home), "WIF_PASSPHRASE": SECRET}, stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            httpx.get(f"{address}/readyz", timeout=2)
            return process, address
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("The server does not answer.")


def drive(address: str, token: str, seconds: float, clients: int, ask) -> tuple[list[float], float]:
    """``clients`` threads that call ``ask(client, n)`` one after the other; the times in ms, and how many a second."""
    times: list[float] = []
    lock, ready = threading.Lock(), threading.Barrier(clients + 1)

    def work(number: int) -> None:
        with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
            ready.wait()
            n, end = 0, time.perf_counter() + seconds
            while time.perf_counter() < end:
                started = time.perf_counter()
                answer = ask(client, f"{number}-{n}")
                took = (time.perf_counter() - started) * 1000
                assert answer.status_code < 300, answer.text
                with lock:
                    times.append(took)
                n += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return times, len(times) / (time.perf_counter() - started)


def row(name: str, times: list[float], rate: float) -> None:
    """One line of the table."""
    print(f"| {name} | {rate:,.0f} /s | {statistics.median(times):.0f} ms | {percentile(times, 0.95):.0f} ms | {len(times):,} |")


def main() -> None:
    """Measure and print."""
    seconds, clients = float(sys.argv[1]) if len(sys.argv) > 1 else 10, int(sys.argv[2]) if len(sys.argv) > 2 else 16
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        bare = bare_commits(folder)
        path = folder / "home"
        found(path, origin="https://verif.workinfrance.example", authority="Préfecture d'Exemple", passphrase=lambda: SECRET, demonstration=True)
        with (path / "config.toml").open("a") as file:
            file.write("\n[web]\napi_limit = 1000000\n")
        home = Home(path, lambda: SECRET)
        person, _ = Directory(home.engine, home.clock).add("bench", "agent", ("75",), "Exemple", "Titre", "Service", "bench")
        _, token = Tokens(home.engine, home.clock).make(person, "bench", ("read", "issue"), 1, "bench")
        process, address = serve(path)
        try:
            print(f"Machine: {os.cpu_count()} cores, client included; load before: {os.getloadavg()[0]:.1f}. SQLite. {clients} clients, {seconds:g} s each.")
            print(f"The disk's bare commit rate, same settings: {bare:,.0f} /s.\n")
            print("| what | rate | median | p95 | calls |\n|---|---|---|---|---|")
            numbers: list[str] = []

            def issue(client: httpx.Client, n: str) -> httpx.Response:
                answer = client.post("/api/v1/attestations", content=json.dumps({**RECORD, "reference": f"B-{n}"}), headers={"Content-Type": "application/json"})
                numbers.append(answer.json().get("number", ""))
                return answer

            row("issue by the API, no PDF", *drive(address, token, seconds, clients, issue))
            row("read by the API", *drive(address, token, seconds / 2, clients, lambda client, n: client.get(f"/api/v1/attestations/{numbers[hash(n) % len(numbers)]}")))
            row("PDF by the API, 2 clients", *drive(address, token, seconds / 2, 2, lambda client, n: client.get(f"/api/v1/attestations/{numbers[hash(n) % len(numbers)]}/document")))
        finally:
            process.terminate()
            process.wait(timeout=30)


if __name__ == "__main__":
    main()
