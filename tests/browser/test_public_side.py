"""The pages for applicants in a real browser: axe-core, narrow screens, large text, keyboard alone, without JavaScript,
printed.
"""

import time
from pathlib import Path

import pytest

from tests.support.agency import Agency
from tests.support.requests import DAY, add

pytestmark = pytest.mark.browser
PREFIX = "/usagers"
ANSWERS = "nationality=algerian&hours=beyond&contract=employment&request=renewal&residence=renewing&regulated=order&performance=live&change_of_status=no"
PATHS = (
    "",
    "?lang=en",
    "/",
    "/dossier",
    "/dossier?sent=1&who=student",
    f"/dossier?who=student&{ANSWERS}",
    f"/dossier?who=student&{ANSWERS.replace('=no', '=yes').replace('algerian', 'other').replace('beyond', 'within')}",
    "/demande",
    "/statistiques",
    "/accessibilite",
    "/donnees-personnelles",
    "/nowhere",
)
AXE = Path(__file__).parents[2] / "verifier_pwa/node_modules/axe-core/axe.min.js"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A home with a few dozen decided requests, two that wait, and its server."""
    made = Agency(tmp_path_factory.mktemp("public"))
    now = int(time.time())
    for n in range(40):
        add(
            made.home.engine,
            now - 70 * DAY,
            (),
            state="accepte" if n % 3 else "refuse",
            decided_at=now - (70 - n % 9) * DAY,
            department="75" if n % 2 else "69",
        )
    add(
        made.home.engine,
        now - 8 * DAY,
        ("en_construction", "en_instruction"),
        dossier=44950,
        instructed_at=now - 5 * DAY,
    )
    made.start()
    yield made
    made.stop()


def faults(page) -> list[str]:
    """What axe-core finds, one line each."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "async () => (await axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
        " 'best-practice']})).violations"
    )
    page.emulate_media(color_scheme="dark")
    found += page.evaluate("async () => (await axe.run({runOnly: ['color-contrast']})).violations")
    page.emulate_media(color_scheme="light")
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]


def look(page, number: str, birth_date: str) -> None:
    """Fill the form and send it with the keyboard."""
    page.fill("[name=number]", number)
    page.fill("[name=birth_date]", birth_date)
    page.press("[name=birth_date]", "Enter")


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desktop"])
def test_axe_finds_no_fault(place, browser, viewport):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in verifier_pwa.")
    context = browser.new_context(viewport=viewport)
    page, wrong = context.new_page(), {}
    for path in PATHS:
        page.goto(place.address + PREFIX + path)
        if path == "/statistiques":
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        wrong[path] = faults(page)
    for number, date in (("44950", "14/03/1996"), ("44950", "14/03/1997"), ("x", "hier")):
        page.goto(f"{place.address}{PREFIX}/demande")
        look(page, number, date)
        page.wait_for_selector("[data-state], .notice.bad")
        wrong[number + date] = faults(page)
    context.close()
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize(("width", "letters"), [(320, 100), (390, 200), (1440, 200)])
def test_nothing_is_cut_on_narrow_screens_or_in_large_letters(place, browser, width, letters):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page, wrong = context.new_page(), []
    for path in PATHS:
        page.goto(place.address + PREFIX + path)
        page.evaluate("(letters) => { document.documentElement.style.fontSize = `${letters}%`; }", letters)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(path)
    context.close()
    assert wrong == []


def test_the_keyboard_alone_leads_to_the_pieces_without_javascript(place, browser):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{place.address}{PREFIX}/dossier")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#content")
    for name in (
        "who",
        "nationality",
        "hours",
        "contract",
        "request",
        "residence",
        "regulated",
        "performance",
        "change_of_status",
    ):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        if name == "hours":
            page.keyboard.press("ArrowDown")
        assert page.locator(f"[name={name}]:checked").count() == 1, name
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-piece]")
    assert [node.get_attribute("data-piece") for node in page.locator("[data-piece]").all()] == [
        "passport",
        "schooling",
        "contract",
        "residence_card",
    ]
    context.close()


def test_where_a_request_stands_is_seen_without_javascript_or_cookie(place, browser):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{place.address}{PREFIX}/demande")
    look(page, "44 950", "14 mars 1996")
    page.wait_for_selector("[data-state=en_instruction]")
    assert page.get_attribute("[aria-current=step]", "data-step") == "instructed"
    assert (
        page.get_attribute("[data-estimate]", "data-estimate") == "both"
        and page.url == f"{place.address}{PREFIX}/demande"
    )
    assert "service" in page.inner_text("[data-awaited]") and "neuf sur dix" in page.inner_text("[data-estimate]")
    assert context.cookies() == []
    context.close()


def test_a_chart_has_its_words_its_table_and_no_bar_for_what_is_hidden(place, browser):
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{place.address}{PREFIX}/statistiques")
    charts = page.locator("svg.chart").all()
    assert len(charts) == 4
    for chart in charts:
        title, text = chart.get_attribute("aria-labelledby").split()
        assert page.locator(f"#{title}").text_content() and "tableau" in page.locator(f"#{text}").text_content()
    assert page.locator("#chart-states-title").count() == 1 and page.inner_text("[data-figure=received]") == "40"
    drawn = page.evaluate(
        """() => { const chart = document.querySelector('svg:has(#chart-months-title)'); const values = [...chart.querySelectorAll('.chart-value')];
      return [chart.querySelectorAll('rect').length, values.filter((one) => !['0', 'n. c.'].includes(one.textContent)).length]; }"""
    )
    assert drawn[0] == drawn[1] > 0
    assert page.locator("table.figures").count() == 4 and said == []
    context.close()


def test_a_printed_list_leaves_out_what_is_for_the_screen(place, browser):
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(f"{place.address}{PREFIX}/dossier?who=student&{ANSWERS}")
    page.emulate_media(media="print")
    assert page.locator("[data-piece]").count() == 11 and page.locator("[data-piece]").first.is_visible()
    assert (
        not page.locator(".screen-only").is_visible()
        and not page.locator(".bar").is_visible()
        and not page.locator(".actions").is_visible()
    )
    context.close()
