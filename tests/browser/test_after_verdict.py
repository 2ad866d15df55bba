"""After the verdict: the hire compared on the phone, off line, from what is typed and from files, good and bad."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import cv2
import pytest

from tests.browser.samples import publish_seals
from tests.support import seal_papers
from tests.support.sites import poll

DPAE = """<?xml version="1.0" encoding="ISO-8859-1"?>
<FR_DUE_Upload><FR_DuesGroup>
<FR_Employer><FR_Organization.SIRET.Identifier>{siret}</FR_Organization.SIRET.Identifier></FR_Employer>
<FR_EmployeeGroup><FR_Employee>
<FR_PersonIdentity.Surname.Text>NGUYEN EPOUSE DUPONT</FR_PersonIdentity.Surname.Text>
<FR_PersonIdentity.ChristianName.Text>THI MAI</FR_PersonIdentity.ChristianName.Text>
<FR_Birth.Date>1996-03-14</FR_Birth.Date></FR_Employee>
<FR_Contract><FR_Contract.StartContract.Date>{first}</FR_Contract.StartContract.Date>
<FR_Contract.EndContract.Date>{last}</FR_Contract.EndContract.Date>
<FR_Contract.Nature.Code>CDD</FR_Contract.Nature.Code></FR_Contract></FR_EmployeeGroup>
</FR_DuesGroup></FR_DUE_Upload>"""


@pytest.fixture(scope="module")
def verifier(verifier):
    publish_seals(verifier)
    return verifier


@pytest.fixture(scope="module")
def phone(holding):
    """A page that keeps everything, the State's seals too, off line."""
    page = holding()
    poll(lambda: page.evaluate("caches.match('/kept-seals').then(Boolean)"), what="the list of seals kept")
    page.context.set_offline(True)
    return page


@pytest.fixture
def comparing(verifier, phone):
    """A function that shows a paper's verdict, then its comparison."""

    def show(**changes):
        scan(phone, verifier.text(verifier.issuer.token(**changes)))
        phone.locator("[data-action=after]").click()
        phone.locator("[data-action=compare]").click()
        poll(lambda: phone.locator("[data-after=compare]").count() == 1)
        return phone

    yield show
    assert phone.context.faults == []


def scan(page, text: str) -> None:
    if (
        page.locator("[data-action=text]").count() == 0
    ):  # else a second screen would take the place of the one that is filled
        page.locator(".tabs [data-action=scan]").click()
    poll(lambda: page.locator("[data-action=text]").count() == 1)
    page.locator("[data-action=text]").fill(text)
    poll(lambda: page.locator("[data-action=after]").count() == 1)


def day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d/%m/%Y")


def fill(page, **values: str) -> None:
    for name, value in values.items():
        control = page.locator(f"#after-{name}")
        if name == "per":
            control.select_option(value)
        else:
            control.fill(value)
    page.locator("[data-action=compare-now]").click()


def outcomes(page) -> dict[str, str]:
    lines = page.locator(".line").evaluate_all("all => all.map(({ dataset }) => [dataset.field, dataset.outcome])")
    return dict(lines)


def drop(page, name: str, content: bytes | str, size: int = 0) -> None:
    """Drops a file on the page; with a `size` one of so many blanks."""
    page.evaluate(
        """([name, text, size]) => {
          const given = new DataTransfer();
          given.items.add(new File([size ? new Uint8Array(size).fill(32) : Uint8Array.from(text, (sign) => sign.charCodeAt(0))], name));
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true }));
        }""",
        [name, content if isinstance(content, str) else content.decode("latin1"), size],
    )


def fault(page) -> str:
    poll(lambda: page.locator("[data-fault]").count() == 1, what="a sentence that says why")
    return page.locator("[data-fault]").get_attribute("data-fault")


