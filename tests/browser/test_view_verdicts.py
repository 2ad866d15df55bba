"""Every verdict on the screen: its sentence, its level told by more than colour, its fields; in both languages."""

from __future__ import annotations

import itertools
import json
import re

import pytest

from tests.browser.samples import publish_states, samples, unlike
from tests.support.sites import DAY, PHONE, poll, shown, verdict

VERDICTS = [
    "foreign", "unsupported", "malformed", "unknown_key", "bad_signature", "invalid_claims", "untrusted_key", "revoked",
    "replaced", "suspended", "not_yet_valid", "expired", "status_unknown", "valid",
]  # fmt: skip
ENDED = ("revoked", "replaced", "expired")
LONGEST = {
    "family_name": "DE LA FONTAINE-MONTMORENCY ÉPOUSE VAN DER WESTHUIZEN-ABDELRAHMAN AL-MAKHZOUMI D",
    "given_names": "Marie-Antoinette Alexandrina Wilhelmina Mohammed-Abderrahmane Thị Minh Khai Ngu",
    "employer_name": "SOCIÉTÉ COOPÉRATIVE D’INTÉRÊT COLLECTIF POUR LA MAINTENANCE INDUSTRIELLE DU MIDI",
    "workplaces": ("75", "77", "78", "91", "92", "93", "94", "95"),
}
SEEN = """(names) => {
  const bars = ['.next', '.tabs'].map((name) => document.querySelector(name).getBoundingClientRect()).filter(({ top, height }) => height > 0 && top < innerHeight);
  const free = Math.min(innerHeight, ...bars.map(({ top }) => top));
  const hidden = names.filter((name) => {
    const { top, bottom, height } = document.querySelector(name)?.getBoundingClientRect() ?? { top: -1, bottom: 0, height: 0 };
    return height === 0 || top < 0 || bottom > free;
  });
  return scrollY === 0 && document.documentElement.scrollWidth <= innerWidth ? hidden : ['the page is scrolled, or wider than the screen'];
}"""
"""Which of these are not on the first screen, above what stays at its foot."""
SIGNED = {
    "family_name": "NGUYEN ÉPOUSE DUPONT", "given_names": "Thị Mai", "birth_date": "14 mars 1996", "nationality": "Viêt Nam (VNM)",
    "residence_permit": "9912345678", "employer.name": "SOCIÉTÉ EXEMPLE SAS", "employer.siret": "81234567800013",
    "job": "Ingénieure d'études", "contract": "Contrat à durée déterminée (CDD)", "hours": "964 heures par an",
    "workplaces": "Paris (75)", "kind": "Autorisation provisoire de travail (APT)", "number": "482 913 0571", "department": "Paris (75)",
}  # fmt: skip


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_states(verifier)
    return verifier


@pytest.fixture(scope="module")
def used(verifier, browser):
    """One page for many verdicts, as on a long day; it has fetched the published lists, newer than those of the
    site.
    """
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(verifier.origin)
    enter(page, samples(verifier)["revoked"].text)
    shown(page, ("revoked", "red"))
    page.locator('[data-action="again"]').click()
    yield page
    context.close()


def enter(page, text: str) -> None:
    """Puts a text in the field, as a paste does, and waits for its verdict."""
    page.locator('[data-action="text"]').fill(text)
    poll(lambda: page.locator("[data-verdict]").count() == 1, what="a verdict")


@pytest.mark.parametrize("name", VERDICTS)
def test_each_verdict_says_its_sentence_and_shows_its_fields_only_when_authentic(verifier, used, name):
    sample, page = samples(verifier)[name], used
    enter(page, sample.text)
    assert verdict(page) == (sample.verdict, sample.level)
    assert sample.words in page.locator("h1").inner_text()
    assert page.locator("[data-announce][role=alert]").text_content().strip()
    assert page.locator("[data-verdict] svg.emblem path").count() == 2
    assert page.locator('[data-field="family_name"]').count() == (1 if sample.shown else 0)
    alive = sample.shown and name not in ENDED
    poll(lambda: page.locator(".aside .details").count() == 1, what="what follows the verdict")
    assert ("L5221-8" in page.content()) == alive, "what is over for good needs no advice on hiring"
    assert (page.locator(".compare").count() == 1) == alive
    assert ("N’embauchez pas" in page.locator("[data-verdict]").inner_text()) == (name in ENDED)
    assert page.evaluate("() => document.activeElement.tagName") == "H1"
    page.locator('[data-action="again"]').click()
    poll(lambda: page.locator("[data-verdict]").count() == 0 and page.locator('[data-action="text"]').count() == 1)


