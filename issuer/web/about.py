"""Pages about the service: language, accessibility statement, personal data."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from issuer.web.access import PUBLIC, asks
from issuer.web.context import web_context
from issuer.web.signin import local_address
from issuer.web.wording import COOKIE, LANGUAGES

pages = Blueprint("about", __name__)


@pages.get("/language/<any(fr, en):code>")
@asks(PUBLIC)
def language(code: str) -> ResponseReturnValue:
    """The pages in this language from now on."""
    if code in LANGUAGES:
        session[COOKIE] = code
    return redirect(local_address(request.args.get("next")) or url_for("home.page"))


@pages.get("/accessibility")
@asks(PUBLIC)
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("about/accessibility.html", contact=web_context().settings.contact)


@pages.get("/privacy")
@asks(PUBLIC)
def privacy() -> ResponseReturnValue:
    """What is kept of whom, why and how long."""
    settings = web_context().settings
    return render_template("about/privacy.html", contact=settings.contact, months=settings.keep_months)
