"""Refusing a request, or closing it without further action: why, and the letter that says so. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from issuer.attestation.numbers import format_number
from issuer.documents.letter import Letter, appeal_in_words, compose
from issuer.registry.request_tables import REFUSE, SANS_SUITE
from issuer.registry.requests import Request
from keys import latin

REASONS = {
    REFUSE: {
        "employment": "Code du travail, article R5221-20, 1° ; arrêté du 21 mai 2025 (métiers en tension)",
        "employer": "Code du travail, article R5221-20, 2°",
        "profession": "Code du travail, article R5221-20, 3°",
        "pay": "Code du travail, article R5221-20, 4°",
        "other": "",
    },
    SANS_SUITE: {
        "incomplete": "CRPA, article L114-5 ; arrêté du 1er avril 2021 modifié (pièces)",
        "withdrawn": "",
        "not_needed": "Code du travail, article R5221-2",
        "elsewhere": "CRPA, article L114-2",
        "duplicate": "",
        "other": "",
    },
}
"""State → code of a reason → the legal basis that the form proposes (texts read in November 2026)."""

LONGEST_BASIS, LONGEST_WORDS = 300, 3_000
"""Characters of a legal basis and of the words to the applicant."""


@dataclass(frozen=True, repr=False)
class Closing:
    """A refusal or a closing as the agent gives it: ``state``, the code of the ``reason``, ``legal_basis`` on one line,
    ``words`` to the applicant in lines.
    """

    state: str
    reason: str
    legal_basis: str
    words: str

    def __repr__(self) -> str:
        return f"<Closing {self.state} {self.reason}>"


def plain_lines(text: str) -> str:
    """What somebody typed, one space between words, lines that say something."""
    lines = (" ".join(line.split()) for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def problems(closing: Closing) -> dict[str, str]:
    """What is wrong, by field: ``missing``, ``long`` or ``letters``; empty when it may be given."""
    found = {}
    if closing.reason not in REASONS.get(closing.state, {}):
        found["reason"] = "missing"
    for name, text, most in (
        ("legal_basis", closing.legal_basis, LONGEST_BASIS),
        ("words", closing.words, LONGEST_WORDS),
    ):
        if not text:
            found[name] = "missing"
        elif len(text) > most:
            found[name] = "long"
        elif not all(latin.follows(line, 1, most) for line in text.split("\n")):
            found[name] = "letters"
    return found


def letter(
    request: Request,
    record: dict[str, Any],
    closing: Closing,
    signatory: dict[str, Any],
    authority: str,
    day: date,
    demonstration: bool,
) -> Letter:
    """The letter of a closing; ``record`` is the request's with its corrections, ``day`` the département's."""
    employer = record.get("employer") or {}
    text = lambda value: value if isinstance(value, str) else ""
    return Letter(
        state=closing.state,
        authority=authority,
        day=day,
        number=str(request.dossier) if request.dossier else format_number(request.number),
        legal_basis=closing.legal_basis,
        motivation=closing.words,
        signatory=signatory,
        dossier=request.dossier is not None,
        holder=" ".join(filter(None, (text(record.get("family_name")), text(record.get("given_names"))))),
        birth_date=request.birth_date or "",
        employer=text(employer.get("name")),
        job=text(record.get("job")),
        demonstration=demonstration,
    )


def motivation(letter_: Letter) -> str:
    """What Démarches simplifiées shows and mails: reasons, basis, and the ways of appeal with their time."""
    words = compose(letter_)
    return "\n\n".join(
        ["\n".join(words["reasons"]), words["basis"], f"{words['appeal_title']}\n{appeal_in_words(words)}"]
    )
