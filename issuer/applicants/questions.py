"""The questions of "Préparer mon dossier" and their answers, which stand in the query string and hold no personal data.

A question is asked when its condition holds for the answers given so far. An answer that is not in its
question's list counts as none, and the page says so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

LONGEST = 40
"""Characters read of one value of the query string."""

Answers = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """A question by its name in the query string, its answers, and when it is asked."""

    name: str
    choices: tuple[str, ...]
    asked: Callable[[Answers], bool] = lambda answers: True


QUESTIONS = (
    Question("who", ("employer", "student", "abroad")),
    Question("nationality", ("algerian", "european", "other")),
    Question("hours", ("within", "beyond")),
    Question("contract", ("employment", "apprenticeship", "professionalisation", "doctoral", "promise", "internship")),
    Question(
        "first_year",
        ("yes", "master", "no"),
        lambda answers: answers.get("contract") in ("apprenticeship", "professionalisation"),
    ),
    Question("diploma", ("yes", "no"), lambda answers: answers.get("contract") == "internship"),
    Question("request", ("first", "renewal")),
    Question("residence", ("card", "visa", "renewing", "none", "not_student")),
    Question("regulated", ("no", "order", "guard")),
    Question("performance", ("no", "model", "live")),
    Question("change_of_status", ("no", "yes")),
)
"""In the order in which they are asked."""


@dataclass(frozen=True)
class Given:
    """What a query string answered."""

    answers: dict[str, str]
    """Name of a question that is asked → one of its choices, in the order of the questions."""
    wrong: tuple[str, ...]
    """Names of the questions whose value is none of their choices."""

    @property
    def missing(self) -> tuple[Question, ...]:
        """The questions that are asked and have no answer yet."""
        return tuple(
            question for question in QUESTIONS if question.asked(self.answers) and question.name not in self.answers
        )

    @property
    def complete(self) -> bool:
        """Whether every question asked is answered."""
        return not self.missing

    @property
    def query(self) -> str:
        """The answers as a query string, always in the same order: the address to share."""
        return urlencode(self.answers)


def read(values: Iterable[tuple[str, str]]) -> Given:
    """The answers among the name-value pairs of a query string. A name that is no question's is ignored; of several
    values the last counts.
    """
    sent = {name: value[:LONGEST].strip() for name, value in values}
    answers: dict[str, str] = {}
    wrong = []
    for question in QUESTIONS:
        if not question.asked(answers) or not sent.get(question.name):
            continue
        if sent[question.name] in question.choices:
            answers[question.name] = sent[question.name]
        else:
            wrong.append(question.name)
    return Given(answers, tuple(wrong))
