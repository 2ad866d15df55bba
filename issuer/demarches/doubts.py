"""What keeps a request aside, field by field, in words: the applicant's own and the proposed reading in French."""

from collections.abc import Iterator

from sqlalchemy import Engine

from issuer.attestation.record_fields import flattened
from issuer.demarches import records
from issuer.demarches.routing import open_doubts
from issuer.registry import requests
from issuer.registry.requests import Request, Wanted
from issuer.written.facts import in_words


def listed(request: Request) -> list[dict]:
    """``field``, ``words`` and ``reading`` (None without a proposal) of everything that an agent has to settle."""
    doubts = open_doubts(request.doubts, request.corrections)
    found = [
        {
            "field": doubt["field"],
            "words": doubt.get("shown", ""),
            "reading": in_words(doubt["field"], doubt.get("guess")),
        }
        for doubt in doubts
    ]
    named = {doubt["field"] for doubt in doubts}
    typed = flattened(records.merged(request.record, request.corrections))
    for problem in (request.aside_details or {}).get("problems", ()):
        field = problem["field"]
        if field not in named and field.partition(".")[0] not in named:
            named.add(field)
            found.append({"field": field, "words": str(typed.get(field, "")), "reading": None})
    if not found and request.aside == "signatory":
        found.append({"field": "signatory", "words": "", "reading": None})
    if not found and request.aside == "unreadable_dossier":
        found.append({"field": "dossier", "words": "", "reading": None})
    return found


def aside(engine: Engine) -> Iterator[tuple[int, list[dict]]]:
    """Every dossier that is set aside, by its number, with what has to be settled in it."""
    after: tuple[int, int] | None = None
    while True:
        found, after = requests.browse(engine, Wanted(aside=True), limit=requests.LARGEST_PAGE, after=after)
        for request in found:
            if request.dossier is not None:
                yield request.dossier, listed(request)
        if after is None:
            return
