"""Measures on a machine that has not what they need: told in a sentence, before anything runs."""

import pytest

from issuer.commands import bench
from issuer.errors import ConfigError


@pytest.fixture
def ran(monkeypatch):
    """A machine without the packages of the tests; the modules that are started there."""
    started, find = [], bench.find_spec
    absent = ("cv2", "numpy", "zxingcpp", "playwright", "pytest", "hypothesis")
    monkeypatch.setattr(bench, "find_spec", lambda name: None if name in absent else find(name))

    class Done:
        returncode = 0

    monkeypatch.setattr(bench.subprocess, "run", lambda command, **_: started.append(command[4]) or Done())
    return started


@pytest.mark.parametrize("name", ["reading_rate", "scanning", "phone", "lighthouse"])
def test_what_is_missing_is_said_with_what_installs_it(ran, name):
    with pytest.raises(ConfigError, match=r"cv2.*\./wif test --collect-only"):
        bench.bench.callback(name, ())
    assert ran == []


@pytest.mark.parametrize("name", ["print", "issue", "status"])
def test_a_measure_that_needs_no_more_runs(ran, name):
    assert bench.bench.callback(name, ()) == 0 and ran == [f"bench.{name}"]
