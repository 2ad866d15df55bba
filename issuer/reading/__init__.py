"""Reading QR texts off pictures and PDF pages, with a decoder that is not our own (zxing-cpp, PDFium)."""

from collections.abc import Iterator
from pathlib import Path

from issuer.errors import UnreadableSource

PDF_DPI = 200
MAX_PIXELS = 120_000_000
MAX_PAGES = 1000


def read_codes(path: Path) -> Iterator[str]:
    """The text of every QR code of a PNG, a JPEG, or all pages of a PDF, in order.

    Raises UnreadableSource for a missing, broken, encrypted or foreign file.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(1024)
    except OSError as error:
        raise UnreadableSource(f"{path} cannot be read ({error.strerror}). Check the path and the rights.") from None
    if b"%PDF-" in magic:
        yield from _pdf_codes(path)
    else:
        yield from _picture_codes(path)


def _codes(image) -> list[str]:
    import zxingcpp

    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found if code.valid]


def _picture_codes(path: Path) -> list[str]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as image:
            return _codes(image.convert("L"))
    except Image.DecompressionBombError:
        raise UnreadableSource(
            f"{path} is a picture of more than {MAX_PIXELS // 1_000_000} megapixels. Make it smaller."
        ) from None
    except (OSError, SyntaxError, ValueError):
        raise UnreadableSource(
            f"{path} is neither a PNG, a JPEG nor a PDF that can be read. Give another file."
        ) from None


def _pdf_codes(path: Path) -> Iterator[str]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise UnreadableSource(
            f"{path} is a broken or encrypted PDF. Give another file, or a picture of the page."
        ) from None
    try:
        if len(document) > MAX_PAGES:
            raise UnreadableSource(f"{path} has more than {MAX_PAGES} pages. Split it.")
        for number in range(len(document)):
            page = document[number]
            width, height = page.get_size()
            scale = min(PDF_DPI / 72, (MAX_PIXELS / 4 / max(width * height, 1)) ** 0.5)
            yield from _codes(page.render(scale=scale, grayscale=True).to_pil())
            page.close()
    except pypdfium2.PdfiumError:
        raise UnreadableSource(f"{path} has a page that cannot be drawn. Give a picture of the page.") from None
    finally:
        document.close()
