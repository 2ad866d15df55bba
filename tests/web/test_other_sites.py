"""What another site can make a browser send: every route that changes something, and forms that come back after
signing in.
"""

import re

import httpx
import pytest
from flask import Response

from issuer.accounts import factor
from issuer.web import kept
from tests.support.agency import FORM, PEOPLES_PASSWORD, Visitor
from tests.web.test_routes import PEOPLE, ROWS, Fresh

CROSS_SITE, ANOTHER_ORIGIN = {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}
ELSEWHERE = [
    CROSS_SITE,
    ANOTHER_ORIGIN,
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-origin, cross-site"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "same-origin", **ANOTHER_ORIGIN},
]
PRESSED_BY_MAIL_PROGRAMS = "public.stopping"
"""RFC 8058: a mail program posts to the link of a message, from no page of ours."""
CHANGING = [row for row in ROWS if row[0] == "POST" and row[2] != PRESSED_BY_MAIL_PROGRAMS]


def may_ask(row: tuple[str, ...]) -> str:
    """Somebody whom this route does not refuse by itself."""
    return next(
        (name for name, status in zip(PEOPLE[1:], row[4:], strict=True) if status not in ("403", "404")), "agent"
    )


@pytest.mark.parametrize("row", CHANGING, ids=lambda row: row[1])
def test_no_route_that_changes_something_listens_to_another_site(agency, row):
    """With the right cookie and form token, or the right bearer token: the browser says who made it send them."""
    path, bearer = row[1].format_map(Fresh(agency)), row[1].startswith("/api/")
    right = {"Authorization": f"Bearer {agency.token('agent', 'read', 'issue', 'act')}"} if bearer else {}
    visitor = agency.client(may_ask(row))
    for elsewhere in (CROSS_SITE, ANOTHER_ORIGIN):
        assert visitor.submit(path, headers={**right, **elsewhere}).status_code == 403


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=str)
def test_what_another_site_sends_signs_nobody_out(agency, elsewhere):
    """Its answer sets no cookie, which would take the place of the one that stayed at home."""
    answer = httpx.post(f"{agency.address}/sign-out", headers=elsewhere, timeout=60)
    assert answer.status_code == 403 and "set-cookie" not in answer.headers and "autre site" in answer.text


def test_a_form_of_ones_own_passes_with_what_browsers_say_of_it(agency):
    own = {"Sec-Fetch-Site": "same-origin", "Origin": agency.address}
    assert agency.client("agent").submit("/attestations/new", FORM, headers=own).status_code == 302
    assert agency.client("agent").submit("/attestations/new", FORM).status_code == 302, "a program that says nothing"


def test_at_a_public_address_the_origin_is_that_address_to_the_letter(tmp_path):
    from tests.support.agency import Agency

    made = Agency(tmp_path, web='address = "https://emission.example.org"')

    def status(origin: str) -> int:
        answer: Response = made.app.test_client().post(
            "/sign-in", base_url="https://emission.example.org", headers={"Origin": origin}
        )
        return answer.status_code

    assert status("https://emission.example.org") == 400, "on to the form token, which is not there"
    for other in (
        "http://emission.example.org",
        "https://emission.example.org:8443",
        "https://emission.example.org.evil.example",
    ):
        assert status(other) == 403, other


def sealed_in(answer: httpx.Response) -> str | None:
    found = re.search(r'name="kept" value="([^"]+)"', answer.text)
    return found[1] if found else None


def test_a_strangers_form_is_not_kept_and_not_offered_again(agency):
    """The cookie stays at home when another site posts: the session seems to have ended, and what came is not the
    administrator's.
    """
    target = f"/people/{agency.people['agent'].id}/bind"
    answer = httpx.post(agency.address + target, data={"subject": "attacker"}, timeout=60)
    assert answer.status_code == 401 and sealed_in(answer) is None and "attacker" not in answer.text


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_form_without_its_token_is_not_kept_even_with_the_cookie_of_an_ended_session(agency, token):
    """What a page of a neighbouring host makes an old browser send: the cookie comes along, the form token does not."""
    administrator = agency.client("administrator")
    agency.context.sessions.end_all(agency.people["administrator"].id)
    answer = administrator.post(
        f"/people/{agency.people['agent'].id}/bind", data={"subject": "attacker", "csrf_token": token}
    )
    assert answer.status_code == 401 and sealed_in(answer) is None and "attacker" not in answer.text


def came_back(agency, name: str, path: str, data: dict) -> httpx.Response:
    """A form sent after the session had ended; what is shown once its author has signed in again."""
    person = agency.people[name]
    secret = bytes(range(20))
    before = agency.context.clock() // factor.STEP - 1
    agency.context.credentials.set_factor(person, secret, factor.code_at(secret, before))
    visitor = agency.client(name)
    token = visitor.form_token()
    agency.context.sessions.end_all(person.id)
    page = visitor.post(path, data={**data, "csrf_token": token})
    sealed = sealed_in(page)
    assert page.status_code == 401 and sealed
    return signed_in(agency, visitor, name, sealed, secret)


def signed_in(agency, visitor: Visitor, name: str, sealed: str, secret: bytes) -> httpx.Response:
    page = visitor.submit("/sign-in", {"identifier": name, "password": PEOPLES_PASSWORD, "kept": sealed})
    return visitor.submit(
        "/sign-in/code",
        {"code": factor.code_now(secret, agency.context.clock()), "kept": sealed_in(page) or ""},
    )


