"""A process that revokes and publishes ``COUNT`` times: ``python -m tests.faults.publisher ADDRESS FOLDER COUNT
NAME``.
"""

import sys
import time
from pathlib import Path

from issuer import registry
from issuer.desk import Grounds, acts, issue
from tests.support.office import AUTHOR, NOW, Office
from tests.support.records import record


def main(address, folder, count, name):
    began = time.time()
    office = Office(registry.open_registry(address), Path(folder))
    office = office.with_desk(clock=lambda: NOW + int(time.time() - began))
    for place in range(int(count)):
        issued = issue(office.desk, record(reference=f"{name}-{place}"), AUTHOR)
        acts.do(office.desk, "revoke", issued.number, Grounds("CRPA L241-2", "fraud"), AUTHOR)
        print("revoke", issued.number, office.publish().issued_at, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
