"""For whoever runs the service: counters over the workers, readiness, the journal, the headers of every answer; and
warnings in time.
"""

import json
import re
from dataclasses import replace
from unittest.mock import patch

import httpx
import pytest
from sqlalchemy import text

from issuer.accounts.sessions import FULL
from issuer.home import Home
from issuer.web import create_app
from issuer.web.serving import check_settings
from tests.support.agency import PASSPHRASE, Agency

DAY = 86_400


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    """A home without a server, for another day than today."""
    return Agency(tmp_path_factory.mktemp("still"))


def counted(agency, route: str) -> float:
    """How often a route was answered with 200, by the counters."""
    counters = httpx.get(f"{agency.address}/metrics", timeout=30).text
    found = re.search(
        rf'^wif_requests_total{{method="GET",route="{re.escape(route)}",status="200"}} (\S+)$', counters, re.MULTILINE
    )
    return float(found[1]) if found else 0.0


def test_checking_the_settings_leaves_no_connection_for_the_workers_to_share(still):
    """A connection opened before the fork would be one socket in two processes, and their answers would be mixed."""
    home = Home(still.path, lambda: PASSPHRASE)
    with home.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert home.engine.pool.checkedin() == 1
    check_settings(home)
    assert home.engine.pool.checkedin() == 0


def test_the_counters_are_those_of_every_worker_together(agency):
    before = counted(agency, "/accessibility")
    for _ in range(24):
        httpx.get(f"{agency.address}/accessibility", timeout=30)
    assert [counted(agency, "/accessibility") - before for _ in range(8)] == [24.0] * 8


def test_the_measures_say_what_is_published(agency):
    text = httpx.get(f"{agency.address}/metrics", timeout=30).text
    values = dict(re.findall(r"^(wif_\w+_seconds|wif_publication_waiting) (\S+)$", text, re.MULTILINE))
    assert 0 <= float(values["wif_publication_age_seconds"]) < DAY
    assert 29 * DAY < float(values["wif_trust_expires_seconds"]) <= 30 * DAY
    assert float(values["wif_key_ends_seconds"]) > 600 * DAY
    assert "pid=" not in text


@pytest.mark.parametrize(
    "header",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=203.0.113.9"},
        {"X-Forwarded-Host": "emission.example"},
        {"X-Forwarded-Proto": "https"},
        {"X-Real-IP": "203.0.113.9"},
        {"Via": "1.1 proxy.example"},
        {"Fly-Client-IP": "203.0.113.9"},
        {"X-Original-Forwarded-For": "203.0.113.9"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_the_counters_are_not_for_those_beyond_a_proxy(agency, still, header):
    """Whichever header the proxy puts, and whether or not one is configured."""
    assert httpx.get(f"{agency.address}/metrics", headers=header, timeout=30).status_code == 403
    assert still.app.test_client().get("/metrics").status_code == 200
    for behind in ({"proxies": 1}, {"address": "https://emission.example"}):
        with patch.object(still.context, "settings", replace(still.context.settings, **behind)):
            assert still.app.test_client().get("/metrics").status_code == 403, "a proxy may put no header at all"


def test_not_ready_without_a_trust_list(still):
    client, path = still.app.test_client(), still.home.public / "trust.cose"
    assert (client.get("/readyz").status_code, client.get("/healthz").status_code) == (200, 200)
    held = path.read_bytes()
    path.unlink()
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json["failing"]) == (503, ["trust"])
        assert client.get("/healthz").status_code == 200
    finally:
        path.write_bytes(held)


HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "no-store"),
        ("/attestations/{number}", "no-store"),
        ("/attestations/{number}/document.pdf", "no-store"),
        ("/attestations/{number}/code.svg", "no-store"),
        ("/attestations.csv", "no-store"),
        ("/requests/anomalies.csv", "no-store"),
        ("/imports/template.csv", "no-store"),
        ("/nothing-here", "no-store"),
        ("/static/app.css", "no-cache"),
        ("/static/app.css?v=1", "public, max-age=31536000, immutable"),
        ("/api/v1/openapi.json", "no-store"),
        ("/api/v1/attestations/1", "no-store"),
        ("/healthz", "no-store"),
    ],
)
def test_every_answer_has_its_headers(agency, number, path, kept):
    answer = agency.client("agent").get(path.format(number=number))
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer.headers["cache-control"] == kept
    assert answer.headers["content-type"].lower().count("charset") <= 1
    assert "camera=()" in answer.headers["permissions-policy"]
    assert not re.search(r"gunicorn|werkzeug|python", answer.headers.get("server", ""), re.IGNORECASE)


