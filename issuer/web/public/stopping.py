"""The link of each notice: receive no more of them, or receive them again. Opening it changes nothing; only its button
does.

The link is the right to press the button. Mail programs may press it for the person (RFC 8058), from no page of ours.
"""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from issuer.registry import notices
from issuer.web.access import PUBLIC, asks, from_anywhere
from issuer.web.context import web_context
from issuer.web.mailing import read_stop_token


def add_routes(pages: Blueprint) -> None:
    """Add it to the public side."""
    pages.add_url_rule("/courriels/<token>", "stopping", page, methods=["GET", "POST"])


@asks(PUBLIC)
@from_anywhere
def page(token: str) -> ResponseReturnValue:
    """Ask, then do."""
    context = web_context()
    address = read_stop_token(context.sealer, token)
    if address is None:
        abort(404)
    done = ""
    if request.method == "POST":
        done = "undone" if request.form.get("do") == "resume" else "done"
        if done == "undone":
            notices.resume(context.engine, address)
        else:
            notices.stop(context.engine, address, context.clock())
    return render_template("public/stopping.html", stopped=notices.is_stopped(context.engine, address), done=done)
