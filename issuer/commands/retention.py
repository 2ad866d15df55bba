"""``wif retention``: erase the personal data of attestations long expired."""

import click

from issuer.commands.terminal import author, emit, open_home, say


@click.command()
@click.option("--months", type=click.IntRange(1, 1200), help="Months after the end of an attestation (web.keep_months of the configuration, 60 by default).")
@click.option("--dry-run", is_flag=True, help="Only count.")
def retention(months: int | None, dry_run: bool) -> None:
    """Erase the personal data of attestations that ended long ago. The audit trail stays whole: it holds identifiers and salted hashes only."""
    from issuer.registry import retention as room
    from issuer.web.settings import from_table

    home = open_home()
    kept = months or from_table(home.config.extra.get("web", {})).keep_months
    before = room.ended_before(home.clock(), kept)
    if dry_run:
        emit({"months": kept, "due": room.count_due(home.engine, before)})
        return
    done = room.anonymise(home.engine, before, home.clock(), author())
    emit({"months": kept, "anonymised": done})
    say("Printed papers and their verification are untouched. Backups made before still hold these data: let them expire too.")
