"""Printing: time and size of an attestation with each engine, beside pdfkit alone, on one process and on two.

    wif bench print [--count 200] [--peer 20] [--processes 2]

Every attestation is another one, signed and with its own QR code. "pdfkit alone" is ``pdfkit.from_string`` on pages of
HTML made beforehand, QR code included: what a program that knows nothing of this one would call. Prints a Markdown
table.
"""

import argparse
import os
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from issuer.attestation import claims as wire
from issuer.attestation.qr import encode_text
from issuer.attestation.record import read_record
from issuer.attestation.token import sign
from issuer.documents import PrintedAttestation, Printer, RenderError, symbol
from issuer.documents.sheet import compose
from keys.signer import SeedSigner
from tests.support.records import RECORD

ORIGIN = "https://verif.workinfrance.example"
AUTHORITY = "Direction régionale de l'économie, de l'emploi, du travail et des solidarités d'Île-de-France"
SIGNATORY = {
    "given_names": "Claire",
    "family_name": "MARTIN-EXEMPLE",
    "title": "cheffe du service de la main-d'œuvre étrangère",
    "service": "unité départementale de Paris",
}


def attestations(count: int, first: int = 0) -> list[PrintedAttestation]:
    """The reference attestation, each time with another status index and permit number."""
    signer = SeedSigner(bytes(range(32)))
    made = []
    for place in range(first, first + count):
        record = read_record({**RECORD, "residence_permit": f"{9_900_000_000 + place}"})
        claims = record.to_claims(4829130571, (1, place), 1_767_000_000)
        text = encode_text(ORIGIN, sign(wire.encode(claims), signer))
        made.append(PrintedAttestation(claims.to_json(), text, ORIGIN, AUTHORITY, SIGNATORY))
    return made


def spent() -> float:
    """Seconds of processor, of all threads, that this process and its ended children have used."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measure(work: Callable, items: list) -> tuple[float, float, list]:
    """Milliseconds of processor and of clock an item (medians), and the results."""
    processor, clock, results = [], [], []
    for item in items:
        began, used = time.perf_counter(), spent()
        results.append(work(item))
        processor.append(spent() - used)
        clock.append(time.perf_counter() - began)
    return statistics.median(processor) * 1000, statistics.median(clock) * 1000, results


def from_string(html: str) -> bytes:
    """Pdfkit alone."""
    import pdfkit

    return pdfkit.from_string(html, False, options={"quiet": "", "page-size": "A4"})


def pages_of_html(documents: list[PrintedAttestation]) -> list[str]:
    """The HTML that the peer is given."""
    from issuer.documents.pdfkit_engine import page

    return [page(compose(document)) for document in documents]


_together = None


def meet(barrier) -> None:
    """Keep what the processes wait for before they begin."""
    global _together  # noqa: PLW0603 - how a pool hands a thing to its processes
    _together = barrier


def batch(engine: str, count: int, first: int) -> float:
    """Pages a second of one of several processes, which begin together once each has printed a page."""
    documents = attestations(count + 1, first)
    work = from_string if engine == "alone" else Printer(engine).render
    items = pages_of_html(documents) if engine == "alone" else documents
    work(items.pop())
    _together.wait()
    began = time.perf_counter()
    for item in items:
        work(item)
    return count / (time.perf_counter() - began)


def side_by_side(engine: str, count: int, processes: int) -> float:
    """Pages a second of several processes at once, ``count`` pages each."""
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, meet, (context.Barrier(processes),)) as pool:
        return sum(
            task.result() for task in [pool.submit(batch, engine, count, place * count) for place in range(processes)]
        )


def row(name: str, processor: float, clock: float, pages: list[bytes] | None = None) -> None:
    size = f"{statistics.median(map(len, pages)) / 1000:.1f} kB" if pages else ""
    print(f"| {name} | {processor:.1f} ms | {clock:.1f} ms | {1000 / clock:.1f} | {size} |", flush=True)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=200, help="attestations printed with Typst")
    parser.add_argument("--peer", type=int, default=20, help="attestations printed with pdfkit")
    parser.add_argument("--processes", type=int, default=2, help="processes side by side")
    options = parser.parse_args()
    documents = attestations(options.count + 1)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start; medians.\n")
    print("| what | processor a page | clock a page | pages a second | size |\n|---|---|---|---|---|", flush=True)
    began = time.perf_counter()
    printer = Printer()
    printer.render(documents.pop())
    first = (time.perf_counter() - began) * 1000
    ours, clock, made = measure(printer.render, documents)
    row("Typst, one process", ours, clock, made)
    row("of which the QR symbol", *measure(lambda document: symbol.draw(document.qr_text), documents)[:2])
    print(f"| the first page of a process | | {first:.0f} ms | | |", flush=True)
    try:
        other = Printer("pdfkit")
    except RenderError as missing:
        print(f"\npdfkit was not measured: {missing}")
        return
    few = documents[: options.peer]
    row("pdfkit, one process", *measure(other.render, few))
    alone, alone_clock, peer_pages = measure(from_string, pages_of_html(few))
    row("pdfkit alone, one process", alone, alone_clock, peer_pages)
    many = side_by_side("typst", options.count, options.processes)
    theirs = side_by_side("alone", options.peer, options.processes)
    print(f"| Typst, {options.processes} processes | | {1000 / many:.1f} ms | {many:.1f} | |")
    print(f"| pdfkit alone, {options.processes} processes | | {1000 / theirs:.1f} ms | {theirs:.1f} | |")
    print(
        f"| **Typst against pdfkit alone** | **{alone / ours:.1f} times** | **{alone_clock / clock:.1f} times** | "
        f"**{many / theirs:.1f} times** on {options.processes} processes | |"
    )


if __name__ == "__main__":
    main()
