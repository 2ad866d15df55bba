"""A process that issues ``COUNT`` references and asks again when the database is gone: ``python -m
tests.faults.insistent ADDRESS COUNT``.
"""

import sys
import time
from pathlib import Path

from issuer import registry
from issuer.desk import issue
from issuer.registry import RegistryError
from tests.support.office import Office
from tests.support.records import record


def main(address, count):
    desk = Office(registry.open_registry(address), Path("unused")).desk
    for place in range(int(count)):
        while True:
            try:
                issued = issue(desk, record(reference=f"I-{place}"), "cli:worker")
                break
            except RegistryError as error:
                print("refused", error.code, flush=True)
                time.sleep(0.05)
        print("issued", f"I-{place}", issued.number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
