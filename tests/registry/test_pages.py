"""Pages in every order, held against reading all the rows one by one: invented rows, searches asked at random."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, insert, select

from issuer import registry
from issuer.attestation.places import time_zone
from issuer.registry import Search, find_page
from issuer.registry.models import Attestation, NameWord, StatusList
from issuer.registry.queries import REGISTERED_COLUMNS, registered
from issuer.registry.search import ORDERS

ZONES = ("75", "92", "988", "987", "974")
FIRST = 1_700_000_000


def invented(rng, place):
    """A row as the desk could have made it; dates long and short, begun before its issue or months after."""
    at = FIRST + place * 40_000
    start = datetime.fromtimestamp(at, UTC).date() + timedelta(days=rng.randrange(-200, 200))
    end = start + timedelta(days=rng.choice((0, 1, 30, 300, 2_000)))
    department = rng.choice(ZONES)
    zone = time_zone(department)
    midnight = [
        int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) for day in (start, end + timedelta(days=1))
    ]
    return {
        "id": place + 1,
        "number": rng.randrange(10**9, 10**10),
        "list_number": 1,
        "list_index": place,
        "state": rng.choice((0, 0, 0, 1, 2)),
        "kind": rng.choice(("APT", "APT", "AT")),
        "department": department,
        "valid_from": start,
        "valid_until": end,
        "not_before": midnight[0],
        "expires": midnight[1],
        "issued_at": at,
        "author": "x",
        "kid": bytes(8),
    }


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """240 rows over four months in an SQLite file, and the names of each."""
    engine = registry.open_registry(str(tmp_path_factory.mktemp("many") / "wif.sqlite3"))
    registry.migrate(engine)
    yield engine, fill(engine)
    engine.dispose()


def fill(engine):
    rng = random.Random(8)
    rows = [invented(rng, place) for place in range(240)]
    named = {row["id"]: rng.choice(("NGUYEN", "DIALLO")) for row in rows}
    with engine.begin() as connection:
        connection.execute(insert(StatusList), [{"number": 1, "used": 240, "opened_at": FIRST}])
        connection.execute(insert(Attestation), rows)
        connection.execute(insert(NameWord), [{"word": word, "attestation_id": place} for place, word in named.items()])
    with engine.connect() as connection:
        attestations = [registered(row) for row in connection.execute(select(*REGISTERED_COLUMNS))]
    return [(attestation, named[attestation.id]) for attestation in attestations]


def meets(attestation, name, search):
    """Whether one row meets a search, by the words of its definition alone."""
    return (
        (not search.names or name == search.names.upper())
        and (not search.states or attestation.state in search.states)
        and (search.kind is None or attestation.kind == search.kind)
        and (search.department is None or attestation.department == search.department)
        and (search.valid_on is None or attestation.valid_from <= search.valid_on <= attestation.valid_until)
        and (search.expires_before is None or attestation.expires < search.expires_before)
        and (search.begins_after is None or attestation.not_before > search.begins_after)
    )


def asked(rng):
    """Searches of every mixture, most of them by time."""
    moment = FIRST + rng.randrange(-10_000_000, 30_000_000)
    by_time = rng.choice(
        (
            {"valid_on": datetime.fromtimestamp(moment, UTC).date()},
            {"expires_before": moment},
            {"begins_after": moment},
            {},
        )
    )
    others = {"names": "nguyen", "states": ("valid",), "department": "75", "kind": "APT"}
    search = Search(**by_time, **{name: value for name, value in others.items() if rng.random() < 0.3})
    return search, rng.choice((None, ("75",), ("75", "988"), ZONES[:4], (*ZONES, *map(str, range(10, 20)))))


def pages_of(engine, search, departments, order, limit):
    """The pages one after the other, as somebody turns them."""
    after = None
    while True:
        page = find_page(engine, search, departments=departments, order=order, limit=limit, after=after)
        yield [line.attestation for line in page.found]
        after = page.next
        if after is None:
            return


def prove_pages(engine, lines, order, rounds):
    """Ask at random; every page holds what reading all the rows one by one would give."""
    rng = random.Random(order)
    column, descending = ORDERS[order]
    for _ in range(rounds):
        search, departments = asked(rng)
        wanted = [
            attestation
            for attestation, name in lines
            if meets(attestation, name, search) and (departments is None or attestation.department in departments)
        ]
        wanted.sort(key=lambda attestation: (getattr(attestation, column.key), attestation.id), reverse=descending)
        limit = rng.choice((5, 17, 60))
        shown = list(pages_of(engine, search, departments, order, limit))
        assert [attestation for page in shown for attestation in page] == wanted, (search, departments)
        assert all(len(page) == limit for page in shown[:-1])


@pytest.mark.parametrize("leads", [0, 50, 60_000], ids=lambda most: f"leads_below_{most}")
@pytest.mark.parametrize("order", ORDERS)
def test_every_page_in_every_order_is_what_reading_all_rows_gives(many, order, leads, monkeypatch):
    """Whatever leads: nothing, the rare alone, or anything. The opposite order turns the same pages backwards."""
    monkeypatch.setattr(registry.criteria, "LEADS_BELOW", leads)
    monkeypatch.setattr(registry.criteria, "LEADS_IN_TIME_BELOW", leads)
    prove_pages(*many, order, 20)


def test_every_page_is_the_same_on_postgresql(postgres_address, monkeypatch, opened):
    engine = opened(postgres_address)
    registry.migrate(engine)
    lines = fill(engine)
    for leads in (0, 50):
        monkeypatch.setattr(registry.criteria, "LEADS_BELOW", leads)
        monkeypatch.setattr(registry.criteria, "LEADS_IN_TIME_BELOW", leads)
        for order in ORDERS:
            prove_pages(engine, lines, order, 3)


@pytest.mark.parametrize(
    ("order", "index"),
    [
        ("issued", "id_not_before_expires"),
        ("issued_first", "id_not_before_expires"),
        ("from", "not_before_id_expires"),
        ("from_last", "not_before_id_expires"),
        ("until", "expires_id_not_before"),
        ("until_last", "expires_id_not_before"),
    ],
)
def test_years_that_are_over_are_left_at_the_index(many, order, index, monkeypatch):
    """Of a walk among what is valid on a day, SQLite reads an index with both ends, and sorts nothing."""
    monkeypatch.setattr(registry.criteria, "LEADS_IN_TIME_BELOW", 0)
    engine, _ = many
    plans = []

    def explain(connection, cursor, statement, parameters, context, executemany):
        if " AS id" in statement or "attestation.id" in statement.split("FROM")[0]:
            plans.append([row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()])

    event.listen(engine, "before_cursor_execute", explain)
    try:
        find_page(engine, Search(valid_on=date(2023, 12, 1), states=("valid",)), order=order)
    finally:
        event.remove(engine, "before_cursor_execute", explain)
    assert len(plans[0]) == 1 and f"INDEX ix_attestation_{index}" in plans[0][0]
