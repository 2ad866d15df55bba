"""A context with a desk, and a local Démarches simplifiées that answers over a real socket."""

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from werkzeug.http import http_date
from werkzeug.serving import WSGIRequestHandler, make_server

from issuer.accounts.directory import Directory
from issuer.attestation.qr import encode_text
from issuer.attestation.token import split
from issuer.demarches import delivering, synchronising
from issuer.demarches.client import Client
from issuer.demarches.context import DemarchesContext
from issuer.demarches.mapping import path_of
from issuer.demarches.settings import DemarchesSettings, Instructeur
from issuer.demarches.source import Source
from issuer.demo.demarches import Limits, Store, Traffic, create_server, people
from issuer.registry import requests
from issuer.registry.requests import Wanted
from tests.support.office import NOW, Clock, Office

TOKEN = "token-of-the-tests"
INSTRUCTEUR = people.demarche()["groupeInstructeurs"][0]["instructeurs"][0]["id"]


class Server:
    """The local Démarches simplifiées in a thread of its own."""

    def __init__(self, clock) -> None:
        self.store, self.limits, self.traffic = Store(people.demarche(), clock), Limits(), Traffic()
        self.maker = people.Maker(self.store, clock(), pieces=True)
        self._server = make_server(
            "127.0.0.1",
            0,
            create_server(self.store, TOKEN, self.limits, self.traffic),
            threaded=True,
            request_handler=self._handler(clock),
        )
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _handler(self, clock):
        """Tells the time of this server's own clock, and logs nothing."""

        class Handler(WSGIRequestHandler):
            def date_time_string(self, timestamp=None):
                return http_date(clock())

            def log_request(self, *given):
                pass

        return Handler

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Place:
    """Démarches simplifiées and a client, on one clock."""

    def __init__(self) -> None:
        self.clock, self.slept = Clock(), []
        self.server = Server(self.clock)
        self.settings = DemarchesSettings(
            self.server.address + "/api/v2/graphql",
            (people.NUMBER,),
            date(2026, 1, 1),
            TOKEN,
            instructeur=INSTRUCTEUR,
            instructeurs=(Instructeur(INSTRUCTEUR, people.INSTRUCTEURS["75"], "claire"),),
        )

    def connect(self) -> Source:
        return Source(Client(self.settings, self.clock, self._sleep), self.settings.page)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += int(seconds + 1)

    @property
    def store(self) -> Store:
        return self.server.store

    def put(self, number: int, state: str = "en_instruction", days: float = 2, **changes) -> dict:
        """A dossier at Démarches simplifiées."""
        dossier = self.server.maker.dossier(number, state, days, **changes)
        self.store.add(dossier)
        return dossier

    def later(self, seconds: int) -> None:
        """Let time pass."""
        self.clock.now += seconds


class Scene(Place):
    """Everything that a request meets, on one clock."""

    def __init__(self, engine, folder: Path) -> None:
        super().__init__()
        self.office = Office(engine, folder / "public")
        self.office.clock = self.clock
        self.office.desk = replace(
            self.office.desk, clock=self.clock, printer=lambda token, annex, text: b"%PDF " + token
        )
        self.directory = Directory(engine, self.clock)
        self.agent = self.directory.add(
            "claire",
            "agent",
            ("75",),
            "Exemple",
            "Instructrice",
            "Service d'essai",
            "test",
            "Claire",
            "une phrase de passe inventée",
        )[0]
        path_of(folder, people.NUMBER).write_text(people.MAPPING, encoding="utf-8")
        self.demarches = DemarchesContext(
            engine,
            lambda: self.office.desk,
            self.clock,
            self.directory,
            folder,
            self.settings,
            self.office.desk.signatory,
            self.connect,
        )

    def sync(self, whole: bool = False):
        """Synchronise once."""
        return synchronising.synchronise(self.demarches, self.connect(), people.NUMBER, whole)

    def work(self) -> int:
        """Work the outbox off."""
        return delivering.work_off(self.demarches)

    def request(self, dossier: int):
        """The request of a dossier."""
        return requests.by_number(self.demarches.engine, dossier)

    def all(self):
        """Every request."""
        return requests.browse(self.demarches.engine, Wanted(withdrawn=None))[0]

    def verdict(self, number: int) -> str:
        """What a verifier says of an attestation, from its archived token."""
        from issuer.registry import archived

        token = archived(self.demarches.engine, number).token
        assert split(token)
        self.office.publish()
        return self.office.verdict(encode_text(self.office.desk.origin, token))


@pytest.fixture
def scene(sqlite_engine, tmp_path):
    """A context and its Démarches simplifiées."""
    made = Scene(sqlite_engine, tmp_path)
    yield made
    made.server.stop()


@pytest.fixture
def both(engine, tmp_path):
    """The same on each database."""
    made = Scene(engine, tmp_path)
    yield made
    made.server.stop()


__all__ = ["NOW", "Scene", "both", "scene"]
