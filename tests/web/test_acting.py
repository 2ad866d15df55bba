"""Acts and what the law asks of them, concurrent hands, the second person, publication within a minute, the exports."""

import csv
import io
import json
import re
import time
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest

from issuer import registry
from issuer.attestation.places import local_day
from issuer.desk import ActRefused, Confirmed, issue
from issuer.registry import chain
from issuer.registry.queries import successor
from issuer.web import proposals
from tests.support.agency import Agency
from tests.support.processes import poll
from tests.support.records import CURRENT, SINCE, UNTIL, french

REVOCATION = {
    "reason": "condition_not_met",
    "legal_basis": "CRPA, article L242-2, 1°",
    "heard": "yes",
    "heard_on": "02/11/2026",
}
DAYS = f"{french(SINCE)};{french(UNTIL)}"


def act(visitor, number: str, name: str, data: dict, seen: str = "", sure: str = "yes"):
    """Open an act's form, send it, and say that it is meant."""
    page = visitor.get(f"/attestations/{number}/{name}").text
    seen = seen or re.search(r'name="seen" value="(\d+)"', page)[1]
    return visitor.submit(f"/attestations/{number}/{name}", {"seen": seen, "sure": sure, **data})


def state(agency, number: str) -> str:
    return registry.by_number(agency.home.engine, number).state


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"reason": ""}, "Choisissez un motif"),
        ({"legal_basis": ""}, "fondement juridique"),
        ({"heard": "", "heard_on": ""}, "a été entendue"),
        ({"heard_on": ""}, "le jour où la personne"),
        ({"heard": "no", "heard_on": ""}, "justifiez-le"),
        ({"effective_on": "hier"}, "«\u00a0hier\u00a0» n’est pas une date"),
        ({"effective_on": "31/02/2026"}, "«\u00a031/02/2026\u00a0» n’existe pas"),
        ({"notified_on": "01/01/2030"}, "à venir"),
        ({"notified_on": "5 janvier 2021"}, "précéder la décision"),
        ({"effective_on": "01/01/2031"}, "La date d’effet"),
    ],
)
def test_a_revocation_asks_what_the_law_asks(agency, number, missing, words):
    answer = act(agency.client("agent"), number, "revoke", {**REVOCATION, **missing})
    assert answer.status_code == 422 and words in answer.text.replace("&#39;", "'")
    assert state(agency, number) == "valid"
    if "legal_basis" not in missing:
        assert "L242-2, 1°" in answer.text


def test_revoked_published_and_red_within_a_minute(agency, number):
    visitor = agency.client("agent")
    assert act(visitor, number, "revoke", REVOCATION).status_code == 302
    assert state(agency, number) == "revoked"
    page = poll(
        lambda: next(
            (text for text in [visitor.get(f"/attestations/{number}").text] if 'data-verdict="revoked"' in text), None
        ),
        60,
        "the publication",
    )
    assert "Une condition n’est plus remplie" in page and "2 novembre 2026" in page


def test_a_page_opened_before_somebody_elses_act_is_told(agency, number):
    agent, supervisor = agency.client("agent"), agency.client("supervisor")
    seen = re.search(r'name="seen" value="(\d+)"', agent.get(f"/attestations/{number}/revoke").text)[1]
    act(supervisor, number, "suspend", {"reason": "inquiry", "legal_basis": "Vérification"})
    answer = act(agent, number, "revoke", REVOCATION, seen)
    assert answer.status_code == 409 and "a changé depuis" in answer.text and "L242-2, 1°" in answer.text
    assert state(agency, number) == "suspended"
    assert act(agent, number, "revoke", REVOCATION).status_code == 302


def test_an_act_done_twice_is_done_once(agency, number):
    visitor = agency.client("agent")
    act(visitor, number, "suspend", {"reason": "inquiry", "legal_basis": "Vérification"})
    answer = act(visitor, number, "suspend", {"reason": "inquiry", "legal_basis": "Vérification"})
    assert answer.status_code == 409 and "plus possible" in answer.text
    assert len(registry.history(agency.home.engine, number)) == 2