def test_what_is_typed_is_compared_off_line_and_said_in_words(verifier, comparing):
    page, day_s = comparing(), 86_400
    fill(
        page, siret="812 345 678 00021", contract="CDI", job="Ingénieure d'études", hours="40", per="week", workplace="33000",
        first_day=day(verifier.now), last_day=day(verifier.now + 90 * day_s), residence_permit="99I2345678",
    )  # fmt: skip
    assert outcomes(page) == {
        "contract": "different", "hours": "different", "workplaces": "different", "dates": "different",
        "employer.siret": "near", "job": "same", "residence_permit": "same",
    }  # fmt: skip
    said = page.locator(".lines").inner_text()
    assert "Plus d’heures" in said and "L8251-1" in said and "pour le chiffre 1" in said
    assert "12" in page.locator("[data-formula]").inner_text() or "52" in page.locator("[data-formula]").inner_text()
    for line in page.locator(".line").all():
        words = {"same": "Identique", "different": "Différent", "near": "À regarder", "not_comparable": "Non comparé"}
        assert words[line.get_attribute("data-outcome")] in line.inner_text()  # never by colour alone
    assert page.locator("[data-verdict]").count() == 0
    assert page.evaluate("localStorage.getItem('wif.hire')") is None  # nothing is kept unasked


def test_a_job_in_other_words_is_read_by_a_person(comparing):
    page = comparing()
    fill(
        page,
        job="Plongeuse",
        siret="",
        contract="",
        hours="",
        workplace="",
        first_day="",
        last_day="",
        residence_permit="",
    )
    assert outcomes(page) == {"job": "not_comparable"}


def test_what_was_typed_survives_another_language_and_the_way_back(comparing):
    page = comparing()
    fill(page, job="Vendeuse")
    page.locator("[data-action=language]").click()
    poll(lambda: "Compare with the hire" in page.locator("h1").inner_text())
    assert page.locator("#after-job").input_value() == "Vendeuse"
    assert "Not compared" in page.locator(".line").first.inner_text()
    page.locator("[data-action=back]").click()
    poll(lambda: page.locator("[data-verdict]").count() == 1)
    page.locator("main [data-action=after]").click()
    page.locator("[data-action=compare]").click()
    poll(lambda: page.locator("#after-job").count() == 1)
    assert page.locator("#after-job").input_value() == "Vendeuse"
    page.locator("[data-action=language]").click()


def test_kept_for_the_next_papers_of_the_same_employer_only_when_asked_and_never_of_a_person(comparing):
    page = comparing(index=21)
    page.locator("input[name=keep]").check()
    fill(page, siret="81234567800013", job="Plongeur", residence_permit="9912345678", contract="CDI")
    stored = page.evaluate("localStorage.getItem('wif.hire')")
    assert json.loads(stored)["values"] == {"siret": "81234567800013", "job": "Plongeur", "contract": "CDI"}
    page = comparing(index=22)  # another paper of the same company
    assert page.locator("#after-job").input_value() == "Plongeur"
    assert page.locator("#after-residence_permit").input_value() == ""
    page = comparing(index=23, employer_siret=None, employer_name="AUTRE EXEMPLE")
    assert page.locator("#after-job").input_value() == ""
    page = comparing(index=24)
    page.locator("input[name=keep]").uncheck()
    page.locator("[data-action=compare-now]").click()
    assert page.evaluate("localStorage.getItem('wif.hire')") is None
    assert "oubliées" in page.locator("[data-after]").inner_text()


