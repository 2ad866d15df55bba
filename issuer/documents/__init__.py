"""The printed attestation: one A4 page made from the token and its archived annex alone. No clock, no network."""

from issuer.documents.attestation import PrintedAttestation
from issuer.documents.errors import RenderError
from issuer.documents.printer import ENGINES, Printer, render

__all__ = ["ENGINES", "PrintedAttestation", "Printer", "RenderError", "render"]
