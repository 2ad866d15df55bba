"""Rounds of one process killed at a random moment, each followed by a look of the independent reader."""

import multiprocessing
import random
import shutil
import time
from collections import Counter
from pathlib import Path

from issuer.accounts import Directory
from issuer.desk import issue
from issuer.home import found
from issuer.home.restoring import restore
from issuer.web.context import WebContext
from issuer.web.settings import from_table
from keys.sealedstream import SealedReader
from tests.faults.witness import STATES, Torn, Witness
from tests.faults.works import ACTS, ROWS, SECRET, SIGNATORY, finish_import, opened, work
from tests.support.office import ORIGIN, made_up
from tests.support.records import record

KINDS = tuple(ACTS)
LONGEST = 0.35
"""Seconds after its first answer when a process is killed at the latest."""


class Killing:
    """A home in which processes are killed. ``database`` is the address of an empty PostgreSQL database, None for
    SQLite.
    """

    def __init__(self, folder: Path, database: str | None, seed: int = 1) -> None:
        self.path, self.database, self.log = folder / "home", database, folder / "answers"
        home = found(
            self.path,
            origin=ORIGIN,
            authority="Préfecture d'Exemple",
            passphrase=lambda: SECRET,
            demonstration=True,
            database_url=database,
            signatory=SIGNATORY,
        )
        (self.path / "backups").mkdir()
        Directory(home.engine, home.clock).add(
            "agent", "agent", ("75",), "Agent", "Titre", "Service", "test", "Camille", "une phrase de passe inventée"
        )
        home.engine.dispose()
        self.witness = Witness(database or str(self.path / "wif.sqlite3"), self.path / "public")
        self.chance, self.rounds, self.counts = random.Random(seed), 0, Counter()
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["tests.faults.works"])
        self.jobs: set[str] = set()
        self.issued: list[tuple[str, str, str]] = []

    def round(self, kind: str) -> None:
        """Start a process, kill it at a random moment, and look. Raises Torn."""
        self.rounds += 1
        self.log.unlink(missing_ok=True)
        process = self.context.Process(
            target=work, args=(kind, str(self.path), self.database, str(self.log), self.rounds)
        )
        process.start()
        self._wait_for_an_answer(process)
        time.sleep(self.chance.uniform(0, LONGEST))
        process.kill()
        process.join()
        self.counts["killed"] += process.exitcode == -9
        self.counts[f"killed while {kind}"] += process.exitcode == -9
        self.witness.check()
        for line in self.log.read_text().splitlines():
            self._hold(line.split())
        for file in (self.path / "backups").glob("*.backup"):
            with file.open("rb") as source:
                SealedReader(source, SECRET).finish()
            file.unlink() if self.rounds % 10 else None

    def _wait_for_an_answer(self, process) -> None:
        end = time.monotonic() + 60
        while not (self.log.exists() and self.log.stat().st_size) and process.is_alive():
            assert time.monotonic() < end, "the process answers nothing"
            time.sleep(0.005)

    def _hold(self, words: list[str]) -> None:
        """What was answered is there."""
        self.counts["answers"] += 1
        match words:
            case ["issued", reference, number, token]:
                if self.witness.token(reference) != (number, token):
                    raise Torn(f"{reference} was answered with another attestation")
                self.issued.append((reference, number, token))
            case ["revoke" | "suspend" | "replace" as act, number]:
                if self.witness.state(number) != STATES[act]:
                    raise Torn(f"{number} was answered as {act}d and is not")
            case ["published", at]:
                if min(self.witness.published.values()) < int(at):
                    raise Torn("an answered publication is not there")
            case ["importing" | "imported", id_]:
                self.jobs.add(id_)
            case ["backup", _name]:
                pass
            case _:
                raise Torn(f"an unknown answer: {words[0]}")

    def finish(self) -> Counter:
        """Take up what was broken off, ask again for what was answered, restore a backup, and look at everything from
        the beginning.
        """
        home = opened(str(self.path), self.database, ahead=60)
        context = WebContext(home, from_table({}))
        account = context.directory.by_identifier("agent")
        for id_ in sorted(self.jobs):
            finish_import(context, account, id_)
            [(rows,)] = self.witness.rows(
                "SELECT count(*) FROM reference_use WHERE reference LIKE ?", f"IMPORT-{id_.upper()}-%"
            )
            if rows != ROWS:
                raise Torn(f"{rows} of {ROWS} rows of an import were signed")
        for reference, number, token in self.chance.sample(self.issued, min(50, len(self.issued))):
            if not reference.startswith("ACT"):
                again = issue(made_up(home), record(reference=reference), "cli:again")
                if (again.status, again.number, again.token.hex()) != ("already_issued", number, token):
                    raise Torn(f"{reference} was signed again")
        home.publish("cli:again")
        home.engine.dispose()
        self.witness = Witness(self.witness.address, self.witness.public)
        self.witness.check()
        self.counts.update(
            rounds=self.rounds,
            attestations=len(self.witness.issued),
            entries=len(self.witness.chain) - 1,
            imports=len(self.jobs),
        )
        return self.counts

    def restore_a_backup(self, empty: str | None) -> int:
        """Back up, restore elsewhere (``empty``: an empty PostgreSQL database), and look; how many signatures were
        checked.
        """
        from issuer.home.backup import backup

        home = opened(str(self.path), self.database)
        file, place = self.path.parent / "last.backup", self.path.parent / "restored"
        shutil.rmtree(place, ignore_errors=True)
        backup(home, file, SECRET)
        home.engine.dispose()
        done = restore(place, file, SECRET, lambda: SECRET, empty, public=self.path / "public")
        Witness(empty or str(place / "wif.sqlite3"), place / "public").check()
        return done.signatures
