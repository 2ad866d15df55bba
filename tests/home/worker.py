"""A process that issues, suspends and publishes in a home until it is told to stop: ``python -m tests.home.worker
HOME DATABASE``.

One line for each attestation answered; it ends when its standard input is closed.
"""

import sys
import threading
from pathlib import Path

from issuer.desk import Grounds, acts, issue
from issuer.home import Home
from tests.home.conftest import SECRET
from tests.support.office import made_up
from tests.support.records import record


def main(path, database):
    home = Home(Path(path), lambda: SECRET, database or None)
    told_to_stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), told_to_stop.set()), daemon=True).start()
    place = 0
    while not told_to_stop.is_set():
        issued = issue(made_up(home), record(reference=f"W-{place}"), "cli:worker")
        if place % 7 == 0:
            acts.do(made_up(home), "suspend", issued.number, Grounds("CRPA L121-1", "inquiry"), "cli:worker")
        if place % 20 == 0:
            home.publish("cli:worker")
        sys.stdout.write(f"{issued.number}\n")
        sys.stdout.flush()
        place += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