def proposed(strict):
    """An attestation whose revocation waits for a second person; its number and the proposal."""
    number = strict.issue()
    act(strict.client("supervisor"), number, "revoke", REVOCATION)
    assert state(strict, number) == "valid"
    return number, proposals.waiting_for(strict.context, int(number))


def test_a_second_person_confirms(strict):
    number, proposal = proposed(strict)
    first, second = strict.client("supervisor"), strict.client("second")
    answer = first.submit(f"/proposals/{proposal.id}", {"answer": "confirm"})
    assert answer.status_code == 422 and "une autre personne" in answer.text
    assert "attend votre accord" in second.get("/").text
    page = second.get(f"/proposals/{proposal.id}").text
    assert "NGUYEN" in page and "SOCIÉTÉ" in page and f"{number[:3]}" in page, "whose paper it is"
    assert second.submit(f"/proposals/{proposal.id}", {"answer": "confirm"}).status_code == 302
    assert state(strict, number) == "revoked"
    acts = [entry["act"] for entry in chain.entries(strict.home.engine) if entry["subject"] == number]
    assert [act for act in acts if act != "view"] == ["issue", "propose_revoke", "revoke", "proposal_confirmed"]


def test_a_rejected_proposal_is_not_done_by_a_page_that_was_open(strict):
    number, proposal = proposed(strict)
    second = strict.client("second")
    assert second.submit(f"/proposals/{proposal.id}", {"answer": "reject"}).status_code == 422, "a reason is asked"
    assert proposals.waiting_for(strict.context, int(number)) is not None
    second.submit(f"/proposals/{proposal.id}", {"answer": "reject", "reason": "La condition est remplie."})
    with strict.app.app_context(), pytest.raises(proposals.AlreadyDecided):
        proposals.confirm(strict.context, proposal, strict.people["second"])
    assert state(strict, number) == "valid", "revoking and confirming stand or fall together"
    assert [event.act for event in registry.history(strict.home.engine, number)] == ["issue"]


def test_who_proposed_is_told_why_it_was_rejected(strict):
    _number, proposal = proposed(strict)
    strict.client("second").submit(
        f"/proposals/{proposal.id}", {"answer": "reject", "reason": "Le contrat court toujours."}
    )
    author = strict.client("supervisor")
    assert "Le contrat court toujours." in author.get("/").text
    assert "Le contrat court toujours." in author.get(f"/proposals/{proposal.id}").text
    assert strict.client("agent").get(f"/proposals/{proposal.id}").status_code == 404, "neither author nor supervisor"
    author.submit(f"/proposals/{proposal.id}", {"answer": "read"})
    assert "Le contrat court toujours." not in author.get("/").text


def replacing(agency, who: str, number: str, form: dict, changes: dict | None = None):
    """Replace an attestation by the pages, with some fields changed; the answer to the last question."""
    visitor = agency.client(who)
    draft = visitor.submit(f"/attestations/{number}/replace").headers["Location"]
    fields = dict(re.findall(r'name="([a-z_.]+)" type="text" value="([^"]*)"', visitor.get(draft).text))
    chosen = {"kind": "APT", "contract": "CDD", "hours.per": "year", "department": "75"}
    answer = visitor.submit(
        draft, {**{name: unescape(text) for name, text in fields.items()}, **chosen, **(changes or {})}
    )
    question = answer.headers["Location"]
    seen = visitor.get(question).text
    shown = {"shown": re.search(r'name="shown" value="(\w+)"', seen)[1]}
    shown["confirmed"] = [unescape(key) for key in re.findall(r'name="confirmed" value="([^"]+)"', seen)]
    grounds = {"reason": "request", "legal_basis": "CRPA, article L242-4", **shown, **form}
    return visitor.submit(question.replace("/confirm", "/sign"), grounds), seen


