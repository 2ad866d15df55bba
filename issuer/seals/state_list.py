"""The State's trust list of 2D-DOC (ETSI TS 102 231 v2, XML): its signature, and the authorities it names. Pure: the
time is an argument.

The signature is XAdES (ETSI EN 319 132-1) over the whole document. Digests, canonical form and RSA are xmlsec's; that
the signature
covers this whole document and nothing else, and that it names the certificate that is pinned here, is checked in this
module,
for no library does. The package's extra ``seals`` brings xmlsec and lxml.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cryptography import x509

from keys.errors import SealsRefused

if TYPE_CHECKING:
    from lxml import etree

LONGEST = 5_000_000
"""Bytes of a trust list beyond which it is not read; the real one has 41,000."""
TSL = "{http://uri.etsi.org/02231/v2#}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
IN_ACCORD = "http://uri.etsi.org/TrstSvc/Svcstatus/inaccord"
AUTHORITY_SERVICE = "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
FILTER = "http://www.w3.org/2002/06/xmldsig-filter2"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SIGNATURES = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
}
DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_CODE = re.compile(r"[A-Z]{2}[0-9A-Z]{2}", re.ASCII)


@dataclass(frozen=True)
class Authority:
    """One authority in accord: its code of 4 characters, its name, its certificate, and where it says that more is to
    be had.
    """

    code: str
    name: str
    certificate: x509.Certificate
    address: str


@dataclass(frozen=True)
class StateList:
    """A trust list whose signature holds. Times are UTC seconds."""

    sequence: int
    issued: int
    next_update: int
    authorities: tuple[Authority, ...]


def read(data: bytes, anchor: x509.Certificate, now: int) -> StateList:
    """Verify and read a trust list. ``anchor`` is the pinned certificate of its signer, ``now`` UTC seconds.

    Raises SealsRefused: ``form``, ``signer`` (another certificate signed, or its time is over), ``signature``,
    ``future``.
    """
    root = parse(data)
    signature = _the_signature(root)
    signed_at = _signed_properties(signature, anchor)
    _verify(root, signature, anchor)
    issued = _instant(_text(root, f"{TSL}SchemeInformation/{TSL}ListIssueDateTime"))
    if max(issued, signed_at) > now + 300:
        raise SealsRefused("future", "The State's trust list was issued in the future. Check this machine's clock.")
    first, last = (int(moment.timestamp()) for moment in (anchor.not_valid_before_utc, anchor.not_valid_after_utc))
    if not first <= signed_at <= last:
        raise SealsRefused("signer", "The State's trust list was signed outside the time of its signer's certificate.")
    return StateList(
        sequence=_number(_text(root, f"{TSL}SchemeInformation/{TSL}TSLSequenceNumber")),
        issued=issued,
        next_update=_instant(_text(root, f"{TSL}SchemeInformation/{TSL}NextUpdate/{TSL}dateTime")),
        authorities=tuple(_authorities(root)),
    )


def parse(data: bytes) -> etree._Element:
    """The document, without entities, document type or network. Raises SealsRefused ``form``."""
    from lxml import etree

    if len(data) > LONGEST:
        raise SealsRefused("form", f"The State's trust list is longer than {LONGEST:,} bytes.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise SealsRefused("form", "This is not the State's trust list: it is no well-formed XML.") from None
    if root.getroottree().docinfo.doctype:
        raise SealsRefused("form", "The State's trust list has no document type; this one does.")
    if root.tag != f"{TSL}TrustServiceStatusList":
        raise SealsRefused("form", "This is not the State's trust list: its root is another.")
    return root


def signer_of(data: bytes) -> x509.Certificate:
    """The certificate that a trust list says signed it: for a person to compare and pin, never to be believed."""
    found = _the_signature(parse(data)).find(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate")
    return _certificate("" if found is None else found.text or "")


def _refused(what: str) -> SealsRefused:
    return SealsRefused(
        "form", f"The signature of the State's trust list is not of the form that is read here: {what}."
    )


def _the_signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(f"{DS}Signature"))
    if len(found) != 1 or found[0].getparent() is not root:
        raise _refused("there is not exactly one, at the end of the list")
    return found[0]


def _signed_properties(signature: etree._Element, anchor: x509.Certificate) -> int:
    """Check what is signed and by which certificate; the time of signing, as the signer says it, in UTC seconds."""
    info = _only(signature, f"{DS}SignedInfo")
    if _only(info, f"{DS}CanonicalizationMethod").get("Algorithm") != EXCLUSIVE:
        raise _refused("its canonical form is another")
    if _only(info, f"{DS}SignatureMethod").get("Algorithm") not in SIGNATURES:
        raise _refused("its algorithm is another")
    references = info.findall(f"{DS}Reference")
    properties = _only(
        _only(_only(signature, f"{DS}Object"), f"{XADES}QualifyingProperties"), f"{XADES}SignedProperties"
    )
    if len(references) != 2:
        raise _refused("it does not cover exactly the list and its own properties")
    whole, own = references
    if whole.get("URI") != "" or own.get("Type") != SIGNED_PROPERTIES or own.get("URI") != f"#{properties.get('Id')}":
        raise _refused("it does not cover the whole list")
    qualifying = _only(_only(signature, f"{DS}Object"), f"{XADES}QualifyingProperties")
    if qualifying.get("Target") != f"#{signature.get('Id')}":
        raise _refused("its properties are those of another")
    shown = signature.find(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate")
    if shown is not None and _certificate(shown.text or "") != anchor:
        raise SealsRefused(
            "signer", 'Another certificate than the pinned one signed the State\'s trust list. See "wif seals pin".'
        )
    if [one.get("Id") for one in signature.getroottree().iter() if isinstance(one.tag, str)].count(
        properties.get("Id")
    ) != 1:
        raise _refused("its properties have a double")
    for reference in references:
        if _only(reference, f"{DS}DigestMethod").get("Algorithm") not in DIGESTS:
            raise _refused("a digest is another")
    _check_transforms(whole, own)
    _check_signer(properties, anchor)
    return _instant(_text(properties, f"{XADES}SignedSignatureProperties/{XADES}SigningTime"))


def _check_transforms(whole: etree._Element, own: etree._Element) -> None:
    """The list is covered but for its signature; the properties as they stand."""
    first, *rest = _only(whole, f"{DS}Transforms").findall(f"{DS}Transform")
    paths = first.findall(f"{{{FILTER}}}XPath")
    filtered = (
        first.get("Algorithm") == FILTER
        and len(paths) == 1
        and paths[0].get("Filter") == "subtract"
        and (paths[0].text or "").strip() in ("/descendant::ds:Signature", "/descendant-or-self::ds:Signature")
        and paths[0].nsmap.get("ds") == DS[1:-1]
    )
    if not (filtered or first.get("Algorithm") == ENVELOPED) or [one.get("Algorithm") for one in rest] != [EXCLUSIVE]:
        raise _refused("something of the list is left out")
    transforms = [one.get("Algorithm") for one in _only(own, f"{DS}Transforms").findall(f"{DS}Transform")]
    if transforms != [EXCLUSIVE]:
        raise _refused("something of its properties is left out")


def _check_signer(properties: etree._Element, anchor: x509.Certificate) -> None:
    """The signed properties name the pinned certificate by its digest (SigningCertificateV2)."""
    from cryptography.hazmat.primitives.serialization import Encoding

    certificates = properties.findall(
        f"{XADES}SignedSignatureProperties/{XADES}SigningCertificateV2/{XADES}Cert/{XADES}CertDigest"
    )
    if not certificates:
        raise _refused("it does not say which certificate signed")
    digest = certificates[0]
    algorithm = DIGESTS.get(_only(digest, f"{DS}DigestMethod").get("Algorithm") or "")
    if algorithm is None:
        raise _refused("the digest of its certificate is another")
    named = _base64(_only(digest, f"{DS}DigestValue").text or "")
    if named != hashlib.new(algorithm, anchor.public_bytes(Encoding.DER)).digest():
        raise SealsRefused(
            "signer", 'Another certificate than the pinned one signed the State\'s trust list. See "wif seals pin".'
        )


def _verify(root: etree._Element, signature: etree._Element, anchor: x509.Certificate) -> None:
    import xmlsec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    pem = anchor.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    try:
        context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
        context.verify(signature)
    except xmlsec.Error:
        raise SealsRefused("signature", "The signature of the State's trust list does not hold.") from None


def _authorities(root: etree._Element) -> list[Authority]:
    found: dict[str, Authority] = {}
    for provider in root.iterfind(f"{TSL}TrustServiceProviderList/{TSL}TrustServiceProvider"):
        information = _only(provider, f"{TSL}TSPInformation")
        code = _text(information, f"{TSL}TSPTradeName/{TSL}Name").strip()
        for service in provider.iterfind(f"{TSL}TSPServices/{TSL}TSPService/{TSL}ServiceInformation"):
            if (
                _text(service, f"{TSL}ServiceTypeIdentifier") != AUTHORITY_SERVICE
                or _text(service, f"{TSL}ServiceStatus") != IN_ACCORD
            ):
                continue
            if not _CODE.fullmatch(code) or code in found:
                raise SealsRefused("form", "An authority of the State's trust list has no code of its own.")
            found[code] = Authority(
                code,
                _text(information, f"{TSL}TSPName/{TSL}Name").strip(),
                _certificate(_text(service, f"{TSL}ServiceDigitalIdentity/{TSL}DigitalId/{TSL}X509Certificate")),
                _text(information, f"{TSL}TSPInformationURI/{TSL}URI").strip(),
            )
    return list(found.values())


def _only(parent: etree._Element, path: str) -> Any:
    found = parent.findall(path)
    if len(found) != 1:
        raise SealsRefused("form", f"The State's trust list does not have exactly one {path.rpartition('}')[2]} here.")
    return found[0]


def _text(parent: etree._Element, path: str) -> str:
    found = parent.find(path)
    if found is None or not found.text:
        raise SealsRefused("form", f"The State's trust list lacks its {path.rpartition('}')[2]}.")
    return str(found.text)


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text.strip(), re.ASCII):
        raise SealsRefused("form", "The sequence number of the State's trust list is no number.")
    return int(text)


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise SealsRefused("form", "A time of the State's trust list is no time.") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise SealsRefused("form", "The State's trust list holds broken Base64.") from None


def _certificate(text: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(_base64(text))
    except ValueError:
        raise SealsRefused("form", "A certificate of the State's trust list cannot be read.") from None
