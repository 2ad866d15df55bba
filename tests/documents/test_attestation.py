"""What can be printed and what cannot; nothing personal in errors and representations."""

import traceback
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime
from string import Formatter

import pytest

from issuer.attestation.countries import NATIONALITIES
from issuer.attestation.numbers import format_siret
from issuer.documents import ENGINES, PrintedAttestation, Printer, RenderError, render, wording
from issuer.documents.sheet import compose
from keys.errors import WifError
from tests.documents import samples


def build(**changes):
    document = samples.printed()
    values = {name: getattr(document, name) for name in ("claims", "qr_text", "origin", "authority", "signatory")}
    return PrintedAttestation(**{**values, **changes})


@pytest.mark.parametrize(
    "name",
    (
        "kind",
        "number",
        "family_name",
        "birth_date",
        "nationality",
        "employer",
        "job",
        "contract",
        "department",
        "valid_from",
        "valid_until",
        "issued_at",
    ),
)
def test_a_missing_required_claim_is_named(name):
    claims = dict(samples.printed().claims)
    del claims[name]
    with pytest.raises(RenderError, match=f"no {name}"):
        build(claims=claims)


@pytest.mark.parametrize("name", ("family_name", "title", "service"))
def test_an_author_who_is_not_named_in_full_is_refused(name):
    with pytest.raises(RenderError, match=f"signatory has no {name}"):
        build(signatory={**samples.SIGNATORY, name: ""})


def test_an_author_may_have_no_given_names():
    assert build(signatory={name: value for name, value in samples.SIGNATORY.items() if name != "given_names"})


@pytest.mark.parametrize("text", ("", "HTTPS://X/#1 2", "HTTPS://É/#1", "x" * 5000, "HTTPS://X/#1\n"))
def test_a_qr_text_out_of_form_is_refused(text):
    with pytest.raises(RenderError, match="QR text"):
        build(qr_text=text)


@pytest.mark.parametrize(
    ("claim", "value"),
    (
        ("number", "482913057"),
        ("replaces", "12 34567899"),
        ("employer", {}),
        ("employer", {"siret": "81234567800013"}),
        ("employer", {"name": 7}),
        ("employer", {"name": "X", "siret": 81234567800013}),
        ("job", ["x"]),
        ("number", 4829130571),
    ),
)
def test_claims_out_of_form_are_refused(claim, value):
    with pytest.raises(RenderError):
        build(claims={**samples.printed().claims, claim: value})


@pytest.mark.parametrize(
    ("claim", "value"),
    (
        ("kind", "VISA"),
        ("contract", "STAGE"),
        ("valid_from", "2026-02-30"),
        ("birth_date", "mars 1984"),
        ("birth_date", "1984-13"),
        ("hours", {"count": 4, "per": "day"}),
        ("issued_at", "hier"),
    ),
)
def test_claims_that_have_no_words_are_refused_without_a_traceback(claim, value):
    with pytest.raises(RenderError, match="Issue it again"):
        render(build(claims={**samples.printed().claims, claim: value}))


def test_the_traceback_of_a_refusal_quotes_no_field():
    """What a log would hold of it."""
    for changes in (
        {"claims": {**samples.printed().claims, "birth_date": "canary-1984"}},
        {"authority": "canary 漢字"},
    ):
        try:
            render(build(**changes))
        except RenderError:
            said = traceback.format_exc()
        assert "RenderError" in said and "canary" not in said


def test_two_different_numbers_to_replace_are_refused():
    claims = {**samples.printed().claims, "replaces": "1234567899"}
    assert build(claims=claims, replaces_number="1234567899").replaced == "1234567899"
    with pytest.raises(RenderError, match="differs from the signed claim"):
        build(claims=claims, replaces_number="9876543210")


def test_an_unknown_engine_is_refused_with_the_names_of_the_known_ones():
    with pytest.raises(RenderError, match="pdf_engine to typst or pdfkit"):
        Printer("word")
    assert ENGINES == ("typst", "pdfkit") and issubclass(RenderError, WifError)


