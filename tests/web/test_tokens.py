"""API tokens: who may make one, how long it lasts, and what ends it."""

import re

import httpx
import pytest

from tests.support.agency import PEOPLES_PASSWORD

DAY = 86_400
MADE = {"label": "Paie", "scopes": "read", "password_now": PEOPLES_PASSWORD}


@pytest.fixture
def owner(agency):
    """A fresh account, by name."""
    name = f"t{agency.context.clock()}.{len(agency.people)}"
    agency.people[name] = agency.person(name, "agent", ("75",))
    return name


def opens(agency, text: str) -> bool:
    answer = httpx.get(f"{agency.address}/api/v1/changes", headers={"Authorization": f"Bearer {text}"}, timeout=60)
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def shown(answer: httpx.Response) -> str | None:
    found = re.search(r"<code data-new-token>(wif_[^<]+)</code>", answer.text)
    return found[1] if found else None


@pytest.mark.parametrize("password", ["", "faux mot de passe"])
def test_a_session_alone_makes_no_token(agency, owner, password):
    """A machine left open for a minute would give a key that outlives it by months."""
    answer = agency.client(owner).submit("/account/tokens", {**MADE, "password_now": password})
    assert answer.status_code == 422 and shown(answer) is None
    assert 'value="Paie"' in answer.text and "pas votre mot de passe actuel" in answer.text
    assert agency.context.tokens.of(agency.people[owner].id) == []


def test_a_token_is_made_against_the_password_and_lasts_90_days(agency, owner):
    visitor = agency.client(owner)
    assert 'name="days" type="text" value="90"' in visitor.get("/account").text
    text = shown(visitor.submit("/account/tokens", MADE))
    assert text and opens(agency, text)
    made = agency.context.tokens.of(agency.people[owner].id)[0]
    assert made.expires_at - made.created_at == 90 * DAY


def end_by_password(agency, owner):
    fresh = "cheval agrafe pile correcte"
    answer = agency.client(owner).submit(
        "/account/password", {"password_now": PEOPLES_PASSWORD, "password_new": fresh, "password_again": fresh}
    )
    assert answer.status_code == 302


def end_by_sign_out_everywhere(agency, owner):
    assert agency.client(owner).submit("/account/sessions/end", {"sure": "yes"}).status_code == 302


def end_by_reset(agency, owner):
    answer = agency.client("administrator").submit(
        f"/people/{agency.people[owner].id}/reset", {"sure": "yes", "reason": "suspicion"}
    )
    assert answer.status_code == 200


def end_by_disabling(agency, owner):
    person = agency.people[owner].id
    for what in ("disable", "enable"):
        sure = {"sure": "yes", "reason": "misuse"}
        assert agency.client("administrator").submit(f"/people/{person}/{what}", sure).status_code == 302


def end_by_another_departement(agency, owner):
    now = agency.people[owner]
    agency.context.directory.change(
        now.id, "test", now.role, ("92",), now.family_name, now.title, now.service, now.given_names, "fr"
    )


def end_by_another_identity(agency, owner):
    agency.context.directory.bind(agency.people[owner].id, f"new-subject-{owner}", "test")


ENDS = [end_by_password, end_by_sign_out_everywhere, end_by_reset, end_by_disabling]
ENDS += [end_by_another_departement, end_by_another_identity]


@pytest.mark.parametrize("end", ENDS)
def test_what_ends_every_session_ends_every_token(agency, owner, end):
    text = agency.token(owner, "read")
    other = agency.token("agent", "read")
    assert opens(agency, text)
    end(agency, owner)
    assert not opens(agency, text) and opens(agency, other)


def test_the_pages_say_that_tokens_end_too(agency, owner):
    visitor = agency.client(owner)
    for path in ("/account", "/account/password"):
        assert "jetons d’API" in visitor.get(path).text, path
    assert "jetons" in agency.client("administrator").get(f"/people/{agency.people[owner].id}").text


def test_the_last_use_is_shown(agency, owner):
    visitor, text = agency.client(owner), agency.token(owner, "read")
    assert "jamais employé" in visitor.get("/account").text
    assert opens(agency, text)
    page = visitor.get("/account").text
    assert "jamais employé" not in page and re.search(r"employé le \d\d/\d\d/\d{4}", page)


def test_another_identity_ends_the_sessions_of_the_former_one(agency, owner):
    visitor = agency.client(owner)
    agency.context.directory.bind(agency.people[owner].id, f"subject-{owner}", "test")
    assert visitor.get("/account").status_code == 302
