"""The form, its problems, the one signature; what people type badly, and what programs send."""

import html
import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from issuer import registry
from issuer.attestation import record_fields
from issuer.demarches import deciding
from issuer.desk import qr_text
from issuer.messages import formats
from issuer.reading import read_codes
from issuer.registry import queries, requests
from issuer.web import preview
from tests.support.agency import FORM
from tests.support.records import CURRENT, SINCE, UNTIL, french


def drafted(visitor, **changes) -> str:
    """A draft that is ready to be signed; its address."""
    answer = visitor.submit("/attestations/new", {**FORM, **changes})
    assert answer.status_code == 302, re.findall(r'<p class="error"[^>]*>([^<]+)', answer.text)
    return answer.headers["Location"].removesuffix("/confirm")


def answered(visitor, draft: str) -> dict:
    """What the form of the question holds: what it showed, and its warnings."""
    page = visitor.get(f"{draft}/confirm").text
    shown = re.search(r'name="shown" value="(\w+)"', page)
    return {
        "shown": shown[1] if shown else "",
        "confirmed": [html.unescape(key) for key in re.findall(r'name="confirmed" value="([^"]+)"', page)],
    }


def sign(visitor, draft: str):
    """Answer the one question with yes, each warning confirmed."""
    return visitor.submit(f"{draft}/sign", answered(visitor, draft))


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
        formats.day(SINCE, "fr"),
        "Agent, Titre d&#39;exemple",
    ):
        assert words in question
    answer = sign(visitor, draft)
    page = visitor.follow(answer).text
    assert 'data-verdict="valid"' in page and "Signée" in page
    stored = registry.archived(agency.home.engine, answer.headers["Location"].rpartition("/")[2])
    claims = stored.claims.to_json()
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
        pytest.param("valid_until", french(SINCE + timedelta(days=366)), "12 mois", id="validity"),
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
    cell = re.search(rf'data-field="{re.escape(field)}">(.*?)</div>', answer.text, re.DOTALL)[1]
    assert words in re.search(r'class="error"[^>]*>(.*?)</p>', cell, re.DOTALL)[1].replace("&#39;", "'")
    assert 'aria-invalid="true"' in cell
    if typed.isascii() and typed and field != "department":
        assert typed in cell
    assert 'value="Thị Mai"' in answer.text


def test_a_one_megabyte_name_gets_a_page(agency):
    answer = agency.client("agent").submit("/attestations/new", {**FORM, "family_name": "A" * 1_000_000})
    assert answer.status_code == 422 and "1000000 caractères" in answer.text and 'value="Thị Mai"' in answer.text
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
    agency.context.sessions.end_all(agency.people["agent"].id)
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
    assert f'value="{CURRENT["family_name"]}"' in page and 'name="valid_from" type="text" value=""' in page


