"""The installed page in a real browser: off line, over false networks, through updates and recovery; what it sends and keeps."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path

import pytest
from sites import DAY, PHONE, Service, poll

from verifier_pwa.build import build_recovery
from verifier_pwa.composition import SOURCES

pytestmark = pytest.mark.browser

ALL_CACHES = "caches.keys().then(async (names) => (await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((r) => r.url)))).flat())"


def verdict(page) -> tuple[str, str] | None:
    """The verdict and level on the screen, None while there is none."""
    found = page.locator("[data-verdict]")
    if found.count() != 1:
        return None
    return found.get_attribute("data-verdict"), found.get_attribute("data-level")


def shown(page, expected: tuple[str, str]) -> None:
    poll(lambda: verdict(page) == expected, what=f"the verdict {expected}, not {verdict(page)},")


def offline_ready(page) -> None:
    poll(lambda: page.evaluate("document.documentElement.dataset.offline") == "ready", 60, "html[data-offline=ready]")


def visit(page, address: str) -> None:
    """Goes to an address anew; a page that is opening again by itself at that moment, or hangs between two workers, is let go."""
    try:
        page.goto("about:blank")
        page.goto(address, timeout=20_000)
    except Exception as error:
        if not any(words in str(error) for words in ("ERR_ABORTED", "interrupted by another navigation", "Timeout")):
            raise


def lists_module(page) -> str:
    """The address of the page's own lists module, for tests that ask it."""
    return page.evaluate("document.querySelector('script[src*=main]').src").replace("main.js", "")


def changed_sources(folder: Path, marker: str) -> Path:
    """A copy of the sources in which one module says something else."""
    copy = folder / f"sources-{marker}"
    shutil.copytree(SOURCES, copy)
    (copy / "js" / "marker.js").write_text(f"export const marker = '{marker}';\n")
    main = copy / "js" / "main.js"
    main.write_text(f"import {{ marker }} from './marker.js';\ndocument.documentElement.dataset.marker = marker;\n{main.read_text()}")
    return copy


@pytest.fixture
def ready(service: Service, context):
    """A page that has shown a verdict and works off line."""
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    offline_ready(page)
    return page


@pytest.fixture(scope="module")
def calm(browser, tmp_path_factory):
    """One service and one such page for the tests that only look."""
    made, profile = Service(tmp_path_factory.mktemp("calm")), browser.new_context(**PHONE)
    page = profile.new_page()
    page.goto(made.link(made.issuer.token()))
    shown(page, ("valid", "green"))
    offline_ready(page)
    yield made, profile, page
    profile.close()
    made.kill()


def test_works_with_the_server_killed(service, context, ready):
    service.kill()
    link = context.new_page()
    link.goto(service.link(service.issuer.token()))
    shown(link, ("valid", "green"))
    assert link.evaluate("location.href") == service.origin + "/"  # the fragment has left the address
    deep = context.new_page()
    deep.goto(f"{service.origin}/some/deep/address")
    poll(lambda: deep.locator("[data-action=scan], [data-action=text]").count() > 0, what="the first screen")
    forged = service.issuer.token(family_name="AUTRE", signer=service.issuer.status_signer)
    visit(link, service.link(forged))
    shown(link, ("unknown_key", "red"))


def test_first_visit_downloads_each_file_once(calm):
    service, _, _ = calm
    addresses = [request["address"] for request in service.requests()]
    hashed = [address for address in addresses if address.startswith("/v/")]
    assert len(hashed) == len(set(hashed)) > 20
    entries = json.loads(re.search(r"^self\.build = (.*);$", (service.site_dir / "sw.js").read_text(), re.MULTILINE)[1])["precache"]
    assert {entry["url"] for entry in entries} <= set(addresses)


def test_everything_precached_is_there_and_no_list_is(calm):
    _, _, ready = calm
    urls = [re.sub(r"^https?://[^/]+|\?.*", "", url) for url in ready.evaluate(ALL_CACHES)]
    assert "/index.html" in urls and any(url.endswith(".wasm") for url in urls)
    assert not [url for url in urls if url.endswith(".cose")]


def test_a_verdict_and_typed_codes_send_nothing(service, context, ready):
    poll(lambda: [r for r in service.requests() if r["address"] == "/status-1.cose"])
    before = len(service.requests())
    ready.locator("[data-action=again]").first.click()
    for token in (service.issuer.token(index=9), service.issuer.token(family_name="DURAND")):
        link = context.new_page()
        link.goto(service.link(token))
        shown(link, ("valid", "green"))
    later = service.requests()[before:]
    # Opening the application asks for the lists and for a newer worker; nothing else leaves, and nothing about a paper ever does.
    allowed = {"/trust.cose", "/status-1.cose", "/sw.js"}
    assert {request["address"] for request in later} <= allowed
    for request in service.requests():
        assert (request["method"], request["body"]) == ("GET", 0)
        assert "HTTP_COOKIE" not in request["headers"] and "HTTP_REFERER" not in request["headers"]
        assert not re.search(r"\d{20}|NGUYEN|DURAND", request["address"])


