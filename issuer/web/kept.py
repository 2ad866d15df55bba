"""What somebody typed while their session ended: it travels, sealed, through the sign-in pages and comes back as it was."""

import base64
import json
import zlib

from flask import render_template, request, url_for

from issuer.web.office import office

LIFE = 3600
"""Seconds for which a kept form can be taken up again."""
LARGEST = 200_000
"""Bytes of a kept form, sealed."""
FIELD = "kept"


def keep_form():
    """The page that says the session ended, with a sign-in form that carries what was typed, passwords apart."""
    typed = {name: values for name, values in request.form.lists() if name not in ("csrf_token", FIELD) and "password" not in name}
    return render_template("signin/sign_in.html", kept=seal(request.path, typed), ended=True, next=None, identifier=""), 401


def seal(path: str, typed: dict[str, list[str]]) -> str:
    """The sealed form as text; empty when it is too large to carry."""
    body = json.dumps({"path": path, "typed": typed, "at": office().clock()}).encode()
    sealed = base64.urlsafe_b64encode(office().sealer.seal(zlib.compress(body))).decode("ascii")
    return sealed if len(sealed) <= LARGEST else ""


def open_form(text: str) -> tuple[str, dict[str, list[str]]] | None:
    """``(path, typed)`` of a sealed form that is less than an hour old; None for any other text."""
    if not text or len(text) > LARGEST or not text.isascii():
        return None
    try:
        sealed = office().sealer.open(base64.urlsafe_b64decode(text))
    except ValueError:
        return None
    if sealed is None:
        return None
    body = json.loads(zlib.decompress(sealed))
    return (body["path"], body["typed"]) if office().clock() - body["at"] < LIFE else None


def taken_up(text: str):
    """The page that sends a kept form again to where it was going; None when there is none."""
    held = open_form(text)
    if held is None:
        return None
    path, typed = held
    return render_template("kept.html", path=path, typed=typed, home=url_for("home.page"))
