"""Preparing a file: the whole product of answers, each with a consistent list; the cases of the field, by hand."""

import itertools
import re

import pytest

from issuer.applicants import wording
from issuer.applicants.checklist import ELSEWHERE, PIECES, checklist
from issuer.applicants.leaflet import leaflet
from issuer.applicants.questions import QUESTIONS, read

PLAIN = {
    "who": "employer",
    "nationality": "other",
    "hours": "beyond",
    "contract": "employment",
    "request": "first",
    "residence": "card",
    "regulated": "no",
    "performance": "no",
    "change_of_status": "no",
}


def every_answer():
    """Each way of answering every question that is asked."""
    for values in itertools.product(*(question.choices for question in QUESTIONS)):
        given = read(zip((question.name for question in QUESTIONS), values, strict=True))
        yield given.query, given


PRODUCT = dict(every_answer())


def names(**changes) -> set[str]:
    """The pieces of plain answers with some changed."""
    return {piece.name for piece in checklist({**PLAIN, **changes}).pieces}


def away(**changes) -> list[str]:
    return [case.name for case in checklist({**PLAIN, **changes}).elsewhere]


def test_the_product_of_answers_is_whole():
    assert len(PRODUCT) == 3 * 3 * 2 * (3 + 3 + 3 + 2) * 2 * 5 * 3 * 3 * 2
    assert all(given.complete and not given.wrong for given in PRODUCT.values())


def test_every_combination_gives_a_consistent_list():
    used = set()
    for given in PRODUCT.values():
        found = checklist(given.answers)
        pieces = [piece.name for piece in found.pieces]
        used |= {*pieces, *(case.name for case in found.elsewhere)}
        assert bool(pieces) != bool(found.elsewhere), "pieces or another place, never both or neither"
        if not pieces:
            continue
        assert len(pieces) == len(set(pieces)) and {"passport", "schooling"} <= set(pieces)
        assert sum(name.startswith("contract") for name in pieces) == 1, "one contract"
        assert sum(name.startswith("residence_") for name in pieces) == (
            3 if given.answers["residence"] == "renewing" else 1
        )
    assert used == {rule.name for rule in (*PIECES, *ELSEWHERE)}, "a rule that no answer reaches"


def test_every_piece_and_every_other_place_has_its_reason_and_its_source_in_both_languages():
    for language in wording.LANGUAGES:
        for given in list(PRODUCT.values())[::7]:
            shown = leaflet(given, language)
            for one in (*shown["pieces"], *shown["elsewhere"]):
                assert one["title"] and one["reason"]
            assert len(shown["answers"]) == len(given.answers) and shown["caution"]
    for rule in (*PIECES, *ELSEWHERE):
        for article in rule.articles:
            assert re.fullmatch(r"[LR]\d{4}-\d+", article)


def test_an_article_is_shown_with_the_month_in_which_it_was_read():
    mandate = next(
        one for one in leaflet(read({**PLAIN, "who": "student"}.items()), "fr")["pieces"] if one["name"] == "mandate"
    )
    assert mandate["source"] == "Code du travail, R5221-11 (texte consulté en novembre 2026)"


@pytest.mark.parametrize(
    ("changes", "added"),
    [
        ({"who": "student"}, {"mandate"}),
        ({"request": "renewal"}, {"former_permit", "pay_slips"}),
        ({"regulated": "order"}, {"right_to_practise"}),
        ({"regulated": "guard"}, {"guard_qualification"}),
        ({"performance": "model"}, {"model_licence"}),
        ({"performance": "live"}, {"performance_licence"}),
        ({"nationality": "algerian", "hours": "within"}, set()),
    ],
)
def test_what_a_situation_adds(changes, added):
    assert names(**changes) - names() == added and names() <= names(**changes)


def test_a_renewal_of_the_card_under_way_needs_its_three_papers():
    assert {name for name in names(residence="renewing") if name.startswith("residence")} == {
        "residence_convocation",
        "residence_former_card",
        "residence_receipt",
    }


@pytest.mark.parametrize(
    ("changes", "cases"),
    [
        ({"hours": "within"}, ["declaration"]),
        ({"hours": "within", "nationality": "algerian"}, []),
        ({"residence": "none"}, ["no_residence_document"]),
        ({"change_of_status": "yes", "residence": "none"}, ["change_of_status", "no_residence_document"]),
        ({"contract": "internship", "diploma": "no"}, ["internship"]),
        ({"contract": "internship", "diploma": "yes"}, []),
        ({"contract": "apprenticeship", "first_year": "yes"}, ["first_year"]),
        ({"contract": "apprenticeship", "first_year": "no"}, []),
        ({"contract": "apprenticeship", "first_year": "master"}, []),
        ({"contract": "professionalisation", "first_year": "master"}, ["first_year_training"]),
        ({"contract": "professionalisation", "first_year": "no"}, []),
        ({"nationality": "european", "hours": "within", "residence": "none"}, ["european"]),
        ({"who": "abroad"}, ["abroad"]),
        ({"residence": "not_student"}, ["not_student"]),
    ],
)
def test_cases_that_are_not_for_this_service(changes, cases):
    assert away(**changes) == cases


def test_questions_that_do_not_apply_are_not_asked():
    assert [question.name for question in read(PLAIN.items()).missing] == []
    assert [question.name for question in read({**PLAIN, "contract": "apprenticeship"}.items()).missing] == [
        "first_year"
    ]
    assert [question.name for question in read({**PLAIN, "contract": "internship"}.items()).missing] == ["diploma"]


@pytest.mark.parametrize("value", ["nobody", "<script>", "é" * 500, "\x00", "EMPLOYER", "employer,student"])
def test_an_answer_outside_the_list_is_none(value):
    given = read({**PLAIN, "who": value}.items())
    assert not given.complete and given.wrong == ("who",)


def test_an_empty_answer_is_none_and_no_error():
    assert read({**PLAIN, "who": ""}.items()).wrong == () and not read({**PLAIN, "who": ""}.items()).complete


def test_the_address_holds_only_the_answers_in_one_order():
    given = read([("name", "NGUYEN"), *reversed(PLAIN.items()), ("utm", "x")])
    assert given.query == "&".join(f"{name}={value}" for name, value in PLAIN.items())


def test_of_several_values_the_last_counts():
    assert read([*PLAIN.items(), ("who", "student")]).answers["who"] == "student"


def test_both_languages_hold_the_same_messages_with_the_same_parameters():
    french, english = (wording.catalogue(language) for language in wording.LANGUAGES)
    assert french.keys() == english.keys() and all(french.values()) and all(english.values())
    for key in french:
        assert set(re.findall(r"\{(\w+)\}", french[key])) == set(re.findall(r"\{(\w+)\}", english[key])), key
    for question in QUESTIONS:
        assert f"question.{question.name}" in french
        assert {f"answer.{question.name}.{choice}" for choice in question.choices} <= french.keys()
