"""A process that issues until it is killed: ``python worker.py ADDRESS NAME FIRST LAST [suspend FOLDER]``.

With ``suspend`` it also suspends, and publishes into FOLDER.

It writes one line for each answer, only once the answer was given: status, number, token.
"""

import sys
from pathlib import Path

from issuer import registry
from issuer.desk import Grounds
from tests.desk.office import Office, record


def main(address, name, first, last, acts="", folder=""):
    office = Office(registry.open_registry(address), Path(folder))
    records = (record(reference=f"{name}-{place}") for place in range(int(first), int(last)))
    for issued in office.desk.issue_many(records, "cli:worker", batch=20):
        sys.stdout.write(f"{issued.status} {issued.number} {issued.token.hex()}\n")
        sys.stdout.flush()
        if acts and issued.index % 10 == 0 and issued.status == "issued":
            office.desk.suspend(issued.number, Grounds("CRPA L121-1", "inquiry"), "cli:worker")
            sys.stdout.write(f"suspended {issued.number} -\n")
            sys.stdout.flush()
        if acts and issued.index % 100 == 50:
            office.publish()


if __name__ == "__main__":
    main(*sys.argv[1:])