def test_renewing_links_both_once(agency, number):
    visitor = agency.client("agent")
    draft = visitor.submit(f"/attestations/{number}/renew").headers["Location"]
    assert (
        visitor.submit(
            draft,
            {
                **FORM,
                "valid_from": french(UNTIL + timedelta(days=1)),
                "valid_until": french(UNTIL + timedelta(days=180)),
            },
        ).headers["Location"]
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
    agency.context.sessions.end_all(agency.people["agent"].id)
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
    answer = visitor.submit(draft, {**FORM, "family_name": "NGUYEN ÉPOUSE DUPONT", "job": "Cheffe de projet"})
    assert answer.headers["Location"] == f"{draft}/confirm"
    refused = sign(visitor, draft)
    assert refused.status_code == 422 and "Choisissez un motif" in refused.text
    answer = visitor.submit(
        f"{draft}/sign", {"reason": "request", "legal_basis": "CRPA, article L242-4", **answered(visitor, draft)}
    )
    assert answer.status_code == 302, answer.text
    new = answer.headers["Location"].rpartition("/")[2]
    assert registry.by_number(agency.home.engine, number).state == "replaced"
    assert str(registry.by_number(agency.home.engine, new).replaces) == number
    assert new[:3] in visitor.get(f"/attestations/{number}").text


def test_the_pdf_is_the_same_each_time_and_reads_back(agency, number, tmp_path):
    visitor = agency.client("agent")
    first, again = (visitor.get(f"/attestations/{number}/document.pdf").content for _ in range(2))
    assert first == again and first.startswith(b"%PDF")
    path = tmp_path / "page.pdf"
    path.write_bytes(first)
    assert list(read_codes(path)) == [qr_text(agency.context.desk(), number)]


def test_the_preview_is_no_valid_paper(agency, tmp_path):
    visitor = agency.client("agent")
    path = tmp_path / "preview.png"
    path.write_bytes(visitor.get(f"{drafted(visitor)}/page.png").content)
    (text,) = read_codes(path)
    assert agency.context.verdict(text).level == "red"


def test_the_preview_says_nothing_that_nobody_typed(agency, monkeypatch, tmp_path):
    """Neither on the page nor within its code: an empty form, one begun, and a request that is not read for certain."""
    client, token = here(agency)
    drawn, draw = [], preview.picture
    monkeypatch.setattr(preview, "picture", lambda pdf: drawn.append(pdf) or draw(pdf))

    def page(answer) -> str:
        assert answer.status_code == 200
        (tmp_path / "page.pdf").write_bytes(drawn[-1])
        (text,) = read_codes(tmp_path / "page.pdf")
        assert agency.context.verdict(text).claims is None
        words = subprocess.run(("pdftotext", "-layout", tmp_path / "page.pdf", "-"), capture_output=True, check=True)
        return words.stdout.decode()

    empty = page(client.post("/attestations/preview.png", data=token))
    for invented in (
        "2000",
        "XXX",
        "XXA",
        "CDD",
        "(75)",
        "provisoire",
        "aucun prénom",
        "sans limitation",
        "000 0000",
        "juillet" if SINCE.month in (12, 1) else "janvier",  # the page bears the day of today
    ):
        assert invented not in empty.partition("À vérifier")[0], invented
    assert "Valable du … au …" in empty
    begun = page(
        client.post(
            "/attestations/preview.png",
            data={
                **token,
                "family_name": "BLANCHE",
                "valid_from": "05/10/2026",
                "valid_until": "31/02/2027",
                "hours.count": "35",
            },
        )
    )
    assert "BLANCHE" in begun and "Valable du 5 octobre 2026 au …" in begun and "35 heures" not in begun
    request = agency.request(family_name="DOUTEUSE")
    doubts = [{"field": "hours", "code": "no_period", "shown": "35 h", "guess": None}]
    unsure = deciding.enter(
        agency.context.demarches, "form", {**request.record, "hours": None}, agency.people["agent"], doubts=doubts
    )
    doubted = page(client.get(f"/requests/{unsure.number}/page.png"))
    assert "DOUTEUSE" in doubted and re.search(r"Durée du travail.*…", doubted)


@pytest.fixture
def checks(monkeypatch):
    """The records that were checked, in this process."""
    seen, given = [], record_fields.given
    monkeypatch.setattr(record_fields, "given", lambda record, findings: seen.append(record) or given(record, findings))
    return seen


def here(agency):
    """A browser of the agent's, answered in this process."""
    client = agency.app.test_client()
    client.set_cookie("wif", agency.cookie("agent"))
    return client, {"csrf_token": agency.form_token()}


def test_a_draft_is_checked_once_on_its_way_to_the_signature(agency, checks):
    client, token = here(agency)
    draft = agency.context.drafts.make(agency.people["agent"].id, {**FORM, "family_name": "VÉRIFIÉE"})
    shown = re.search(r'name="shown" value="(\w+)"', client.get(f"/drafts/{draft.id}/confirm").text)[1]
    checks.clear()
    answer = client.post(f"/drafts/{draft.id}/sign", data={**token, "shown": shown})
    assert "/attestations/" in answer.headers["Location"] and len(checks) == 1
    assert queries.reference_of(agency.home.engine, answer.headers["Location"].rpartition("/")[2]) == draft.reference


def test_an_accepted_request_is_checked_once_and_once_when_the_outbox_gives_it_back(agency, checks):
    client, token = here(agency)
    request = agency.request(family_name="ACCEPTÉE")
    checks.clear()
    answer = client.post(f"/requests/{request.number}/accept", data={**token, "revision": request.revision})
    assert answer.status_code == 302 and len(checks) == 2


def test_what_is_read_from_the_archive_is_decoded_once(agency, number, monkeypatch):
    decoded, decode = [], queries.decode
    monkeypatch.setattr(queries, "decode", lambda payload: decoded.append(payload) or decode(payload))
    stored = registry.archived(agency.home.engine, number)
    assert stored.claims.to_json() == stored.claims.to_json() and len(decoded) == 1


def test_nobody_accepts_for_a_departement_that_is_not_theirs(agency):
    """The request came from 75 and was corrected to 13 by somebody who covers both."""
    request = agency.request(family_name="AILLEURS")
    both = agency.person("les-deux", "agent", ("75", "13"))
    changed = deciding.correct(agency.context.demarches, request, request.revision, {"department": "13"}, both)
    client, token = here(agency)
    answer = client.post(f"/requests/{request.number}/accept", data={**token, "revision": changed.revision})
    assert answer.status_code in (404, 422)
    assert requests.by_number(agency.home.engine, request.number).attestation is None


def test_two_windows_on_one_draft_never_sign_each_others_content(agency):
    """The attack: one window shows Awa, another makes the draft somebody else's, the first one signs."""
    visitor = agency.client("agent")
    draft = drafted(visitor, family_name="PREMIÈRE FENÊTRE")
    first = answered(visitor, draft)
    assert visitor.submit(draft, {**FORM, "family_name": "SECONDE FENÊTRE"}).status_code == 302
    for attack in (first, {**first, "shown": ""}, {}):
        answer = visitor.submit(f"{draft}/sign", attack)
        assert answer.status_code == 409 and "rien n’est signé" in answer.text and "SECONDE FENÊTRE" in answer.text
    find = lambda names: registry.find_page(agency.home.engine, registry.Search(names=names)).found
    assert not find("premiere fenetre") and not find("seconde fenetre")
    signed = sign(visitor, draft).headers["Location"]
    assert len(find("seconde fenetre")) == 1
    late = visitor.submit(f"{draft}/sign", first)
    assert late.headers["Location"] == signed and "changé dans une autre fenêtre" in visitor.follow(late).text


def test_a_warning_is_confirmed_in_words_and_stands_in_the_trail(agency):
    visitor = agency.client("agent")
    changes = {"family_name": "VÉNÉRABLE", "birth_date": "14/03/1936", "hours.count": "50", "hours.per": "week"}
    draft = drafted(visitor, **changes)
    question = answered(visitor, draft)
    assert question["confirmed"] == ["birth_date:over_80", "hours.count:hours_above"]
    for some in ([], question["confirmed"][:1]):
        refused = visitor.submit(f"{draft}/sign", {**question, "confirmed": some})
        assert refused.status_code == 422 and "plus de 80 ans" in refused.text and "L3121-20" in refused.text
    number = sign(visitor, draft).headers["Location"].rpartition("/")[2]
    lines = [json.loads(line) for line in agency.client("auditor").get("/audit.jsonl").text.splitlines()]
    issued = next(line for line in lines if line["subject"] == number and line["act"] == "issue")
    assert json.loads(json.dumps(issued["details"]))["warnings"] == ["hours_above", "over_80"]
    twin = drafted(visitor, **changes, reference="AUTRE-1")
    assert any(key.startswith("record:twin_same:") for key in answered(visitor, twin)["confirmed"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nationality": "Italie"}, "R5221-2"),
        ({"contract": "SAISONNIER"}, "L421-34"),
        ({"kind": "AT-SAISONNIER"}, "contrat saisonnier"),
        ({"family_name": "…"}, "aucune lettre"),
    ],
)
def test_facts_that_exclude_each_other_are_refused_with_the_article(agency, changes, words):
    visitor = agency.client("agent")
    draft = drafted(visitor, **changes)
    page = visitor.get(f"{draft}/confirm")
    assert page.status_code == 422 and words in page.text
    assert visitor.submit(f"{draft}/sign", answered(visitor, draft)).status_code == 422
