"""Makes the frames of the reading bench: our printed symbol as bad cameras and bad hands see it.

    python -m bench.reading.frames FOLDER

Writes grey pictures (PGM, 1280 × 720) and `frames.json`, a list of {"file", "kind", "texts"}, the texts that the frame
holds. The same seeds give the same bytes. 30 frames of each kind, 60 of curled paper: 330 in all.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import zxingcpp

from issuer.attestation import claims, qr, token
from issuer.documents import PrintedAttestation, render
from keys.signer import SeedSigner

WIDTH, HEIGHT = 1280, 720
DOTS = 400
"""Dots an inch at which the printed page is drawn before it is degraded."""
ORIGIN = "https://verif.workinfrance.example"
SEED = 20261123
PAPER = 900
"""Pixels a side of the square of paper around the symbol, which then takes 500 of them."""

REFERENCE = claims.Claims(
    kind=1, number=4829130571, family_name="NGUYEN ÉPOUSE DUPONT", given_names="Thị Mai", birth_date="1996-03-14",
    nationality="VNM", employer_name="SOCIÉTÉ EXEMPLE SAS", employer_siret=81234567800013, job="Ingénieure d'études", contract=2,
    hours=(96400, 3), workplaces=("75",), residence_permit="9912345678", department="75", status=(1, 524287),
    not_before=1767567600, expires=1798758000, issued_at=1767000000,
)  # fmt: skip
"""The reference attestation (docs/format.md §6)."""


def paper(record: claims.Claims = REFERENCE) -> tuple[np.ndarray, str, np.ndarray]:
    """The printed page around its symbol, grey, PAPER pixels a side, the symbol in the middle; the symbol's text; and
    the whole page at DOTS.
    """
    signed = token.sign(claims.encode(record), SeedSigner(bytes(32)))
    text = qr.encode_text(ORIGIN, signed)
    author = {"given_names": "Camille", "family_name": "MARTIN", "title": "Adjointe", "service": "Service d'exemple"}
    pdf = render(PrintedAttestation(record.to_json(), text, ORIGIN, "Service d'exemple", author))
    document = pypdfium2.PdfDocument(pdf)
    page = np.asarray(document[0].render(scale=DOTS / 72, grayscale=True).to_numpy()).squeeze()
    document.close()
    (found,) = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == text
    corners = np.array(
        [
            [getattr(found.position, name).x, getattr(found.position, name).y]
            for name in ("top_left", "top_right", "bottom_right", "bottom_left")
        ]
    )
    side = np.linalg.norm(corners[1] - corners[0])
    half = int(side * PAPER / 500 / 2)
    across, down = corners.mean(axis=0).astype(int) + half
    wide = cv2.copyMakeBorder(page, half, half, half, half, cv2.BORDER_CONSTANT, value=255)
    return (
        cv2.resize(
            wide[down - half : down + half, across - half : across + half], (PAPER, PAPER), interpolation=cv2.INTER_AREA
        ),
        text,
        page,
    )


class Hand:
    """One way of holding the paper, drawn at random."""

    def __init__(self, sheet: np.ndarray, random: np.random.Generator):
        self.sheet, self.random = sheet, random

    def flat(self, size: float = 0, askew: float = 0.0, turn: float = 0.0) -> np.ndarray:
        """The flat paper: `size` pixels of the symbol's side (0: 260 to 380), seen askew by up to `askew`, turned by
        degrees.
        """
        side = (size or self.random.uniform(260, 380)) * PAPER / 500
        square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float) * side / 2
        square *= 1 + self.random.uniform(-askew, askew, (4, 2))
        angle = np.radians(turn)
        square = square @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        square += np.array([WIDTH / 2, HEIGHT / 2]) + self.random.uniform(-60, 60, 2)
        source = np.array([[0, 0], [PAPER, 0], [PAPER, PAPER], [0, PAPER]], np.float32)
        matrix = cv2.getPerspectiveTransform(source, square.astype(np.float32))
        return cv2.warpPerspective(
            self.sheet, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderValue=int(self.random.uniform(60, 200))
        )

    def curled(self) -> np.ndarray:
        """The paper on a cylinder, seen by a pinhole camera that looks a little from the side: each pixel's ray is
        followed.
        """
        random = self.random
        bend = random.uniform(0.3, 1.0)  # half the angle that the symbol spans on the cylinder, radians
        radius = 0.5 / bend  # the symbol's side is 1
        axis = np.radians(random.choice([0, 90]) + random.uniform(-12, 12))
        pitch, yaw = np.radians(random.uniform(-22, 22, 2))
        place = random.uniform(-0.22, 0.22)  # how far the symbol is from the ridge, in sides
        distance, side = 4.0, random.uniform(300, 400)
        x, y = np.meshgrid(np.arange(WIDTH) - WIDTH / 2, np.arange(HEIGHT) - HEIGHT / 2)
        rays = np.stack([x / side / distance, y / side / distance, np.ones_like(x)], -1)
        around_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
        around_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
        turn = np.array([[np.cos(axis), np.sin(axis), 0], [-np.sin(axis), np.cos(axis), 0], [0, 0, 1]])
        view = turn @ around_y @ around_x
        rays = rays @ view.T
        eye = view @ np.array([0, 0, -distance])
        # The cylinder's axis is the second coordinate, its ridge touches the plane 0 where the camera looks.
        centre = radius if random.random() < 0.5 else -radius
        a = rays[..., 0] ** 2 + rays[..., 2] ** 2
        b = eye[0] * rays[..., 0] + (eye[2] - centre) * rays[..., 2]
        c = eye[0] ** 2 + (eye[2] - centre) ** 2 - radius**2
        root = np.sqrt(np.maximum(b * b - a * c, 0))
        reach = (-b - root) / a if centre > 0 else (-b + root) / a
        hit = eye + rays * reach[..., None]
        angle = np.arctan2(hit[..., 0], (centre - hit[..., 2]) * np.sign(centre))
        along = angle * radius + place
        back = turn.T[:2, :2] @ np.stack([along.ravel(), hit[..., 1].ravel()])
        scale = 500.0
        at_x, at_y = (back.reshape(2, HEIGHT, WIDTH) * scale + PAPER / 2).astype(np.float32)
        outside = b * b - a * c < 0
        at_x[outside] = at_y[outside] = -1
        return cv2.remap(self.sheet, at_x, at_y, cv2.INTER_LINEAR, borderValue=120)


def noise(frame: np.ndarray, amount: float, random: np.random.Generator) -> np.ndarray:
    """A sensor's noise, standard deviation in grey levels."""
    return np.clip(frame + random.normal(0, amount, frame.shape), 0, 255).astype(np.uint8)


