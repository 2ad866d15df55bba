"""Guessing side by side, under other spellings, from other addresses and after every pause: never more than is allowed
is compared. On both databases, over the real server with its workers.
"""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from issuer.accounts import factor
from issuer.accounts.throttles import ACCOUNT, Throttles
from issuer.registry import requests
from issuer.web.public.whereabouts import NUMBER
from issuer.web.publicside import PREFIX
from tests.support.agency import PEOPLES_PASSWORD
from tests.support.requests import add

WRONG = "faux mot de passe"
DAY = 86_400


@pytest.fixture
def uncounted(agency):
    """The agency with no tries counted, before and after."""
    throttles = agency.context.throttles
    throttles.sweep(agency.context.clock() + 10**6)
    yield agency
    throttles.sweep(agency.context.clock() + 10**6)


@pytest.fixture
def target(uncounted):
    """Somebody with a second factor whose account is guessed at, under an identifier of the greatest length."""
    name = f"cible.{uncounted.context.clock()}.{len(uncounted.people)}".ljust(40, "x")
    person = uncounted.people[name] = uncounted.person(name, "agent", ("75",))
    secret = bytes(range(20))
    uncounted.context.credentials.set_factor(
        person, secret, factor.code_at(secret, uncounted.context.clock() // factor.STEP - 1)
    )
    return name


def side_by_side(many: int, ask) -> list[httpx.Response]:
    """``ask(n)`` of so many threads that begin in one moment."""
    gate = threading.Barrier(many)

    def wait_and_ask(n: int) -> httpx.Response:
        gate.wait()
        return ask(n)

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(wait_and_ask, range(many)))


def compared(agency, outcome: str) -> float:
    """How many passwords or codes were compared and found wrong, by the server's counters."""
    found = re.search(
        rf'^wif_sign_ins_total{{outcome="{outcome}"}} (\S+)$',
        httpx.get(f"{agency.address}/metrics", timeout=60).text,
        re.MULTILINE,
    )
    return float(found[1]) if found else 0.0


def test_passwords_side_by_side(uncounted, target):
    before = compared(uncounted, "refused")
    strangers = [uncounted.client(None) for _ in range(25)]
    answers = side_by_side(
        25, lambda n: strangers[n].submit("/sign-in", {"identifier": target, "password": f"{WRONG} {n}"})
    )
    assert {answer.status_code for answer in answers} == {422}
    assert compared(uncounted, "refused") - before == ACCOUNT.most


def test_one_time_codes_side_by_side(uncounted, target):
    before = compared(uncounted, "wrong_code")
    halves = [uncounted.half(target) for _ in range(25)]
    side_by_side(25, lambda n: halves[n].submit("/sign-in/code", {"code": f"{n:06}"}))
    assert compared(uncounted, "wrong_code") - before == ACCOUNT.most


@pytest.mark.parametrize("path", ["/account/recovery", "/account/password", "/account/tokens"])
def test_passwords_asked_again_side_by_side(uncounted, target, path):
    visitors = [uncounted.client(target) for _ in range(15)]
    form = {"password": WRONG, "password_now": WRONG, "label": "Essai", "scopes": "read", "days": "1"}
    answers = side_by_side(15, lambda n: visitors[n].submit(path, form))
    said = [answer.text for answer in answers if "pas votre mot de passe actuel" in answer.text]
    assert len(said) == ACCOUNT.most and all("Trop d" in answer.text for answer in answers if answer.text not in said)


