"""``wif retention``: erase the personal data of attestations long expired and of requests long decided."""

import click

from issuer.commands.terminal import author, emit, open_home, say


@click.command()
@click.option(
    "--months",
    type=click.IntRange(1, 1200),
    help="Months after the end of an attestation (web.keep_months of the configuration, 60 by default).",
)
@click.option(
    "--request-months",
    type=click.IntRange(1, 1200),
    help="Months after the decision on a request (web.keep_request_months, 24 by default).",
)
@click.option("--dry-run", is_flag=True, help="Only count.")
def retention(months: int | None, request_months: int | None, dry_run: bool) -> None:
    """Erase the personal data of attestations that ended and of requests decided long ago. The audit trail stays whole:
    it holds identifiers and salted hashes only.
    """
    from issuer.accounts.throttles import QUIET, Throttles
    from issuer.registry import request_retention, retention as room
    from issuer.web.settings import from_table

    home = open_home()
    settings = from_table(home.config.extra.get("web", {}))
    kept, kept_requests = months or settings.keep_months, request_months or settings.keep_request_months
    before, requests_before = (room.ended_before(home.clock(), value) for value in (kept, kept_requests))
    if dry_run:
        emit(
            {
                "months": kept,
                "due": room.count_due(home.engine, before),
                "request_months": kept_requests,
                "requests_due": request_retention.count_due(home.engine, requests_before),
            }
        )
        return
    done = room.anonymise(home.engine, before, home.clock(), author())
    requests_done = request_retention.anonymise(home.engine, requests_before, home.clock(), author())
    Throttles(home.engine, home.clock).sweep(home.clock() - QUIET)
    emit({"months": kept, "anonymised": done, "request_months": kept_requests, "requests_anonymised": requests_done})
    say(
        "Printed papers and their verification are untouched. Backups made before still hold these data: let them"
        " expire too."
    )