def motion(frame: np.ndarray, length: int, angle: float) -> np.ndarray:
    """The trail of a moving hand, `length` pixels long."""
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2, :] = 1
    kernel = cv2.warpAffine(
        kernel, cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), angle, 1), (length, length)
    )
    return cv2.filter2D(frame, -1, kernel / kernel.sum())


def shade(frame: np.ndarray, random: np.random.Generator, depth: float) -> np.ndarray:
    """Light from one side and the shadow of a hand."""
    x, y = np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT))
    angle = random.uniform(0, 2 * np.pi)
    light = 1 - depth * (0.5 + 0.5 * np.tanh(3 * (x * np.cos(angle) + y * np.sin(angle) + random.uniform(-0.2, 0.2))))
    return np.clip(frame * light, 0, 255).astype(np.uint8)


def dull(frame: np.ndarray, low: float, span: float) -> np.ndarray:
    """Grey instead of black and white: faded ink, a weak printer."""
    return np.clip(low + frame * span, 0, 255).astype(np.uint8)


def squeezed(frame: np.ndarray, quality: int) -> np.ndarray:
    """As a messaging application sends it."""
    return cv2.imdecode(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE)


def degraded(kind: str, hand: Hand) -> np.ndarray:
    """One frame of that kind; a little noise is in all of them."""
    random = hand.random
    uniform = random.uniform
    match kind:
        case "perspective":
            frame = hand.flat(askew=0.28)
        case "rotation":
            frame = hand.flat(turn=uniform(0, 360))
        case "defocus":
            frame = cv2.GaussianBlur(hand.flat(), (0, 0), uniform(1.6, 3.4))
        case "motion":
            frame = motion(hand.flat(), int(uniform(6, 17)), uniform(0, 180))
        case "noise":
            frame = noise(hand.flat(), uniform(25, 75), random)
        case "contrast":
            frame = dull(hand.flat(), uniform(60, 140), uniform(0.06, 0.2))
        case "light":
            frame = shade(hand.flat(), random, uniform(0.7, 0.93))
        case "jpeg":
            frame = squeezed(hand.flat(size=uniform(150, 230)), 30)
        case "curl":
            frame = hand.curled()
        case "combined":
            frame = cv2.GaussianBlur(hand.flat(askew=0.12, turn=uniform(0, 360)), (0, 0), uniform(1.0, 1.9))
            frame = noise(dull(shade(frame, random, uniform(0.3, 0.6)), 25, 0.7), uniform(5, 14), random)
            frame = squeezed(motion(frame, int(uniform(3, 7)), uniform(0, 180)), 45)
        case _:
            raise ValueError(f"There is no kind of frame called {kind}.")
    return noise(frame, 2.5, random)


KINDS = {
    "perspective": 30,
    "rotation": 30,
    "defocus": 30,
    "motion": 30,
    "noise": 30,
    "contrast": 30,
    "light": 30,
    "jpeg": 30,
    "combined": 30,
    "curl": 60,
}


def main(folder: Path, most: int = 60) -> None:
    """Makes up to `most` frames of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    sheet, text, _ = paper()
    listing = []
    for kind, count in KINDS.items():
        for number in range(min(count, most)):
            hand = Hand(sheet, np.random.default_rng([SEED, list(KINDS).index(kind), number]))
            name = f"{kind}-{number:02}.pgm"
            cv2.imwrite(str(folder / name), degraded(kind, hand))
            listing.append({"file": name, "kind": kind, "texts": [text]})
    (folder / "frames.json").write_text(json.dumps(listing))
    print(f"{len(listing)} frames in {folder}", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m bench.reading.frames FOLDER")
    main(Path(sys.argv[1]))
