"""The pages for applicants over the real server: no cookie, what caches may keep, what a guesser learns, what is typed
comes back.
"""

import re
import time
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import httpx
import pytest

from issuer.registry import requests as registry_requests
from issuer.web import mailing
from issuer.web.publicside import PREFIX
from tests.support.agency import Agency
from tests.support.requests import DAY, add

COMPLETE = "who=student&nationality=other&hours=beyond&contract=employment&request=first&residence=card&regulated=no&performance=no&change_of_status=no"
FILING = "https://demarches.example/commencer/apt"
CACHED = (
    "",
    "/accessibilite",
    "/donnees-personnelles",
    "/dossier",
    f"/dossier?{COMPLETE}",
    f"/dossier.pdf?{COMPLETE}",
    "/demande",
    "/statistiques",
    "/statistiques/months.csv",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A home with a request of its own, and its server."""
    made = Agency(tmp_path_factory.mktemp("place"), web=f'filing = "{FILING}"')
    made.now = int(time.time())
    made.request = registry_requests.by_id(made.home.engine, add(made.home.engine, made.now - 3 * DAY, dossier=44950))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def fresh(place):
    """The same with no tries counted."""
    place.context.throttles.sweep(place.context.clock() + 10**6)
    return place


def ask(place, number, birth_date, **headers) -> httpx.Response:
    return httpx.post(
        f"{place.address}{PREFIX}/demande",
        data={"number": number, "birth_date": birth_date},
        headers=headers,
        timeout=60,
    )


@pytest.mark.parametrize("path", CACHED)
def test_what_caches_may_keep_bears_no_cookie_and_depends_on_its_address_alone(place, path):
    plain = httpx.get(f"{place.address}{PREFIX}{path}", timeout=60)
    visited = place.client("agent").get(f"{PREFIX}{path}", headers={"Accept-Language": "en"})
    assert plain.status_code == 200 and plain.content == visited.content, "an agent's session changes nothing"
    assert re.fullmatch(r"public, max-age=\d+", plain.headers["Cache-Control"])
    assert "Set-Cookie" not in plain.headers and "Vary" not in plain.headers and "Set-Cookie" not in visited.headers
    assert "script-src" not in plain.headers["Content-Security-Policy"] or "<script" not in plain.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/courriels/x", 404), ("/statistiques/people.csv", 404), ("/dossier/x", 404)],
)
def test_errors_stay_on_the_public_side_without_a_cookie(place, path, status):
    answer = httpx.get(f"{place.address}{PREFIX}{path}", timeout=60)
    assert (
        answer.status_code == status
        and "Set-Cookie" not in answer.headers
        and answer.headers["Cache-Control"] == "no-store"
    )
    assert f'href="{PREFIX}"' in answer.text and "/attestations" not in answer.text


def test_the_language_stands_in_the_address(place):
    french, english = (httpx.get(f"{place.address}{PREFIX}{query}", timeout=60).text for query in ("", "?lang=en"))
    assert '<html lang="fr">' in french and '<html lang="en">' in english and f"{PREFIX}/dossier?lang=en" in english
    assert '<html lang="fr">' in httpx.get(f"{place.address}{PREFIX}?lang=xx", timeout=60).text
    assert (
        f"{PREFIX}/dossier?{COMPLETE.replace('&', '&amp;')}&amp;lang=en"
        in httpx.get(f"{place.address}{PREFIX}/dossier?{COMPLETE}", timeout=60).text
    )


def test_a_request_is_shown_to_who_knows_number_and_date(fresh):
    for number in ("44950", str(fresh.request.number)):
        for typed in ("14/03/1996", "14 mars 1996", "1996-03-14"):
            answer = ask(fresh, number, typed)
            assert (
                answer.status_code == 200
                and 'data-state="en_instruction"' in answer.text
                and 'data-estimate="few"' in answer.text
            )
            assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
            assert not any(word in answer.text for word in ("NGUYEN", "Thị", "EXEMPLE SAS", "usager.example"))


def test_waits_are_days_of_the_calendar(fresh, monkeypatch):
    noon = int(datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Europe/Paris")).timestamp())
    monkeypatch.setattr(fresh.context, "clock", lambda: noon)
    client = fresh.app.test_client()
    for dossier, ago, words in (
        (45_001, 2 * DAY + 7200, "2 jours"),
        (45_002, 7200, "moins d’un jour"),
        (45_003, 14 * 3600, "1 jour"),
    ):
        add(fresh.home.engine, noon - ago, dossier=dossier)
        answer = client.post(f"{PREFIX}/demande", data={"number": str(dossier), "birth_date": "14/03/1996"})
        assert f"attend depuis {words}." in unescape(answer.text), ago


@pytest.mark.parametrize(
    ("state", "words"),
    [("accepte", "R5221-42"), ("refuse", "R421-1"), ("sans_suite", "nouvelle demande")],
)
def test_a_decision_comes_with_what_to_do_next(fresh, state, words):
    dossier = 45_100 + len(state)
    add(fresh.home.engine, fresh.now - 3 * DAY, (), state=state, decided_at=fresh.now - DAY, dossier=dossier)
    page = ask(fresh, dossier, "14/03/1996").text
    assert f'data-next="{state}"' in page and words in page and "De personne" not in page
    assert (FILING in page) == (state != "accepte")


def test_applicants_are_told_where_to_file(place):
    for path in ("", "?lang=en", f"/dossier?{COMPLETE}"):
        assert f'href="{FILING}"' in httpx.get(f"{place.address}{PREFIX}{path}", timeout=60).text
    assert FILING not in httpx.get(f"{place.address}{PREFIX}/dossier?{COMPLETE.replace('other', 'european')}").text


def test_an_unknown_number_and_a_wrong_date_get_the_same_answer(fresh):
    wrong, unknown = ask(fresh, "44950", "15/03/1996"), ask(fresh, "44951", "15/03/1996")
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.text.replace("44950", "#") == unknown.text.replace("44951", "#")
    hide = lambda answer: {name: value for name, value in answer.headers.items() if name != "date"}
    assert hide(wrong) == hide(unknown)


def test_a_guesser_is_slowed_down_whatever_the_number_and_over_all_workers(fresh):
    for number in ("44950", "77777"):
        fresh.context.throttles.sweep(fresh.context.clock() + 10**6)
        answers = [ask(fresh, number, f"{day:02}/01/1990").status_code for day in range(1, 14)]
        assert answers == [404] * 10 + [429] * 3
    late = ask(fresh, "77777", "14/03/1996")
    assert late.status_code == 429 and 1 <= int(late.headers["Retry-After"]) <= 60 and "minute" in late.text
    fresh.context.throttles.sweep(fresh.context.clock() + 10**6)
    for day in range(1, 10):
        ask(fresh, "44950", f"{day:02}/01/1990")
    assert ask(fresh, "44950", "14/03/1996").status_code == 200, (
        "who knows the date is let in, and the number is free again"
    )
    assert ask(fresh, "44950", "01/01/1990").status_code == 404


def test_an_address_that_tries_many_numbers_is_slowed_down(fresh):
    answers = [ask(fresh, str(90_000 + n), "01/01/1990").status_code for n in range(42)]
    assert answers[:40] == [404] * 40 and answers[40:] == [429] * 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_ask_through_a_browser(fresh, headers):
    for _ in range(12):
        assert ask(fresh, "44950", "14/03/1996", **headers).status_code == 403
    own = {"Sec-Fetch-Site": "same-origin", "Origin": fresh.address}
    assert ask(fresh, "44950", "14/03/1996", **own).status_code == 200, "and such tries count for nothing"


@pytest.mark.parametrize(
    ("number", "birth_date", "fields"),
    [
        ("", "", ["number", "birth_date"]),
        ("12a", "14/03/1996", ["number"]),
        ("44950", "hier", ["birth_date"]),
        ("9" * 400, "1" * 400, ["number", "birth_date"]),
        ("<script>", '"><b>', ["number", "birth_date"]),
        ("\x00", "\x00", ["number", "birth_date"]),
    ],
)
def test_what_is_not_understood_is_named_and_kept(fresh, number, birth_date, fields):
    answer = ask(fresh, number, birth_date)
    assert answer.status_code == 422 and re.findall(r'id="f-(\w+)-error"', answer.text) == fields
    assert "<script>" not in answer.text and '"><b>' not in answer.text
    if birth_date == "hier":
        assert 'value="44950"' in answer.text and 'value="hier"' in answer.text


def test_what_was_typed_reaches_neither_the_journal_nor_an_address(fresh):
    ask(fresh, "44950", "14/03/1996")
    ask(fresh, "123123123", "13/02/1991")
    httpx.get(f"{fresh.address}{PREFIX}/courriels/{'a' * 96}", timeout=60)
    journal = re.sub(r'"(?:at|ms)": [^,}]+', "", fresh.log.read_text())  # a time may hold any digits
    assert f"{PREFIX}/demande" in journal
    assert not any(word in journal for word in ("44950", "123123123", "1996", "13/02/1991", "NGUYEN", "a" * 40))


def test_the_questions_lead_to_the_pieces_step_by_step(place):
    first = httpx.get(f"{place.address}{PREFIX}/dossier", timeout=60).text
    assert first.count("<fieldset") == 9 and "data-piece" not in first
    more = httpx.get(
        f"{place.address}{PREFIX}/dossier?sent=1&{COMPLETE.replace('contract=employment', 'contract=apprenticeship')}",
        timeout=60,
    ).text
    assert more.count("<fieldset") == 1 and 'name="first_year"' in more and 'name="who" value="student"' in more
    done = httpx.get(f"{place.address}{PREFIX}/dossier?sent=1&{COMPLETE}&name=NGUYEN", timeout=60).text
    assert re.findall(r'data-piece="(\w+)"', done) == ["passport", "schooling", "contract", "residence_card", "mandate"]
    assert "NGUYEN" not in done and f'{PREFIX}/dossier?{COMPLETE.replace("&", "&amp;")}"' in done
    missing = httpx.get(f"{place.address}{PREFIX}/dossier?sent=1&who=student&contract=nonsense", timeout=60).text
    assert missing.count("<fieldset") == 9 and 'href="#q-contract"' in missing and 'value="student" checked' in missing


def test_the_pdf_says_what_the_page_says(place, tmp_path):
    from pypdfium2 import PdfDocument

    for language in ("fr", "en"):
        body = httpx.get(f"{place.address}{PREFIX}/dossier.pdf?{COMPLETE}&lang={language}", timeout=60).content
        page = httpx.get(f"{place.address}{PREFIX}/dossier?{COMPLETE}&lang={language}", timeout=60).text
        document = PdfDocument(body)
        text = " ".join(" ".join(document[n].get_textpage().get_text_bounded().split()) for n in range(len(document)))
        titles = re.findall(r'data-piece="\w+">\s*<h2>([^<]+)</h2>', page)
        assert len(titles) == 5 and all(title.replace("&#39;", "’") in text for title in titles)
        assert b"/StructTreeRoot" in body and f"/Lang ({language})".encode() in body.replace(b"/Lang(", b"/Lang (")
        assert body == httpx.get(f"{place.address}{PREFIX}/dossier.pdf?{COMPLETE}&lang={language}", timeout=60).content


def test_a_pdf_without_answers_leads_to_the_questions(place):
    answer = httpx.get(f"{place.address}{PREFIX}/dossier.pdf?who=student", timeout=60)
    assert answer.status_code == 302 and answer.headers["Location"] == f"{PREFIX}/dossier?who=student"


def test_opening_the_link_of_a_message_changes_nothing_and_its_button_does(place):
    hashed = mailing.address_hash(place.context.sealer, "Mai@usager.example")
    address = f"{place.address}{PREFIX}/courriels/{mailing.stop_token(place.context.sealer, hashed)}"
    from issuer.registry import notices

    assert httpx.get(address, timeout=60).status_code == 200 and not notices.is_stopped(place.home.engine, hashed)
    assert httpx.post(
        address, data={"List-Unsubscribe": "One-Click"}, timeout=60
    ).status_code == 200 and notices.is_stopped(place.home.engine, hashed)
    assert hashed == mailing.address_hash(place.context.sealer, "mai@USAGER.example")
    assert httpx.post(address, data={"do": "resume"}, timeout=60).status_code == 200 and not notices.is_stopped(
        place.home.engine, hashed
    )
    forged = address[:-1] + ("0" if address[-1] != "0" else "1")
    assert httpx.post(forged, timeout=60).status_code == 404


def test_the_csv_is_for_spreadsheets(place):
    answer = httpx.get(f"{place.address}{PREFIX}/statistiques/departments.csv", timeout=60)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8" and answer.content.startswith("\ufeff".encode())
    head = answer.text.lstrip("\ufeff").split("\r\n")[0]
    assert head.startswith("Département;Demandes reçues;Demandes acceptées")