def test_a_replacement_does_not_end_an_attestation_behind_the_second_persons_back(strict):
    number = strict.issue()
    replacing(strict, "supervisor", number, {}, {"job": "Autre emploi"})
    assert state(strict, number) == "valid" and successor(strict.home.engine, number) is None
    proposal = proposals.waiting_for(strict.context, int(number))
    author, second = strict.client("supervisor"), strict.client("second")
    assert author.submit(f"/proposals/{proposal.id}", {"answer": "confirm"}).status_code == 422
    assert state(strict, number) == "valid"
    page = second.get(f"/proposals/{proposal.id}").text
    assert "NGUYEN" in page and "Autre emploi" in page
    answer = second.submit(f"/proposals/{proposal.id}", {"answer": "confirm"})
    assert answer.status_code == 302, answer.text[:2000]
    made = answer.headers["Location"].rpartition("/")[2]
    assert state(strict, number) == "replaced" and state(strict, made) == "valid"
    assert registry.archived(strict.home.engine, made).claims.to_json()["job"] == "Autre emploi"
    assert proposals.by_id(strict.context, proposal.id).record is None, "what was signed is in the archive"


def test_a_replacement_asked_of_two_people_is_made_once(strict):
    number = strict.issue()
    for _ in range(2):
        replacing(strict, "supervisor", number, {}, {"job": "Autre emploi"})
    act(strict.client("supervisor"), number, "revoke", REVOCATION)
    with strict.app.app_context():
        waiting = [one for one in proposals.waiting(strict.context, None) if one.number == int(number)]
        assert len(waiting) == 1
        proposals.confirm(strict.context, waiting[0], strict.people["second"])
        with pytest.raises((proposals.AlreadyDecided, ActRefused)):
            proposals.confirm(strict.context, waiting[0], strict.people["second"])
    new = successor(strict.home.engine, number)
    assert [event.act for event in registry.history(strict.home.engine, number)] == ["issue", "replace"]
    assert state(strict, str(new)) == "valid"


@pytest.mark.parametrize(
    "changes",
    [{"family_name": "AUTRE"}, {"given_names": "Une Autre"}, {"birth_date": "15/03/1996"}, {"nationality": "SEN"}],
)
def test_a_replacement_by_somebody_elses_paper_is_said_loudly_and_asked(agency, number, changes):
    answer, question = replacing(agency, "agent", number, {}, changes)
    assert "pas le même titulaire" in unescape(question)
    assert answer.status_code == 422 and "pas le même titulaire" in unescape(answer.text)
    assert state(agency, number) == "valid"
    answer, _ = replacing(agency, "agent", number, {"other_holder": "yes"}, changes)
    made = answer.headers["Location"].rpartition("/")[2]
    assert state(agency, number) == "replaced"
    assert "pas le même titulaire" in unescape(agency.client("agent").get(f"/attestations/{made}").text)
    noted = [entry for entry in chain.entries(agency.home.engine) if entry["act"] == "other_holder"]
    assert json.loads(noted[-1]["details"]) == {"other": made, "fields": list(changes)}


def test_a_replacement_that_keeps_the_holder_is_not_held_up(agency, number):
    answer, question = replacing(agency, "agent", number, {}, {"job": "Cheffe de projet"})
    assert answer.status_code == 302 and "pas le même titulaire" not in unescape(question)


def test_a_revocation_names_its_paper_and_asks_once_more(agency, number):
    visitor = agency.client("agent")
    answer = act(visitor, number, "revoke", REVOCATION, sure="")
    assert answer.status_code == 200 and state(agency, number) == "valid"
    page = unescape(answer.text)
    assert "NGUYEN" in page and "SOCIÉTÉ" in page and "L242-2, 1°" in page
    fields = {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)}
    visitor.submit(f"/attestations/{number}/revoke", fields)
    assert state(agency, number) == "revoked"


def test_a_notification_lies_between_the_decision_and_today(agency, number):
    visitor = agency.client("agent")
    for day, words in (("31/12/2020", "précéder la décision"), ("1er janvier 2031", "à venir")):
        answer = visitor.submit(f"/attestations/{number}/notify", {"notified_on": day})
        assert answer.status_code == 422 and words in unescape(answer.text), day
    today = local_day("75", int(time.time())).strftime("%d%m%Y")
    assert visitor.submit(f"/attestations/{number}/notify", {"notified_on": today}).status_code == 302


