"""What an attacker sends or keeps: requests too large or of two minds, old sessions, weak passwords, files in the wrong
place.

Each test is named by docs/security-verification.md.
"""

import json
import socket

import pytest
from sqlalchemy import select

from issuer.accounts import passwords
from issuer.accounts.credentials import Credentials
from issuer.accounts.errors import AccountRefused
from issuer.accounts.sessions import ABSOLUTE, FULL, HALF_WAY, IDLE, PASSWORD, Sessions
from issuer.registry.account_tables import Session as SessionRow
from issuer.registry.database import reading
from tests.support.agency import PASSPHRASE


def raw(agency, *parts: bytes) -> bytes:
    """What the real server answers to these bytes."""
    with socket.create_connection(("127.0.0.1", agency.port), timeout=30) as link:
        link.sendall(b"".join(parts))
        answer = b""
        try:
            while block := link.recv(65_536):
                answer += block
        except (ConnectionResetError, TimeoutError):
            pass
    return answer


HOST = b"Host: localhost\r\n"


@pytest.mark.parametrize(
    ("what", "lines", "statuses"),
    [
        ("a request line of 9 kB", [b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n", HOST, b"\r\n"], (414,)),
        ("a header of 20 kB", [b"GET /healthz HTTP/1.1\r\n", HOST, b"X-A: " + b"a" * 20_000 + b"\r\n\r\n"], (431,)),
        (
            "200 headers",
            [b"GET /healthz HTTP/1.1\r\n", HOST, *[b"X-%d: a\r\n" % place for place in range(200)], b"\r\n"],
            (431,),
        ),
        (
            "two lengths",
            [
                b"POST /sign-in HTTP/1.1\r\n",
                HOST,
                b"Content-Length: 4\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabcde",
            ],
            (400,),
        ),
        (
            "a length and chunks",
            [
                b"POST /sign-in HTTP/1.1\r\n",
                HOST,
                b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
            ],
            (400,),
        ),
        (
            "an unknown transfer coding",
            [b"POST /sign-in HTTP/1.1\r\n", HOST, b"Transfer-Encoding: xchunked\r\nConnection: close\r\n\r\n"],
            (400, 501),
        ),
        ("TRACE", [b"TRACE /healthz HTTP/1.1\r\n", HOST, b"Connection: close\r\n\r\n"], (405,)),
        ("no HTTP at all", [b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"], (400,)),
    ],
)
def test_requests_that_are_too_large_or_of_two_minds_are_refused(agency, what, lines, statuses):
    answer = raw(agency, *lines)
    assert int(answer.split(b" ", 2)[1]) in statuses, (what, answer[:200])
    assert statuses[0] not in (414, 431) or b"Content-Type: application/problem+json\r\n" in answer
    assert b"Traceback" not in answer and b"gunicorn" not in answer.lower()
    assert raw(agency, b"GET /healthz HTTP/1.1\r\n", HOST, b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(agency):
    """65 MiB are announced; the answer comes without them."""
    answer = raw(
        agency,
        b"POST /sign-in HTTP/1.1\r\n",
        HOST,
        b"Content-Type: application/x-www-form-urlencoded\r\n",
        b"Content-Length: 68157440\r\nConnection: close\r\n\r\n",
        b"a=b",
    )
    assert answer.split(b" ", 2)[1] == b"413"


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/static/",
        "/static/../issuer/config.py",
        "/static/%2e%2e/app.py",
        "/config.toml",
        "/web.secret",
        "/console",
        "/debug",
        "/wif.sqlite3",
    ],
)
def test_nothing_beside_the_routes_is_served(agency, path):
    answer = raw(agency, f"GET {path} HTTP/1.1\r\n".encode(), HOST, b"Connection: close\r\n\r\n")
    assert answer.split(b" ", 2)[1] in (b"404", b"403"), answer[:100]
    assert b"Traceback" not in answer and b"Werkzeug" not in answer


def test_a_client_cannot_say_who_it_is_for_the_proxy(agency):
    """Without a configured proxy, forwarded headers change neither scheme, host nor address."""
    answer = raw(
        agency,
        b"GET / HTTP/1.1\r\n",
        HOST,
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n",
    )
    assert b"evil.example" not in answer and answer.split(b" ", 2)[1] == b"302"


class Moving:
    """A clock that moves when told."""

    now = 1_772_452_800

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def sessions(agency):
    return Sessions(agency.home.engine, Moving())


def test_a_session_ends_when_it_is_not_used(agency, sessions):
    token = sessions.open(agency.people["agent"].id, FULL, "Test")
    sessions.clock.now += IDLE - 1
    assert sessions.find(token) is not None
    sessions.clock.now += IDLE - 1
    assert sessions.find(token) is not None, "use counts anew"
    sessions.clock.now += IDLE
    assert sessions.find(token) is None


def test_a_session_ends_after_a_working_day_however_much_it_is_used(agency, sessions):
    token, begun = sessions.open(agency.people["agent"].id, FULL, "Test"), sessions.clock.now
    while sessions.clock.now + 1_000 < begun + ABSOLUTE:
        sessions.clock.now += 1_000
        assert sessions.find(token) is not None
    sessions.clock.now = begun + ABSOLUTE
    assert sessions.find(token) is None


def test_half_a_sign_in_lasts_ten_minutes(agency, sessions):
    token = sessions.open(agency.people["agent"].id, PASSWORD, "Test")
    sessions.clock.now += HALF_WAY - 1
    assert sessions.find(token).stage == PASSWORD
    sessions.clock.now += 1
    assert sessions.find(token) is None


def test_session_tokens_are_long_random_and_stored_hashed(agency, sessions):
    tokens = {sessions.open(agency.people["agent"].id, FULL, "Test") for _ in range(50)}
    assert len(tokens) == 50 and {len(token) for token in tokens} == {43}, "32 random bytes"
    with reading(agency.home.engine) as connection:
        stored = b"".join(bytes(value) for value in connection.scalars(select(SessionRow.id)))
    assert not any(token.encode() in stored for token in tokens)
    assert sessions.find("a" * 43) is None and sessions.find("") is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("onze lettre", "password_short"),
        ("x" * 257, "password_long"),
        ("motdepasse123456", "password_trite"),
        ("azertyuiopqsdf"[:6] * 3, "password_trite"),
        ("aaaaaaaaaaaaaaaa", "password_trite"),
        ("c.martin c.martin", "password_trite"),
        ("prefecturebienvenue", "password_trite"),
    ],
)
def test_weak_passwords_are_refused(password, code):
    with pytest.raises(AccountRefused) as refused:
        passwords.check(password, "c.martin")
    assert refused.value.code == code and password not in str(refused.value)


@pytest.mark.parametrize(
    "password",
    [
        "cheval pile agrafe juste",
        "ébène mûre où çà là",
        "密码很长而且没有人知道它是什么",
        "x9" * 5 + "Kz7!" + "plume",
        "phrase " * 30 + "fin",
    ],
)
def test_any_characters_and_long_sentences_are_taken_as_typed(password):
    kept = passwords.hashed(passwords.check(password))
    assert passwords.matches(kept, password)
    others = {password + " ", " " + password, password[:-1], password.swapcase()} - {password}
    assert len(others) >= 3 and not any(passwords.matches(kept, other) for other in others)
    assert kept.startswith("$argon2id$") and password not in kept


def test_changing_a_password_asks_for_the_former_one(agency):
    visitor = agency.client("agent")
    page = visitor.get("/account/password")
    answer = visitor.submit(
        "/account/password",
        {
            "password_now": "pas le bon mot de passe",
            "password_new": "cheval pile agrafe juste",
            "password_again": "cheval pile agrafe juste",
        },
    )
    assert page.status_code == 200 and 'type="password"' in page.text and "onpaste" not in page.text
    assert answer.status_code == 422
    assert agency.context.credentials.__class__ is Credentials and PASSPHRASE not in answer.text


def test_a_line_break_in_a_field_makes_no_second_line_in_the_journal(agency):
    forged = '\n{"event": "forged"}\r\n'
    agency.client("agent").get("/attestations", params={"q": forged, "page": forged})
    raw(agency, b"GET /healthz HTTP/1.1\r\n", HOST, b'User-Agent: x\\n{"event": "forged"}\r\nConnection: close\r\n\r\n')
    lines = [line for line in agency.log.read_text("utf-8").splitlines() if line]
    assert all(json.loads(line)["event"] != "forged" for line in lines if line.startswith("{"))


def test_a_parameter_given_twice_or_as_another_type_is_no_fault(agency):
    visitor = agency.client("agent")
    for address in (
        "/attestations?q=a&q=b",
        "/attestations?q[]=a",
        "/attestations?order=1&order[x]=2",
        "/attestations?after=-1",
        "/attestations?after=99999999999999999999",
    ):
        assert visitor.get(address).status_code in (200, 400, 404, 422), address
