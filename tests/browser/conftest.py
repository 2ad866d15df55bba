"""The browser and the served verifier that the tests of this folder share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.sites import PHONE, Service, later_ready, offline_ready, shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OFF = (
    # What Playwright turns off, as far as it concerns tests: of two such switches the last one counts alone.
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
    # Each window starts two pages for the suggestions of its address bar, which nobody sees: half of what a window costs.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
)  # fmt: skip
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", f"--disable-features={','.join(OFF)}",
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


@pytest.fixture
def launch(playwright):
    """A function that starts a Chromium with further arguments; all are closed behind the test, for a page with a camera
    goes on reading frames.
    """
    started = []

    def start(args: list[str] | None = None):
        started.append(_start(playwright, args or []))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(scope="session")
def browser(playwright):
    """One Chromium for the tests of this folder."""
    made = _start(playwright, [])
    OPEN.append(made)
    yield made
    while OPEN:
        OPEN.pop().close()


OPEN: list[Browser] = []
"""The shared browser, while it runs."""


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem):
    """Close the browser behind the last test of this folder: idle, it takes a processor from all the others."""
    folder = str(Path(__file__).parent)
    if nextitem is not None and not str(nextitem.path).startswith(folder):
        while OPEN:
            OPEN.pop().close()


def _start(playwright, args: list[str]) -> Browser:
    return playwright.chromium.launch(executable_path=_chromium(), args=ARGUMENTS + args)


@pytest.fixture
def context(browser):
    """A fresh profile of a French phone."""
    made = browser.new_context(**PHONE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def verifier(tmp_path_factory) -> Iterator[Service]:
    """A verifier for the tests of one file, which may publish more there (a fixture of the same name that takes this one)."""
    made = Service(tmp_path_factory.mktemp("verifier"))
    yield made
    made.kill()


@pytest.fixture(scope="module")
def holding(verifier, browser):
    """A function that opens a phone which keeps everything of the application, and returns its page. No page of it may
    report an error.
    """
    phones = []

    def phone(**more):
        made = browser.new_context(**PHONE, **more)
        made.faults = []
        made.on("weberror", lambda error: made.faults.append(str(error.error)))
        phones.append(made)
        page = made.new_page()
        page.goto(verifier.origin)
        offline_ready(page)
        later_ready(page)
        return page

    yield phone
    assert [made.faults for made in phones] == [[] for _ in phones]
    for made in phones:
        made.close()


@pytest.fixture(scope="module")
def phone(holding):
    """A page that keeps everything, off line."""
    page = holding()
    page.context.set_offline(True)
    return page


@pytest.fixture
def lasting(playwright, tmp_path: Path):
    """A function that opens one profile of a phone, kept on the disk, and returns its context and the browser's process: what
    a killed browser leaves is there for the next.
    """
    opened = []

    def start():
        made = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=_chromium(), args=ARGUMENTS, **PHONE
        )
        opened.append(made)
        session = made.browser.new_browser_cdp_session() if made.browser else made.new_cdp_session(made.pages[0])
        (process,) = [
            one["id"] for one in session.send("SystemInfo.getProcessInfo")["processInfo"] if one["type"] == "browser"
        ]
        return made, process

    yield start
    opened[-1].close()


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