def test_birth_dates_side_by_side(uncounted):
    number = uncounted.request().number
    answers = side_by_side(
        25,
        lambda n: httpx.post(
            f"{uncounted.address}{PREFIX}/demande",
            data={"number": str(number), "birth_date": f"1980-01-{n + 1:02}"},
            timeout=60,
        ),
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(404) == NUMBER.most and statuses.count(429) == 25 - NUMBER.most


def test_both_numbers_of_a_request_and_every_spelling_share_one_count(uncounted):
    """A dossier has its own number and ours: neither, nor another way to write number or date, is a try more."""
    now = uncounted.context.clock()
    held = requests.by_id(uncounted.home.engine, add(uncounted.home.engine, now, dossier=44_970_001))
    numbers = (str(held.number), str(held.dossier), f"n° {held.dossier}", f"{held.number:,}".replace(",", " "))
    dates = (
        "1980-01-02",
        "02/01/1980",
        "2 janvier 1980",
        "02011980",
        "2.1.80",
        "né le 2 janvier 1980",
        "1er mars 1980",
    )
    tried = [(numbers[n % 4], dates[n % 7]) for n in range(28)]
    ask = lambda number, date: (
        httpx.post(
            f"{uncounted.address}{PREFIX}/demande", data={"number": number, "birth_date": date}, timeout=60
        ).status_code
    )
    statuses = [ask(*one) for one in tried]
    assert statuses.count(404) == NUMBER.most and set(statuses) <= {404, 422, 429}


def test_no_other_spelling_of_an_identifier_has_a_counter_of_its_own(uncounted, target):
    """What finds the account counts for the account; what does not finds nobody, the right password or not."""
    for n in range(ACCOUNT.most):
        uncounted.client(None).submit("/sign-in", {"identifier": target, "password": f"{WRONG} {n}"})
    spellings = (
        target.upper(),
        f"  {target} ",
        f"{target}y",
        f"{target} y",
        f"{target}\x00",
        target.replace("c", "C", 1),
    )
    for spelling in spellings:
        answer = uncounted.client(None).submit("/sign-in", {"identifier": spelling, "password": PEOPLES_PASSWORD})
        assert answer.status_code == 422, repr(spelling)


class Moving:
    """A clock that moves when told."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.mark.parametrize(("limit", "most_a_day"), [(ACCOUNT, 30), (NUMBER, 110)], ids=["account", "number"])
def test_whoever_waits_out_every_pause_does_not_begin_anew(uncounted, limit, most_a_day):
    """A guesser of endless patience, who also tries what a rest of an hour or of a quarter brings."""
    clock = Moving(uncounted.context.clock())
    throttles = Throttles(uncounted.home.engine, clock)
    for rest in (0, limit.longest, limit.longest + 1):
        key, start, tries = f"{rest:064}", clock.now, 0
        while clock.now < start + 2 * DAY:
            wait = throttles.reserve({key: limit}).wait
            tries += not wait
            clock.now += wait or (rest if tries % limit.most == 0 else 0)
        assert limit.most < tries <= 2 * most_a_day, (rest, tries)


def test_right_ones_do_not_count_and_a_guess_lifts_no_pause(uncounted):
    clock = Moving(uncounted.context.clock())
    throttles, key = Throttles(uncounted.home.engine, clock), "e" * 64
    for _ in range(20):
        right = throttles.reserve({key: ACCOUNT})
        assert right.wait == 0
        throttles.give_back(right)
    reserved = [throttles.reserve({key: ACCOUNT}) for _ in range(ACCOUNT.most)]
    assert throttles.reserve({key: ACCOUNT}).wait == ACCOUNT.pause
    throttles.give_back(reserved[0])
    assert throttles.reserve({key: ACCOUNT}).wait == ACCOUNT.pause, "the pause is that of the last one"


@pytest.fixture
def one(agencies, monkeypatch):
    """The agency on SQLite: addresses are counted alike on both. Its clock stands, so that no try is forgotten meanwhile."""
    made = agencies("sqlite")
    now = made.context.clock()
    monkeypatch.setattr(made.context.throttles, "clock", lambda: now)
    made.context.throttles.sweep(made.context.clock() + 10**6)
    yield made
    made.context.throttles.sweep(made.context.clock() + 10**6)


def ask_from(agency, address: str, number: int) -> int:
    return (
        agency.app.test_client()
        .post(
            f"{PREFIX}/demande",
            data={"number": str(number), "birth_date": "1980-01-01"},
            environ_base={"REMOTE_ADDR": address},
        )
        .status_code
    )


@pytest.mark.parametrize(
    ("same", "apart"),
    [
        ("2001:db8:1:2::{0:x}", "2001:db8:1:3::1"),
        ("2001:db8:1:2:{0:x}:{0:x}:{0:x}:{0:x}", "2001:db8:1:3::1"),
        ("192.0.2.7:{0}", "192.0.2.8"),
        ("::ffff:192.0.2.7", "192.0.2.8"),
        ("fe80::{0:x}%eth0", "fe80:0:0:1::1"),
        ("no address {0}", "192.0.2.8"),
    ],
)
def test_one_subscriber_is_one_address(one, same, apart):
    """Whoever has a /64 has 2^64 addresses: they count as one."""
    statuses = [ask_from(one, same.format(n), 10**6 + n) for n in range(1, 42)]
    assert statuses == [404] * 40 + [429]
    assert ask_from(one, apart, 10**7) == 404


@pytest.mark.parametrize(
    ("same", "apart"),
    [("2001:db8:1:{0:x}::1", "2001:db8:2::1"), ("198.51.100.{0}", "198.51.101.1")],
)
def test_one_network_is_slowed_down_as_a_whole(one, same, apart):
    statuses = [ask_from(one, same.format(n), 10**6 + n) for n in range(1, 162)]
    assert statuses == [404] * 160 + [429]
    assert ask_from(one, apart, 10**7) == 404
