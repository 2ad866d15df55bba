"""The form, its problems, the one signature; what people type badly, and what programs send."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from agency import FORM

from issuer import registry


def drafted(visitor, **changes) -> str:
    """A draft that is ready to be signed; its address."""
    answer = visitor.submit("/attestations/new", {**FORM, **changes})
    assert answer.status_code == 302, re.findall(r'<p class="error"[^>]*>([^<]+)', answer.text)
    return answer.headers["Location"].removesuffix("/confirm")


def sign(visitor, draft: str):
    """Answer the one question with yes."""
    return visitor.submit(f"{draft}/sign")


def test_form_to_attestation(agency):
    visitor = agency.client("agent")
    draft = drafted(visitor)
    question = visitor.get(f"{draft}/confirm").text
    for words in (
        "NGUYEN",
        "Thị Mai",
        "SOCIÉTÉ EXEMPLE SAS",
        "812 345 678 00013",
        "964 heures par an",
        "5 janvier 2026",
        "Agent, Titre d&#39;exemple",
    ):
        assert words in question
    answer = sign(visitor, draft)
    page = visitor.follow(answer).text
    assert 'data-verdict="valid"' in page and "Signée" in page
    stored = registry.archived(agency.home.engine, answer.headers["Location"].rpartition("/")[2])
    claims = stored.claims().to_json()
    assert (claims["nationality"], claims["birth_date"], claims["employer"]["siret"]) == (
        "VNM",
        "1996-03-14",
        "81234567800013",
    )
    assert stored.annex["signatory"]["family_name"] == "Agent"


def test_hours_may_be_left_out(agency):
    visitor = agency.client("agent")
    page = visitor.follow(sign(visitor, drafted(visitor, **{"hours.count": "", "hours.per": "year"}))).text
    assert "heures par an" not in page


def test_signing_twice_signs_once(agency):
    visitor = agency.client("agent")
    draft = drafted(visitor, family_name="DOUBLE CLIC")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: sign(visitor, draft), range(6)))
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(registry.find_page(agency.home.engine, registry.Search(names="double clic")).found) == 1


def test_the_form_sent_again_after_a_lost_connection_leads_to_the_same(agency):
    visitor = agency.client("agent")
    draft = drafted(visitor, reference="DS-70001")
    first = sign(visitor, draft).headers["Location"]
    again = drafted(visitor, reference="DS-70001")
    assert sign(visitor, again).headers["Location"] == first
    other = drafted(visitor, reference="DS-70001", job="Autre emploi")
    answer = sign(visitor, other)
    assert answer.status_code == 422 and first.rpartition("/")[2] in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("employer.siret", "812 345 678 00014", "clé de contrôle"),
        ("birth_date", "31/02/1990", "existe pas"),
        ("nationality", "Atlantide", "nationalité"),
        ("valid_until", "05/01/2027", "12 mois"),
        ("department", "69", "ne couvre pas"),
        ("family_name", "", "obligatoire"),
        ("family_name", "abc\u202edef", "U+202E"),
        ("job", "x" * 300, "80 au plus"),
        ("hours.count", "beaucoup", "heures"),
    ],
)
def test_problems_stand_beside_the_field_with_what_was_typed(agency, field, typed, words):
    answer = agency.client("agent").submit("/attestations/new", {**FORM, field: typed})
    assert answer.status_code == 422
    cell = re.search(rf'data-field="{re.escape(field)}">(.*?)</div>', answer.text, re.S)[1]
    assert words in re.search(r'class="error"[^>]*>(.*?)</p>', cell, re.S)[1].replace("&#39;", "'")
    assert 'aria-invalid="true"' in cell
    if typed.isascii() and typed and field != "department":
        assert typed in cell
    assert 'value="Thị Mai"' in answer.text


def test_a_ten_megabyte_name_gets_a_page(agency):
    answer = agency.client("agent").submit("/attestations/new", {**FORM, "family_name": "A" * 10_000_000})
    assert answer.status_code == 422 and "10000000 caractères" in answer.text and 'value="Thị Mai"' in answer.text
    assert len(answer.text) < 200_000


def test_more_than_a_form_may_hold_gets_a_page(agency):
    visitor = agency.client("agent")
    answer = visitor.submit("/imports", files={"file": ("x.csv", b"x" * (65 << 20))})
    assert answer.status_code == 413 and "64 Mo" in answer.text


def test_wrong_encodings_and_nul_get_the_form_back(agency):
    visitor = agency.client("agent")
    body = f"csrf_token={visitor.form_token()}&family_name=%E9%00%FF&kind=APT".encode()
    answer = visitor.post(
        "/attestations/new", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 422 and "à corriger" in answer.text


def test_an_old_form_token_keeps_what_was_typed(agency):
    answer = agency.client("agent").post("/attestations/new", data={**FORM, "csrf_token": "gone"})
    assert answer.status_code == 400
    assert 'value="Thị Mai"' in answer.text and "Renvoyer" in answer.text


def test_a_form_sent_after_the_session_ended_comes_back_after_signing_in(agency):
    from issuer.web import kept

    visitor = agency.client("agent")
    token = visitor.form_token()
    agency.rooms.sessions.end_all(agency.people["agent"].id)
    answer = visitor.post("/attestations/new", data={**FORM, "csrf_token": token})
    assert answer.status_code == 401
    sealed = re.search(r'name="kept" value="([^"]+)"', answer.text)[1]
    with agency.app.app_context():
        held = kept.open_form(sealed)
    assert held.path == "/attestations/new" and held.typed["given_names"] == ["Thị Mai"]
    assert "Thị" not in sealed


def test_another_persons_draft_is_not_found(agency):
    draft = drafted(agency.client("agent"))
    assert agency.client("supervisor").get(draft).status_code == 404


def test_hostile_text_is_shown_as_text(agency):
    answer = agency.client("agent").submit(
        "/attestations/new", {**FORM, "job": "<script>alert(1)</script>\"'", "valid_until": ""}
    )
    assert "<script>alert" not in answer.text and "&lt;script&gt;" in answer.text


def test_renewing_starts_from_the_former_one(agency, number):
    visitor = agency.client("agent")
    page = visitor.follow(visitor.submit(f"/attestations/{number}/renew")).text
    assert 'value="NGUYEN"' in page and 'name="valid_from" type="text" value=""' in page


def test_renewing_links_both_once(agency, number):
    visitor = agency.client("agent")
    draft = visitor.submit(f"/attestations/{number}/renew").headers["Location"]
    assert (
        visitor.submit(draft, {**FORM, "valid_from": "01/01/2027", "valid_until": "30/06/2027"}).headers["Location"]
        == f"{draft}/confirm"
    )
    answers = [sign(visitor, draft) for _ in range(2)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    new = answers[0].headers["Location"].rpartition("/")[2]
    links = {
        here: [(event.act, event.other_number) for event in registry.history(agency.home.engine, here)[1:]]
        for here in (number, new)
    }
    assert links == {number: [("renew", int(new))], new: [("renewal_of", int(number))]}
    assert f'href="/attestations/{new}"' in visitor.get(f"/attestations/{number}").text
    assert f'href="/attestations/{number}"' in visitor.get(f"/attestations/{new}").text
    assert registry.by_number(agency.home.engine, number).state == "valid", "the former one stays valid to its end"


def test_a_password_does_not_travel_with_a_kept_form(agency):
    from issuer.web import kept

    visitor = agency.client("agent")
    token = visitor.form_token()
    agency.rooms.sessions.end_all(agency.people["agent"].id)
    answer = visitor.post(
        "/account/password",
        data={"password_now": "le secret d'avant", "password_new": "le secret d'après", "csrf_token": token},
    )
    assert answer.status_code == 401
    sealed = re.search(r'name="kept" value="([^"]+)"', answer.text)
    with agency.app.app_context():
        assert sealed is None or kept.open_form(sealed[1]).typed == {}


def test_replacing_links_both(agency, number):
    visitor = agency.client("agent")
    draft = visitor.submit(f"/attestations/{number}/replace").headers["Location"]
    answer = visitor.submit(draft, {**FORM, "job": "Cheffe de projet"})
    assert answer.headers["Location"] == f"{draft}/confirm"
    refused = sign(visitor, draft)
    assert refused.status_code == 422 and "Choisissez un motif" in refused.text
    answer = visitor.submit(f"{draft}/sign", {"reason": "request", "legal_basis": "CRPA, article L242-4"})
    assert answer.status_code == 302, answer.text
    new = answer.headers["Location"].rpartition("/")[2]
    assert registry.by_number(agency.home.engine, number).state == "replaced"
    assert str(registry.by_number(agency.home.engine, new).replaces) == number
    assert new[:3] in visitor.get(f"/attestations/{number}").text


def test_the_pdf_is_the_same_each_time_and_reads_back(agency, number, tmp_path):
    from issuer.reading import read_codes

    visitor = agency.client("agent")
    first, again = (visitor.get(f"/attestations/{number}/document.pdf").content for _ in range(2))
    assert first == again and first.startswith(b"%PDF")
    path = tmp_path / "page.pdf"
    path.write_bytes(first)
    assert list(read_codes(path)) == [agency.rooms.desk().text(number)]


def test_the_preview_is_no_valid_paper(agency, tmp_path):
    from issuer.reading import read_codes

    visitor = agency.client("agent")
    path = tmp_path / "preview.png"
    path.write_bytes(visitor.get(f"{drafted(visitor)}/page.png").content)
    (text,) = read_codes(path)
    assert agency.rooms.verdict(text).level == "red"
