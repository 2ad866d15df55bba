"""The monthly list of anomalies by département, as a page and as CSV."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import groupby, islice

from flask import Blueprint, Response, g, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from issuer.accounts.roles import EXPORT, READ
from issuer.attestation.places import local_day, local_midnight
from issuer.registry import alerts
from issuer.web import export, scope
from issuer.web.access import asks
from issuer.web.context import web_context
from issuer.web.wording import moment, t

pages = Blueprint("anomalies", __name__)
SHOWN = 1_000
"""Lines on the page; the CSV holds them all."""
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


def month_asked() -> tuple[str, int, int]:
    """The month of the address, ``YYYY-MM``, the present one by default; its first UTC second in Paris, and that of the
    next.
    """
    today = local_day(None, web_context().clock())
    match = _MONTH.fullmatch(request.args.get("month", ""))
    year, month = (int(match[1]), int(match[2])) if match else (today.year, today.month)
    first = local_midnight(None, date(year, month, 1))
    following = local_midnight(None, date(year + month // 12, month % 12 + 1, 1))
    return f"{year}-{month:02d}", first, following


@pages.get("/requests/anomalies")
@asks(READ)
def month() -> ResponseReturnValue:
    """The anomalies that came up in a month."""
    name, since, until = month_asked()
    found = list(islice(alerts.listed(web_context().engine, since, until, scope.departments()), SHOWN))
    groups = [(department, list(lines)) for department, lines in groupby(found, key=lambda line: line.department)]
    return render_template("requests/anomalies.html", month=name, groups=groups, shown=SHOWN, full=len(found) == SHOWN)


@pages.get("/requests/anomalies.csv")
@asks(EXPORT)
def month_csv() -> ResponseReturnValue:
    """The same as CSV."""
    name, since, until = month_asked()
    web_context().directory.note(g.account.author, "export", g.account.id)
    return Response(
        stream_with_context(export.lines(_rows(since, until))),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="anomalies-{name}.csv"'},
    )


def _rows(since: int, until: int) -> Iterator[list[object]]:
    yield [
        t(f"anomalies.column.{name}")
        for name in ("department", "dossier", "number", "anomaly", "since", "state", "settled")
    ]
    for line in alerts.listed(web_context().engine, since, until, scope.departments()):
        yield [
            line.department or "",
            line.dossier or "",
            line.number,
            t(f"anomaly.{line.alert.code}"),
            moment(line.alert.since),
            t(f"request.state.{line.state}"),
            moment(line.alert.settled_at) if line.alert.settled_at else "",
        ]
