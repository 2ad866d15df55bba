"""wkhtmltopdf shut in: HTML in, PDF out, without scripts, files, pictures or network, and for a limited time."""

import os
import re
import signal
import subprocess

import pdfkit

from issuer.documents.errors import RenderError

NOWHERE = "http://127.0.0.1:9"
"""A proxy that answers nothing (the discard port): whatever would be fetched is not."""

MARGINS_MM = {"top": 12, "bottom": 10, "left": 20, "right": 20}

_OPTIONS = {
    "disable-javascript": "",
    "disable-local-file-access": "",
    "disable-plugins": "",
    "no-images": "",
    "proxy": NOWHERE,
    "load-error-handling": "abort",
    "load-media-error-handling": "abort",
    "encoding": "utf-8",
    "page-size": "A4",
    **{f"margin-{side}": f"{width}mm" for side, width in MARGINS_MM.items()},
}
_ENVIRONMENT = {
    "QT_QPA_PLATFORM": "offscreen",
    "QT_HASH_SEED": "0",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "XDG_RUNTIME_DIR": "/nonexistent",
}
"""No screen, nothing of the caller's environment, and the order of Qt's tables fixed, so that pages come out alike."""
_RULER_MM = 100
_RULER = (
    '<!DOCTYPE html><html><body style="margin: 0"><a href="https://ruler.example/" style="display: block; '
    f'width: {_RULER_MM}mm; height: 5mm">-</a></body></html>'
)
_RECTANGLE = re.compile(rb"/Rect \[\s*([0-9.]+)\s+[0-9.]+\s+([0-9.]+)\s+[0-9.]+\s*\]")


def find() -> str:
    """The path of wkhtmltopdf. Raises RenderError when it is not installed."""
    try:
        found = pdfkit.configuration().wkhtmltopdf
    except OSError as error:
        raise RenderError(
            'wkhtmltopdf is not installed: install it, or set pdf_engine = "typst" in config.toml, which needs nothing'
            " more."
        ) from error
    return found.decode() if isinstance(found, bytes) else found


def zoom(timeout: float) -> float:
    """The CSS zoom at which a millimetre of CSS is one on paper: builds of wkhtmltopdf differ in their idea of it.
    Raises RenderError.
    """
    pdf = convert(_RULER, timeout)
    corners = _RECTANGLE.search(pdf)
    if not corners:
        raise RenderError('wkhtmltopdf cannot be measured on this machine. Set pdf_engine = "typst" in config.toml.')
    left, right = float(corners[1]), float(corners[2])
    return _RULER_MM / ((right - left) / 72 * 25.4)


def convert(html: str, timeout: float) -> bytes:
    """The PDF of an HTML text. Nothing that the HTML refers to is fetched.

    ``timeout`` is in seconds: after it the process and its children are killed. Raises RenderError.
    """
    # The prefix cannot stand in a page: pdfkit would otherwise take options out of <meta> elements.
    configuration = pdfkit.configuration(wkhtmltopdf=find(), meta_tag_prefix="\x00")
    command = pdfkit.PDFKit(html, "string", options=_OPTIONS, configuration=configuration).command()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, **_ENVIRONMENT},
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(html.encode("utf-8"), timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise RenderError(
            f"wkhtmltopdf took more than {timeout:g} seconds and was stopped. Print the attestation again."
        ) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode != 0 or not output.startswith(b"%PDF-"):
        raise RenderError(
            f"wkhtmltopdf stopped with code {process.returncode} and made no page. Print the attestation again, or set "
            'pdf_engine = "typst" in config.toml.'
        )
    return output
