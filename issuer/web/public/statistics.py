"""The public statistics: charts with a table behind each, and CSV. Counted in the database, kept for an hour by each
process.
"""

import threading

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from issuer.applicants import statistics as room, wording as words
from issuer.applicants.charts import Bars, bar_chart
from issuer.attestation.places import DEPARTMENTS, local_day
from issuer.messages import formats
from issuer.registry.request_tallies import tallies
from issuer.web.access import PUBLIC, asks
from issuer.web.context import WebContext, web_context
from issuer.web.export import lines
from issuer.web.publicside import keep_for, public_language

KEPT = 3600
"""Seconds for which the figures are kept."""
TABLES = ("states", "months", "regions", "departments")


def add_routes(pages: Blueprint) -> None:
    """Add them to the public side."""
    pages.add_url_rule("/statistiques", "statistics", page)
    pages.add_url_rule("/statistiques/<name>.csv", "statistics_csv", csv)


class Kept:
    """The figures of one process, worked out again when they are an hour old; one thread at a time works them out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: tuple[int, room.Statistics] | None = None

    def read(self, context: WebContext) -> room.Statistics:
        """The figures. Raises RegistryError."""
        with self._lock:
            now = context.clock()
            if self._found is None or not 0 <= now - self._found[0] < KEPT:
                periods = room.periods(local_day(None, now))
                self._found = (
                    now,
                    room.statistics([group for group, _, _ in periods], *tallies(context.engine, periods)),
                )
            return self._found[1]


def _figures() -> room.Statistics:
    return current_app.extensions.setdefault("wif_statistics", Kept()).read(web_context())


@asks(PUBLIC)
def page() -> ResponseReturnValue:
    """Everything, on one page."""
    found = _figures()
    keep_for(600)
    return render_template(
        "public/statistics.html",
        found=found,
        charts={} if found.empty else _charts(found),
        tables=_tables(found),
        days=_days,
        figure=_figure,
    )


@asks(PUBLIC)
def csv(name: str) -> ResponseReturnValue:
    """One table, for spreadsheets."""
    if name not in TABLES:
        abort(404)
    head, rows = _tables(_figures())[name]
    keep_for(600)
    body = "".join(lines([head, *rows]))
    return Response(
        body, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="work-in-france-{name}.csv"'}
    )


def _say(key: str, **params: object) -> str:
    return words.text(key, public_language(), **params)


def _figure(value: int | None) -> str:
    return _say("statistics.hidden") if value is None else formats.count(value, public_language())


def _days(value: float | None) -> str:
    return "—" if value is None else formats.decimal(value, public_language(), 1)


def _label(table: str, key: str) -> str:
    if key == room.NOWHERE:
        return _say("statistics.nowhere")
    if table == "months":
        return formats.month(key, public_language())
    return f"{key} {DEPARTMENTS[key]}" if table == "departments" else key


def _tables(found: room.Statistics) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Each table: its head and its lines, the total last."""
    measures = [_say(f"statistics.{name}") for name in (*room.MEASURES, "median")]
    cells = lambda line: [_figure(line.received), _figure(line.accepted), _figure(line.others), _days(line.median)]
    made = {
        "states": (
            [_say("statistics.column.state"), _say("statistics.column.count")],
            [[_say(f"statistics.state.{state}"), _figure(count)] for state, count in found.states],
        )
    }
    made["states"][1].append([_say("statistics.total"), _figure(found.total.received)])
    for table, column in (("months", "month"), ("regions", "region"), ("departments", "department")):
        body = [[_label(table, line.key), *cells(line)] for line in getattr(found, table)]
        made[table] = (
            [_say(f"statistics.column.{column}"), *measures],
            [*body, [_say("statistics.total"), *cells(found.total)]],
        )
    return made


def _charts(found: room.Statistics) -> dict[str, Markup]:
    pair = lambda table, line: Bars(
        _label(table, line.key), (line.received, line.accepted), (_figure(line.received), _figure(line.accepted))
    )
    drawn = {
        "states": [
            Bars(_say(f"statistics.state.{state}"), (count,), (_figure(count),)) for state, count in found.states
        ],
        "months": [pair("months", line) for line in found.months],
        "regions": [pair("regions", line) for line in found.regions],
        "times": [Bars(_label("months", line.key), (line.median,), (_days(line.median),)) for line in found.months],
    }
    return {
        name: Markup(  # noqa: S704 - bar_chart escapes what it is given
            bar_chart(
                f"chart-{name}",
                _say(f"statistics.{name}"),
                f"{_say(f'statistics.chart.{name}')} {_say('statistics.chart.more')}",
                bars,
            )
        )
        for name, bars in drawn.items()
    }