def test_whose_verdict_it_is_stands_on_the_first_screen(verifier, browser):
    """All verdicts that show fields, longest names, eight workplaces, at two sizes, in both languages; then large letters."""
    facts = [
        f'[data-field="{name}"]' for name in ("family_name", "given_names", "employer.name", "valid_until", "number")
    ]
    longest = [
        verifier.issuer.token(**LONGEST, **changes)
        for changes in (
            {}, {"index": 11}, {"index": 12}, {"index": 13}, {"expires": verifier.now - DAY}, {"not_before": verifier.now + DAY}, {"index": 131_072},
        )
    ]  # fmt: skip
    wrong = []
    for height, language in ((640, "fr"), (740, "en")):
        context = browser.new_context(**{**PHONE, "viewport": {"width": 360, "height": height}})
        context.add_init_script(f"localStorage.setItem('wif.settings', JSON.stringify({{ language: '{language}' }}))")
        page = context.new_page()
        page.goto(verifier.origin)
        for content in longest:
            page.evaluate("(hash) => { location.hash = hash; }", verifier.text(content).partition("#")[2])
            poll(lambda page=page: page.locator("[data-verdict]").count() == 1)
            wrong += [(height, verdict(page), name) for name in page.evaluate(SEEN, [".verdict-word", *facts])]
            page.evaluate("() => document.querySelector('[data-action=again]').click()")
            poll(lambda page=page: page.locator("[data-verdict]").count() == 0)
        for letters in (150, 200):
            page.evaluate("(letters) => { document.documentElement.style.fontSize = `${letters}%`; }", letters)
            for content in (verifier.issuer.token(), verifier.issuer.token(index=11)):
                page.evaluate("(hash) => { location.hash = hash; }", verifier.text(content).partition("#")[2])
                poll(lambda page=page: page.locator("[data-verdict]").count() == 1)
                wrong += [(height, letters, name) for name in page.evaluate(SEEN, [".verdict-word", facts[0]])]
                page.evaluate("() => document.querySelector('[data-action=again]').click()")
                poll(lambda page=page: page.locator("[data-verdict]").count() == 0)
        context.close()
    assert wrong == []


def test_levels_differ_in_brightness_and_a_wrong_clock_is_not_up_to_date(verifier, browser):
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(verifier.origin)
    bright = {}
    for sample in (samples(verifier)[name] for name in ("valid", "suspended", "expired", "foreign")):
        enter(page, sample.text)
        colour = page.locator(".panel").evaluate(
            "(panel) => getComputedStyle(panel).backgroundColor.match(/\\d+/g).map(Number)"
        )
        linear = [(v / 255 / 12.92) if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour[:3]]
        bright[sample.level] = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        page.locator('[data-action="again"]').click()
        poll(lambda: page.locator('[data-action="text"]').count() == 1)
    order = sorted(bright.values())
    assert len(order) == 4 and all((b + 0.05) / (a + 0.05) > 1.3 for a, b in itertools.pairwise(order)), bright
    page.clock.set_fixed_time(verifier.now - 40 * DAY)
    enter(page, samples(verifier)["valid"].text)
    assert verdict(page)[0] == "clock_wrong"
    poll(lambda: page.locator(".standing").get_attribute("data-standing") == "clock", what="words for the clock")
    assert "À jour" not in page.locator(".standing").inner_text()
    context.close()


def test_no_two_verdicts_share_a_shape_and_a_word(verifier, used):
    page = used
    seen = set()
    for sample in samples(verifier).values():
        enter(page, sample.text)
        drawing = page.locator(".emblem").evaluate(
            "(svg) => [...svg.querySelectorAll('path')].map((path) => path.getAttribute('d')).join()"
        )
        seen.add((drawing, page.locator(".verdict-word").inner_text()))
        page.locator('[data-action="again"]').click()
        poll(lambda: page.locator('[data-action="text"]').count() == 1)
    assert len(seen) == len(VERDICTS)
    assert len({word for _, word in seen}) == len({drawing for drawing, _ in seen}) == len(VERDICTS)