def test_a_storage_that_refuses_loses_nothing_and_is_said(comparing):
    page = comparing(index=25)
    page.evaluate(
        "() => { window.kept = Storage.prototype.setItem;"
        " Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.locator("input[name=keep]").check()
    fill(page, job="Plongeur")
    page.evaluate("() => { Storage.prototype.setItem = window.kept; }")
    assert "n’a rien voulu garder" in page.locator("[data-after]").inner_text()
    assert page.locator("#after-job").input_value() == "Plongeur" and outcomes(page)["job"] == "not_comparable"


def test_a_dpae_dropped_on_the_page_fills_the_form_and_is_compared(verifier, comparing):
    page = comparing(index=26)
    text = DPAE.format(siret="81234567800013", first=_iso(verifier.now), last=_iso(verifier.now + 30 * 86_400))
    drop(page, "dpae.xml", text)
    poll(lambda: page.locator(".line").count() > 0)
    assert set(outcomes(page).values()) == {"same"}, outcomes(page)
    assert set(outcomes(page)) == {"dates", "family_name", "given_names", "birth_date", "employer.siret", "contract"}
    assert "dpae.xml" in page.locator("[data-source]").inner_text()


def _iso(seconds: int) -> str:
    return "-".join(reversed(day(seconds).split("/")))


def test_a_table_of_staff_finds_the_holder_and_offers_the_doubtful(comparing):
    page = comparing(index=27)
    rows = "Nom;Prénom;Date de naissance;SIRET;Emploi\r\nMARTIN;Zoé;01/01/2000;81234567800013;Vendeuse\r\n"
    drop(page, "staff.csv", (rows + "nguyen épouse dupont;Thi Mai;14/03/1996;81234567800013;Plongeuse\r\n").encode())
    poll(lambda: page.locator(".line").count() > 0)
    assert outcomes(page)["family_name"] == "same" and page.locator("#after-job").input_value() == "Plongeuse"
    drop(page, "staff.csv", (rows + "NGUYEN;Mai;;;=1+1\r\nDUPONT;Thi;;;<img src=x onerror=alert(1)>\r\n").encode())
    poll(lambda: page.locator("[data-action=hired]").count() == 2)
    page.locator("[data-action=hired]").last.click()  # markup is a text
    assert page.locator("#after-job").input_value() == "<img src=x onerror=alert(1)>"
    assert page.locator("main img").count() == 0 and outcomes(page)["family_name"] == "near"
    drop(page, "staff.csv", rows.encode())
    poll(lambda: outcomes(page)["family_name"] == "different", what="the one hire of the file, of somebody else")
    drop(page, "staff.csv", (rows + "PETIT;Luc;02/01/2000;;Vendeur\r\n").encode())
    assert fault(page) == "nobody"


@pytest.mark.parametrize(
    ("name", "content", "size", "code"),
    [
        ("big.xml", "", 50_000_000, "too_large"),
        ("broken.xml", "<FR_DUE_Upload><FR_Employer>", 0, "xml_broken"),
        ("bomb.xml", '<!DOCTYPE a [<!ENTITY b "c">]><FR_DUE_Upload>&b;</FR_DUE_Upload>', 0, "xml_doctype"),
        ("other.xml", "<html/>", 0, "not_dpae"),
        ("charset.xml", '<?xml version="1.0" encoding="UTF-8"?><FR_DUE_Upload>\xe9\x28</FR_DUE_Upload>', 0, "charset"),
        ("empty.csv", "  ", 0, "empty"),
        ("heads.csv", "a;b;c\r\n1;2;3", 0, "heads"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence_and_what_was_typed_stays(comparing, name, content, size, code):
    page = comparing(index=28)
    page.locator("#after-job").fill("Plongeur")
    drop(page, name, content, size)
    assert fault(page) == code
    assert page.locator("[data-fault]").inner_text().endswith(".")
    assert page.locator("#after-job").input_value() == "Plongeur"


def test_a_picture_given_meanwhile_is_read_as_a_paper(comparing):
    page = comparing(index=29)
    drop(page, "empty.png", b"\x89PNG\r\n\x1a\n")
    poll(lambda: page.locator("[data-trouble]").count() == 1)


def test_the_whole_way_by_keyboard(verifier, comparing):
    page = comparing(index=30)
    page.locator("#after-siret").focus()
    page.keyboard.type("81234567800039", delay=90)
    page.keyboard.press("Enter")
    poll(lambda: outcomes(page) == {"employer.siret": "near"})
    assert page.evaluate("document.activeElement.tagName") == "H2"  # the result is read from its title on


CARD = ("IRFRAAB10O123449912345678<<<<<", "9603149F2809300SEN<<<<<<<<<<<2", "NDIAYE<<AMINATA<AWA<<<<<<<<<<<")
"""The lines of an invented residence permit; the number of the person, 9912345678, is the signed one."""


def keyed(page, text: str) -> None:
    """Keys a line as a handheld reader does, with its Enter."""
    page.evaluate(
        """(text) => {
          for (const key of [...text, 'Enter']) {
            const at = document.activeElement;
            const pressed = at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
            if (pressed && key !== 'Enter' && at instanceof HTMLInputElement) {
              at.value += key;
              at.dispatchEvent(new InputEvent('input', { bubbles: true }));
            }
            if (pressed && key === 'Enter' && at instanceof HTMLInputElement) at.form.requestSubmit();
          }
        }""",
        text,
    )


def permit(page) -> tuple[str, str, str]:
    """What stands in the field of the residence permit, its outcome, and why."""
    line = page.locator(".line[data-field=residence_permit]")
    poll(lambda: line.count() == 1, what="the permit compared")
    return (
        page.locator("#after-residence_permit").input_value(),
        *(line.get_attribute(f"data-{one}") for one in ("outcome", "reason")),
    )


@pytest.mark.parametrize("focused", [False, True])
def test_a_card_reader_keys_the_lines_one_by_one_and_its_number_is_compared(comparing, focused):
    page = comparing(index=31 + focused)
    if focused:
        page.locator("#after-residence_permit").focus()
    keyed(page, CARD[0])
    assert permit(page)[1:] == ("not_comparable", "permit_lines"), "the other number of the card may be the signed one"
    for line in CARD[1:]:
        keyed(page, line)
    poll(lambda: permit(page) == ("9912345678", "same", "equal"), what="the number of the person")
    assert "AB10O1234, 9912345678" in page.locator("[data-card]").inner_text()
    assert page.locator("[data-after=compare]").count() == 1, "no line led elsewhere"
    page.locator("#after-residence_permit").fill("9912345670")
    assert page.locator("[data-card]").inner_text() == "", "what is typed afterwards was read off nothing"
    page.locator("[data-action=compare-now]").click()
    assert permit(page)[1:] == ("different", "permit")


def test_the_lines_of_a_card_are_pasted_and_a_wrong_sign_is_not_judged(comparing):
    page = comparing(index=33)
    for text, expected in (
        (" ".join(CARD).replace("9912345678", "9912345676"), ("not_comparable", "permit_check")),
        (
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<< L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            ("not_comparable", "permit_passport"),
        ),
        ("DC02FR000001125E125B1301 66 9912345678", ("not_comparable", "permit_seal")),
        (" ".join(CARD), ("same", "equal")),
    ):
        fill(page, residence_permit=text)
        assert permit(page)[1:] == expected
    assert page.locator("#after-residence_permit").input_value() == "9912345678"


def photographed(page, pixels) -> None:
    page.locator("input[data-picture=card]").set_input_files(
        {"name": "card.png", "mimeType": "image/png", "buffer": cv2.imencode(".png", pixels)[1].tobytes()}
    )


def test_a_picture_of_the_code_on_the_permit_fills_its_number_and_says_what_the_seal_is_worth(verifier, comparing):
    page, made = comparing(index=34), seal_papers.texts(verifier.now, **{"6Q": "9912345678"})
    for word, said in (("stay", "Cachet authentique"), ("stay unknown", "Impossible de conclure")):
        page.locator("#after-residence_permit").fill("")
        photographed(page, seal_papers.symbol(made[word]))
        poll(lambda: page.locator("#after-residence_permit").input_value() == "9912345678", 30, word)
        assert said in page.locator("[data-card]").inner_text()
        assert permit(page)[1:] == ("same", "equal")
    page.locator("#after-residence_permit").fill("77")
    photographed(page, seal_papers.symbol(made["stay"].replace("9912345678", "9912345679")))
    assert fault(page) == "card_seal" and page.locator("#after-residence_permit").input_value() == "77"
    photographed(page, seal_papers.symbol(seal_papers.texts(verifier.now)["stay"]))
    poll(lambda: page.locator("[data-fault=card_no_number]").count() == 1, 30, "a seal without a number")
    photographed(page, seal_papers.symbol("https://example.org/menu"))
    poll(lambda: page.locator("[data-fault=card_other]").count() == 1, 30, "a code of another thing")
    assert page.locator("#after-residence_permit").input_value() == "77"


@pytest.fixture
def asking(verifier, phone):
    """A function that shows a paper's verdict, then the request to the préfet."""

    def show(**changes):
        scan(phone, verifier.text(verifier.issuer.token(**changes)))
        phone.locator("main [data-action=after]").click()
        phone.locator("[data-action=request]").click()
        poll(lambda: phone.locator("[data-after=request]").count() == 1)
        return phone

    yield show
    assert phone.context.faults == []


def prepared(page, ticks: tuple[str, ...] = (), **values: str) -> dict[str, str]:
    """The days that the page finds for these values."""
    for name in ticks:
        page.locator(f"input[name={name}]").check()
    for name, value in values.items():
        page.locator(f"#after-{name}").fill(value)
    page.locator("[data-action=prepare]").click()
    found = page.locator("div[data-day]").evaluate_all("all => all.map(({ dataset }) => [dataset.day, dataset.value])")
    return dict(found)


def test_the_days_of_the_request_follow_the_holidays_of_the_seat(asking):
    page = asking(index=41)
    # The 26th of December is a holiday in the Bas-Rhin alone; the 27th of December 2027 is a Monday.
    assert prepared(page, seat="75", first_day="29/12/2027")["latest"] == "2027-12-27"
    assert prepared(page, seat="67", first_day="28/12/2027")["latest"] == "2027-12-24"
    page = asking(index=42)
    days = prepared(page, seat="75", first_day="14/01/2028", received="07/01/2028")
    assert (days["answer"], days["silence"]) == ("2028-01-10", "2028-01-11")
    assert "sans réponse" in page.locator("[data-after]").inner_text().lower()


def test_the_text_names_the_paper_and_is_copied_drafted_and_put_into_a_calendar(asking):
    page = asking(index=43)
    prepared(
        page,
        seat="75",
        first_day="14/01/2028",
        by="Zoé Martin, gérante",
        contact="zoe@example.org",
        mail="prefecture@example.org",
    )
    text = page.locator("[data-letter]").inner_text()
    for words in (
        "482 913 0571",
        "NGUYEN ÉPOUSE DUPONT",
        "Viêt Nam",
        "812345678 00013".replace(" ", ""),
        "R5221-41",
        "Paris (75)",
        "14/01/2028",
        "964 heures par an",
    ):
        assert words in text, words
    assert page.locator("[data-missing]").count() == 0
    link = page.locator("[data-action=mail]").get_attribute("href")
    assert link.startswith("mailto:prefecture@example.org?subject=") and "R5221-41" in link
    with page.expect_download() as started:
        page.locator("[data-action=calendar]").click()
    calendar = started.value.path().read_text("utf-8")
    assert "DTSTART;VALUE=DATE:20280112" in calendar and "NGUYEN" not in calendar  # calendars are shared
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-action=copy]").click()
    poll(lambda: page.evaluate("navigator.clipboard.readText()") == text, what="the text copied")


def test_who_is_exempt_and_an_agencys_earlier_request_get_no_text(asking):
    page = asking(index=44)
    assert prepared(page, ("jobseeker",), seat="75", first_day="14/01/2028") == {}
    assert (
        page.locator("[data-due]").get_attribute("data-due") == "exempt" and page.locator("[data-letter]").count() == 0
    )
    page = asking(index=45)
    prepared(page, ("agency",), seat="75", first_day="14/01/2028", former="03/01/2028", permit_until="30/09/2028")
    assert page.locator("[data-due]").get_attribute("data-due") == "carried"


def test_what_cannot_be_reckoned_is_said_and_what_is_missing_named(asking):
    page = asking(index=46)
    assert prepared(page, seat="", first_day="31/02/2027") == {}
    assert page.locator("[data-fault=day]").inner_text().startswith("Ces jours ne se lisent pas")
    assert "Département du siège" in page.locator("[data-missing]").inner_text()
    assert prepared(page, seat="99", first_day="14/01/2028") == {}
    assert page.locator("[data-note='request.outside.place']").count() == 1
    assert prepared(page, seat="75", first_day="14/01/2060") == {}
    prepared(page, first_day="14/01/2028", by="<b>x</b>\u202e", mail="a@b.fr?bcc=c@d.fr")
    assert page.locator("[data-letter] b").count() == 0 and "<b>x</b>" in page.locator("[data-letter]").inner_text()
    assert page.locator("[data-fault=mail]").count() == 1 and "bcc" not in page.locator(
        "[data-action=mail]"
    ).get_attribute("href")


def test_in_english_the_text_sent_stays_french_and_is_told_beside(asking):
    page = asking(index=47)
    prepared(page, seat="75", first_day="14/01/2028")
    page.locator("[data-action=language]").click()
    poll(lambda: "Make the request ready" in page.locator("h1, [data-action=prepare]").last.inner_text())
    assert "code du travail" in page.locator("[data-letter]").inner_text()
    assert "Labour Code" in page.locator("details .letter").text_content()
    page.locator("[data-action=language]").click()
    poll(lambda: page.evaluate("document.documentElement.lang") == "fr")


def test_what_the_request_takes_from_the_paper_is_never_compared_with_it(asking):
    page = asking(index=48)
    assert page.locator("#after-residence_permit").input_value() == "9912345678"
    page.locator("main [data-action=after]").click()
    page.locator("[data-action=compare]").click()
    poll(lambda: page.locator("[data-after=compare]").count() == 1)
    assert page.locator("#after-residence_permit").input_value() == ""
