"""The issuer's pages in a real browser: sign in with TOTP, sign, print, scan the paper with the verifier, revoke, scan
again.
"""

import base64
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError

from issuer import registry
from issuer.accounts import factor
from issuer.desk import Confirmed, Grounds, acts
from tests.support.agency import FORM, PASSPHRASE, Agency, free_port
from tests.support.processes import poll
from tests.support.records import CURRENT

pytestmark = pytest.mark.browser
PASSWORD = "une phrase de passe inventée"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An issuer and a verifier of the same home, each its own process."""
    folder = tmp_path_factory.mktemp("house")
    port = free_port()
    agency = Agency(folder, origin=f"http://localhost:{port}")
    agency.start()
    import os

    with (folder / "verifier.log").open("wb") as log:
        verifier = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "issuer.commands", "serve", "verifier", "--bind", f"127.0.0.1:{port}"],
            env={**os.environ, "WIF_HOME": str(agency.path), "WIF_PASSPHRASE": PASSPHRASE},
            stderr=log,
        )
    yield agency, f"http://localhost:{port}"
    verifier.terminate()
    verifier.wait(timeout=30)
    agency.stop()


@pytest.fixture
def page(browser):
    """A desk in French, and what its console said."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    made = context.new_page()
    made.said = []
    made.on(
        "console",
        lambda message: (
            made.said.append(message.text) if message.type == "error" and "status of 4" not in message.text else None
        ),
    )
    made.on("pageerror", lambda error: made.said.append(str(error)))
    yield made
    assert made.said == []
    context.close()


def confirm_all(page) -> None:
    """Tick each warning of the question."""
    for box in page.query_selector_all("[name=confirmed]"):
        box.check()


