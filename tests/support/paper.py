"""Printed pages as a phone's camera sees them: the PDF drawn, held in a hand, filmed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import zxingcpp

from issuer.attestation import claims, token
from issuer.documents import PrintedAttestation, render
from tests.support.sites import Service

SIGNATORY = {
    "given_names": "Camille",
    "family_name": "MARTIN",
    "title": "Adjointe",
    "service": "Service de démonstration",
}
INCH_MM = 25.4
FRAME = (1920, 1080)
"""Pixels of a frame: what the page asks the camera for."""


def printed(service: Service, text: str) -> bytes:
    """The PDF of an ordinary attestation whose QR code holds `text`."""
    content = claims.decode(token.split(service.issuer.token()).payload).to_json()
    return render(
        PrintedAttestation(content, text, service.origin, "Service de démonstration", SIGNATORY, demonstration=True)
    )


def drawn(pdf: bytes, dots: int = 300) -> np.ndarray:
    """The first page as grey pixels, `dots` an inch."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return np.asarray(document[0].render(scale=dots / 72, grayscale=True).to_numpy()).squeeze()
    finally:
        document.close()


def around_code(page: np.ndarray, dots: int = 300, width_mm: float = 150) -> np.ndarray:
    """The part of a drawn page around its QR code that a camera held close sees, sixteen by nine, white beyond the
    edges.
    """
    found = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    corners = [found[0].position.top_left, found[0].position.bottom_right]
    across, down = (sum(point) // 2 for point in zip(*((corner.x, corner.y) for corner in corners), strict=False))
    half_width = int(width_mm / INCH_MM * dots / 2)
    half_height = half_width * FRAME[1] // FRAME[0]
    margin = max(half_width, half_height)
    wide = cv2.copyMakeBorder(page, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255)
    across, down = across + margin, down + margin
    return cv2.resize(
        wide[down - half_height : down + half_height, across - half_width : across + half_width],
        FRAME,
        interpolation=cv2.INTER_AREA,
    )


def held(picture: np.ndarray, moment: float, random: np.random.Generator) -> np.ndarray:
    """One frame of a hand-held picture: seen askew, moving, a little out of focus, in uneven light, with a sensor's
    noise.
    """
    height, width = picture.shape
    sway = np.array([[np.sin(moment), np.cos(moment * 1.3)], [np.cos(moment), np.sin(moment * 0.7)]])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shift = np.array([[0.05, 0.04], [-0.07, 0.02], [-0.03, -0.05], [0.06, -0.03]]) * [width, height]
    moved = (corners + shift + np.vstack([sway, -sway]) * 12).astype(np.float32)
    frame = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners, moved), (width, height), borderValue=90)
    trail = np.zeros((5, 5), np.float32)
    trail[2, :] = 0.2
    frame = cv2.GaussianBlur(cv2.filter2D(frame, -1, trail), (0, 0), 1.0).astype(np.float32)
    light = np.linspace(0.62, 0.95, width, dtype=np.float32)[None, :]
    return np.clip(frame * light + random.normal(0, 6, frame.shape), 0, 255).astype(np.uint8)


def film(picture: np.ndarray, target: Path, frames: int = 12) -> Path:
    """Writes a film of the held picture (motion JPEG, as Chromium's false camera plays it in a loop)."""
    random = np.random.default_rng(5)
    with target.open("wb") as out:
        for number in range(frames):
            coded = cv2.imencode(".jpg", held(picture, number / 3, random), [cv2.IMWRITE_JPEG_QUALITY, 72])[1]
            out.write(coded.tobytes())
    return target


FILM_RATE = 30
"""Frames a second at which Chromium's false camera plays motion JPEG."""


def passing(pictures: Iterable[np.ndarray], target: Path, frames: int, between: int = 6) -> Path:
    """Writes a film of papers held up one after the other: each for so many frames of `FILM_RATE`, six views of it in turn, then
    so many frames of the bare desk, as a hand takes the next.
    """
    random = np.random.default_rng(5)

    def coded(picture: np.ndarray, number: int) -> bytes:
        return bytes(cv2.imencode(".jpg", held(picture, number / 3, random), [cv2.IMWRITE_JPEG_QUALITY, 72])[1])

    desk = coded(np.full(FRAME[::-1], 150, np.uint8), 0)
    with target.open("wb") as out:
        for at, picture in enumerate(pictures):
            views = [coded(picture, at * 7 + number) for number in range(6)]
            for number in range(frames):
                out.write(views[number // 3 % len(views)])  # ten views a second
            out.write(desk * between)
    return target
