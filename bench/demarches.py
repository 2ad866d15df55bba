"""Requests: synchronising dossiers in pages within a real rate limit, memory, a quiet second run, and a process killed
again and again.

    wif bench demarches [--dossiers 10000] [--limit 400] [--window 60] [--kills 20] [--accepted 40]

A local Démarches simplifiées in a process of its own answers over a socket, with its real limit of calls in a window; a
process of this program synchronises, and its highest memory is read off the system. Prints a Markdown table.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

TOKEN = "bench"


def serve(folder: Path, dossiers: int, accepted: int, limit: int, window: int, delay: float) -> None:
    """The local Démarches simplifiées; writes its address, and what it served when it is told to stop."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    from issuer.demo.demarches import Limits, Store, Traffic, create_server, people

    class Quiet(WSGIRequestHandler):
        def log_request(self, *given: object) -> None:
            pass

    store, traffic, limits = (
        Store(people.demarche(), lambda: int(time.time())),
        Traffic(delay=delay),
        Limits(limit, window),
    )
    maker = people.Maker(store, int(time.time()), pieces=False)
    for number in range(1, dossiers + 1):
        store.add(
            maker.dossier(
                number, "accepte" if number <= accepted else "en_instruction", days=1 + 20 * number / dossiers
            )
        )
    server = make_server(
        "127.0.0.1", 0, create_server(store, TOKEN, limits, traffic), threaded=True, request_handler=Quiet
    )
    (folder / "address").write_text(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.readline()
    sent = {
        number: (
            [file["filename"] for message in dossier["messages"] for file in message["attachments"]]
            + ([dossier["motivationAttachment"]["filename"]] if dossier["motivationAttachment"] else [])
        )
        for number, dossier in store.dossiers.items()
    }
    print(json.dumps({"calls": traffic.calls, "refused": traffic.refused, "sent": sent}), flush=True)


def context_of(folder: Path, address: str, page: int, speed: float, began: float, attest: bool):
    """A context on the database of ``folder``. Its clock runs ``speed`` times as fast, for the kills."""
    from issuer import registry
    from issuer.accounts.directory import Directory
    from issuer.attestation.record import Signatory
    from issuer.demarches.client import Client
    from issuer.demarches.context import DemarchesContext
    from issuer.demarches.mapping import path_of
    from issuer.demarches.settings import DemarchesSettings
    from issuer.demarches.source import Source
    from issuer.demo.demarches import people
    from issuer.desk import DeskContext
    from keys.signer import SeedSigner

    engine = registry.open_registry(str(folder / "wif.sqlite3"))
    registry.migrate(engine)
    signer = SeedSigner(bytes(range(32)))
    clock = lambda: int(began + (time.time() - began) * speed)
    signatory = Signatory("MARTIN", "Directrice", "Service d'essai")
    desk = DeskContext(
        engine,
        lambda department, now: signer,
        "https://verif.workinfrance.example",
        clock,
        signatory=signatory,
        printer=lambda token, annex, text: b"%PDF-1.7\n" + token,
    )
    path_of(folder, people.NUMBER).write_text(people.MAPPING, encoding="utf-8")
    first = datetime.fromtimestamp(began, UTC).date()
    settings = DemarchesSettings(
        address + "/api/v2/graphql",
        (people.NUMBER,),
        date(first.year - 1, 1, 1) if attest else date(first.year + 5, 1, 1),
        TOKEN,
        instructeur=people.demarche()["groupeInstructeurs"][0]["instructeurs"][0]["id"],
        page=page,
    )
    source = Source(Client(settings, time.time, time.sleep), page)
    return (
        DemarchesContext(
            engine, lambda: desk, clock, Directory(engine, clock), folder, settings, signatory, lambda: source
        ),
        people.NUMBER,
    )


def peak() -> float:
    """This process's highest memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)


def synchronise(folder: Path, address: str) -> None:
    """One run; prints what it took."""
    from issuer.demarches import synchronising

    context, demarche = context_of(folder, address, 100, 1, time.time(), False)
    marks: list[float] = []
    began = time.perf_counter()
    ran = synchronising.synchronise(
        context, context.source(), demarche, go_on=lambda tally: marks.append(peak()) is None
    )
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - began,
                "calls": ran.calls,
                "error": ran.error,
                **vars(ran.tally),
                "peak": peak(),
                "early": marks[min(4, len(marks) - 1)],
                "pages": len(marks),
            }
        )
    )


def work(folder: Path, address: str, began: float, end: bool) -> None:
    """Synchronise and send until killed, or until nothing is left."""
    from sqlalchemy import func, select

    from issuer.demarches import delivering, synchronising
    from issuer.registry.database import reading
    from issuer.registry.request_tables import RequestTask

    context, demarche = context_of(folder, address, 10, 200, began, True)
    print("ready", flush=True)
    left = 1
    while left or not end:
        synchronising.synchronise(context, context.source(), demarche)
        delivering.work_off(context)
        with reading(context.engine) as connection:
            left = connection.scalar(select(func.count()).select_from(RequestTask).where(RequestTask.done_at.is_(None)))


class Server:
    """The local Démarches simplifiées as a process."""

    def __init__(self, folder: Path, *given: object) -> None:
        folder.mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(folder), *map(str, given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        while not (folder / "address").exists() or not (folder / "address").read_text():
            if self._process.poll() is not None:
                raise SystemExit("The local Démarches simplifiées did not start.")
            time.sleep(0.1)
        self.address = (folder / "address").read_text()

    def stop(self) -> dict:
        """End it; what it served."""
        told, _ = self._process.communicate("stop\n", timeout=60)
        return json.loads(told)


def child(*given: object) -> list[str]:
    """The command of a process of this program."""
    return [sys.executable, __file__, *map(str, given)]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--dossiers", type=int, default=10_000)
    parser.add_argument("--limit", type=int, default=400, help="calls in a window, as the real one allows")
    parser.add_argument("--window", type=int, default=60, help="seconds of that window")
    parser.add_argument(
        "--tight",
        type=int,
        default=10,
        help="calls in a window of 20 seconds for the run under a tight limit; 0 leaves it out",
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument(
        "--accepted",
        type=int,
        default=40,
        help="accepted dossiers that wait for their paper while the process is killed",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--serve", nargs=6, help=argparse.SUPPRESS)
    parser.add_argument("--sync", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--work", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        folder, dossiers, accepted, limit, window, delay = options.serve
        serve(Path(folder), int(dossiers), int(accepted), int(limit), int(window), float(delay))
        return
    if options.sync:
        synchronise(Path(options.sync[0]), options.sync[1])
        return
    if options.work:
        work(Path(options.work[0]), options.work[1], float(options.work[2]), options.work[3] == "end")
        return
    print("| measure | result |\n|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        pages(Path(scratch), options.dossiers, options.limit, options.window, "limit of the real one")
        if options.tight:
            pages(Path(scratch), options.dossiers, options.tight, 20, "tight limit")
        kills(Path(scratch), options.kills, options.accepted, options.seed)


def pages(scratch: Path, dossiers: int, limit: int, window: int, name: str) -> None:
    """Synchronise everything, then twice with nothing new."""
    folder = scratch / f"pages-{limit}"
    server = Server(folder, dossiers, 0, limit, window, 0)
    runs = [
        json.loads(
            subprocess.run(child("--sync", folder, server.address), check=True, capture_output=True, text=True).stdout
        )
        for _ in range(2)
    ]
    told = server.stop()
    first, second = runs
    if first["error"] or second["error"] or first["new"] != dossiers or second["new"] or second["changed"]:
        raise SystemExit(f"Not every dossier was taken once: {runs}")
    print(
        f"| {dossiers:,} dossiers, {limit} calls in {window} s ({name}) | {first['seconds']:,.1f} s, {first['pages']:,}"
        f" pages, {first['calls']:,} calls, {told['refused']} of them answered 429 and asked again |",
        flush=True,
    )
    print(
        f"| highest memory after 5 pages, after all | {first['early']:,.0f} MiB, {first['peak']:,.0f} MiB |", flush=True
    )
    print(f"| second run, nothing new | calls: {second['calls']}; {second['seconds']:,.2f} s |", flush=True)


def kills(scratch: Path, rounds: int, accepted: int, seed: int) -> None:
    """Kill the process at random moments; then every dossier has exactly one paper."""
    from issuer import registry
    from issuer.registry import chain, crosscheck, requests

    folder, chance = scratch / "kills", random.Random(seed)
    server = Server(folder, accepted * 2, accepted, 100_000, 1, 0.05)
    began = time.time()
    for _ in range(rounds):
        worker = subprocess.Popen(
            child("--work", folder, server.address, began, "on"), stdout=subprocess.PIPE, text=True
        )
        worker.stdout.readline()
        time.sleep(chance.uniform(0.02, 1.5))
        worker.kill()
        worker.communicate(timeout=60)
    subprocess.run(child("--work", folder, server.address, began, "end"), check=True, stdout=subprocess.DEVNULL)
    sent = {int(number): files for number, files in server.stop()["sent"].items()}
    engine = registry.open_registry(str(folder / "wif.sqlite3"))
    twice = sum(len(files) > 1 for files in sent.values())
    forgotten = 0
    for number in range(1, accepted + 1):
        attestation = requests.by_number(engine, number).attestation
        forgotten += sent[number] != [f"attestation-{attestation}.pdf"]
    others = sum(len(files) for number, files in sent.items() if number > accepted)
    whole = (
        chain.verify(engine).whole
        and crosscheck.verify(engine) == ()
        and sum(registry.counts(engine).values()) == accepted
    )
    if twice or forgotten or others or not whole:
        raise SystemExit(f"twice {twice}, forgotten or another's {forgotten}, unasked {others}, registry whole {whole}")
    print(
        f"| killed {rounds} times while {accepted} accepted dossiers get their paper | {accepted} papers, none twice,"
        " none forgotten; chain whole |",
        flush=True,
    )


if __name__ == "__main__":
    os.chdir(TOP)
    main()
