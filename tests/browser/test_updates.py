"""Updates of the installed page in a real browser: offered, taken, put off, torn; and the recovery of a broken
worker.
"""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from keys.roots import RootSet
from keys.signer import SeedSigner
from tests.support.sites import ALL_CACHES, lists_module, offline_ready, poll, shown, visit
from verifier_pwa.build import build_recovery
from verifier_pwa.composition import SOURCES

pytestmark = pytest.mark.browser


def changed_sources(folder: Path, marker: str) -> Path:
    """A copy of the sources in which one module says something else."""
    copy = folder / f"sources-{marker}"
    shutil.copytree(SOURCES, copy)
    (copy / "js" / "marker.js").write_text(f"export const marker = '{marker}';\n")
    main = copy / "js" / "main.js"
    main.write_text(
        "import { marker } from './marker.js';\ndocument.documentElement.dataset.marker ="
        f" marker;\n{main.read_text()}"
    )
    return copy


def test_update_is_offered_taken_and_seen(service, context, ready, tmp_path):
    assert ready.evaluate("document.documentElement.dataset.marker") is None
    old = set(ready.evaluate(ALL_CACHES))
    service.build(sources=changed_sources(tmp_path, "second"))
    page = context.new_page()
    page.goto(service.origin)
    offer = page.locator("[data-action=update]")
    poll(lambda: offer.count() == 1, 60, "the offer of an update")
    assert page.evaluate("document.documentElement.dataset.marker") is None  # not before the person decides
    offer.click()
    poll(lambda: page.evaluate("document.documentElement.dataset.marker") == "second", 30, "the new file")
    service.kill()
    offline = context.new_page()
    offline.goto(service.link(service.issuer.token()))
    shown(offline, ("valid", "green"))
    assert offline.evaluate("document.documentElement.dataset.marker") == "second"
    new = set(offline.evaluate(ALL_CACHES))
    assert (
        offline.evaluate("caches.keys().then((names) => names.filter((name) => name.startsWith('wif-page-')).length)")
        == 1
    )
    old_app = {re.search(r"/v/app-\w+/", url)[0] for url in old if "/v/app-" in url}
    assert old_app and not [url for url in new if any(name in url for name in old_app)]


INSTALLING_WHEN_REGISTERED = """(() => {
  const register = ServiceWorkerContainer.prototype.register;
  ServiceWorkerContainer.prototype.register = async function (...given) {
    const registration = await register.apply(this, given);
    await registration.update();
    return registration;
  };
})()"""


def test_an_update_that_begins_before_the_page_registers_is_offered_too(service, context, ready, tmp_path):
    service.build(sources=changed_sources(tmp_path, "second"))
    page = context.new_page()
    page.add_init_script(INSTALLING_WHEN_REGISTERED)
    page.goto(service.origin)
    poll(lambda: page.locator("[data-action=update]").count() == 1, 60, "the offer of an update")


def test_an_update_waits_for_the_end_of_a_scan(service, context, ready, tmp_path):
    service.build(sources=changed_sources(tmp_path, "second"))
    page = context.new_page()
    page.goto(service.origin)
    poll(lambda: page.locator("[data-action=update]").count() == 1, 60, "the offer of an update")
    page.evaluate(
        """async (folder) => {
          const [{ startUpdates }, { openLists }] = await Promise.all([import(`${folder}update.js`), import(`${folder}lists.js`)]);
          globalThis.busy = true;
          globalThis.looks = 0;
          const busy = () => { globalThis.looks += 1; return globalThis.busy; };
          const updates = startUpdates({ busy, lists: await openLists({ now: () => Math.floor(Date.now() / 1000) }) });
          await new Promise((done) => updates.addEventListener('waiting', done));
          void updates.accept();
        }""",
        lists_module(page),
    )
    poll(lambda: page.evaluate("globalThis.looks") >= 4, 30, "looks at the scan that goes on")
    assert page.evaluate(
        "navigator.serviceWorker.getRegistration().then((registration) => registration.waiting !== null)"
    )
    assert page.evaluate("document.documentElement.dataset.marker") is None
    page.evaluate("globalThis.busy = false")
    poll(lambda: page.evaluate("document.documentElement.dataset.marker") == "second", 30, "the new file")


