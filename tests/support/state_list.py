"""A trust list like the State's, its authority, certificates and revocation lists: all of the tests' own making."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
NOW = datetime.now(UTC).replace(microsecond=0)
"""Of this run: the command line asks the machine's clock."""


def name(common: str, organization: str = "Éditeur d'exemple") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common),
        ]
    )


def certificate(subject, key, issuer, issuer_key, days=(-100, 900), authority=False, usage=True):
    """A certificate from ``days[0]`` to ``days[1]`` about NOW."""
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days[0]))
        .not_valid_after(NOW + timedelta(days[1]))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        made = made.add_extension(
            x509.KeyUsage(usage, False, not usage, False, False, False, False, False, False), critical=True
        )
    return made.sign(issuer_key, hashes.SHA256())


class Authority:
    """One authority of the list, with its certificates."""

    def __init__(self, code="FR98"):
        self.code, self.name = code, name(code, "Autorité d'exemple")
        self.key = rsa.generate_private_key(65537, 2048)
        self.certificate = certificate(self.name, self.key, self.name, self.key, (-1000, 3000), authority=True)

    def leaf(self, identifier="AB12", curve=None, days=(-100, 900), key=None, **options):
        """A certificate of who seals, and its key."""
        key = key or ec.generate_private_key(curve or ec.SECP256R1())
        return certificate(name(identifier), key, self.name, self.key, days, **options), key

    def revocations(self, *certificates, days=(-1, 6), key=None):
        """A revocation list, DER."""
        made = x509.CertificateRevocationListBuilder().issuer_name(self.name)
        made = made.last_update(NOW + timedelta(days[0])).next_update(NOW + timedelta(days[1]))
        for one in certificates:
            made = made.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(one.serial_number)
                .revocation_date(NOW - timedelta(2))
                .build()
            )
        return made.sign(key or self.key, hashes.SHA256()).public_bytes(Encoding.DER)


class Signer:
    """Who signs the list."""

    def __init__(self, days=(-300, 300)):
        self.key = rsa.generate_private_key(65537, 2048)
        self.name = name("CACHET D'EXEMPLE", "Agence d'exemple")
        self.certificate = certificate(self.name, self.key, self.name, self.key, days)

    def sign(
        self, authorities, sequence=7, at=NOW, status="inaccord", edit=lambda root: None, named=None, due="2099-02-02"
    ):
        """The signed XML. ``edit`` changes the tree before it is signed; ``named`` is the certificate that the properties name."""
        moment = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        providers = "".join(
            f"""<tsl:TrustServiceProvider><tsl:TSPInformation>
<tsl:TSPName><tsl:Name xml:lang="fr">Autorité d'exemple</tsl:Name></tsl:TSPName>
<tsl:TSPTradeName><tsl:Name xml:lang="fr">{one.code}</tsl:Name></tsl:TSPTradeName>
<tsl:TSPInformationURI><tsl:URI xml:lang="fr">https://autorite.example/</tsl:URI></tsl:TSPInformationURI>
</tsl:TSPInformation><tsl:TSPServices><tsl:TSPService><tsl:ServiceInformation>
<tsl:ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/PKC</tsl:ServiceTypeIdentifier>
<tsl:ServiceDigitalIdentity><tsl:DigitalId><tsl:X509Certificate>{_der(one.certificate)}</tsl:X509Certificate></tsl:DigitalId></tsl:ServiceDigitalIdentity>
<tsl:ServiceStatus>http://uri.etsi.org/TrstSvc/Svcstatus/{status}</tsl:ServiceStatus>
</tsl:ServiceInformation></tsl:TSPService></tsl:TSPServices></tsl:TrustServiceProvider>"""
            for one in authorities
        )
        digest = b64encode(hashlib.sha512((named or self.certificate).public_bytes(Encoding.DER)).digest()).decode()
        xml = f"""<tsl:TrustServiceStatusList xmlns:tsl="http://uri.etsi.org/02231/v2#" xmlns:ds="{DS}" xmlns:xades="http://uri.etsi.org/01903/v1.3.2#">
<tsl:SchemeInformation><tsl:TSLSequenceNumber>{sequence}</tsl:TSLSequenceNumber>
<tsl:ListIssueDateTime>{moment}</tsl:ListIssueDateTime>
<tsl:NextUpdate><tsl:dateTime>{due}T00:00:00Z</tsl:dateTime></tsl:NextUpdate></tsl:SchemeInformation>
<tsl:TrustServiceProviderList>{providers}</tsl:TrustServiceProviderList>
<ds:Signature Id="s"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
<ds:Reference Id="r" URI=""><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"><f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" Filter="subtract">/descendant::ds:Signature</f:XPath></ds:Transform><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference>
<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#p"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference>
</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{_der(self.certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
<ds:Object><xades:QualifyingProperties Target="#s"><xades:SignedProperties Id="p"><xades:SignedSignatureProperties><xades:SigningTime>{moment}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/><ds:DigestValue>{digest}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature></tsl:TrustServiceStatusList>"""
        root = etree.fromstring(xml.encode())
        edit(root)
        xmlsec.tree.add_ids(root, ["Id"])
        context = xmlsec.SignatureContext()
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
        context.sign(root.find(f"{{{DS}}}Signature"))
        return etree.tostring(root)


def _der(certificate):
    return b64encode(certificate.public_bytes(Encoding.DER)).decode()