def test_a_csv_export_holds_no_formula(agency):
    agency.issue(family_name="FORMULE", job="=HYPERLINK(0)", given_names="@SUM(1)")
    answer = agency.client("agent").get("/attestations.csv", params={"q": "formule"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert row["Emploi"] == "'=HYPERLINK(0)" and row["Prénoms"] == "'@SUM(1)"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_search_finds_by_each_way_and_only_ones_own(agency):
    number = agency.issue(
        family_name="D'AGOSTINO-ŒUVRARD",
        given_names="Đặng",
        birth_date="1987-03-14",
        residence_permit="AB9912345",
        reference="DS-80001",
        employer={"name": "Étude Trouvable de l'Ouest", "siret": "81234567800021"},
    )
    shown, visitor, other = f"{number[:3]} {number[3:6]} {number[6:]}", agency.client("agent"), agency.client("other")
    for text in (shown, f"N° {shown}", f"nº {shown.replace(' ', '-')}", f"Attestation n° {shown}", f" {number} "):
        answer = visitor.get("/attestations", params={"q": text})
        assert answer.headers["Location"].endswith(number), text
        assert visitor.get(f"/attestations/{quote(text.strip())}").headers.get("Location", "").endswith(number) or (
            text.strip() == number
        )
        assert f"/attestations/{number}" not in other.get("/attestations", params={"q": text}).text
    for query in (
        {"q": "oeuvrard dang"},
        {"q": "agostino"},
        {"q": "d'agostino"},
        {"q": "D AGOSTINO"},
        {"q": "étude trouv"},
        {"q": "ouest"},
        {"q": "agostino trouvable"},
        {"q": "14/03/1987"},
        {"q": "14 mars 1987"},
        {"q": "14031987"},
        {"q": "1987-03-14"},
        {"q": "agostino 14/03/87"},
        {"q": "AB9912345"},
        {"q": "ab 9912345"},
        {"q": "DS-80001"},
        {"q": "812 345 678 00021"},
        {"q": "812-345-678-00021"},
        {"q": "agostini"},
        {"q": "agsotino"},
        {"q": "oeuvrad dang"},
        {"q": "trouvabel"},
        {"siret": "812 345 678 00021"},
        {"employer": "etude trou"},
        {"reference": "DS-80001"},
        {"q": "81234567800021"},
    ):
        assert f"/attestations/{number}" in visitor.get("/attestations", params=query).text, query
        assert f"/attestations/{number}" not in other.get("/attestations", params=query).text, query
    for query in ({"q": "agostino 15/03/1987"}, {"q": "trouv nguyen"}, {"q": "augustine"}):
        assert f"/attestations/{number}" not in visitor.get("/attestations", params=query).text, query
    assert "clé de contrôle" in visitor.get("/attestations", params={"q": "1234567890"}).text


def test_one_box_leads_to_requests_and_dossiers_too(agency):
    request = agency.request(family_name="N'DIAYE BOÎTE", residence_permit="XZ7654321", birth_date="1979-05")
    shown = f"{str(request.number)[:3]} {str(request.number)[3:6]} {str(request.number)[6:]}"
    visitor = agency.client("agent")
    for text in (shown, f"Demande n° {shown}", str(request.number)):
        first = visitor.get("/attestations", params={"q": text})
        page = first if first.status_code == 200 else visitor.follow(first)
        page = page if page.status_code == 200 else visitor.follow(page)
        assert "BOÎTE" in page.text, text
    for text in (
        "ndiaye boite",
        "diaye",
        "n diaye",
        "XZ7654321",
        "mai 1979",
        "05/1979",
        "ndiayé boitte",
        "exemple boite",
    ):
        assert f"/requests/{request.number}" in visitor.get("/requests", params={"q": text}).text, text
    assert f"/requests/{request.number}" not in visitor.get("/requests", params={"q": "juin 1979"}).text
    for text in ("31/02/1979", "1979-02-31", "31.2.79", "12/13/2099"):
        assert "Ce jour n’existe pas" in visitor.get("/attestations", params={"q": text}).text, text
    assert f"/requests/{request.number}" not in agency.client("other").get("/requests", params={"q": "diaye"}).text


def test_pages_go_on_by_key_in_every_order(agency):
    numbers = {
        agency.issue(family_name="PAGINÉ", valid_from="2026-01-05", valid_until=f"2026-{month:02d}-28")
        for month in range(2, 12)
        for _ in range(6)
    }
    visitor = agency.client("agent")
    for order in ("issued", "issued_first", "until", "until_last", "number"):
        seen: list[str] = []
        address = f"/attestations?q=pagine&order={order}"
        while address:
            page = visitor.get(address).text
            seen += re.findall(r'class="number" href="/attestations/(\d{10})"', page)
            following = re.search(r'rel="next" href="\?([^"]+)"', page)
            address = f"/attestations?{following[1].replace('&amp;', '&')}" if following else ""
        assert len(seen) == len(numbers) and set(seen) == numbers, order


def test_import_dry_run_report_and_signing(agency):
    head = "reference;kind;family_name;birth_date;nationality;employer.name;job;contract;department;valid_from;valid_until\n"
    rows = [f"IM-{n};APT;IMPORTÉ {'ABC'[n]};1990;VNM;Société Exemple;Vendeur;CDD;75;{DAYS}\n" for n in range(3)]
    bad = [
        f"IM-0;APT;DOUBLON;1990;VNM;S;E;CDD;75;{DAYS}\n",
        f"IM-9;APT;AILLEURS;1990;VNM;S;E;CDD;69;{DAYS}\n",
    ]
    visitor = agency.client("agent")
    answer = visitor.submit("/imports", files={"file": ("liste.csv", (head + "".join(rows + bad)).encode())})
    address = answer.headers["Location"]
    job = wait_for(visitor, address, "checked")
    assert (job["rows"], job["good"], job["refused"]) == (5, 3, 2)
    assert not registry.find_page(agency.home.engine, registry.Search(names="importe")).found
    visitor.submit(f"{address}/sign")
    visitor.submit(f"{address}/sign")
    job = wait_for(visitor, address, "done")
    assert (job["good"], job["refused"]) == (3, 2)
    assert len(registry.find_page(agency.home.engine, registry.Search(names="importe")).found) == 3
    report = list(
        csv.DictReader(io.StringIO(visitor.get(f"{address}/report.csv").content.decode("utf-8-sig")), delimiter=";")
    )
    assert [line["Résultat"] for line in report] == ["signée"] * 3 + ["refusée"] * 2
    assert report[3]["Champ"] == "reference" and report[4]["Champ"] == "department" and report[4]["Ligne"] == "6"


def test_a_file_signs_in_the_name_of_nobody_but_its_author_or_the_configured_signatory(agency):
    own = agency.people["agent"].signatory().to_json()
    names = [{"family_name": "LE PRÉFET", "title": "Préfet", "service": "Préfecture"}, own, {**own, "title": "Préfète"}]
    records = [
        {**CURRENT, "family_name": "AU NOM DE", "reference": f"SG-{n}", "signatory": name}
        for n, name in enumerate(names)
    ]
    visitor = agency.client("agent")
    address = visitor.submit("/imports", files={"file": ("liste.json", json.dumps(records).encode())}).headers[
        "Location"
    ]
    job = wait_for(visitor, address, "checked")
    assert (job["good"], job["refused"]) == (1, 2) and "celui de votre compte" in unescape(visitor.get(address).text)


def test_refused_rows_are_downloaded_corrected_and_imported(agency):
    head = "kind;family_name;birth_date;nationality;employer.name;job;contract;department;valid_from;valid_until\n"
    rows = [
        f"APT;ÉCORCE;31/02/1990;VNM;Société Exemple;Vendeur;CDD;75;{DAYS}\n",
        f"APT;JUSTE;1990;VNM;Société Exemple;Vendeur;CDD;75;{DAYS}\n",
    ]
    visitor = agency.client("agent")
    address = visitor.submit("/imports", files={"file": ("liste.csv", (head + "".join(rows)).encode())}).headers[
        "Location"
    ]
    wait_for(visitor, address, "checked")
    wrong = visitor.get(f"{address}/refused.csv").content.decode("utf-8-sig")
    assert (
        "ÉCORCE" in wrong
        and "JUSTE" not in wrong
        and "Date de naissance" in wrong.splitlines()[0]
        and "birth_date :" in wrong
    )
    again = visitor.submit(
        "/imports", files={"file": ("corrigé.csv", wrong.replace(";31/02/1990", ";28/02/1990").encode())}
    ).headers["Location"]
    job = wait_for(visitor, again, "checked")
    assert (job["rows"], job["good"], job["refused"]) == (1, 1, 0)


def test_the_same_rows_again_are_marked_and_signed_only_by_an_act_of_its_own(agency):
    """A row corrected in the original, the whole file imported anew: nobody gets two attestations unseen."""
    head = "Nature;Nom;Prénoms;Naissance;Nationalité;Employeur;SIRET;Emploi;Contrat;Département;Du;Au\r\n"
    row = "APT;{};Awa;07/11/2001;BFA;SOCIÉTÉ EXEMPLE SAS;81234567800013;Vendeuse;CDD;{};" + f"{DAYS}\r\n"
    visitor = agency.client("agent")

    def checked(*rows):
        data = "\ufeff" + head + "".join(row.format(name, place) for name, place in rows)
        address = visitor.submit("/imports", files={"file": ("liste.csv", data.encode())}).headers["Location"]
        return address, wait_for(visitor, address, "checked")

    def signed(address, **form):
        page = visitor.get(address).text
        visitor.submit(f"{address}/sign", form)
        return page, wait_for(visitor, address, "done")

    tallies = lambda job: [job[name] for name in ("rows", "good", "warned", "refused")]
    count = lambda name: len(registry.find_page(agency.home.engine, registry.Search(names=name)).found)
    address, job = checked(("DOUCET", "75"), ("TEMOIN", "7"))
    assert tallies(job) == [2, 1, 0, 1]
    page, job = signed(address)
    assert "Signer 1 attestation<" in page and tallies(job) == [2, 1, 0, 1]

    address, job = checked(("DOUCET", "75"), ("TEMOIN", "75"), ("TEMOIN", "92"))
    assert tallies(job) == [3, 1, 2, 0]
    page, job = signed(address)
    assert "dit déjà exactement la même chose" in page and "figure déjà plus haut" in page
    assert "Signer 1 attestation<" in page and "Signer 3 attestations<" in page
    assert tallies(job) == [3, 1, 2, 0] and (count("doucet"), count("temoin")) == (1, 1)

    address, job = checked(("DOUCET", "75"))
    assert tallies(job) == [1, 0, 1, 0]
    visitor.submit(f"{address}/sign", {})
    assert tallies(wait_for(visitor, address, "done")) == [1, 0, 1, 0] and count("doucet") == 1
    address, job = checked(("DOUCET", "75"))
    _page, job = signed(address, accept="yes")
    assert tallies(job) == [1, 1, 0, 0] and count("doucet") == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 not a table", "C’est un PDF"),
        (b"nom;\x81\x8d\xff", "accents du fichier"),
        (b"", "est vide"),
        (b"PK\x03\x04xlsx", "endommag"),
        (b'{"a": ' * 5000, "lignes lues"),
        (b"[1 2]", "virgule"),
        (b"kind;kind\n", "la même chose"),
        (b'kind;job\n"APT;x', "mal form"),
    ],
)
def test_files_that_are_not_what_they_say(agency, data, words):
    visitor = agency.client("agent")
    answer = visitor.submit("/imports", files={"file": ("liste.csv", data)})
    address = answer.headers["Location"]
    poll(lambda: visitor.get(f"{address}/state").json()["state"] != "checking", 60, "the checked file")
    page = visitor.get(address)
    assert page.status_code == 200 and 'class="sign"' not in page.text
    assert words in page.text


