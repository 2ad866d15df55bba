"""A clock that runs ahead when lists are published: nothing from the future gets out, and a right clock goes on."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from types import SimpleNamespace

import httpx
import pytest

from issuer import registry
from issuer.accounts import auditing
from issuer.attestation import status
from issuer.desk import Grounds, PublicationRefused, acts, issue_many
from issuer.home import found, timekeeping
from issuer.registry import chain
from issuer.web import publisher
from tests.home.conftest import SECRET
from tests.support.console import ORIGIN
from tests.support.office import SIGNATORY, Clock, made_up
from tests.support.records import record

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


def test_a_clock_that_creeps_is_asked_about_although_each_step_is_small(home, monkeypatch):
    """Forty publications, each six days after the one before by a clock that is set on: the second already asks."""
    elsewhere, steady, right = Elsewhere(monkeypatch, None), [0.0], home.moving.now
    pace = timekeeping.Pace(home.clock, lambda: steady[0])
    service = SimpleNamespace(home=home, engine=home.engine, clock=home.clock, trust=home.trust)
    published = 0
    for _ in range(40):
        home.moving.now += 6 * DAY
        steady[0] += 3600
        elsewhere.now = right + int(steady[0])
        with suppress(PublicationRefused):
            published += publisher.publish_if_due(service, pace=pace)
    assert published == 0 and elsewhere.asked
    home.moving.now = elsewhere.now = right + int(steady[0])
    assert publisher.publish_if_due(service, pace=pace), "set right, it goes on, and nothing had to be taken back"


def test_a_machine_that_slept_goes_on_once_others_agree(home, monkeypatch):
    """Where sleep is not counted the clock seems to gain: it is asked once, and believed."""
    elsewhere, steady = Elsewhere(monkeypatch, None), [0.0]
    pace = timekeeping.Pace(home.clock, lambda: steady[0])
    service = SimpleNamespace(home=home, engine=home.engine, clock=home.clock, trust=home.trust)
    for expected in (1, 0):
        home.moving.now += DAY
        steady[0] += DAY * (1 - expected)
        elsewhere.now, elsewhere.asked = home.moving.now, []
        assert publisher.publish_if_due(service, pace=pace) and len(elsewhere.asked) == expected


def test_going_back_again_and_again_brings_no_old_state_back(home, monkeypatch):
    """Whoever sets the clock and says that it is right: what was revoked stays so in every list that is signed, none is
    signed twice for one time, and each way back stands in the trail.
    """
    for _ in range(2):
        home.moving.now += 3 * DAY
        home.publish("test")
    Elsewhere(monkeypatch, home.moving.now + 60)
    [issued] = issue_many(replace(made_up(home), signatory=SIGNATORY), [record()], "cli:root")
    assert issued.number, issued.errors
    home.publish("test")
    acts.do(made_up(home), "revoke", int(issued.number), Grounds("CRPA L241-2", "fraud"), "cli:root")
    home.moving.now += 60
    home.publish("test")
    entry = registry.by_number(home.engine, int(issued.number))
    right, held = home.moving.now, set()
    for days in (3, 2, 1, 3, 0):
        home.moving.now = right - days * DAY
        if days:
            with pytest.raises(PublicationRefused, match="Set the clock right"):
                home.ask_the_time()
        home.publish("test", clock_confirmed=True, back=True)
        data = (home.public / f"status-{entry.list_number}.cose").read_bytes()
        shown = status.read(data, entry.list_number)
        assert shown.values[entry.list_index >> 2] >> (entry.list_index & 3) * 2 & 3 == 1
        held.add(data)
    assert len(held) == 5 and auditing.verify(home.engine).whole
    assert [entry["act"] for entry in chain.entries(home.engine)].count("withdraw_future") >= 2
