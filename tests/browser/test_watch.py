"""The watch: papers that a phone keeps without names, and what it says of them when it is opened again."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest

from issuer.attestation.places import local_day
from tests.browser.test_after_verdict import scan
from tests.browser.test_rounds import BALLAST, QUOTA
from tests.support.sites import DAY, later_ready, poll

KEPT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('wif-watch');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const asking = opening.result.transaction('papers').objectStore('papers').get('all');
    asking.onsuccess = () => { opening.result.close(); resolve(asking.result); };
  };
})"""
PUT = KEPT.replace("() => new", "(papers) => new").replace(
    "transaction('papers').objectStore('papers').get('all')",
    "transaction('papers', 'readwrite').objectStore('papers').put(papers, 'all')",
)
DATABASES = "indexedDB.databases().then((all) => all.map(({ name }) => name))"


@pytest.fixture(scope="module")
def profile(verifier, holding):
    """A phone on which everything of the application is kept, and whose storage is bounded."""
    page = holding()
    context = page.context
    page.close()
    context.bounded = context.new_page()
    session = context.new_cdp_session(context.bounded)
    session.send("Storage.overrideQuotaForOrigin", {"origin": verifier.origin, "quotaSize": QUOTA})
    return context


@pytest.fixture
def phone(verifier, profile):
    """The application opened on that phone, which watches nothing yet."""
    page = profile.new_page()
    page.goto(verifier.origin)
    later_ready(page)
    poll(lambda: page.locator("[data-action=text]").count() == 1, what="the first screen")
    yield page
    last = profile.pages[-1]
    last.evaluate("new Promise((resolve) => { indexedDB.deleteDatabase('wif-watch').onsuccess = resolve; })")
    for one in profile.pages:
        if one is not profile.bounded:
            one.close()


def watch(page, text: str, label: str = "") -> None:
    scan(page, text)
    page.locator("main [data-action=after]").click()
    page.locator("[data-action=watch]").click()
    poll(lambda: page.locator("[data-watch-form]").count() == 1, what="the form")
    page.locator("#after-label").fill(label)
    page.locator("[data-action=watch-keep]").click()


def kept(page, count: int) -> None:
    poll(lambda: page.locator(f"[data-watch='{count}']").count() == 1, what=f"{count} watched")


def opened_again(verifier, page):
    """The same phone, the application closed and opened again."""
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(verifier.origin)
    return again


def news(page) -> list[str]:
    return page.locator("[data-offer=watch] [data-news]").evaluate_all("(all) => all.map((one) => one.textContent)")


def test_what_happened_between_two_openings_is_said_until_it_was_seen(verifier, phone):
    soon = verifier.now + 20 * DAY
    for index, more in ((31, {}), (32, {}), (33, {}), (34, {"expires": soon}), (35, {})):
        watch(phone, verifier.text(verifier.issuer.token(index=index, number=2_000_000_000 + index, **more)), "Cuisine")
        kept(phone, index - 30)
    phone = opened_again(verifier, phone)
    poll(lambda: len(news(phone)) == 1, what="the near end")  # of the others nothing is new
    assert "200 000 0034" in news(phone)[0] and "se termine dans" in news(phone)[0] and "NGUYEN" not in news(phone)[0]
    verifier.publish({31: 1, 32: 2, 33: 3}, age=20)
    phone = opened_again(verifier, phone)
    poll(lambda: len(news(phone)) == 3 and "révoquée" in "".join(news(phone)), what="the changes")
    said = " | ".join(news(phone))
    for words in ("Cuisine : révoquée depuis", "suspendue depuis votre contrôle", "remplacée depuis votre contrôle"):
        assert words in said.replace("\u00a0", " ")
    assert "et une autre" in phone.locator("[data-offer=watch]").inner_text()
    phone.locator("[data-action=see-watch]").click()
    kept(phone, 5)
    changed = phone.locator("[data-watch] li").evaluate_all("(all) => all.map((one) => one.dataset.changed ?? null)")
    assert sorted(changed[:3]) == ["replaced", "revoked", "suspended"] and changed[3:] == [None, None]
    phone.locator("[data-action=watch-seen]").click()
    poll(lambda: phone.locator("[data-changed]").count() == 0, what="seen")
    verifier.publish({31: 1, 33: 3}, age=10)
    phone = opened_again(verifier, phone)
    poll(lambda: len(news(phone)) == 1, what="the lifted suspension alone")
    assert "levée" in news(phone)[0]
    verifier.publish({31: 1, 33: 3, 35: 1}, age=5)
    phone.locator("[data-action=refresh-lists]").click()
    poll(lambda: len(news(phone)) == 2, what="what came while it was open")
    verifier.publish({}, age=1)


