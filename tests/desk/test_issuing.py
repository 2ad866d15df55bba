"""Issuing: what is answered is kept, exactly, once, and can be verified by anybody."""

import json

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import text

from issuer import registry
from issuer.attestation.problems import Problem, RecordRefused
from issuer.attestation.record import Signatory
from issuer.desk import Grounds, NoSigner, acts, issue, issue_many, qr_text
from issuer.registry import chain, crosscheck
from issuer.registry.chain import AuditError
from issuer.registry.models import LIST_SIZE
from keys.errors import KeystoreError
from keys.signer import SeedSigner
from tests.support.office import AUTHOR, NOW, SIGNER
from tests.support.records import record


def test_an_issued_attestation_is_valid_for_a_verifier(office):
    issued = issue(office.desk, record(), AUTHOR)
    office.publish()
    assert issued.status == "issued" and office.verdict(issued.text) == "valid"


def test_another_implementation_reads_and_verifies_the_token(office):
    issued = issue(office.desk, record(), AUTHOR)
    pem = Ed25519PublicKey.from_public_bytes(SIGNER.public_key).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    payload = cbor2.loads(cwt.COSE.new().decode(issued.token, cwt.COSEKey.from_pem(pem, kid=SIGNER.kid)))
    assert (
        payload[6] == NOW and payload[-65537][3] == "NGUYEN ÉPOUSE DUPONT" and str(payload[-65537][2]) == issued.number
    )
    entry = registry.by_number(office.engine, issued.number)
    assert payload[-65537][15] == [entry.list_number, entry.list_index]


def test_the_archive_holds_the_exact_token_and_the_signatory(office):
    issued = issue(office.desk, record(), AUTHOR)
    archived = registry.archived(office.engine, issued.number)
    assert archived.token == issued.token
    assert (
        archived.annex
        == issued.annex
        == {
            "signatory": {
                "given_names": "Anne",
                "family_name": "MARTIN",
                "title": "Directrice adjointe",
                "service": "Service de la main-d'œuvre étrangère",
            },
        }
    )
    assert qr_text(office.desk, issued.number) == issued.text


def test_the_signatory_of_the_record_comes_before_the_default_one(office):
    asked = {"family_name": "DURAND", "title": "Cheffe de service", "service": "Service d'essai"}
    assert issue(office.desk, record(signatory=asked), AUTHOR).annex == {"signatory": asked}
    assert (
        issue(office.desk, record(), AUTHOR, Signatory("PETIT", "Adjoint", "Pôle 3E")).annex["signatory"]["family_name"]
        == "PETIT"
    )


def test_without_any_signatory_the_record_is_refused(office):
    issued = issue(office.with_desk(signatory=None).desk, record(), AUTHOR)
    assert issued.status == "refused" and issued.errors == (Problem("signatory", "signatory_missing"),)


def test_the_same_reference_and_content_give_the_same_token(office):
    first = issue(office.desk, record(reference="DS-44950"), AUTHOR)
    office.clock.now += 3600
    second = issue(office.desk, record(reference="DS-44950"), "agent-18")
    assert (first.status, second.status) == ("issued", "already_issued")
    assert (second.token, second.number, second.text, second.annex) == (
        first.token,
        first.number,
        first.text,
        first.annex,
    )
    assert sum(registry.counts(office.engine).values()) == 1
    assert registry.by_reference(office.engine, "DS-44950").number == int(first.number)


@pytest.mark.parametrize(
    "change",
    [
        {"job": "Cheffe de projet"},
        {"given_names": None},
        {"hours": {"count": 964, "per": "month"}},
        {"valid_until": "2026-12-30"},
    ],
)
def test_the_same_reference_with_other_content_is_refused(office, change):
    issue(office.desk, record(reference="DS-44950"), AUTHOR)
    refused = issue(office.desk, record(reference="DS-44950", **change), AUTHOR)
    assert (
        refused.status == "refused"
        and refused.token is None
        and refused.errors == (Problem("reference", "reference_conflict"),)
    )


def test_the_same_content_typed_otherwise_is_the_same_content(office):
    first = issue(office.desk, record(reference="DS-44950"), AUTHOR)
    typed = record(
        reference="DS-44950",
        given_names="Thi\u0323 Mai",
        employer={"siret": "812 345 678 00013", "name": "SOCIÉTÉ\u00a0EXEMPLE SAS"},
    )
    assert issue(office.desk, typed, AUTHOR).token == first.token


def test_without_a_reference_each_issue_is_new(office):
    first, second = (issue(office.desk, record(), AUTHOR) for _ in range(2))
    assert first.number != second.number and first.token != second.token


def test_a_reference_twice_in_one_batch_is_issued_once(office):
    answers = list(
        issue_many(
            office.desk,
            [
                record(reference="A"),
                record(reference="A"),
                record(reference="A", job="Autre"),
                record(reference="B"),
            ],
            AUTHOR,
        )
    )
    assert [answer.status for answer in answers] == ["issued", "already_issued", "refused", "issued"]
    assert answers[0].token == answers[1].token and answers[2].errors == (Problem("reference", "reference_conflict"),)


def test_a_refused_record_stops_nothing(office):
    answers = list(
        issue_many(
            office.desk,
            [
                record(),
                record(birth_date="1996-02-30"),
                RecordRefused([Problem("record", "not_an_object")]),
                None,
                record(family_name=None),
                record(),
            ],
            AUTHOR,
            batch=4,
        )
    )
    assert [answer.status for answer in answers] == ["issued", "refused", "refused", "refused", "refused", "issued"]
    assert [answer.index for answer in answers] == list(range(6))
    assert [answer.errors[0].field for answer in answers[1:5]] == ["birth_date", "record", "record", "family_name"]
    assert sum(registry.counts(office.engine).values()) == 2


