"""Suspending, reinstating, revoking, replacing: which steps are allowed, on which grounds, and what a verifier then
sees.
"""

from dataclasses import replace
from datetime import date

import pytest

from issuer import registry
from issuer.attestation.problems import Problem
from issuer.desk import ActRefused, Grounds, acts, issue
from issuer.registry import chain, crosscheck
from tests.support.office import AUTHOR, DAY
from tests.support.records import record

INQUIRY = Grounds("CRPA L121-1, vérification en cours", "inquiry")
FRAUD = Grounds("CRPA L241-2", "fraud", heard_on=date(2026, 3, 1), notified_on=date(2026, 3, 2))
REQUEST = Grounds("CRPA L242-4", "request")
BACK = Grounds("Vérification faite")


@pytest.fixture
def issued(office):
    return issue(office.desk, record(reference="DS-1"), AUTHOR)


def state(office, issued):
    return registry.by_number(office.engine, issued.number).state


def refused(call, *arguments):
    with pytest.raises(ActRefused) as refusal:
        call(*arguments)
    return refusal.value.code


def test_each_state_is_what_the_verifier_shows(office, issued):
    desk, number = office.desk, issued.number
    acts.do(desk, "suspend", number, INQUIRY, AUTHOR)
    office.publish()
    assert office.verdict(issued.text) == "suspended"
    acts.do(desk, "reinstate", number, BACK, AUTHOR)
    office.publish()
    assert office.verdict(issued.text) == "valid"
    acts.do(desk, "revoke", number, FRAUD, AUTHOR)
    office.publish()
    assert office.verdict(issued.text) == "revoked"


def test_the_history_tells_every_act_with_its_grounds(office, issued):
    acts.do(office.desk, "suspend", issued.number, INQUIRY, "agent-18")
    office.clock.now += DAY
    acts.do(office.desk, "revoke", issued.number, replace(FRAUD, notified_on=date(2026, 3, 3)), AUTHOR)
    history = registry.history(office.engine, f"{issued.number[:3]} {issued.number[3:6]} {issued.number[6:]}")
    assert [(event.act, event.author, event.reason) for event in history] == [
        ("issue", AUTHOR, None),
        ("suspend", "agent-18", "inquiry"),
        ("revoke", AUTHOR, "fraud"),
    ]
    last = history[-1]
    assert (last.legal_basis, last.effective_on, last.notified_on, last.heard_on) == (
        "CRPA L241-2",
        date(2026, 3, 3),
        date(2026, 3, 3),
        date(2026, 3, 1),
    )
    assert last.at - history[1].at == DAY


@pytest.mark.parametrize(
    ("before", "act", "allowed"),
    [
        ((), "suspend", True),
        ((), "reinstate", False),
        ((), "revoke", True),
        (("suspend",), "suspend", False),
        (("suspend",), "reinstate", True),
        (("suspend",), "revoke", True),
        (("revoke",), "suspend", False),
        (("revoke",), "reinstate", False),
        (("revoke",), "revoke", False),
        (("replace",), "suspend", False),
        (("replace",), "reinstate", False),
        (("replace",), "revoke", False),
        (("suspend", "reinstate"), "suspend", True),
        (("suspend", "reinstate"), "reinstate", False),
    ],
)
def test_steps(office, issued, before, act, allowed):
    desk = office.desk
    steps = {
        "suspend": lambda: acts.do(desk, "suspend", issued.number, INQUIRY, AUTHOR),
        "reinstate": lambda: acts.do(desk, "reinstate", issued.number, BACK, AUTHOR),
        "revoke": lambda: acts.do(desk, "revoke", issued.number, FRAUD, AUTHOR),
        "replace": lambda: acts.replace(desk, issued.number, record(), REQUEST, AUTHOR),
    }
    for step in before:
        steps[step]()
    held, entries = state(office, issued), chain.head(office.engine).seq
    if allowed:
        assert steps[act]().number == issued.number
        assert state(office, issued) != held
    else:
        assert refused(steps[act]) == "state"
        assert state(office, issued) == held and chain.head(office.engine).seq == entries