def test_nothing_is_kept_but_list_index_number_last_day_label_and_state(verifier, phone):
    assert "wif-watch" not in phone.evaluate(DATABASES), "an application that watches nothing makes no place for it"
    watch(phone, verifier.text(verifier.issuer.token(index=41)), "Chantier de Mai")
    poll(lambda: phone.locator("[data-fault=name]").count() == 1, what="the label that names the holder")
    assert "wif-watch" not in phone.evaluate(DATABASES)
    phone.locator("#after-label").fill(" Chantier   12 ")
    phone.locator("[data-action=watch-keep]").click()
    kept(phone, 1)
    last = local_day("75", verifier.now + 60 * DAY)
    (entry,) = phone.evaluate(KEPT)
    assert abs((date.fromisoformat(entry.pop("last")) - last).days) <= 1
    assert entry == {
        "list": 1, "index": 41, "number": "4829130571", "label": "Chantier 12", "state": 0, "told": 0,
    }  # fmt: skip
    scan(phone, verifier.text(verifier.issuer.token(index=42, expires=verifier.now - DAY)))
    phone.locator("main [data-action=after]").click()
    poll(lambda: phone.locator("[data-action=receipt]").count() == 1)
    assert phone.locator("main [data-action=watch]").count() == 0, "of a paper that is over there is nothing to learn"


def test_all_of_it_is_saved_put_into_a_calendar_and_erased_when_asked_twice(verifier, phone):
    for index in (51, 52):
        watch(phone, verifier.text(verifier.issuer.token(index=index, number=3_000_000_000 + index)), "=1+1")
        kept(phone, index - 50)
    with phone.expect_download() as started:
        phone.locator("[data-action=watch-export]").click()
    rows = list(csv.DictReader(StringIO(Path(started.value.path()).read_text("utf-8-sig")), delimiter=";"))
    assert [(row["Rang"], row["Repère"]) for row in rows] == [("51", "'=1+1"), ("52", "'=1+1")]
    with phone.expect_download() as started:
        phone.locator("[data-action=watch-calendar]").click()
    lines = Path(started.value.path()).read_text("utf-8").replace("\n ", "").splitlines()
    last = date.fromisoformat(rows[0]["Dernier jour"])
    days = [(last - timedelta(days=30)).strftime("%Y%m%d"), last.strftime("%Y%m%d")]
    assert [line for line in lines if line.startswith("DTSTART")] == [f"DTSTART;VALUE=DATE:{day}" for day in days]
    described = [line for line in lines if line.startswith("DESCRIPTION:Scannez")]
    assert len(described) == 2 and all("300 000 0051\\, 300 000 0052" in line for line in described)
    assert "NGUYEN" not in str(lines)
    phone.locator("[data-action=watch-erase]").click()
    assert "2 attestations" in phone.locator("main").inner_text()
    phone.locator("[data-action=watch-no]").click()
    phone.locator("[data-action=watch-drop]").first.click()
    phone.locator("[data-action=watch-yes]").click()
    kept(phone, 1)
    phone.locator("[data-action=watch-erase]").click()
    phone.locator("[data-action=watch-yes]").click()
    kept(phone, 0)
    poll(lambda: "wif-watch" not in phone.evaluate(DATABASES), what="no place left")


def test_a_full_storage_is_said_and_what_was_kept_stays(verifier, phone):
    watch(phone, verifier.text(verifier.issuer.token(index=61)))
    kept(phone, 1)
    assert set(phone.evaluate(BALLAST)) == {"QuotaExceededError"}
    watch(phone, verifier.text(verifier.issuer.token(index=62, number=4_000_000_062)))
    poll(lambda: phone.locator("[data-fault=storage]").count() == 1, what="the sentence")
    phone.evaluate(
        "() => new Promise((resolve) => { indexedDB.deleteDatabase('ballast').onsuccess = () => resolve(); })"
    )
    phone.locator("[data-action=settings]").click()
    phone.locator("[data-settings-watch]:not([hidden]) [data-action=watch]").click()
    kept(phone, 1)


def test_two_thousand_papers_of_a_desk_and_what_goes_by_itself(verifier, phone):
    """One of them is told, those over for more than thirty days are gone, and the opening does not wait for any."""
    watch(phone, verifier.text(verifier.issuer.token(index=70)))
    kept(phone, 1)
    today = local_day("75", verifier.now)
    entry = {"list": 1, "label": "", "state": 0, "told": 0}
    papers = [
        entry | {"index": 1000 + at, "number": f"{at:010}", "last": str(today + timedelta(days=40 + at % 300))}
        for at in range(2000)
    ]
    papers += [
        entry | {"index": 5000, "number": "5000000000", "last": str(today - timedelta(days=30))},
        entry | {"index": 5001, "number": "5000000001", "last": str(today - timedelta(days=31))},
        {"list": "1", "junk": True},
    ]
    phone.evaluate(PUT, papers)
    verifier.publish({1999: 1}, age=0)
    phone = opened_again(verifier, phone)
    poll(lambda: len(news(phone)) == 2, what="the revoked one and the one that is over")
    assert "000 000 0999" in news(phone)[0]
    left = phone.evaluate(KEPT)
    assert len(left) == 2001 and {"5000000000"} == {one["number"] for one in left if one["index"] >= 5000}
    assert json.dumps(left).count("junk") == 0
    phone.locator("[data-action=settings]").click()
    phone.locator("[data-settings-watch]:not([hidden]) [data-action=watch]").click()
    kept(phone, 2001)