def test_a_departement_without_a_key_is_refused_and_takes_no_index(office):
    def signers(department, now):
        if department != "75":
            raise NoSigner("no key")
        return SIGNER

    answers = list(issue_many(office.with_desk(signers=signers).desk, [record(department="33"), record()], AUTHOR))
    assert [answer.status for answer in answers] == ["refused", "issued"]
    assert answers[0].errors == (Problem("department", "no_signer"),)
    assert registry.list_use(office.engine) == {1: 1}


def test_answers_come_after_their_commit(office, opened):
    answers = issue_many(office.desk, (record(reference=f"R{n}") for n in range(5)), AUTHOR, batch=2)
    for place, answer in enumerate(answers):
        other = opened(office.engine.url.render_as_string(hide_password=False))
        assert registry.by_number(other, answer.number) is not None
        assert registry.archived(other, answer.number).token == answer.token
        assert sum(registry.counts(other).values()) == min(5, place // 2 * 2 + 2)
        other.dispose()


def test_a_signer_that_fails_keeps_nothing_of_the_batch(office):
    class Broken(SeedSigner):
        def sign(self, message):
            raise KeystoreError("The key is locked.")

    with pytest.raises(KeystoreError):
        list(
            issue_many(
                office.with_desk(signers=lambda department, now: Broken(bytes(32))).desk,
                [record(reference="A")],
                AUTHOR,
            )
        )
    assert registry.by_reference(office.engine, "A") is None and registry.list_use(office.engine) == {}
    assert chain.verify(office.engine).entries == 0
    assert issue(office.desk, record(reference="A"), AUTHOR).status == "issued"


def test_a_number_or_an_index_already_taken_is_drawn_again(office):
    stems, indexes = iter([0, 0, 6]), iter([5, 5, 5, 5, 7, 7])
    other = office.with_desk(below=lambda n: next(stems if n > LIST_SIZE else indexes))
    first, second = (issue(other.desk, record(), AUTHOR) for _ in range(2))
    assert first.number.startswith("100000000") and second.number.startswith("100000006")
    entries = [registry.by_number(office.engine, issued.number) for issued in (first, second)]
    assert [entry.list_index for entry in entries] == [5, 7]


def test_the_issue_time_is_the_clock_and_days_are_the_departements(office):
    issued = issue(office.desk, record(department="974"), AUTHOR)
    entry = registry.by_number(office.engine, issued.number)
    assert entry.issued_at == NOW and (entry.valid_from.isoformat(), entry.valid_until.isoformat()) == (
        "2026-01-05",
        "2026-12-31",
    )
    assert entry.not_before % 86_400 == 20 * 3600, "midnight in La Réunion is 20:00 UTC of the day before"


def test_every_issue_is_in_the_audit_trail_without_personal_data(office):
    issued = issue(office.desk, record(reference="DS-44950"), AUTHOR)
    lines = list(chain.export(office.engine))
    entry = json.loads(lines[0])
    assert (entry["act"], entry["actor"], entry["subject"]) == ("issue", AUTHOR, issued.number)
    for personal in ("NGUYEN", "Thị", "1996", "812345678", "EXEMPLE", "9912345678", "DS-44950", "MARTIN", "Ing"):
        assert personal not in lines[0]
    assert chain.verify(office.engine).whole and crosscheck.verify(office.engine) == ()


def test_nothing_shown_holds_personal_data(office):
    issued = issue(office.desk, record(reference="DS-44950"), AUTHOR)
    shown = repr(
        [
            issued,
            registry.by_number(office.engine, issued.number),
            registry.archived(office.engine, issued.number),
            registry.find_page(office.engine, registry.Search(names="nguyen", siret="81234567800013")),
            office.desk,
            registry.Search(names="nguyen", siret="81234567800013", reference="DS-44950", employer="exemple"),
        ]
    )
    for personal in ("NGUYEN", "nguyen", "812345678", "EXEMPLE", "exemple", "DS-44950", "MARTIN", issued.text[-50:]):
        assert personal not in shown


@pytest.mark.parametrize("author", ["", "Anne Martin", "anne@service.example"])
def test_an_author_must_be_an_account(office, author):
    with pytest.raises(AuditError):
        issue(office.desk, record(), author)
    assert sum(registry.counts(office.engine).values()) == 0


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE attestation SET state = 0", "is valid in the registry, revoked by the audit trail"),
        ("UPDATE attestation SET list_index = 7", "is not the one that was issued"),
        ("UPDATE attestation SET number = 1000000000 + id", "is not the one that was issued"),
        ("UPDATE archive SET annex = '{}'", "the signatory"),
        ("UPDATE archive SET token = salt", "is not the one that was signed"),
        ("DELETE FROM archive", "was removed"),
        ("UPDATE event SET legal_basis = 'L1'", "the legal basis"),
        ("UPDATE event SET reason = 'court'", "is not the one that was done"),
    ],
)
def test_a_table_changed_by_hand_is_found_by_the_trail(office, statement, found):
    issued = issue(office.desk, record(), AUTHOR)
    acts.do(office.desk, "revoke", issued.number, Grounds("CRPA L241-2", "fraud"), AUTHOR)
    assert crosscheck.verify(office.engine) == ()
    with office.engine.begin() as connection:
        connection.execute(text(statement))
    assert any(found in problem for problem in crosscheck.verify(office.engine))


def test_a_cut_trail_is_read_against_the_tables_to_its_end(office):
    list(issue_many(office.desk, [record(), record()], AUTHOR))
    with office.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE seq = 2"))
    assert crosscheck.verify(office.engine) == ("the registry holds 2 attestations, the audit trail issued 1",)
