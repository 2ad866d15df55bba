"""Signing in through a provider of our own making: what it vouches for, and each way of being refused."""

import base64
import json
import re
import threading
import time
from html import escape, unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import select, update

from issuer.accounts import factor
from issuer.errors import ConfigError
from issuer.registry.account_tables import Account as AccountRow, KeptForm, Session as SessionRow
from issuer.registry.database import reading, writing
from issuer.web import kept
from issuer.web.settings import from_table
from tests.support.agency import FORM, Agency


class Provider:
    """A small OpenID Connect provider; ``change`` alters the identity token that it gives."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "1"})
        self.change, self.asked, self.key_used, self.acr = {}, {}, self.key, "eidas1"
        self.described, self.signed_in, self.ended, self.returns = {}, False, {}, set()
        self.algorithm = "ES256"
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                base = provider.issuer
                if self.path.startswith("/end?"):
                    return self.end()
                self.reply(
                    {
                        "/.well-known/openid-configuration": {
                            "issuer": base,
                            "authorization_endpoint": f"{base}/authorize",
                            "token_endpoint": f"{base}/token",
                            "jwks_uri": f"{base}/keys",
                            "end_session_endpoint": f"{base}/end",
                            **provider.described,
                        },
                        "/keys": {"keys": [provider.key.as_dict(private=False)]},
                    }[self.path]
                )
                return None

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
                token = jwt.encode({"alg": provider.algorithm, "kid": "1"}, claims, provider.key_used)
                return self.reply({"access_token": "x", "token_type": "Bearer", "id_token": token})

            def end(self):
                """RP-initiated logout: for the session of a genuine token, back to a registered address alone."""
                asked = {name: values[0] for name, values in parse_qs(urlparse(self.path).query).items()}
                claims = jwt.decode(asked["id_token_hint"], provider.key, algorithms=["ES256"]).claims
                if claims["sub"] != "subject-1" or asked["post_logout_redirect_uri"] not in provider.returns:
                    return self.reply({"error": "invalid_request"}, 400)
                provider.signed_in, provider.ended = False, asked
                self.send_response(302)
                self.send_header("Location", f"{asked['post_logout_redirect_uri']}?state={asked['state']}")
                self.end_headers()
                return None

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
        self.signed_in = True
        return f"/sign-in/openid/back?code=abc&state={self.asked['state']}"


@pytest.fixture(scope="module")
def provider():
    made = Provider()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def bound(tmp_path_factory, provider):
    """An agency that trusts the provider, with one account bound to its subject."""
    web = f'[web.openid]\nissuer = "{provider.issuer}"\nclient_id = "wif"\nclient_secret = "s"\nlevels = ["eidas2"]'
    agency = Agency(tmp_path_factory.mktemp("openid"), web=web)
    agency.context.directory.bind(agency.people["agent"].id, "subject-1", "test")
    agency.start()
    yield agency
    agency.stop()


@pytest.fixture(autouse=True)
def honest(provider):
    """Each test begins with a provider that tells the truth."""
    provider.change, provider.key_used, provider.acr = {}, provider.key, "eidas2"
    provider.described, provider.signed_in, provider.ended = {}, False, {}


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
        {"exp": "4000000000"},
        {"exp": True},
        {"exp": 4e9},
        {"iat": "now"},
        {"iat": "4000000000"},
        {"iat": None},
        {"iat": [1]},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"nbf": "later"},
        {"aud": {"wif": 1}},
        {"nonce": 5},
        {"sub": 5},
        {"sub": "\x00" * 300},
        {"sub": "stranger"},
        {"sub": ""},
        {"sub": "\ud800"},
        {"azp": "another"},
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


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    ("bits", "algorithm", "taken"), [(1024, "RS256", False), (1024, "PS256", False), (2048, "RS256", True)]
)
def test_a_short_rsa_key_vouches_for_nobody(bound, provider, bits, algorithm, taken):
    former = provider.key
    provider.key = provider.key_used = RSAKey.generate_key(bits, {"kid": "1"})
    provider.algorithm = algorithm
    try:
        visitor, _ = come_back(bound, provider)
        assert (visitor.get("/").status_code == 200) == taken
    finally:
        provider.key = provider.key_used = former
        provider.algorithm = "ES256"


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
    bound.context.sessions.end_all(bound.people["agent"].id)
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
    bound.context.directory.bind(bound.people["supervisor"].id, "subject-2", "test")
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


def leave(visitor, path="/sign-out"):
    """Press the button; the page that leads on to the provider, and its address there."""
    page = visitor.submit(path)
    onward = re.search(r'<meta http-equiv="refresh" content="0;url=([^"]+)">', page.text)
    return page, unescape(onward[1]) if onward else None


@pytest.fixture
def returns(bound, provider):
    """The address that is registered at the provider."""
    provider.returns = {f"{bound.address}/sign-out/back"}


@pytest.mark.parametrize("path", ["/sign-out", "/account/sessions/end"])
def test_signing_out_ends_the_providers_session_too(bound, provider, returns, path):
    """Else the next person at that desk is in at one click."""
    visitor, _ = come_back(bound, provider)
    assert provider.signed_in
    page, onward = leave(visitor, path)
    assert (
        page.status_code == 200
        and onward.startswith(f"{provider.issuer}/end?")
        and f'href="{escape(onward)}"' in page.text
    )
    assert visitor.get("/").status_code == 302, "out here, whatever the provider does"
    answer = httpx.get(onward, timeout=30)
    assert answer.status_code == 302 and not provider.signed_in
    back = answer.headers["Location"].removeprefix(bound.address)
    assert "ici et chez ProConnect" in visitor.follow(visitor.get(back)).text
    assert "ici et chez" not in visitor.follow(visitor.get(back)).text, "a state serves once"


@pytest.mark.parametrize("state", ["", "?state=", "?state=forged"])
def test_a_return_that_was_not_asked_for_vouches_for_nothing(bound, provider, returns, state):
    visitor, _ = come_back(bound, provider)
    leave(visitor)
    page = visitor.follow(visitor.get(f"/sign-out/back{state}")).text
    assert "ici et chez" not in page and "Rien ne dit" in page
    assert provider.signed_in


def test_a_return_signs_nobody_out(bound, provider):
    """Another site may lead there."""
    visitor, _ = come_back(bound, provider)
    visitor.get("/sign-out/back?state=forged")
    assert visitor.get("/").status_code == 200


def test_after_a_second_factor_here_the_provider_is_left_too(bound, provider, returns):
    provider.acr = "eidas1"
    visitor, _ = come_back(bound, provider)
    secret = re.search(r"data-factor-secret>([^<]+)<", visitor.get("/sign-in/factor").text)[1].replace(" ", "")
    code = factor.code_now(base64.b32decode(secret), bound.context.clock())
    assert visitor.submit("/sign-in/factor", {"code": code}).status_code == 200
    bound.context.directory.reset(bound.people["second"].id, "test")
    try:
        assert leave(visitor)[1].startswith(f"{provider.issuer}/end?")
    finally:
        with writing(bound.home.engine) as connection:
            connection.execute(update(AccountRow).where(AccountRow.id == bound.people["agent"].id).values(totp=None))


def test_who_came_by_password_leaves_no_provider(bound, provider):
    visitor = bound.client("supervisor")
    page, onward = leave(visitor)
    assert page.headers["Location"] == "/sign-in" and onward is None


@pytest.mark.parametrize(
    "described", [{"end_session_endpoint": None}, {"end_session_endpoint": "javascript:alert(1)"}, {"issuer": "x"}]
)
def test_a_provider_that_cannot_be_left_is_said(bound, provider, described):
    visitor, _ = come_back(bound, provider)
    provider.described = described
    page, onward = leave(visitor)
    assert onward is None and visitor.get("/").status_code == 302
    assert "reste ouverte" in visitor.follow(page).text


def test_the_identity_token_is_kept_sealed_and_ends_with_the_session(bound, provider):
    def kept_tokens():
        with reading(bound.home.engine) as connection:
            return [row for row in connection.execute(select(SessionRow.id_token)).scalars() if row]

    bound.context.sessions.end_all(bound.people["agent"].id)
    visitor, _ = come_back(bound, provider)
    (kept_one,) = kept_tokens()
    assert "eyJ" not in kept_one and "subject-1" not in kept_one and len(visitor.cookies["wif"]) < 400
    leave(visitor)
    assert kept_tokens() == []


@pytest.fixture(scope="module")
def demanding(tmp_path_factory, provider):
    """An agency that requires a level of its provider."""
    web = (
        f'[web.openid]\nissuer = "{provider.issuer}"\nclient_id = "wif"\nclient_secret = "s"\n'
        'levels = ["eidas2", "eidas3"]\nlevel_required = true'
    )
    agency = Agency(tmp_path_factory.mktemp("demanding"), web=web)
    agency.context.directory.bind(agency.people["agent"].id, "subject-1", "test")
    agency.start()
    yield agency
    agency.stop()


def test_a_second_factor_is_required_of_the_provider_and_not_only_wished_for(demanding, provider):
    visitor, answer = come_back(demanding, provider)
    assert answer.headers["Location"] == "/" and visitor.get("/").status_code == 200
    wanted = json.loads(provider.asked["claims"])
    assert wanted == {"id_token": {"acr": {"essential": True, "values": ["eidas2", "eidas3"]}}}
    assert "acr_values" not in provider.asked


@pytest.mark.parametrize("acr", ["eidas1", "", None, ["eidas2"], 2])
def test_a_level_that_was_required_and_not_given_lets_nobody_in(demanding, provider, acr):
    """Not even to the second factor here."""
    provider.acr = acr
    visitor, answer = come_back(demanding, provider)
    assert answer.headers["Location"] == "/sign-in" and visitor.get("/").status_code == 302
    assert (
        "second facteur" in visitor.get("/sign-in").text
        and visitor.get("/sign-in/code").headers["Location"] == "/sign-in"
    )


def test_a_level_can_only_be_required_when_it_is_named(tmp_path):
    table = {"openid": {"issuer": "https://p.example", "client_id": "a", "client_secret": "b", "level_required": True}}
    with pytest.raises(ConfigError, match="level_required"):
        from_table(table)
