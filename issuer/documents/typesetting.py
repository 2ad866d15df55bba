"""Typst as the papers here use it: only the fonts built into it, so that each machine gives the same bytes,
and tagged PDF.
"""

import json
import threading
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import typst

from issuer.documents.errors import RenderError

if TYPE_CHECKING:
    from typst import PDFStandard

TAGGED: list["PDFStandard"] = ["ua-1"]
"""PDF/UA-1 (ISO 14289-1): Typst refuses to write a file that breaks it."""
KEPT: list["PDFStandard"] = ["ua-1", "a-2a"]
"""PDF/UA-1 and PDF/A-2a (ISO 19005-2) together, for what is kept: Typst refuses to write a file that breaks either."""

_busy = threading.Lock()


def own_letters() -> typst.Compiler:
    """A compiler that takes no font of the machine. One is used by one thread at a time."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[])
    return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


_compiler = cache(own_letters)


@cache
def _template(name: str) -> bytes:
    return files("issuer.documents").joinpath(f"{name}.typ").read_bytes()


def typeset(name: str, words: Mapping[str, Any], moment: int, standards: list["PDFStandard"], otherwise: str) -> bytes:
    """The PDF of the template ``name``, to which ``words``, plain data, are given under that name. ``moment`` is the
    UTC second that the file bears; the same words and moment give the same bytes. Raises RenderError, which says
    ``otherwise``.
    """
    try:
        with _busy:
            pdf = _compiler().compile(
                input=_template(name),
                format="pdf",
                sys_inputs={name: json.dumps(words, ensure_ascii=False, sort_keys=True)},
                pdf_standards=standards,
                timestamp=moment,
            )
    except typst.TypstError:
        raise RenderError(otherwise) from None
    assert isinstance(pdf, bytes)  # noqa: S101 - said for mypy: one PDF, given back
    return pdf