def test_a_torn_update_leaves_the_version_in_use(service, context, ready, tmp_path):
    service.build(sources=changed_sources(tmp_path, "torn"))
    for file in service.site_dir.glob("v/app-*/js/marker.js*"):
        file.write_text("export const marker = 'not what was built';")
    page = context.new_page()
    page.goto(service.origin)
    poll(
        lambda: [r for r in service.requests() if r["address"].endswith("/marker.js")], 30, "the new version's download"
    )
    visit(page, service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    assert page.evaluate("document.documentElement.dataset.marker") is None
    assert page.locator("[data-action=update]").count() == 0


def visited(context, service) -> str:
    """What a new tab shows, which stays open until a newer worker was looked for, as the page does soon after it opens.

    The browser looks by itself as well, a second after the last request to the worker, on a busy machine later: the tab
    is closed after four seconds all the same, and the next one looks again.
    """
    page = context.new_page()
    before = looks_for_a_worker(service)
    visit(page, service.origin)
    text = page.locator("body").inner_text()
    until = time.monotonic() + 4
    while looks_for_a_worker(service) == before and time.monotonic() < until:
        page.wait_for_timeout(100)
    page.wait_for_timeout(300)  # what came is installed
    page.close()
    return text


def looks_for_a_worker(service) -> int:
    return sum(request["address"] == "/sw.js" for request in service.requests())


def test_a_broken_worker_is_recovered(service, context, ready, tmp_path):
    """A worker that answers every page with an error, the recovery worker in its place, then the next regular build."""
    usual = (service.site_dir / "sw.js").read_text()
    broken = (
        "self.addEventListener('install', () => self.skipWaiting());\nself.addEventListener('activate', (e) =>"
        " e.waitUntil(self.clients.claim()));\nself.addEventListener('fetch', (e) => e.respondWith(new"
        " Response('broken', { status: 500 })));\n"
    )
    made = service.site_dir / "sw.js.new"
    made.write_text(broken)
    made.replace(service.site_dir / "sw.js")  # at once: the server may be sending the old one at this moment
    for suffix in (".br", ".gz"):
        (service.site_dir / f"sw.js{suffix}").unlink()
    ready.close()
    poll(lambda: visited(context, service) == "broken", 90, "the broken worker")
    build_recovery(service.site_dir)
    poll(lambda: visited(context, service) != "broken", 90, "the page from the network")
    page = context.new_page()
    visit(page, service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    service.build()
    assert (service.site_dir / "sw.js").read_text() == usual
    visit(page, service.origin)
    offline_ready(page)
    service.kill()
    visit(page, service.link(service.issuer.token()))
    shown(page, ("valid", "green"))


LOOK = "void navigator.serviceWorker.getRegistration().then((registration) => registration.update())"


def test_the_recovery_worker_opens_the_windows_again(service, context, ready):
    """A window that stays open is freed by itself, and a new one opens meanwhile, from the network."""
    ready.evaluate("globalThis.before = true")
    build_recovery(service.site_dir)
    ready.evaluate(LOOK)
    poll(lambda: ready.evaluate("globalThis.before") is None, 60, "the window's opening again")
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    assert page.evaluate("caches.keys()") == ["wif-marks"]
    poll(
        lambda: "hors ligne depuis" not in page.locator("body").inner_text(),
        what="an end to the promise to work off line",
    )


HELD = """(() => {
  const form = new FormData();
  form.set('text', 'a text shared with the page');
  void fetch('/share', { method: 'POST', body: form, redirect: 'manual' });
})()"""
"""Keeps the worker in use at work for a minute: the text waits for a page that never takes it."""


def test_a_window_does_not_wait_for_minutes_behind_an_old_worker_that_is_at_work(service, context, ready):
    ready.evaluate("globalThis.before = true")
    ready.evaluate(HELD)
    build_recovery(service.site_dir)
    ready.evaluate(LOOK)
    poll(lambda: ready.evaluate("globalThis.before") is None, 40, "the window's opening again")
    poll(lambda: ready.evaluate("caches.keys()") == ["wif-marks"], 20, "the recovery worker")


def test_a_build_that_waits_behind_the_recovery_worker_takes_over(service, context, ready, tmp_path):
    """A tab without our scripts keeps the recovery worker in use while the next build is made ready; the next page that
    opens lets it in.

    The page goes on as after any other start: the update after that is offered, and opens it again.
    """
    build_recovery(service.site_dir)
    visit(ready, f"{service.origin}/SHA256SUMS")
    ready.evaluate(LOOK)
    marked = [
        "wif-marks"
    ]  # that there were lists is still remembered; this tab has no script that would write it again
    poll(lambda: ready.evaluate("caches.keys()") == marked, 60, "the recovery worker")
    service.build()
    ready.evaluate(LOOK)
    waits = "navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting !== null)"
    poll(lambda: ready.evaluate(waits), 60, "the build that waits")
    page = context.new_page()
    page.goto(service.origin)
    offline_ready(page)
    assert page.locator("[data-action=update]").count() == 0  # nobody is asked: the recovery worker serves nothing
    service.build(sources=changed_sources(tmp_path, "later"))
    page.evaluate(LOOK)
    offer = page.locator("[data-action=update]")
    poll(lambda: offer.count() == 1, 60, "the offer of the next update")
    offer.click()
    poll(lambda: page.evaluate("document.documentElement.dataset.marker") == "later", 30, "the new file")


def test_other_roots_are_told_before_and_after_an_update_and_the_known_ones_judge(service, context, ready):
    """The host is taken over: a new build on a stranger's roots, with a list of theirs."""
    link, known = service.link(service.issuer.token()), service.issuer.root
    forged = service.issuer.token(signer=SeedSigner(bytes([9]) * 32))
    service.issuer.root, service.issuer.signer = SeedSigner(bytes([8]) * 32), SeedSigner(bytes([9]) * 32)
    stranger = replace(
        service.issuer.content.keys[0], kid=service.issuer.signer.kid, public_key=service.issuer.signer.public_key
    )
    service.publish_trust(
        version=9, roots=RootSet(1, (service.issuer.root.public_key,)), keys=(stranger, service.issuer.content.keys[1])
    )
    service.build()
    assert known.public_key != service.issuer.root.public_key
    page = context.new_page()
    page.goto(service.origin)
    poll(lambda: page.locator("[data-anchors=waiting]").count() == 1, 60, "words on the roots of what waits")
    page.locator("[data-action=update]").click()
    poll(lambda: page.locator("[data-anchors=changed]").count() == 1, 60, "the red warning")
    visit(page, service.link(forged))
    shown(page, ("unknown_key", "red"))
    visit(page, link)
    shown(page, ("valid", "green"))
    assert page.locator("[data-anchors=changed]").count() == 1
    page.locator("[data-action=anchors-take]").click()
    page.locator("[data-action=anchors-yes]").click()
    poll(lambda: page.locator("[data-anchors=changed]").count() == 0, what="the decision")
    visit(page, service.link(forged))
    shown(page, ("valid", "green"))
