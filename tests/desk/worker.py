"""A process that issues until it is killed: ``python worker.py ADDRESS NAME FIRST LAST [suspend FOLDER]``.

With ``suspend`` it also suspends, and publishes into FOLDER.

It writes one line for each answer, only once the answer was given: status, number, token.
"""

import sys
from pathlib import Path

from issuer import registry
from issuer.desk import Grounds, acts, issue_many
from tests.support.office import Office
from tests.support.records import record


def main(address, name, first, last, also="", folder=""):
    office = Office(registry.open_registry(address), Path(folder))
    records = (record(reference=f"{name}-{place}") for place in range(int(first), int(last)))
    for issued in issue_many(office.desk, records, "cli:worker", batch=20):
        sys.stdout.write(f"{issued.status} {issued.number} {issued.token.hex()}\n")
        sys.stdout.flush()
        if also and issued.index % 10 == 0 and issued.status == "issued":
            acts.do(office.desk, "suspend", issued.number, Grounds("CRPA L121-1", "inquiry"), "cli:worker")
            sys.stdout.write(f"suspended {issued.number} -\n")
            sys.stdout.flush()
        if also and issued.index % 100 == 50:
            office.publish()


if __name__ == "__main__":
    main(*sys.argv[1:])
