"""Every route × everybody: the table, and a test that walks it and finds no route outside it."""

import re

import httpx
import pytest

PEOPLE = (None, "other", "agent", "supervisor", "auditor", "administrator")
"""The columns: nobody, an agent of another département, an agent, a supervisor, an auditor, an administrator."""

TABLE = """
GET  /                                       home.page                302 200 200 200 200 200
POST /go                                     home.go                  401 303 303 303 303 403
GET  /accessibility                          about.accessibility      200 200 200 200 200 200
GET  /privacy                                about.privacy            200 200 200 200 200 200
GET  /language/en                            about.language           302 302 302 302 302 302
GET  /healthz                                service.alive            200 200 200 200 200 200
GET  /readyz                                 service.ready            200 200 200 200 200 200
GET  /metrics                                service.metrics          403 403 403 403 403 403
GET  /static/app.css                         static                   200 200 200 200 200 200
GET  /sign-in                                signin.sign_in           200 302 302 302 302 302
POST /sign-in                                signin.sign_in           422 422 422 422 422 422
GET  /sign-in/code                           signin.code              302 302 302 302 302 302
POST /sign-in/code                           signin.code              302 302 302 302 302 302
GET  /sign-in/factor                         signin.set_up            302 302 302 302 302 302
POST /sign-in/factor                         signin.set_up            302 302 302 302 302 302
GET  /sign-in/factor.svg                     signin.factor_picture    302 404 404 404 404 404
GET  /sign-in/openid                         openid.begin             404 404 404 404 404 404
GET  /sign-in/openid/back                    openid.back              404 404 404 404 404 404
GET  /sign-out/back                          openid.left              404 404 404 404 404 404
POST /sign-out                               signin.sign_out          302 302 302 302 302 302
GET  /account                                account.page           302 200 200 200 200 200
GET  /account/password                       account.password       302 200 200 200 200 200
POST /account/password                       account.password       401 422 422 422 422 422
POST /account/recovery                       account.recovery       401 422 422 422 422 422
POST /account/sessions/end                   account.end_sessions   401 302 302 302 302 302
POST /account/tokens                         account.make_token     401 422 422 422 422 422
POST /account/tokens/999999/revoke           account.revoke_token   401 302 302 302 302 302
GET  /attestations                           attestations.find        302 200 200 200 200 403
POST /attestations                           attestations.find        401 303 303 303 303 403
GET  /attestations.csv                       attestations.export_csv  302 200 200 200 200 403
GET  /attestations/{number}                  attestations.page        302 404 200 200 200 403
GET  /attestations/{number}/document.pdf     attestations.document    302 404 200 200 200 403
GET  /attestations/{number}/code.svg         attestations.code        302 404 200 200 200 403
GET  /attestations/{number}/code             attestations.large_code  302 404 200 200 200 403
GET  /attestations/{number}/verdict          attestations.verdict     302 404 200 200 200 403
GET  /attestations/{number}/revoke           acts.act                 302 404 200 200 403 403
POST /attestations/{number}/revoke           acts.act                 401 404 409 409 403 403
GET  /attestations/{number}/suspend          acts.act                 302 404 200 200 403 403
POST /attestations/{number}/suspend          acts.act                 401 404 409 409 403 403
GET  /attestations/{number}/reinstate        acts.act                 302 404 200 200 403 403
POST /attestations/{number}/reinstate        acts.act                 401 404 409 409 403 403
GET  /attestations/{number}/notify           acts.notify              302 404 200 200 403 403
POST /attestations/{number}/notify           acts.notify              401 404 422 422 403 403
GET  /foreign                                foreign.page             302 200 200 200 403 403
POST /foreign                                foreign.page             401 422 422 422 403 403
POST /foreign/1/7                            foreign.decide           401 403 403 422 403 403
GET  /proposals/999999                       acts.proposal            302 404 404 404 403 403
POST /proposals/999999                       acts.proposal            401 404 404 404 403 403
GET  /attestations/new                       issuing.new              302 200 200 200 403 403
POST /attestations/new                       issuing.new              401 422 422 422 403 403
POST /attestations/check                     issuing.check            401 200 200 200 403 403
POST /attestations/preview.png               issuing.live_preview     401 200 200 200 403 403
POST /attestations/{number}/renew            issuing.renew            401 404 302 302 403 403
POST /attestations/{number}/replace          issuing.replace          401 404 302 302 403 403
GET  /drafts/{draft}                         issuing.draft            302 404 200 404 403 403
POST /drafts/{draft}                         issuing.draft            401 404 422 404 403 403
GET  /drafts/{draft}/confirm                 issuing.confirm          302 404 422 404 403 403
GET  /drafts/{draft}/page.png                issuing.draft_preview    302 404 200 404 403 403
POST /drafts/{draft}/sign                    issuing.sign             401 404 422 404 403 403
POST /drafts/{draft}/drop                    issuing.drop             401 404 200 404 403 403
GET  /imports                                imports.start            302 200 200 200 403 403
POST /imports                                imports.start            401 422 422 422 403 403
GET  /imports/template.csv                   imports.template         302 200 200 200 403 403
GET  /imports/0000                           imports.page             302 404 404 404 403 403
GET  /imports/0000/state                     imports.state            302 404 404 404 403 403
GET  /imports/0000/report.csv                imports.report           302 404 404 404 403 403
GET  /imports/0000/refused.csv               imports.refused          302 404 404 404 403 403
POST /imports/0000/sign                      imports.sign             401 404 404 404 403 403
POST /imports/0000/drop                      imports.drop             401 404 404 404 403 403
GET  /requests                               requests.find            302 200 200 200 200 403
POST /requests                               requests.find            401 303 303 303 303 403
GET  /requests/{request}                     requests.page            302 404 200 200 200 403
POST /requests/{request}/pieces              requests.pieces          401 404 302 302 302 403
POST /requests/{request}/anomalies/waiting   requests.settle          401 404 200 200 403 403
GET  /requests/{request}/correct             decisions.correct        302 404 200 200 403 403
POST /requests/{request}/correct             decisions.correct        401 404 409 409 403 403
GET  /requests/{request}/accept              decisions.accept         302 404 200 200 403 403
POST /requests/{request}/accept              decisions.accept         401 404 409 409 403 403
GET  /requests/{request}/page.png            decisions.picture        302 404 200 200 403 403
GET  /requests/{request}/close               decisions.close          302 404 409 409 403 403
POST /requests/{request}/close               decisions.close          401 404 409 409 403 403
GET  /requests/{request}/ask                 decisions.ask            302 404 409 409 403 403
POST /requests/{request}/ask                 decisions.ask            401 404 409 409 403 403
GET  /requests/{request}/letters/999999.pdf  decisions.kept_letter    302 404 404 404 404 403
GET  /requests/new                           decisions.new            302 200 200 200 403 403
POST /requests/new                           decisions.new            401 422 422 422 403 403
GET  /requests/import                        decisions.bring_in       302 200 200 200 403 403
POST /requests/import                        decisions.bring_in       401 422 422 422 403 403
GET  /requests/anomalies                     anomalies.month          302 200 200 200 200 403
GET  /requests/anomalies.csv                 anomalies.month_csv      302 200 200 200 200 403
GET  /disclosure                             disclosure.page          302 403 403 200 403 403
POST /disclosure                             disclosure.page          401 403 403 422 403 403
GET  /publication                            publication.page         302 403 403 200 403 200
POST /publication                            publication.publish      401 403 403 302 403 302
GET  /audit                                  audit.trail              302 403 403 200 200 200
GET  /audit.jsonl                            audit.export             302 403 403 403 200 200
POST /audit/check                            audit.check              401 403 403 403 200 200
GET  /people                                 people.everybody         302 403 403 403 403 200
GET  /people/new                             people.new               302 403 403 403 403 200
POST /people/new                             people.new               401 403 403 403 403 422
GET  /people/{person}                        people.person            302 403 403 403 403 200
POST /people/{person}                        people.person            401 403 403 403 403 422
POST /people/{person}/disable                people.change            401 403 403 403 403 200
POST /people/{person}/enable                 people.change            401 403 403 403 403 302
POST /people/{person}/reset                  people.change            401 403 403 403 403 200
POST /people/{person}/bind                   people.change            401 403 403 403 403 200
GET  /usagers                                public.entry             200 200 200 200 200 200
GET  /usagers/                               public.entry_below       200 200 200 200 200 200
GET  /usagers/accessibilite                  public.accessibility     200 200 200 200 200 200
GET  /usagers/donnees-personnelles           public.privacy           200 200 200 200 200 200
GET  /usagers/dossier                        public.checklist         200 200 200 200 200 200
GET  /usagers/dossier.pdf                    public.checklist_pdf     302 302 302 302 302 302
GET  /usagers/demande                        public.whereabouts       200 200 200 200 200 200
POST /usagers/demande                        public.whereabouts       422 422 422 422 422 422
GET  /usagers/statistiques                   public.statistics        200 200 200 200 200 200
GET  /usagers/statistiques/months.csv        public.statistics_csv    200 200 200 200 200 200
GET  /usagers/courriels/x                    public.stopping          404 404 404 404 404 404
POST /usagers/courriels/x                    public.stopping          404 404 404 404 404 404
GET  /api/v1/openapi.json                    api.description          200 200 200 200 200 200
POST /api/v1/attestations                    api.issue                401 422 422 422 403 401
GET  /api/v1/attestations/{number}           api.read                 401 404 200 200 200 401
GET  /api/v1/attestations/{number}/document  api.document             401 404 200 200 200 401
POST /api/v1/attestations/{number}/suspend   api.act                  401 404 422 422 403 401
POST /api/v1/attestations/{number}/reinstate api.act                  401 404 422 422 403 401
POST /api/v1/attestations/{number}/revoke    api.act                  401 404 422 422 403 401
POST /api/v1/attestations/{number}/replace   api.replace              401 404 422 422 403 401
GET  /api/v1/changes                         api.changes              401 200 200 200 200 401
"""
ROWS = [tuple(line.split()) for line in TABLE.strip().splitlines()]
SCOPES = {
    "other": ("read", "issue", "act"),
    "agent": ("read", "issue", "act"),
    "supervisor": ("read", "issue", "act"),
    "auditor": ("read",),
}


