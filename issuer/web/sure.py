"""Asking once more before what cannot be undone: the page names the object, and the history gets a reason where it
should have one.
"""

from collections.abc import Iterable

from flask import render_template, request
from flask.typing import ResponseReturnValue

from issuer.web.wording import t


def is_sure(reasons: Iterable[str] = ()) -> bool:
    """Whether the person said that it is meant, with one of ``reasons`` where these are asked for."""
    reasons = tuple(reasons)
    return request.form.get("sure") == "yes" and (not reasons or request.form.get("reason") in reasons)


def ask(
    name: str, facts: Iterable[tuple[str, str]], back: str, reasons: Iterable[str] = (), kept: Iterable[str] = ()
) -> ResponseReturnValue:
    """The question, for the same address: what is done (messages ``sure.NAME…``), to what (``facts``: label, value),
    where one goes who would rather not, the codes of its reasons (``sure.reason.CODE``), and the fields of the form
    that go along.
    """
    reasons = tuple(reasons)
    missing = request.form.get("sure") == "yes"
    return render_template(
        "sure.html",
        name=name,
        facts=[(label, value) for label, value in facts if value],
        back=back,
        reasons=reasons,
        problem=t("sure.reason_missing") if missing else "",
        kept={field: request.form[field] for field in kept if field in request.form},
    ), 422 if missing else 200
