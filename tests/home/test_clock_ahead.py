"""A clock that runs ahead when lists are published: nothing from the future gets out, and a right clock goes on."""

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest

from issuer.accounts import auditing
from issuer.attestation import status
from issuer.desk import PublicationRefused
from issuer.home import found, timekeeping
from issuer.registry import chain
from tests.home.conftest import SECRET
from tests.support.console import ORIGIN
from tests.support.office import Clock

DAY = 86_400


@pytest.fixture
def home(tmp_path):
    clock = Clock()
    made = found(
        tmp_path / "home",
        origin=ORIGIN,
        authority="Préfecture d'Exemple",
        passphrase=lambda: SECRET,
        demonstration=True,
        clock=clock,
    )
    made.config = replace(made.config, demonstration=False)  # its keys open quickly; all else is as in service
    made.moving = clock
    return made


@pytest.mark.parametrize("days", [8, 20, 365])
def test_a_clock_ahead_publishes_nothing_and_later_publications_go_on(home, days):
    before = (home.public / "status-1.cose").read_bytes()
    right = home.moving.now
    home.moving.now = right + days * DAY
    with pytest.raises(PublicationRefused, match=r"--clock-is-right"):
        home.publish("test")
    assert (home.public / "status-1.cose").read_bytes() == before
    home.moving.now = right + 600
    assert home.publish("test").issued_at == right + 600, "with the clock set right nothing is blocked"


def test_after_a_genuine_stop_the_time_is_confirmed_once(home):
    home.moving.now += 20 * DAY
    assert home.publish("test", clock_confirmed=True).issued_at == home.moving.now
    home.moving.now += 7 * DAY
    assert home.publish("test").issued_at == home.moving.now


def test_the_ceremony_is_no_way_around(home):
    home.moving.now += 20 * DAY
    with pytest.raises(PublicationRefused, match="20 days"):
        home.publish_with(home.trust(), "test")


class Elsewhere:
    """Hosts that answer with the time ``now`` in their Date header; None: that do not answer."""

    def __init__(self, monkeypatch, now):
        self.now, self.asked, client = now, [], httpx.Client
        monkeypatch.setattr(
            timekeeping.httpx,
            "Client",
            lambda **options: client(transport=httpx.MockTransport(self.answer), **options),
        )

    def answer(self, request):
        self.asked.append(str(request.url))
        if self.now is None:
            raise httpx.ConnectError("nobody")
        return httpx.Response(405, headers={"Date": format_datetime(datetime.fromtimestamp(self.now, UTC), True)})


def test_the_publisher_that_nobody_watches_asks_the_time(home, monkeypatch):
    """After a stop it goes on where others have its time, and not where they have another or none answers."""
    home.config = replace(home.config, clocks=("https://clock.example",))
    right = home.moving.now + 20 * DAY
    home.moving.now = right + 40 * DAY
    elsewhere = Elsewhere(monkeypatch, right)
    for now in (right, None):
        elsewhere.now = now
        with pytest.raises(PublicationRefused, match="says 20" if now else "clock-is-right"):
            home.publish("publisher", ask=True)
    assert elsewhere.asked[:2] == [f"{ORIGIN}", "https://clock.example"]
    home.moving.now, elsewhere.now = right, right + 60
    assert home.publish("publisher", ask=True).issued_at == right


def test_a_mistake_that_was_confirmed_is_taken_back(home, monkeypatch):
    """The time was said to be right and was not, by 300 days: database, lists and trust list go back, with a trail."""
    right = home.moving.now
    home.moving.now += 300 * DAY
    home.publish("test", clock_confirmed=True)
    home.moving.now = right + 600
    with pytest.raises(PublicationRefused, match="--go-back"):
        home.publish("test")
    elsewhere = Elsewhere(monkeypatch, right + 300 * DAY)
    with pytest.raises(PublicationRefused, match="Set the clock right"):
        home.ask_the_time()
    elsewhere.now = home.moving.now
    home.ask_the_time()
    assert home.publish("test", clock_confirmed=True, back=True).issued_at == right + 600
    now, trust = home.moving.now, home.trust()
    assert trust.issued == right + 600 and trust.expires < right + 60 * DAY
    for entry in trust.status_lists:
        status.accept((home.public / entry.path).read_bytes(), entry.number, trust, None, now)
    home.moving.now += 3600
    assert home.publish("test").issued_at == home.moving.now
    assert auditing.verify(home.engine).whole
    assert "withdraw_future" in [entry["act"] for entry in chain.entries(home.engine)]
