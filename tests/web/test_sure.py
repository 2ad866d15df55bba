"""What cannot be undone names its object and is asked once more; its reason stands in the trail."""

import json
import re
from html import unescape

import pytest

from issuer.registry import chain


def disable(agency):
    person = agency.person("partante", "agent", ("75",), "Partante", "Titre", "Service", "Ana")
    return "administrator", f"/people/{person.id}/disable", ("Ana Partante", "partante"), "departure", person


def reset(agency):
    person = agency.person("oublieuse", "agent", ("75",), "Oublieuse", "Titre", "Service", "Ina")
    return "administrator", f"/people/{person.id}/reset", ("Ina Oublieuse", "oublieuse"), "lost_factor", person


def bind(agency):
    person = agency.person("liee", "agent", ("75",), "Liée", "Titre", "Service", "Zoé")
    return "administrator", f"/people/{person.id}/bind", ("Zoé Liée", "liee"), None, person


def token(agency):
    person = agency.people["agent"]
    made, _text = agency.context.tokens.make(person, "Paie de la ville", ("read",), 30, person.author)
    return "agent", f"/account/tokens/{made.id}/revoke", ("Paie de la ville", "jamais employé"), None, person


def draft(agency):
    fields = {"family_name": "BROUILLON", "employer.name": "EXEMPLE"}
    made = agency.context.drafts.make(agency.people["agent"].id, fields)
    return "agent", f"/drafts/{made.id}/drop", ("BROUILLON", "EXEMPLE"), None, None


def everywhere(agency):
    person = agency.person("partout", "agent", ("75",), "Partout", "Titre", "Service", "Lou")
    agency.people["partout"] = person
    agency.context.tokens.make(person, "Paie du département", ("read",), 30, person.author)
    return "partout", "/account/sessions/end", ("Paie du département",), None, person


@pytest.mark.parametrize("case", [disable, reset, bind, token, draft, everywhere])
def test_it_is_done_on_the_second_word_only(agency, case):
    who, path, names, reason, _person = case(agency)
    visitor = agency.client(who)
    before = chain.verify(agency.home.engine).entries
    answer = visitor.submit(path, {"subject": "sub-1"})
    assert answer.status_code == 200 and all(name in unescape(answer.text) for name in names)
    assert chain.verify(agency.home.engine).entries == before, "nothing was done yet"
    kept = {name: unescape(value) for name, value in re.findall(r'name="(sure|subject)" value="([^"]*)"', answer.text)}
    if reason:
        assert visitor.submit(path, kept).status_code == 422, "a reason is asked"
        kept["reason"] = reason
    assert visitor.submit(path, kept).status_code in (200, 302)
    if case is draft:
        assert "BROUILLON" not in visitor.get("/").text
        return
    last = [entry for entry in chain.entries(agency.home.engine) if entry["actor"] == agency.people[who].author][-1]
    assert json.loads(last["details"]).get("reason") == reason


def test_another_role_that_ends_tokens_is_asked_about(agency):
    """It is done for good, while a role comes back; without a token, or with the same role, there is no question."""
    person = agency.person("mutee", "agent", ("75",), "Mutée", "Titre", "Service", "Eva")
    form = {"role": "agent", "departments": "75", "family_name": "Mutée", "given_names": "Eva", "title": "Cheffe"}
    form |= {"service": "Service", "language": "fr"}
    visitor, path = agency.client("administrator"), f"/people/{person.id}"
    agency.context.tokens.make(person, "Paie de la région", ("read",), 30, person.author)
    assert visitor.submit(path, form).status_code == 302
    answer = visitor.submit(path, form | {"departments": "92"})
    assert answer.status_code == 200 and "Paie de la région" in answer.text and "Eva Mutée" in unescape(answer.text)
    assert agency.context.tokens.labels(person.id) and agency.context.directory.get(person.id).departments == ("75",)
    kept = {name: unescape(value) for name, value in re.findall(r'name="([a-z_]+)" value="([^"]*)"', answer.text)}
    assert kept["departments"] == "92" and visitor.submit(path, kept).status_code == 302
    assert not agency.context.tokens.labels(person.id)
    assert agency.context.directory.get(person.id).departments == ("92",)
    assert visitor.submit(path, form).status_code == 302
