"""Searching: every criterion, page after page, the most recent first."""

from datetime import date

import pytest

from issuer import registry
from issuer.desk import Grounds, acts, issue, issue_many
from issuer.registry import Search, search as searching
from tests.support.office import AUTHOR, DAY, NOW, Office
from tests.support.records import record

PEOPLE = [
    ("NGUYEN ÉPOUSE DUPONT", "Thị Mai", "75", "SOCIÉTÉ EXEMPLE SAS", "81234567800013"),
    ("DUPOND", "Jean", "33", "Boulangerie d’Essai", "81234567800021"),
    ("MARTINEZ", None, "75", "SOCIÉTÉ EXEMPLE SAS", "81234567800013"),
    ("D'AGOSTINO", "María José", "974", "Société exemple océan", "81234567800039"),
    ("NGUYEN", "Văn", "75", "M. Particulier", None),
]


@pytest.fixture
def office(engine, tmp_path):
    """Five attestations, issued one day after the other: numbers 0 to 4."""
    opened = Office(engine, tmp_path / "public")
    opened.numbers = []
    for place, (family, given, department, employer, siret) in enumerate(PEOPLE):
        opened.clock.now = NOW + place * DAY
        asked = record(
            family_name=family,
            given_names=given,
            department=department,
            employer={"name": employer, "siret": siret},
            reference=f"DS-{place}",
            valid_until=f"2026-0{place + 4}-28",
            workplaces=None,
        )
        opened.numbers.append(int(issue(opened.desk, asked, AUTHOR).number))
    acts.do(opened.desk, "revoke", opened.numbers[1], Grounds("L241-2", "fraud"), AUTHOR)
    acts.do(opened.desk, "suspend", opened.numbers[2], Grounds("L1", "inquiry"), AUTHOR)
    return opened


def found(office, limit=50, after=None, **criteria):
    page = registry.find_page(office.engine, Search(**criteria), limit=limit, after=after)
    return [office.numbers.index(line.attestation.number) for line in page.found]


@pytest.mark.parametrize(
    ("criteria", "places"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"names": "nguyen"}, [4, 0]),
        ({"names": "Nguyễn"}, [4, 0]),
        ({"names": "mai dupont"}, [0]),
        ({"names": "dupon"}, [1, 0]),
        ({"names": "dupond dupont"}, []),
        ({"names": "thi mai nguyen epouse dupont"}, [0]),
        ({"names": "d’agostino"}, [3]),
        ({"names": "jose"}, [3]),
        ({"names": "n"}, []),
        ({"names": "%"}, []),
        ({"names": " "}, [4, 3, 2, 1, 0]),
        ({"employer": "***"}, []),
        ({"names": "GUYEN"}, []),
        ({"siret": "81234567800013"}, [2, 0]),
        ({"siret": "81234567800013", "names": "martinez"}, [2]),
        ({"employer": "societe exemple"}, [3, 2, 0]),
        ({"employer": "société exemple o"}, [3]),
        ({"employer": "boulangerie d'essai"}, [1]),
        ({"reference": "DS-3"}, [3]),
        ({"reference": "DS-9"}, []),
        ({"department": "75"}, [4, 2, 0]),
        ({"department": "75", "names": "nguyen"}, [4, 0]),
        ({"states": ("valid",)}, [4, 3, 0]),
        ({"states": ("revoked", "suspended")}, [2, 1]),
        ({"states": ("burnt",)}, []),
        ({"kind": "APT"}, [4, 3, 2, 1, 0]),
        ({"kind": "AT"}, []),
        ({"issued_from": NOW + DAY, "issued_until": NOW + 3 * DAY}, [3, 2, 1]),
        ({"issued_from": NOW + 5 * DAY}, []),
        ({"valid_on": date(2026, 6, 28)}, [4, 3, 2]),
        ({"valid_on": date(2026, 1, 4)}, []),
        ({"expires_before": NOW + 60 * DAY}, [0]),
    ],
)
def test_criteria(office, criteria, places, monkeypatch):
    assert found(office, **criteria) == places
    monkeypatch.setattr(registry.criteria, "LEADS_BELOW", 0)
    monkeypatch.setattr(registry.criteria, "LEADS_IN_TIME_BELOW", 0)
    assert found(office, **criteria) == places, "the same when no criterion is rare enough to lead"


def test_pages_follow_one_another_without_a_gap_or_a_repeat(office):
    seen, after = [], None
    while True:
        page = registry.find_page(office.engine, Search(), limit=2, after=after)
        seen += [line.attestation.number for line in page.found]
        after = page.next
        if after is None:
            break
    assert seen == office.numbers[::-1]


def test_a_page_stays_where_it_is_when_new_ones_are_issued(office):
    first = registry.find_page(office.engine, Search(), limit=2)
    issue(office.desk, record(), AUTHOR)
    assert found(office, 2, first.next) == [2, 1]


def test_attestations_of_the_same_second_are_paged_too(engine, tmp_path):
    office = Office(engine, tmp_path / "public")
    numbers = [int(answer.number) for answer in issue_many(office.desk, [record() for _ in range(7)], AUTHOR)]
    seen, after = [], None
    for _ in range(3):
        page = registry.find_page(engine, Search(), limit=3, after=after)
        seen += [line.attestation.number for line in page.found]
        after = page.next
    assert seen == numbers[::-1] and after is None


def test_a_line_has_what_was_signed(office):
    line = registry.find_page(office.engine, Search(names="mai")).found[0]
    assert line.archived.claims.to_json()["employer"] == {"name": "SOCIÉTÉ EXEMPLE SAS", "siret": "81234567800013"}
    assert line.attestation.employer_siret == "81234567800013"


def test_counts(office):
    assert registry.counts(office.engine) == {"valid": 3, "revoked": 1, "suspended": 1, "replaced": 0}


@pytest.mark.parametrize("order", searching.ORDERS)
def test_every_order_of_the_pages_shows_all_that_is_found_whatever_the_zone(engine, tmp_path, order):
    opened = Office(engine, tmp_path / "public")
    first = date(2026, 3, 1)
    for place, department in enumerate(("75", "988", "987", "974", "972", "75")):
        day = date(2026, 3, 1 + place % 2)
        issue(
            opened.desk,
            record(
                department=department,
                reference=f"Z-{place}",
                workplaces=None,
                valid_from=day.isoformat(),
                valid_until=day.isoformat(),
            ),
            AUTHOR,
        )
    attestations = [line.attestation for line in registry.find_page(engine, Search()).found]
    column, descending = searching.ORDERS[order]
    moments = sorted(
        {attestation.not_before for attestation in attestations} | {attestation.expires for attestation in attestations}
    )
    asked = [
        Search(valid_on=first),
        Search(valid_on=date(2026, 3, 2)),
        *(Search(begins_after=at) for at in moments),
        *(Search(expires_before=at) for at in moments),
    ]
    for search in asked:
        wanted = {
            attestation.number
            for attestation in attestations
            if (search.valid_on is None or attestation.valid_from <= search.valid_on <= attestation.valid_until)
            and (search.begins_after is None or attestation.not_before > search.begins_after)
            and (search.expires_before is None or attestation.expires < search.expires_before)
        }
        shown = [line.attestation for line in registry.find_page(engine, search, order=order).found]
        assert {attestation.number for attestation in shown} == wanted, search
        assert shown == sorted(
            shown, key=lambda attestation: (getattr(attestation, column.key), attestation.id), reverse=descending
        )
