"""What an applicant is told of a request, and from what an estimate comes."""

import pytest

from issuer.applicants import estimate as room
from issuer.applicants.whereabouts import whereabouts
from issuer.registry import requests
from tests.support.requests import DAY, add

NOW = 1_772_452_800


def told(engine, steps=("en_construction",), **changes):
    request_id = add(engine, NOW - 9 * DAY, steps, **changes)
    return whereabouts(requests.by_id(engine, request_id), requests.history(engine, request_id), NOW)


def shape(found):
    return [(one.name, one.how) for one in found.steps]


def test_each_state_has_its_steps(sqlite_engine):
    engine = sqlite_engine
    waiting = told(engine, state="en_construction", awaited_from="usager", awaited="pieces")
    assert shape(waiting) == [
        ("deposited", "done"),
        ("instructed", "current"),
        ("decided", "next"),
        ("attested", "next"),
    ]
    assert (waiting.awaited_from, waiting.awaited, waiting.waiting, waiting.waited) == (
        "usager",
        "pieces",
        True,
        9 * DAY,
    )
    examined = told(engine, state="en_instruction", instructed_at=NOW - 8 * DAY)
    assert shape(examined) == shape(waiting) and examined.steps[1].at == NOW - 8 * DAY
    accepted = told(
        engine,
        state="accepte",
        instructed_at=NOW - 8 * DAY,
        decided_at=NOW - DAY,
        awaited_from="service",
        awaited="attestation",
    )
    assert (
        shape(accepted) == [("deposited", "done"), ("instructed", "done"), ("decided", "done"), ("attested", "current")]
        and not accepted.waiting
    )
    attested = told(engine, ("accepte", "attested"), state="accepte", decided_at=NOW - DAY, attestation=4829130571)
    assert shape(attested) == [("deposited", "done"), ("decided", "done"), ("attested", "done")]
    refused = told(engine, state="refuse", instructed_at=NOW - 8 * DAY, decided_at=NOW - DAY)
    assert shape(refused) == [("deposited", "done"), ("instructed", "done"), ("decided", "done")]


def test_a_reopened_or_withdrawn_request_is_said(sqlite_engine):
    reopened = told(
        sqlite_engine, ("accepte", "reopened"), state="en_instruction", instructed_at=NOW - DAY, attestation=4829130571
    )
    assert reopened.state == "reopened" and reopened.waiting
    withdrawn = told(sqlite_engine, withdrawn_at=NOW - DAY)
    assert (
        withdrawn.state == "withdrawn"
        and (withdrawn.awaited_from, withdrawn.awaited) == ("personne", "rien")
        and not withdrawn.waiting
    )


def test_nothing_personal_is_told(sqlite_engine):
    shown = repr(told(sqlite_engine))
    assert not any(word in shown for word in ("NGUYEN", "Mai", "1996", "EXEMPLE", "usager.example", "812345"))


@pytest.mark.parametrize(
    ("same", "place", "everything", "basis", "count"),
    [
        (20, 50, 90, "both", 20),
        (19, 50, 90, "department", 50),
        (19, 19, 90, "all", 90),
        (3, 5, 19, "all", 19),
    ],
)
def test_the_closest_comparison_that_rests_on_enough(same, place, everything, basis, count):
    numbers = {("75", "CDD"): same, ("75", None): place, (None, None): everything}
    found = room.estimate(lambda department, contract: list(range(1, numbers[department, contract] + 1)), "75", "CDD")
    assert (found.basis, found.count) == (basis, count)
    assert (found.median is None) == (found.ninth is None) == (count < room.LEAST)


def test_a_request_without_departement_is_compared_with_all():
    assert (
        room.estimate(lambda department, contract: [5] * 30 if department is None else 1 / 0, None, "CDD").basis
        == "all"
    )


def test_the_quantiles_are_those_of_the_nearest_rank():
    values = list(range(1, 101))
    assert (
        room.quantile(values, 50),
        room.quantile(values, 90),
        room.quantile([7], 90),
        room.quantile([1, 2, 3], 50),
    ) == (50, 90, 7, 2)
    assert room.Estimate(100, "all", 50, 90).is_late(91) and not room.Estimate(100, "all", 50, 90).is_late(90)
    assert not room.Estimate(3, "all", None, None).is_late(10**9)


def test_only_recent_decided_requests_are_compared(engine):
    for days in range(1, 31):
        add(engine, NOW - 40 * DAY, state="accepte", decided_at=NOW - 40 * DAY + days * DAY)
        add(engine, NOW - 400 * DAY, state="accepte", decided_at=NOW - 300 * DAY)
    found = room.estimate(lambda *of: requests.handling_seconds(engine, NOW - room.RECENT, *of), "75", "CDD")
    assert (found.count, found.median, found.ninth) == (30, 15 * DAY, 27 * DAY)
