"""A home with accounts and the real server process over it: what the tests of the pages share."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import httpx
import nacl.pwhash.argon2id as argon2id
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from issuer.accounts import passwords
from issuer.accounts.sessions import FULL, PASSWORD
from issuer.demarches import deciding
from issuer.desk import Confirmed, issue
from issuer.home import Home, found
from issuer.web import create_app
from tests.support.processes import poll
from tests.support.records import CURRENT, SINCE, UNTIL, french

CSRF = "0123456789abcdef"
PASSPHRASE = "a passphrase of tests"
PEOPLES_PASSWORD = "une phrase de passe inventée"
QUICK = argon2id.str(PEOPLES_PASSWORD.encode(), opslimit=argon2id.OPSLIMIT_MIN, memlimit=argon2id.MEMLIMIT_MIN).decode(
    "ascii"
)
"""Its hash, as weak as the library makes it."""
START = 120
"""Seconds the server may take to answer."""

FORM = {
    "kind": "APT",
    "family_name": "NGUYEN",
    "given_names": "Thị Mai",
    "birth_date": "14/03/1996",
    "nationality": "Viêt Nam",
    "employer.name": "SOCIÉTÉ EXEMPLE SAS",
    "employer.siret": "812 345 678 00013",
    "job": "Ingénieure d'études",
    "contract": "CDD",
    "hours.count": "964",
    "hours.per": "year",
    "workplaces": "75",
    "residence_permit": "9912345678",
    "department": "75",
    "valid_from": french(SINCE),
    "valid_until": french(UNTIL),
}
PEOPLE = {
    "agent": ("agent", ("75", "92")),
    "other": ("agent", ("69",)),
    "supervisor": ("supervisor", ("75",)),
    "second": ("supervisor", ("75",)),
    "auditor": ("auditor", ()),
    "administrator": ("administrator", ()),
}


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Agency:
    """A home, its people and, once started, its server. ``web`` is the text of a ``[web]`` table, ``database`` the
    address of an empty PostgreSQL one.
    """

    def __init__(
        self,
        folder: Path,
        web: str = "",
        origin: str = "https://verif.workinfrance.example",
        database: str | None = None,
    ) -> None:
        self.path, self.database = folder / "home", database
        found(
            self.path,
            origin=origin,
            authority="Préfecture d'Exemple",
            passphrase=lambda: PASSPHRASE,
            demonstration=True,
            database_url=database,
        )
        if web:
            with (self.path / "config.toml").open("a", encoding="utf-8") as file:
                file.write(f"\n[web]\n{web}\n")
        self.home = Home(self.path, lambda: PASSPHRASE, database)
        self.app = create_app(self.home)
        self.context = self.app.extensions["wif"]
        self.people = {}
        for name, (role, departments) in PEOPLE.items():
            self.people[name] = self.person(
                name, role, departments, name.capitalize(), "Titre d'exemple", "Service d'exemple", "Camille"
            )
        self.port, self._process, self.log = free_port(), None, folder / "server.log"

    @property
    def address(self) -> str:
        """Where the server answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start ``wif serve issuer`` as a process of its own and wait until it answers."""
        environment = {**os.environ, "WIF_HOME": str(self.path), "WIF_PASSPHRASE": PASSPHRASE}
        environment.pop("WIF_DATABASE_URL", None)
        if self.database:
            environment["WIF_DATABASE_URL"] = self.database
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-X",
                    "utf8",
                    "-m",
                    "issuer.commands",
                    "serve",
                    "issuer",
                    "--bind",
                    f"127.0.0.1:{self.port}",
                ],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

        def answers() -> bool:
            assert self._process.poll() is None, self.log.read_text()
            try:
                return httpx.get(f"{self.address}/readyz", timeout=30).status_code > 0
            except httpx.TransportError:
                return False

        poll(answers, START, "the server's answer")

    def stop(self) -> None:
        """End the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)

    def cookie(self, name: str | None, stage: str = FULL) -> str:
        """The cookie of a new session of this person; of nobody for None."""
        held = {"csrf_token": CSRF}
        if name is not None:
            held["account"] = self.people[name].id
            held["sid"] = self.context.sessions.open(self.people[name].id, stage, "Test, Test")
        return SecureCookieSessionInterface().get_signing_serializer(self.app).dumps(held)

    def client(self, name: str | None = None, stage: str = FULL) -> "Visitor":
        """A browser without JavaScript that is signed in as this person."""
        return Visitor(self.address, self.cookie(name, stage), self.form_token())

    def form_token(self) -> str:
        """The token of the forms of :meth:`cookie`'s browsers."""
        return URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(CSRF)

    def half(self, name: str) -> "Visitor":
        """Somebody who gave the password only."""
        return self.client(name, PASSWORD)

    def token(self, name: str, *scopes: str) -> str:
        """A bearer token of this person."""
        return self.context.tokens.make(self.people[name], "Essai", scopes, 10, "test")[1]

    def person(
        self,
        identifier: str,
        role: str,
        departments: tuple[str, ...],
        family_name: str = "X",
        title: str = "X",
        service: str = "X",
        given_names: str | None = None,
    ):
        """One more account, with a password that takes no time to hash."""
        with patch.object(passwords, "hashed", lambda password: QUICK):
            return self.context.directory.add(
                identifier, role, departments, family_name, title, service, "test", given_names, PEOPLES_PASSWORD
            )[0]

    def issue(self, **changes: object) -> str:
        """An attestation issued at the desk; its number."""
        record = {**CURRENT, "signatory": self.people["agent"].signatory().to_json(), **changes}
        issued = issue(self.context.desk(), Confirmed(record), self.people["agent"].author)
        assert issued.status == "issued", issued.errors
        return issued.number

    def request(self, **changes: object):
        """A request without a dossier, entered by the agent."""
        return deciding.enter(self.context.demarches, "form", {**CURRENT, **changes}, self.people["agent"])


class Visitor(httpx.Client):
    """Sends forms with the token that the pages hold. It keeps no connection open, so nobody has to close it."""

    def __init__(self, address: str, cookie: str, token: str = "") -> None:
        super().__init__(base_url=address, timeout=60, limits=httpx.Limits(max_keepalive_connections=0))
        self.cookies.set("wif", cookie, domain="127.0.0.1", path="/")
        self._token, self._first = token, cookie

    def submit(self, path: str, data: dict | None = None, **more) -> httpx.Response:
        """Post a form as a browser does from a page of this site."""
        return self.post(path, data={**(data or {}), "csrf_token": self.form_token()}, **more)

    def form_token(self) -> str:
        """The token of this visitor's forms; asked of a page once signing in has changed the session."""
        if self._token and len(self.cookies.jar) == 1 and next(iter(self.cookies.jar)).value == self._first:
            return self._token
        page = self.get("/accessibility").text
        return re.search(r'name="csrf-token" content="([^"]+)"', page)[1]

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """The page that an answer leads to."""
        assert answer.is_redirect, (answer.status_code, answer.text[:2000])
        return self.get(answer.headers["Location"])
