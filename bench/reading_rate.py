"""Reading rate: our printed symbol as bad cameras see it, read by us and by jsqr, zbar-wasm and html5-qrcode's decoder.

    wif bench reading_rate [--most 60] [--keep FOLDER]

Makes the frames (bench/reading/frames.py: 30 of each kind, 60 of curled paper; --most limits each kind), then reads all of them with
each reader in one run (bench/reading/run.mjs). Prints a Markdown table. Needs Node.js, the test requirements, and npm ci in bench/.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP)]

from bench.reading import frames


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=60, help="frames of each kind at most")
    parser.add_argument("--keep", type=Path, help="a folder for the frames, which then stay")
    given = parser.parse_args()
    if not (TOP / "bench/node_modules/jsqr").is_dir():
        sys.exit("The other readers are not installed: run npm ci in bench/.")
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        frames.main(folder, given.most)
        print(
            f"| reader | read | {' | '.join(frames.KINDS)} | mean ms | 95th centile ms |\n|---|---|{'---|' * (len(frames.KINDS) + 2)}",
            flush=True,
        )
        reading = subprocess.Popen(
            ["node", str(TOP / "bench/reading/run.mjs"), str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert reading.stdout
        for line in reading.stdout:
            found = json.loads(line)
            kinds = " | ".join(str(found["kinds"][kind]) for kind in frames.KINDS)
            print(
                f"| {found['reader']} | {found['read']} of {found['of']} | {kinds} | {found['mean_ms']} | {found['p95_ms']} |",
                flush=True,
            )
        if reading.wait() != 0:
            sys.exit("The readers stopped before the end.")


if __name__ == "__main__":
    main()
