"""A day is read as people write it on every page that asks for one, and refused in words that repeat it."""

import re
from html import unescape

import pytest

from tests.support.agency import FORM


def form(agency, name, text):
    """The record's form, as one types."""
    found = agency.client("agent").submit("/attestations/check", {**FORM, name: text}).json()
    return found.get(name, "")


def valid_from(agency, text):
    return form(agency, "valid_from", text)


def birth_date(agency, text):
    return form(agency, "birth_date", text)


def page_words(answer):
    return unescape(answer.text) if answer.status_code == 422 or "«" in unescape(answer.text) else ""


def notification(agency, text):
    number = agency.issue()
    return page_words(agency.client("agent").submit(f"/attestations/{number}/notify", {"notified_on": text}))


def effect(agency, text):
    number = agency.issue()
    visitor, path = agency.client("agent"), f"/attestations/{number}/suspend"
    seen = re.search(r'name="seen" value="(\d+)"', visitor.get(path).text)[1]
    grounds = {"reason": "inquiry", "legal_basis": "Vérification", "effective_on": text, "seen": seen}
    return page_words(visitor.submit(path, grounds))


def search(agency, text):
    return page_words(agency.client("agent").get("/attestations", params={"valid_on": text}))


def disclosure(agency, text):
    return page_words(agency.client("supervisor").submit("/disclosure", {"family_name": "X", "birth_date": text}))


def trail(agency, text):
    answer = agency.client("auditor").get("/audit", params={"since": text})
    return unescape(answer.text)


ASKING = [valid_from, birth_date, notification, effect, search, disclosure, trail]


@pytest.mark.parametrize("asked", ASKING)
def test_a_day_that_does_not_exist_is_said_so(agency, asked):
    for text in ("31/02/1996", "30 février 1996", "31021996"):
        words = asked(agency, text)
        assert "n’existe pas" in words and "AAAA" not in words, text


@pytest.mark.parametrize("asked", ASKING)
def test_a_day_is_read_as_people_write_it(agency, asked):
    for text in ("14032026", "14/03/26", "14 mars 2026", "1er mars 2026", "14.3.2026", "2026-03-14"):
        if asked is birth_date:
            text = text.replace("2026", "1996").replace("/26", "/96")
        words = asked(agency, text)
        assert "n’existe pas" not in words and "pas une date" not in words and "pas comprise" not in words, (
            text,
            words,
        )
