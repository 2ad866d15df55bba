"""issuer/attestation/record.py: what an agent may get wrong, and the sentence that says so."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from issuer import messages
from issuer.attestation import claims as wire, record, record_fields
from issuer.attestation.problems import RecordRefused
from tests.support import made


def problems(**changes: object) -> list[tuple[str, str]]:
    """The (field, code) pairs of a record with changes; dotted names go into their group, None takes a field out."""
    value = {name: dict(item) if isinstance(item, dict) else item for name, item in made.RECORD.items()}
    for name, item in changes.items():
        group, dot, inner = name.partition("__")
        target = value[group] if dot else value
        if item is None:
            target.pop(inner if dot else name, None)
        else:
            target[inner if dot else name] = item
    try:
        record.read_record(value)
    except RecordRefused as refusal:
        for problem in refusal.problems:
            for language in messages.LANGUAGES:
                words = messages.problem_text(problem, language)
                assert words and (
                    problem.code in ("day_form", "birth_form") or not re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", words)
                ), "days are said as people say them"
        return [(problem.field, problem.code) for problem in refusal.problems]
    return []


BAD = [
    ("no-kind", {"kind": None}, "kind", "missing"),
    ("empty-kind", {"kind": ""}, "kind", "missing"),
    ("other-kind", {"kind": "apt"}, "kind", "not_a_choice"),
    ("kind-number", {"kind": 1}, "kind", "not_a_choice"),
    ("kind-list", {"kind": ["APT"]}, "kind", "not_a_choice"),
    ("other-contract", {"contract": "STAGE"}, "contract", "not_a_choice"),
    ("no-name", {"family_name": None}, "family_name", "missing"),
    ("empty-name", {"family_name": ""}, "family_name", "missing"),
    ("name-number", {"family_name": 12}, "family_name", "not_text"),
    ("name-list", {"family_name": ["A"]}, "family_name", "not_text"),
    ("name-81", {"family_name": "A" * 81}, "family_name", "too_long"),
    ("name-huge", {"family_name": "А" * 100_000}, "family_name", "too_long"),
    ("leading-space", {"family_name": " A"}, "family_name", "text_space"),
    ("trailing-space", {"family_name": "A "}, "family_name", "text_space"),
    ("trailing-nbsp", {"family_name": "A\u00a0"}, "family_name", "text_space"),
    ("only-space", {"family_name": " "}, "family_name", "text_space"),
    ("doubled-space", {"job": "A  B"}, "job", "text_space"),
    ("space-and-nnbsp", {"job": "A \u202fB"}, "job", "text_space"),
    ("cyrillic", {"family_name": "DUP\u043eNT"}, "family_name", "text_character"),
    ("greek", {"job": "\u0391"}, "job", "text_character"),
    ("bidi", {"given_names": "A\u202eB"}, "given_names", "text_character"),
    ("isolate", {"given_names": "A\u2066B"}, "given_names", "text_character"),
    ("zero-width-space", {"family_name": "A\u200bB"}, "family_name", "text_character"),
    ("zero-width-joiner", {"job": "A\u200dB"}, "job", "text_character"),
    ("byte-order-mark", {"family_name": "\ufeffA"}, "family_name", "text_character"),
    ("soft-hyphen", {"family_name": "A\u00adB"}, "family_name", "text_character"),
    ("newline", {"employer__name": "A\nB"}, "employer.name", "text_character"),
    ("tabulator", {"employer__name": "A\tB"}, "employer.name", "text_character"),
    ("nul", {"job": "A\0"}, "job", "text_character"),
    ("arabic", {"family_name": "\u0645\u062d\u0645\u062f"}, "family_name", "text_character"),
    ("chinese", {"family_name": "\u738b"}, "family_name", "text_character"),
    ("emoji", {"job": "\U0001f600"}, "job", "text_character"),
    ("lone-surrogate", {"job": "A\ud800"}, "job", "text_character"),
    ("full-width", {"family_name": "\uff21"}, "family_name", "text_character"),
    ("mark-first", {"family_name": "\u0301A"}, "family_name", "text_mark"),
    ("three-marks", {"family_name": "Q\u0323\u0331\u0307"}, "family_name", "text_mark"),
    ("mark-on-digit", {"job": "2\u0323"}, "job", "text_mark"),
    ("31-february", {"valid_from": "2026-02-31"}, "valid_from", "day_impossible"),
    ("29-february", {"valid_until": "2026-02-29"}, "valid_until", "day_impossible"),
    ("month-13", {"valid_from": "2026-13-01"}, "valid_from", "day_impossible"),
    ("french-date", {"valid_from": "05/01/2026"}, "valid_from", "day_form"),
    ("short-date", {"valid_from": "2026-1-5"}, "valid_from", "day_form"),
    ("basic-date", {"valid_from": "20260105"}, "valid_from", "day_form"),
    ("week-date", {"valid_from": "2026-W02-1"}, "valid_from", "day_form"),
    ("date-and-time", {"valid_from": "2026-01-05T00:00"}, "valid_from", "day_form"),
    ("arabic-date", {"valid_from": "\u0662\u0660\u0662\u0666-01-05"}, "valid_from", "day_form"),
    ("date-newline", {"valid_from": "2026-01-05\n"}, "valid_from", "day_form"),
    ("date-number", {"valid_from": 20260105}, "valid_from", "day_form"),
    ("no-date", {"valid_until": None}, "valid_until", "missing"),
    ("year-1969", {"kind": "AT", "valid_from": "1969-12-31", "birth_date": "1940"}, "valid_from", "day_range"),
    ("year-9999", {"kind": "AT", "valid_until": "9999-01-01"}, "valid_until", "day_range"),
    ("year-0", {"valid_from": "0000-01-01"}, "valid_from", "day_impossible"),
    ("end-before-start", {"valid_until": "2026-01-04"}, "valid_until", "validity_order"),
    ("apt-12-months-and-a-day", {"valid_until": "2027-01-05"}, "valid_until", "validity_long"),
    ("apt-from-29-february", {"valid_from": "2028-02-29", "valid_until": "2029-03-01"}, "valid_until", "validity_long"),
    ("birth-impossible", {"birth_date": "1996-02-30"}, "birth_date", "day_impossible"),
    ("birth-month-13", {"birth_date": "1996-13"}, "birth_date", "day_impossible"),
    ("birth-year-0", {"birth_date": "0000"}, "birth_date", "day_impossible"),
    ("birth-form", {"birth_date": "14/03/1996"}, "birth_date", "birth_form"),
    ("birth-1899", {"birth_date": "1899-12-31"}, "birth_date", "birth_range"),
    ("birth-after", {"birth_date": "2026-01-06"}, "birth_date", "birth_range"),
    ("no-birth", {"birth_date": None}, "birth_date", "missing"),
    ("birth-number", {"birth_date": 1996}, "birth_date", "birth_form"),
    ("nationality-lower", {"nationality": "vnm"}, "nationality", "nationality"),
    ("nationality-unknown", {"nationality": "ZZZ"}, "nationality", "nationality"),
    ("nationality-two", {"nationality": "VN"}, "nationality", "nationality"),
    ("no-nationality", {"nationality": None}, "nationality", "missing"),
    ("siret-luhn", {"employer__siret": "81234567800014"}, "employer.siret", "siret_check"),
    ("siret-short", {"employer__siret": "8123456780001"}, "employer.siret", "siret_form"),
    ("siret-letters", {"employer__siret": "8123456780001O"}, "employer.siret", "siret_form"),
    ("siret-number", {"employer__siret": 81234567800013}, "employer.siret", "not_text"),
    ("siret-arabic", {"employer__siret": "\u0668" * 14}, "employer.siret", "siret_form"),
    ("siret-la-poste", {"employer__siret": "35600000000002"}, "employer.siret", "siret_check"),
    ("no-employer", {"employer": None}, "employer.name", "missing"),
    ("employer-more", {"employer__address": "x"}, "employer.address", "unknown_field"),
    ("more", {"salary": 1}, "salary", "unknown_field"),
    ("hours-0", {"hours": {"count": 0, "per": "week"}}, "hours.count", "hours"),
    ("hours-third-decimal", {"hours": {"count": 35.005, "per": "week"}}, "hours.count", "hours"),
    ("hours-10000", {"hours": {"count": 10_000, "per": "year"}}, "hours.count", "hours"),
    ("hours-true", {"hours": {"count": True, "per": "week"}}, "hours.count", "hours"),
    ("hours-nan", {"hours": {"count": float("nan"), "per": "week"}}, "hours.count", "hours"),
    ("hours-infinite", {"hours": {"count": float("inf"), "per": "week"}}, "hours.count", "hours"),
    ("hours-5000-digits", {"hours": {"count": 10**5000, "per": "week"}}, "hours.count", "hours"),
    ("hours-text", {"hours": {"count": "35", "per": "week"}}, "hours.count", "hours"),
    ("hours-negative", {"hours": {"count": -35, "per": "week"}}, "hours.count", "hours"),
    ("hours-day", {"hours": {"count": 7, "per": "day"}}, "hours.per", "not_a_choice"),
    ("hours-without-unit", {"hours": {"count": 35}}, "hours.per", "not_a_choice"),
    ("hours-without-count", {"hours": {"per": "week"}}, "hours.count", "hours"),
    ("hours-number", {"hours": 35}, "hours", "not_an_object"),
    ("workplace-unknown", {"workplaces": ["75", "96"]}, "workplaces", "department"),
    ("workplace-lower", {"workplaces": ["2a"]}, "workplaces", "department"),
    ("workplaces-twice", {"workplaces": ["75", "75"]}, "workplaces", "workplaces_twice"),
    ("workplaces-text", {"workplaces": "75"}, "workplaces", "workplaces_form"),
    ("workplaces-numbers", {"workplaces": [75]}, "workplaces", "workplaces_form"),
    (
        "workplaces-nine",
        {"workplaces": ["01", "02", "03", "04", "05", "06", "07", "08", "09"]},
        "workplaces",
        "workplaces_many",
    ),
    ("department-unknown", {"department": "20"}, "department", "department"),
    ("department-number", {"department": 75}, "department", "department"),
    ("no-department", {"department": None}, "department", "missing"),
    ("permit-21", {"residence_permit": "9" * 21}, "residence_permit", "too_long"),
    ("permit-number", {"residence_permit": 9912345678}, "residence_permit", "not_text"),
    ("reference-81", {"reference": "R" * 81}, "reference", "too_long"),
    ("signatory-text", {"signatory": "Mme"}, "signatory", "not_an_object"),
    ("signatory-without-title", {"signatory": {"family_name": "A", "service": "B"}}, "signatory.title", "missing"),
]


@pytest.mark.parametrize(("changes", "field", "code"), [pytest.param(*rest, id=name) for name, *rest in BAD])
def test_a_bad_field_is_named_alone_with_its_code(changes, field, code):
    assert problems(**changes) == [(field, code)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"given_names": None},
        {"given_names": ""},
        {"birth_date": "1996"},
        {"birth_date": "1996-02"},
        {"employer__siret": None},
        {"employer__siret": ""},
        {"employer__siret": "812 345 678 00013"},
        {"employer__siret": "812\u00a0345\u00a0678\u202f00013"},
        {"employer__siret": "35600000000048"},
        {"employer__siret": "35600000000001"},
        {"hours": None},
        {"hours": {"count": 0.01, "per": "week"}},
        {"hours": {"count": 9999.99, "per": "year"}},
        {"workplaces": None},
        {"workplaces": []},
        {"residence_permit": None},
        {"reference": None},
        {"nationality": "RKS"},
        {"nationality": "XXA"},
        {"valid_until": "2027-01-04"},
        {"valid_from": "2028-02-29", "valid_until": "2029-02-28"},
        {"kind": "AT", "valid_until": "2056-01-05"},
        {"valid_from": "2019-01-01", "valid_until": "2019-12-31"},
        {"valid_until": "2026-01-05"},
        {"family_name": "O"},
        {"family_name": "A" * 80},
        {"family_name": "E\u0301"},
        {"family_name": "Q\u0323\u0307"},
        {"family_name": "D\u2019ARC"},
        {"family_name": "<b>\"&'</b>"},
        {"department": "2B"},
        {"department": "988"},
        {"birth_date": "2026-01-05"},
        {"birth_date": "1900-01-01"},
        {"signatory": {"family_name": "A", "title": "B", "service": "C"}},
    ],
    ids=str,
)
def test_right_records_are_read(changes):
    assert problems(**changes) == []


def test_an_employer_that_is_no_object_is_named_first():
    assert problems(employer="SOCIETE") == [("employer", "not_an_object"), ("employer.name", "missing")]


def test_every_problem_of_a_record_is_found_at_once():
    found = problems(
        kind="X",
        family_name="A\u202e",
        birth_date="1996-02-31",
        nationality="ZZZ",
        employer__siret="1",
        department="0",
        valid_from="2026-02-31",
    )
    assert {field for field, _ in found} == {
        "kind",
        "family_name",
        "birth_date",
        "nationality",
        "employer.siret",
        "department",
        "valid_from",
    }


def test_typed_text_is_cleaned_before_it_is_judged():
    value = made.RECORD | {"family_name": "N\u00a0GUYEN\u202fE\u0301POUSE"}
    assert record.read_record(value).family_name == "N GUYEN ÉPOUSE"


def test_a_refused_invisible_sign_is_not_shown_itself():
    with pytest.raises(RecordRefused) as refusal:
        record.read_record(made.RECORD | {"given_names": "A\u202eB"})
    words = messages.problem_text(refusal.value.problems[0], "fr")
    assert "U+202E (signe invisible)" in words and "\u202e" not in words


def test_too_long_for_a_qr_code_names_the_longest_text():
    long = {
        "family_name": "\u1ec6" * 80,
        "given_names": "\u1ec6" * 80,
        "job": "\u1ec6" * 79,
        "employer": {"name": "\u1ec6" * 70},
    }
    with pytest.raises(RecordRefused) as refusal:
        record.read_record(made.RECORD | long)
    assert [(problem.field, problem.code) for problem in refusal.value.problems] == [
        ("family_name", "payload_too_long")
    ]


def test_no_record_that_is_read_can_outgrow_a_qr_code():
    """The fullest record there is, its texts a letter longer each time: what is read has room whatever number, place
    and moment it gets; the first that is refused has none.
    """
    full = made.RECORD | {
        "hours": {"count": 2496.75, "per": "year"},
        "workplaces": ["971", "972", "973", "974", "975", "976", "977", "978"],
        "department": "976",
        "residence_permit": "\u1ec6" * 20,
        "birth_date": "1996-02-29",
    }
    lengths = []
    for letters in range(60, 241):
        one, other, third = (min(80, max(1, letters - before)) for before in (0, 80, 160))
        texts = {"family_name": "\u1ec6" * 20, "given_names": "\u1ec6" * one, "job": "\u1ec6" * other}
        try:
            read = record.read_record(full | texts | {"employer": full["employer"] | {"name": "\u1ec6" * third}})
        except RecordRefused as refusal:
            assert [problem.code for problem in refusal.problems] == ["payload_too_long"]
            break
        claims = read.to_claims(9_999_999_999, (999, 1_048_575), 253_370_764_799, 9_999_999_999)
        lengths.append(len(wire.encode(claims)))
    assert max(lengths) <= 800 < lengths[-1] + 2 * 3
    assert lengths[0] - 3 * (20 + 60 + 1 + 1 + 20) < 200, "what the texts are not"


@pytest.mark.parametrize("value", [None, [], "text", 1, [made.RECORD]])
def test_what_is_no_object_is_refused(value):
    with pytest.raises(RecordRefused) as refusal:
        record.read_record(value)
    assert [(problem.field, problem.code) for problem in refusal.value.problems] == [("record", "not_an_object")]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["APT", "2026-02-31", "75", "VNM", "9" * 14, "week"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=5) | st.sampled_from(["name", "siret", "count", "per", "title"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(max_examples=400)
@given(
    st.dictionaries(
        st.sampled_from([*sorted({name.partition(".")[0] for name in record_fields.FIELDS}), "x"]), JSON, max_size=6
    )
)
def test_any_json_is_read_or_refused_with_words(changes):
    try:
        record.read_record(made.RECORD | changes)
    except RecordRefused as refusal:
        assert refusal.problems
        for problem in refusal.problems:
            for language in messages.LANGUAGES:
                assert messages.problem_text(problem, language)


def test_a_record_survives_its_own_json():
    read = record.read_record(made.RECORD | {"signatory": {"family_name": "A", "title": "B", "service": "C"}})
    assert record.read_record(read.to_json()) == read


def test_equal_content_has_equal_hashes_whatever_the_reference():
    first = record.read_record(made.RECORD)
    same = record.read_record(
        made.RECORD | {"reference": "other", "employer": {"siret": "812 345 678 00013", "name": "SOCIÉTÉ EXEMPLE SAS"}}
    )
    assert first.content_hash() == same.content_hash()
    for changes in (
        {"job": "Ingénieur"},
        {"hours": {"count": 964.01, "per": "year"}},
        {"workplaces": None},
        {"signatory": {"family_name": "A", "title": "B", "service": "C"}},
    ):
        assert record.read_record(made.RECORD | changes).content_hash() != first.content_hash()


def test_neither_record_nor_error_shows_personal_data():
    read = record.read_record(made.RECORD)
    with pytest.raises(RecordRefused) as refusal:
        record.read_record(made.RECORD | {"birth_date": "1996-02-31", "family_name": "SECRET\u202e"})
    for shown in (repr(read), str(refusal.value), repr(refusal.value), repr(refusal.value.problems)):
        assert "NGUYEN" not in shown and "SECRET" not in shown and "1996" not in shown


@pytest.mark.parametrize(
    ("first", "after"),
    [
        ("2026-01-05", "2027-01-05"),
        ("2028-02-29", "2029-03-01"),
        ("2027-02-28", "2028-02-28"),
        ("2026-12-31", "2027-12-31"),
    ],
)
def test_twelve_months(first, after):
    assert record_fields.twelve_months_after(date.fromisoformat(first)) == date.fromisoformat(after)


def test_both_languages_have_the_same_messages_with_the_same_parameters():
    french, english = (messages.catalogue(language) for language in messages.LANGUAGES)
    assert french.keys() == english.keys()
    for key, text in french.items():
        assert sorted(re.findall(r"\{(\w+)\}", text)) == sorted(re.findall(r"\{(\w+)\}", english[key])), key
        assert text != english[key] or not key.startswith("record.")


@pytest.mark.parametrize(
    ("character", "french", "english"),
    [
        ("\u043e", "« \u043e » (lettre cyrillique)", "« \u043e » (a Cyrillic letter)"),
        ("\u738b", "« \u738b » (caractère chinois)", "« \u738b » (a Chinese character)"),
        ("\U0001f600", "« \U0001f600 » (signe ou pictogramme)", "« \U0001f600 » (a sign or pictogram)"),
        ("\u2066", "U+2066 (signe invisible)", "U+2066 (an invisible sign)"),
        ("\ud800", "U+D800 (signe invisible)", "U+D800 (an invisible sign)"),
        ("\u07d0", "« \u07d0 » (lettre d’une autre écriture)", "« \u07d0 » (a letter of another script)"),
    ],
)
def test_a_character_is_told_in_words(character, french, english):
    findings = record_fields.Findings()
    record_fields.text({"job": f"A{character}"}, "job", 80, True, findings)
    (problem,) = findings.problems
    assert french in messages.problem_text(problem, "fr") and english in messages.problem_text(problem, "en")


def test_every_sort_of_character_has_words():
    assert {f"sort.{sort}" for sort in record_fields.SORTS} <= messages.catalogue("fr").keys()


def test_every_code_has_a_message():
    source = "".join(Path(module.__file__).read_text("utf-8") for module in (record, record_fields))
    codes = set(re.findall(r'findings\.add\([^,]+, "(\w+)"', source)) | set(
        re.findall(r'Problem\([^,]+, "(\w+)"', source)
    )
    codes |= {f"text_{code}" for code in ("character", "mark", "space", "nfc")}
    assert len(codes) > 20
    assert {f"record.{code}" for code in codes} <= messages.catalogue("fr").keys()


@given(
    st.dictionaries(
        st.sampled_from(record_fields.FIELDS),
        st.text(max_size=4) | st.integers() | st.lists(st.text(max_size=2)),
        max_size=9,
    )
)
def test_flat_and_nested_are_each_others_way_back(fields):
    assert record_fields.flattened(record_fields.nested(fields)) == fields


def test_a_field_of_a_group_takes_the_place_of_what_is_no_group():
    flat = {**record_fields.flattened({"employer": "SARL", "job": None}), "employer.name": "SOCIÉTÉ EXEMPLE SAS"}
    assert record_fields.nested(flat) == {"employer": {"name": "SOCIÉTÉ EXEMPLE SAS"}}
