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
from issuer.home import Home, believing, found, timekeeping
from issuer.registry import chain
from issuer.web import publisher
from tests.home.conftest import SECRET
from tests.support.console import ORIGIN
from tests.support.office import SIGNATORY, Clock, made_up
from tests.support.records import record

DAY = 86_400


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home whose machine counts as many seconds as its clock goes on; see Machine for one that does not."""
    clock = Clock()
    monkeypatch.setattr(timekeeping, "seconds", lambda: float(clock.now))
    made = found(
        tmp_path / "home",
        origin=ORIGIN,
        authority="Préfecture d'Exemple",
        passphrase=lambda: SECRET,
        demonstration=True,
        clock=clock,
    )
    made.config = replace(made.config, demonstration=False)  # its keys open quickly; all else is as in service
    believing.remember(made)
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


class Machine:
    """The machine's own count of seconds, and its present start."""

    def __init__(self, monkeypatch):
        self.seconds, self.start = 1000.0, "first"
        monkeypatch.setattr(timekeeping, "seconds", lambda: self.seconds)
        monkeypatch.setattr(timekeeping, "_boot", lambda: self.start)


def by_the_server(home):
    return publisher.publish_if_due(SimpleNamespace(home=home, engine=home.engine, clock=home.clock, trust=home.trust))


def by_command(home):
    """As a timetable runs it: each time a program of its own, which remembers nothing."""
    again = Home(home.path, lambda: SECRET, None, home.clock, home._signers.values())
    again.config = home.config
    try:
        return bool(again.publish("cli:timetable"))
    finally:
        again.close()


@pytest.mark.parametrize("publish", [by_the_server, by_command])
def test_a_clock_that_creeps_is_asked_about_although_each_step_is_small(home, monkeypatch, publish):
    """Forty publications, each six days after the one before by a clock that is set on: each of them asks, and none is
    made; also where the machine is started anew again and again, as long as anybody who is asked answers.
    """
    elsewhere, machine, right = Elsewhere(monkeypatch, home.moving.now), Machine(monkeypatch), home.moving.now - 1000
    home.moving.now += 7 * 3600
    machine.seconds += 7 * 3600
    elsewhere.now = home.moving.now
    assert publish(home) and elsewhere.asked, "of a new start nobody remembers anything; the time is right"
    published = 0
    for place in range(40):
        home.moving.now += 6 * DAY
        machine.seconds += 3600
        elsewhere.now = None if place < 20 else right + int(machine.seconds)
        machine.start = "first" if place < 30 else f"start {place}"
        with suppress(PublicationRefused):
            published += publish(home)
    assert published == 0 and elsewhere.asked
    home.moving.now = elsewhere.now = right + int(machine.seconds)
    assert publish(home), "set right, it goes on, and nothing had to be taken back"


@pytest.mark.parametrize("publish", [by_the_server, by_command])
def test_a_machine_that_slept_or_was_started_anew_goes_on(home, monkeypatch, publish):
    """Where sleep is not counted the clock seems to gain: it is asked once, and believed. After a start of the machine
    the first publication asks, and goes on where nobody answers.
    """
    elsewhere, machine = Elsewhere(monkeypatch, None), Machine(monkeypatch)
    believing.remember(home)
    for counted, start, answer, expected in (
        (DAY, "first", False, 0),
        (0, "first", True, 1),
        (DAY, "first", False, 0),
        (0, "second", False, 1),
        (DAY, "second", False, 0),
    ):
        home.moving.now += DAY
        machine.seconds, machine.start = machine.seconds + counted, start
        elsewhere.now, elsewhere.asked = home.moving.now if answer else None, []
        assert publish(home) and len(elsewhere.asked) == expected
    home.moving.now += DAY
    with pytest.raises(PublicationRefused, match=r"gained 86,400 seconds .* Nobody who was asked the time answered"):
        publish(home)
    assert home.publish("test", clock_confirmed=True).issued_at == home.moving.now


@pytest.mark.parametrize("kept", [b"", b"{}", b"[]", b'{"boot": "first", "began": "soon"}', b"\xff\x00"])
def test_a_memory_that_cannot_be_read_is_none(home, monkeypatch, kept):
    elsewhere = Elsewhere(monkeypatch, home.moving.now + 600)
    Machine(monkeypatch)
    (home.path / ".pace").write_bytes(kept)
    with pytest.raises(PublicationRefused, match="Set the clock right"):
        home.publish("test")
    elsewhere.now = home.moving.now
    assert home.publish("test") and (home.path / ".pace").stat().st_mode & 0o777 == 0o600


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