@pytest.mark.parametrize(
    ("act", "grounds", "code"),
    [
        ("suspend", Grounds("L1", "request"), "reason"),
        ("suspend", Grounds("L1"), "reason"),
        ("revoke", Grounds("L1", "inquiry"), "reason"),
        ("revoke", Grounds("L1", "because"), "reason"),
        ("reinstate", Grounds("L1", "fraud"), "reason"),
        ("revoke", Grounds("", "fraud"), "basis"),
        ("revoke", Grounds("x" * 501, "fraud"), "basis"),
        ("revoke", Grounds("a\u202eb", "fraud"), "basis"),
        ("revoke", Grounds("L1\nL2", "fraud"), "basis"),
        ("revoke", Grounds(None, "fraud"), "basis"),
        ("revoke", Grounds("L1", "fraud", effective_on=date(2026, 1, 4)), "effective"),
        ("revoke", Grounds("L1", "fraud", effective_on=date(2027, 1, 1)), "effective"),
        ("revoke", Grounds("L1", "fraud", notified_on=date(2026, 3, 3)), "notified"),
        ("revoke", Grounds("L1", "fraud", notified_on=date(2026, 3, 1)), "notified_before"),
        ("revoke", Grounds("L1", "fraud", heard_on=date(2026, 3, 3)), "heard"),
        ("revoke", Grounds("L1", "fraud", force=""), "force"),
    ],
)
def test_bad_grounds_change_nothing(office, issued, act, grounds, code):
    if act == "reinstate":
        acts.do(office.desk, "suspend", issued.number, INQUIRY, AUTHOR)
    held, entries = state(office, issued), chain.head(office.engine).seq
    assert refused(acts.do, office.desk, act, issued.number, grounds, AUTHOR) == code
    assert state(office, issued) == held and chain.head(office.engine).seq == entries


@pytest.mark.parametrize("number", ["4829130571", 4829130571, "4829130572", "", "abc", 0, -1, 10**30, None, 1.5])
def test_an_unknown_number_is_said(office, number):
    assert refused(acts.do, office.desk, "revoke", number, FRAUD, AUTHOR) == "unknown"
    assert refused(acts.replace, office.desk, number, record(), REQUEST, AUTHOR) == "unknown"
    assert refused(acts.note_notification, office.desk, number, date(2026, 3, 1), AUTHOR) == "unknown"


def test_unlawfulness_ends_after_four_months(office, issued):
    unlawful = Grounds("CRPA L242-1", "unlawful", heard_on=date(2026, 3, 2))
    office.clock.now += 123 * DAY
    assert refused(acts.do, office.desk, "revoke", issued.number, unlawful, AUTHOR) == "late", (
        "2026-07-03, a decision of 2026-03-02"
    )
    office.clock.now -= DAY
    assert acts.do(office.desk, "revoke", issued.number, unlawful, AUTHOR).state == "revoked"


def test_the_four_months_can_be_passed_over_with_a_written_reason(office, issued):
    office.clock.now += 200 * DAY
    done = acts.do(
        office.desk,
        "revoke",
        issued.number,
        Grounds("CRPA L242-1", "unlawful", force="Décision du tribunal attendue"),
        AUTHOR,
    )
    assert done.warnings == ("not_heard", "not_notified", "forced")
    assert registry.history(office.engine, issued.number)[-1].forced == "Décision du tribunal attendue"
    assert "tribunal" not in "".join(chain.export(office.engine))


@pytest.mark.parametrize("reason", ["fraud", "condition_not_met", "request", "court", "error"])
def test_other_reasons_have_no_time_limit(office, issued, reason):
    office.clock.now += 3 * 365 * DAY
    assert acts.do(office.desk, "revoke", issued.number, Grounds("CRPA", reason), AUTHOR).state == "revoked"


@pytest.mark.parametrize(
    ("grounds", "warnings"),
    [
        (Grounds("L1", "fraud"), ("not_heard", "not_notified")),
        (Grounds("L1", "request"), ("not_notified",)),
        (Grounds("L1", "court", notified_on=date(2026, 3, 2)), ()),
        (FRAUD, ()),
    ],
)
def test_what_is_missing_is_said_to_the_author(office, issued, grounds, warnings):
    assert acts.do(office.desk, "revoke", issued.number, grounds, AUTHOR).warnings == warnings


def test_a_later_effective_day_waits_for_it(office, issued):
    done = acts.do(
        office.desk,
        "revoke",
        issued.number,
        Grounds("CRPA L242-2", "condition_not_met", effective_on=date(2026, 3, 10)),
        AUTHOR,
    )
    assert done.waiting and done.state == "revoked"
    entry = registry.by_number(office.engine, issued.number)
    assert (entry.state, entry.next_state) == ("valid", "revoked")
    office.clock.now = entry.next_at - 1
    office.publish()
    assert office.verdict(issued.text) == "valid"
    office.clock.now = entry.next_at
    assert office.publish().settled == 1
    assert office.verdict(issued.text) == "revoked"
    assert chain.verify(office.engine).whole and crosscheck.verify(office.engine) == ()
    assert office.publish().settled == 0


