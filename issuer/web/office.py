"""What the pages work with: one home, its desk and its people. Each worker process has one."""

import threading
import time
from dataclasses import replace
from pathlib import Path

from flask import current_app

from issuer.accounts import Credentials, Directory
from issuer.accounts.breached import nobody
from issuer.accounts.sealing import open_sealer
from issuer.accounts.sessions import Sessions
from issuer.accounts.throttles import Throttles
from issuer.accounts.tokens import Tokens
from issuer.attestation import status as status_lists
from issuer.attestation.verify import Verdict, verify
from issuer.demarches.bureau import open_bureau
from issuer.web.batching import Batches
from issuer.web.drafts import Drafts
from issuer.web.settings import WebSettings
from keys.errors import StatusRefused

SECRET_FILE = "web.secret"


class Office:
    """The rooms behind the pages. ``home`` is an opened :class:`issuer.home.Home`."""

    def __init__(self, home, settings: WebSettings) -> None:
        self.home, self.settings = home, settings
        self.clock = home.clock
        self.sealer = open_sealer(home.path / SECRET_FILE)
        engine = home.engine
        self.engine = engine
        breached = settings.breached(home.path) or nobody
        self.directory = Directory(engine, self.clock, breached=breached)
        self.credentials = Credentials(engine, self.sealer, self.clock, breached=breached)
        self.sessions = Sessions(engine, self.clock, settings.idle_minutes * 60, settings.session_hours * 3600)
        self.throttles = Throttles(engine, self.clock)
        self.tokens = Tokens(engine, self.clock)
        self.drafts = Drafts(engine, self.clock)
        self._batches = Batches(lambda records, author: list(self.desk().issue_many(records, author)))
        self.bureau = open_bureau(home, time.sleep, time.time, self.desk, patient=False)
        self._printing = threading.Lock()
        self._seen: tuple[int, int] | None = None

    @property
    def demonstration(self) -> bool:
        """Whether this home's keys are demonstration keys."""
        return self.home.config.demonstration

    def desk(self):
        """The desk, under the trust list and the keys of now."""
        self._notice_changes()
        desk = self.home.desk()
        desk.means = replace(desk.means, printer=self._print)
        return desk

    def issue_soon(self, record: dict, account):
        """Issue one record together with those that other threads ask for at the same moment. See :mod:`issuer.web.batching`."""
        return self._batches.issue(record, account.author)

    def trust(self):
        """The published trust list, read when it changed. Raises ConfigError."""
        self._notice_changes()
        return self.home._trust

    def _notice_changes(self) -> None:
        """Another process may publish a new trust list or seal a new key: then the home's copies are read again."""
        seen = tuple(
            path.stat().st_mtime_ns if path.exists() else 0
            for path in (self.home.public / "trust.cose", self.home.path / "keys")
        )
        if seen != self._seen:
            self.home.__dict__.pop("_trust", None)
            self.home.__dict__.pop("_sealed", None)
            self._seen = seen

    def _print(self, token: bytes, annex: dict, text: str) -> bytes:
        with self._printing:
            return self.home.document(token, annex, text)

    def print_draft(self, document) -> bytes:
        """The PDF of a page that is not signed. Raises RenderError."""
        with self._printing:
            return self.home._printer.render(document)

    def published_lists(self) -> dict[int, status_lists.StatusList]:
        """The published status lists by number, those that a verifier would accept now."""
        trust, held = self.trust(), {}
        for entry in trust.status_lists:
            path: Path = self.home.public / entry.path
            try:
                held[entry.number] = status_lists.accept(path.read_bytes(), entry.number, trust, None, self.clock())
            except (FileNotFoundError, StatusRefused):
                continue
        return held

    def verdict(self, text: str) -> Verdict:
        """What a verifier that has just fetched the lists says of a QR text."""
        return verify(text, self.trust(), self.published_lists(), self.clock())


def office() -> Office:
    """The office of the application that answers the current request."""
    return current_app.extensions["wif"]
