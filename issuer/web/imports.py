"""The pages of an import: the file, its dry run, the report, signing."""

import json
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

from issuer.accounts.roles import IMPORT
from issuer.attestation.problems import Problem
from issuer.attestation.entries import FIELDS
from issuer.intake.files import REMARK
from issuer.web import export, importing
from issuer.web.access import asks
from issuer.web.office import office
from issuer.web.wording import problem_text, t

pages = Blueprint("imports", __name__)
SHOWN = 200
"""Refused rows shown on the page; the report holds them all."""


@pages.route("/imports", methods=["GET", "POST"])
@asks(IMPORT)
def start():
    """The person's imports, and a file to begin another."""
    rooms, error = office(), ""
    if request.method == "POST":
        file = request.files.get("file")
        if file is None or not file.filename:
            error = t("import.no_file")
        else:
            try:
                return redirect(
                    url_for("imports.page", id_=importing.receive(rooms, g.account, file.stream, file.filename).id)
                )
            except OSError:
                error = t("import.not_kept")
    return render_template(
        "imports/start.html", jobs=importing.of(rooms, g.account.id), error=error, fields=FIELDS
    ), 422 if error else 200


@pages.get("/imports/template.csv")
@asks(IMPORT)
def template():
    """An empty file with the columns and one invented row."""
    row = (
        "DS-44950",
        "APT",
        "NGUYEN",
        "Thị Mai",
        "14/03/1996",
        "VNM",
        "SOCIÉTÉ EXEMPLE SAS",
        "81234567800013",
        "Ingénieure d'études",
        "CDD",
        "964",
        "year",
        "75",
        "9912345678",
        g.account.departments[0] if g.account.departments else "75",
        "05/01/2026",
        "31/12/2026",
        "",
        "",
        "",
        "",
    )
    return Response(
        "".join(export.lines([FIELDS, row])),
        mimetype="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="import.csv"'},
    )


@pages.get("/imports/<id_>")
@asks(IMPORT)
def page(id_: str):
    """How far it is, and what was refused."""
    rooms, job = office(), _mine(id_)
    importing.take_up(rooms, job, g.account)
    refused = list(islice((line for line in importing.report_lines(rooms, job) if line["errors"]), SHOWN))
    return render_template(
        "imports/page.html",
        job=job,
        refused=refused,
        words=_words,
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
def state(id_: str):
    """How far it is, for the page that waits."""
    job = _mine(id_)
    return jsonify(state=job.state, rows=job.rows, good=job.good, refused=job.refused)


@pages.post("/imports/<id_>/sign")
@asks(IMPORT)
def sign(id_: str):
    """Sign the good rows."""
    importing.sign(office(), _mine(id_), g.account)
    return redirect(url_for("imports.page", id_=id_))


@pages.post("/imports/<id_>/drop")
@asks(IMPORT)
def drop(id_: str):
    """Throw the file and its report away."""
    job = _mine(id_)
    if job.state in ("checking", "signing"):
        flash(t("import.running"), "bad")
        return redirect(url_for("imports.page", id_=id_))
    importing.drop(office(), job)
    flash(t("import.dropped"), "good")
    return redirect(url_for("imports.start"))


@pages.get("/imports/<id_>/report.csv")
@asks(IMPORT)
def report(id_: str):
    """The report, a line a row of the file."""
    rooms, job = office(), _mine(id_)
    rows = _report_rows(rooms, job)
    return Response(
        stream_with_context(export.lines(rows)),
        mimetype="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="rapport-{job.id}.csv"'},
    )


def _report_rows(rooms, job):
    yield [
        t("import.column.row"),
        t("import.column.status"),
        t("import.column.number"),
        t("import.column.field"),
        t("import.column.message"),
    ]
    for line in importing.report_lines(rooms, job):
        first = [line["index"] + 1, t(f"import.status.{line['status']}"), line["number"] or ""]
        for problem in line["errors"] or [None]:
            yield [*first, problem["field"] if problem else "", _words(problem) if problem else ""]


@pages.get("/imports/<id_>/refused.csv")
@asks(IMPORT)
def refused(id_: str):
    """The refused rows alone, to be corrected and imported again; the first two columns say where and why, and are not read."""
    rooms, job = office(), _mine(id_)
    rows = _refused_rows(importing.refused_rows(rooms, job))
    return Response(
        stream_with_context(export.lines(rows)),
        mimetype="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="a-corriger-{job.id}.csv"'},
    )


def _refused_rows(found):
    yield [REMARK + t("import.column.row"), REMARK + t("import.column.message"), *FIELDS]
    for index, record, errors in found:
        words = " / ".join(f"{problem['field']} : {_words(problem)}" for problem in errors)
        yield [index + 1, words, *(export.record_cells(record) if record else [])]


def _words(problem: dict) -> str:
    return problem_text(Problem(problem["field"], problem["code"], problem["params"]))


def _mine(id_: str) -> importing.Job:
    job = importing.find(office(), id_, g.account.id)
    if job is None:
        abort(404)
    return job
