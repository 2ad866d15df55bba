"""Skipped tests are counted with their reasons, and are failures where the machine promised what they want."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.bootstrap.checkout import ROOT
from tests.suite import FAST, Part, find_node, read_tap_skips, run, table

TESTS = """
import pytest

def test_that_passes():
    pass

def test_that_looks_for_a_browser():
    pytest.skip("No Chromium on this machine")

@pytest.mark.postgres
def test_that_wants_a_server():
    pytest.skip("nothing listens")

@pytest.mark.skip(reason="only on Tuesdays")
def test_of_tuesdays():
    pass
"""


@pytest.fixture
def outcome(tmp_path):
    """A function that runs those tests under this suite's conftest; returns the output and the counted skips."""
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "test_some.py").write_text(TESTS)

    def run_with(*options, **variables):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("WIF_", "PYTEST_"))}
        report = tmp_path / "skips.json"
        done = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "ignore", *options, str(tmp_path)],
                              env={**env, "WIF_SKIP_REPORT": str(report), **variables}, cwd=tmp_path, text=True,
                              capture_output=True, check=False)  # fmt: skip
        return done.stdout.splitlines()[-1], json.loads(report.read_text())

    return run_with


@pytest.mark.parametrize("options", [[], ["-n2"]], ids=["one process", "side by side"])
def test_skips_are_counted_by_reason(outcome, options):
    closing, skips = outcome(*options)
    assert "1 passed, 3 skipped" in closing
    assert skips == {"No Chromium on this machine": 1, "nothing listens": 1, "only on Tuesdays": 1}


def test_a_promised_browser_and_a_promised_server_make_failures_of_skips(outcome):
    closing, skips = outcome(WIF_REQUIRE_BROWSER="1", WIF_REQUIRE_POSTGRES="1")
    assert "2 failed, 1 passed, 1 skipped" in closing
    assert skips == {"only on Tuesdays": 1}


def test_skips_of_the_browser_code_are_read_with_their_reasons(tmp_path):
    node = find_node()
    if node is None:
        pytest.skip("no Node.js: run ./wif test, which installs one")
    script, report = tmp_path / "some.test.mjs", tmp_path / "node.tap"
    script.write_text("import {test} from 'node:test';\ntest('a', {skip: 'no camera'}, () => {});\ntest('b', {skip: true}, () => {});\n"
                      "test('# SKIP is in my name', () => {});\n")  # fmt: skip
    part = run("node", [node, "--test", "--test-reporter=tap", f"--test-reporter-destination={report}", script])
    assert part.result == "passed"
    assert read_tap_skips(report.read_text()) == Counter({"no camera": 1, "no reason given: b": 1})


def test_the_table_names_what_failed_and_why_what_was_skipped():
    text = table(
        [Part("types", "FAILED (exit code 2)", 3.2), Part("pytest", "passed", 10, Counter({"No Chromium": 4}))]
    )
    assert "types         FAILED (exit code 2)            3" in text
    assert "pytest            4  No Chromium" in text
    assert "Skipped: nothing." in table([Part("pytest", "passed", 1)])


def test_the_fast_subset_names_folders_that_exist():
    assert [folder for folder in FAST if not list((ROOT / "tests" / folder).glob("test_*.py"))] == []
