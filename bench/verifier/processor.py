"""A slow processor: stops and continues a browser's renderers so that each runs one part in FACTOR of the time. Linux
only.

Usage: python processor.py BROWSER_PID FACTOR. Renderers are the descendants of that process that Chromium started as
such. DevTools' `Emulation.setCPUThrottlingRate` slows the page's main thread alone; the codes are read in a worker,
which this slows as well.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

SLICE = 0.004
"""Seconds that the renderers run at a time."""
LOOK = 0.02
"""Seconds between two looks for new renderers."""


def renderers(browser: int) -> list[int]:
    """The process ids of the browser's renderers now."""
    parents: dict[int, int] = {}
    drawn: set[int] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parents[int(entry.name)] = int(entry.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            if b"--type=renderer" in entry.joinpath("cmdline").read_bytes():
                drawn.add(int(entry.name))
        except OSError:
            continue  # it ended meanwhile

    def descends(process: int) -> bool:
        while process in parents:
            if process == browser:
                return True
            process = parents[process]
        return False

    return [process for process in drawn if descends(process)]


def tell(processes: list[int], word: signal.Signals) -> None:
    """Sends a signal to each that still runs."""
    for process in processes:
        try:
            os.kill(process, word)
        except ProcessLookupError:
            continue


def slow(browser: int, factor: float) -> None:
    """Slows until this process is told to end; the renderers then run on."""
    slowed: list[int] = []
    looked = 0.0

    def end(*_: object) -> None:
        tell(slowed, signal.SIGCONT)
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    print("slow", flush=True)  # whoever started this may begin
    while Path(f"/proc/{browser}").exists():
        tell(slowed, signal.SIGCONT)
        began = time.monotonic()
        time.sleep(SLICE)
        tell(slowed, signal.SIGSTOP)
        stopped = time.monotonic()
        if stopped - looked > LOOK:
            slowed, looked = renderers(browser), stopped
            tell(slowed, signal.SIGSTOP)
        time.sleep(max(0.0, (stopped - began) * (factor - 1) - (time.monotonic() - stopped)))
    end()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"Usage: {__doc__}")
    slow(int(sys.argv[1]), float(sys.argv[2]))
