"""Judging a 2D-DOC: one text, one word of a closed list (``docs/format.md`` §8). Reads no clock, file or network.

The first that fails names the word:

1. the text is a whole 2D-DOC of a kind that is read here      ``malformed`` red, ``unsupported`` ``incomplete`` grey
                                                               (one part of several is ``incomplete``)
                                                               (so is header version 01, but for the tests' authority)
2. the list names the certificate, and no other is tried       ``certificate_unknown`` amber; ``test`` grey where the
                                                               header says that it is of tests
3. the certificate is not revoked, whenever it signed          ``certificate_revoked`` red
4. the signature over the received text                        ``bad_signature`` red
5. the certificate is for this type of document                ``certificate_type`` red; ``unsupported`` grey for a
                                                               binary message under a certificate that says its types
6. the day of the signature is in the certificate's window     ``certificate_expired`` red
7. neither authority nor certificate is one of tests           ``test`` grey
8. —                                                           ``authentic`` amber, never green

Nobody can withdraw a 2D-DOC: no list says whether the decision still holds. ECDSA signatures are malleable (s and n −
s both
hold): nothing is ever keyed on one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from issuer.seals.listing import POINT_LENGTHS, REVOKED, SealCertificate, SealList
from issuer.seals.parts import part_of
from issuer.seals.text import EXPERIMENT, TEST_AUTHORITY, Seal, SealUnread, read

SEAL_VERDICTS = {
    "authentic": "amber",
    "certificate_unknown": "amber",
    "bad_signature": "red",
    "certificate_revoked": "red",
    "certificate_expired": "red",
    "certificate_type": "red",
    "malformed": "red",
    "unsupported": "grey",
    "incomplete": "grey",
    "test": "grey",
}
"""Every word and its level: the closed list."""
VOUCHED = ("authentic", "certificate_expired", "test")
"""The words with which fields may be shown as signed, where a certificate was found."""

_CURVES: dict[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    "P-256": (ec.SECP256R1(), hashes.SHA256()),
    "P-384": (ec.SECP384R1(), hashes.SHA384()),
    "P-521": (ec.SECP521R1(), hashes.SHA512()),
}


@dataclass(frozen=True)
class SealVerdict:
    """What the judgement says. ``seal`` is None where nothing could be read; its fields may be shown as signed from
    word
    ``authentic``, ``certificate_expired`` and ``test`` on, and never otherwise.
    """

    verdict: str
    seal: Seal | None = None
    certificate: SealCertificate | None = None

    @property
    def level(self) -> str:
        """``amber``, ``red`` or ``grey``."""
        return SEAL_VERDICTS[self.verdict]


def judge(text: str, listed: SealList | None, now: int) -> SealVerdict:
    """The word on one text. ``listed`` is the accepted list (None: none on this device), ``now`` UTC seconds, for
    seals that bear
    no day of signature. No text raises anything.
    """
    if part_of(text) is not None:
        return SealVerdict("incomplete")
    try:
        seal = read(text)
    except SealUnread as error:
        return SealVerdict(error.code)
    if seal.version == EXPERIMENT and seal.authority != TEST_AUTHORITY:
        return SealVerdict("unsupported", seal)
    certificate = listed.certificate(seal.authority, seal.certificate) if listed else None
    if certificate is None:
        return SealVerdict("test" if seal.is_test else "certificate_unknown", seal)
    if certificate.state == REVOKED:
        return SealVerdict("certificate_revoked", seal, certificate)
    if not holds(seal, certificate):
        return SealVerdict("bad_signature", seal, certificate)
    if certificate.types and seal.type not in certificate.types:
        return SealVerdict("unsupported" if seal.binary else "certificate_type", seal, certificate)
    if not in_window(seal, certificate, now):
        return SealVerdict("certificate_expired", seal, certificate)
    return SealVerdict("test" if seal.is_test else "authentic", seal, certificate)


def holds(seal: Seal, certificate: SealCertificate) -> bool:
    """Whether the signature holds: ECDSA (FIPS 186-5 §6) with the curve of the certificate and its hash."""
    curve, digest = _CURVES[POINT_LENGTHS[len(certificate.public_key)]]
    size = (curve.key_size + 7) // 8
    if len(seal.signature) != 2 * size:
        return False
    r, s = (int.from_bytes(half, "big") for half in (seal.signature[:size], seal.signature[size:]))
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(curve, certificate.public_key)
        key.verify(encode_dss_signature(r, s), seal.message, ec.ECDSA(digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def in_window(seal: Seal, certificate: SealCertificate, now: int) -> bool:
    """Whether the day of the signature, or now where the seal bears none, touches the certificate's time of use."""
    if seal.signed is None:
        return certificate.not_before <= now <= certificate.not_after
    first = int(datetime.combine(seal.signed, time(), UTC).timestamp())
    return first + 86_399 >= certificate.not_before and first <= certificate.not_after
