"""The browser and the served verifier that the tests of this folder share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sites import PHONE, Service, offline_ready, shown

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def _without_browser(reason: str) -> None:
    if os.environ.get("WIF_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def _chromium() -> str:
    found = os.environ.get("WIF_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
    )
    if not found:
        _without_browser("No Chromium on this machine: install the package chromium to run the browser tests.")
    assert found
    return found


@pytest.fixture(scope="session")
def playwright():
    """The driver; skipped with words where it is not installed."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _without_browser("The Python package playwright is not installed.")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def launch(playwright):
    """A function that starts a Chromium with further arguments; all are closed at the end."""
    started = []

    def start(args: list[str] | None = None):
        started.append(playwright.chromium.launch(executable_path=_chromium(), args=ARGUMENTS + (args or [])))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(scope="session")
def browser(launch):
    """One Chromium for the session."""
    return launch()


@pytest.fixture
def context(browser):
    """A fresh profile of a French phone."""
    made = browser.new_context(**PHONE)
    yield made
    made.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A verifier with its own keys, lists and server process."""
    made = Service(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def ready(service: Service, context):
    """A page that has shown a verdict and works off line."""
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    offline_ready(page)
    return page