def test_every_route_stands_in_the_table(agency):
    known = {(row[0], row[2]) for row in ROWS}
    routes = {
        (method, rule.endpoint)
        for rule in agency.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routes - known == set(), "routes without a row in the table"
    assert known - routes == set(), "rows of routes that are gone"


def test_every_view_says_what_it_asks_for(agency):
    from issuer.web.access import asked

    silent = [rule.endpoint for rule in agency.app.url_map.iter_rules() if asked(agency.app, rule.endpoint) is None]
    assert silent == []


def test_another_method_is_refused_with_those_that_are_allowed(agency):
    visitor, adapter, wrong = agency.app.test_client(), agency.app.url_map.bind("localhost"), []
    rules = {rule.rule for rule in agency.app.url_map.iter_rules()}
    for rule in sorted(rules):
        path = re.sub(r"<(?:any\((\w+)[^>]*|(?:\w+:)?[^>]*)>", lambda found: found[1] or "1", rule)
        allowed = set(adapter.allowed_methods(path))
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - allowed:
            answer = visitor.open(path, method=method)
            said = {word.strip() for word in answer.headers.get("Allow", "").split(",")}
            kind = "application/problem+json" if path.startswith("/api/") else "text/html; charset=utf-8"
            if (answer.status_code, said, answer.content_type) != (405, allowed, kind):
                wrong.append((method, path, answer.status_code, said, answer.content_type))
    assert len(rules) > 60 and wrong == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_the_table(agency, row):
    method, pattern, _endpoint, *expected = row
    found = []
    shared = Fresh(agency)
    for name in PEOPLE:
        path = pattern.format_map(shared if method == "GET" else Fresh(agency))
        found.append(str(_ask(agency, method, path, name).status_code))
    assert found == expected


class Fresh(dict):
    """What a path is about, made when it is asked for."""

    def __init__(self, agency) -> None:
        self.agency = agency

    def __missing__(self, name: str) -> object:
        self[name] = self._make(name)
        return self[name]

    def _make(self, name: str) -> object:
        if name == "number":
            return self.agency.issue()
        if name == "request":
            return self.agency.request().number
        draft = self.agency.context.drafts.make(self.agency.people["agent"].id, {"family_name": "X"})
        if name == "draft":
            return draft.id
        return self.agency.person(f"p{draft.id.lower()}", "agent", ("75",)).id


def _ask(agency, method: str, path: str, name: str | None) -> httpx.Response:
    if path.startswith("/api/"):
        headers = {"Authorization": f"Bearer {agency.token(name, *SCOPES[name])}"} if name in SCOPES else {}
        if name == "administrator":
            return _as_administrator(agency, method, path)
        return httpx.request(
            method, agency.address + path, headers=headers, json={} if method == "POST" else None, timeout=30
        )
    visitor = agency.client(name)
    # whoever has API tokens by another row is asked once more
    sure = {"sure": "yes"} if path == "/account/sessions/end" else None
    return visitor.submit(path, sure) if method == "POST" else visitor.get(path)


def _as_administrator(agency, method: str, path: str) -> httpx.Response:
    """An administrator may have no scope at all; a token made while the person was an auditor ended with that role."""
    person = agency.person(f"q{agency.context.drafts.make(agency.people['agent'].id, {}).id.lower()}", "auditor", ())
    _, text = agency.context.tokens.make(person, "Essai", ("read",), 10, "test")
    agency.context.directory.change(person.id, "test", "administrator", (), "X", "X", "X", None, "fr")
    return httpx.request(
        method,
        agency.address + path,
        headers={"Authorization": f"Bearer {text}"},
        json={} if method == "POST" else None,
        timeout=30,
    )
