"""The client against a real socket and a real GraphQL server: limits, faults, errors in words, and when an act may be
sent again.
"""

import httpx
import pytest
from flask import Response, jsonify

from issuer.demarches import queries
from issuer.demarches.client import Client
from issuer.demarches.errors import WORDS, DemarchesError
from issuer.demarches.settings import DemarchesSettings, from_table
from issuer.demarches.source import Source, checksum
from issuer.demo.demarches import people
from issuer.errors import ConfigError
from tests.demarches.scene import INSTRUCTEUR, NOW, TOKEN, Place


@pytest.fixture
def scene():
    made = Place()
    yield made
    made.server.stop()


def coded(code, status=200, data=None):
    return lambda: (jsonify(errors=[{"message": "x", "extensions": {"code": code}}], data=data), status)


def refused(scene, *faults):
    scene.server.traffic.faults += faults
    with pytest.raises(DemarchesError) as error:
        scene.connect().page(people.NUMBER, 0, None, 0)
    return error.value.code


def test_pages_come_in_order_with_their_cursors(scene):
    for number in range(1, 8):
        scene.put(number, days=8 - number)
    source = Source(Client(scene.settings, scene.clock, scene._sleep), 3)
    seen, after = [], None
    while True:
        page = source.page(people.NUMBER, 0, after, 0 if after is None else None)
        seen += [dossier["number"] for dossier in page.dossiers]
        after = page.cursor
        if not page.more:
            break
    assert seen == [1, 2, 3, 4, 5, 6, 7] and source.client.calls == 3


def test_the_limit_is_honoured_and_what_was_refused_is_asked_again(scene):
    scene.server.limits.calls = 3
    source = scene.connect()
    for _ in range(8):
        assert source.page(people.NUMBER, 0, None, None).dossiers == ()
    assert scene.server.traffic.refused == 2 and len(scene.slept) == 2
    assert all(1 <= seconds <= 61.5 for seconds in scene.slept)


def test_a_clock_that_is_off_waits_no_longer_than_it_must(scene):
    """The server's own Date counts: its reset time lies in the future of its clock, whatever ours says."""
    for off in (-90 * 86_400, 90 * 86_400):
        scene.slept.clear()
        scene.server.traffic.faults.append(lambda: Response("slow", 429, {"RateLimit-Reset": str(scene.clock() + 30)}))
        Source(Client(scene.settings, lambda off=off: scene.clock() + off, scene._sleep)).page(
            people.NUMBER, 0, None, None
        )
        assert len(scene.slept) == 1 and 29 <= scene.slept[0] <= 31


def test_a_limit_without_a_time_or_with_an_absurd_one_ends(scene):
    scene.server.traffic.faults += [
        lambda: Response("slow", 429),
        lambda: Response("slow", 429, {"RateLimit-Reset": "99999999999"}),
    ]
    scene.connect().page(people.NUMBER, 0, None, None)
    assert len(scene.slept) == 2 and max(scene.slept) <= 120


def test_passing_faults_are_passed_over(scene):
    html = lambda: Response("<html>Maintenance</html>", 503, mimetype="text/html")
    scene.server.traffic.faults += [
        html,
        coded("timeout"),
        coded("internal_server_error"),
        lambda: Response("<html>ok</html>", 200),
    ]
    assert scene.connect().page(people.NUMBER, 0, None, None).dossiers == ()
    assert scene.slept == [1, 2, 4, 8], "each wait is twice the one before"


def test_html_instead_of_json_is_said(scene):
    html = lambda: Response("<html>Portail captif</html>", 200, mimetype="text/html")
    assert refused(scene, *[html] * 5) == "not_json"


def test_an_expired_token_is_said_at_once(scene):
    scene.settings = DemarchesSettings(**{**vars(scene.settings), "token": "expired"})
    assert refused(scene) == "unauthorized" and scene.slept == []


@pytest.mark.parametrize("code", ["unauthorized", "forbidden", "not_found", "bad_request", "graphql_parse_failed"])
def test_each_code_has_its_words_and_is_not_tried_again(scene, code):
    assert refused(scene, coded(code)) == code
    assert scene.server.traffic.calls == 1 and len(WORDS[code]) > 40


def test_a_demarche_that_is_not_there_is_said(scene):
    with pytest.raises(DemarchesError) as error:
        scene.connect().page(1, 0, None, 0)
    assert error.value.code == "not_found"


def test_a_query_that_is_wrong_is_refused_by_the_real_parser(scene):
    client = scene.connect().client
    for query, code in (
        ("query {", "graphql_parse_failed"),
        ("query { demarche(number: 1) { nothing } }", "bad_request"),
        (_deep(16), "bad_request"),
    ):
        with pytest.raises(DemarchesError) as error:
            client.read(query, {})
        assert error.value.code == code


