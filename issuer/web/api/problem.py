"""Errors of the API: problem+json (RFC 9457)."""

import json
from http import HTTPStatus

from flask import Response


class Refused(Exception):
    """An answer that is a problem: raised anywhere below a route, answered by :func:`problem`."""

    def __init__(
        self,
        status: int,
        detail: str,
        code: str,
        errors: list[dict] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.detail, self.code, self.errors, self.headers = status, detail, code, errors, headers


def problem(
    status: int,
    detail: str = "",
    errors: list[dict] | None = None,
    code: str = "",
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem+json answer. ``detail`` is a sentence for a person, ``code`` a word for a program, ``errors`` names
    fields.
    """
    known = status if status in {entry.value for entry in HTTPStatus} else 500
    body: dict = {"type": "about:blank", "title": HTTPStatus(known).phrase, "status": known}
    if detail:
        body["detail"] = detail
    if code:
        body["code"] = code
    if errors is not None:
        body["errors"] = errors
    return Response(json.dumps(body), known, mimetype="application/problem+json", headers=headers)