def wait_for(visitor, address: str, wanted: str) -> dict:
    def reached() -> dict | None:
        job = visitor.get(f"{address}/state").json()
        assert job["state"] in (wanted, "checking", "signing", "checked"), job
        return job if job["state"] == wanted else None

    return poll(reached, 60, wanted)


def test_one_persons_data_are_disclosed_to_a_supervisor(agency):
    agency.issue(family_name="DEMANDEUSE", birth_date="1991-05-06")
    visitor = agency.client("supervisor")
    answer = visitor.submit("/disclosure", {"family_name": "demandeuse", "birth_date": "06/05/1991"})
    (found,) = json.loads(answer.content)["attestations"]
    assert found["claims"]["family_name"] == "DEMANDEUSE" and found["annex"]["signatory"]["title"] == "Titre d'exemple"
    assert visitor.submit("/disclosure", {"family_name": "demandeuse", "birth_date": "07/05/1991"}).status_code == 422


def test_a_supervisor_reads_the_trail_of_the_departements_by_day(agency, number):
    elsewhere, asked = agency.issue(department="69"), agency.request()
    visitor, today = agency.client("supervisor"), local_day(None, int(time.time()))
    shown = lambda **criteria: re.sub("<option.*?</option>", "", visitor.get("/audit", params=criteria).text)
    for page in (shown(), shown(since=f"{today:%d/%m/%Y}", until=f"{today:%d%m%Y}")):
        assert f"/attestations/{number}" in page and f"/requests/{asked.number}" in page
        assert "Demande enregistrée" in page and "request_enter" not in page
        assert elsewhere not in page and "Connexion" not in page
    for criteria in (
        {"since": f"{today + timedelta(days=1):%d/%m/%Y}"},
        {"until": f"{today - timedelta(days=1):%d/%m/%Y}"},
        {"subject": elsewhere},
    ):
        assert "Aucune entrée ne correspond" in shown(**criteria)
    assert "Cette date n’existe pas" in unescape(shown(since="31/02/2026"))
    assert f"/attestations/{elsewhere}" in agency.client("auditor").get("/audit").text


