"""The default engine: Typst, a compiler kept warm within the process."""

import json
import threading
from datetime import datetime
from functools import cache
from importlib.resources import files

import typst

from issuer.documents.attestation import PrintedAttestation
from issuer.documents.errors import RenderError
from issuer.documents.scales import largest
from issuer.documents.sheet import compose
from issuer.documents.typesetting import KEPT, own_letters

_OVERFLOW = "the page is too full"
"""What the template says when it does not fit."""


@cache
def _template() -> bytes:
    return files("issuer.documents").joinpath("attestation.typ").read_bytes()


class TypstEngine:
    """Renders with the fonts built into Typst alone, so that the same document gives the same bytes on every
    machine.
    """

    name = "typst"

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self._compiler = own_letters()

    def render(self, document: PrintedAttestation) -> bytes:
        """One A4 page as PDF/UA-1 and PDF/A-2a. Raises RenderError."""
        sheet = json.dumps(compose(document), ensure_ascii=False, sort_keys=True)
        moment = int(datetime.fromisoformat(document.claims["issued_at"]).timestamp())

        def attempt(scale: float) -> bytes | None:
            try:
                with self._busy:
                    pdf = self._compiler.compile(
                        input=_template(),
                        format="pdf",
                        sys_inputs={"sheet": sheet, "scale": str(scale)},
                        pdf_standards=KEPT,
                        timestamp=moment,
                    )
            except typst.TypstError as error:
                if _OVERFLOW in str(error):
                    return None
                raise RenderError(_plain(error)) from None  # its diagnostic may quote the fields
            assert isinstance(pdf, bytes)  # noqa: S101 - said for mypy: one PDF, given back
            return pdf

        return largest(attempt)


def _plain(error: typst.TypstError) -> str:
    """What to do, without the diagnostic: it may quote the printed fields."""
    if "could not be displayed" in str(error):
        return "A character of the attestation has no glyph in the printed font: write it otherwise."
    return (
        "Typst could not make the page. Check the issuer's installation (wif test), then print the attestation again."
    )