def test_signed_fields_are_shown_in_words_with_their_raw_values(verifier, context):
    page = context.new_page()
    page.goto(verifier.link(verifier.issuer.token()))
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    poll(
        lambda: page.locator('[data-field="nationality"]').text_content() != "VNM",
        what="the name of the nationality, which follows its letters",
    )
    for name, words in SIGNED.items():
        assert page.locator(f'[data-field="{name}"]').text_content() == words
    assert page.locator('[data-field="birth_date"]').get_attribute("data-value") == "1996-03-14"
    assert page.locator('[data-field="status.index"]').text_content() == "7"
    assert page.locator("bdi[data-field]").count() >= len(SIGNED)


def test_absent_fields_are_said_to_be_absent(verifier, context):
    page = context.new_page()
    bare = verifier.issuer.token(
        given_names=None, employer_siret=None, hours=None, workplaces=None, residence_permit=None
    )
    page.goto(verifier.link(bare))
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    assert page.locator(".absent").all_inner_texts() == [
        "aucun prénom",
        "non mentionné",
        "aucun",
        "non mentionnée",
        "sans limitation de département",
    ]
    assert page.locator('[data-field="given_names"]').count() == 0


def test_the_language_changes_at_once_and_stays(verifier, context):
    page = context.new_page()
    page.goto(verifier.link(verifier.issuer.token()))
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    assert page.locator("html").get_attribute("lang") == "fr"
    page.locator('[data-action="language"]').click()
    poll(lambda: page.locator("html").get_attribute("lang") == "en")
    assert "Authentic and currently valid" in page.locator("h1").inner_text()
    assert page.locator('[data-field="birth_date"]').text_content() == "14 March 1996"
    page.goto(verifier.origin)
    poll(lambda: page.locator("h1").inner_text() == "Scan the QR code of the paper")


FIRST_VERDICT = """addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
  if (document.querySelector('[data-verdict]')) document.documentElement.dataset.shownAt ??= String(performance.now());
}).observe(document.documentElement, { subtree: true, childList: true, attributes: true }));"""
"""Notes when the first verdict came, in milliseconds of the page's own clock, which its list of loaded files uses
too.
"""


def test_a_link_is_read_then_gone_from_address_and_history_without_loading_the_scanner(verifier, context):
    page = context.new_page()
    page.add_init_script(FIRST_VERDICT)
    before = len(verifier.requests())
    page.goto(verifier.link(verifier.issuer.token()))
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({ name, startTime }) => [name, startTime])")
    shown_at = float(page.locator("html").get_attribute("data-shown-at"))
    early = [name for name, at in loaded if at < shown_at]
    assert page.url == f"{verifier.origin}/"
    entries = context.new_cdp_session(page).send("Page.getNavigationHistory")["entries"]
    assert not [entry for entry in entries if "#1" in entry["url"] or "%231" in entry["url"]]
    assert any("/verify.js" in name for name in early)
    assert [name for name in early if re.search(r"zxing|reader|camera|scan|pdf", name)] == []
    assert not any("1214" in line["address"] for line in verifier.requests()[before:])


def test_a_second_link_opened_in_the_same_page_is_read_too(verifier, context):
    page = context.new_page()
    page.goto(verifier.link(verifier.issuer.token()))
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    expired = samples(verifier)["expired"].text
    page.evaluate("(fragment) => { location.hash = fragment; }", expired.partition("#")[2])
    shown(page, ("expired", "red"))
    assert page.url == f"{verifier.origin}/"


def test_hostile_signed_texts_stay_texts(verifier, browser):
    hostile = '<img src=x onerror="document.title=1"><b>X'
    wide = "Ǳ" * 80
    for width in (390, 320):
        context = browser.new_context(**{**PHONE, "viewport": {"width": width, "height": 800}})
        page = context.new_page()
        trouble = []
        page.on("pageerror", lambda error, trouble=trouble: trouble.append(str(error)))
        page.on("dialog", lambda dialog, trouble=trouble: trouble.append(dialog.message))
        page.goto(
            verifier.link(
                verifier.issuer.token(
                    family_name=hostile,
                    given_names=wide,
                    job="<script>alert(1)</script>",
                    employer_name="{list} ${x} javascript:alert(1)",
                )
            )
        )
        poll(lambda page=page: page.locator("[data-verdict]").count() == 1)
        assert page.locator('[data-field="family_name"]').text_content() == hostile
        assert page.locator('[data-field="given_names"]').text_content() == wide
        assert page.locator('[data-field="employer.name"]').text_content() == "{list} ${x} javascript:alert(1)"
        assert page.locator("main img, main script, main b").count() == 0
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        assert trouble == []
        context.close()


