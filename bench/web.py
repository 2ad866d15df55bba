"""Measures the issuer's service: issuing through the API, PDF, the pages, an import with its report; prints two tables.

    wif bench web [--seconds 10] [--clients 16] [--rate 100] [--rows 10000]

Makes a home of its own in a temporary folder and a real server over it; the client runs on the same machine. The disk's
bare commit rate is measured before and after, with the same database settings. ``--rate`` is what is offered in the
first line: calls that begin at fixed times, whatever became of the ones before, and are timed from then. The other
lines are as fast as the clients can. ``--rows 0`` leaves the import out.
"""

import argparse
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
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import text

from issuer import registry
from issuer.accounts import Directory
from issuer.accounts.sessions import FULL
from issuer.accounts.tokens import Tokens
from issuer.home import Home, found
from issuer.registry.database import write
from issuer.web import create_app
from tests.support.records import RECORD

SECRET = "a passphrase of benches"
FORGED = "0123456789abcdef"
"""What the forms' token of the bench's own browser holds."""


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def bare_commits(folder: Path, seconds: float = 3) -> float:
    """Commits a second of one row, with the registry's settings and nothing else."""
    folder.mkdir(exist_ok=True)
    engine = registry.open_registry(str(folder / "bare.sqlite3"))
    registry.migrate(engine)
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        write(
            engine,
            lambda connection: connection.execute(
                text("INSERT INTO throttle VALUES (:key, 1, 1, 1)"), {"key": str(count)}
            ),
        )
        count += 1
    return count / seconds