def test_nothing_personal_is_kept(calm):
    service, context, ready = calm
    assert context.cookies() == []
    kept = ready.evaluate(
        """async () => {
          const records = [];
          for (const { name } of await indexedDB.databases()) {
            const database = await new Promise((done) => { const request = indexedDB.open(name); request.onsuccess = () => done(request.result); });
            for (const table of database.objectStoreNames) {
              const store = database.transaction(table).objectStore(table);
              records.push(await new Promise((done) => { const request = store.getAll(); request.onsuccess = () => done(request.result); }));
            }
          }
          const text = (value) => value instanceof Uint8Array ? new TextDecoder('latin1').decode(value)
            : value instanceof Map ? [...value].map(text).join() : value && typeof value === 'object' ? Object.values(value).map(text).join() : String(value);
          if (records.length < 1) throw new Error('nothing is kept at all');
          return text(records) + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href + history.length;
        }"""
    )
    digits = service.text(service.issuer.token()).partition("#")[2]
    for personal in ("NGUYEN", "Thị Mai", "9912345678", "4829130571", "EXEMPLE", digits[:40]):
        assert personal not in kept
    assert not ready.evaluate("document.cookie")


@pytest.mark.parametrize("word", ["captive", "redirect", "error"])
def test_a_network_that_answers_something_else_harms_nothing(service, context, ready, word):
    service.answer_lists(word)
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    service.publish({7: 1}, age=5)
    service.answer_lists("usual")
    again = context.new_page()
    again.goto(service.link(service.issuer.token()))
    shown(again, ("revoked", "red"))


def test_a_captive_portal_at_the_first_visit_leaves_the_lists_of_the_site(service, context):
    service.answer_lists("captive")
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))


def test_a_rollback_is_refused(service, context, ready):
    old = (service.public / "status-1.cose").read_bytes()
    service.publish({7: 1}, age=5)
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    shown(page, ("revoked", "red"))
    (service.public / "status-1.cose").write_bytes(old)
    again = context.new_page()
    asked = len(service.requests())
    again.goto(service.origin)
    poll(lambda: [r for r in service.requests()[asked:] if r["address"] == "/status-1.cose"])
    visit(again, service.link(service.issuer.token()))
    shown(again, ("revoked", "red"))


def test_a_publication_reaches_an_open_page(service, context, ready):
    service.publish({7: 2}, age=5)
    other = context.new_page()
    other.goto(service.origin)  # asks; the page that shows the verdict is told
    shown(ready, ("suspended", "amber"))


