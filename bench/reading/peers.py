"""Other readers that Python brings, over a folder of frames (see run.mjs for the readers that Node.js brings).

    PYTHON bench/reading/peers.py FOLDER

`PYTHON` is any with some of the packages of requirements/bench.txt; what is not installed is said and passed over.
Writes one JSON line a reader: {"reader", "read", "of", "wrong", "kinds", "ms"}; ms is the mean of a frame. A frame is read when
every text that it holds was found; wrong counts frames in which another text was.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2

Read = Callable[[Any], list[str]]


def _zxing_cpp() -> Read:
    import zxingcpp

    return lambda grey: [code.text for code in zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)]


def _opencv() -> Read:
    detector = cv2.QRCodeDetector()
    return lambda grey: list(detector.detectAndDecodeMulti(grey)[1])


def _wechat() -> Read:
    detector = cv2.wechat_qrcode.WeChatQRCode()  # without its networks, which no package brings
    return lambda grey: list(detector.detectAndDecode(grey)[0])


def _zbar() -> Read:
    from pyzbar import pyzbar

    return lambda grey: [code.data.decode() for code in pyzbar.decode(grey, symbols=[pyzbar.ZBarSymbol.QRCODE])]


def _boofcv() -> Read:
    import numpy
    import pyboof

    detector = pyboof.FactoryFiducial(numpy.uint8).qrcode()

    def read(grey: Any) -> list[str]:
        detector.detect(pyboof.ndarray_to_boof(grey))
        return [str(code.message) for code in detector.detections]

    return read


READERS: dict[str, Callable[[], Read]] = {
    "zxing-cpp, every effort": _zxing_cpp, "OpenCV": _opencv, "WeChat (opencv-contrib)": _wechat, "ZBar": _zbar, "BoofCV": _boofcv,
}  # fmt: skip


def measure(name: str, read: Read, frames: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """What one reader makes of the frames."""
    kinds: dict[str, int] = {}
    wrong, spent = 0, 0.0
    for frame in frames:
        grey = cv2.imread(str(folder / frame["file"]), cv2.IMREAD_GRAYSCALE)
        start = time.perf_counter()
        try:
            texts = [text for text in read(grey) if text]
        except (cv2.error, UnicodeDecodeError):
            texts = []  # some throw on a frame that they do not read
        spent += time.perf_counter() - start
        kinds[frame["kind"]] = kinds.get(frame["kind"], 0) + all(text in texts for text in frame["texts"])
        wrong += any(text not in frame["texts"] for text in texts)
    return {"reader": name, "read": sum(kinds.values()), "of": len(frames), "wrong": wrong, "kinds": kinds, "ms": round(1000 * spent / len(frames), 1)}  # fmt: skip


def main(folder: Path) -> Iterator[dict[str, Any]]:
    frames = json.loads((folder / "frames.json").read_text())
    for name, make in READERS.items():
        try:
            read = make()
        except (ImportError, AttributeError) as error:
            print(f"{name} is not installed: {error}", file=sys.stderr)
            continue
        yield measure(name, read, frames, folder)


if __name__ == "__main__":
    for line in main(Path(sys.argv[1])):
        print(json.dumps(line, ensure_ascii=False), flush=True)
