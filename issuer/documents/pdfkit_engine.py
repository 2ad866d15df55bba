"""The other engine: pdfkit and wkhtmltopdf, for machines that already rely on them. Untagged, with the machine's
fonts.
"""

from datetime import datetime
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from issuer.documents import pdf_metadata, wkhtmltopdf
from issuer.documents.attestation import PrintedAttestation
from issuer.documents.scales import largest
from issuer.documents.sheet import compose


@cache
def _template() -> jinja2.Template:
    source = files("issuer.documents").joinpath("attestation.html").read_text("utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(source)


class PdfkitEngine:
    """Renders with wkhtmltopdf, one process a page. Raises RenderError when it is not installed."""

    name = "pdfkit"

    def __init__(self, timeout: float) -> None:
        wkhtmltopdf.find()
        self._timeout = timeout
        self._zoom = wkhtmltopdf.zoom(timeout)

    def render(self, document: PrintedAttestation) -> bytes:
        """One A4 page. Raises RenderError."""
        sheet = compose(document)

        def attempt(scale: float) -> bytes | None:
            pdf = wkhtmltopdf.convert(page(sheet, scale, self._zoom), self._timeout)
            return pdf if pdf_metadata.pages(pdf) == 1 else None

        moment = datetime.fromisoformat(document.claims["issued_at"])
        return pdf_metadata.describe(largest(attempt), sheet["document_title"], document.qr_text, moment)


def page(sheet: dict, scale: float = 1, zoom: float = 1) -> str:
    """The page as HTML. Every word is escaped; the symbol's drawing alone is markup, made by this program from
    numbers.
    """
    return _template().render(sheet=sheet, scale=scale, zoom=round(zoom, 4), picture=Markup(_sized(sheet["qr"])))  # noqa: S704 - drawn here


def _sized(qr: dict) -> str:
    """The symbol's SVG with its size on paper."""
    return qr["svg"].replace(
        "<svg ", f'<svg style="width: {qr["width"]}mm; height: {qr["width"]}mm; display: block" ', 1
    )
