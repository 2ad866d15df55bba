"""What others read in our PDFs: PDFium (text, structure, pictures), zxing-cpp (codes), poppler where it is
installed.
"""

import ctypes
import re
import shutil
import subprocess
from xml.etree import ElementTree

import numpy
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import zxingcpp

MM = 72 / 25.4
"""Points in a millimetre."""


def text(pdf: bytes) -> str:
    """The page's text as PDFium extracts it, every white space a single space."""
    page = pypdfium2.PdfDocument(pdf)[0]
    return " ".join(page.get_textpage().get_text_bounded().split())


def picture(pdf: bytes, dpi: int = 150) -> numpy.ndarray:
    """The page in grey, 0 black to 255 white, as PDFium draws it."""
    bitmap = pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72, grayscale=True)
    return bitmap.to_numpy().reshape(bitmap.height, bitmap.width)


def codes(grey: numpy.ndarray) -> list:
    """The QR codes that zxing-cpp finds in a picture."""
    return zxingcpp.read_barcodes(numpy.ascontiguousarray(grey), formats=zxingcpp.BarcodeFormat.QRCode)


def ink(grey: numpy.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all that is not white."""
    rows, columns = numpy.nonzero(grey < 250)
    return columns.min(), rows.min(), columns.max(), rows.max()


def xmp(pdf: bytes) -> ElementTree.Element:
    """The XMP packet, found in the file's bytes as they stand."""
    packets = re.findall(rb"<\?xpacket begin.*?\?>(.*?)<\?xpacket end", pdf, re.DOTALL)
    assert len(packets) == 1
    return ElementTree.fromstring(packets[0])


def structure(pdf: bytes) -> list[tuple[str, str]]:
    """Every element of the structure tree in the order of reading: (type, alternative text)."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
    found: list[tuple[str, str]] = []

    def walk(element) -> None:
        found.append(
            (_words(pdfium.FPDF_StructElement_GetType, element), _words(pdfium.FPDF_StructElement_GetAltText, element))
        )
        for place in range(pdfium.FPDF_StructElement_CountChildren(element)):
            child = pdfium.FPDF_StructElement_GetChildAtIndex(element, place)
            if child:
                walk(child)

    for place in range(pdfium.FPDF_StructTree_CountChildren(tree)):
        walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, place))
    pdfium.FPDF_StructTree_Close(tree)
    return found


def links(pdf: bytes) -> list[str]:
    """Where the page's links lead."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    place, found, link = ctypes.c_int(0), [], pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page.raw, ctypes.byref(place), ctypes.byref(link)):
        action = pdfium.FPDFLink_GetAction(link)
        size = pdfium.FPDFAction_GetURIPath(document.raw, action, None, 0)
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDFAction_GetURIPath(document.raw, action, buffer, size)
        found.append(buffer.value.decode())
    return found


def poppler(tool: str, pdf: bytes, *arguments: str) -> str:
    """What a tool of poppler says of a PDF. Skips the test where poppler is not installed."""
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} (poppler) is not installed")
    output = ["-"] if tool == "pdftotext" else []
    said = subprocess.run([tool, *arguments, "-", *output], input=pdf, capture_output=True, check=True)
    return said.stdout.decode()


def poppler_picture(pdf: bytes, dpi: int, *arguments: str) -> numpy.ndarray:
    """The page in grey as poppler draws it. Skips the test where poppler is not installed."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm (poppler) is not installed")
    command = ["pdftoppm", "-gray", "-r", str(dpi), *arguments, "-"]
    portable = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    width, height, _, pixels = re.match(rb"P5\s+(\d+)\s+(\d+)\s+(\d+)\s(.*)", portable, re.DOTALL).groups()
    return numpy.frombuffer(pixels, numpy.uint8, int(width) * int(height)).reshape(int(height), int(width))


def _words(read, element) -> str:
    size = read(element, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    read(element, buffer, size)
    return buffer.raw[: size - 2].decode("utf-16-le")
