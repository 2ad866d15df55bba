"""Everybody can use it: axe-core on every screen, keyboard alone, large text, narrow screens, no motion."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.browser.samples import publish_states, samples
from tests.support.sites import PHONE, ROOT, Service, poll

AXE = Path(ROOT, "verifier_pwa", "node_modules", "axe-core", "axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS = [
    "scan",
    "refused",
    "settings",
    "about",
    "trouble",
    "choice",
    "valid",
    "suspended",
    "bad_signature",
    "foreign",
    "compare",
    "request",
    "receipt form",
    "receipt",
    "pile",
    "receipts of a pile",
    "watch form",
    "watch",
    "round form",
    "round",
    "round list",
    "report",
]


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_states(verifier)
    return verifier


def opened(verifier: Service, context, screen: str):
    """A page that shows this screen."""
    page = context.new_page()
    if screen == "refused":
        page.add_init_script(
            "navigator.mediaDevices.enumerateDevices = async () => [{ kind: 'videoinput' }];"
            " navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); };"
        )
    page.goto(verifier.origin)
    poll(lambda: page.locator('[data-action="text"]').count() == 1)
    if screen in samples(verifier):
        page.locator('[data-action="text"]').fill(samples(verifier)[screen].text)
        poll(lambda: page.locator("[data-verdict]").count() == 1)
        page.locator("details summary").first.click()
    elif screen in ("settings", "about"):
        page.locator(f'[data-action="{screen}"]').click()
        poll(lambda: page.locator(".page").count() == 1)
    elif screen == "trouble":
        page.locator("input[type=file]").set_input_files(
            {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"}
        )
        poll(lambda: page.locator("[data-trouble]").count() == 1)
    elif screen == "compare":
        page.locator('[data-action="text"]').fill(samples(verifier)["valid"].text)
        page.locator('[data-action="after"]').click()
        page.locator('[data-action="compare"]').click()
        page.locator("#after-siret").fill("81234567800021")
        page.locator("#after-job").fill("Vendeuse")
        page.locator("#after-residence_permit").fill("9912345678")
        page.locator("#after-workplace").fill("33000")
        page.locator('[data-action="compare-now"]').click()
        poll(lambda: page.locator(".line").count() == 4)
    elif screen == "request":
        page.locator('[data-action="text"]').fill(samples(verifier)["valid"].text)
        page.locator('[data-action="after"]').click()
        page.locator('[data-action="request"]').click()
        page.locator("#after-seat").fill("75")
        page.locator("#after-first_day").fill("14/01/2028")
        page.locator('[data-action="prepare"]').click()
        poll(lambda: page.locator("[data-letter]").count() == 1)
    elif screen in ("receipt form", "receipt"):
        page.locator('[data-action="text"]').fill(samples(verifier)["valid"].text)
        page.locator('[data-action="after"]').click()
        page.locator('[data-action="receipt"]').click()
        page.locator("#after-company").fill("SOCIÉTÉ EXEMPLE SAS")
        if screen == "receipt":
            page.locator('[data-action="sign"]').click()
            poll(lambda: page.locator("[data-receipt]").count() == 1)
    elif screen in ("watch form", "watch"):
        page.locator('[data-action="text"]').fill(samples(verifier)["suspended"].text)
        page.locator('main [data-action="after"]').click()
        page.locator('[data-action="watch"]').click()
        if screen == "watch":
            page.locator('[data-action="watch-keep"]').click()
            page.locator('[data-action="watch-erase"]').click()
        poll(
            lambda: (
                page.locator(
                    "[data-watch-form]" if screen == "watch form" else "[data-watch] [data-action=watch-yes]"
                ).count()
                == 1
            )
        )
    elif screen in ("pile", "receipts of a pile"):
        texts = {name: samples(verifier)[name].text.encode() for name in ("valid", "suspended", "bad_signature")}
        page.locator("input[type=file]").set_input_files(
            [
                {"name": f"{at}.txt", "mimeType": "text/plain", "buffer": content}
                for at, content in enumerate((*texts.values(), texts["valid"], b"nothing"))
            ]
        )
        poll(lambda: page.locator("[data-pile] tbody tr").count() == 5)
        if screen == "receipts of a pile":
            page.locator('[data-action="receipts"]').click()
            page.locator("#after-company").fill("SOCIÉTÉ EXEMPLE SAS")
            page.locator('[data-action="sign"]').click()
            poll(lambda: page.locator("[data-bundle]").count() == 1)
    elif screen.startswith("round"):
        poll(lambda: page.locator('[data-action="round"]').count() == 1)
        page.locator('[data-action="round"]').click()
        page.locator("#after-round_place").fill("Chantier de la gare, Lyon")
        page.locator("#after-round_siret").fill("812" if screen == "round form" else "81234567800021")
        page.locator('[data-action="begin-round"]').click()
        if screen == "round form":
            poll(lambda: page.locator("[data-fault]").count() == 1)
            return page
        for at, name in enumerate(("valid", "suspended", "bad_signature"), 1):
            page.locator("#round-text").fill(samples(verifier)[name].text)
            poll(lambda at=at: page.locator(f'[data-count="{at}"]').count() == 1)
        page.locator('[data-action="add-none"]').click()
        poll(lambda: page.locator('[data-flash="added"] bdi:empty').count() == 1)
        if screen == "round list":
            page.locator('[data-action="round-list"]').click()
            page.locator('[data-rank="1"] [data-action="remove-paper"]').click()
            page.locator('[data-action="date-round"]').click()
            page.locator('[data-action="close-round"]').click()
            poll(lambda: page.locator(".round-ask").count() == 2)
    elif screen == "report":
        report = {
            "form": "work-in-france/round/1",
            "declared": {"place": "Chantier de la gare", "siret": "81234567800013"},
        }
        papers = [{"rank": 1, "text": samples(verifier)["valid"].text}]
        page.locator("input[type=file]").set_input_files(
            {
                "name": "controle-2027-01-05.json",
                "mimeType": "application/json",
                "buffer": json.dumps(report | {"papers": papers}).encode(),
            }
        )
        poll(lambda: page.locator("[data-report=no_date]").count() == 1)
    elif screen == "choice":
        both = "\n".join(samples(verifier)[name].text for name in ("valid", "expired"))
        page.locator("input[type=file]").set_input_files(
            {"name": "x.txt", "mimeType": "text/plain", "buffer": both.encode()}
        )
        poll(lambda: page.locator('[data-action="choose"]').count() == 2)
    return page


def faults(page) -> list[str]:
    """What axe-core finds, one line each."""
    found = page.evaluate(f"async () => (await axe.run(document, {{ runOnly: {RULES} }})).violations")
    return [
        f"{fault['id']}: {node['html'][:120]} {node.get('failureSummary', '')}"
        for fault in found
        for node in fault["nodes"]
    ]


CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (text) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((v) => { const s = v / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; }); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const poor = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    const box = node.getBoundingClientRect();
    if (!own || box.width < 2 || box.height < 2 || node.closest('.finder')) continue;
    let behind = node, ground;
    while (behind && (ground = rgba(getComputedStyle(behind).backgroundColor))[3] < 255) behind = behind.parentElement;
    const [one, other] = [light(rgba(getComputedStyle(node).color)), light(behind ? ground : [255, 255, 255])].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 7) poor.push(`${ratio.toFixed(1)} ${node.tagName}.${node.className} ${node.textContent.slice(0, 30)}`);
  }
  return poor;
}"""


