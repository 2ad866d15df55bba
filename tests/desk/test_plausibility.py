"""What is looked at before signing: the table, and twins in the registry, whatever way a record comes."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event

from issuer.attestation.record import read_record
from issuer.desk import Confirmed, acts, issue, issue_many, issuing, plausibility
from issuer.desk.acts import Grounds
from issuer.registry import twins
from tests.support.office import AUTHOR
from tests.support.records import RECORD

TODAY = date(2026, 3, 2)
SEASONAL = {"kind": "AT-SAISONNIER", "contract": "SAISONNIER"}


def told(**changes):
    """``(refusals, warnings)`` of the usual record with some changes, as codes by field."""
    found = plausibility.broken(read_record({**RECORD, **changes}), TODAY)
    return tuple({problem.field: problem.code for problem in problems} for problems in found)


@pytest.mark.parametrize(
    ("changes", "refusals", "warnings"),
    [
        ({}, {}, {}),
        ({"contract": "CDI"}, {}, {}),
        *(
            ({"nationality": code}, {"nationality": "free_movement"}, {})
            for code in ("FRA", "ITA", "ISL", "NOR", "CHE")
        ),
        *(({"nationality": code}, {}, {}) for code in ("GBR", "TUR", "UKR", "RKS", "XXB")),
        ({"birth_date": "2026-03-03", "valid_from": "2026-04-01"}, {"birth_date": "born_future"}, {}),
        ({"birth_date": "2010-01-05"}, {}, {}),
        ({"birth_date": "2010-01-06"}, {}, {"birth_date": "under_16"}),
        ({"birth_date": "2010"}, {}, {"birth_date": "under_16"}),
        ({"birth_date": "2009"}, {}, {}),
        ({"birth_date": "1946-01-05"}, {}, {}),
        ({"birth_date": "1946-01-04"}, {}, {"birth_date": "over_80"}),
        ({"contract": "SAISONNIER"}, {"contract": "seasonal_apt"}, {}),
        ({"kind": "AT-SAISONNIER", "valid_until": "2026-05-31"}, {"contract": "seasonal_contract"}, {}),
        ({**SEASONAL, "valid_until": "2026-07-04"}, {}, {}),
        ({**SEASONAL, "valid_until": "2026-07-05"}, {}, {"valid_until": "seasonal_long"}),
        *(
            ({"hours": {"count": least, "per": per}}, {}, {})
            for least, per in ((1, "week"), (4, "month"), (48, "year"))
        ),
        ({"hours": {"count": 0.6, "per": "month"}}, {}, {"hours.count": "hours_below"}),
        ({"hours": {"count": 35, "per": "year"}}, {}, {"hours.count": "hours_below"}),
        ({"hours": {"count": 48, "per": "week"}}, {}, {}),
        ({"hours": {"count": 48.01, "per": "week"}}, {}, {"hours.count": "hours_above"}),
        ({"hours": {"count": 208.5, "per": "month"}}, {}, {"hours.count": "hours_above"}),
        ({"hours": {"count": 2496, "per": "year"}}, {}, {}),
        ({"hours": {"count": 2497, "per": "year"}}, {}, {"hours.count": "hours_above"}),
        ({"valid_from": "2025-01-05", "valid_until": "2026-03-01"}, {}, {"valid_until": "period_past"}),
        ({"valid_from": "2025-06-05", "valid_until": "2026-03-02"}, {}, {}),
        ({"family_name": "-"}, {"family_name": "no_letter"}, {}),
        ({"given_names": "-"}, {}, {"given_names": "text_no_letter"}),
        ({"given_names": "FNU"}, {}, {"given_names": "stands_for_nothing"}),
        ({"employer": {"name": "[ND]"}}, {}, {"employer.name": "stands_for_nothing"}),
        ({"employer": {"name": "DURAND*EXEMPLE/MARINE /"}}, {}, {"employer.name": "stands_for_nothing"}),
        ({"job": "à définir"}, {}, {"job": "stands_for_nothing"}),
        ({"job": "serveur ou plongeur"}, {}, {"job": "stands_for_nothing"}),
        *(
            ({"nationality": code}, {"nationality": "free_movement"}, {})
            for code in ("REU", "MYT", "NCL", "GRL", "ABW")
        ),
        *(({"nationality": code}, {}, {"nationality": "territory"}) for code in ("HKG", "JEY", "PRI")),
    ],
)
def test_the_table(changes, refusals, warnings):
    kind = {"kind": "AT"} if changes.get("valid_from", "").startswith("2025-01") else {}
    assert told(**kind, **changes) == (refusals, warnings)


def test_every_rule_has_its_source():
    assert all(len(rule.source) > 10 for rule in plausibility.RULES)


@pytest.fixture
def careful(office):
    """The desk as the service has it: nothing is confirmed by itself."""
    return replace(office.desk, accept_warnings=False)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "twin_same"),
        ({"job": "Autre emploi", "workplaces": None}, "twin"),
        ({"family_name": "Nguyen epouse Dupont", "valid_from": "2026-12-31"}, "twin"),
        ({"valid_from": "2027-01-01", "valid_until": "2027-06-30"}, None),
        ({"birth_date": "1996-03-15"}, None),
        ({"given_names": "Thị Hoa"}, None),
        ({"nationality": "CHN"}, None),
        ({"employer": {"name": "SOCIÉTÉ EXEMPLE SAS", "siret": "81234567800021"}}, None),
    ],
)
def test_the_same_person_at_the_same_employer_is_not_signed_twice_unseen(careful, changes, code):
    first = issue(careful, RECORD, AUTHOR)
    assert first.status == "issued" and first.warnings == ()
    second = {name: value for name, value in {**RECORD, **changes}.items() if value is not None}
    answer = issue(careful, second, AUTHOR)
    assert [warning.code for warning in answer.warnings] == ([code] if code else [])
    if code is None:
        assert answer.status == "issued"
        return
    assert answer.status == "refused" and answer.errors == answer.warnings
    key = plausibility.key(answer.warnings[0])
    assert first.number in key.replace(" ", "")
    assert issue(careful, Confirmed(second, {"record:twin:000 000 0000"}), AUTHOR).status == "refused"
    assert issue(careful, Confirmed(second, {key}), AUTHOR).status == "issued"


def test_a_twin_is_found_where_everybody_shares_its_words(careful, monkeypatch):
    """By the words together, when each by itself is too common to narrow the search."""
    monkeypatch.setattr(twins, "FEW", 0)
    assert issue(careful, RECORD, AUTHOR).status == "issued"
    assert [warning.code for warning in issue(careful, RECORD, AUTHOR).warnings] == ["twin_same"]
    assert issue(careful, {**RECORD, "given_names": "Thị Hoa"}, AUTHOR).status == "issued"


def test_twins_without_a_siret_are_known_by_the_employers_name(careful):
    mine = {**RECORD, "employer": {"name": "Mme Exemple"}}
    assert issue(careful, mine, AUTHOR).status == "issued"
    assert issue(careful, {**mine, "employer": {"name": "MME  EXEMPLE".replace("  ", " ")}}, AUTHOR).status == "refused"
    assert issue(careful, {**mine, "employer": {"name": "Mme Autre"}}, AUTHOR).status == "issued"


def test_twins_of_one_file_are_seen_and_the_same_reference_is_none(careful):
    rows = [{**RECORD, "reference": "A"}, {**RECORD, "reference": "B"}, {**RECORD, "reference": "A"}]
    answers = list(issue_many(careful, rows, AUTHOR))
    assert [answer.status for answer in answers] == ["issued", "refused", "already_issued"]
    assert [warning.code for warning in answers[1].warnings] == ["twin_earlier"]


def test_a_batch_finds_the_twins_that_each_finds_alone_and_asks_no_more_often_for_many(careful, monkeypatch):
    """Two of a name and birth date at two employers, one of another name, one at an employer without SIRET, one suspended, one over."""
    at_home = {"employer": {"name": "Mme Exemple"}}
    kinds = ({}, {"employer": {**RECORD["employer"], "siret": "81234567800021"}}, {"family_name": "DIALLO"}, at_home)
    held = [{**RECORD, **kind} for kind in kinds]
    held += [{**RECORD, "birth_date": f"1980-05-{day:02}"} for day in range(1, 24)]
    held += [{**RECORD, "valid_from": "2027-01-01", "valid_until": "2027-06-30"}]
    answers = list(issue_many(careful, held, AUTHOR))
    assert {answer.status for answer in answers} == {"issued"}
    acts.do(careful, "suspend", answers[1].number, Grounds("CRPA, L121-1", "inquiry"), AUTHOR)
    acts.do(careful, "revoke", answers[4].number, Grounds("CRPA, L241-2", "fraud", heard_on=None), AUTHOR)
    wanted = [*held, *({**RECORD, **at_home, "valid_until": "2026-11-30"}, {**RECORD, "given_names": None})]
    holdings = [issuing._holding(read_record(record)) for record in wanted]
    asked = []
    with careful.engine.connect() as connection:
        connection.begin()
        event.listen(connection, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
        together = twins.find(connection, holdings)
        few = len(asked)
        alone = [twins.find(connection, [holding])[0] for holding in holdings]
        monkeypatch.setattr(twins, "FEW", 3)  # now every word of some is common
        assert twins.find(connection, holdings) == alone
    assert together == alone and few == 3
    assert [len(found) for found in together] == [1, 1, 1, 1, 0, *([1] * 22), 1, 1, 0]
    assert [found.number for found in together[1]] == [int(answers[1].number)]
    with careful.engine.connect() as connection:
        assert twins.find(connection, holdings[:1], int(answers[0].number)) == [[]]


def test_what_ended_is_no_twin_and_a_replacement_is_none_of_its_own(careful):
    first = issue(careful, RECORD, AUTHOR)
    issued, done = acts.replace(
        careful, first.number, {**RECORD, "job": "Autre"}, Grounds("CRPA, L242-4", "request"), AUTHOR
    )
    assert done is not None and issued.warnings == ()
    acts.do(careful, "revoke", issued.number, Grounds("CRPA, L241-2", "fraud", heard_on=None), AUTHOR)
    assert issue(careful, RECORD, AUTHOR).status == "issued"
