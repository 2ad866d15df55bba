"""The pages of an import: the file, its dry run, the report, signing."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from issuer.accounts.roles import IMPORT
from issuer.attestation.problems import Problem
from issuer.attestation.record_fields import FIELDS
from issuer.intake import Item
from issuer.intake.headings import REMARK
from issuer.web import export, importing, sure
from issuer.web.access import asks, takes_files
from issuer.web.context import WebContext, web_context
from issuer.web.wording import has, problem_text, t

pages = Blueprint("imports", __name__)
SHOWN = 200
"""Refused rows shown on the page; the report holds them all."""


@pages.route("/imports", methods=["GET", "POST"])
@asks(IMPORT)
@takes_files
def start() -> ResponseReturnValue:
    """The person's imports, and a file to begin another."""
    context, error = web_context(), ""
    if request.method == "POST":
        file = request.files.get("file")
        if file is None or not file.filename:
            error = t("import.no_file")
        else:
            try:
                return redirect(
                    url_for("imports.page", id_=importing.receive(context, g.account, file.stream, file.filename).id)
                )
            except OSError:
                error = t("import.not_kept")
    return render_template(
        "imports/start.html", jobs=importing.of(context, g.account.id), error=error, fields=export.field_headings()
    ), 422 if error else 200


@pages.get("/imports/template.csv")
@asks(IMPORT)
def template() -> ResponseReturnValue:
    """An empty file with the columns and one invented row."""
    sample = {
        "reference": "DS-44950",
        "kind": "APT",
        "family_name": "NGUYEN",
        "given_names": "Thị Mai",
        "birth_date": "1996-03-14",
        "nationality": "VNM",
        "employer.name": "SOCIÉTÉ EXEMPLE SAS",
        "employer.siret": "81234567800013",
        "job": "Ingénieure d'études",
        "contract": "CDD",
        "hours.count": 964,
        "hours.per": "year",
        "workplaces": ["75"],
        "residence_permit": "9912345678",
        "department": g.account.departments[0] if g.account.departments else "75",
        "valid_from": "2026-01-05",
        "valid_until": "2026-12-31",
    }
    row = [export.shown_cell(name, sample.get(name)) for name in FIELDS]
    return Response(
        "".join(export.lines([export.field_headings(), row])),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="import.csv"'},
    )


@pages.get("/imports/<id_>")
@asks(IMPORT)
def page(id_: str) -> ResponseReturnValue:
    """How far it is, and what was refused."""
    context, job = web_context(), _mine(id_)
    importing.take_up(context, job, g.account)
    refused = list(islice((line for line in importing.report_lines(context, job) if line["errors"]), SHOWN))
    warned = list(islice((line for line in importing.report_lines(context, job) if line["status"] == "warned"), SHOWN))
    return render_template(
        "imports/page.html",
        job=job,
        refused=refused,
        warned=warned,
        words=_words,
        heading=_heading,
        running=job.state in ("checking", "signing"),
        shown=SHOWN,
        broken=_broken(job),
    )


def _broken(job: importing.Job) -> str:
    """Why it stopped, in words."""
    if not job.message:
        return ""
    why = json.loads(job.message)
    return t(f"import.broken.{why['code']}", **why["params"])


@pages.get("/imports/<id_>/state")
@asks(IMPORT)
def state(id_: str) -> ResponseReturnValue:
    """How far it is, for the page that waits."""
    job = _mine(id_)
    return jsonify(
        state=job.state, rows=job.rows, good=job.good, refused=job.refused, warned=job.warned, already=job.already
    )


@pages.post("/imports/<id_>/sign")
@asks(IMPORT)
def sign(id_: str) -> ResponseReturnValue:
    """Sign the good rows; those that bear warnings only by an act of its own."""
    importing.sign(web_context(), _mine(id_), g.account, request.form.get("accept") == "yes")
    return redirect(url_for("imports.page", id_=id_))


@pages.post("/imports/<id_>/drop")
@asks(IMPORT)
def drop(id_: str) -> ResponseReturnValue:
    """Throw the file and its report away."""
    job = _mine(id_)
    if job.state in ("checking", "signing"):
        flash(t("import.running"), "bad")
        return redirect(url_for("imports.page", id_=id_))
    if not sure.is_sure():
        return sure.ask("import", [(t("sure.file"), job.name)], url_for("imports.page", id_=job.id))
    importing.drop(web_context(), job)
    flash(t("import.dropped"), "good")
    return redirect(url_for("imports.start"))


@pages.get("/imports/<id_>/report.csv")
@asks(IMPORT)
def report(id_: str) -> ResponseReturnValue:
    """The report, a line a row of the file."""
    context, job = web_context(), _mine(id_)
    rows = _report_rows(context, job)
    return Response(
        stream_with_context(export.lines(rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="rapport-{job.id}.csv"'},
    )


def _report_rows(context: WebContext, job: importing.Job) -> Iterator[list[object]]:
    yield [
        t("import.column.row"),
        t("import.column.status"),
        t("import.column.number"),
        t("import.column.field"),
        t("import.column.message"),
    ]
    for line in importing.report_lines(context, job):
        first = [line["row"], t(f"import.status.{line['status']}"), line["number"] or ""]
        for problem in [*line["errors"], *line["warnings"]] or [None]:
            yield [*first, _heading(problem) if problem else "", _words(problem) if problem else ""]


def _heading(problem: dict) -> str:
    """The column's heading as the spreadsheet has it, else as this service names it."""
    key = f"column.{problem['field']}"
    return problem["heading"] or (t(key) if has(key) else "")


@pages.get("/imports/<id_>/refused.csv")
@asks(IMPORT)
def refused(id_: str) -> ResponseReturnValue:
    """The refused rows alone, to be corrected and imported again; the first two columns say where and why, and are not
    read.
    """
    context, job = web_context(), _mine(id_)
    rows = _refused_rows(importing.refused_rows(context, job))
    return Response(
        stream_with_context(export.lines(rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="a-corriger-{job.id}.csv"'},
    )


def _refused_rows(found: Iterable[tuple[Item, dict]]) -> Iterator[list[object]]:
    yield [REMARK + t("import.column.row"), REMARK + t("import.column.message"), *export.field_headings()]
    for item, line in found:
        words = " / ".join(f"{_heading(problem)} : {_words(problem)}" for problem in line["errors"])
        yield [line["row"], words, *export.record_cells(item)]


def _words(problem: dict) -> str:
    return problem_text(Problem(problem["field"], problem["code"], problem["params"]))


def _mine(id_: str) -> importing.Job:
    job = importing.find(web_context(), id_, g.account.id)
    if job is None:
        abort(404)
    return job
