"""Reading rate: our printed symbol as bad cameras and hard lives leave it, read by our whole camera path and by other readers.

    wif bench reading_rate [--most 60] [--keep FOLDER]
    wif bench reading_rate --frames FOLDER [--only ours]

Makes the frames (bench/reading/frames.py: 330 of bad cameras; bench/reading/hard.py: 336 of stamps, stains, copies and
messages; --most limits each kind), then reads all of them with each reader in one run and prints two Markdown tables. With
--frames it reads a folder of yours instead: `frames.json`, a list of {"file", "kind", "texts"}, beside grey pictures; it
then prints one JSON line a reader: {"reader", "read", "of", "wrong", "kinds", "ms"}. `ours` is what the page does with a
camera that shows each picture up to eight times; the others get it once, with every effort that they know.
Needs Node.js, the test requirements, npm ci in bench/, and, for the readers that Python brings, an environment in
bench/.venv with requirements/bench.txt (and Java for BoofCV); what is not there is said and left out.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

from bench.reading import frames, hard

PYTHON = TOP / "bench/.venv/bin/python"
READING = TOP / "bench/reading"


def plain(folder: Path, target: Path) -> None:
    """Copies the frames of a folder into one of PGM files, which need no decoder."""
    listing = json.loads((folder / "frames.json").read_text("utf-8"))
    for number, frame in enumerate(listing):
        grey = cv2.imread(str(folder / frame["file"]), cv2.IMREAD_GRAYSCALE)
        if grey is None:
            sys.exit(f"{frame['file']} is no picture that can be read. Give grey PNGs.")
        frame["file"] = f"{number}.pgm"
        cv2.imwrite(str(target / frame["file"]), grey)
    (target / "frames.json").write_text(json.dumps(listing), "utf-8")


def lines(folder: Path, only: str | None) -> Iterator[dict[str, Any]]:
    """What each reader makes of the frames of a folder."""
    with tempfile.TemporaryDirectory() as name:
        plain(folder, Path(name))
        commands = [["node", str(READING / "run.mjs"), name, *([only] if only else [])]]
        if not only:
            commands.append([str(PYTHON if PYTHON.exists() else sys.executable), str(READING / "peers.py"), name])
        for command in commands:
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reading:
                assert reading.stdout
                for line in reading.stdout:
                    yield json.loads(line)
            if reading.returncode != 0:
                sys.exit("The readers stopped before the end.")


def table(folder: Path, kinds: list[str], only: str | None) -> None:
    """Prints what each reader makes of the frames."""
    print(
        f"| reader | read | {' | '.join(kinds)} | wrong | mean ms |\n|---|---|{'---|' * (len(kinds) + 2)}", flush=True
    )
    for found in lines(folder, only):
        each = " | ".join(str(found["kinds"].get(kind, "")) for kind in kinds)
        read = f"{found['read']} of {found['of']}"
        print(f"| {found['reader']} | {read} | {each} | {found['wrong']} | {found['ms']} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=60, help="frames of each kind at most")
    parser.add_argument("--keep", type=Path, help="a folder for the frames, which then stay")
    parser.add_argument("--frames", type=Path, help="a folder of frames to read in place of our own")
    parser.add_argument("--only", help="ours or zxing-wasm: that reader alone")
    given = parser.parse_args()
    if given.frames:
        for found in lines(given.frames, given.only):
            print(json.dumps(found, ensure_ascii=False), flush=True)
        return
    with tempfile.TemporaryDirectory() as name:
        for part, kinds in ((frames, list(frames.KINDS)), (hard, list(hard.KINDS))):
            folder = (given.keep or Path(name)) / part.__name__.rsplit(".", 1)[-1]
            part.main(folder, given.most)
            table(folder, kinds, given.only)
            print()


if __name__ == "__main__":
    main()
