"""What was skipped and why, for the table that ends `./wif test`; and what may not be skipped where it is required.

Properties try the same examples on every run, and a slow machine is no failure.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import signal
import socket
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import httpx
import pytest
from httpx._transports import default as transport
from hypothesis import HealthCheck, settings

settings.register_profile("wif", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wif")

pytest_plugins = ["tests.support.databases"]

REQUIRED = {
    "browser": ("WIF_REQUIRE_BROWSER", re.compile(r"chromium|browser|playwright", re.IGNORECASE)),
    "postgres": ("WIF_REQUIRE_POSTGRES", re.compile(r"postgres|psycopg", re.IGNORECASE)),
    "wkhtmltopdf": ("WIF_REQUIRE_WKHTMLTOPDF", re.compile(r"wkhtmltopdf|pdfkit", re.IGNORECASE)),
}
"""The mark of a test and the words of a reason that tell what a skipped test was in want of, and the variable that,
set to 1, makes a failure of it: a machine that promises a browser may not pass by skipping the browser's tests."""

SKIPPED: Counter[str] = Counter()

LONGEST_FIRST = ("bootstrap", "browser", "faults", "commands", "demarches")
"""The folders whose files take minutes, be their tests ever so few: begun first, so that short files fill the end when
the processes share them out.
"""


class LeavesThisMachine(Exception):
    """A test tried to reach another machine: tests need none, and may not depend on one."""


def keep_on_this_machine(event: str, arguments: tuple) -> None:
    """An audit hook that lets the process of the tests reach loopback and sockets of files alone; the programs that
    tests start are not held by it.
    """
    if event in ("socket.connect", "socket.sendto"):
        family, host = arguments[0].family, arguments[1]
        if family not in (socket.AF_INET, socket.AF_INET6):
            return
        host = host[0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        if str(host).endswith(".example"):  # reserved by RFC 2606: such a name exists nowhere, as everywhere else
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    else:
        return
    name = (host.decode() if isinstance(host, bytes) else host or "localhost").partition("%")[0]
    if name.lower() == "localhost" or name.lower().endswith(".localhost"):
        return
    try:
        local = ipaddress.ip_address(name)
        if local.is_loopback or local.is_unspecified:
            return
    except ValueError:
        pass
    raise LeavesThisMachine(f"{event}: {name}")


def read_authorities_once() -> None:
    """Lets clients of httpx that were told nothing about TLS share what they read of the machine's authorities: each
    would read them anew, 60 ms of processor, and the tests make thousands for plain HTTP on loopback.
    """
    make, usual = httpx.create_ssl_context, cache(lambda _file, _folder: httpx.create_ssl_context())

    def context(verify=True, cert=None, trust_env=True):
        if verify is True and cert is None and trust_env:
            return usual(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
        return make(verify=verify, cert=cert, trust_env=trust_env)

    transport.create_ssl_context = context


def pytest_configure(config: pytest.Config) -> None:
    """Keeps the process of the tests on this machine.

    A shell starts what it puts in the background with Ctrl-C ignored, and so would be the programs that tests start
    and interrupt.
    """
    sys.addaudithook(keep_on_this_machine)
    read_authorities_once()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with :data:`LONGEST_FIRST`; within a folder the order stays."""
    order = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(item.path.parent.name, len(order)))


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