def test_a_kept_form_says_what_will_be_done_to_whom(agency):
    person = agency.person(f"b{agency.context.clock()}", "agent", ("75",), "Liée", given_names="Personne")
    page = came_back(agency, "administrator", f"/people/{person.id}/bind", {"subject": "the-new-subject"})
    assert page.status_code == 200
    said = re.search(r'<p class="notice note" data-act>(.*?)</p>', page.text, re.DOTALL)
    assert said and "Lier à une identité fédérée" in said[1]
    assert "Personne Liée" in said[1] and person.identifier in said[1]
    assert "the-new-subject" in page.text


def test_a_kept_form_whose_act_is_no_longer_allowed_is_not_offered(agency):
    name = f"d{agency.context.clock()}"
    person = agency.people[name] = agency.person(name, "administrator", (), "Déchue")
    target = agency.people["agent"].id
    secret = bytes(range(20))
    agency.context.credentials.set_factor(
        person, secret, factor.code_at(secret, agency.context.clock() // factor.STEP - 1)
    )
    visitor = agency.client(name)
    token = visitor.form_token()
    agency.context.directory.change(person.id, "test", "auditor", (), "X", "X", "X", None, "fr")
    page = visitor.post(f"/people/{target}/bind", data={"subject": "wanted", "csrf_token": token})
    answer = signed_in(agency, visitor, name, sealed_in(page) or "", secret)
    assert answer.status_code == 302 and "wanted" not in answer.text


NOT_KEPT = {
    "account.password",
    "account.recovery",
    "issuing.check",
    "issuing.live_preview",
    "imports.start",
    "decisions.bring_in",
}
"""Nothing but passwords, a file, or what a script asks while one types."""


def test_what_is_kept_is_what_the_page_has_words_for(agency):
    silent = set()
    with agency.app.test_request_context():
        for method, pattern, endpoint, *_ in ROWS:
            if method == "POST" and not pattern.startswith(("/api/", "/usagers", "/sign-")):
                path = pattern.format_map(Fresh(agency))
                if not kept.act_of(path, agency.people["administrator"]).words:
                    silent.add(endpoint)
    assert silent == NOT_KEPT


def test_an_old_page_offers_again_only_to_whom_it_belongs(agency):
    own = agency.client("administrator").post(
        f"/people/{agency.people['agent'].id}/disable", data={"csrf_token": "gone"}
    )
    assert own.status_code == 400 and "Fermer le compte" in own.text and "agent" in own.text
    nobody = agency.client(None).post("/sign-in", data={"identifier": "planted", "csrf_token": "gone"})
    assert nobody.status_code == 400 and "planted" not in nobody.text


ODD = (
    "//elsewhere.example/people/{id}/disable",
    "/people/../people/{id}/disable",
    "/people/%2e%2e/people/{id}/disable",
    "/people/{id}/disable/..%2f..%2f",
    "/%5celsewhere.example/people/{id}/disable",
    "/people/{id}/disable?next=https://elsewhere.example/",
    "/people/{id}/disable;//elsewhere.example",
    "/people/{id}%00/disable",
)


@pytest.mark.parametrize("path", ODD)
def test_a_kept_form_goes_nowhere_but_to_the_page_that_it_was_for(agency, path):
    """Odd addresses of a form are not kept, or come back as the page's own path on this host."""
    id_ = agency.people["agent"].id
    visitor = agency.client("administrator")
    token = visitor.form_token()
    agency.context.sessions.end_all(agency.people["administrator"].id)
    address = agency.address + path.format(id=id_)
    with httpx.Client(cookies=visitor.cookies, timeout=60) as raw:
        page = raw.post(address, data={"reason": "essai", "csrf_token": token})
    assert page.status_code in (400, 401, 404, 405, 308), page.status_code
    sealed = sealed_in(page)
    if sealed:
        with agency.app.test_request_context():
            assert kept.open_form(sealed).path == f"/people/{id_}/disable"
    assert "elsewhere.example" not in page.headers.get("Location", "").replace(agency.address, "")[:30]


def test_what_was_sealed_for_another_use_is_no_form_and_a_form_is_no_search(agency):
    with agency.app.test_request_context():
        form = kept.seal(kept.Kept("/people/1/disable", {}, agency.people["agent"].id))
    visitor = agency.client("agent")
    search = re.search(r"[?&]s=([^&]+)", visitor.submit("/attestations", {"q": "CHERCHÉE"}).headers["Location"])[1]
    for text in (search, search + "==", form[:-4], "AAAA", "é", form * 2):
        stranger = agency.client(None)
        answer = stranger.submit("/sign-in", {"identifier": "agent", "password": PEOPLES_PASSWORD, "kept": text})
        assert answer.status_code < 500, text[:12]
    with agency.app.test_request_context():
        assert kept.open_form(form) and not any(kept.open_form(text) for text in (search, search + "=="))
    assert visitor.get(f"/attestations?s={form}").status_code == 200


def test_a_form_of_somebody_else_is_not_offered(agency):
    """Another account's sealed form, carried through the sign-in of one who may do the same."""
    one, other = (agency.person(f"{name}{agency.context.clock()}", "administrator", ()) for name in "uv")
    agency.people |= {one.identifier: one, other.identifier: other}
    secret = bytes(range(20))
    agency.context.credentials.set_factor(
        other, secret, factor.code_at(secret, agency.context.clock() // factor.STEP - 1)
    )
    with agency.app.test_request_context():
        sealed = kept.seal(kept.Kept(f"/people/{agency.people['agent'].id}/disable", {"reason": ["planted"]}, one.id))
    answer = signed_in(agency, agency.client(None), other.identifier, sealed, secret)
    assert answer.status_code == 302 and "planted" not in answer.text