def _deep(levels):
    return "{ __schema { types { fields { type " + "{ ofType " * levels + "{ name }" + " }" * levels + " } } } }"


def test_nobody_there_is_said(scene):
    scene.server.stop()
    with pytest.raises(DemarchesError) as error:
        scene.connect().page(people.NUMBER, 0, None, 0)
    assert error.value.code == "unreachable" and len(scene.slept) == 4
    scene.server = type(scene.server)(scene.clock)


def test_an_act_whose_answer_was_lost_is_not_sent_again(scene):
    dossier = scene.put(1)
    source = scene.connect()
    blob = source.upload(dossier["id"], "attestation-1.pdf", b"%PDF")
    scene.server.traffic.faults.append(coded("timeout"))
    with pytest.raises(DemarchesError) as error:
        source.accept(dossier["id"], INSTRUCTEUR, "", blob)
    assert error.value.code == "uncertain" and dossier["state"] == "en_instruction"
    scene.server.traffic.faults.append(lambda: Response("slow", 429))
    source.accept(dossier["id"], INSTRUCTEUR, "", blob)
    assert dossier["state"] == "accepte", "an act refused for the limit was surely not done"


def test_what_they_refuse_comes_with_their_words(scene):
    dossier = scene.put(1, "accepte")
    source = scene.connect()
    blob = source.upload(dossier["id"], "a.pdf", b"%PDF")
    with pytest.raises(DemarchesError) as error:
        source.accept(dossier["id"], INSTRUCTEUR, "", blob)
    assert error.value.code == "refused" and "déjà accepté" in error.value.detail
    with pytest.raises(DemarchesError) as error:
        source.send(dossier["id"], "SW5jb25udQ==", "", blob)
    assert "droits" in error.value.detail


def test_a_file_that_arrives_otherwise_than_announced_is_refused(scene):
    dossier = scene.put(1)
    real, sent = checksum(b"%PDF"), b"%PDx"
    source = scene.connect()
    payload = source.client.act(
        queries.UPLOAD,
        "createDirectUpload",
        {
            "dossierId": dossier["id"],
            "filename": "a.pdf",
            "byteSize": 4,
            "checksum": real,
            "contentType": "application/pdf",
        },
        safe=True,
    )
    with pytest.raises(DemarchesError) as error:
        source.client.put(payload["directUpload"]["url"], {}, sent)
    assert error.value.code == "upload_refused"


def test_addresses_of_pieces_live_one_hour(scene):
    scene.put(1)
    piece = next(scene.connect().pieces(1))
    assert piece["virusScanResult"] == "safe" and httpx.get(piece["url"]).content.startswith(b"\x89PNG")
    scene.later(3601)
    assert httpx.get(piece["url"]).status_code == 403
    assert httpx.get(next(scene.connect().pieces(1))["url"]).status_code == 200


def test_the_token_is_never_shown(scene):
    source = scene.connect()
    assert TOKEN not in repr(scene.settings) + repr(source.client) + repr(vars(source))
    scene.settings = DemarchesSettings(**{**vars(scene.settings), "token": TOKEN + "x"})
    with pytest.raises(DemarchesError) as error:
        scene.connect().page(people.NUMBER, 0, None, 0)
    assert TOKEN not in str(error.value) + error.value.detail


def test_the_table_of_the_configuration_is_checked(tmp_path):
    from datetime import date

    good = {
        "address": "https://demarche.example/api/v2/graphql",
        "numbers": [12],
        "attest_from": date(2026, 1, 1),
        "token": "abc",
    }
    assert from_table(good, tmp_path).numbers == (12,)
    (tmp_path / "token").write_text("from-a-file\n")
    assert from_table({**good, "token": "", "token_file": "token"}, tmp_path).token == "from-a-file"
    for wrong, words in (
        ({"address": "http://demarche.example/"}, "address"),
        ({"numbers": []}, "numbers"),
        ({"numbers": ["12"]}, "numbers"),
        ({"token": ""}, "token"),
        ({"attest_from": "2026-01-01"}, "attest_from"),
        ({"page": 101}, "page"),
        ({"interval": True}, "interval"),
        ({"adress": ""}, "adress"),
        ({"token_file": "nowhere"}, "token_file"),
        ({"instructeurs": [{"email": "x"}]}, "instructeurs"),
    ):
        with pytest.raises(ConfigError, match=words) as error:
            from_table({**good, **wrong}, tmp_path)
        assert "abc" not in str(error.value)


def test_the_clock_of_the_tests_stands(scene):
    assert scene.clock() == NOW
