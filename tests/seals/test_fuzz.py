"""A short run over altered 2D-DOC in every test run: bench/seals gives a million to both languages, this one six thousand."""

import pytest

from bench.seals import inputs, run
from tests.suite import find_node

INPUTS = 6_016
SEED = 2


def test_both_languages_say_the_same_of_every_altered_code():
    node = find_node()
    if node is None:
        pytest.skip("Node.js is needed to compare the two languages")
    summary = run.run(INPUTS, SEED, str(node))
    assert summary.failures == [] and summary.count == INPUTS
    assert set(summary.families) == set(inputs.SHARES)
    assert {"authentic", "bad_signature", "malformed", "unsupported"} <= {word for _, word in summary.words}


@pytest.mark.parametrize(
    ("python", "javascript", "message", "found"),
    [
        (("malformed", "1"), ("malformed", "1"), None, 0),
        (("authentic", "1"), ("authentic", "1"), b"DC", 0),
        (("malformed", "1"), ("unsupported", "1"), None, 1),
        (("malformed", "1"), ("malformed", "2"), None, 1),
        (("error", "KeyError"), ("error", "KeyError"), None, 1),
        (("authentic", "1"), ("authentic", "1"), b"DD", 1),
    ],
)
def test_every_kind_of_finding_is_found(python, javascript, message, found):
    summary = run.Summary()
    summary.take(inputs.Case("altered", "DC", b"DC"), python, javascript, message)
    assert len(summary.failures) == found
