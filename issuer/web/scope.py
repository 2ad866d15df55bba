"""What a person sees of the registry: their départements, and nothing of the others."""

from flask import abort, g

from issuer.registry import Entry, by_number
from issuer.web.office import office


def entry_or_404(number: str) -> Entry:
    """The attestation of this number when it is within the person's départements; else 404, which does not say whether it exists."""
    entry = by_number(office().engine, number)
    if entry is None or not g.account.covers(entry.department):
        abort(404)
    return entry


def departments() -> tuple[str, ...] | None:
    """The départements this person sees; None for all."""
    return None if g.account.everywhere else g.account.departments
