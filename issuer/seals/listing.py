"""The list of seal certificates, ``/seals.cose`` (``docs/format.md`` §8): made, read and accepted. Pure: the time is
an argument.

A COSE_Sign1 signed by the key that the trust list names for it (extension 32 of the list). Acceptance, in this order;
the first that
fails names the refusal: ``form``, ``unlisted`` (the trust list names no such list), ``signer``, ``window``,
``signature``, ``future``,
``rollback`` (an older edition of the State's trust list, or not issued later than the held list).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from keys import cbor, cose, ed25519, latin
from keys.errors import FormError, SealsRefused
from keys.signer import Signer
from keys.trust_content import AT_MOST_AHEAD, STATE_REVOKED, UINT_LIMIT, USE_STATUS, TrustContent

TYP = "application/wif-seals+cbor"
IN_USE, REVOKED = 1, 3
"""The state of a certificate; the numbers are those of a key of the trust list."""
POINT_LENGTHS = {65: "P-256", 97: "P-384", 133: "P-521"}
"""Bytes of an uncompressed point (SEC 1 §2.3.3), and its curve."""
MOST_CERTIFICATES = 5_000
_AUTHORITY = re.compile(r"[A-Z]{2}[0-9A-Z]{2}", re.ASCII)
_IDENTIFIER = re.compile(r"[0-9A-Z]{4}|[0-9A-F]{5}", re.ASCII)
_TYPE = re.compile(r"[0-9A-Z]{2}", re.ASCII)


@dataclass(frozen=True)
class SealCertificate:
    """One certificate of who seals documents.

    ``authority`` 4 characters and ``identifier`` 4 (5 hexadecimal digits where binary seals name it), as a seal names
    them; ``public_key`` an uncompressed point of 65, 97 or 133 bytes; the window is UTC seconds, both ends included,
    for the day of the signature; ``issuer`` 1..120 code points of the text rule; ``types`` the kinds of document it is
    for, empty where the certificate does not say.
    """

    authority: str
    identifier: str
    public_key: bytes
    not_before: int
    not_after: int
    state: int
    issuer: str
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class SealList:
    """An accepted list. ``issued`` and ``next_update`` are UTC seconds; ``edition`` is the sequence number of the
    State's
    trust list that the certificates were checked by, ``edition_issued`` its day in UTC seconds; ``cose`` the exact
    bytes.
    """

    issued: int
    next_update: int
    edition: int
    edition_issued: int
    certificates: tuple[SealCertificate, ...]
    kid: bytes
    cose: bytes = field(repr=False)

    def certificate(self, authority: str, identifier: str) -> SealCertificate | None:
        """The one certificate of that name, or None: another one is never tried."""
        return next(
            (one for one in self.certificates if (one.authority, one.identifier) == (authority, identifier)), None
        )


def make(
    issued: int,
    next_update: int,
    edition: int,
    edition_issued: int,
    certificates: tuple[SealCertificate, ...],
    signer: Signer,
) -> bytes:
    """The signed list. Raises FormError when it would not be accepted for its form."""
    rows = sorted(certificates, key=lambda one: (one.authority, one.identifier))
    payload = cbor.encode(
        {
            1: issued,
            2: next_update,
            3: [edition, edition_issued],
            4: [_row(one) for one in rows],
        }
    )
    protected = cose.protected_header(signer.kid, TYP)
    data = cose.build_sign1(protected, payload, signer.sign(cose.sign1_structure(protected, payload)))
    read(data)
    return data


def _row(one: SealCertificate) -> list[object]:
    return [
        one.authority,
        one.identifier,
        one.public_key,
        one.not_before,
        one.not_after,
        one.state,
        one.issuer,
        list(one.types),
    ]


def check(one: SealCertificate) -> None:
    """Raise FormError unless a list may hold this certificate."""
    _certificate(_row(one))


def read(data: bytes) -> SealList:
    """Read a list without trusting it. Raises FormError."""
    sign1 = cose.parse_sign1(data)
    kid = sign1.protected[5 : 5 + ed25519.KID_LENGTH]
    if len(kid) != ed25519.KID_LENGTH or sign1.protected != cose.protected_header(kid, TYP):
        raise FormError("Its protected header is not that of a list of seal certificates.")
    claims: Any = cbor.decode(sign1.payload)
    match claims:
        case {1: issued, 2: next_update, 3: [edition, edition_issued], 4: list() as rows} if len(claims) == 4 and all(
            map(_is_uint, (issued, next_update, edition, edition_issued))
        ):
            certificates = tuple(map(_certificate, rows))
        case _:
            raise FormError("Its claims are not exactly 1 to 4.")
    if len(certificates) > MOST_CERTIFICATES:
        raise FormError(f"It names more than {MOST_CERTIFICATES} certificates.")
    if len({(one.authority, one.identifier) for one in certificates}) != len(certificates):
        raise FormError("A certificate stands twice.")
    return SealList(issued, next_update, edition, edition_issued, certificates, kid, data)


def _certificate(row: Any) -> SealCertificate:
    match row:
        case [
            str() as authority,
            str() as identifier,
            bytes() as point,
            not_before,
            not_after,
            state,
            issuer,
            list() as types,
        ] if (
            _AUTHORITY.fullmatch(authority)
            and _IDENTIFIER.fullmatch(identifier)
            and len(point) in POINT_LENGTHS
            and point[0] == 4
            and _is_uint(not_before)
            and _is_uint(not_after)
            and not_before <= not_after
            and type(state) is int
            and state in (IN_USE, REVOKED)
            and latin.follows(issuer, 1, 120)
            and all(isinstance(one, str) and _TYPE.fullmatch(one) for one in types)
            and len(set(types)) == len(types)
        ):
            return SealCertificate(authority, identifier, point, not_before, not_after, state, issuer, tuple(types))
    raise FormError("A certificate is not [authority, identifier, point, not before, not after, state, issuer, types].")


def _is_uint(value: object) -> bool:
    return type(value) is int and 0 <= value < UINT_LIMIT


def accept(data: bytes, trust: TrustContent, held: SealList | None, now: int) -> SealList:
    """Accept a fetched list, or raise SealsRefused with the first failing rule's code. ``now`` is UTC seconds."""
    try:
        listed = read(data)
    except FormError as error:
        raise SealsRefused("form", f"This is not a list of seal certificates. {error}") from None
    named = trust.seals
    if named is None:
        raise SealsRefused("unlisted", "The trust list names no list of seal certificates.")
    key = trust.key(named.kid)
    if listed.kid != named.kid or key is None or key.use != USE_STATUS or key.state == STATE_REVOKED:
        raise SealsRefused(
            "signer", "This list of seal certificates is not signed by the key that the trust list names for it."
        )
    if not key.spans(listed.issued):
        raise SealsRefused("window", "This list of seal certificates was issued outside the window of its key.")
    sign1 = cose.parse_sign1(data)
    if not ed25519.verify_checked(
        key.public_key, cose.sign1_structure(sign1.protected, sign1.payload), sign1.signature
    ):
        raise SealsRefused("signature", "The signature of this list of seal certificates does not hold.")
    if listed.issued > now + AT_MOST_AHEAD:
        raise SealsRefused(
            "future", "This list of seal certificates was issued in the future. Check this device's clock."
        )
    if held is not None and data != held.cose and (listed.issued <= held.issued or listed.edition < held.edition):
        raise SealsRefused(
            "rollback", "This list of seal certificates is not newer than the one you hold. Keep the one you hold."
        )
    return listed
