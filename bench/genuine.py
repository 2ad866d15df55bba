"""A stolen key and its list of the genuine, at a number of papers: the list, its size, and verdicts in two browsers.

    wif bench genuine [--count 100000]

The list is made of as many signed tokens, published under a revoking trust list and put into the page of one file,
which Chromium and Firefox open from the disk; each is shown genuine papers and forgeries. Prints a Markdown table.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

from issuer.attestation import genuine, qr, status, verify
from keys import cbor, trust
from keys.trust_content import GENUINE, STATE_REVOKED
from tests.support import engines
from tests.support.processes import poll
from tests.support.sites import Issuer
from verifier_pwa.kit import compose_kit_page
from verifier_pwa.site_data import Anchors

ORIGIN = "https://verif.workinfrance.example"
ASKED = 20
"""Genuine papers, and as many forgeries, shown to each reader."""
VERDICTS = """(async () => {
  const texts = %s, found = [];
  for (const text of texts) {
    document.querySelector('[data-action=again], [data-action=scan]').click();
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    const began = performance.now();
    document.querySelector('[data-action=text]').value = text;
    document.querySelector('[data-action=send]').click();
    while (!document.querySelector('[data-verdict]')) await new Promise((resolve) => { setTimeout(resolve); });
    const { verdict, level } = document.querySelector('[data-verdict]').dataset;
    found.push([verdict, level, performance.now() - began]);
  }
  return found;
})()"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    now = int(time.time())
    issuer = Issuer(ORIGIN, now)
    tokens = [issuer.token(number % 1000, number=1_000_000_000 + number) for number in range(count)]
    rows: list[tuple[str, str]] = []

    began = time.perf_counter()
    path = f"genuine/{issuer.signer.kid.hex()}-00000000.cbor"
    files = genuine.make(tokens, os.urandom(genuine.SALT_LENGTH), path)
    rows.append(("making the list", f"{time.perf_counter() - began:.2f} s"))
    size = sum(map(len, files.values()))
    rows.append(("its files", f"{len(files)}, {size:,} bytes, the largest {max(map(len, files.values())):,}"))

    digest = sha256(files[path]).digest()
    named = ((GENUINE, cbor.encode([path, digest])),)
    keys = tuple(
        replace(key, state=STATE_REVOKED, extensions=named) if key.kid == issuer.signer.kid else key
        for key in issuer.content.keys
    )
    revoking = issuer.trust_list(keys=keys)
    retreats = issuer.status_list({}, now - 30)
    held = trust.accept(revoking, issuer.content.roots, None, now, now).trust
    listed = status.accept(retreats, 1, held, None, now)
    index = genuine.read_index(files[path])
    began = time.perf_counter()
    read = genuine.read(digest, files[path], [files[name] for name, _ in index.parts])
    rows.append(("holding it against its hashes, Python", f"{1000 * (time.perf_counter() - began):.0f} ms"))

    forged = [issuer.token(number, number=4_000_000_000 + number) for number in range(ASKED)]
    texts = [qr.encode_text(ORIGIN, one) for one in (*tokens[:: max(1, count // ASKED)][:ASKED], *forged)]
    began = time.perf_counter()
    found = [verify(text, held, {1: listed}, now, 0, {digest: read}) for text in texts]
    rows.append(("a verdict, Python", f"{1000 * (time.perf_counter() - began) / len(texts):.2f} ms"))
    right = [("valid", "green")] * ASKED + [("untrusted_key", "red")] * ASKED
    wrong = sum((str(one.verdict), str(one.level)) != two for one, two in zip(found, right, strict=True))

    anchors = Anchors(
        (issuer.root.public_key,), 1, (ORIGIN,), True, now, {"trust.cose": revoking, "status-1.cose": retreats}
    )
    with tempfile.TemporaryDirectory() as folder:
        brought = {name.rpartition("/")[2]: data for name, data in files.items()}
        for name, given in (("without", {}), ("with", brought)):
            (Path(folder) / f"{name}.html").write_bytes(compose_kit_page(anchors, given))
        for kind, names in (("chrome", ("chromium", "google-chrome")), ("firefox", ("firefox-esr", "firefox"))):
            program = engines.puppet_browser(*names)
            if not program:
                rows.append((kind, "not on this machine"))
                continue
            engine = engines.Puppet(kind, Path(folder) / kind, program)
            try:
                opened = {}
                for name in ("without", "with"):
                    engine.open((Path(folder) / f"{name}.html").as_uri())
                    poll(partial(engine.ask, "document.documentElement.dataset.kit ?? null"), 60)
                    opened[name] = engine.ask("performance.getEntriesByName('wif-lists')[0].duration")
                answers = engine.ask(VERDICTS % json.dumps(texts))
            finally:
                engine.close()
            wrong += sum((one, two) != want for (one, two, _), want in zip(answers, right, strict=True))
            times = sorted(ms for _, _, ms in answers)
            rows.append(
                (
                    f"taking the lists over, {kind}",
                    f"{opened['with']:.0f} ms; without this one {opened['without']:.0f} ms",
                )
            )
            rows.append(
                (
                    f"from the text to the verdict, {kind}",
                    f"median {times[len(times) // 2]:.0f} ms, worst {times[-1]:.0f} ms",
                )
            )
    print(f"\n| {count:,} papers, {ASKED} genuine and {ASKED} forged shown | |\n|---|---|")
    for what, value in (*rows, ("wrong verdicts", str(wrong))):
        print(f"| {what} | {value} |")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
