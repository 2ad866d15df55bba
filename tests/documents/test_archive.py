"""What an archive and a verifier find in the file: the same bytes for ever, PDF/UA-1 and PDF/A-2a, the QR text in the
clear.
"""

import hashlib
import os
import re
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from issuer.documents import Printer
from tests.documents import readers, samples
from tests.documents.conftest import PAGES

TOP = Path(__file__).resolve().parents[2]
NAMES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
OTHER_PROCESS = """
import hashlib, sys
from issuer.documents import render
from tests.documents import samples
print(hashlib.sha256(render(samples.every_page()[sys.argv[1]])).hexdigest())
"""


@pytest.mark.parametrize("name", PAGES)
def test_the_same_attestation_gives_the_same_bytes_from_a_new_printer(documents, pages, name):
    assert Printer().render(documents[name]) == pages[name]


def test_a_warm_printer_keeps_nothing_of_the_page_before(typst, documents, pages):
    for name in reversed(PAGES):
        assert typst.render(documents[name]) == pages[name]


def test_threads_may_share_a_printer(documents, pages):
    """A web server prints from several threads, the first pages of its process included."""
    printer, names = Printer(), list(PAGES) * 3
    with ThreadPoolExecutor(6) as pool:
        printed = list(pool.map(lambda name: printer.render(documents[name]), names))
    assert printed == [pages[name] for name in names]


def test_another_process_elsewhere_on_another_day_prints_the_same_bytes(pages, tmp_path):
    """Another folder, time zone, language, home without fonts, and a hash seed of its own."""
    for seed in ("1", "2"):
        environment = {
            **os.environ,
            "PYTHONPATH": str(TOP),
            "TZ": "Pacific/Tahiti",
            "LC_ALL": "C",
            "HOME": str(tmp_path),
            "PYTHONHASHSEED": seed,
            "FONTCONFIG_FILE": str(tmp_path / "none.conf"),
            "TYPST_FONT_PATHS": "/usr/share/fonts",
            "SOURCE_DATE_EPOCH": "86400",
        }
        said = subprocess.run(
            [sys.executable, "-c", OTHER_PROCESS, "demonstration"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        assert said == hashlib.sha256(pages["demonstration"]).hexdigest()


@pytest.mark.parametrize("name", PAGES)
def test_the_qr_text_stands_in_the_bytes_and_in_the_description(documents, pages, name):
    text = documents[name].qr_text
    found = re.findall(rb"HTTPS://[A-Z0-9.\-]+/#1[1-9][0-9]{231,2100}", pages[name])
    assert found and set(found) == {text.encode()}
    assert readers.xmp(pages[name]).find(".//dc:description/rdf:Alt/rdf:li", NAMES).text == text


def test_the_file_names_its_standards_title_language_and_author(pages):
    packet = readers.xmp(pages["reference"])
    value = lambda path: packet.find(f".//{path}", NAMES).text
    assert (value("pdfaid:part"), value("pdfaid:conformance"), value("pdfuaid:part")) == ("2", "A", "1")
    assert value("dc:title/rdf:Alt/rdf:li") == "Autorisation provisoire de travail n° 482 913 0571"
    assert value("dc:language/rdf:Bag/rdf:li") == "fr-FR"
    assert value("dc:creator/rdf:Seq/rdf:li") == samples.AUTHORITY
    document = readers.pypdfium2.PdfDocument(pages["reference"])
    assert readers.pdfium.FPDFCatalog_IsTagged(document.raw)
    assert document.get_version() == 17


def test_the_date_of_the_file_is_the_date_of_issue(pages):
    packet = readers.xmp(pages["reference"])
    assert packet.find(".//xmp:CreateDate", NAMES).text == "2025-12-29T09:20:00+00:00"
    assert packet.find(".//xmp:ModifyDate", NAMES).text == "2025-12-29T09:20:00+00:00"
    assert (
        readers.pypdfium2.PdfDocument(pages["reference"])
        .get_metadata_dict()["CreationDate"]
        .startswith("D:20251229092000")
    )


@pytest.mark.parametrize("name", PAGES)
def test_nothing_in_the_file_acts_or_reaches_out(documents, pages, name):
    """No script, form, attachment or action but the one link (PDF/A-2 forbids the others too)."""
    for word in (
        b"/JavaScript",
        b"/JS",
        b"/Launch",
        b"/AcroForm",
        b"/EmbeddedFile",
        b"/OpenAction",
        b"/SubmitForm",
        b"/RichMedia",
        b"/Encrypt",
    ):
        assert word not in pages[name]
    assert readers.links(pages[name]) == [documents[name].qr_text]


def test_a_screen_reader_meets_title_sections_and_fields_in_order(pages):
    kinds = [kind for kind, _ in readers.structure(pages["reference"])]
    assert kinds.count("H1") == 1 and kinds.count("H2") == 4
    assert kinds.count("Lbl") == kinds.count("LBody") == 14 + 3
    assert kinds.count("Figure") == kinds.count("Link") == 1
    headings = [kind for kind in kinds if kind in ("H1", "H2", "L", "Figure")]
    assert headings == ["H1", "H2", "L", "H2", "L", "H2", "L", "Figure", "H2", "L"]


def test_the_code_has_an_alternative_text(pages):
    (alternative,) = [words for kind, words in readers.structure(pages["reference"]) if kind == "Figure"]
    assert "482 913 0571" in alternative and samples.ORIGIN in alternative


def test_english_words_are_marked_as_english(pages):
    """The catalogue says French; every English gloss is marked within the page's content."""
    assert b"/Lang(fr-FR)" in pages["reference"]
    streams = re.findall(rb"/Filter/FlateDecode>>\nstream\n(.*?)\nendstream", pages["reference"], re.DOTALL)
    content = next(filter(lambda data: b"BDC" in data, map(zlib.decompress, streams)))
    assert content.count(b"en-GB") >= 18


def test_poppler_finds_a_tagged_pdf_with_every_font_embedded(pages):
    facts = dict(line.split(":", 1) for line in readers.poppler("pdfinfo", pages["long"]).splitlines() if ":" in line)
    assert (facts["Tagged"].strip(), facts["Pages"].strip(), facts["JavaScript"].strip()) == ("yes", "1", "no")
    assert facts["PDF version"].strip() == "1.7" and "A4" in facts["Page size"]
    fonts = readers.poppler("pdffonts", pages["long"]).splitlines()[2:]
    assert fonts
    for font in fonts:
        assert "LibertinusSerif" in font and font.split()[-5:-2] == ["yes", "yes", "yes"]


def test_a_page_weighs_at_most_sixty_kilobytes(pages):
    assert len(pages["reference"]) <= 60_000
