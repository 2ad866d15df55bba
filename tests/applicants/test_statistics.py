"""The statistics over both databases: counted right, nothing small shown, every sum as it should be."""

import itertools
import statistics as witness
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from issuer.applicants import statistics as room
from issuer.applicants.charts import Bars, bar_chart
from issuer.applicants.regions import REGION_OF, REGIONS
from issuer.attestation.places import DEPARTMENTS
from issuer.registry.request_tallies import tallies
from tests.support.requests import DAY, add

TODAY = date(2026, 11, 24)


def at(year, month, day, hour=12):
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


def published(engine):
    periods = room.periods(TODAY)
    return room.statistics([group for group, _, _ in periods], *tallies(engine, periods))


def many(engine, count, **changes):
    for _ in range(count):
        add(engine, changes.get("deposited_at", at(2026, 9, 10)), **changes)


def test_months_begin_in_paris_and_leave_no_gap():
    periods = room.periods(TODAY)
    assert (len(periods), periods[0][0], periods[-1][0]) == (24, "2024-11", "2026-10")
    assert all(first[2] == second[1] for first, second in itertools.pairwise(periods))
    assert datetime.fromtimestamp(periods[-1][1], UTC).isoformat() == "2026-09-30T22:00:00+00:00"
    assert datetime.fromtimestamp(periods[-1][2], UTC).isoformat() == "2026-10-31T23:00:00+00:00"


def test_every_departement_has_one_region():
    assert set(REGION_OF) == set(DEPARTMENTS) and sum(len(codes.split()) for codes in REGIONS.values()) == len(
        DEPARTMENTS
    )


def test_what_is_counted(engine):
    took = [2, 3, 3, 4, 5, 9, 30]
    for days in took:
        add(engine, at(2026, 9, 1), state="accepte", decided_at=at(2026, 9, 1) + days * DAY)
    many(engine, 6, state="refuse", deposited_at=at(2026, 10, 1), decided_at=at(2026, 10, 8), department="69")
    many(engine, 5, deposited_at=at(2026, 10, 2), department=None)
    many(engine, 5, withdrawn_at=at(2026, 10, 3), deposited_at=at(2026, 10, 2))
    many(engine, 9, deposited_at=at(2026, 11, 2))
    found = published(engine)
    assert (found.total.received, found.total.accepted, found.total.others) == (18, 7, 11), (
        "withdrawn ones and the present month are left out"
    )
    every = [*took, *[7] * 6]
    assert found.total.median == witness.median(every) and found.mean == round(sum(every) / len(every), 1)
    assert dict(found.states) == {"en_construction": 0, "en_instruction": 5, "accepte": 7, "refuse": 6, "sans_suite": 0}
    months = {line.key: line for line in found.months}
    assert (months["2026-09"].received, months["2026-10"].received, months["2026-08"].received) == (7, 11, 0)
    assert months["2026-09"].median == witness.median(took) and months["2026-08"].median is None
    places = {line.key: (line.received, line.accepted) for line in found.departments}
    assert places == {"75": (7, 7), "69": (6, 0), room.NOWHERE: (5, 0)}
    assert {line.key for line in found.regions} == {"Île-de-France", "Auvergne-Rhône-Alpes", room.NOWHERE}


def test_a_request_at_midnight_in_paris_counts_in_its_own_month(sqlite_engine):
    many(sqlite_engine, 6, deposited_at=int(datetime(2026, 9, 30, 22, tzinfo=UTC).timestamp()))
    many(sqlite_engine, 5, deposited_at=int(datetime(2026, 9, 30, 22, tzinfo=UTC).timestamp()) - 1)
    months = {line.key: line.received for line in published(sqlite_engine).months}
    assert (months["2026-09"], months["2026-10"]) == (5, 6)


def test_small_numbers_are_kept_back_in_every_table(sqlite_engine):
    many(sqlite_engine, 40, state="accepte", decided_at=at(2026, 9, 14))
    many(sqlite_engine, 3, department="48")
    many(sqlite_engine, 12, department="30", deposited_at=at(2026, 8, 3))
    for department, month in (("75", 8), ("75", 9), ("69", 8), ("69", 9), ("13", 7)):
        many(sqlite_engine, 14, department=department, deposited_at=at(2026, month, 5))
        many(
            sqlite_engine,
            15,
            department=department,
            deposited_at=at(2026, month, 5),
            state="accepte",
            decided_at=at(2026, month, 9),
        )
    found = published(sqlite_engine)
    places = {line.key: line for line in found.departments}
    assert places["48"].received is None and places["48"].others is None
    assert places["30"].received is None, "else its région would give the other away"
    shown = [
        value
        for line in (*found.departments, *found.regions, *found.months)
        for value in (line.received, line.accepted, line.others)
        if value
    ]
    assert len(shown) > 20 and min(shown) >= 5


def test_a_median_needs_five_decided_requests():
    assert room.median_days(Counter({4: 4})) is None and room.median_days(Counter({4: 5})) == 1.0
    assert room.median_days(Counter({4: 3, 8: 3})) == 1.5


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img onerror=x>', "&amp;"])
def test_a_chart_holds_texts_as_texts(hostile):
    import xml.etree.ElementTree as ET

    drawn = ET.fromstring(bar_chart("c", hostile, hostile, [Bars(hostile, (3, None), (hostile, "n. c."))]))
    assert drawn.attrib["role"] == "img" and drawn.attrib["aria-labelledby"] == "c-title c-text"
    assert drawn.find("title").text == drawn.find("desc").text == hostile
    assert {element.tag for element in drawn.iter()} == {"svg", "title", "desc", "text", "rect"}
    assert len(drawn.findall("rect")) == 1 and drawn.findall("text")[0].text == hostile