def sign_in(page, address: str, name: str) -> None:
    """First sign-in: password, then the second factor set up from the secret on the page, by an authenticator of our
    own.
    """
    page.goto(f"{address}/sign-in")
    page.fill("[name=identifier]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    letters = page.inner_text("[data-factor-secret]").replace(" ", "")
    secret = base64.b32decode(letters + "=" * (-len(letters) % 8))
    page.fill("[name=code]", factor.code_now(secret, int(time.time())))
    page.click("main form button")
    assert page.locator(".codes li").count() == 10
    page.click("main a.button")
    assert page.url == f"{address}/"


def fill(page, fields: dict[str, str]) -> None:
    """Type a record as a person does."""
    for name, value in fields.items():
        control = page.locator(f"#record [name='{name}']")
        control.select_option(value) if control.evaluate("e => e.tagName") == "SELECT" else control.fill(value)


def scan(page, address: str, paper: Path) -> str:
    """Give the verifier the paper; the verdict it shows."""
    page.goto(address)
    page.set_input_files("input[type=file]", str(paper))
    page.wait_for_selector("[data-verdict]", timeout=30_000)
    return page.get_attribute("[data-verdict]", "data-verdict")


def reachable(page, address: str) -> None:
    def answers() -> bool:
        try:
            return page.goto(address) is not None
        except PlaywrightError:
            return False

    poll(answers, 120, "the verifier's answer")


def test_sign_print_scan_revoke_publish_scan_again(house, page, tmp_path, context):
    agency, verifier = house
    sign_in(page, agency.address, "agent")
    page.goto(f"{agency.address}/attestations/new")
    fill(page, {**FORM, "employer.siret": "812 345 678 00014"})
    page.locator("[name=job]").focus()
    page.locator("[data-field='employer.siret'] .error", has_text="clé de contrôle").wait_for(timeout=20_000)
    page.fill("[name='employer.siret']", "812 345 678 00013")
    page.locator("#preview[src^='blob:']").wait_for(timeout=20_000)
    assert page.locator("#preview").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 900
    page.click("button[value=confirm]")
    confirm_all(page)
    page.dblclick("button.sign")
    page.wait_for_url(re.compile(r"/attestations/\d{10}$"))
    number = page.url.rpartition("/")[2]
    assert page.get_attribute("[data-verdict]", "data-verdict") == "valid"
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(page.request.get(f"{agency.address}/attestations/{number}/document.pdf").body())
    phone = context.new_page()
    reachable(phone, verifier)
    assert scan(phone, verifier, paper) == "valid"
    assert phone.inner_text("[data-field=family_name]").strip().endswith("NGUYEN")

    page.click("text=Révoquer")
    page.check("[name=reason][value=fraud]")
    assert page.input_value("[name=legal_basis]") == "CRPA, article L241-2"
    page.check("[name=heard][value=yes]")
    page.fill("[name=heard_on]", "2 novembre 2026")
    page.click("main form button[type=submit]")
    assert "NGUYEN" in page.inner_text("main .whose"), "whose paper it is, before it is done"
    page.click("main button.danger")
    page.wait_for_url(re.compile(r"/attestations/\d{10}$"))
    page.wait_for_selector("[data-verdict=revoked]", timeout=60_000)
    poll(lambda: scan(phone, verifier, paper) == "revoked", 60, "the revocation on the phone")


def test_every_essential_act_works_without_javascript(house, browser):
    agency, _ = house
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    context.add_cookies([{"name": "wif", "value": agency.cookie("agent"), "url": agency.address}])
    page = context.new_page()
    page.goto(f"{agency.address}/attestations/new")
    for name, value in FORM.items():
        control = page.locator(f"#record [name='{name}']")
        control.select_option(value) if name in ("kind", "contract", "hours.per", "department") else control.fill(value)
    page.click("button[value=confirm]")
    assert page.locator(".paper img").first.get_attribute("src").partition("?")[0].endswith("/page.png")
    page.click("button.sign")
    number = page.url.rpartition("/")[2]
    page.click("text=Suspendre")
    page.check("[name=reason][value=inquiry]")
    page.fill("[name=legal_basis]", "Vérification")
    page.click("main form button[type=submit]")
    assert page.url.endswith(number) and "Suspendue" in page.inner_text("h1")
    context.close()


@pytest.fixture(scope="module")
def things(house):
    """What the pages below are about: attestations with a history, a draft, an import with refused rows."""
    agency, _ = house
    desk, author = agency.context.desk(), agency.people["agent"].author
    number, acted = agency.issue(family_name="A" * 80, job="W" * 80), agency.issue()
    acts.do(desk, "suspend", acted, Grounds("Vérification de l'employeur", "inquiry"), author)
    acts.renew(
        desk,
        acted,
        Confirmed({**CURRENT, "signatory": agency.people["agent"].signatory().to_json(), "job": "Autre"}),
        author,
    )
    acts.do(desk, "revoke", acted, Grounds("CRPA, article L241-2", "fraud", force="Urgence" + " longue" * 60), author)
    draft = agency.context.drafts.make(agency.people["agent"].id, dict(FORM))
    replacing = agency.context.drafts.make(agency.people["agent"].id, dict(FORM), replaces=int(number))
    visitor = agency.client("agent")
    rows = "kind;family_name;department\nAPT;" + "É" * 90 + ";75\nAPT;X;69\n"
    job = visitor.submit("/imports", files={"file": ("liste" + "x" * 90 + ".csv", rows.encode())}).headers["Location"]
    poll(lambda: visitor.get(f"{job}/state").json()["state"] != "checking", 60, "the checked file")
    asked = agency.request(family_name="A" * 80, job="W" * 80).number
    return {
        "request": asked,
        "number": number,
        "acted": acted,
        "draft": draft.id,
        "replacing": replacing.id,
        "job": job.rpartition("/")[2],
    }


PAGES = {
    None: ("/sign-in", "/accessibility", "/privacy"),
    "agent": (
        "/",
        "/attestations/new",
        "/attestations",
        "/attestations?employer=soc&state=valid&issued_from=x",
        "/attestations/{number}",
        "/attestations/{acted}",
        "/attestations/{number}/code",
        "/attestations/{number}/revoke",
        "/attestations/{number}/suspend",
        "/attestations/{number}/notify",
        "/drafts/{draft}",
        "/drafts/{draft}/confirm",
        "/drafts/{replacing}/confirm",
        "/imports",
        "/imports/{job}",
        "/account",
        "/account/password",
        "/attestations/1234567890",
        "/requests",
        "/requests/{request}",
        "/requests/{request}/accept",
        "/requests/{request}/correct",
        "/requests/{request}/close?state=refuse",
        "/requests/new",
        "/requests/import",
        "/requests/anomalies",
    ),
    "supervisor": ("/disclosure", "/publication"),
    "auditor": ("/audit", "/attestations/{acted}"),
    "administrator": ("/", "/people", "/people/new", "/people/1"),
}


def opened(house, browser, things, width: int, height: int, **more):
    """Each page of each person in a window of this size: ``(address, page)``."""
    agency, _ = house
    for name, paths in PAGES.items():
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        if name:
            context.add_cookies([{"name": "wif", "value": agency.cookie(name), "url": agency.address}])
        page = context.new_page()
        for path in paths:
            page.goto(agency.address + path.format_map(things))
            yield path, page
        context.close()


WIDE = """(width) => [...document.querySelectorAll('body *')].filter((node) => node.getBoundingClientRect().right > width)
  .map((node) => `${node.tagName}.${node.className} ${node.textContent.trim().slice(0, 30)}`).slice(-4)"""
"""Which elements reach beyond the window, the innermost last."""


COVERED = """() => {
  const shown = (node) => node.checkVisibility({ visibilityProperty: true });
  const nodes = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    .filter((node) => shown(node) && !node.disabled);
  const sticky = [...document.querySelectorAll('body *')]
    .filter((node) => ['sticky', 'fixed'].includes(getComputedStyle(node).position) && shown(node));
  const found = [];
  for (const node of nodes) {
    for (const edge of ['start', 'end']) {
      document.activeElement?.blur();
      const top = node.getBoundingClientRect().top + scrollY;
      scrollTo(0, edge === 'start' ? top : top - innerHeight + node.offsetHeight);
      node.focus();
      const at = node.getBoundingClientRect();
      for (const bar of sticky.filter((one) => !one.contains(node) && !node.contains(one))) {
        const over = bar.getBoundingClientRect();
        const [top, bottom] = [Math.max(at.top, over.top), Math.min(at.bottom, over.bottom)];
        const [left, right] = [Math.max(at.left, over.left), Math.min(at.right, over.right)];
        const hidden = bottom - top;
        if (hidden > 1 && right > left && bar.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2))) {
          found.push(`${edge} ${Math.round(hidden)} of ${Math.round(at.height)} px: ${node.outerHTML.slice(0, 90)} under ${bar.className}`);
        }
      }
    }
  }
  return found;
}"""
"""Every element that takes the focus is put under each edge of the window, then focused: what is covered then."""


def test_no_page_is_wider_than_its_screen_and_no_bar_covers_what_has_the_focus(house, browser, things):
    """Each is opened once, on the smallest, and the window and the letters are changed then."""
    too_wide, hidden = [], {}
    for path, page in opened(house, browser, things, 360, 640):
        for width, height in ((360, 640), (1280, 720)):
            page.set_viewport_size({"width": width, "height": height})
            hidden[path, width] = page.evaluate(COVERED)
        for width, letters in ((360, 100), (390, 200), (1440, 100), (1920, 100)):
            page.set_viewport_size({"width": width, "height": 844})
            page.evaluate("(letters) => { document.documentElement.style.fontSize = `${letters}%`; }", letters)
            if page.evaluate("() => document.documentElement.scrollWidth") > width:
                too_wide.append((path, width, letters, page.evaluate(WIDE, width)))
    assert too_wide == []
    assert {where: found for where, found in hidden.items() if found} == {}


AXE = Path(__file__).parents[2] / "verifier_pwa/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = "async () => (await axe.run(document, { runOnly: ['color-contrast'] })).violations"
RUN = f"async () => (await axe.run(document, {{ runOnly: {RULES} }})).violations"


@pytest.mark.parametrize(("width", "locale"), [(390, "en-GB"), (1440, "fr-FR")])
def test_axe_finds_no_violation(house, browser, things, width, locale):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in verifier_pwa.")
    script, found = AXE.read_text("utf-8"), []
    for path, page in opened(house, browser, things, width, 900, locale=locale):
        if locale.startswith("en") and page.locator("html").get_attribute("lang") == "fr":
            page.goto(f"{house[0].address}/language/en")
            page.goto(house[0].address + path.format_map(things))
        for summary in page.locator("main details:not([open]) > summary").all():
            summary.click()
        page.evaluate(script)
        found += [(path, violation["id"], violation["nodes"][0]["html"][:200]) for violation in page.evaluate(RUN)]
        page.emulate_media(color_scheme="dark")
        ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        found += [(path, "not dark", ground)] if max(map(int, re.findall(r"\d+", ground))) > 60 else []
        found += [(path, "dark", fault["nodes"][0]["html"][:200]) for fault in page.evaluate(CONTRAST)]
        page.emulate_media(color_scheme="light")
    assert found == []


def test_tab_and_back_through_the_form_stay_in_sight(house, browser, page):
    agency, _ = house
    page.set_viewport_size({"width": 1280, "height": 600})
    page.context.add_cookies([{"name": "wif", "value": agency.cookie("agent"), "url": agency.address}])
    page.goto(f"{agency.address}/attestations/new")
    for key, times in (("Tab", 45), ("Shift+Tab", 40)):
        for _ in range(times):
            page.keyboard.press(key)
            seen = page.evaluate(
                "() => { const at = document.activeElement, box = at.getBoundingClientRect();"
                " const top = document.elementFromPoint(box.left + box.width / 2, box.top + 2);"
                " return at === document.body || !top || at.contains(top) || at.labels?.[0]?.contains(top)"
                " ? '' : at.outerHTML.slice(0, 120); }"
            )
            assert seen == "", (key, seen)


def test_an_act_with_the_keyboard_alone(house, browser, page):
    agency, _ = house
    number = agency.issue()
    page.context.add_cookies([{"name": "wif", "value": agency.cookie("agent"), "url": agency.address}])
    page.goto(f"{agency.address}/attestations/{number}")

    def go_to(words: str) -> None:
        """Tab until what has the focus says these words, or is the field of this name; it must be seen to have it."""
        for _ in range(60):
            page.keyboard.press("Tab")
            said, name = page.evaluate(
                "() => { const at = document.activeElement; return [(at.labels?.[0] ?? at).textContent.trim(),"
                " at.name]; }"
            )
            if said.startswith(words) or name == words:
                assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") != "none", words
                return
        raise AssertionError(f"Tab never reaches {words}")

    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    go_to("Suspendre")
    page.keyboard.press("Enter")
    page.wait_for_url("**/suspend")
    go_to("reason")
    page.keyboard.press("Space")
    for _ in range(6):
        if page.evaluate("() => document.activeElement.value") != "inquiry":
            page.keyboard.press("ArrowDown")
    assert page.is_checked("[name=reason][value=inquiry]")
    go_to("Fondement juridique")
    page.keyboard.type("Vérification de l'employeur")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/attestations/{number}")
    assert "Suspendue" in page.inner_text("h1")


def test_a_lost_connection_keeps_the_form_and_signs_once(house, browser, page):
    agency, _ = house
    page.context.add_cookies([{"name": "wif", "value": agency.cookie("agent"), "url": agency.address}])
    page.goto(f"{agency.address}/attestations/new")
    fill(page, {**FORM, "family_name": "COUPURE"})
    page.click("button[value=confirm]")
    page.wait_for_url("**/confirm")
    draft = page.url

    def cut(route) -> None:
        """Let the request through to the server and lose its answer."""
        page.context.request.post(
            route.request.url,
            data=route.request.post_data,
            headers={**route.request.headers, "cookie": f"wif={agency.cookie('agent')}"},
            max_redirects=0,
        )
        route.abort()

    confirm_all(page)
    page.route("**/sign", cut)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/sign")):
        page.click("button.sign")
    page.unroute("**/sign")
    page.said.clear()
    page.goto(draft)
    page.wait_for_url(re.compile(r"/attestations/\d{10}$"))
    assert len(registry.find_page(agency.home.engine, registry.Search(names="coupure")).found) == 1
