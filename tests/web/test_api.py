"""The JSON API: issuing once, acting, following changes, refusing well; and what Schemathesis makes of its
description.
"""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from issuer import registry
from issuer.web.api import description
from tests.support.records import CURRENT
from tests.web.caller import BODY

ROOT = Path(__file__).parents[2]

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
"""Left out: that every record of the right types is taken (it may break a rule of the law), and authentication, which
the table of routes tests.
"""
EXAMPLES = int(os.environ.get("WIF_API_EXAMPLES", "15"))
"""Cases that Schemathesis makes of each operation."""


@pytest.fixture(scope="module")
def api(agency):
    """A caller with every scope of an agent."""
    with httpx.Client(
        base_url=f"{agency.address}/api/v1",
        headers={"Authorization": f"Bearer {agency.token('agent', 'read', 'issue', 'act')}"},
        timeout=60,
    ) as client:
        yield client


def test_issue_read_print(agency, api):
    answer = api.post("/attestations", json={**CURRENT, "reference": "API-DS-1", "accept_warnings": True})
    assert answer.status_code == 201
    number = answer.json()["number"]
    assert answer.headers["Location"] == f"/api/v1/attestations/{number}"
    read = api.get(f"/attestations/{number}").json()
    assert read["token"] == answer.json()["token"] == registry.archived(agency.home.engine, number).token.hex()
    assert (
        read["claims"]["family_name"] == CURRENT["family_name"]
        and read["state"] == "valid"
        and read["signatory"]["family_name"] == "Agent"
    )
    assert agency.context.verdict(read["text"]).verdict == "valid"
    assert api.get(f"/attestations/{number}/document").content.startswith(b"%PDF")


