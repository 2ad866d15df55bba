"""What else was tried to read more frames: crops in turn, and two frames combined (docs/decisions/0060).

    python -m bench.reading.tried [MOST]

Reads up to MOST (30) frames of each kind that has unread ones, with the engine's own C++ library and the camera's
options: plain; then the middle of the frame, cut out and drawn at one and a half times its size; then the mean of two
frames of a hand that moved by up to 8 pixels between them, as they are and laid over each other first (phase
correlation). Prints a Markdown table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import cv2
import numpy as np
import zxingcpp

from bench.reading import frames

KINDS = ("defocus", "motion", "noise", "contrast", "jpeg", "combined", "curl")


def read(picture: np.ndarray) -> list[str]:
    """The texts in a picture, found as the camera's loop finds them."""
    options = {
        "formats": zxingcpp.BarcodeFormat.QRCode,
        "try_rotate": False,
        "try_invert": False,
        "try_downscale": True,
    }
    return [code.text for code in zxingcpp.read_barcodes(picture, **options)]


def middle(picture: np.ndarray) -> np.ndarray:
    """The middle two thirds, one and a half times as large."""
    height, width = picture.shape
    part = picture[height // 6 : height * 5 // 6, width // 6 : width * 5 // 6]
    return cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC)


def pair(kind: str, number: int, sheet: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two frames of the same hand: the second has its own noise and is moved by a few pixels."""
    seed = [frames.SEED, list(frames.KINDS).index(kind), number]
    first = frames.degraded(kind, frames.Hand(sheet, np.random.default_rng(seed)))
    random = np.random.default_rng([*seed, 1])
    shift = np.array([[1, 0, random.uniform(-8, 8)], [0, 1, random.uniform(-8, 8)]])
    moved = cv2.warpAffine(first, shift, (first.shape[1], first.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    return first, frames.noise(moved, 25 if kind == "noise" else 6, random)


def mean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The two as they are, half of each."""
    return cv2.addWeighted(first, 0.5, second, 0.5, 0)


def laid_over(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The second moved onto the first, then half of each."""
    (across, down), _ = cv2.phaseCorrelate(first.astype(np.float32), second.astype(np.float32))
    back = np.array([[1, 0, -across], [0, 1, -down]])
    return mean(first, cv2.warpAffine(second, back, (first.shape[1], first.shape[0]), borderMode=cv2.BORDER_REPLICATE))


def main(most: int) -> None:
    sheet, text, _ = frames.paper()
    ways: dict[str, Callable[[np.ndarray, np.ndarray], bool]] = {
        "plain": lambda first, _: text in read(first),
        "or the next frame": lambda first, second: text in read(second),
        "or the middle": lambda first, _: text in read(middle(first)),
        "or two averaged": lambda first, second: text in read(mean(first, second)),
        "or two laid over": lambda first, second: text in read(laid_over(first, second)),
    }
    print(f"| kind | frames | {' | '.join(ways)} |\n|---|---|{'---|' * len(ways)}")
    for kind in KINDS:
        count = min(most, frames.KINDS[kind])
        read_by = dict.fromkeys(ways, 0)
        for number in range(count):
            both = pair(kind, number, sheet)
            plain = ways["plain"](*both)
            for name, way in ways.items():
                read_by[name] += plain or way(*both)
        print(f"| {kind} | {count} | {' | '.join(str(found) for found in read_by.values())} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
