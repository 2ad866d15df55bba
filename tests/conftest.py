"""What was skipped and why, for the table that ends `./wif test`; and what may not be skipped where it is required."""

from __future__ import annotations

import json
import os
import re
import signal
from collections import Counter
from pathlib import Path

import pytest

REQUIRED = {
    "browser": ("WIF_REQUIRE_BROWSER", re.compile(r"chromium|browser|playwright", re.IGNORECASE)),
    "postgres": ("WIF_REQUIRE_POSTGRES", re.compile(r"postgres|psycopg", re.IGNORECASE)),
    "wkhtmltopdf": ("WIF_REQUIRE_WKHTMLTOPDF", re.compile(r"wkhtmltopdf|pdfkit", re.IGNORECASE)),
}
"""The mark of a test and the words of a reason that tell what a skipped test was in want of, and the variable that,
set to 1, makes a failure of it: a machine that promises a browser may not pass by skipping the browser's tests."""

SKIPPED: Counter[str] = Counter()


def pytest_configure(config: pytest.Config) -> None:
    """A shell starts what it puts in the background with Ctrl-C ignored, and so would be the programs that tests start and interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Returns why this was skipped."""
    where = report.longrepr
    return str(where[2] if isinstance(where, tuple) else where).removeprefix("Skipped: ")


def forbidden(why: str, marks: set[str]) -> str | None:
    """Returns the variable that forbids a skip for this reason on a test with these marks, or None."""
    for mark, (variable, words) in REQUIRED.items():
        if os.environ.get(variable) == "1" and (mark in marks or words.search(why)):
            return variable
    return None


def settle(report: pytest.TestReport | pytest.CollectReport, marks: set[str]) -> None:
    """Counts a skip, or makes a failure of it."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    why = reason(report)
    variable = forbidden(why, marks)
    if variable:
        report.outcome = "failed"
        report.longrepr = f"{variable}=1 forbids to skip this: {why}"
    else:
        SKIPPED[why] += 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    settle(report, {mark.name for mark in item.iter_markers()})
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    report = yield
    settle(report, {mark.name for mark in collector.iter_markers()} if isinstance(collector, pytest.Item) else set())
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """Takes over what one of several processes skipped, when they run side by side."""
    SKIPPED.update(getattr(node, "workeroutput", {}).get("skipped", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["skipped"] = dict(SKIPPED)
        return
    target = os.environ.get("WIF_SKIP_REPORT")
    if target:
        Path(target).write_text(json.dumps(SKIPPED), encoding="utf-8")