CUT = """() => [...document.querySelectorAll('main *, header *, nav *')].filter((node) => node.scrollWidth > node.clientWidth + 1
  && getComputedStyle(node).overflowX !== 'visible' && getComputedStyle(node).clipPath === 'none' && !node.closest('.sr-only, .live, .finder, .long, .button-icon, select, textarea, input')).map((node) => node.className)"""


def cut(page) -> list[str]:
    """What is cut, or wider than the window, on a narrow screen and in letters of twice the size."""
    found = []
    for width, letters in ((320, 100), (390, 200), (1440, 200)):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("(letters) => { document.documentElement.style.fontSize = `${letters}%`; }", letters)
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        found += [f"{wide} px on {width}"] * (wide > width) + [f"{name} on {width}" for name in page.evaluate(CUT)]
    return found


@pytest.mark.parametrize(("scheme", "language"), [("light", "fr"), ("dark", "en")])
def test_every_screen_passes_axe_has_seven_to_one_for_the_sun_and_is_cut_nowhere(verifier, browser, scheme, language):
    """One test, because to open a screen takes longer than all that is asked of it."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in verifier_pwa.")
    wrong = {}
    for screen in SCREENS:
        context = browser.new_context(**PHONE, color_scheme=scheme, reduced_motion="reduce", service_workers="block")
        context.add_init_script(f"localStorage.setItem('wif.settings', JSON.stringify({{ language: '{language}' }}))")
        page = opened(verifier, context, screen)
        page.set_viewport_size(
            {**PHONE["viewport"], "height": 4000}
        )  # all in sight: what stands under the bar can be scrolled
        wrong[screen] = page.evaluate(CONTRAST)
        page.evaluate(AXE.read_text("utf-8"))
        wrong[screen] += faults(page)
        page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
        wrong[screen] += page.evaluate(CONTRAST) + cut(page)
        context.close()
    assert wrong == {screen: [] for screen in SCREENS}


def tab_to(page, selector: str) -> None:
    """Goes on with the keyboard alone until this has the focus."""
    for _ in range(60):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def press(page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")


def focused(page, selector: str, what: str) -> None:
    poll(lambda: page.evaluate("(one) => document.activeElement.matches(one)", selector), what=what)


def told_apart(page) -> None:
    """Each button and field on the screen has a name for a screen reader, and none has that of another."""
    found = page.evaluate(
        "() => [...document.querySelectorAll('main :is(button, input, select, textarea):not(.sr-only)')].filter((one) => one.checkVisibility())"
        ".map((one) => one.ariaLabel ?? [...one.labels ?? []].map(({ textContent }) => textContent).join(' ') + (one.matches('button') ? one.textContent : ''))"
    )
    assert "" not in found and len(found) == len(set(found)), found


def test_the_keyboard_alone_goes_through(verifier, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    page = context.new_page()
    page.goto(verifier.origin)
    poll(lambda: page.locator('[data-action="text"]').count() == 1)

    tab_to(page, "[data-skip]")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    assert page.url == f"{verifier.origin}/"
    tab_to(page, '[data-action="text"]')
    page.keyboard.insert_text(samples(verifier)["revoked"].text)
    page.keyboard.press("Enter")
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    tab_to(page, '[data-action="keep"]')
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == 1
    tab_to(page, '[data-action="again"]')
    page.keyboard.press("Enter")
    poll(lambda: page.locator('[data-action="text"]').count() == 1)
    context.close()


def test_round_pile_and_watch_go_by_the_keyboard_alone_and_every_control_has_a_name_of_its_own(verifier, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR", service_workers="block")
    page = opened(verifier, context, "scan")
    press(page, '[data-action="round"]')
    focused(page, "h1", "the form of a round")
    tab_to(page, "#after-round_place")
    page.keyboard.insert_text("Quai 5")
    press(page, '[data-action="begin-round"]')
    focused(page, "[data-round=scan] h1", "the round")
    for at, name in enumerate(("valid", "expired"), 1):
        tab_to(page, "#round-text")
        page.keyboard.insert_text(samples(verifier)[name].text)
        poll(lambda at=at: page.locator(f'[data-count="{at}"]').count() == 1)
    press(page, '[data-action="add-left"]')
    poll(lambda: page.locator('[data-count="3"]').count() == 1)
    poll(lambda: "PERSONNE PARTIE" in page.text_content("[data-announce]"), what="what a screen reader says")
    press(page, '[data-action="round-list"]')
    focused(page, "[data-round=list] h1", "the list")
    told_apart(page)
    press(page, '[data-action="remove-paper"]')
    focused(page, ".round-paper .buttons button:first-of-type", "the answer that changes nothing")
    page.keyboard.press("Enter")
    press(page, '[data-action="close-round"]')
    focused(page, '[data-action="close-no"]', "the answer that erases nothing")
    press(page, '[data-action="close-yes"]')
    focused(page, "[data-round=over] h1", "the end")
    page.locator("input[type=file]").set_input_files(
        [
            {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": samples(verifier)[name].text.encode()}
            for name in ("valid", "revoked")
        ]
    )
    focused(page, "[data-pile] h1", "the list of files")
    press(page, '[data-level="green"] .pile-result')
    focused(page, "[data-verdict] h1", "the verdict")
    press(page, '[data-action="back-to-pile"]')
    focused(page, "[data-pile] h1", "the list of files again")
    tab_to(page, ".pile-hire")
    press(page, '[data-action="watch"]')
    focused(page, "[data-watch-form] h1", "the form of the watch")
    press(page, '[data-action="watch-keep"]')
    focused(page, "[data-watch] h1", "what is watched")
    told_apart(page)
    press(page, '[data-action="watch-erase"]')
    focused(page, '[data-action="watch-no"]', "the answer that erases nothing")
    press(page, '[data-action="watch-yes"]')
    poll(lambda: "plus rien n’est suivi" in page.locator("main").inner_text(), what="word that all is erased")
    context.close()


def test_a_person_who_wants_no_motion_sees_none(verifier, browser):
    context = browser.new_context(**PHONE, reduced_motion="reduce", service_workers="block")
    page = opened(verifier, context, "valid")
    assert page.evaluate("() => document.getAnimations().length") == 0
    context.close()
    context = browser.new_context(**PHONE, reduced_motion="no-preference", service_workers="block")
    page = opened(verifier, context, "valid")
    assert page.evaluate("() => document.getAnimations().length") > 0
    context.close()


def test_the_settings_hold_and_silence_is_silent(verifier, browser):
    context = browser.new_context(**PHONE, service_workers="block")
    context.add_init_script(
        "globalThis.shaken = []; navigator.vibrate = (pattern) => shaken.push(pattern);"
        " Object.defineProperty(navigator, 'userActivation', { value: { hasBeenActive: true } });"
    )
    page = opened(verifier, context, "bad_signature")
    assert page.evaluate("() => shaken.length") == 1
    page.locator('[data-action="settings"]').click()
    page.locator('[data-setting="vibration"]').uncheck()
    page.locator('[data-setting="theme"]').select_option("dark")
    page.goto(verifier.origin)
    poll(lambda: page.locator('[data-action="text"]').count() == 1)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator('[data-action="text"]').fill(samples(verifier)["valid"].text)
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    assert page.evaluate("() => shaken.length") == 0
    context.close()


def test_the_about_page_names_build_roots_and_what_is_kept(verifier, context):
    page = context.new_page()
    page.goto(verifier.origin)
    poll(lambda: page.locator('[data-action="text"]').count() == 1)
    assert page.locator("[data-demo]").count() == 1 and "DÉMONSTRATION" in page.locator("[data-demo]").inner_text()
    page.locator('[data-action="about"]').click()
    poll(lambda: page.locator("[data-fingerprint]").count() == 2)
    prints = [node.get_attribute("data-fingerprint") for node in page.locator("[data-fingerprint]").all()]
    assert prints == [verifier.site.build_hash, hashlib.sha256(verifier.issuer.root.public_key).hexdigest()]
    page.locator("details summary").click()
    assert page.locator(".file-list li").count() > 20
    assert "Jamais une attestation" in page.locator("main").inner_text()