def test_the_trail_is_whole_and_says_who_and_never_the_holder(tmp_path, request):
    """A house of its own: others of this file issue as people who might not."""
    agency = Agency(tmp_path)
    number = agency.issue()
    agency.start()
    request.addfinalizer(agency.stop)
    visitor = agency.client("auditor")
    checked = visitor.submit("/audit/check").text
    assert "Le journal est intact" in checked, checked[checked.index("<main") :]
    lines = visitor.get("/audit.jsonl").text.splitlines()
    assert any(json.loads(line)["subject"] == number for line in lines)
    assert "NGUYEN" not in "".join(lines)
    last = json.loads(lines[-1])
    assert (last["act"], last["actor"], last["details"]) == (
        "audit_exported",
        last["subject"],
        {"entries": len(lines)},
    ), "the export is in the trail"


def test_retention_erases_and_the_chain_stays_whole(tmp_path):
    from issuer.registry import crosscheck, retention

    agency = Agency(tmp_path)
    old = agency.issue(valid_from="2015-01-05", valid_until="2015-12-31", family_name="ANCIENNE", reference="DS-1")
    new = agency.issue(family_name="RÉCENTE")
    engine, now = agency.home.engine, agency.home.clock()
    before = retention.ended_before(now, 60)
    assert retention.anonymise(engine, before, now, "test") == 1
    assert registry.archived(engine, old) is None and registry.archived(engine, new) is not None
    assert registry.by_number(engine, old).anonymised_at == now
    assert chain.verify(engine).whole and crosscheck.verify(engine) == ()
    assert not registry.find_page(engine, registry.Search(names="ancienne")).found
    again = issue(agency.context.desk(), Confirmed({**agency_record(), "reference": "DS-1"}), "test")
    assert again.status == "refused" and again.errors[0].code == "reference_anonymised"


def agency_record() -> dict:

    return {**CURRENT, "signatory": {"family_name": "X", "title": "X", "service": "X"}}
