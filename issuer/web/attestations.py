"""Finding attestations, and the page of one: what it says, its history, its PDF, its code, the verdict of now."""

from io import BytesIO

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, stream_with_context, url_for

from issuer.accounts.roles import EXPORT, READ
from issuer.attestation.qr import make_symbol
from issuer.attestation.verify import Verdict
from issuer.documents import RenderError
from issuer.registry import archived, history
from issuer.registry.browse import browse, every
from issuer.registry.queries import reference_of, successor
from issuer.web import export, proposals, scope
from issuer.web.access import asks
from issuer.web.finding import STATES, read_query
from issuer.web.office import office
from issuer.web.publishing import publication_state
from issuer.web.wording import t

pages = Blueprint("attestations", __name__)
PAGE = 50
"""Rows of a page of results."""
OWN_REFERENCES = ("WEB-", "IMPORT-", "API-")
MOST_EXPORTED = 100_000
"""Rows of one CSV file."""


@pages.get("/attestations")
@asks(READ)
def find():
    """The search form and what it found."""
    rooms = office()
    query = read_query(request.args, rooms.clock())
    if (
        query.number is not None
        and len([value for value in query.typed.values() if value]) == 1
        and not request.args.get("list")
    ):
        return redirect(url_for("attestations.page", number=query.number))
    found, after = (), None
    if not query.problems:
        result = browse(rooms.engine, query.search, scope.departments(), query.order, PAGE, query.after)
        found, after = result.found, result.next
    return render_template(
        "attestations/find.html", query=query, found=found, after=after, states=STATES, now=rooms.clock()
    )


@pages.get("/attestations.csv")
@asks(EXPORT)
def export_csv():
    """What the search found, as a CSV file for a spreadsheet; formulas are made harmless."""
    rooms = office()
    query = read_query(request.args, rooms.clock())
    if query.problems:
        return redirect(url_for("attestations.find") + "?" + query.address())
    rooms.directory.note(g.account.author, "export", g.account.id)
    found = every(rooms.engine, query.search, scope.departments(), query.order, MOST_EXPORTED + 1)
    lines = export.attestation_lines(found, rooms.clock(), MOST_EXPORTED)
    return Response(
        stream_with_context(lines),
        mimetype="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="attestations.csv"'},
    )


@pages.get("/attestations/<number>")
@asks(READ)
def page(number: str):
    """One attestation."""
    rooms, entry = office(), scope.entry_or_404(number)
    if number != str(entry.number):
        return redirect(url_for("attestations.page", number=entry.number))
    stored = archived(rooms.engine, entry.number)
    claims = stored.claims().to_json() if stored else None
    verdict = rooms.verdict(rooms.desk().text(entry.number)) if stored else None
    return render_template(
        "attestations/page.html",
        entry=entry,
        claims=claims,
        signatory=stored.annex["signatory"] if stored else None,
        verdict=verdict,
        events=history(rooms.engine, entry.number),
        names=rooms.directory.names(),
        reference=_given(reference_of(rooms.engine, entry.number)),
        successor=successor(rooms.engine, entry.number) if entry.state == "replaced" else None,
        publication=publication_state(rooms),
        proposal=proposals.waiting_for(rooms, entry.number),
        now=rooms.clock(),
    )


def _given(reference: str | None) -> str | None:
    """A reference that a person or another service gave; those that these pages draw themselves say nothing to anybody."""
    return None if reference is None or reference.startswith(OWN_REFERENCES) else reference


@pages.get("/attestations/<number>/document.pdf")
@asks(READ)
def document(number: str):
    """The printed attestation, made again from the archive: the same bytes each time."""
    rooms, entry = office(), scope.entry_or_404(number)
    if archived(rooms.engine, entry.number) is None:
        flash(t("attestation.anonymised"), "bad")
        return redirect(url_for("attestations.page", number=entry.number))
    try:
        pdf = rooms.desk().document(entry.number)
    except RenderError:
        flash(t("attestation.unprintable"), "bad")
        return redirect(url_for("attestations.page", number=entry.number))
    place = "attachment" if request.args.get("save") else "inline"
    return Response(
        pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'{place}; filename="attestation-{entry.number}.pdf"'},
    )


@pages.get("/attestations/<number>/code.svg")
@asks(READ)
def code(number: str):
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
def large_code(number: str):
    """The QR code as large as the screen, to be scanned off it."""
    entry = scope.entry_or_404(number)
    return render_template("attestations/code.html", entry=entry, text=_text(number))


@pages.get("/attestations/<number>/verdict")
@asks(READ)
def verdict(number: str):
    """The verdict of now alone, for a page that waits for a publication."""
    rooms, entry = office(), scope.entry_or_404(number)
    text = rooms.desk().text(entry.number)
    found = rooms.verdict(text) if text else Verdict("status_unknown", "grey")
    return render_template(
        "attestations/verdict.html", verdict=found, publication=publication_state(rooms), entry=entry
    )


def _text(number: str) -> str:
    entry = scope.entry_or_404(number)
    text = office().desk().text(entry.number)
    if text is None:
        abort(404)
    return text
