"""Receipts of checks: what one symbol says, and when it was shown to the service (``docs/format.md`` §9). Pure.

A device signs a statement of a check; the service may countersign its hash. One word of a closed list, the first that
holds:

1. the text is not ``ORIGIN/#9…`` with an origin of the trust list           ``foreign``
2. digits, first byte, deterministic CBOR and every limit                    ``malformed``
3. a critical field of a later version                                       ``unsupported``
4. the device's signature, and a countersignature of a key known here        ``altered``
5. the paper that was given is another one                                   ``other_paper``
6. the countersignature is older than the status list that was judged by     ``contradiction``
7. no paper was given                                                        ``paper_missing``
8. no countersignature that counts                                           ``undated``
9. the countersignature names the status list, at most a day older           ``dated``
10. —                                                                        ``late``

Never a verdict, and never green: the paper is judged anew, today, by :mod:`issuer.attestation.verify`.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from issuer.attestation import qr
from issuer.attestation.statement import HASH, LaterVersion, Listed, Statement, is_moment, listed, read
from keys import cbor, cose, ed25519
from keys.errors import FormError
from keys.signer import Signer
from keys.trust_content import AT_MOST_AHEAD, STATE_REVOKED, TrustContent, TrustedKey

RECEIPT_WORDS = (
    "foreign",
    "malformed",
    "unsupported",
    "altered",
    "other_paper",
    "contradiction",
    "paper_missing",
    "undated",
    "late",
    "dated",
)
"""The ten words, in the order of the rules that give them."""
FORMAT_VERSION = "9"
TYP = "application/wif-receipt+cbor"
COUNTERSIGNATURE_TYP = "application/wif-countersignature+cbor"
ES256 = -7
"""RFC 9053 §2.1."""
TOLERANCE = 86_400
"""Seconds for which a status list dates a check: the lists' own ttl by default (``docs/format.md`` §4.4)."""
MOST_LISTS = 8
_DIGITS = re.compile(r"[1-9][0-9]{2,2100}", re.ASCII)
_FIRST_BYTE = 1
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_PROTECTED = cbor.encode({cose.ALG: ES256, cose.TYP: TYP})


@dataclass(frozen=True)
class Countersignature:
    """That the service was shown a receipt's hash at ``time`` (UTC seconds), and its status lists of that moment."""

    kid: bytes
    time: int
    lists: tuple[Listed, ...]
    signature: bytes

    def to_row(self) -> list[object]:
        """As it stands in the symbol, and in the service's answer."""
        return [self.kid, self.time, _rows(self.lists), self.signature]


@dataclass(frozen=True)
class Receipt:
    """One receipt taken apart, nothing of it believed: the signed bytes, the device's signature (64 bytes)."""

    statement: Statement
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    countersignature: Countersignature | None

    @property
    def digest(self) -> bytes:
        """What is countersigned, and what a later receipt names: the SHA-256 of the whole COSE_Sign1."""
        return hashlib.sha256(cose.build_sign1(_PROTECTED, self.signed, self.signature)).digest()


@dataclass(frozen=True)
class Reading:
    """What is said of a text. ``receipt`` where its signature holds; the check lay between ``since`` (the list's time
    of issue, where the countersignature names it) and ``until`` (that of the countersignature), UTC seconds;
    ``dating`` is ``undated``, ``late`` or ``dated`` where a missing paper is the only fault.
    """

    word: str
    receipt: Receipt | None = None
    since: int | None = None
    until: int | None = None
    dating: str | None = None


def judge(text: str, paper: bytes | None, trust: TrustContent) -> Reading:
    """The word on one text beside one paper: the whole token, or None where none was scanned. No text raises
    anything.
    """
    found = qr.split_text(text)
    if found is None or found[0] not in trust.origins or found[1][:1] != FORMAT_VERSION:
        return Reading("foreign")
    try:
        receipt = _unpack(found[1][1:])
    except LaterVersion:
        return Reading("unsupported")
    except FormError:
        return Reading("malformed")
    if not _device_signed(receipt):
        return Reading("altered")
    counter, key = receipt.countersignature, None
    if counter is not None:
        key = _key_of(counter, trust)
        if key is not None and not _countersigned(receipt.digest, counter, key):
            return Reading("altered")
    if paper is not None and hashlib.sha256(paper).digest() != receipt.statement.token_digest:
        return Reading("other_paper", receipt)
    if counter is None or not _counts(counter, key):
        return Reading("paper_missing" if paper is None else "undated", receipt, dating="undated")
    return dated(receipt, counter, paper is None)


