"""A short fuzz run in every test run: bench/fuzz gives a million inputs to both languages, this one twenty thousand."""

from collections import Counter
from itertools import islice

import pytest

from bench.fuzz import mutations, run
from tests.suite import find_node

INPUTS = 20_000
SEED = 2


def test_python_alone_answers_every_input_without_an_undeclared_error():
    python, seen = run.Python(), Counter()
    for case in islice(mutations.cases(INPUTS, SEED), 4_000):
        verdict = python.judge(case)[0]
        assert verdict != "error" and (verdict == "valid") == case.right, case.line()
        seen[verdict] += 1
    assert {
        "valid",
        "invalid_claims",
        "malformed",
        "foreign",
        "bad_signature",
        "unknown_key",
        "unsupported",
        "refused",
    } <= seen.keys()


def test_both_languages_give_the_same_verdicts():
    node = find_node()
    if node is None or not run.JavaScript.LIBRARY.exists():
        pytest.skip("Node.js and the browser libraries are needed to compare the two languages")
    summary = run.run(INPUTS, SEED, str(node), limit=None)
    assert summary.count == INPUTS and summary.failures == []
    assert sum(summary.families[family] for family in run.SIGNED) >= INPUTS // 20


@pytest.mark.parametrize(
    ("python", "javascript", "right", "found"),
    [
        ("foreign grey 1 5", "foreign grey 1 5", False, 0),
        ("valid green 1 5", "valid green 1 5", True, 0),
        ("foreign grey 1 5", "malformed red 1 5", False, 1),
        ("expired red 1 5", "expired red 2 5", False, 1),
        ("foreign grey 1 5", "foreign amber 1 5", False, 1),
        ("foreign grey 1 50001", "foreign grey 1 5", False, 1),
        ("valid green 1 5", "valid green 1 5", False, 2),
        ("foreign grey 1 5", "foreign grey 1 5", True, 2),
        ("error ValueError - 5", "error TypeError - 5", False, 3),
    ],
)
def test_every_kind_of_finding_is_found(python, javascript, right, found):
    summary = run.Summary()
    summary.take(mutations.Case("text", "x", right), python.split(), javascript.split())
    assert len(summary.failures) == found


def test_the_inputs_are_the_same_on_every_run_and_of_every_family():
    first, again = (list(mutations.cases(3_000, SEED)) for _ in range(2))
    assert first == again
    assert {case.family for case in first} == set(mutations.SHARES)
    assert all(case.right for case in first if case.family == "right")
