"""Finding attestations, and the page of one: what it says, its history, its PDF, its code, the verdict of now."""

from collections.abc import Sequence
from io import BytesIO

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from issuer.accounts.roles import EXPORT, READ
from issuer.attestation.numbers import read_typed
from issuer.attestation.qr import make_symbol
from issuer.attestation.verify import Verdict
from issuer.desk import acts, print_document, qr_text
from issuer.documents import RenderError
from issuer.registry import archived, by_number, history, requests
from issuer.registry.queries import reference_of, successor
from issuer.registry.search import Found, as_told, find_all, find_page, found_as_told
from issuer.web import export, proposals, scope
from issuer.web.access import asks
from issuer.web.context import web_context
from issuer.web.finding import STATES, asked_for, is_there, read_query
from issuer.web.publisher import publication_state
from issuer.web.wording import t
from keys.errors import not_none

pages = Blueprint("attestations", __name__)
PAGE = 50
"""Rows of a page of results."""
OWN_REFERENCES = ("WEB-", "IMPORT-", "API-")
MOST_EXPORTED = 100_000
"""Rows of one CSV file."""


@pages.route("/attestations", methods=["GET", "POST"])
@asks(READ)
def find() -> ResponseReturnValue:
    """The search form and what it found. The form is posted; its answer leads to an address in which names, employer,
    SIRET and reference stand sealed: it can be reloaded, gone back to and kept, and journals learn nothing of it.
    """
    context = web_context()
    if request.method == "POST":
        return asked_for(request.form)
    query = read_query(request.args, context.clock())
    number = query.only_number
    if number is not None and not request.args.get("list"):
        return redirect(url_for("attestations.page", number=number))
    found: Sequence[Found] = ()
    after, nearly = None, False
    for search in (query.search, *query.instead) if not query.problems else ():
        result = find_page(
            context.engine, search, departments=scope.departments(), order=query.order, limit=PAGE, after=query.after
        )
        found, after, nearly = result.found, result.next, search.near
        if found:
            break
    return render_template(
        "attestations/find.html",
        query=query,
        found=list(found_as_told(context.engine, found)),
        after=after,
        nearly=nearly,
        states=STATES,
        now=context.clock(),
    )


@pages.get("/attestations.csv")
@asks(EXPORT)
def export_csv() -> ResponseReturnValue:
    """What the search found, as a CSV file for a spreadsheet; formulas are made harmless."""
    context = web_context()
    query = read_query(request.args, context.clock())
    if query.problems:
        return redirect(url_for("attestations.find") + "?" + query.address())
    context.directory.note(g.account.author, "export", g.account.id)
    found = find_all(
        context.engine,
        query.search,
        departments=scope.departments(),
        order=query.order,
        most=MOST_EXPORTED + 1,
    )
    lines = export.attestation_lines(found_as_told(context.engine, found), context.clock(), MOST_EXPORTED)
    return Response(
        stream_with_context(lines),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="attestations.csv"'},
    )


@pages.get("/attestations/<number>")
@asks(READ)
def page(number: str) -> ResponseReturnValue:
    """One attestation."""
    context, typed = web_context(), read_typed(number)
    if typed and by_number(context.engine, int(typed[0])) is None and is_there(int(typed[0]), False):
        asked = requests.by_number(context.engine, int(typed[0]))
        return redirect(url_for("requests.page", number=asked.number if asked else number))
    attestation = scope.attestation_or_404(number)
    if number != str(attestation.number):
        return redirect(url_for("attestations.page", number=attestation.number))
    [attestation] = as_told(context.engine, [attestation])
    stored = archived(context.engine, attestation.number)
    claims = stored.claims.to_json() if stored else None
    verdict = context.verdict(not_none(qr_text(context.desk(), attestation.number))) if stored else None
    return render_template(
        "attestations/page.html",
        attestation=attestation,
        claims=claims,
        signatory=stored.annex["signatory"] if stored else None,
        verdict=verdict,
        events=history(context.engine, attestation.number),
        names=context.directory.names(),
        reference=_given(reference_of(context.engine, attestation.number)),
        successor=successor(context.engine, attestation.number) if attestation.state == "replaced" else None,
        publication=publication_state(context),
        proposal=proposals.waiting_for(context, attestation.number),
        other_holder=acts.other_holder(archived(context.engine, attestation.replaces), claims)
        if attestation.replaces and claims
        else (),
        now=context.clock(),
    )


def _given(reference: str | None) -> str | None:
    """A reference that a person or another service gave; those that these pages draw themselves say nothing to
    anybody.
    """
    return None if reference is None or reference.startswith(OWN_REFERENCES) else reference


@pages.get("/attestations/<number>/document.pdf")
@asks(READ)
def document(number: str) -> ResponseReturnValue:
    """The printed attestation, made again from the archive: the same bytes each time."""
    context, attestation = web_context(), scope.attestation_or_404(number)
    if archived(context.engine, attestation.number) is None:
        flash(t("attestation.anonymised"), "bad")
        return redirect(url_for("attestations.page", number=attestation.number))
    try:
        pdf = print_document(context.desk(), attestation.number)
    except RenderError:
        flash(t("attestation.unprintable"), "bad")
        return redirect(url_for("attestations.page", number=attestation.number))
    place = "attachment" if request.args.get("save") else "inline"
    return Response(
        pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'{place}; filename="attestation-{attestation.number}.pdf"'},
    )


@pages.get("/attestations/<number>/code.svg")
@asks(READ)
def code(number: str) -> ResponseReturnValue:
    """The QR code."""
    text = _text(number)
    picture = BytesIO()
    make_symbol(text).save(
        picture,
        kind="svg",
        scale=1,
        border=4,
        light="#fff",
        dark="#000",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@pages.get("/attestations/<number>/code")
@asks(READ)
def large_code(number: str) -> ResponseReturnValue:
    """The QR code as large as the screen, to be scanned off it."""
    attestation = scope.attestation_or_404(number)
    return render_template("attestations/code.html", attestation=attestation, text=_text(number))


@pages.get("/attestations/<number>/verdict")
@asks(READ)
def verdict(number: str) -> ResponseReturnValue:
    """The verdict of now alone, for a page that waits for a publication."""
    context, attestation = web_context(), scope.attestation_or_404(number)
    text = qr_text(context.desk(), attestation.number)
    found = context.verdict(text) if text else Verdict("status_unknown", "grey")
    return render_template(
        "attestations/verdict.html", verdict=found, publication=publication_state(context), attestation=attestation
    )


def _text(number: str) -> str:
    attestation = scope.attestation_or_404(number)
    text = qr_text(web_context().desk(), attestation.number)
    if text is None:
        abort(404)
    return text
