"""Acts and what the law asks of them, concurrent hands, the second person, publication within a minute, the exports."""

import csv
import io
import json
import time

import pytest
from agency import Agency

from issuer import registry
from issuer.registry import chain
from issuer.web import proposals

REVOCATION = {
    "reason": "condition_not_met",
    "legal_basis": "CRPA, article L242-2, 1°",
    "heard": "yes",
    "heard_on": "02/11/2026",
}


def act(visitor, number: str, name: str, data: dict, seen: str = ""):
    """Open an act's form and send it."""
    import re

    page = visitor.get(f"/attestations/{number}/{name}").text
    return visitor.submit(
        f"/attestations/{number}/{name}", {"seen": seen or re.search(r'name="seen" value="(\d+)"', page)[1], **data}
    )


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
        ({"effective_on": "hier"}, "comme 05/01/2026"),
        ({"notified_on": "01/01/2030"}, "à venir"),
        ({"effective_on": "01/01/2031"}, "La date d'effet"),
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
    end = time.monotonic() + 60
    while 'data-verdict="revoked"' not in (page := visitor.get(f"/attestations/{number}").text):
        assert time.monotonic() < end, "not published within a minute"
        time.sleep(0.5)
    assert "Une condition n&#39;est plus remplie" in page and "2 novembre 2026" in page


def test_a_page_opened_before_somebody_elses_act_is_told(agency, number):
    import re

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
    return number, proposals.waiting_for(strict.rooms, int(number))


def test_a_second_person_confirms(strict):
    number, proposal = proposed(strict)
    first, second = strict.client("supervisor"), strict.client("second")
    answer = first.submit(f"/proposals/{proposal.id}", {"answer": "confirm"})
    assert answer.status_code == 422 and "une autre personne" in answer.text
    assert "attend votre accord" in second.get("/").text
    assert second.submit(f"/proposals/{proposal.id}", {"answer": "confirm"}).status_code == 302
    assert state(strict, number) == "revoked"
    acts = [entry["act"] for entry in chain.entries(strict.home.engine) if entry["subject"] == number]
    assert acts == ["issue", "propose_revoke", "revoke", "proposal_confirmed"]


def test_a_rejected_proposal_is_not_done_by_a_page_that_was_open(strict):
    number, proposal = proposed(strict)
    strict.client("second").submit(f"/proposals/{proposal.id}", {"answer": "reject"})
    with strict.app.app_context(), pytest.raises(proposals.AlreadyDecided):
        proposals.confirm(strict.rooms, proposal, strict.people["second"])
    assert state(strict, number) == "valid", "revoking and confirming stand or fall together"
    assert [event.act for event in registry.history(strict.home.engine, number)] == ["issue"]


