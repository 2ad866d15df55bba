"""Which pieces a file needs, by table: each rule says when it applies, what it asks for, why, and by which article.

The rules are those of the field (docs/decisions/0080-checklist-by-table.md). A case that is not for this
service gets the place it is for, and no pieces.
"""

from collections.abc import Callable
from dataclasses import dataclass

from issuer.applicants.questions import Answers

TEXTS_READ = "2026-11"
"""Month in which the articles named here were read: texts change, so every article is shown with it."""


@dataclass(frozen=True)
class Piece:
    """A piece of the file: one rule of the table. Its words are the messages ``piece.<name>.…`` for title, detail and
    reason.
    """

    name: str
    needed: Callable[[Answers], bool]
    articles: tuple[str, ...] = ()
    """Articles of the Code du travail on which it rests; none where it is the practice of the service."""


@dataclass(frozen=True)
class Elsewhere:
    """A case that is not for this service, or not yet. Its words are ``elsewhere.<name>.…`` for title, reason and
    place.
    """

    name: str
    when: Callable[[Answers], bool]
    articles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checklist:
    """What the answers lead to: pieces, or the places where the case belongs; never both, never neither."""

    pieces: tuple[Piece, ...]
    elsewhere: tuple[Elsewhere, ...]
    notes: tuple[str, ...]
    """Names of messages ``note.<name>`` that go with it."""


def _is(name: str, *values: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get(name) in values


ELSEWHERE = (
    Elsewhere("european", _is("nationality", "european"), ("R5221-2",)),
    Elsewhere("abroad", _is("who", "abroad")),
    Elsewhere("not_student", _is("residence", "not_student")),
    Elsewhere("change_of_status", _is("change_of_status", "yes")),
    Elsewhere("no_residence_document", _is("residence", "none")),
    Elsewhere("internship", lambda answers: answers.get("contract") == "internship" and answers.get("diploma") == "no"),
    Elsewhere(
        "first_year",
        lambda answers: answers.get("contract") == "apprenticeship" and answers.get("first_year") == "yes",
        ("R5221-7",),
    ),
    Elsewhere(
        "first_year_training",
        lambda answers: (
            answers.get("contract") == "professionalisation" and answers.get("first_year") in ("yes", "master")
        ),
        ("R5221-7",),
    ),
    Elsewhere(
        "declaration",
        lambda answers: answers.get("nationality") == "other" and answers.get("hours") == "within",
        ("R5221-26", "R5221-27", "R5221-28"),
    ),
)
"""Every one that applies is shown, in this order; who needs no permit for a nationality is told nothing else."""

PIECES = (
    Piece("passport", lambda answers: True),
    Piece("schooling", lambda answers: True),
    Piece("contract", _is("contract", "employment")),
    Piece("contract_training", _is("contract", "apprenticeship", "professionalisation")),
    Piece("contract_doctoral", _is("contract", "doctoral")),
    Piece("contract_promise", _is("contract", "promise")),
    Piece("contract_internship", _is("contract", "internship")),
    Piece("residence_card", _is("residence", "card")),
    Piece("residence_visa", _is("residence", "visa")),
    Piece("residence_convocation", _is("residence", "renewing")),
    Piece("residence_former_card", _is("residence", "renewing")),
    Piece("residence_receipt", _is("residence", "renewing")),
    Piece("mandate", _is("who", "student"), ("R5221-11",)),
    Piece("former_permit", _is("request", "renewal")),
    Piece("pay_slips", _is("request", "renewal")),
    Piece("right_to_practise", _is("regulated", "order")),
    Piece("guard_qualification", _is("regulated", "guard")),
    Piece("model_licence", _is("performance", "model"), ("L7123-11",)),
    Piece("performance_licence", _is("performance", "live"), ("L7122-3",)),
)
"""In the order in which they are gathered."""


def checklist(answers: Answers) -> Checklist:
    """What complete answers lead to."""
    elsewhere = tuple(case for case in ELSEWHERE if case.when(answers))
    if answers.get("nationality") == "european":
        elsewhere = elsewhere[:1]
    if elsewhere:
        return Checklist((), elsewhere, ())
    notes = (
        "one_file",
        "twelve_months",
        "one_employer",
        *(("algerian",) if answers.get("nationality") == "algerian" else ("beyond",)),
        *(("master",) if answers.get("first_year") == "master" else ()),
        "pieces",
    )
    return Checklist(tuple(piece for piece in PIECES if piece.needed(answers)), (), notes)
