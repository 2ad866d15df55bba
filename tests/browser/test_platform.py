"""The installed page in a real browser: off line, over false networks; what it sends and keeps."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.sites import (
    ALL_CACHES,
    DAY,
    PHONE,
    Service,
    later_ready,
    lists_module,
    offline_ready,
    poll,
    shown,
    visit,
)

pytestmark = pytest.mark.browser


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
    later_ready(ready)
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
    deep.locator('[data-action="language"]').click()
    poll(
        lambda: deep.locator("html").get_attribute("lang") == "en", what="English, which the first screen does without"
    )
    for screen in ("settings", "about"):
        deep.locator(f'.tab[data-action="{screen}"]').click()
        poll(
            lambda name=screen: deep.locator(f'body[data-screen="{name}"] h1').count() == 1, what=f"the screen {screen}"
        )


def test_what_is_not_on_the_phone_yet_is_said_and_kept_when_it_can_be(service, context):
    """A file that is kept later answers with something else: the page says what is missing, and keeps it once it is right."""
    [file] = service.site_dir.glob("v/app-*/js/settings-view.js")
    genuine = {path: path.read_bytes() for path in file.parent.glob("settings-view.js*")}
    for path in genuine:
        path.write_bytes(b"stolen()")
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    offline_ready(page)
    bar = page.locator(".standing-ready")
    poll(lambda: "sauf PDF et compléments" in bar.inner_text(), 60, "the words for what is missing")
    page.locator('.tab[data-action="settings"]').click()
    poll(lambda: "n’est pas encore gardée" in page.locator(".notices").inner_text(), what="the words for this part")
    assert page.locator("[data-verdict]").count() == 1, "what was on the screen stays"
    for path, content in genuine.items():
        path.write_bytes(content)
    again = context.new_page()
    again.goto(service.origin)
    later_ready(again)
    assert "depuis le" in again.locator(".standing-ready").inner_text()
    service.kill()
    again.locator('.tab[data-action="settings"]').click()
    poll(lambda: again.locator('body[data-screen="settings"] h1').count() == 1, what="the settings, off line")


def test_files_come_from_the_cache_without_asking_the_worker_and_lists_from_the_network(service, context, ready):
    page = context.new_page()
    session = context.new_cdp_session(page)
    answers = {}
    session.on(
        "Network.responseReceived",
        lambda event: answers.update({event["response"]["url"].removeprefix(service.origin): event["response"]}),
    )
    session.send("Network.enable")
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    poll(
        lambda: page.evaluate("true") and "/status-1.cose" in answers, what="the status list"
    )  # events come while the page is asked
    routes = {
        address: answer.get("serviceWorkerRouterInfo", {}).get("actualSourceType")
        for address, answer in answers.items()
    }
    files = [address for address in routes if address.startswith("/v/")]
    assert len(files) > 20 and {routes[address] for address in files} == {"cache"}
    assert {routes["/trust.cose"], routes["/status-1.cose"]} == {"network"}
    assert routes["/"] == "cache"


def test_first_visit_downloads_each_file_once(calm):
    service, _, _ = calm
    addresses = [request["address"] for request in service.requests()]
    hashed = [address for address in addresses if address.startswith("/v/")]
    assert len(hashed) == len(set(hashed)) > 20
    entries = json.loads(
        re.search(r"^self\.build = (.*);$", (service.site_dir / "sw.js").read_text(), re.MULTILINE)[1]
    )["precache"]
    assert {entry["url"] for entry in entries} <= set(addresses)


def test_everything_precached_is_there_and_no_list_is(calm):
    _, _, ready = calm
    urls = [re.sub(r"^https?://[^/]+|\?.*", "", url) for url in ready.evaluate(ALL_CACHES)]
    assert "/index.html" in urls and any(url.endswith(".wasm") for url in urls)
    assert not [url for url in urls if url.endswith(".cose")]


def test_a_verdict_and_typed_codes_send_nothing(service, context, ready):
    poll(lambda: [r for r in service.requests() if r["address"] == "/status-1.cose"])
    later_ready(ready)
    before = len(service.requests())
    ready.locator("[data-action=again]").first.click()
    for token in (service.issuer.token(index=9), service.issuer.token(family_name="DURAND")):
        link = context.new_page()
        link.goto(service.link(token))
        shown(link, ("valid", "green"))
    later = service.requests()[before:]
    # Opening the application asks for the lists and for a newer worker; nothing else leaves, and nothing about a paper
    # ever does.
    allowed = {"/trust.cose", "/status-1.cose", "/sw.js"}
    assert {request["address"] for request in later} <= allowed
    for request in service.requests():
        assert (request["method"], request["body"]) == ("GET", 0)
        assert "HTTP_COOKIE" not in request["headers"] and "HTTP_REFERER" not in request["headers"]
        assert not re.search(r"\d{20}|NGUYEN|DURAND", request["address"])


def test_nothing_personal_is_kept(calm):
    service, context, ready = calm
    assert context.cookies() == []
    kept = ready.evaluate("""async () => {
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
        }""")
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


def test_shared_file_reaches_the_page_and_not_the_server(calm):
    service, _, ready = calm
    before = len(service.requests())
    ready.evaluate("""async () => {
          const form = new FormData();
          form.append('text', 'a shared text');
          form.append('file', new File(['%PDF-1.7 of a person'], 'attestation.pdf', { type: 'application/pdf' }));
          globalThis.response = await fetch('/share', { method: 'POST', body: form, redirect: 'manual' });
        }""")
    taken = ready.evaluate(
        f"import('{lists_module(ready)}update.js').then((update) => update.takeShared()).then(async (shared) => shared"
        " && ({ text: shared.text, file: await shared.files[0].text(), name: shared.files[0].name }))"
    )
    assert taken == {"text": "a shared text", "file": "%PDF-1.7 of a person", "name": "attestation.pdf"}
    assert (
        ready.evaluate(f"import('{lists_module(ready)}update.js').then((update) => update.takeShared())") is None
    )  # once only
    assert [request for request in service.requests()[before:] if request["method"] != "GET"] == []


def test_a_pdf_shared_by_another_application_is_judged(service, context, ready):
    """As the browser does it after "Share": it posts a form to the address of the manifest and shows the answer."""
    before = len(service.requests())
    page = context.new_page()
    page.set_content(
        f'<form method="post" enctype="multipart/form-data" action="{service.origin}/share"><input name="title"><input'
        ' type="file" name="file"></form>'
    )
    content = b"%PDF-1.7\n" + service.text(service.issuer.token()).encode() + b"\n%%EOF"
    page.locator("[name=file]").set_input_files(
        {"name": "attestation.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.evaluate("document.forms[0].submit()")
    shown(page, ("valid", "amber"))  # it has no page that could be drawn: its bytes alone speak
    assert page.url == service.origin + "/"
    assert [request for request in service.requests()[before:] if request["method"] != "GET"] == []


def test_missing_files_are_fetched_again(service, context, ready):
    ready.evaluate(
        "caches.open('wif-precache-v2-' + location.origin + '/').then(async (cache) => { for (const request of await"
        " cache.keys()) if (/reader|app\\.css/.test(request.url)) await cache.delete(request); })"
    )
    ready.evaluate(
        "caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith('wif-page-')).map((name) =>"
        " caches.delete(name))))"
    )
    page = context.new_page()
    page.goto(service.origin)
    offline_ready(page)
    poll(lambda: page.evaluate("caches.match('/').then((found) => found !== undefined)"), what="the page itself")
    assert len([url for url in page.evaluate(ALL_CACHES) if re.search(r"zxing_reader\.wasm|app\.css", url)]) == 2
    service.kill()
    again = context.new_page()
    again.goto(service.link(service.issuer.token()))
    shown(again, ("valid", "green"))


def test_lost_storage_is_noticed(service, context, ready):
    ready.evaluate("new Promise((done) => { indexedDB.deleteDatabase('wif-verifier').onsuccess = done; })")
    module = lists_module(ready)
    lost = ready.evaluate(
        f"import('{module}lists.js').then((m) => m.openLists({{ now: () => Math.floor(Date.now() / 1000)"
        " })).then((lists) => [lists.lost, lists.trust.version])"
    )
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
    blocked = ready.evaluate("""() => {
          const tried = {};
          for (const [name, attempt] of Object.entries({
            html: () => { document.body.innerHTML = '<b>'; }, write: () => document.write('<b>'), timer: () => setTimeout('1'),
            script: () => { document.createElement('script').text = '1'; }, address: () => { document.createElement('script').src = '/x.js'; },
            worker: () => new Worker('/v/other.js'), second: () => trustedTypes.createPolicy('wif', {}), other: () => trustedTypes.createPolicy('x', {}),
          })) { try { attempt(); tried[name] = 'ran'; } catch (error) { tried[name] = error.name; } }
          return tried;
        }""")
    assert len(blocked) == 8 and set(blocked.values()) == {"TypeError"}


REFUSED = """for (const [owner, name] of [[Navigator.prototype, 'serviceWorker'], [window, 'indexedDB'], [window, 'caches'], [window, 'localStorage']])
  Object.defineProperty(owner, name, { get() { throw new DOMException('', 'SecurityError'); } });
window.BroadcastChannel = class { constructor() { throw new DOMException('', 'SecurityError'); } };"""
"""A browser that keeps storage and workers from this site, as one without cookies does."""


def test_a_browser_that_refuses_storage_and_workers_judges_the_link_and_says_what_it_cannot_do(service, context):
    context.add_init_script(REFUSED)
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    poll(lambda: page.locator('[data-verdict="valid"]').count() == 1, 30, "the verdict")
    poll(lambda: page.evaluate("document.documentElement.dataset.offline") == "refused", 30, "the end of preparing")
    assert "ne garde pas" in page.locator(".standing-ready").inner_text()


def test_a_question_about_storage_that_nobody_answers_keeps_nothing_waiting(service, context):
    context.add_init_script(
        "StorageManager.prototype.persisted = async () => false; StorageManager.prototype.persist = () => new Promise(() => {});"
    )
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    offline_ready(page)
