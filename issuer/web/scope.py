"""What a person sees of the registry: their départements, and nothing of the others."""

from typing import Any

from flask import abort, g, request
from sqlalchemy import select

from issuer.accounts.directory import Account
from issuer.attestation.record import Signatory
from issuer.registry import RegisteredAttestation, by_number, chain
from issuer.registry.database import reading, write
from issuer.registry.models import Audit
from issuer.web.context import WebContext, web_context

VIEW_AGAIN = 3600
"""Seconds for which looking at the same person's data again is the same consultation."""


def attestation_or_404(number: str) -> RegisteredAttestation:
    """The attestation of this number when it is within the person's départements; else 404, which does not say whether
    it exists.
    """
    attestation = by_number(web_context().engine, number)
    if attestation is None or not g.account.covers(attestation.department):
        abort(404)
    if request.method == "GET":
        note_view(str(attestation.number))
    return attestation


def note_view(subject: str) -> None:
    """Somebody looks at one person's data: an entry of the trail, for the first look in an hour."""
    context, author = web_context(), g.account.author
    now = context.clock()
    seen = select(Audit.seq).where(
        Audit.subject == subject, Audit.actor == author, Audit.act == "view", Audit.at > now - VIEW_AGAIN
    )
    with reading(context.engine) as connection:
        if connection.scalar(seen.limit(1)) is not None:
            return
    write(context.engine, lambda connection: chain.append(connection, now, author, [chain.Act("view", subject)]))


def signatories(context: WebContext, account: Account) -> tuple[dict[str, Any], ...]:
    """In whose names this account may have something signed from outside these pages: its own, and the configured
    default.
    """
    configured = context.home.config.signatory
    return (account.signatory().to_json(), *([Signatory(**configured).to_json()] if configured else []))


def departments() -> tuple[str, ...] | None:
    """The départements this person sees; None for all."""
    return None if g.account.everywhere else g.account.departments