def test_a_public_address_has_safe_cookies_and_hsts(tmp_path):
    made = Agency(tmp_path, web='address = "https://emission.example.org"')
    answer = made.app.test_client().get("/sign-in", base_url="https://emission.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-wif=") and all(
        word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/")
    )
    assert "Domain" not in cookie
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


def test_the_journal_is_json_and_knows_nobody(agency):
    number = agency.issue(family_name="SECRÈTEMENT", birth_date="1988-08-08")
    visitor = agency.client("agent")
    for path in (
        f"/attestations/{number}",
        "/attestations?q=secretement",
        f"/attestations/{number}/document.pdf",
        "/attestations?employer=SECRÈTEMENT",
    ):
        visitor.get(path)
    visitor.submit("/attestations/new", {"family_name": "SECRÈTEMENT", "job": "x" * 300})
    agency.client("supervisor").submit("/disclosure", {"family_name": "SECRÈTEMENT", "birth_date": "08/08/1988"})
    text = agency.log.read_text("utf-8")
    assert not re.search("secr.{1,12}tement|1988-08-08|08/08/1988|" + number, text, re.IGNORECASE)
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert {
        "method": "GET",
        "route": "/attestations/<number>",
        "status": 200,
        "by": agency.people["agent"].author,
    }.items() <= [line for line in requests if line["route"] == "/attestations/<number>"][-1].items()


@pytest.mark.parametrize(
    ("after", "words", "absent"),
    [
        (3600, "Rien n’attend", "liste"),
        (17 * 3600, "ne se renouvellent plus", "trop anciennes"),
        (30 * 3600, "trop anciennes", "ne se renouvellent plus"),
        (5 * DAY, "à renouveler avant le", "aurait dû"),
        (8 * DAY, "aurait dû être renouvelée", "à renouveler avant"),
        (31 * DAY, "La liste de confiance a expiré", "aurait dû"),
        (690 * DAY, "prend fin dans", "a pris fin"),
        (740 * DAY, "a pris fin", "prend fin dans"),
    ],
)
def test_the_first_page_warns_before_it_is_too_late(still, after, words, absent):
    now = still.home.clock() + after
    app = create_app(Home(still.path, lambda: PASSPHRASE, clock=lambda: now))
    client = app.test_client()
    with client.session_transaction() as held:
        held["sid"] = app.extensions["wif"].sessions.open(still.people["agent"].id, FULL, "Test, Test")
    page = client.get("/").text
    waiting = page[page.index('id="waiting"') : page.index('id="published"')]
    assert words in waiting and absent not in waiting.replace("Tout est publié", "")


def test_every_key_in_use_has_its_time_left(agency):
    text = httpx.get(f"{agency.address}/metrics", timeout=30).text
    left = {
        (kid, use): float(value)
        for kid, use, value in re.findall(
            r'^wif_key_seconds_left\{kid="(\w+)",use="(\w+)"\} (\S+)$', text, re.MULTILINE
        )
    }
    begins = re.findall(r'^wif_key_seconds_to_start\{kid="\w+",use="\w+"\} (\S+)$', text, re.MULTILINE)
    assert sorted(use for _, use in left) == ["attestation", "receipt", "status"] and min(left.values()) > 600 * DAY
    assert len(begins) == 3 and all(float(value) <= 0 for value in begins)


def test_the_publication_page_shows_every_key_its_dates_and_the_roots(agency):
    page = agency.client("administrator").get("/publication").text
    trust = agency.home.trust()
    assert all(page.count(key.kid.hex()) == 1 for key in trust.keys)
    assert all(kid.hex() in page for kid in agency.home.config.roots.by_kid())
    days = re.findall(r'data-label="Jours restants">([^<]+)<', page)
    assert sorted(re.sub(r"\D", "", shown) for shown in days) == ["729", "729", "729"]
