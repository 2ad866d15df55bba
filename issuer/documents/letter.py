"""The letter that tells an applicant of a refusal or a closing: a tagged PDF, its French first. A function of its facts
alone.

Read in November 2026: such a decision says its reasons in law and fact (CRPA L211-2, L211-5) and who took it (L212-1);
it is contested within two months of its notification (CJA R421-1, longer by R421-7), which the letter must say
(R421-5); an appeal to the administration within them interrupts that time (CRPA L411-2), and silence of two months
rejects it (CJA R421-2).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from issuer.documents import wording
from issuer.documents.typesetting import KEPT, typeset
from issuer.messages import formats


@dataclass(frozen=True, repr=False)
class Letter:
    """What the letter says. ``state`` is ``refuse`` or ``sans_suite``; ``day`` is the département's; ``motivation`` and
    ``legal_basis`` are the agent's words; ``signatory`` has ``given_names``, ``family_name``, ``title``, ``service``.
    """

    state: str
    authority: str
    day: date
    number: str
    """As the applicant knows it: ``482 913 0571``, or the dossier's number."""
    legal_basis: str
    motivation: str
    signatory: dict[str, Any]
    dossier: bool = False
    holder: str = ""
    birth_date: str = ""
    employer: str = ""
    job: str = ""
    demonstration: bool = False

    def __repr__(self) -> str:
        return f"<Letter {self.state}>"


def compose(letter: Letter) -> dict[str, Any]:
    """The words of the letter as plain data: what the page shows before anything is decided, and what is printed."""
    say = wording.text
    who = letter.signatory
    name = " ".join(filter(None, (who.get("given_names"), who["family_name"])))
    facts = [
        ("letter.holder", letter.holder),
        ("letter.birth_date", wording.birth_date(letter.birth_date) if letter.birth_date else ""),
        ("letter.employer", letter.employer),
        ("letter.job", letter.job),
    ]
    return {
        "title": say(f"letter.title.{letter.state}"),
        "title_gloss": wording.gloss(f"letter.title.{letter.state}"),
        "authority": letter.authority,
        "service": who["service"],
        "day": say("letter.day", day=formats.day(letter.day, "fr")),
        "reference": say("letter.dossier" if letter.dossier else "letter.request", number=letter.number),
        "facts": [(say(key), value) for key, value in facts if value],
        "decision": say(f"letter.decision.{letter.state}"),
        "basis": say("letter.basis", basis=letter.legal_basis.rstrip(".")),
        "reasons_title": say("letter.reasons"),
        "reasons": [line for line in letter.motivation.split("\n") if line],
        "again": say(f"letter.again.{letter.state}"),
        "appeal_title": say("letter.appeal"),
        "appeal": say("letter.appeal.text"),
        "ways": [
            say("letter.appeal.gracious", service=who["service"]),
            say("letter.appeal.minister"),
            say("letter.appeal.court"),
        ],
        "appeal_more": say("letter.appeal.more"),
        "signatory": [name, who["title"], who["service"]],
        "english": [wording.gloss(f"letter.decision.{letter.state}"), wording.gloss("letter.appeal.text")],
        "demonstration": say("demonstration") + ", " + say("demonstration.meaning") if letter.demonstration else "",
    }


def appeal_in_words(words: dict[str, Any]) -> str:
    """The ways of appeal, for a decision that is told without its letter: plain text, one way a line."""
    return "\n".join([words["appeal"], *(f"- {way}" for way in words["ways"]), words["appeal_more"]])


def print_letter(letter: Letter) -> bytes:
    """The letter as the bytes of a PDF; the same letter gives the same bytes. Raises RenderError."""
    moment = int(datetime(letter.day.year, letter.day.month, letter.day.day, tzinfo=UTC).timestamp())
    otherwise = "The letter could not be made. A character in its words may have no glyph: write it otherwise."
    return typeset("letter", compose(letter), moment, KEPT, otherwise)
