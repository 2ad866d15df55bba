"""Preparing a file: questions, then the pieces, on screen and as a PDF. The answers stand in the query string and
hold no personal data.
"""

from functools import lru_cache

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from issuer.applicants import questions
from issuer.applicants.leaflet import leaflet
from issuer.documents.leaflet import print_leaflet
from issuer.web.access import PUBLIC, asks
from issuer.web.context import web_context
from issuer.web.publicside import keep_for, link, public_language

KEPT = 3600
"""Seconds for which these pages may be kept."""


def add_routes(pages: Blueprint) -> None:
    """Add them to the public side."""
    pages.add_url_rule("/dossier", "checklist", page)
    pages.add_url_rule("/dossier.pdf", "checklist_pdf", pdf)


@asks(PUBLIC)
def page() -> ResponseReturnValue:
    """The questions, those left to answer, or the pieces."""
    given = questions.read(request.args.items(multi=True))
    keep_for(KEPT)
    if given.complete and "change" not in request.args:
        return render_template(
            "public/pieces.html",
            given=given,
            share=_share(given),
            leaflet=leaflet(given, public_language(), filing=web_context().settings.filing),
            contact=web_context().settings.contact,
        )
    sent = bool(request.args.get("sent"))
    more = (
        sent
        and not given.wrong
        and bool(given.answers)
        and all(question.name in ("first_year", "diploma") for question in given.missing)
    )
    asked = given.missing if more else [question for question in questions.QUESTIONS if question.asked(given.answers)]
    missing = [question.name for question in given.missing] if sent and not more else []
    return render_template(
        "public/questions.html",
        given=given,
        asked=asked,
        more=more,
        missing=[name for name in missing if name not in given.wrong],
    )


@asks(PUBLIC)
def pdf() -> ResponseReturnValue:
    """The same as a tagged PDF; without complete answers, the questions."""
    given = questions.read(request.args.items(multi=True))
    if not given.complete:
        return redirect(link("checklist", **given.answers))
    keep_for(KEPT)
    body = _printed(given.query, public_language(), _share(given), web_context().settings.filing)
    return Response(
        body, mimetype="application/pdf", headers={"Content-Disposition": 'inline; filename="pieces-a-reunir.pdf"'}
    )


@lru_cache(maxsize=256)
def _printed(query: str, language: str, address: str, filing: str) -> bytes:
    given = questions.read((name, value) for name, _, value in (pair.partition("=") for pair in query.split("&")))
    return print_leaflet(leaflet(given, language, address, filing))


def _share(given: questions.Given) -> str:
    """The address to pass on: under the configured address, never one that the browser's Host header could choose."""
    return (web_context().settings.address or request.host_url.rstrip("/")) + link("checklist", **given.answers)