def serve(home: Path) -> tuple[subprocess.Popen, str]:
    """The real server over a home; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-m", "issuer.commands", "serve", "issuer", "--bind", f"127.0.0.1:{port}"],
        env={**os.environ, "WIF_HOME": str(home), "WIF_PASSPHRASE": SECRET},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            httpx.get(f"{address}/readyz", timeout=2)
            return process, address
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("The server does not answer.")


def drive(address: str, token: str, seconds: float, clients: int, ask, offered: float = 0) -> tuple[list[float], float]:
    """``clients`` threads that call ``ask(client, n)`` one after the other; the times in ms, and how many a second.

    With ``offered`` (calls a second) a call begins at its own moment, and is timed from it even when its client is
    late.
    """
    times: list[float] = []
    lock, ready = threading.Lock(), threading.Barrier(clients + 1)

    def work(number: int) -> None:
        with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
            ready.wait()
            began = time.perf_counter()
            n, end = 0, began + seconds
            while (started := began + (number + n * clients) / offered if offered else time.perf_counter()) < end:
                time.sleep(max(0.0, started - time.perf_counter()))
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
    print(
        f"| {name} | {rate:,.0f} /s | {statistics.median(times):.0f} ms | {percentile(times, 0.95):.0f} ms |"
        f" {len(times):,} |"
    )


def cookie(home: Home, account_id: int) -> dict[str, str]:
    """The cookie of a browser that is signed in, and the token of its forms."""
    app = create_app(home)
    held = {"csrf_token": FORGED, "sid": app.extensions["wif"].sessions.open(account_id, FULL, "bench")}
    return {
        "wif": SecureCookieSessionInterface().get_signing_serializer(app).dumps(held),
        "token": URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(FORGED),
    }


def import_file(rows: int) -> bytes:
    """A CSV file of records, one in a hundred with a wrong SIRET."""
    head = "kind;family_name;given_names;birth_date;nationality;employer.name;employer.siret;job;contract;hours.count;hours.per;department;valid_from;valid_until"
    lines = (
        f"APT;NGUYEN ÉPOUSE {'ABCDEFGHIJ'[place % 10]};Thị Mai;14/03/1996;VNM;SOCIÉTÉ EXEMPLE"
        f" SAS;8123456780001{3 if place % 100 else 4};Ingénieure d'études;CDD;964;year;75;05/01/2026;31/12/2026"
        for place in range(rows)
    )
    return "\n".join((head, *lines)).encode()


def run_import(address: str, browser: dict[str, str], rows: int) -> None:
    """Send the file as a person does, wait for the dry run, sign, and download the report; a line of the table each."""
    with httpx.Client(base_url=address, cookies={"wif": browser["wif"]}, timeout=120) as client:
        form = {"csrf_token": browser["token"]}
        began = time.perf_counter()
        page = client.post("/imports", data=form, files={"file": ("bench.csv", import_file(rows))}).headers["Location"]
        job = _wait_for(client, page, "checked")
        checked = time.perf_counter()
        client.post(f"{page}/sign", data=form)
        done = _wait_for(client, page, "done")
        signed = time.perf_counter()
        report = client.get(f"{page}/report.csv").text.count("\n") - 1
        ended = time.perf_counter()
    if (job["rows"], done["good"] + done["refused"]) != (rows, rows) or report < rows:
        raise SystemExit(
            f"Of {rows} rows {job['rows']} were read, {done['good']} signed, {done['refused']} refused, {report}"
            " reported."
        )
    for name, seconds in (
        ("dry run", checked - began),
        ("signing", signed - checked),
        ("report", ended - signed),
        ("in all", ended - began),
    ):
        print(f"| {name} | {seconds:.1f} s | {rows / seconds:,.0f} /s |")


def _wait_for(client: httpx.Client, page: str, wanted: str) -> dict:
    while (job := client.get(f"{page}/state").json())["state"] != wanted:
        if job["state"] == "broken":
            raise SystemExit("The import broke off.")
        time.sleep(0.2)
    return job


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=10, help="of issuing; half of it for each other line")
    parser.add_argument("--clients", type=int, default=16, help="callers at the same time")
    parser.add_argument("--rate", type=float, default=100, help="issues a second that are offered")
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the imported file")
    options = parser.parse_args()
    seconds, clients = options.seconds, options.clients
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        bare = bare_commits(folder)
        path = folder / "home"
        found(
            path,
            origin="https://verif.workinfrance.example",
            authority="Préfecture d'Exemple",
            passphrase=lambda: SECRET,
            demonstration=True,
        )
        with (path / "config.toml").open("a") as file:
            file.write("\n[web]\napi_limit = 1000000\n")
        home = Home(path, lambda: SECRET)
        person, _ = Directory(home.engine, home.clock).add(
            "bench", "agent", ("75",), "Exemple", "Titre", "Service", "bench", None, "quatre mots sans rapport"
        )
        _, token = Tokens(home.engine, home.clock).make(person, "bench", ("read", "issue"), 1, "bench")
        browser = cookie(home, person.id)
        process, address = serve(path)
        try:
            print(
                f"Machine: {os.cpu_count()} cores, client included; load before: {os.getloadavg()[0]:.1f}. SQLite."
                f" {clients} clients, {seconds:g} s each."
            )
            print(f"The disk's bare commit rate, same settings: {bare:,.0f} /s.\n")
            print("| what | rate | median | p95 | calls |\n|---|---|---|---|---|", flush=True)
            numbers: list[str] = []

            def issue(client: httpx.Client, n: str) -> httpx.Response:
                answer = client.post(
                    "/api/v1/attestations",
                    content=json.dumps({**RECORD, "reference": f"B-{n}", "accept_warnings": True}),
                    headers={"Content-Type": "application/json"},
                )
                numbers.append(answer.json().get("number", ""))
                return answer

            def some(n: str) -> str:
                return numbers[hash(n) % len(numbers)]

            def page(client: httpx.Client, path: str) -> httpx.Response:
                return client.get(path, headers={"Cookie": f"wif={browser['wif']}"})

            row(
                f"issue by the API, no PDF, {options.rate:g} /s offered",
                *drive(address, token, seconds, clients, issue, options.rate),
            )
            row(
                "issue by the API, no PDF, as fast as it goes",
                *drive(address, token, seconds, clients, lambda client, n: issue(client, f"F{n}")),
            )
            row(
                "read by the API",
                *drive(
                    address,
                    token,
                    seconds / 2,
                    clients,
                    lambda client, n: client.get(f"/api/v1/attestations/{some(n)}"),
                ),
            )
            row(
                "PDF by the API, 2 clients",
                *drive(
                    address,
                    token,
                    seconds / 2,
                    2,
                    lambda client, n: client.get(f"/api/v1/attestations/{some(n)}/document"),
                ),
            )
            for name, where in (
                ("first page", lambda n: "/"),
                ("list", lambda n: "/attestations"),
                ("page of an attestation", lambda n: f"/attestations/{some(n)}"),
            ):
                row(
                    f"{name}, 4 clients",
                    *drive(address, token, seconds / 2, 4, lambda client, n, where=where: page(client, where(n))),
                )
            if options.rows:
                print(
                    f"\n| import of {options.rows:,} rows, 1 in 100 refused | time | rows |\n|---|---|---|", flush=True
                )
                run_import(address, browser, options.rows)
            print(f"\nThe disk's bare commit rate afterwards: {bare_commits(folder / 'after'):,.0f} /s.")
        finally:
            process.terminate()
            process.wait(timeout=30)


if __name__ == "__main__":
    main()
