"""What comes before a first verdict, and what comes after it: the rest must follow, and what cannot follow must be
said.
"""

from __future__ import annotations

from dataclasses import replace

from keys.roots import RootSet
from keys.signer import SeedSigner
from tests.support.paper import around_code, drawn, film, printed
from tests.support.sites import Issuer, offline_ready, poll, shown

NEVER_PAINTED = "globalThis.requestAnimationFrame = () => 0;"
"""What a page sees that is open behind another: its frames do not come."""
ENGINE_WATCH = """(() => {
  globalThis.handed = [];
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if ('code' in message) globalThis.handed.push(message.code instanceof WebAssembly.Module);
    return post.call(this, message, ...rest);
  };
})()"""
ORDER = """(() => {
  const early = globalThis.early = [];
  new MutationObserver((_, look) => {
    if (!document.querySelector('[data-verdict]')) return;
    look.disconnect();
    early.push(...performance.getEntriesByType('resource').map(({ name }) => name.split('/').pop()));
  }).observe(document, { childList: true, subtree: true });
})()"""
LATE = {
    "lists-fetched.js",
    "trust.js",
    "countries.js",
    "verdict-details.js",
    "signals.js",
    "scan-view.js",
    "reader.js",
}


def test_what_can_wait_comes_after_the_verdict_and_all_of_it_comes(service, context):
    page = context.new_page()
    page.add_init_script(ORDER)
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    early = set(page.evaluate("early"))
    assert "verify.js" in early and not early & LATE
    poll(
        lambda: (
            page.locator(".law").count() == 1
            and page.locator(".compare").count() == 1
            and page.locator(".details").count() == 1
        )
    )
    poll(lambda: "(VNM)" in page.locator('[data-field="nationality"]').inner_text())


def test_a_page_that_nobody_sees_is_completed_all_the_same(service, context):
    page = context.new_page()
    page.add_init_script(NEVER_PAINTED)
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    poll(lambda: page.locator(".law").count() == 1)
    offline_ready(page)


def test_a_part_that_cannot_be_fetched_is_said_and_takes_nothing_away(service, context):
    page = context.new_page()
    page.route("**/verdict-details.js", lambda route: route.abort())
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    poll(lambda: "n’a pas pu être chargé" in page.locator(".aside").inner_text())
    assert page.locator('[data-field="family_name"]').inner_text() == "NGUYEN ÉPOUSE DUPONT"
    assert page.locator('[data-action="again"]').is_visible()


def test_lists_are_asked_for_again_when_what_asks_could_not_be_fetched(service, context):
    blocked = True
    page = context.new_page()
    page.route("**/lists-fetched.js", lambda route: route.abort() if blocked else route.continue_())
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    page.locator('[data-action="refresh-lists"]').click()
    poll(lambda: "n’a pas pu être joint" in page.locator(".standing-said").inner_text())
    blocked = False
    page.reload()
    page.locator('[data-action="refresh-lists"]').click()
    poll(
        lambda: (
            page.locator(".standing-said").inner_text()
            and "n’a pas pu être joint" not in page.locator(".standing-said").inner_text()
        )
    )


def test_who_asks_while_lists_are_asked_for_gets_no_answer_older_than_that(service, context):
    """A revocation is published while the page's own question is on its way, and somebody asks."""
    held = []
    page = context.new_page()
    page.route("**/status-1.cose", lambda route: held.append((route, route.fetch())) if not held else route.continue_())
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    poll(lambda: page.evaluate("1") and held)
    service.publish({7: 1}, age=1)
    page.locator('[data-action="refresh-lists"]').click()
    route, older = held[0]
    route.fulfill(response=older)
    shown(page, ("revoked", "red"))


def test_a_tap_counts_while_newer_lists_draw_the_screen_anew(service, context):
    held = []
    page = context.new_page()
    page.route("**/scan-view.js", lambda route: held.append(route))
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    poll(lambda: "à l’instant" in page.locator(".standing-words").inner_text() or page.locator(".law").count() == 1)
    page.locator("[data-action=again]").click()
    poll(lambda: page.evaluate("1") and held)
    service.publish({7: 1}, age=1)
    page.locator('[data-action="refresh-lists"]').click()
    shown(page, ("revoked", "red"))
    held[0].continue_()
    poll(lambda: page.locator("[data-verdict]").count() == 0, what="the scanner")


HOLD = """new Promise((held) => {
  const opening = indexedDB.open('wif-verifier');
  opening.onsuccess = () => {
    const table = opening.result.transaction('kept', 'readwrite').objectStore('kept');
    const hold = () => { table.get('lists').onsuccess = () => { held(); if (!globalThis.released) hold(); }; };
    hold();
  };
})"""
"""Keeps the store busy, as a page that a browser is putting away has been seen to do."""


def test_a_store_that_answers_late_is_waited_for_with_what_it_holds(service, context):
    """The phone knows of a revocation, the site's own lists do not, and there is no network."""
    holding = context.new_page()
    service.publish({7: 1}, age=1)
    holding.goto(service.link(service.issuer.token()))
    shown(holding, ("revoked", "red"))
    holding.evaluate(HOLD)
    service.answer_lists("error")
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    shown(page, ("valid", "green"))
    holding.evaluate("globalThis.released = true")
    shown(page, ("revoked", "red"))


def test_lists_that_the_roots_did_not_sign_are_gone_before_anything_is_kept(service, context):
    """Somebody wrote to the folder that the site was built from. The verdict of the first second is taken back."""
    stranger = Issuer(service.origin, service.now)
    stranger.root = SeedSigner(bytes([9]) * 32)
    stranger.content = replace(stranger.content, roots=RootSet(1, (stranger.root.public_key,)), version=9)
    usual = {name: (service.public / name).read_bytes() for name in ("trust.cose", "status-1.cose")}
    (service.public / "trust.cose").write_bytes(stranger.trust_list())
    (service.public / "status-1.cose").write_bytes(stranger.status_list({}, service.now - 10))
    service.build(refresh=True)
    service.answer_lists("error")
    page = context.new_page()
    page.goto(service.link(service.issuer.token()))
    shown(page, ("status_unknown", "amber"))
    assert page.locator(".verdict-changed").count() == 1

    for name, content in usual.items():
        (service.public / name).write_bytes(content)
    service.answer_lists("usual")
    page.locator('[data-action="refresh-lists"]').click()
    shown(page, ("valid", "green"))


def test_the_reader_is_handed_the_engine_that_the_page_compiled(service, launch, tmp_path):
    printed_page = around_code(drawn(printed(service, service.text(service.issuer.token()))))
    filmed = film(printed_page, tmp_path / "page.mjpeg")
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={filmed}",
    ]
    page = launch(camera).new_context(viewport={"width": 390, "height": 844}, locale="fr-FR").new_page()
    page.add_init_script(ENGINE_WATCH)
    page.goto(service.origin)
    shown(page, ("valid", "green"))
    assert page.evaluate("handed") == [True]
