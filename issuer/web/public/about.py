"""The public entrance, and the pages on accessibility and personal data."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from issuer.web.access import PUBLIC, asks
from issuer.web.context import web_context
from issuer.web.publicside import keep_for

KEPT = 3600
"""Seconds for which these pages may be kept."""


def add_routes(pages: Blueprint) -> None:
    """Add them to the public side."""
    pages.add_url_rule("", "entry", entry)
    pages.add_url_rule("/", "entry_below", entry)
    pages.add_url_rule("/accessibilite", "accessibility", accessibility)
    pages.add_url_rule("/donnees-personnelles", "privacy", privacy)


@asks(PUBLIC)
def entry() -> ResponseReturnValue:
    """Where applicants begin."""
    keep_for(KEPT)
    context = web_context()
    return render_template(
        "public/entry.html",
        verifier=context.home.config.origin,
        filing=context.settings.filing,
        contact=context.settings.contact,
    )


@asks(PUBLIC)
def accessibility() -> ResponseReturnValue:
    """How accessible the public pages are."""
    keep_for(KEPT)
    return render_template(
        "public/about.html", about="accessibility", contact=web_context().settings.contact, months=None
    )


@asks(PUBLIC)
def privacy() -> ResponseReturnValue:
    """What is kept of requests, and how long."""
    settings = web_context().settings
    keep_for(KEPT)
    return render_template(
        "public/about.html", about="privacy", contact=settings.contact, months=settings.keep_request_months
    )
