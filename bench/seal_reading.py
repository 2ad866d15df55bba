"""Reading rate of printed 2D-DOC symbols: our camera's whole path beside zxing-cpp and libdmtx, over the same frames.

    wif bench seal_reading [--most 30] [--keep FOLDER]

A Data Matrix of a work permit (type 15) made by ppf-datamatrix, which is none of the readers, degraded in the ways of
bench/reading/frames.py; --most limits each kind. Prints a Markdown table. `ours` is what the page does with a camera that
shows each picture up to 24 times, of which it looks for a seal in every third; the others get it once, zxing-cpp with every
effort, libdmtx with a second of time. Needs Node.js, the test requirements, and for libdmtx the library of the system
(Debian: apt install libdmtx0b); what is not there is said and left out.
"""

from __future__ import annotations

import argparse
import ctypes
import ctypes.util
import json
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

import cv2
import numpy as np
from ppf.datamatrix import DataMatrix

from bench.reading import frames
from tests.vectors import cases_seals

TEXT = cases_seals.sealed(cases_seals.GOOD)
SHOWN = 24
MEASURE = runpy.run_path(str(TOP / "bench/reading/peers.py"))["measure"]
"""Run, not imported: that file names readers which are not needed here."""
LIBDMTX_MS = 1000
PACK_GREY = 300
"""DmtxPack8bppK: one byte a pixel."""
UNDEFINED = -1
Read = Callable[[Any], list[str]]


def sheet() -> np.ndarray:
    """The symbol in the middle of a square of paper of PAPER pixels, of which it takes 500, under and over print."""
    paper = np.full((frames.PAPER, frames.PAPER), 255, np.uint8)
    modules = np.kron((1 - np.array(DataMatrix(TEXT).matrix, np.uint8)) * 255, np.ones((16, 16), np.uint8))
    start = (frames.PAPER - 500) // 2
    paper[start : start + 500, start : start + 500] = cv2.resize(modules, (500, 500), interpolation=cv2.INTER_AREA)
    for line in (70, 130, 800, 860):
        cv2.putText(paper, "Decision favorable - autorisation de travail", (30, line), 0, 1.0, 30, 2)
    return paper


def make(folder: Path, most: int) -> int:
    """Writes up to `most` frames of each kind; how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    paper, listing = sheet(), []
    for kind, count in frames.KINDS.items():
        for number in range(min(count, most)):
            hand = frames.Hand(paper, np.random.default_rng([frames.SEED, list(frames.KINDS).index(kind), number]))
            name = f"{kind}-{number:02}.pgm"
            cv2.imwrite(str(folder / name), frames.degraded(kind, hand))
            listing.append({"file": name, "kind": kind, "texts": [TEXT]})
    (folder / "frames.json").write_text(json.dumps(listing))
    return len(listing)


class _Time(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("microseconds", ctypes.c_ulong))


class _Message(ctypes.Structure):
    _fields_ = (
        ("array_size", ctypes.c_size_t),
        ("code_size", ctypes.c_size_t),
        ("output_size", ctypes.c_size_t),
        ("output_at", ctypes.c_int),
        ("pad_count", ctypes.c_int),
        ("fnc1", ctypes.c_int),
        ("array", ctypes.c_void_p),
        ("code", ctypes.c_void_p),
        ("output", ctypes.POINTER(ctypes.c_ubyte)),
    )


def libdmtx() -> Read:
    """The reader of libdmtx 0.7.5 and later, by its C functions."""
    name = ctypes.util.find_library("dmtx")
    if name is None:
        raise ImportError("no libdmtx on this machine")
    library = ctypes.CDLL(name)
    library.dmtxTimeNow.restype = library.dmtxTimeAdd.restype = _Time
    library.dmtxTimeAdd.argtypes = [_Time, ctypes.c_long]
    library.dmtxImageCreate.restype = library.dmtxDecodeCreate.restype = ctypes.c_void_p
    library.dmtxImageCreate.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_int, ctypes.c_int]
    library.dmtxDecodeCreate.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.dmtxRegionFindNext.restype = ctypes.c_void_p
    library.dmtxRegionFindNext.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Time)]
    library.dmtxDecodeMatrixRegion.restype = ctypes.POINTER(_Message)
    library.dmtxDecodeMatrixRegion.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]

    def read(grey: Any) -> list[str]:
        height, width = grey.shape
        pixels = grey.tobytes()
        picture = ctypes.c_void_p(library.dmtxImageCreate(pixels, width, height, PACK_GREY))
        decoder = ctypes.c_void_p(library.dmtxDecodeCreate(picture, 1))
        end = library.dmtxTimeAdd(library.dmtxTimeNow(), LIBDMTX_MS)
        found = []
        try:
            while not found and (region := library.dmtxRegionFindNext(decoder, ctypes.byref(end))):
                held = ctypes.c_void_p(region)
                message = library.dmtxDecodeMatrixRegion(decoder, held, UNDEFINED)
                if message:
                    content = message.contents
                    found.append(bytes(content.output[: content.output_at]).decode("latin-1"))
                    library.dmtxMessageDestroy(ctypes.byref(message))
                library.dmtxRegionDestroy(ctypes.byref(held))
        finally:
            library.dmtxDecodeDestroy(ctypes.byref(decoder))
            library.dmtxImageDestroy(ctypes.byref(picture))
        return found

    return read


def zxing_cpp() -> Read:
    """zxing-cpp with every effort; its bytes, for its text may replace control characters."""
    import zxingcpp

    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
    return lambda grey: [code.bytes.decode("latin-1") for code in zxingcpp.read_barcodes(grey, formats=wanted)]


def ours(folder: Path) -> dict[str, Any]:
    """What the page's own loop reads."""
    run = [Path("bench/reading/run.mjs"), folder, "ours", str(SHOWN)]
    done = subprocess.run(["node", *run], cwd=TOP, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def main() -> None:
    """Make, read, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=30)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        folder = arguments.keep or Path(spare)
        make(folder, arguments.most)
        listing = json.loads((folder / "frames.json").read_text())
        results = [ours(folder.absolute())]
        for name, load in (("zxing-cpp, every effort", zxing_cpp), ("libdmtx", libdmtx)):
            try:
                results.append(MEASURE(name, load(), listing, folder))
            except ImportError as error:
                print(f"{name} is left out: {error}", file=sys.stderr)
    kinds = list(dict.fromkeys(frame["kind"] for frame in listing))
    print("| reader | read | " + " | ".join(kinds) + " | wrong | mean ms |\n|---|--:|" + "--:|" * (len(kinds) + 2))
    for row in results:
        counts = " | ".join(str(row["kinds"][kind]) for kind in kinds)
        print(f"| {row['reader']} | {row['read']} of {row['of']} | {counts} | {row['wrong']} | {row['ms']} |")


if __name__ == "__main__":
    main()
