"""A leaflet: a list of pieces to gather, as a tagged PDF of A4 pages. A function of its words alone."""

import json
import threading
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import typst

from issuer.documents.errors import RenderError

if TYPE_CHECKING:
    from typst import PDFStandard

STANDARDS: list["PDFStandard"] = ["ua-1"]
"""PDF/UA-1 (ISO 14289-1): Typst refuses to write a file that breaks it."""

_busy = threading.Lock()


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[])
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


@cache
def _template() -> bytes:
    return files("issuer.documents").joinpath("leaflet.typ").read_bytes()


def print_leaflet(words: Mapping[str, object]) -> bytes:
    """The PDF of a leaflet. ``words`` is plain data: ``language``, ``title``, ``document_title``, ``count``, ``pieces``
    (``title``, ``detail``, ``reason``, ``source``), ``elsewhere`` (``title``, ``reason``, ``place``, ``source``),
    ``notes``, ``filing`` (an address or empty), ``answers`` (pairs), ``labels``, ``caution``, ``made``, ``address``.
    The same words give the same bytes. Raises RenderError.
    """
    try:
        with _busy:
            pdf = _compiler().compile(
                input=_template(),
                format="pdf",
                sys_inputs={"leaflet": json.dumps(words, ensure_ascii=False, sort_keys=True)},
                pdf_standards=STANDARDS,
                timestamp=0,
            )
    except typst.TypstError:
        raise RenderError(
            "The leaflet could not be made. Check the issuer's installation (wif test), then print it again."
        ) from None
    assert isinstance(pdf, bytes)  # noqa: S101 - said for mypy: one PDF, given back
    return pdf