def test_a_stale_status_list_is_never_green(service, context):
    service.publish({}, age=2 * DAY, ttl=DAY)
    service.build(refresh=True)
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "amber"))


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
          const updates = startUpdates({ busy: () => globalThis.busy, lists: await openLists({ now: () => Math.floor(Date.now() / 1000) }) });
          await new Promise((done) => updates.addEventListener('waiting', done));
          void updates.accept();
        }""",
        lists_module(page),
    )
    time.sleep(3)
    assert page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration.waiting !== null)")
    assert page.evaluate("document.documentElement.dataset.marker") is None
    page.evaluate("globalThis.busy = false")
    poll(lambda: page.evaluate("document.documentElement.dataset.marker") == "second", 30, "the new file")


def test_a_torn_update_leaves_the_version_in_use(service, context, ready, tmp_path):
    service.build(sources=changed_sources(tmp_path, "torn"))
    for file in service.site_dir.glob("v/app-*/js/marker.js*"):
        file.write_text("export const marker = 'not what was built';")
    page = context.new_page()
    page.goto(service.origin)
    poll(lambda: [r for r in service.requests() if r["address"].endswith("/marker.js")], 30, "the new version's download")
    visit(page, service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    assert page.evaluate("document.documentElement.dataset.marker") is None
    assert page.locator("[data-action=update]").count() == 0


def test_a_broken_worker_is_recovered(service, context, ready, tmp_path):
    """A worker that answers every page with an error, the recovery worker in its place, then the next regular build."""
    usual = (service.site_dir / "sw.js").read_text()
    broken = "self.addEventListener('install', () => self.skipWaiting());\nself.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()));\nself.addEventListener('fetch', (e) => e.respondWith(new Response('broken', { status: 500 })));\n"
    for suffix in (".br", ".gz"):
        (service.site_dir / f"sw.js{suffix}").unlink()
    (service.site_dir / "sw.js").write_text(broken)
    page = context.new_page()

    def is_broken() -> bool:
        visit(page, service.origin)
        time.sleep(2)  # a browser looks for a newer worker a second after each visit
        return page.locator("body").inner_text() == "broken"

    poll(is_broken, 60, "the broken worker")
    build_recovery(service.site_dir)

    def is_back() -> bool:
        visit(page, service.origin)
        time.sleep(2)
        return page.locator("html[lang]").count() == 1

    poll(is_back, 60, "the page from the network")
    visit(page, service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    service.build()
    assert (service.site_dir / "sw.js").read_text() == usual
    visit(page, service.origin)
    offline_ready(page)
    service.kill()
    visit(page, service.link(service.issuer.token()))
    shown(page, ("valid", "green"))


def test_shared_file_reaches_the_page_and_not_the_server(calm):
    service, _, ready = calm
    before = len(service.requests())
    ready.evaluate(
        """async () => {
          const form = new FormData();
          form.append('text', 'a shared text');
          form.append('file', new File(['%PDF-1.7 of a person'], 'attestation.pdf', { type: 'application/pdf' }));
          globalThis.response = await fetch('/share', { method: 'POST', body: form, redirect: 'manual' });
        }"""
    )
    taken = ready.evaluate(f"import('{lists_module(ready)}update.js').then((update) => update.takeShared()).then(async (shared) => shared && ({{ text: shared.text, file: await shared.files[0].text(), name: shared.files[0].name }}))")
    assert taken == {"text": "a shared text", "file": "%PDF-1.7 of a person", "name": "attestation.pdf"}
    assert ready.evaluate(f"import('{lists_module(ready)}update.js').then((update) => update.takeShared())") is None  # once only
    assert [request for request in service.requests()[before:] if request["method"] != "GET"] == []


def test_a_pdf_shared_by_another_application_is_judged(service, context, ready):
    """As the browser does it after "Share": it posts a form to the address of the manifest and shows the answer."""
    before = len(service.requests())
    page = context.new_page()
    page.set_content(f'<form method="post" enctype="multipart/form-data" action="{service.origin}/share"><input name="title"><input type="file" name="file"></form>')
    content = b"%PDF-1.7\n" + service.text(service.issuer.token()).encode() + b"\n%%EOF"
    page.locator("[name=file]").set_input_files({"name": "attestation.pdf", "mimeType": "application/pdf", "buffer": content})
    page.evaluate("document.forms[0].submit()")
    shown(page, ("valid", "green"))
    assert page.url == service.origin + "/"
    assert [request for request in service.requests()[before:] if request["method"] != "GET"] == []


def test_missing_files_are_fetched_again(service, context, ready):
    ready.evaluate("caches.open('wif-precache-v2-' + location.origin + '/').then(async (cache) => { for (const request of await cache.keys()) if (/reader|app\\.css/.test(request.url)) await cache.delete(request); })")
    page = context.new_page()
    page.goto(service.origin)
    offline_ready(page)
    assert len([url for url in page.evaluate(ALL_CACHES) if re.search(r"zxing_reader\.wasm|app\.css", url)]) == 2


def test_lost_storage_is_noticed(service, context, ready):
    ready.evaluate("new Promise((done) => { indexedDB.deleteDatabase('wif-verifier').onsuccess = done; })")
    module = lists_module(ready)
    lost = ready.evaluate(f"import('{module}lists.js').then((m) => m.openLists({{ now: () => Math.floor(Date.now() / 1000) }})).then((lists) => [lists.lost, lists.trust.version])")
    assert lost == ["lists", 1]


def test_build_hash_shown_by_the_page_is_that_of_the_build(calm):
    service, _, ready = calm
    build = ready.evaluate(f"import('{lists_module(ready)}update.js').then((update) => update.readBuild())")
    assert build["hash"] == service.site.build_hash
    sums = dict(reversed(line.split("  ", 1)) for line in (service.site_dir / "SHA256SUMS").read_text().splitlines())
    assert build["build"]["files"] == sums and len(sums) > 20
    assert build["build"]["demonstration"] is True and build["build"]["built"] == service.now


def test_installable(calm):
    _, context, ready = calm
    protocol = context.new_cdp_session(ready)
    manifest = protocol.send("Page.getAppManifest")
    assert manifest["errors"] == [] and "DÉMONSTRATION" in json.loads(manifest["data"])["name"]
    errors = [error["errorId"] for error in protocol.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert [error for error in errors if error != "in-incognito"] == []


def test_the_console_stays_silent(service, context):
    said: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    offline_ready(page)
    assert said == []


def test_no_script_but_ours_can_run(calm):
    _, _, ready = calm
    blocked = ready.evaluate(
        """() => {
          const tried = {};
          for (const [name, attempt] of Object.entries({
            html: () => { document.body.innerHTML = '<b>'; }, write: () => document.write('<b>'), timer: () => setTimeout('1'),
            script: () => { document.createElement('script').text = '1'; }, address: () => { document.createElement('script').src = '/x.js'; },
            worker: () => new Worker('/v/other.js'), second: () => trustedTypes.createPolicy('wif', {}), other: () => trustedTypes.createPolicy('x', {}),
          })) { try { attempt(); tried[name] = 'ran'; } catch (error) { tried[name] = error.name; } }
          return tried;
        }"""
    )
    assert len(blocked) == 8 and set(blocked.values()) == {"TypeError"}