def test_a_waiting_decision_begins_at_midnight_of_the_departement(office):
    issued = issue(office.desk, record(department="974"), AUTHOR)
    acts.do(office.desk, "suspend", issued.number, Grounds("L1", "inquiry", effective_on=date(2026, 3, 10)), AUTHOR)
    assert registry.by_number(office.engine, issued.number).next_at == 1_773_086_400, "2026-03-09T20:00:00Z"


def test_a_waiting_decision_can_be_cancelled(office, issued):
    acts.do(office.desk, "revoke", issued.number, Grounds("L1", "request", effective_on=date(2026, 3, 10)), AUTHOR)
    acts.do(office.desk, "reinstate", issued.number, BACK, AUTHOR)
    office.clock.now += 20 * DAY
    assert office.publish().settled == 0 and state(office, issued) == "valid"


def test_a_waiting_decision_whose_day_came_is_not_undone_by_a_late_publication(office, issued):
    acts.do(office.desk, "revoke", issued.number, Grounds("L1", "request", effective_on=date(2026, 3, 10)), AUTHOR)
    office.clock.now += 20 * DAY
    assert refused(acts.do, office.desk, "reinstate", issued.number, BACK, AUTHOR) == "state"


def test_a_replacement_names_the_one_it_replaces(office, issued):
    new, done = acts.replace(
        office.desk, issued.number, record(reference="DS-2", job="Cheffe de projet"), REQUEST, AUTHOR
    )
    office.publish()
    assert (done.state, new.status) == ("replaced", "issued")
    assert (office.verdict(issued.text), office.verdict(new.text)) == ("replaced", "valid")
    assert registry.archived(office.engine, new.number).claims.to_json()["replaces"] == issued.number
    assert registry.history(office.engine, issued.number)[-1].other_number == int(new.number)
    assert registry.history(office.engine, new.number)[0].other_number == int(issued.number)


def test_a_replacement_asked_twice_is_made_once(office, issued):
    first, _ = acts.replace(office.desk, issued.number, record(reference="DS-2"), REQUEST, AUTHOR)
    again, done = acts.replace(office.desk, issued.number, record(reference="DS-2"), REQUEST, AUTHOR)
    assert (again.status, again.token, done) == ("already_issued", first.token, None)
    other, done = acts.replace(office.desk, issued.number, record(reference="DS-2", job="Autre"), REQUEST, AUTHOR)
    assert other.errors == (Problem("reference", "reference_conflict"),) and done is None
    assert sum(registry.counts(office.engine).values()) == 2


def test_the_reference_of_another_attestation_is_not_a_replacement(office, issued):
    answer, done = acts.replace(office.desk, issued.number, record(reference="DS-1"), REQUEST, AUTHOR)
    assert (
        answer.errors == (Problem("reference", "reference_conflict"),)
        and done is None
        and state(office, issued) == "valid"
    )


def test_a_refused_replacement_changes_nothing(office, issued):
    answer, done = acts.replace(office.desk, issued.number, record(birth_date="1996-02-30"), REQUEST, AUTHOR)
    assert answer.status == "refused" and done is None and state(office, issued) == "valid"
    assert refused(acts.replace, office.desk, issued.number, record(), Grounds("", "request"), AUTHOR) == "basis"
    assert sum(registry.counts(office.engine).values()) == 1 and chain.verify(office.engine).entries == 1


def test_a_notification_is_added_later(office, issued):
    acts.do(office.desk, "revoke", issued.number, Grounds("L1", "court"), AUTHOR)
    office.clock.now += 5 * DAY
    acts.note_notification(office.desk, issued.number, date(2026, 3, 6), "agent-18")
    last = registry.history(office.engine, issued.number)[-1]
    assert (last.act, last.notified_on, last.author) == ("notify", date(2026, 3, 6), "agent-18")
    assert state(office, issued) == "revoked"
    assert refused(acts.note_notification, office.desk, issued.number, date(2026, 3, 8), AUTHOR) == "notified"
    assert refused(acts.note_notification, office.desk, issued.number, date(2026, 3, 1), AUTHOR) == "notified_before"
    assert crosscheck.verify(office.engine) == ()


def test_acts_leave_no_personal_data_in_the_audit_trail(office, issued):
    acts.do(office.desk, "revoke", issued.number, Grounds("Fraude de Mme NGUYEN", "fraud"), AUTHOR)
    assert "NGUYEN" not in "".join(chain.export(office.engine))
