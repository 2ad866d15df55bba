"""What searches and consultations leave behind: no name in an address, an entry of the trail for each person looked at."""

import re
from urllib.parse import unquote

import httpx
import pytest
from sqlalchemy import create_engine, select

from issuer.desk import Grounds, acts
from issuer.registry.database import reading
from issuer.registry.models import Attestation, Audit
from issuer.registry.request_tables import Request, RequestTask

NAME = "CHERCHÉE-NOMMÉMENT"


@pytest.fixture(scope="module")
def sought(agencies):
    agency = agencies("sqlite")
    return agency, agency.issue(family_name=NAME, employer={"name": "Employeur Cherché", "siret": "81234567800021"})


def addresses(visitor, answer: httpx.Response) -> list[str]:
    """Every address that a search makes a browser ask for, and those on the page that it leads to."""
    asked = []
    while answer.is_redirect:
        asked.append(answer.headers["Location"])
        answer = visitor.get(answer.headers["Location"])
    assert answer.status_code == 200
    return asked + re.findall(r'(?:href|action)="([^"]*)"', answer.text)


SEARCHES = [
    ("/attestations", {"q": NAME}),
    ("/attestations", {"employer": "Employeur Cherché", "order": "from"}),
    ("/attestations", {"siret": "81234567800021", "state": "valid"}),
    ("/go", {"q": NAME}),
    ("/requests", {"q": NAME}),
]


@pytest.mark.parametrize(("path", "typed"), SEARCHES, ids=str)
def test_what_is_searched_for_stands_in_no_address(sought, path, typed):
    """Proxies write addresses into their journals."""
    agency, _ = sought
    visitor = agency.client("agent")
    page = visitor.get("/requests" if path == "/requests" else "/attestations").text
    method = re.search(rf'<form [^>]*action="{path}"[^>]*>', page)[0]
    assert 'method="post"' in method
    made = addresses(visitor, visitor.submit(path, typed))
    for word in [value for name, value in typed.items() if name not in ("order", "state")]:
        assert not [address for address in made if word.casefold() in unquote(address).casefold()]


def test_a_search_is_reloaded_gone_back_to_sorted_and_exported(sought):
    agency, number = sought
    visitor = agency.client("agent")
    answer = visitor.submit("/attestations", {"q": NAME, "department": "75"})
    where = answer.headers["Location"]
    assert answer.status_code == 303 and "department=75" in where
    for _ in range(2):
        page = visitor.get(where).text
        assert f'href="/attestations/{number}"' in page and f'value="{NAME}"' in page
    sorted_by = re.search(r'href="(\?[^"]*order=[^"]*)"', page)[1].replace("&amp;", "&")
    assert f'href="/attestations/{number}"' in visitor.get(f"/attestations{sorted_by}").text
    export = re.search(r'href="(/attestations\.csv\?[^"]*)"', page)[1].replace("&amp;", "&")
    assert visitor.get(export).text.count("\n") == 2
    assert visitor.submit("/go", {"q": number}).headers["Location"].endswith(f"/attestations/{number}")


def test_an_address_that_cannot_be_read_finds_nothing_rather_than_everything(sought):
    agency, number = sought
    visitor = agency.client("agent")
    page = visitor.get("/attestations?s=damaged")
    assert page.status_code == 200 and "/attestations/1" not in page.text and number not in page.text
    assert visitor.get("/attestations.csv?s=damaged").status_code == 302


def entries(agency, subject: str, actor: str) -> list[str]:
    with reading(agency.home.engine) as connection:
        query = select(Audit.act).where(Audit.subject == subject, Audit.actor == actor).order_by(Audit.seq)
        return list(connection.execute(query).scalars())


