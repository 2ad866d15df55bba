"""What the archive gives back of an attestation: its QR text and its printed page."""

from issuer.attestation.qr import encode_text
from issuer.desk.context import DeskContext
from issuer.desk.errors import ActRefused
from issuer.registry import queries


def qr_text(context: DeskContext, number: int | str) -> str | None:
    """The QR text of an archived attestation; None when there is none. Raises RegistryError."""
    archived = queries.archived(context.engine, number)
    return None if archived is None else encode_text(context.origin, archived.token)


def print_document(context: DeskContext, number: int | str) -> bytes:
    """The PDF of an archived attestation, printed from its exact token and annex. Raises ActRefused ("unknown"),
    RegistryError or RenderError.
    """
    archived = queries.archived(context.engine, number)
    if archived is None or context.printer is None:
        raise ActRefused("unknown", "The registry holds no document of this number. Check its ten digits.")
    return context.printer(archived.token, archived.annex, encode_text(context.origin, archived.token))
