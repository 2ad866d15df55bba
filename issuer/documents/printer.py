"""Printing: one engine, kept warm for batches."""

from functools import cache
from typing import Any

from issuer.documents.attestation import PrintedAttestation
from issuer.documents.errors import RenderError
from issuer.documents.typst_engine import TypstEngine

ENGINES = ("typst", "pdfkit")


class Printer:
    """Prints attestations with one engine. Threads may share it (one compiles at a time); each process makes its own.

    ``engine`` is one of :data:`ENGINES`; ``timeout`` is in seconds for one page (pdfkit only). Raises RenderError for
    another engine, or when the engine is not installed.
    """

    def __init__(self, engine: str = "typst", timeout: float = 20.0) -> None:
        if engine == "typst":
            self._engine: Any = TypstEngine()
        elif engine == "pdfkit":
            from issuer.documents.pdfkit_engine import PdfkitEngine

            self._engine = PdfkitEngine(timeout)
        else:
            raise RenderError(f"There is no printing engine of that name: set pdf_engine to {' or '.join(ENGINES)}.")

    @property
    def engine(self) -> str:
        """The engine's name."""
        return self._engine.name

    def render(self, document: PrintedAttestation) -> bytes:
        """The printed attestation as the bytes of a PDF of one A4 page. Raises RenderError."""
        return self._engine.render(document)


@cache
def _printer(engine: str) -> Printer:
    return Printer(engine)


def render(document: PrintedAttestation, engine: str = "typst") -> bytes:
    """One printed attestation. The first call of a process makes its printer, later ones use it again. Raises
    RenderError.
    """
    return _printer(engine).render(document)