def test_bidirectional_text_is_refused_even_when_signed(verifier, context):
    page = context.new_page()
    page.goto(verifier.link(unlike(verifier, k3="DUPONT \u202eTNOPUD")))
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    assert verdict(page) == ("invalid_claims", "red")
    assert "TNOPUD" not in page.content()


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-40, ("clock_wrong", "amber")),
        (2, ("valid", "amber")),
        (9, ("status_unknown", "amber")),
        (90, ("expired", "red")),
    ],
)
def test_a_clock_set_back_or_forward_never_shows_green(verifier, context, days, expected):
    page = context.new_page()
    page.clock.set_fixed_time(verifier.now + days * DAY)
    page.goto(verifier.link(verifier.issuer.token()))
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    assert verdict(page) == expected


def test_a_verdict_changes_by_itself_when_a_newer_list_revokes_it(verifier, context):
    page = context.new_page()
    index = 77
    page.goto(verifier.link(verifier.issuer.token(index=index)))
    shown(page, ("valid", "green"))
    verifier.publish({index: 1, 11: 1, 12: 2, 13: 3}, age=5)
    page.locator('[data-action="refresh-lists"]').click()
    shown(page, ("revoked", "red"))
    assert "mis à jour" in page.locator("[data-verdict]").inner_text()
    assert page.locator("[data-verdict]").count() == 1


def test_the_ages_of_both_lists_show_in_words_and_grow(verifier, context):
    page = context.new_page()
    page.goto(verifier.link(verifier.issuer.token()))
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    status, trust = page.locator("[data-status-age]"), page.locator("[data-trust-age]")
    assert (
        0 <= int(status.get_attribute("data-status-age")) < 600
        and 0 <= int(trust.get_attribute("data-trust-age")) < 900
    )
    assert status.inner_text().startswith("Retraits") and "il y a" in trust.inner_text()
    first = page.locator(".live-clock").inner_text()
    poll(lambda: page.locator(".live-clock").inner_text() != first, what="a ticking clock")


def test_the_proof_holds_all_that_repeats_the_verdict_and_is_read_again(verifier, context, tmp_path):
    page = context.new_page()
    page.goto(verifier.link(verifier.issuer.token(index=11, family_name="O'</script><b>")))
    shown(page, ("revoked", "red"))  # the site's lists are older than the act
    with page.expect_download() as download:
        page.locator('[data-action="keep"]').click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    content = saved.read_text("utf-8")
    record = json.loads(re.search(r'<script[^>]*id="evidence"[^>]*>(.*?)</script>', content, re.DOTALL)[1])
    assert record["verdict"] == "revoked" and record["text"].endswith(
        verifier.text(verifier.issuer.token(index=11, family_name="O'</script><b>")).partition("#")[2]
    )
    assert record["claims"]["family_name"] == "O'</script><b>"
    assert (
        len(record["trust_list"]["sha256"])
        == len(record["status_list"]["sha256"])
        == len(record["software"]["build_sha256"])
        == 64
    )
    page.locator('[data-action="again"]').click()
    page.locator("input[type=file]").set_input_files(str(saved))
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    assert verdict(page) == ("revoked", "red")
    reader = context.new_page()
    reader.goto(saved.as_uri())
    assert "RÉVOQUÉE" in reader.locator("h2").first.inner_text()
    assert "Viêt Nam (VNM)" in reader.locator("body").inner_text()
    assert reader.locator("b").count() == 0


def test_nothing_is_stored_but_lists_and_settings(verifier, context):
    page = context.new_page()
    page.goto(verifier.link(verifier.issuer.token()))
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    page.locator('[data-action="language"]').click()
    poll(lambda: page.locator("html").get_attribute("data-offline") == "ready", 40)
    kept = page.evaluate("""async () => {
      const stored = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), document.cookie];
      for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) stored.push(request.url);
      for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((resolve) => { const open = indexedDB.open(name); open.onsuccess = () => resolve(open.result); });
        for (const store of database.objectStoreNames) {
          const all = await new Promise((resolve) => { const got = database.transaction(store).objectStore(store).getAll(); got.onsuccess = () => resolve(got.result); });
          stored.push(JSON.stringify(all, (key, value) => (value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : value)));
        }
      }
      return stored.join('\\n');
    }""")
    assert "wif.settings" in kept and "trust" in kept
    for personal in (
        "NGUYEN",
        "4829130571",
        "81234567800013",
        verifier.text(verifier.issuer.token()).partition("#")[2][:40],
    ):
        assert personal not in kept
