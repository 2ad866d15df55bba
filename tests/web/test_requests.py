"""Requests as an agent works on them, over the real server: with Démarches simplifiées and without."""

import re
import threading
import time

import httpx
import pytest
from sqlalchemy import create_engine, text
from werkzeug.serving import make_server

from issuer.demarches.mapping import path_of
from issuer.demarches.worker import turn
from issuer.demo.demarches import Limits, Store, Traffic, create_server, people
from issuer.registry import by_number, requests
from issuer.web.requests import taking_fields
from tests.support.agency import Agency
from tests.support.records import SINCE, UNTIL, french

TOKEN = "token-of-the-tests"
GROUP = people.demarche()["groupeInstructeurs"][0]["instructeurs"][0]["id"]


def revision(page):
    return re.search(r'name="revision" value="(\d+)"', page.text)[1]


class Bound:
    """An agency whose requests come from a local Démarches simplifiées."""

    def __init__(self, folder):
        self.store = Store(people.demarche(), lambda: int(time.time()))
        self.maker = people.Maker(self.store, int(time.time()))
        self.server = make_server("127.0.0.1", 0, create_server(self.store, TOKEN, Limits(), Traffic()), threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.agency = Agency(
            folder,
            web=(
                "idle_minutes = 30\n[demarches]\naddress ="
                f' "http://127.0.0.1:{self.server.server_port}/api/v2/graphql"\ntoken = "{TOKEN}"\nnumbers ='
                f' [{people.NUMBER}]\nattest_from = 2026-01-01\ninstructeur = "{GROUP}"\ninterval = 30'
            ),
        )
        path_of(self.agency.path, people.NUMBER).write_text(people.MAPPING, encoding="utf-8")
        self.agency.start()

    def put(self, number, *given, **more):
        self.store.add(self.maker.dossier(number, *given, **more))

    def sync(self):
        assert turn(self.agency.context.demarches, "test", force=True) is not None

    def request(self, dossier):
        return requests.by_number(self.agency.context.engine, dossier)


@pytest.fixture(scope="module")
def bound(tmp_path_factory):
    made = Bound(tmp_path_factory.mktemp("bound"))
    made.put(1, answers={101: "NGUYEN", 102: "Thị Mai"})
    made.put(2, siret="81234567800014")
    made.put(3, department="69")
    made.put(4, answers={108: "mi-temps"})
    made.sync()
    yield made
    made.agency.stop()
    made.server.shutdown()
    made.server.server_close()


def test_what_was_entered_here_is_signed_and_not_said_to_be_sent(bound):
    agency, agent = bound.agency, bound.agency.client("agent")
    entered = agency.request(family_name="GUICHET", birth_date="1991-02-03")
    question = agent.get(f"/requests/{entered.number}/accept")
    told = agent.follow(agent.submit(f"/requests/{entered.number}/accept", {"revision": revision(question)})).text
    assert "l’attestation est signée." in told and "transmise" not in told


def test_what_cannot_be_signed_yet_is_shown_in_the_order_of_the_form(bound):
    record = {"birth_date": "1996-03", "contract": "CDD", "employer": {"name": "EXEMPLE"}, "family_name": "王"}
    with bound.agency.app.test_request_context("/"):
        shown = taking_fields(record)
    assert [name for name, _ in shown] == ["family_name", "birth_date", "employer.name", "contract"]


def test_the_agent_sees_the_pieces_decides_once_and_the_paper_is_there(bound):
    agent = bound.agency.client("agent")
    assert "44950" not in agent.get("/requests").text and "NGUYEN" in agent.get("/requests").text
    request = bound.request(1)
    page = agent.get(f"/requests/{request.number}")
    assert "passeport.png" in page.text and "/files/" not in page.text, (
        "addresses of pieces live one hour: fetched when asked for"
    )
    opened = agent.submit(f"/requests/{request.number}/pieces")
    address = re.search(r'href="(http://127[^"]+/files/[^"]+)"', opened.text)[1]
    assert httpx.get(address).content.startswith(b"\x89PNG")
    question = agent.get(f"/requests/{request.number}/accept")
    assert "Camille Agent" in question.text and 'name="motivation"' in question.text
    assert agent.get(f"/requests/{request.number}/page.png").content.startswith(b"\x89PNG")
    answer = agent.submit(f"/requests/{request.number}/accept", {"revision": revision(question), "motivation": "Bravo"})
    assert "signée et transmise" in agent.follow(answer).text
    dossier = bound.store.dossiers[1]
    attested = bound.request(1).attestation
    assert (
        dossier["state"] == "accepte"
        and dossier["motivation"] == "Bravo"
        and dossier["motivationAttachment"]["filename"] == f"attestation-{attested}.pdf"
    )
    again = agent.submit(f"/requests/{request.number}/accept", {"revision": revision(question)})
    assert again.status_code == 409 and by_number(bound.agency.context.engine, attested).state == "valid"


def test_put_back_in_instruction_it_is_said_and_the_suspension_is_proposed(bound):
    agent = bound.agency.client("agent")
    request = bound.request(1)
    if request.attestation is None:
        pytest.skip("the decision before it did not take place")
    bound.store.move(bound.store.dossiers[1], "en_instruction", GROUP)
    bound.sync()
    assert "Remise en instruction" in agent.get("/").text
    page = agent.get(f"/requests/{request.number}")
    proposed = re.search(r'href="([^"]+/suspend\?[^"]+)"', page.text)[1].replace("&amp;", "&")
    form = agent.get(proposed)
    assert (
        "remis en instruction" in form.text
        and by_number(bound.agency.context.engine, request.attestation).state == "valid"
    ), "a person decides"
    seen = re.search(r'name="seen" value="(\d+)"', form.text)[1]
    agent.submit(proposed.partition("?")[0], {"seen": seen, "reason": "inquiry", "legal_basis": "CRPA, article L121-1"})
    assert by_number(bound.agency.context.engine, request.attestation).state == "suspended"


def test_what_is_set_aside_is_shown_with_its_reason_and_corrected(bound):
    agent, request = bound.agency.client("agent"), bound.request(2)
    page = agent.get(f"/requests/{request.number}")
    assert "clé de contrôle" in page.text and "Accepter" not in page.text
    assert "mises de côté" in agent.get("/").text or "mise de côté" in agent.get("/").text
    form = agent.get(f"/requests/{request.number}/correct")
    fields = dict(re.findall(r'<input[^>]* name="([a-z_.]+)" type="text" value="([^"]*)"', form.text))
    fields |= {
        "kind": "APT",
        "contract": request.record["contract"],
        "hours.per": "",
        "hours.count": "",
        "department": "75",
    }
    wrong = agent.submit(f"/requests/{request.number}/correct", {**fields, "revision": revision(form)})
    assert wrong.status_code == 422
    right = agent.submit(
        f"/requests/{request.number}/correct",
        {**fields, "employer.siret": "812 345 678 00013", "revision": revision(form)},
    )
    assert "Corriger" in agent.follow(right).text and bound.request(2).aside is None
    assert bound.request(2).employer_siret == "81234567800013"


def test_unsure_hours_are_shown_where_one_decides(bound):
    agent, request = bound.agency.client("agent"), bound.request(4)
    for path in ("", "/accept", "/correct"):
        assert "«\u00a0mi-temps\u00a0»" in agent.get(f"/requests/{request.number}{path}").text


def test_a_dossier_is_refused_and_asked_about_from_here(bound):
    agent = bound.agency.client("agent")
    bound.put(71, "en_instruction", 0)
    bound.put(72, "en_instruction", 0)
    bound.sync()
    first, second = bound.request(71), bound.request(72)
    assert f'/procedures/{people.NUMBER}/a-suivre/dossiers/71"' in agent.get(f"/requests/{first.number}").text
    page = agent.get(f"/requests/{first.number}/close", params={"state": "sans_suite"})
    given = {"state": "sans_suite", "reason": "incomplete", "legal_basis": "CRPA, article L114-5", "sure": "yes"}
    wrong = agent.submit(f"/requests/{first.number}/close", {**given, "revision": revision(page), "words": "漢字"})
    assert wrong.status_code == 422 and "漢字" in wrong.text and bound.store.dossiers[71]["state"] == "en_instruction"
    agent.submit(f"/requests/{first.number}/close", {**given, "revision": revision(page), "words": "Pièce manquante."})
    assert bound.store.dossiers[71]["state"] == "sans_suite" and bound.request(71).state == "sans_suite"
    page = agent.get(f"/requests/{second.number}/ask")
    sent = agent.submit(f"/requests/{second.number}/ask", {"revision": revision(page), "words": "Le contrat ?"})
    assert "Le contrat ?" in agent.follow(sent).text
    assert len(bound.store.dossiers[72]["messages"]) == 1


def test_another_departement_sees_nothing(bound):
    other, request = bound.agency.client("other"), bound.request(1)
    assert other.get(f"/requests/{request.number}").status_code == 404
    assert (
        "NGUYEN" not in other.get("/requests").text
        and bound.agency.client("agent").get(f"/requests/{bound.request(3).number}").status_code == 404
    )


def test_the_token_is_on_no_page_and_in_no_journal(bound):
    agent = bound.agency.client("agent")
    seen = "".join(agent.get(path).text for path in ("/", "/requests", f"/requests/{bound.request(1).number}"))
    assert TOKEN not in seen + bound.agency.log.read_text()


def test_without_demarches_simplifiees_a_request_is_typed_decided_and_closed(agency):
    agent = agency.client("agent")
    request = agency.request(family_name="SANSDOSSIER")
    question = agent.get(f"/requests/{request.number}/accept")
    done = agent.follow(agent.submit(f"/requests/{request.number}/accept", {"revision": revision(question)}))
    assert "Acceptée" in done.text and requests.by_id(agency.context.engine, request.id).attestation
    other = agency.request(family_name="REFUSÉ")
    page = agent.get(f"/requests/{other.number}/close", params={"state": "refuse"})
    assert "REFUSÉ" in page.text and "Rémunération insuffisante" in page.text
    given = {"revision": revision(page), "state": "refuse"}
    assert agent.submit(f"/requests/{other.number}/close", given).status_code == 422
    given |= {"reason": "pay", "legal_basis": "Code du travail, article R5221-20, 4°", "words": "Trop peu.\nVraiment."}
    asked = agent.submit(f"/requests/{other.number}/close", given)
    assert "Trop peu." in asked.text and "deux mois" in asked.text and "REFUSÉ" in asked.text
    assert requests.by_id(agency.context.engine, other.id).state == "en_instruction", "asked once more"
    done = agent.follow(agent.submit(f"/requests/{other.number}/close", {**given, "sure": "yes"}))
    assert requests.by_id(agency.context.engine, other.id).state == "refuse" and "Trop peu." in done.text
    kept = re.search(r'href="(/requests/\d+/letters/\d+\.pdf)"', done.text)[1]
    assert agent.get(kept).content.startswith(b"%PDF") and agency.client("other").get(kept).status_code == 404
    form = {
        "family_name": "TAPÉ",
        "birth_date": "2001",
        "nationality": "Mali",
        "employer.name": "EXEMPLE",
        "job": "Serveur",
        "contract": "CDD",
        "kind": "APT",
        "department": "75",
        "valid_from": french(SINCE),
        "valid_until": french(UNTIL),
        "email": "tape@courriel.example",
    }
    entered = agent.follow(agent.submit("/requests/new", form))
    assert "TAPÉ" in entered.text and "Saisie au service" in entered.text


def test_an_import_takes_each_row_or_says_why_not(agency):
    agent = agency.client("agent")
    rows = (
        "reference;kind;family_name;birth_date;nationality;employer.name;job;contract;department;valid_from;valid_until\n"
        f"IMP-1;APT;UN;2000;MLI;EXEMPLE;Serveur;CDD;75;{french(SINCE)};{french(UNTIL)}\n"
        f"IMP-2;APT;DEUX;2000;MLI;EXEMPLE;Serveur;CDDD;75;{french(SINCE)};{french(UNTIL)}\n"
        f"IMP-3;APT;TROIS;2000;MLI;EXEMPLE;Serveur;CDD;69;{french(SINCE)};{french(UNTIL)}\n"
    )
    for _ in range(2):
        report = agent.submit("/requests/import", files={"file": ("demandes.csv", rows.encode(), "text/csv")})
        assert report.status_code == 200 and "Enregistrée" in report.text and "pas le vôtre" in report.text
    found = requests.browse(agency.context.engine, requests.Wanted(text="UN 2000"))[0]
    assert len(found) == 1, "the same reference comes in once"
    assert requests.browse(agency.context.engine, requests.Wanted(text="DEUX 2000"))[0][0].aside == "unsure"
    other = rows.replace(";UN;", ";HOMONYME;").replace("IMP-2", "IMP-22").replace("IMP-3", "IMP-33")
    conflict = agent.submit("/requests/import", files={"file": ("autres.csv", other.encode(), "text/csv")})
    assert "autre demande" in conflict.text and "Changez la référence" in conflict.text
    assert not requests.browse(agency.context.engine, requests.Wanted(text="HOMONYME"))[0]


def test_a_reference_of_another_departement_is_a_conflict_and_nothing_is_lost(agency):
    """Two départements number their files alike: the second person's row is refused in words, not swallowed."""
    head = "reference;kind;family_name;birth_date;nationality;employer.name;job;contract;department;valid_from;valid_until\n"
    row = "2026-001;APT;{};2000;MLI;EXEMPLE;Serveur;CDD;{};" + f"{french(SINCE)};{french(UNTIL)}\n"
    pages = [
        agency.client(who).submit(
            "/requests/import", files={"file": ("a.csv", (head + row.format(name, place)).encode(), "text/csv")}
        )
        for who, name, place in (("agent", "PREMIERE", "75"), ("other", "SECONDE", "69"), ("other", "SECONDE", "69"))
    ]
    assert "Enregistrée" in pages[0].text
    for page in pages[1:]:
        assert "autre demande" in page.text and "Enregistrée" not in page.text and "PREMIERE" not in page.text
    assert len(requests.browse(agency.context.engine, requests.Wanted(text="PREMIERE"))[0]) == 1


def test_anomalies_of_the_month_as_a_page_and_as_csv(agency):
    twins = [agency.request(family_name="JUMELLE") for _ in range(2)]
    agent = agency.client("agent")
    page, table = agent.get("/requests/anomalies"), agent.get("/requests/anomalies.csv")
    assert "75 Paris" in page.text and "Même personne" in page.text
    assert table.text.startswith("\ufeff") and str(twins[0].number) in table.text
    assert "JUMELLE" not in table.text and agency.client("other").get("/requests/anomalies.csv").text.count("\n") == 1
    assert agent.get("/requests/anomalies?month=2020-13").status_code == 200
    question = agent.submit(f"/requests/{twins[0].number}/anomalies/twice", {"sure": "yes"})
    assert question.status_code == 422 and (twins[0].family_name or "") in question.text, "a reason is asked"
    agent.submit(f"/requests/{twins[0].number}/anomalies/twice", {"sure": "yes", "reason": "checked"})
    assert "Classer cette anomalie" not in agent.get(f"/requests/{twins[0].number}").text


def test_what_was_written_by_hand_is_never_shown_as_the_state_of_a_request(agency):
    """Of requests, of their anomalies and of their history: on the month's page, in its file, and to the applicant."""
    twins = [agency.request(family_name="TOUCHEE") for _ in range(3)]
    agent = agency.client("agent")

    def by_hand(statement, one):
        raw = create_engine(agency.context.engine.url)
        with raw.begin() as connection:
            assert connection.execute(text(statement), {"id": one.id}).rowcount
        raw.dispose()

    by_hand("UPDATE request SET state = 'accepte' WHERE id = :id", twins[0])
    by_hand("UPDATE request_alert SET details = 'no JSON', code = 'burst' WHERE request_id = :id", twins[1])
    by_hand("UPDATE request_event SET what = 'attested' WHERE request_id = :id", twins[2])
    page, table = agent.get("/requests/anomalies"), agent.get("/requests/anomalies.csv")
    for shown in (page, table):
        assert shown.status_code == 200 and "Rafale" not in shown.text
        assert shown.text.count("Anomalie modifiée hors du service") == 1
        assert len(re.findall("(?<!Anomalie )[Mm]odifiée hors du service", shown.text)) == 1
    typed = {"birth_date": twins[0].birth_date}
    for one in (twins[0], twins[2]):
        answer = httpx.post(f"{agency.address}/usagers/demande", data={**typed, "number": one.number}, timeout=60)
        assert answer.status_code == 503 and "Demande qui ne peut pas être montrée" in answer.text
        assert "Acceptée" not in answer.text and "data-state" not in answer.text
        assert "Modifié hors du service" in agent.get(f"/requests/{one.number}").text
    assert "Modifié hors du service" in agent.get(f"/requests/{twins[1].number}").text


def test_a_request_is_typed_in_the_same_fields_as_an_attestation(agency):
    """Keyboards, lengths and help: field by field, the one form is the other."""
    agent = agency.client("agent")
    fields = [
        dict(re.findall(r'data-field="([^"]+)">(.*?)</div>', agent.get(address).text, re.DOTALL))
        for address in ("/attestations/new", "/requests/new")
    ]
    assert fields[1].keys() - {"email"} == fields[0].keys() - {"reference"}
    assert all(fields[1][name] == fields[0][name] for name in fields[1].keys() - {"email"})
    assert 'inputmode="numeric"' in fields[1]["valid_from"] and 'inputmode="decimal"' in fields[1]["hours.count"]


def test_a_request_with_a_warning_is_accepted_only_once_that_is_confirmed(agency):
    request = agency.request(family_name="TRÈS ÂGÉE", birth_date="1936-03-14")
    agent = agency.client("agent")
    question = agent.get(f"/requests/{request.number}/accept")
    assert "plus de 80 ans" in question.text and 'value="birth_date:over_80"' in question.text
    form = {"revision": revision(question)}
    refused = agent.submit(f"/requests/{request.number}/accept", form)
    assert refused.status_code == 422 and "Confirmez chaque avertissement" in refused.text
    assert requests.by_id(agency.context.engine, request.id).attestation is None
    agent.submit(f"/requests/{request.number}/accept", {**form, "confirmed": "birth_date:over_80"})
    assert requests.by_id(agency.context.engine, request.id).attestation is not None