def test_a_document_is_frozen_and_its_representation_tells_nothing_personal():
    document = samples.printed()
    with pytest.raises(FrozenInstanceError):
        document.authority = "x"
    with pytest.raises(TypeError):
        document.claims["family_name"] = "x"
    for word in ("NGUYEN", "Thị", "1996", "9912345678", "MARTIN", document.qr_text[-20:]):
        assert word not in repr(document)


def test_the_callers_dictionaries_may_change_afterwards():
    claims = dict(samples.printed().claims)
    document = build(claims=claims)
    claims["family_name"] = "AUTRE"
    assert document.claims["family_name"] == "NGUYEN ÉPOUSE DUPONT"
    assert replace(document, demonstration=True).demonstration


@pytest.mark.parametrize(
    ("value", "words"),
    (
        ({"count": 964, "per": "year"}, "964 heures par an"),
        ({"count": 17.5, "per": "week"}, "17,5 heures par semaine"),
        ({"count": 151.67, "per": "month"}, "151,67 heures par mois"),
        ({"count": 1, "per": "week"}, "1 heure par semaine"),
        ({"count": 0.01, "per": "year"}, "0,01 heure par an"),
        ({"count": 9999.99, "per": "year"}, "9999,99 heures par an"),
        ({"count": 2, "per": "month"}, "2 heures par mois"),
        ({"count": 1600, "per": "year"}, "1600 heures par an"),
    ),
)
def test_hours_are_written_as_in_french(value, words):
    assert wording.hours(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    (
        ("1996-03-14", "14 mars 1996"),
        ("1984-07", "juillet 1984 (jour non connu)"),
        ("1984", "1984 (jour et mois non connus)"),
        ("2001-08-01", "1er août 2001"),
        ("0900-01-01", "1er janvier 0900"),
    ),
)
def test_birth_dates_say_what_is_not_known(value, words):
    assert wording.birth_date(value) == words


@pytest.mark.parametrize(
    ("department", "day"), (("75", "1er janvier 2026"), ("971", "31 décembre 2025"), ("988", "1er janvier 2026"))
)
def test_the_day_of_issue_is_the_one_of_the_departement(department, day):
    issued = int(datetime(2025, 12, 31, 23, 30, tzinfo=UTC).timestamp())
    page = compose(samples.printed(samples.claims(issued, department=department)))
    (row,) = (row for part in page["sections"] for row in part["rows"] if row["name"] == "issued_at")
    assert row["value"] == day


def test_every_nationality_has_a_french_name_and_shows_its_code():
    for code in NATIONALITIES:
        name = wording.nationality(code)
        assert name.endswith(f" ({code})") and len(name) > 8, code
    assert wording.nationality("ZZZ") == "ZZZ"
    assert wording.department("2A") == "Corse-du-Sud (2A)" and wording.department("989") == "989"


def test_siret_numbers_are_grouped_as_people_read_them():
    assert format_siret("81234567800013") == "812 345 678 00013"


def test_english_glosses_follow_the_french_texts():
    """Every English text has its French one, with the same parameters; no text is left half filled in."""
    french, english = (wording._messages(lang) for lang in ("fr", "en"))
    assert set(english) <= set(french)
    for key, words in english.items():
        assert parameters(words) <= parameters(french[key]), key
    for words in (*french.values(), *english.values()):
        assert words.strip() == words and words and "  " not in words


def test_french_punctuation_is_french():
    """Typographic apostrophes; a no-break space before double punctuation; none in English."""
    for key, words in wording._messages("fr").items():
        assert "'" not in words, key
        for mark in ":;?!":
            for place in (
                place
                for place, character in enumerate(words)
                if character == mark and not words.startswith("://", place)
            ):
                assert words[place - 1] in "\u00a0\u202f", key


def parameters(words: str) -> set[str]:
    """The parameters that a message names."""
    return {name for _, name, _, _ in Formatter().parse(words) if name}
