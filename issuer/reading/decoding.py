"""What the reading process does with one file: pictures and PDF pages drawn, and their QR codes decoded, with libraries
that are not ours (PDFium, Pillow, zxing-cpp) and whose input is a stranger's.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from issuer.errors import UnreadableSource, unopened

PDF_DPI = 200
MAX_PIXELS = 120_000_000
MAX_PAGES = 200
"""Of one PDF: a long day's papers scanned together."""
_SEAL = re.compile(rb"DC[0-9]{2}|E[0-9A-Z]{3}[0-9A-F][1-9A-F]|\xdc[\x00-\x1f]|\xee")
"""How a 2D-DOC begins, or one symbol of several: no other Data Matrix is told of."""


def decode(path: Path, seals: bool = False) -> Iterator[str | None]:
    """The text of every QR code of a PNG, a JPEG, or all pages of a PDF, in order; None after each page.

    With `seals`, of every Data Matrix that begins as a 2D-DOC too: its bytes as Latin-1, control characters and all.

    Raises UnreadableSource for a missing, broken, encrypted or foreign file.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(1024)
    except OSError as error:
        raise unopened(path, error) from None
    if b"%PDF-" in magic:
        yield from _pdf_codes(path, seals)
    else:
        yield from _picture_codes(path, seals)


def _codes(image: object, seals: bool) -> list[str]:
    import zxingcpp

    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    texts = [code.text for code in found if code.valid]
    if seals:
        found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix))
        texts += [code.bytes.decode("latin-1") for code in found if code.valid and _SEAL.match(code.bytes)]
    return texts


def _picture_codes(path: Path, seals: bool) -> list[str]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
    try:
        if _moves(path.read_bytes()):
            raise UnreadableSource(
                f"{path} is a moving picture: what is read in it may not be what is seen. Give a still one."
            )
        with Image.open(path, formats=("PNG", "JPEG")) as image:
            if not image.has_transparency_data:
                return _codes(image.convert("L"), seals)
            picture = image.convert("RGBA")  # what is transparent is paper
            return _codes(Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("L"), seals)
    except Image.DecompressionBombError:
        raise UnreadableSource(
            f"{path} is a picture of more than {MAX_PIXELS // 1_000_000} megapixels. Make it smaller.",
            "pixels",
            path=str(path),
            most=MAX_PIXELS // 1_000_000,
        ) from None
    except (OSError, SyntaxError, ValueError):
        raise UnreadableSource(
            f"{path} is neither a PNG, a JPEG nor a PDF that can be read. Give another file.", "kind", path=str(path)
        ) from None


def _moves(data: bytes) -> bool:
    """Whether a PNG holds pictures that viewers show in the place of its own: an ``acTL`` chunk before its data."""
    return data.startswith(b"\x89PNG") and b"acTL" in data[: data.find(b"IDAT")]


def _pdf_codes(path: Path, seals: bool) -> Iterator[str | None]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise UnreadableSource(
            f"{path} is a broken or encrypted PDF. Give another file, or a picture of the page.", "pdf", path=str(path)
        ) from None
    try:
        if len(document) > MAX_PAGES:
            raise UnreadableSource(
                f"{path} has more than {MAX_PAGES} pages. Split it.", "pages", path=str(path), most=MAX_PAGES
            )
        for number in range(len(document)):
            page = document[number]
            width, height = page.get_size()
            scale = min(PDF_DPI / 72, (MAX_PIXELS / 4 / max(width * height, 1)) ** 0.5)
            yield from _codes(page.render(scale=scale, grayscale=True).to_pil(), seals)
            page.close()
            yield None
    except pypdfium2.PdfiumError:
        raise UnreadableSource(
            f"{path} has a page that cannot be drawn. Give a picture of the page.", "drawn", path=str(path)
        ) from None
    finally:
        document.close()
