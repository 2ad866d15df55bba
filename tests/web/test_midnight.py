"""Pages read while it is past midnight overseas and not yet in Paris: each day is the one of the deciding département."""

import re
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from issuer.desk import Confirmed, Grounds, acts, issue
from issuer.desk.law import last_day
from issuer.home import Home
from issuer.web import create_app
from tests.support.agency import CSRF, PASSPHRASE

DAY = 86_400
NOUMEA = "988"
HALF_PAST = 13 * 3600 + 1800
"""13:30 UTC: 00:30 on the day after in Nouméa, 14:30 in Paris."""


class Night:
    """The pages of a home whose clock stands still at half past midnight in Nouméa; ``here`` is the day there."""

    def __init__(self, agency, zone: str, monkeypatch) -> None:
        self.now = (int(time.time()) // DAY + 1) * DAY + HALF_PAST
        self.here = datetime.fromtimestamp(self.now, UTC).date() + timedelta(days=1)
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        self.app = create_app(Home(agency.path, lambda: PASSPHRASE, agency.database, lambda: self.now))
        self.context = self.app.extensions["wif"]
        identifier = f"nuit-{zone.partition('/')[2].lower() or 'utc'}"
        self.account = self.context.directory.by_identifier(identifier) or agency.person(identifier, "agent", (NOUMEA,))
        agency.people[identifier] = self.account
        self.client = self.app.test_client()
        with self.client.session_transaction() as held:
            held["csrf_token"] = CSRF
            held["sid"] = self.context.sessions.open(self.account.id, "full", "Test, Test")

    def issue(self, until: date, **changes: object) -> str:
        """An attestation of Nouméa that ends on ``until``; its number."""
        record = {
            "kind": "APT",
            "family_name": "MINUIT",
            "birth_date": "1996-03-14",
            "nationality": "VNM",
            "employer": {"name": "SOCIÉTÉ EXEMPLE SAS"},
            "job": "Veilleur",
            "contract": "CDD",
            "department": NOUMEA,
            "valid_from": (until - timedelta(days=90)).isoformat(),
            "valid_until": until.isoformat(),
            "signatory": self.account.signatory().to_json(),
            **changes,
        }
        issued = issue(self.context.desk(), Confirmed(record), self.account.author)
        assert issued.status == "issued", issued.errors
        return issued.number

    def text(self, address: str, **query: str) -> str:
        """A page."""
        answer = self.client.get(address, query_string=query)
        assert answer.status_code == 200, answer.status
        return answer.text.replace("&#39;", "'").replace("\u00a0", " ")


@pytest.fixture(params=["UTC", "America/New_York"])
def night(agency, request, monkeypatch):
    yield Night(agency, request.param, monkeypatch)
    monkeypatch.undo()
    time.tzset()


def in_french(day: date) -> str:
    """``3 mars 2026``, by another hand than the pages'."""
    months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    return f"{'1er' if day.day == 1 else day.day} {months.split()[day.month - 1]} {day.year}"


def test_the_limit_of_withdrawal_is_that_of_the_departement(night):
    number = night.issue(night.here + timedelta(days=60))
    page = night.text(f"/attestations/{number}/revoke")
    assert f"dernier jour : {in_french(last_day(night.here))}" in page


def test_a_decision_that_waits_says_the_day_of_its_effect_there(night):
    number, day = night.issue(night.here + timedelta(days=60)), night.here + timedelta(days=5)
    grounds = Grounds("Vérification", "inquiry", effective_on=day)
    acts.do(night.context.desk(), "suspend", number, grounds, night.account.author)
    assert f"à partir du {in_french(day)}" in night.text(f"/attestations/{number}")


def test_an_attestation_that_ended_at_midnight_is_not_listed_as_valid(night):
    over = night.issue(night.here - timedelta(days=1))
    begun = night.issue(night.here + timedelta(days=30), valid_from=night.here.isoformat())
    listed = {
        state: set(re.findall(r'/attestations/([0-9]{10})"', night.text("/attestations", q="minuit", state=state)))
        for state in ("valid", "expired", "future")
    }
    assert begun in listed["valid"] and over not in listed["valid"]
    assert over in listed["expired"] and begun not in listed["future"]


def test_issued_on_a_day_is_that_of_the_departement_asked_for(night):
    number = night.issue(night.here + timedelta(days=60))
    asked = {"department": NOUMEA, "issued_from": night.here.isoformat(), "issued_until": night.here.isoformat()}
    assert number in night.text("/attestations", **asked)
