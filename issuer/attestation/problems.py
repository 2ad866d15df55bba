"""What is wrong with a record: a field, a code with a message in every language, and its parameters."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from keys.errors import WifError


@dataclass(frozen=True)
class Problem:
    """One fault of one field. ``field`` is the JSON name with dots, ``code`` a key ``record.CODE`` of the message
    files.
    """

    field: str
    code: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict, repr=False)


class RecordRefused(WifError):
    """A record that cannot be issued, with every problem found. Its text names fields and codes, never values."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("The record was refused: " + ", ".join(f"{p.field} ({p.code})" for p in problems) + ".")
        self.problems = problems


class Findings:
    """Collects the problems of one record, at most one a field."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, name: str, code: str, **params: object) -> None:
        """Note a problem; a second one of the same field is dropped."""
        if not self.found(name):
            self.problems.append(Problem(name, code, params))

    def found(self, name: str) -> bool:
        """Whether this field already has a problem."""
        return any(problem.field == name for problem in self.problems)

    def raise_if_any(self) -> None:
        """Raise RecordRefused when anything was found."""
        if self.problems:
            raise RecordRefused(self.problems)
