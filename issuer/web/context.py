"""What the pages work with: one opened home, its settings, accounts and desk. Each worker process has one."""

import threading
import time
from dataclasses import replace
from pathlib import Path

from flask import current_app

from issuer.accounts import Credentials, Directory
from issuer.accounts.breached import nobody
from issuer.accounts.directory import Account
from issuer.accounts.sessions import Sessions
from issuer.accounts.throttles import Throttles
from issuer.accounts.tokens import Tokens
from issuer.attestation import status as status_lists
from issuer.attestation.verify import Verdict, verify
from issuer.demarches.context import open_demarches
from issuer.desk import DeskContext, Issued, issue_many
from issuer.documents import PrintedAttestation
from issuer.home import Home
from issuer.home.home import read_genuine
from issuer.web.batching import Batches
from issuer.web.drafts import Drafts
from issuer.web.settings import WebSettings
from keys.errors import StatusRefused
from keys.trust import TrustList


class WebContext:
    """What the pages work with. ``home`` is an opened :class:`issuer.home.Home`."""

    def __init__(self, home: Home, settings: WebSettings) -> None:
        self.home, self.settings = home, settings
        self.clock = home.clock
        self.sealer = home.sealer
        engine = home.engine
        self.engine = engine
        breached = settings.breached(home.path) or nobody
        self.directory = Directory(engine, self.clock, breached=breached)
        self.credentials = Credentials(engine, self.sealer, self.clock, breached=breached)
        self.sessions = Sessions(engine, self.clock, settings.idle_minutes * 60, settings.session_hours * 3600)
        self.throttles = Throttles(engine, self.clock)
        self.tokens = Tokens(engine, self.clock)
        self.drafts = Drafts(engine, self.clock)
        self._batches = Batches(lambda records, author: list(issue_many(self.desk(), records, author)))
        self.demarches = open_demarches(home, time.sleep, time.time, self.desk, patient=False)
        self._printing = threading.Lock()

    @property
    def demonstration(self) -> bool:
        """Whether this home's keys are demonstration keys."""
        return self.home.config.demonstration

    def desk(self) -> DeskContext:
        """What the acts on attestations work with, under the trust list and the keys of now."""
        return replace(self.home.desk(), printer=self._print)

    def issue_soon(self, record: object, account: Account) -> Issued:
        """Issue one record together with those that other threads ask for at the same moment. See
        :mod:`issuer.web.batching`.
        """
        return self._batches.issue(record, account.author)

    def trust(self) -> TrustList:
        """The published trust list. Raises ConfigError."""
        return self.home.trust()

    def _print(self, token: bytes, annex: dict, text: str) -> bytes:
        with self._printing:
            return self.home.document(token, annex, text)

    def print_draft(self, document: PrintedAttestation) -> bytes:
        """The PDF of a page that is not signed. Raises RenderError."""
        with self._printing:
            return self.home.printer.render(document)

    def published_lists(self) -> dict[int, status_lists.StatusList]:
        """The published status lists by number, those that a verifier would accept now."""
        trust, held = self.trust(), {}
        for status_list in trust.status_lists:
            path: Path = self.home.public / status_list.path
            try:
                held[status_list.number] = status_lists.accept(
                    path.read_bytes(), status_list.number, trust, None, self.clock()
                )
            except (FileNotFoundError, StatusRefused):
                continue
        return held

    def verdict(self, text: str) -> Verdict:
        """What a verifier that has just fetched the lists says of a QR text."""
        trust = self.trust()
        genuine = read_genuine(self.home.public, trust)
        return verify(text, trust, self.published_lists(), self.clock(), 0, genuine)


def web_context() -> WebContext:
    """The context of the application that answers the current request."""
    return current_app.extensions["wif"]