def test_a_csv_export_holds_no_formula(agency):
    agency.issue(family_name="FORMULE", job="=HYPERLINK(0)", given_names="@SUM(1)")
    answer = agency.client("agent").get("/attestations.csv", params={"q": "formule"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert row["Emploi"] == "'=HYPERLINK(0)" and row["Prénoms"] == "'@SUM(1)"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_search_finds_by_each_way_and_only_ones_own(agency):
    number = agency.issue(
        family_name="Đặng Œuvrard",
        reference="DS-80001",
        employer={"name": "Étude Trouvable", "siret": "81234567800021"},
    )
    visitor = agency.client("agent")
    assert (
        visitor.get("/attestations", params={"q": f"{number[:3]} {number[3:6]} {number[6:]}"})
        .headers["Location"]
        .endswith(number)
    )
    for query in (
        {"q": "oeuvrard dang"},
        {"siret": "812 345 678 00021"},
        {"employer": "etude trou"},
        {"reference": "DS-80001"},
        {"q": "81234567800021"},
    ):
        assert f"/attestations/{number}" in visitor.get("/attestations", params=query).text, query
        assert f"/attestations/{number}" not in agency.client("other").get("/attestations", params=query).text, query
    assert "clé de contrôle" in visitor.get("/attestations", params={"q": "1234567890"}).text


def test_pages_go_on_by_key_in_every_order(agency):
    numbers = {
        agency.issue(family_name="PAGINÉ", valid_until=f"2026-{month:02d}-28")
        for month in range(2, 12)
        for _ in range(6)
    }
    visitor = agency.client("agent")
    for order in ("issued", "issued_first", "until", "until_last", "number"):
        seen: list[str] = []
        address = f"/attestations?q=pagine&order={order}"
        while address:
            import re

            page = visitor.get(address).text
            seen += re.findall(r'class="number" href="/attestations/(\d{10})"', page)
            following = re.search(r'rel="next" href="\?([^"]+)"', page)
            address = f"/attestations?{following[1].replace('&amp;', '&')}" if following else ""
        assert len(seen) == len(numbers) and set(seen) == numbers, order


def test_import_dry_run_report_and_signing(agency):
    head = "reference;kind;family_name;birth_date;nationality;employer.name;job;contract;department;valid_from;valid_until\n"
    rows = [f"IM-{n};APT;IMPORTÉ;1990;VNM;Société;Emploi;CDD;75;05/01/2026;31/12/2026\n" for n in range(3)]
    bad = [
        "IM-0;APT;DOUBLON;1990;VNM;S;E;CDD;75;05/01/2026;31/12/2026\n",
        "IM-9;APT;AILLEURS;1990;VNM;S;E;CDD;69;05/01/2026;31/12/2026\n",
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
    assert report[3]["Champ"] == "reference" and report[4]["Champ"] == "department"


def test_refused_rows_are_downloaded_corrected_and_imported(agency):
    head = "kind;family_name;birth_date;nationality;employer.name;job;contract;department;valid_from;valid_until\n"
    rows = [
        "APT;À CORRIGER;31/02/1990;VNM;Société;Emploi;CDD;75;05/01/2026;31/12/2026\n",
        "APT;JUSTE;1990;VNM;Société;Emploi;CDD;75;05/01/2026;31/12/2026\n",
    ]
    visitor = agency.client("agent")
    address = visitor.submit("/imports", files={"file": ("liste.csv", (head + "".join(rows)).encode())}).headers[
        "Location"
    ]
    wait_for(visitor, address, "checked")
    wrong = visitor.get(f"{address}/refused.csv").content.decode("utf-8-sig")
    assert "À CORRIGER" in wrong and "JUSTE" not in wrong and "birth_date" in wrong.splitlines()[1]
    again = visitor.submit(
        "/imports", files={"file": ("corrigé.csv", wrong.replace("1990-02-31", "28/02/1990").encode())}
    ).headers["Location"]
    job = wait_for(visitor, again, "checked")
    assert (job["rows"], job["good"], job["refused"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 not a table", "n&#39;existe pas"),
        (b"\xff\xfe\x00bad", "pas du texte en UTF-8"),
        (b"", "est vide"),
        (b"PK\x03\x04xlsx", "n&#39;existe pas"),
        (b'{"a": ' * 5000, "lignes lues"),
        (b"[1 2]", "virgule"),
        (b"kind;kind\n", "deux fois"),
        (b'kind;job\n"APT;x', "mal form"),
    ],
)
def test_files_that_are_not_what_they_say(agency, data, words):
    visitor = agency.client("agent")
    answer = visitor.submit("/imports", files={"file": ("liste.csv", data)})
    address = answer.headers["Location"]
    end = time.monotonic() + 20
    while visitor.get(f"{address}/state").json()["state"] == "checking":
        assert time.monotonic() < end
        time.sleep(0.1)
    page = visitor.get(address)
    assert page.status_code == 200 and 'class="sign"' not in page.text
    assert words in page.text


def wait_for(visitor, address: str, wanted: str) -> dict:
    end = time.monotonic() + 30
    while (job := visitor.get(f"{address}/state").json())["state"] != wanted:
        assert job["state"] in ("checking", "signing", "checked") and time.monotonic() < end, job
        time.sleep(0.1)
    return job


def test_one_persons_data_are_disclosed_to_a_supervisor(agency):
    agency.issue(family_name="DEMANDEUSE", birth_date="1991-05-06")
    visitor = agency.client("supervisor")
    answer = visitor.submit("/disclosure", {"family_name": "demandeuse", "birth_date": "06/05/1991"})
    (found,) = json.loads(answer.content)["attestations"]
    assert found["claims"]["family_name"] == "DEMANDEUSE" and found["annex"]["signatory"]["title"] == "Titre d'exemple"
    assert visitor.submit("/disclosure", {"family_name": "demandeuse", "birth_date": "07/05/1991"}).status_code == 422


def test_the_trail_is_whole_and_says_who_and_never_the_holder(agency, number):
    visitor = agency.client("auditor")
    assert "Le journal est intact" in visitor.submit("/audit/check").text
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
    again = agency.rooms.desk().issue({**agency_record(), "reference": "DS-1"}, "test")
    assert again.status == "refused" and again.errors[0].code == "reference_anonymised"


def agency_record() -> dict:
    from agency import RECORD

    return {**RECORD, "signatory": {"family_name": "X", "title": "X", "service": "X"}}
