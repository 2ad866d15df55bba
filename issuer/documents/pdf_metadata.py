"""Metadata for the PDF that wkhtmltopdf writes: title, language, date and the QR text, as an incremental update (ISO
32000-1 §7.5.6).
"""

import re
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from issuer.documents.errors import RenderError

_DATE = re.compile(rb"/CreationDate \(D:[^)]*\)")
_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s+(\d+)\s+%%EOF\s*\Z", re.DOTALL)
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>fr-FR</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{date}</xmp:CreateDate></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def pages(pdf: bytes) -> int:
    """How many pages a PDF of plain objects has."""
    return len(_PAGE.findall(pdf))


def describe(pdf: bytes, title: str, description: str, moment: datetime) -> bytes:
    """The PDF with an uncompressed XMP packet that holds title and description, French as its language, and ``moment``
    (with a time zone) for its date in place of the clock's. Raises RenderError for a PDF of another make.
    """
    trailer = _TRAILER.search(pdf)
    fields = [re.search(rb"/%s (\d+)" % name, trailer[1]) for name in (b"Size", b"Root", b"Info")] if trailer else []
    found = [field for field in fields if field]
    if trailer is None or len(found) != 3:
        raise RenderError('wkhtmltopdf wrote a PDF of an unknown make. Set pdf_engine = "typst" in config.toml.')
    size, root, info = (int(field[1]) for field in found)
    catalog = re.search(rb"(?<![0-9])%d 0 obj\s*<<(.*?)>>\s*endobj" % root, pdf, re.DOTALL)
    if not catalog:
        raise RenderError('wkhtmltopdf wrote a PDF of an unknown make. Set pdf_engine = "typst" in config.toml.')
    utc = moment.astimezone(UTC)
    stamp = b"/CreationDate (D:%sZ)" % utc.strftime("%Y%m%d%H%M%S").encode()
    body = _DATE.sub(lambda found: stamp.ljust(len(found[0]))[: len(found[0])], pdf)
    # The link was written with its host in lower case: a reader of the bytes would take it for another text.
    body = re.sub(re.escape(description).encode(), description.encode(), body, flags=re.IGNORECASE)
    xmp = _XMP.format(
        title=escape(title), description=escape(description), date=utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    ).encode()
    objects = {
        root: (
            b"<<%s/Metadata %d 0 R/Lang (fr-FR)/ViewerPreferences <</DisplayDocTitle true>>>>"
            % (catalog[1].rstrip(b"\n") + b"\n", size)
        ),
        info: b"<</Title <%s>%s>>" % (("\ufeff" + title).encode("utf-16-be").hex().upper().encode(), stamp),
        size: b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(xmp), xmp),
    }
    return _appended(body, objects, b"/Size %d/Root %d 0 R/Info %d 0 R/Prev %s" % (size + 1, root, info, trailer[2]))


def _appended(body: bytes, objects: dict[int, bytes], trailer: bytes) -> bytes:
    """A PDF with objects written after it, their cross-reference section and a trailer."""
    parts, table = [body if body.endswith(b"\n") else body + b"\n"], [b"xref\n"]
    place = len(parts[0])
    for number, content in sorted(objects.items()):
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
        table.append(b"%d 1\n%010d 00000 n \n" % (number, place))
        place += len(parts[-1])
    return b"".join([*parts, *table, b"trailer\n<<%s>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, place)])
