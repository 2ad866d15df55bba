"""Signing in through a provider of our own making: what it vouches for, and each way of being refused."""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import httpx
import pytest
from agency import FORM, Agency
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import select

from issuer.registry.account_tables import KeptForm
from issuer.registry.database import reading
from issuer.web import kept


class Provider:
    """A small OpenID Connect provider; ``change`` alters the identity token that it gives."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "1"})
        self.change, self.asked, self.key_used, self.acr = {}, {}, self.key, "eidas1"
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                base = provider.issuer
                self.reply(
                    {
                        "/.well-known/openid-configuration": {
                            "issuer": base,
                            "authorization_endpoint": f"{base}/authorize",
                            "token_endpoint": f"{base}/token",
                            "jwks_uri": f"{base}/keys",
                        },
                        "/keys": {"keys": [provider.key.as_dict(private=False)]},
                    }[self.path]
                )

            def do_POST(self):
                form = {
                    name: values[0]
                    for name, values in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()
                }
                if create_s256_code_challenge(form["code_verifier"]) != provider.asked["code_challenge"]:
                    return self.reply({"error": "invalid_grant"}, 400)
                now = int(time.time())
                claims = {
                    "iss": provider.issuer,
                    "aud": "wif",
                    "sub": "subject-1",
                    "nonce": provider.asked["nonce"],
                    "iat": now,
                    "exp": now + 60,
                    "acr": provider.acr,
                    **provider.change,
                }
                token = jwt.encode({"alg": "ES256", "kid": "1"}, claims, provider.key_used)
                return self.reply({"access_token": "x", "token_type": "Bearer", "id_token": token})

            def reply(self, body, status=200):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorize(self, address: str) -> str:
        """What the person's agreement sends back: the address with code and state."""
        self.asked = {name: values[0] for name, values in parse_qs(urlparse(address).query).items()}
        assert self.asked["code_challenge_method"] == "S256" and self.asked["response_type"] == "code"
        return f"/sign-in/openid/back?code=abc&state={self.asked['state']}"


@pytest.fixture(scope="module")
def provider():
    made = Provider()
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def bound(tmp_path_factory, provider):
    """An agency that trusts the provider, with one account bound to its subject."""
    web = f'[web.openid]\nissuer = "{provider.issuer}"\nclient_id = "wif"\nclient_secret = "s"\nlevels = ["eidas2"]'
    agency = Agency(tmp_path_factory.mktemp("openid"), web=web)
    agency.rooms.directory.bind(agency.people["agent"].id, "subject-1", "test")
    agency.start()
    yield agency
    agency.stop()


@pytest.fixture(autouse=True)
def honest(provider):
    """Each test begins with a provider that tells the truth."""
    provider.change, provider.key_used, provider.acr = {}, provider.key, "eidas2"


def come_back(agency, provider) -> tuple[httpx.Client, httpx.Response]:
    visitor = agency.client(None)
    return visitor, visitor.get(provider.authorize(visitor.get("/sign-in/openid").headers["Location"]))


def test_a_vouched_person_is_in(bound, provider):
    visitor, answer = come_back(bound, provider)
    assert answer.headers["Location"] == "/"
    assert "Bonjour, Camille Agent" in visitor.get("/").text


def test_a_lower_level_still_asks_the_second_factor(bound, provider):
    provider.acr = "eidas1"
    visitor, answer = come_back(bound, provider)
    assert answer.headers["Location"] == "/sign-in/factor"
    assert visitor.get("/").status_code == 302


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"aud": ["wif", "another"]},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"sub": "stranger"},
        {"sub": ""},
    ],
    ids=str,
)
def test_what_is_not_vouched_is_refused(bound, provider, change):
    provider.change = change
    visitor, answer = come_back(bound, provider)
    assert answer.headers["Location"] == "/sign-in" and visitor.get("/").status_code == 302


