"""Signing in with password and one-time code; lock-out, sessions, recovery; over the real server with its two
workers.
"""

import time

import httpx
import pytest

from issuer.accounts import factor
from tests.support.agency import Visitor

PASSWORD = "une phrase de passe inventée"


@pytest.fixture
def newcomer(agency):
    """A fresh account and its second factor's secret."""
    name = f"n{time.monotonic_ns()}"
    person, _ = agency.context.directory.add(
        name, "agent", ("75",), "Exemple", "Titre", "Service", "test", None, PASSWORD
    )
    secret = bytes(range(20))
    step_before = agency.context.clock() // factor.STEP - 1
    codes = agency.context.credentials.set_factor(person, secret, factor.code_at(secret, step_before))
    agency.people[name] = agency.context.directory.get(person.id)
    return name, secret, codes


def stranger(agency) -> Visitor:
    """A browser that was never here."""
    return agency.client(None)


def give_password(agency, name: str, password: str = PASSWORD) -> tuple[Visitor, httpx.Response]:
    visitor = stranger(agency)
    return visitor, visitor.submit("/sign-in", {"identifier": name, "password": password})


def enter(agency, newcomer) -> Visitor:
    """Sign in with the code of now."""
    name, secret, _ = newcomer
    visitor, answer = give_password(agency, name)
    assert answer.headers["Location"] == "/sign-in/code"
    answer = visitor.submit("/sign-in/code", {"code": factor.code_now(secret, agency.context.clock())})
    assert answer.status_code == 302, answer.text
    return visitor


def test_password_then_code_opens_the_home_page(agency, newcomer):
    visitor = enter(agency, newcomer)
    assert "Bonjour" in visitor.get("/").text


def test_the_password_alone_opens_nothing(agency, newcomer):
    visitor, _ = give_password(agency, newcomer[0])
    for path in ("/", "/attestations", "/account"):
        assert visitor.get(path).headers["Location"] == "/sign-in/code"


def test_a_code_is_taken_once(agency, newcomer):
    name, secret, _ = newcomer
    enter(agency, newcomer)
    used = agency.context.clock()
    visitor, _ = give_password(agency, name)
    answers = [visitor.submit("/sign-in/code", {"code": factor.code_now(secret, used - shift)}) for shift in (0, 30)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "a déjà servi" in answers[0].text


def test_a_recovery_code_is_taken_once(agency, newcomer):
    name, _, codes = newcomer
    visitor, _ = give_password(agency, name)
    assert visitor.submit("/sign-in/code", {"code": codes[0].lower().replace("-", " ")}).status_code == 302
    visitor, _ = give_password(agency, name)
    assert visitor.submit("/sign-in/code", {"code": codes[0]}).status_code == 422


def test_signing_in_changes_the_session(agency, newcomer):
    name, secret, _ = newcomer
    visitor, _ = give_password(agency, name)
    planted = visitor.cookies["wif"]
    visitor.submit("/sign-in/code", {"code": factor.code_now(secret, agency.context.clock())})
    assert Visitor(agency.address, planted).get("/").status_code == 302


def test_wrong_passwords_lock_the_account_on_every_worker(agency, newcomer):
    name = newcomer[0]
    statuses = [give_password(agency, name, f"faux mot de passe {n}")[1] for n in range(5)]
    assert all(answer.status_code == 422 for answer in statuses)
    assert "Trop d’essais" in statuses[4].text
    for _ in range(6):
        _, answer = give_password(agency, name)
        assert answer.status_code == 422 and "Trop d’essais" in answer.text


def test_an_unknown_account_reads_like_a_wrong_password(agency, newcomer):
    wrong, unknown = (give_password(agency, name, "faux mot de passe")[1] for name in (newcomer[0], "nobody.here"))
    strip = lambda page, name: page.replace(name, "")
    import re

    token = re.compile(r'(csrf_token" value|csrf-token" content)="[^"]+"')
    assert token.sub("", strip(wrong.text, newcomer[0])) == token.sub("", strip(unknown.text, "nobody.here"))


def test_a_disabled_account_is_out_at_once(agency, newcomer):
    visitor = enter(agency, newcomer)
    agency.context.directory.set_enabled(agency.people[newcomer[0]].id, False, "test")
    assert visitor.get("/").status_code == 302
    assert give_password(agency, newcomer[0])[1].status_code == 422


def test_sign_me_out_everywhere(agency, newcomer):
    first, other = enter(agency, newcomer), agency.client(newcomer[0])
    assert other.get("/").status_code == 200
    first.submit("/account/sessions/end")
    assert [visitor.get("/").status_code for visitor in (first, other)] == [302, 302]


def test_a_provisional_password_must_be_changed_first(agency):
    person, given = agency.context.directory.add(
        f"m{time.monotonic_ns()}", "agent", ("75",), "Exemple", "Titre", "Service", "test"
    )
    agency.people["fresh"] = person
    visitor = agency.client("fresh")
    assert visitor.get("/attestations").headers["Location"] == "/account/password"
    answer = visitor.submit(
        "/account/password", {"password_now": given, "password_new": "azerty123456", "password_again": "azerty123456"}
    )
    assert answer.status_code == 422 and "se devine trop" in answer.text
    answer = visitor.submit(
        "/account/password",
        {"password_now": given, "password_new": "cheval agrafe pile", "password_again": "cheval agrafe pile"},
    )
    assert answer.status_code == 302
    assert visitor.get("/attestations").status_code == 200


def test_tampered_cookies_are_nobody(agency):
    whole = agency.cookie("agent")
    for cookie in (whole[:-2] + "AA", "x", whole.replace(".", "", 1), ""):
        assert Visitor(agency.address, cookie).get("/").status_code == 302


def test_where_one_was_going_never_leads_elsewhere(agency):
    for address in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        page = stranger(agency).get("/sign-in", params={"next": address}).text
        assert "evil" not in page and "javascript:" not in page


def test_secrets_are_not_in_the_journal_nor_in_reprs(agency, newcomer):
    name, secret, codes = newcomer
    visitor = enter(agency, newcomer)
    visitor.get("/attestations", params={"q": "TRESSECRETNOM"})
    journal = agency.log.read_text()
    for word in (PASSWORD, name, "TRESSECRETNOM", factor.base32(secret), codes[1], visitor.cookies["wif"]):
        assert word not in journal
    assert '"route": "/attestations"' in journal
    shown = repr(agency.people[name]) + repr(agency.context.sealer) + repr(agency.context.settings)
    assert name not in shown and "Exemple" not in shown


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(at, code):
    assert factor.code_now(b"12345678901234567890", at) == code