def dated(receipt: Receipt, counter: Countersignature, paper_missing: bool) -> Reading:
    """Steps 6, 7, 9 and 10 of ``docs/format.md`` §9.4, of a receipt that a countersignature which counts dates."""
    status = receipt.statement.status
    if status is not None and status.issued > counter.time + AT_MOST_AHEAD:
        return Reading("contradiction", receipt, until=counter.time)
    since = status.issued if status in counter.lists and status is not None else None
    dating = "dated" if since is not None and counter.time - since <= TOLERANCE else "late"
    return Reading("paper_missing" if paper_missing else dating, receipt, since, counter.time, dating)


def judge_counter(row: object, digest: bytes, trust: TrustContent) -> Countersignature | None:
    """A countersignature of any hash (32 bytes), taken apart, where it holds under a key of the trust list that counts
    for its time; else None.
    """
    try:
        counter = _countersignature(row if isinstance(row, list) else [])
    except FormError:
        return None
    key = _key_of(counter, trust)
    return counter if key is not None and _counts(counter, key) and _countersigned(digest, counter, key) else None


def _key_of(counter: Countersignature, trust: TrustContent) -> TrustedKey | None:
    return next((one for one in trust.countersigners if one.kid == counter.kid), None)


def _counts(counter: Countersignature, key: TrustedKey | None) -> bool:
    """Whether the word of a key counts for that time."""
    return key is not None and key.state != STATE_REVOKED and key.spans(counter.time)


def countersign(digest: bytes, time: int, lists: Iterable[Listed], signer: Signer) -> Countersignature:
    """The word of the service on a receipt's SHA-256 (32 bytes) at ``time`` (UTC seconds). Raises FormError."""
    ordered = tuple(sorted(lists, key=lambda one: one.number))
    _countersignature([signer.kid, time, _rows(ordered), bytes(ed25519.SIGNATURE_LENGTH)])
    if len(digest) != HASH:
        raise FormError("A receipt's hash is 32 bytes.")
    return Countersignature(signer.kid, time, ordered, signer.sign(_to_countersign(digest, time, ordered, signer.kid)))


def _unpack(digits: str) -> Receipt:
    if not _DIGITS.fullmatch(digits):
        raise FormError("These are not the digits of a receipt.")
    number = int(digits)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if data[0] != _FIRST_BYTE:
        raise FormError("The first byte is not 01.")
    match cbor.decode(data[1:]):
        case [bytes() as signed, bytes() as signature] if len(signature) == 64:
            counter = None
        case [bytes() as signed, bytes() as signature, [*row]] if len(signature) == 64:
            counter = _countersignature(row)
        case _:
            raise FormError("It is not [statement, signature, countersignature].")
    return Receipt(read(signed), signed, signature, counter)


def _countersignature(row: list[Any]) -> Countersignature:
    match row:
        case [bytes() as kid, time, [*lists], bytes() as signature] if (
            len(kid) == ed25519.KID_LENGTH
            and is_moment(time)
            and 1 <= len(lists) <= MOST_LISTS
            and len(signature) == ed25519.SIGNATURE_LENGTH
        ):
            found = tuple(map(listed, lists))
            if all(one.number < two.number for one, two in pairwise(found)):
                return Countersignature(kid, time, found, signature)
    raise FormError("The countersignature is not [kid, time, lists, signature].")


def _rows(lists: Iterable[Listed]) -> list[object]:
    return [[one.number, one.issued, one.digest] for one in lists]


def _device_signed(receipt: Receipt) -> bool:
    """ES256 (RFC 9053 §2.1) in its one form: r and s in range, s at most half the order."""
    r, s = (int.from_bytes(half, "big") for half in (receipt.signature[:32], receipt.signature[32:]))
    if not (0 < r < _ORDER and 0 < s <= _ORDER // 2):
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), receipt.statement.device)
        message = cose.sign1_structure(_PROTECTED, receipt.signed)
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _to_countersign(digest: bytes, time: int, lists: tuple[Listed, ...], kid: bytes) -> bytes:
    payload = cbor.encode({1: digest, 2: time, 3: _rows(lists)})
    return cose.sign1_structure(cose.protected_header(kid, COUNTERSIGNATURE_TYP), payload)


def _countersigned(digest: bytes, counter: Countersignature, key: TrustedKey) -> bool:
    message = _to_countersign(digest, counter.time, counter.lists, key.kid)
    return ed25519.verify_checked(key.public_key, message, counter.signature)