def test_another_key_is_refused(bound, provider):
    provider.key_used = ECKey.generate_key("P-256", {"kid": "1"})
    visitor, answer = come_back(bound, provider)
    assert answer.headers["Location"] == "/sign-in" and visitor.get("/").status_code == 302


def test_a_wrong_state_or_somebody_elses_return_is_refused(bound, provider):
    visitor = bound.client(None)
    back = provider.authorize(visitor.get("/sign-in/openid").headers["Location"])
    assert visitor.get(back + "x").headers["Location"] == "/sign-in"
    assert visitor.get(back).headers["Location"] == "/sign-in", "a state serves once"
    assert bound.client(None).get(back).headers["Location"] == "/sign-in"


def ended_while_typing(bound, provider):
    """Somebody who came in by the provider, and whose session ended before their form was sent; the answer to it."""
    visitor, _ = come_back(bound, provider)
    token = visitor.form_token()
    bound.rooms.sessions.end_all(bound.people["agent"].id)
    answer = visitor.post("/attestations/new", data={**FORM, "csrf_token": token})
    assert answer.status_code == 401 and "conservé" in answer.text and 'href="/sign-in/openid"' in answer.text
    return visitor


def back_again(visitor, provider):
    return visitor.get(provider.authorize(visitor.get("/sign-in/openid").headers["Location"]))


def test_what_was_typed_while_the_session_ended_is_there_after_the_provider(bound, provider):
    visitor = ended_while_typing(bound, provider)
    page = back_again(visitor, provider)
    assert (
        page.status_code == 200
        and 'action="/attestations/new"' in page.text
        and 'name="given_names" value="Thị Mai"' in page.text
    )
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    assert visitor.post("/attestations/new", data=FORM).status_code == 400, (
        "a form without its token is refused as ever"
    )
    assert (
        visitor.post("/attestations/new", data={**FORM, "csrf_token": token}).headers["Location"].startswith("/drafts/")
    )
    assert back_again(visitor, provider).headers["Location"] == "/", "once"


def test_it_passes_the_second_factor_too(bound, provider):
    visitor = ended_while_typing(bound, provider)
    provider.acr = "eidas1"
    page = back_again(visitor, provider)
    sealed = re.search(r'name="kept" value="([^"]+)"', page.text)[1]
    assert 'action="/sign-in/factor"' in page.text
    with bound.app.app_context():
        assert kept.open_form(sealed).typed["given_names"] == ["Thị Mai"]


def test_it_is_not_given_to_another_person(bound, provider):
    """A colleague signs in on the same machine."""
    bound.rooms.directory.bind(bound.people["supervisor"].id, "subject-2", "test")
    visitor = ended_while_typing(bound, provider)
    provider.change = {"sub": "subject-2"}
    answer = back_again(visitor, provider)
    assert answer.headers["Location"] == "/" and "Thị" not in answer.text
    provider.change = {}
    assert back_again(visitor, provider).headers["Location"] == "/", "nor later"


def test_a_refused_return_does_not_lose_it(bound, provider):
    visitor = ended_while_typing(bound, provider)
    provider.change = {"nonce": "another"}
    assert back_again(visitor, provider).headers["Location"] == "/sign-in"
    provider.change = {}
    assert 'value="Thị Mai"' in back_again(visitor, provider).text


def test_it_waits_sealed_for_this_browser_alone_and_not_for_a_stranger(bound, provider):
    def waiting():
        with reading(bound.home.engine) as connection:
            return connection.execute(select(KeptForm.account_id, KeptForm.sealed)).all()

    visitor = ended_while_typing(bound, provider)
    (row,) = waiting()
    assert row.account_id == bound.people["agent"].id and "Thị" not in row.sealed and "Mai" not in row.sealed
    _, answer = come_back(bound, provider)
    assert answer.headers["Location"] == "/", "another browser of the same person finds its own way"
    back_again(visitor, provider)
    stranger = bound.client(None)
    assert stranger.submit("/attestations/new", FORM).status_code == 401
    assert waiting() == []
