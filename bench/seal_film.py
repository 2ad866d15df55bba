"""Every public 2D-DOC reference code through print and film, by the camera loop of a browser.

    wif bench seal_film [--only chromium,firefox]

Each of the 56 codes becomes a Data Matrix by ppf-datamatrix, which is none of the readers, at 0.4 mm a module on an A4 page at
300 dots an inch; a camera held in a hand 150 mm wide films it (tests/support/paper.py: askew, moving, out of focus, uneven light,
noise), 1920 × 1080. A code counts when the page says the word of a test seal whose signature holds under the published test
certificate, and shows every signed field as issuer/seals reads it. Needs ../shared/vectors and what tests/browser needs.
"""

from __future__ import annotations

import argparse
import base64
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

import cv2
import numpy as np
from cryptography.hazmat.primitives.serialization import load_der_public_key

from bench.engines import FIRST_SCREEN, opened, until
from issuer.seals import listing
from issuer.seals.text import read
from tests.support import public_vectors, seal_papers
from tests.support.paper import FRAME, held
from tests.support.processes import poll
from tests.support.sites import Service

DOTS = 300
WIDTH_MM = 150
FRAMES = 6
FILM = """(async () => {
  globalThis.show = async (pictures) => {
    globalThis.frames = await Promise.all(pictures.map((one) => createImageBitmap(
      new Blob([Uint8Array.from(atob(one), (letter) => letter.charCodeAt(0))]))));
  };
  await show(%s);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1920, 1080];
  canvas.style = 'position: fixed; right: 0; bottom: 0; width: 64px';
  document.body.append(canvas);
  const drawing = canvas.getContext('2d');
  let at = 0;
  setInterval(() => { drawing.drawImage(frames[at = (at + 1) %% frames.length], 0, 0); }, 100);
  MediaDevices.prototype.getUserMedia = async () => canvas.captureStream(10);
  MediaDevices.prototype.enumerateDevices = async () => [{ kind: 'videoinput', deviceId: 'film', label: 'back' }];
  document.querySelector('[data-action=scan]').click();
})()"""
NEXT = "(async () => { await show(%s); document.querySelector('[data-action=again]').click(); })()"
SAID = """(() => {
  const found = document.querySelector('[data-seal]');
  return found && JSON.stringify([found.dataset.seal,
    [...found.querySelectorAll('.fields [data-field]')].map((one) => [one.dataset.field, one.dataset.value]).sort()]);
})()"""


def filmed(text: str) -> str:
    """Frames of the film of one printed page, JSON of base64."""
    page = seal_papers.page(seal_papers.symbol(text, DOTS), dots=DOTS)
    width = round(WIDTH_MM / 25.4 * DOTS)
    near = cv2.resize(
        page[500 : 500 + width * FRAME[1] // FRAME[0], 50 : 50 + width], FRAME, interpolation=cv2.INTER_AREA
    )
    random = np.random.default_rng(7)
    pictures = [
        cv2.imencode(".jpg", held(near, number / 3, random), [cv2.IMWRITE_JPEG_QUALITY, 72])[1]
        for number in range(FRAMES)
    ]
    return json.dumps([base64.b64encode(one.tobytes()).decode() for one in pictures])


def expected(text: str) -> str:
    """What the page must say."""
    fields = sorted([field.identifier, field.value] for field in read(text).fields)
    return json.dumps(["test", fields], separators=(",", ":"), ensure_ascii=False)


def run(name: str, codes: list[str], certificate: listing.SealCertificate) -> None:
    """Film every code before one engine."""
    read_in, missed = [], []
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        try:
            service.publish_trust(version=2, extensions=seal_papers.named(service.issuer.content).extensions)
            made = listing.make(
                service.now - 60,
                service.now + 86_400,
                23,
                service.now - 86_400,
                (certificate,),
                service.issuer.status_signer,
            )
            (service.public / "seals.cose").write_bytes(made)
            with opened(name) as engine:
                engine.open(service.origin)
                until(engine, FIRST_SCREEN, True)
                engine.ask(FILM % filmed(codes[0]))
                for at, text in enumerate(codes):
                    began, wanted = time.monotonic(), expected(text)
                    if at:
                        engine.ask(NEXT % filmed(text))
                    try:
                        poll(lambda wanted=wanted: engine.ask(SAID) == wanted, 60, "the word")
                        read_in.append(time.monotonic() - began)
                    except Exception as error:  # said below, and counted
                        missed.append(f"{at}: {type(error).__name__}, {engine.ask(SAID)}")
        finally:
            service.kill()
    middle = f"{statistics.median(read_in):.2f} | {max(read_in):.2f}" if read_in else "– | –"
    print(f"| {name} | {len(read_in)} of {len(codes)} | {middle} |", *missed, sep="\n", flush=True)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="chromium,firefox")
    parser.add_argument("--most", type=int, default=56)
    given = parser.parse_args()
    reference = public_vectors.read("2d-doc")
    numbers = load_der_public_key(bytes.fromhex(reference["certificate"]["spki"])).public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    certificate = listing.SealCertificate("FR00", "0001", point, 0, 4_000_000_000, 1, "Essais")
    codes = [code["message"] for code in reference["codes"]][: given.most]
    print("| engine | read, with every field | median s | worst s |\n|---|--:|--:|--:|", flush=True)
    for name in given.only.split(","):
        run(name, codes, certificate)


if __name__ == "__main__":
    main()
