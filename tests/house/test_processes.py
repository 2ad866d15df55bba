"""The reader of processes that other tests start: no line is lost, and none that hangs is waited for for ever."""

import sys
import time

import pytest

from tests.support.processes import Running

COUNT = "import time\nfor n in range(600): print(n)\nprint('there', flush=True)\n"


def program(text):
    return Running(command=[sys.executable, "-c", text])


def test_every_line_of_a_process_that_was_waited_for_is_there():
    with program(COUNT + "print('end')") as running:
        assert running.until(bool)[0] == "0"
        assert running.end() == [*map(str, range(600)), "there", "end"] and running.process.returncode == 0


def test_a_killed_process_leaves_its_whole_lines_and_a_torn_one_apart():
    with program(COUNT + "print('half', end='', flush=True)\ntime.sleep(600)") as running:
        running.until(lambda lines: lines[-1:] == ["there"])
        assert running.kill()[-1] == "there" and running.process.returncode == -9
        assert running.torn in ("", "half")


def test_a_process_that_hangs_or_says_something_else_fails_the_test_in_time():
    began = time.monotonic()
    with program(COUNT + "time.sleep(600)") as running:
        with pytest.raises(AssertionError, match="not within"):
            running.until(lambda lines: "never" in lines, 0.5)
        with pytest.raises(AssertionError, match="did not end"):
            running.end(0.2)
    with program(COUNT) as running, pytest.raises(AssertionError, match="ended before"):
        running.until(lambda lines: "never" in lines)
    assert time.monotonic() - began < 60
