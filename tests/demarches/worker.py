"""A process that synchronises and works the outbox off until it is killed: ``worker.py ADDRESS FOLDER DEMARCHES BEGAN
[end]``.

Its clock runs two hundred times as fast, so that the time for which a killed one held its task is soon over.
"""

import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from issuer import registry
from issuer.accounts.directory import Directory
from issuer.demarches import delivering, synchronising
from issuer.demarches.client import Client
from issuer.demarches.context import DemarchesContext
from issuer.demarches.settings import DemarchesSettings, Instructeur
from issuer.demarches.source import Source
from issuer.demo.demarches import people
from issuer.registry.database import reading
from issuer.registry.request_tables import RequestTask
from tests.demarches.scene import INSTRUCTEUR, NOW, TOKEN
from tests.support.office import Office

SPEED = 200


def main(address: str, folder: str, demarches: str, began: str, end: str = "") -> None:
    engine = registry.open_registry(address)
    clock = lambda: NOW + int((time.time() - float(began)) * SPEED)
    office = Office(engine, Path(folder) / "public")
    office.desk = replace(office.desk, clock=clock, printer=lambda token, annex, text: b"%PDF " + token)
    settings = DemarchesSettings(
        demarches + "/api/v2/graphql",
        (people.NUMBER,),
        date(2026, 1, 1),
        TOKEN,
        instructeur=INSTRUCTEUR,
        instructeurs=(Instructeur(INSTRUCTEUR, people.INSTRUCTEURS["75"], "claire"),),
    )
    connect = lambda: Source(Client(settings, clock, lambda seconds: time.sleep(seconds / SPEED)))
    context = DemarchesContext(
        engine,
        lambda: office.desk,
        clock,
        Directory(engine, clock),
        Path(folder),
        settings,
        office.desk.signatory,
        connect,
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    left = 1
    while left or not end:
        synchronising.synchronise(context, connect(), people.NUMBER)
        delivering.work_off(context)
        with reading(engine) as connection:
            left = connection.scalar(select(func.count()).select_from(RequestTask).where(RequestTask.done_at.is_(None)))
        time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
