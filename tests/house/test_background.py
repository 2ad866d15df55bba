"""Work done again and again: a fault neither stops it nor is passed over in silence, and its end is waited for."""

import logging
import threading

import pytest

from issuer.background import BackgroundLoop
from issuer.errors import ConfigError

LOG = logging.getLogger("wif.tests")
SHORT = 0.01


def ran(outcomes, caplog, **options) -> None:
    """Loops that raise or return what ``outcomes`` lists, stopped after the last."""
    left, done = list(outcomes), threading.Event()

    def work(stopped):
        outcome = left.pop(0) if left else True
        if not left:
            done.set()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    loop = BackgroundLoop("the work", work, SHORT, LOG, **options)
    with caplog.at_level(logging.ERROR, "wif.tests"):
        loop.start()
        assert done.wait(10), "the loop ended before their time"
        loop.stop()


@pytest.mark.parametrize("error", [ConfigError("Mallory is named here."), OSError("Mallory is named here.")])
def test_a_fault_is_told_and_the_work_goes_on(error, caplog):
    ran([error, True, True], caplog)
    (told,) = caplog.records
    assert (told.getMessage(), told.kind, told.reason) == (
        "the work failed",
        type(error).__name__,
        "Mallory is named here.",
    )


def test_private_work_keeps_the_words_of_an_error_out_of_the_log(caplog):
    ran([ConfigError("Mallory is named here."), True], caplog, private=True)
    assert "Mallory" not in str([vars(record) for record in caplog.records]) and len(caplog.records) == 1


def test_pauses_grow_after_faults_and_are_short_again_afterwards(monkeypatch):
    waited, outcomes = [], [False, False, False, True, True]
    loop = BackgroundLoop("the work", lambda stopped: outcomes.pop(0), 10, LOG, longest=35)

    class Clock(threading.Event):
        def wait(self, timeout=None):
            waited.append(timeout)
            return not outcomes

    monkeypatch.setattr(loop, "_stop", Clock())
    loop.start()
    loop.stop()
    assert waited == [10, 20, 35, 35, 10, 10]


def test_the_end_waits_for_the_round_under_way_which_is_told_of_it():
    begun, seen = threading.Event(), []

    def work(stopped):
        begun.set()
        while not stopped():
            pass
        seen.append("told")
        return True

    loop = BackgroundLoop("the work", work, SHORT, LOG)
    loop.start()
    assert begun.wait(10)
    loop.stop()
    assert seen == ["told"]
