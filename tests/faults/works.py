"""What a process does until it is killed. Each act is noted in a file only once it was answered, by one write that no
kill can tear.
"""

import io
import itertools
import json
import os
import random
import time
from datetime import date, timedelta
from pathlib import Path

from issuer.desk import Grounds, acts, issue, issue_many
from issuer.home import Home
from issuer.home.backup import backup
from issuer.web import importing
from issuer.web.context import WebContext
from issuer.web.settings import from_table
from tests.support.office import made_up
from tests.support.records import record

SECRET = "a passphrase of faults"
SIGNATORY = {
    "family_name": "MARTIN",
    "title": "Directrice adjointe",
    "service": "Service d'essai",
    "given_names": "Anne",
}
ROWS = 60
"""Records of an imported file."""


def opened(path: str, database: str | None, ahead: int = 0) -> Home:
    """The home, whose clock is ``ahead`` seconds ahead."""
    return Home(Path(path), lambda: SECRET, database, lambda: int(time.time()) + ahead)


def work(kind: str, path: str, database: str | None, log: str, seed: int) -> None:
    """Do one kind of work for ever (importing: once), noting each answer."""
    home = opened(path, database)
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    ACTS[kind](
        home, lambda *words: os.write(handle, (" ".join(map(str, words)) + "\n").encode()), random.Random(seed), seed
    )


def _issue(home, told, chance, seed) -> None:
    desk = made_up(home)
    for group in itertools.count():
        references = [f"KILL-{seed}-{group}-{place}" for place in range(chance.randint(1, 25))]
        for reference, issued in zip(
            references,
            issue_many(desk, (record(reference=one) for one in references), "cli:worker", batch=10),
            strict=True,
        ):
            told("issued", reference, issued.number, issued.token.hex())


def _revoke(home, told, chance, seed) -> None:
    desk = made_up(home)
    for place in itertools.count():
        reference, act = f"ACT-{seed}-{place}", chance.choice(("revoke", "suspend", "replace"))
        number = issue(desk, record(reference=reference), "cli:worker").number
        if act == "replace":
            issued, _done = acts.replace(
                desk,
                number,
                record(reference=f"{reference}-NEW", job="Cheffe"),
                Grounds("CRPA L242-4", "request"),
                "cli:worker",
            )
            told("issued", f"{reference}-NEW", issued.number, issued.token.hex())
        else:
            acts.do(desk, act, number, Grounds("CRPA L241-2", "fraud"), "cli:worker")
        told(act, number)


def _publish(home, told, chance, seed) -> None:
    for place in itertools.count():
        issued = issue(made_up(home), record(reference=f"PUB-{seed}-{place}"), "cli:worker")
        acts.do(made_up(home), "revoke", issued.number, Grounds("CRPA L241-2", "fraud"), "cli:worker")
        told("revoke", issued.number)
        told("published", home.publish("cli:worker").issued_at)


def _import(home, told, _chance, seed) -> None:
    context = WebContext(home, from_table({}))
    account = context.directory.by_identifier("agent")
    lines = "\n".join(
        json.dumps(
            {
                **record(
                    family_name=f"IMPORT {''.join(chr(65 + int(digit)) for digit in str(seed))}",
                    birth_date=(date(1970, 1, 1) + timedelta(seed % 200 * ROWS + place)).isoformat(),
                ),
                "signatory": SIGNATORY,
            }
        )
        for place in range(ROWS)
    )
    job = importing.receive(context, account, io.BytesIO(lines.encode()), f"{seed}.jsonl")
    told("importing", job.id)
    finish_import(context, account, job.id)
    told("imported", job.id)


def finish_import(context, account, id_: str) -> None:
    """Lead an import to its end, as the pages do for whoever looks at it: taken up when its process died, signed once
    checked.
    """
    end = time.monotonic() + 60
    while (job := importing.find(context, id_, account.id)).state != importing.DONE:
        assert job.state != importing.BROKEN and time.monotonic() < end, job.state
        importing.take_up(context, job, account)
        if job.state == importing.CHECKED:
            importing.sign(context, job, account)
        time.sleep(0.02)


def _backup(home, told, _chance, seed) -> None:
    for place in itertools.count():
        issue(made_up(home), record(reference=f"BAK-{seed}-{place}"), "cli:worker")
        name = home.path / "backups" / f"{seed}-{place}.backup"
        backup(home, name, SECRET)
        told("backup", name.name)


ACTS = {"issue": _issue, "revoke": _revoke, "publish": _publish, "import": _import, "backup": _backup}
