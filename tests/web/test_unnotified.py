"""What the first page says of decisions that have yet to be notified."""

import html
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.support.agency import Agency

REVOCATION = {
    "reason": "condition_not_met",
    "legal_basis": "CRPA, article L242-2, 1°",
    "heard": "yes",
    "heard_on": "02/11/2026",
    "sure": "yes",
}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """An agency where nothing waits but what these tests decide."""
    made = Agency(tmp_path_factory.mktemp("unnotified"))
    made.start()
    yield made
    made.stop()


def today() -> str:
    """The day of Paris, as the forms ask for it."""
    return datetime.now(ZoneInfo("Europe/Paris")).strftime("%d/%m/%Y")


def act(visitor, number: str, name: str, data: dict):
    """Open an act's form and send it."""
    page = visitor.get(f"/attestations/{number}/{name}").text
    assert (
        visitor.submit(
            f"/attestations/{number}/{name}", {"seen": re.search(r'name="seen" value="(\d+)"', page)[1], **data}
        ).status_code
        == 302
    )


def waiting_lines(visitor) -> str:
    """What the first page lists under what waits, as text."""
    page = visitor.get("/").text
    return re.sub(
        r"\s+",
        " ",
        html.unescape(re.search(r'<ul class="waiting">.*?</section>|<p class="empty">', page, re.DOTALL)[0]),
    )


def test_a_decision_waits_on_the_first_page_until_it_is_notified(own):
    number = own.issue()
    agent = own.client("agent")
    link = f'href="/attestations/{number}/notify"'
    act(agent, number, "suspend", {"reason": "inquiry", "legal_basis": "Vérification"})
    told = waiting_lines(agent)
    assert (
        "1 décision n’a pas encore été notifiée à la personne" in told
        and link in told
        and "noter la notification" in told
    )
    assert link in waiting_lines(own.client("supervisor"))
    assert link not in waiting_lines(own.client("other")), "of another département"
    assert link not in waiting_lines(own.client("auditor")), "who may not note it is not asked to"
    act(agent, number, "revoke", REVOCATION)
    assert waiting_lines(agent).count(link) == 1, "the last decision alone"
    assert agent.submit(f"/attestations/{number}/notify", {"notified_on": today()}).status_code == 302
    assert link not in waiting_lines(agent)


def test_a_decision_that_was_notified_at_once_does_not_wait(own):
    agent, number = own.client("agent"), own.issue()
    act(agent, number, "suspend", {"reason": "inquiry", "legal_basis": "Vérification", "notified_on": today()})
    assert f'href="/attestations/{number}/notify"' not in waiting_lines(agent)


def test_the_oldest_come_first_and_the_count_says_them_all_in_english_too(own):
    numbers, visitor = [own.issue() for _ in range(7)], own.client("second")
    for number in numbers:
        act(visitor, number, "suspend", {"reason": "inquiry", "legal_basis": "Vérification"})
    told = waiting_lines(visitor)
    assert [number for number in numbers if f"/attestations/{number}/notify" in told] == numbers[:5]
    assert "7 décisions n’ont pas encore été notifiées aux personnes" in told
    visitor.get("/language/en")
    assert "7 decisions have not been notified to the persons yet" in waiting_lines(visitor)
