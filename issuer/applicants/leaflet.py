"""The checklist in words, in one language: what the page shows and what the PDF prints."""

from issuer.applicants.checklist import TEXTS_READ, Elsewhere, Piece, checklist
from issuer.applicants.questions import Given
from issuer.applicants.wording import plural, text
from issuer.messages.formats import month


def leaflet(given: Given, language: str, address: str = "", filing: str = "") -> dict:
    """The words of complete answers, as plain data: ``title``, ``pieces`` or ``elsewhere``, ``notes``, ``answers``, the
    labels that go with them.
    """
    found = checklist(given.answers)
    say = lambda key, **params: text(key, language, **params)
    return {
        "language": language,
        "title": say("checklist.elsewhere" if found.elsewhere else "checklist.result"),
        "document_title": say("checklist.pdf_title"),
        "count": "" if found.elsewhere else plural("checklist.result.count", language, len(found.pieces)),
        "pieces": [
            {
                "name": piece.name,
                "title": say(f"piece.{piece.name}.title"),
                "detail": say(f"piece.{piece.name}.detail"),
                "reason": say(f"piece.{piece.name}.reason"),
                "source": source(piece, language),
            }
            for piece in found.pieces
        ],
        "elsewhere": [
            {
                "name": case.name,
                "title": say(f"elsewhere.{case.name}.title"),
                "reason": say(f"elsewhere.{case.name}.reason"),
                "place": say(f"elsewhere.{case.name}.place"),
                "source": source(case, language),
            }
            for case in found.elsewhere
        ],
        "filing": filing,
        "notes": [say(f"note.{name}") for name in found.notes],
        "answers": [(say(f"question.{name}"), say(f"answer.{name}.{value}")) for name, value in given.answers.items()],
        "labels": {
            "why": say("checklist.why"),
            "where": say("checklist.where"),
            "answers": say("checklist.answers"),
            "notes": say("checklist.good_to_know"),
            "filing": say("checklist.filing"),
            "brand": f"{say('brand')} · {say('brand.line')}",
        },
        "caution": say("checklist.caution"),
        "made": say("checklist.pdf_made", address=address.partition("?")[0]) if address else "",
        "address": address,
    }


def source(rule: Piece | Elsewhere, language: str) -> str:
    """The articles of a rule with the month in which they were read; empty where it has none of its own."""
    if not rule.articles:
        return ""
    return text("checklist.source", language, articles=", ".join(rule.articles), month=month(TEXTS_READ, language))