def test_looking_at_one_persons_data_is_an_entry_of_the_trail(agency):
    """Once for somebody who stays on it; of each who looks, by page, PDF, code or call."""
    for way in ("", "/document.pdf", "/code", "/code.svg"):
        number = agency.issue()
        for _ in range(2):
            assert agency.client("supervisor").get(f"/attestations/{number}{way}").status_code == 200
        assert entries(agency, number, agency.people["supervisor"].author) == ["view"], way
        assert agency.client("auditor").get(f"/attestations/{number}{way}").status_code == 200
        assert entries(agency, number, agency.people["auditor"].author) == ["view"], way
    for way in ("", "/document"):
        number = agency.issue()
        bearer = {"Authorization": f"Bearer {agency.token('supervisor', 'read')}"}
        answer = httpx.get(f"{agency.address}/api/v1/attestations/{number}{way}", headers=bearer, timeout=60)
        assert answer.status_code == 200
        assert entries(agency, number, agency.people["supervisor"].author) == ["view"], way
    asked = agency.request()
    assert agency.client("supervisor").get(f"/requests/{asked.number}").status_code == 200
    assert entries(agency, f"request-{asked.id}", agency.people["supervisor"].author) == ["view"]
    assert agency.client("other").get(f"/attestations/{number}").status_code == 404
    assert entries(agency, number, agency.people["other"].author) == [], "nothing was seen"


@pytest.mark.parametrize("path", ["/attestations.csv", "/requests/anomalies.csv"])
def test_every_export_of_persons_is_an_entry_of_the_trail(agency, path):
    person = agency.people["second"]
    before = entries(agency, person.author, person.author).count("export")
    assert agency.client("second").get(path).status_code == 200
    assert entries(agency, person.author, person.author).count("export") == before + 1


def by_hand(agency, statement) -> None:
    """Change a row without this program."""
    raw = create_engine(agency.home.engine.url)
    with raw.begin() as connection:
        assert connection.execute(statement).rowcount == 1
    raw.dispose()


def test_a_state_changed_by_hand_is_shown_as_that_and_never_as_the_table_has_it(agency):
    number, person = agency.issue(family_name="RÉVOQUÉE"), agency.client("supervisor")
    acts.do(agency.home.desk(), "revoke", int(number), Grounds("CRPA L241-2", "fraud"), "agent-1")
    asked = agency.request(family_name="DÉPOSANTE")
    bearer = {"Authorization": f"Bearer {agency.token('supervisor', 'read')}"}
    pages = {
        "search": lambda: person.submit("/attestations", {"q": "RÉVOQUÉE"}, follow_redirects=True).text,
        "export": lambda: person.get("/attestations.csv?q=" + number).text,
        "page": lambda: person.get(f"/attestations/{number}").text,
        "answer": lambda: httpx.get(f"{agency.address}/api/v1/attestations/{number}", headers=bearer).text,
    }
    right, words = ("Révoquée", '"revoked"'), ("Modifiée hors du service", '"altered"')
    shown = lambda marks: [name for name, page in pages.items() if any(mark in page() for mark in marks)]
    assert shown(right) == list(pages) and shown(words) == []
    mine = Attestation.__table__.update().where(Attestation.number == int(number))
    by_hand(agency, mine.values(state=0))
    try:
        assert shown(words) == list(pages) and '"valid"' not in pages["answer"]()
    finally:
        by_hand(agency, mine.values(state=1))
    theirs = Request.__table__.update().where(Request.number == asked.number)
    seek = lambda: person.submit("/requests", {"q": "DÉPOSANTE"}, follow_redirects=True).text
    assert "En instruction" in seek() and words[0] not in seek()
    by_hand(agency, theirs.values(state="accepte"))
    try:
        assert words[0] in seek()
        page = person.get(f"/requests/{asked.number}")
        assert page.status_code == 503 and "réessayer n’y changera rien" in page.text
    finally:
        by_hand(agency, theirs.values(state=asked.state))


def test_a_task_written_by_hand_is_shown_as_that_and_says_nothing(agency):
    asked, person = agency.request(family_name="ENVOYÉE"), agency.client("supervisor")
    page = lambda: person.get(f"/requests/{asked.number}")
    words = "été modifié hors du service"
    assert page().status_code == 200 and words not in page().text
    tasks = RequestTask.__table__
    by_hand(
        agency,
        tasks.insert().values(
            request_id=asked.id,
            kind="accept",
            step="send",
            data="{}",
            author="agent-1",
            attempts=0,
            error="refused",
            due_at=1,
            created_at=1,
            round=1,
        ),
    )
    try:
        told = page()
        assert told.status_code == 200 and words in told.text and "PDF envoyé" not in told.text
    finally:
        by_hand(agency, tasks.delete().where(tasks.c.request_id == asked.id))