def test_the_same_reference_or_key_issues_once(api):
    same = [
        api.post("/attestations", json={**CURRENT, "reference": "API-DS-2", "accept_warnings": True}) for _ in range(3)
    ]
    assert [answer.status_code for answer in same] == [201, 200, 200]
    assert len({answer.json()["token"] for answer in same}) == 1
    keyed = [
        api.post("/attestations", json={**CURRENT, "accept_warnings": True}, headers={"Idempotency-Key": "k-1"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in keyed] == [201, 200]
    assert keyed[0].json()["number"] == keyed[1].json()["number"]
    other = api.post(
        "/attestations", json={**CURRENT, "job": "Autre", "accept_warnings": True}, headers={"Idempotency-Key": "k-1"}
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_an_act_under_a_key_is_done_once(agency, api, number):
    body = {"reason": "inquiry", "legal_basis": "Vérification"}
    first, again = (
        api.post(f"/attestations/{number}/suspend", json=body, headers={"Idempotency-Key": f"s-{number}"})
        for _ in range(2)
    )
    assert first.json() == again.json() and again.headers["Idempotent-Replayed"] == "true"
    assert len(registry.history(agency.home.engine, number)) == 2
    plain = api.post(f"/attestations/{number}/suspend", json=body)
    assert (plain.status_code, plain.json()["code"], plain.headers["Content-Type"]) == (
        409,
        "state",
        "application/problem+json",
    )


def test_the_same_key_at_the_same_moment_acts_once_and_answers_alike(agency, api):
    for _ in range(4):
        number = agency.issue()
        body, key = {"reason": "inquiry", "legal_basis": "Vérification"}, {"Idempotency-Key": f"m-{number}"}
        with ThreadPoolExecutor(6) as pool:
            answers = list(
                pool.map(lambda _: api.post(f"/attestations/{number}/suspend", json=body, headers=key), range(6))
            )
        assert [answer.status_code for answer in answers] == [200] * 6
        assert len({answer.text for answer in answers}) == 1
        assert len(registry.history(agency.home.engine, number)) == 2


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_act_whose_process_died_around_its_commit_is_answered_when_asked_again(agency, api, number, moment):
    """Died before: nothing was done, and it is done now. Died after, unheard: the answer is there."""
    key, token = f"d-{number}", api.headers["Authorization"].removeprefix("Bearer ")
    environment = {
        **os.environ,
        "WIF_HOME": str(agency.path),
        **({"WIF_DATABASE_URL": agency.database} if agency.database else {}),
    }
    dead = subprocess.run(
        [sys.executable, "-m", "tests.web.caller", moment, number, token, key],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=120,
    )
    assert dead.returncode == -signal.SIGKILL, dead.stderr.decode()
    assert registry.by_number(agency.home.engine, number).state == ("valid" if moment == "before" else "suspended")
    again = api.post(
        f"/attestations/{number}/suspend",
        content=BODY,
        headers={"Content-Type": "application/json", "Idempotency-Key": key},
    )
    assert (again.status_code, again.json()["state"], "Idempotent-Replayed" in again.headers) == (
        200,
        "suspended",
        moment == "after",
    )
    assert len(registry.history(agency.home.engine, number)) == 2, "done once"


def test_replace(agency, api, number):
    answer = api.post(
        f"/attestations/{number}/replace",
        json={
            "accept_warnings": True,
            "record": {**CURRENT, "job": "Cheffe de projet"},
            "grounds": {"reason": "request", "legal_basis": "CRPA, article L242-4"},
        },
    )
    assert answer.status_code == 201 and answer.json()["replaces"] == number
    assert registry.by_number(agency.home.engine, number).state == "replaced"


def test_changes_since_a_cursor(agency, api):
    start = api.get("/changes", params={"limit": 500}).json()
    while start["more"]:
        start = api.get("/changes", params={"limit": 500, "after": start["next"]}).json()
    mine, foreign = agency.issue(), agency.issue(department="69")
    api.post(f"/attestations/{mine}/suspend", json={"reason": "inquiry", "legal_basis": "Vérification"})
    found = api.get("/changes", params={"after": start["next"]}).json()
    assert [(change["act"], change["number"]) for change in found["changes"]] == [("issue", mine), ("suspend", mine)]
    assert foreign not in json.dumps(found)
    assert api.get("/changes", params={"after": found["next"]}).json()["changes"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "json"),
        (b"[]", 400, "json"),
        (b'{"a":1,"a":2}', 400, "json"),
        (b"\xff", 400, "json"),
        (b'{"kind": NaN}', 400, "json"),
        (b"{}", 422, "record"),
        (b'{"family_name": "\\ud800"}', 422, "record"),
        (b'{"hours": {"count": 1e999, "per": "week"}}', 422, "record"),
        (b'{"department": "69"}', 403, "department"),
        (b"x" * 70_000, 413, "too_large"),
    ],
)
def test_bad_bodies_are_problems(api, body, status, code):
    answer = api.post("/attestations", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


PREFECT = {"family_name": "LE PRÉFET", "title": "Préfet de région", "service": "Préfecture"}


def test_a_program_signs_in_the_name_of_its_account_or_of_the_configured_signatory(agency, api, number):
    """Not in that of whomever it likes."""
    own = agency.people["agent"].signatory().to_json()
    for name in (PREFECT, {**own, "title": "Préfète"}, {**own, "given_names": None}):
        answer = api.post("/attestations", json={**CURRENT, "signatory": name})
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "signatory", name
        grounds = {"reason": "request", "legal_basis": "CRPA, article L242-4"}
        answer = api.post(
            f"/attestations/{number}/replace", json={"record": {**CURRENT, "signatory": name}, "grounds": grounds}
        )
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "signatory", name
    assert api.post("/attestations", json={**CURRENT, "signatory": own, "accept_warnings": True}).status_code == 201


def test_scopes_and_ends_of_tokens(agency, number):
    read_only = {"Authorization": f"Bearer {agency.token('agent', 'read')}"}
    address = f"{agency.address}/api/v1/attestations"
    assert httpx.post(address, json={**CURRENT, "accept_warnings": True}, headers=read_only).status_code == 403
    token, text = agency.context.tokens.make(agency.people["agent"], "Essai", ("read",), 1, "test")
    agency.context.tokens.revoke(token.id, agency.people["agent"].id, "test")
    for wrong in (text, text + "x", "wif_1_", "nonsense"):
        answer = httpx.get(f"{address}/{number}", headers={"Authorization": f"Bearer {wrong}"})
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_opens_nothing_of_the_api(agency, number):
    assert agency.client("agent").get(f"/api/v1/attestations/{number}").status_code == 401


def test_the_rate_holds_over_the_workers(strict):
    token = {"Authorization": f"Bearer {strict.token('agent', 'read')}"}
    with httpx.Client(headers=token, timeout=60) as client:
        answers = [client.get(f"{strict.address}/api/v1/changes") for _ in range(130)]
    good = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(good) <= 120, "60 a minute on two workers, over two minutes at most"
    assert refused and int(refused[0].headers["Retry-After"]) <= 60


def test_a_revocation_that_takes_two_people_is_not_for_a_program(strict):
    number = strict.issue()
    answer = httpx.post(
        f"{strict.address}/api/v1/attestations/{number}/revoke",
        json={"reason": "court", "legal_basis": "Jugement"},
        timeout=60,
        headers={"Authorization": f"Bearer {strict.token('supervisor', 'act')}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "second_person")
    assert registry.by_number(strict.home.engine, number).state == "valid"


def test_a_replacement_that_takes_two_people_is_not_for_a_program(strict):
    number = strict.issue()
    answer = httpx.post(
        f"{strict.address}/api/v1/attestations/{number}/replace",
        json={"record": {**CURRENT, "job": "Autre"}, "grounds": {"reason": "request", "legal_basis": "CRPA L242-4"}},
        timeout=60,
        headers={"Authorization": f"Bearer {strict.token('supervisor', 'issue', 'act')}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "second_person")
    assert registry.by_number(strict.home.engine, number).state == "valid"


def test_a_replacement_by_somebody_elses_paper_is_refused_until_it_is_meant(agency, number):
    body = {"record": {**CURRENT, "family_name": "AUTRE"}, "grounds": {"reason": "error", "legal_basis": "CRPA L242-4"}}
    with httpx.Client(
        base_url=f"{agency.address}/api/v1/attestations/{number}",
        headers={"Authorization": f"Bearer {agency.token('agent', 'issue', 'act')}"},
        timeout=60,
    ) as client:
        answer = client.post("/replace", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "holder")
        assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
            ("record.family_name", "other_holder")
        ]
        assert registry.by_number(agency.home.engine, number).state == "valid"
        answer = client.post("/replace", json={**body, "accept_warnings": True})
        assert answer.status_code == 201 and registry.by_number(agency.home.engine, number).state == "replaced"


@pytest.mark.parametrize("day", ["2020-12-31", "2031-01-01"])
def test_a_notification_before_the_act_or_to_come_is_refused(agency, number, day):
    answer = httpx.post(
        f"{agency.address}/api/v1/attestations/{number}/revoke",
        json={"reason": "court", "legal_basis": "Jugement", "notified_on": day},
        timeout=60,
        headers={"Authorization": f"Bearer {agency.token('agent', 'act')}"},
    )
    assert answer.status_code == 422 and [one["field"] for one in answer.json()["errors"]] == ["notified_on"]
    assert registry.by_number(agency.home.engine, number).state == "valid"


OPERATIONS = {
    result.ok().label: result.ok()
    for result in schemathesis.openapi.from_dict(description.document()).get_all_operations()
}


def test_every_route_of_the_api_is_described(agency):
    import re

    routes = set()
    for rule in agency.app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1"):
            path = re.sub("<[^>]*?(?::)?([a-z]+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
            names = ("suspend", "reinstate", "revoke") if "{act}" in path else ("",)
            routes |= {
                f"{method} {path.replace('{act}', name)}"
                for name in names
                for method in rule.methods - {"HEAD", "OPTIONS"}
            }
    assert routes == set(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_schemathesis_finds_no_fault(agency, label):
    headers = {"Authorization": f"Bearer {agency.token('agent', 'read', 'issue', 'act')}"}
    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        )
        @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
        def calls(case):
            response = case.call(base_url=f"{agency.address}/api/v1", headers=headers)
            case.validate_response(response, headers=headers, checks=CHECKS)

        try:
            calls()
        except Unsatisfiable:
            assert mode is schemathesis.GenerationMode.NEGATIVE, "an operation without inputs has no wrong ones"
