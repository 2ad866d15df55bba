"""The list of seal certificates of a home: from the State's trust list, certificates and revocation lists to
``public/seals.cose``.

What a home keeps in ``seals/``: ``anchor.der``, the pinned certificate of whoever signs the State's trust list, and
``edition.json``, the
last edition that was accepted, so that there is no way back.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from issuer.errors import ConfigError
from issuer.seals import listing, state_list
from issuer.seals.listing import IN_USE, POINT_LENGTHS, REVOKED, SealCertificate
from keys import cbor, durable, latin
from keys.errors import FormError, SealsRefused
from keys.trust_content import SEALS, SealsEntry, TrustContent

if TYPE_CHECKING:
    from issuer.home.home import Home

FILE = "seals.cose"
NEXT_UPDATE = 31 * 24 * 3600
"""Seconds after which a newer list is due."""
LARGEST = 20_000_000
"""Bytes of one file of certificates or of a revocation list that are read."""
MOST = listing.MOST_CERTIFICATES


@dataclass(frozen=True)
class Told:
    """What became of one certificate: ``listed``, ``revoked`` (listed as such) or ``left_out``, and why."""

    certificate: str
    status: str
    reason: str = ""


@dataclass(frozen=True)
class Updated:
    """A finished update: the edition it rests on, when the next one is due (UTC seconds), and each certificate in the
    order it was met.
    """

    edition: int
    issued: int
    next_update: int
    certificates: tuple[Told, ...]


def anchor(home: Home) -> x509.Certificate | None:
    """The pinned certificate, or None."""
    path = home.path / "seals" / "anchor.der"
    return x509.load_der_x509_certificate(path.read_bytes()) if path.exists() else None


def pin(home: Home, certificate: x509.Certificate) -> None:
    """Pin the certificate of the signer of the State's trust list: a person compared its fingerprint before."""
    folder = home.path / "seals"
    durable.make_folder(folder, durable.PRIVATE_FOLDER)
    durable.write(folder / "anchor.der", certificate.public_bytes(Encoding.DER))


def describe(certificate: x509.Certificate) -> list[str]:
    """A certificate in words: subject, time, SHA-256 of its DER in groups of four."""
    digits = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    return [
        f"Subject: {certificate.subject.rfc4514_string()}",
        f"In use from {certificate.not_valid_before_utc:%Y-%m-%d} to {certificate.not_valid_after_utc:%Y-%m-%d}",
        f"SHA-256: {' '.join(digits[at : at + 4] for at in range(0, len(digits), 4))}",
    ]


def named(content: TrustContent, path: str = FILE) -> TrustContent:
    """The trust list with the list of seal certificates named, signed by the key of the first status list."""
    if not content.status_lists:
        raise ConfigError("The trust list names no status list, whose key would sign the list of seal certificates.")
    entry = cbor.encode({1: path, 2: content.status_lists[0].kid})
    rest = tuple(one for one in content.extensions if one[0] != SEALS)
    return replace(content, extensions=tuple(sorted((*rest, (SEALS, entry)))))


def update(
    home: Home,
    data: bytes,
    certificates: Iterable[bytes],
    revocations: Iterable[bytes],
    types: dict[str, list[str]],
    now: int,
) -> Updated:
    """Verify the State's trust list, certificates and revocation lists, and publish the signed list.

    ``data`` is the XML; each of the others is a file of DER or PEM; ``types`` the kinds of document of certificates, by
    ``FR05/AB12``, where their owner said so. Raises SealsRefused, ConfigError.
    """
    pinned = anchor(home)
    if pinned is None:
        raise ConfigError('No signer of the State\'s trust list is pinned in this home. Run "wif seals pin" first.')
    place = home.trust().seals
    if place is None:
        raise ConfigError('The trust list names no list of seal certificates. Run "wif seals name" first.')
    state = state_list.read(data, pinned, now)
    _check_edition(home, state, data)
    lists = _revocation_lists(revocations, state, now)
    told: list[Told] = []
    rows: dict[tuple[str, str], SealCertificate] = {}
    for certificate in _certificates(certificates):
        found = _examine(certificate, state, lists, types)
        if isinstance(found, Told):
            told.append(found)
            continue
        name = (found.authority, found.identifier)
        if name in rows and rows[name] != found:
            raise SealsRefused("form", f"Two certificates bear the name {'/'.join(name)}. Give only the one in force.")
        if name not in rows:
            rows[name] = found
            told.append(Told("/".join(name), "revoked" if found.state == REVOKED else "listed"))
    if len(rows) > MOST:
        raise ConfigError(f"{len(rows)} certificates are more than the {MOST} that a list holds.")
    _publish(home, place, state, tuple(rows.values()), now)
    durable.write(
        home.path / "seals" / "edition.json",
        json.dumps({"sequence": state.sequence, "sha256": hashlib.sha256(data).hexdigest()}).encode(),
    )
    return Updated(state.sequence, state.issued, state.next_update, tuple(told))


def _check_edition(home: Home, state: state_list.StateList, data: bytes) -> None:
    """No way back: neither an older edition, nor another list under the same number."""
    path = home.path / "seals" / "edition.json"
    if not path.exists():
        return
    last = json.loads(path.read_bytes())
    if state.sequence < last["sequence"]:
        raise SealsRefused(
            "rollback",
            f"This is edition {state.sequence} of the State's trust list; edition {last['sequence']} was taken before.",
        )
    if state.sequence == last["sequence"] and hashlib.sha256(data).hexdigest() != last["sha256"]:
        raise SealsRefused(
            "rollback", f"Another list was taken before as edition {state.sequence}. Keep both, and report it."
        )


def _publish(
    home: Home, place: SealsEntry, state: state_list.StateList, rows: tuple[SealCertificate, ...], now: int
) -> None:
    trust = home.trust()
    path = home.public / place.path
    held = None
    if path.exists():
        try:
            held = listing.read(path.read_bytes())
        except FormError:
            held = None
    issued = max(now, held.issued + 1) if held else now
    data = listing.make(issued, issued + NEXT_UPDATE, state.sequence, state.issued, rows, home.signer(place.kid))
    listing.accept(data, trust, held, issued)
    durable.write(path, data, durable.PUBLIC)


def _certificates(files: Iterable[bytes]) -> Iterator[x509.Certificate]:
    for data in files:
        try:
            if b"-----BEGIN" in data:
                yield from x509.load_pem_x509_certificates(data)
            else:
                yield from _der(data)
        except ValueError:
            raise ConfigError("A file of certificates holds neither DER nor PEM certificates.") from None


def _der(data: bytes) -> Iterator[x509.Certificate]:
    """One DER certificate, or several behind one another, as authorities bundle them."""
    while data:
        if len(data) < 4 or data[0] != 0x30 or data[1] != 0x82:
            raise ValueError("no certificate")
        size = 4 + int.from_bytes(data[2:4], "big")
        yield x509.load_der_x509_certificate(data[:size])
        data = data[size:]


def _revocation_lists(
    files: Iterable[bytes], state: state_list.StateList, now: int
) -> dict[str, x509.CertificateRevocationList]:
    """The current revocation list of each authority, its signature verified."""
    found: dict[str, x509.CertificateRevocationList] = {}
    for data in files:
        try:
            read = x509.load_pem_x509_crl if b"-----BEGIN" in data else x509.load_der_x509_crl
            one = read(data)
        except ValueError:
            raise ConfigError("A file of revocations holds no revocation list (DER or PEM).") from None
        authority = next((each for each in state.authorities if each.certificate.subject == one.issuer), None)
        if authority is None:
            continue
        if not one.is_signature_valid(authority.certificate.public_key()):  # type: ignore[arg-type]
            raise SealsRefused("signature", f"The signature of the revocation list of {authority.code} does not hold.")
        due = one.next_update_utc
        if due is None or due.timestamp() < now or one.last_update_utc.timestamp() > now + 300:
            continue
        held = found.get(authority.code)
        if held is None or held.last_update_utc < one.last_update_utc:
            found[authority.code] = one
    return found


def _examine(
    certificate: x509.Certificate,
    state: state_list.StateList,
    lists: dict[str, x509.CertificateRevocationList],
    types: dict[str, list[str]],
) -> SealCertificate | Told:
    """One certificate as the list names it, or why it is left out."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    identifier = str(names[0].value).upper() if names else ""
    authority = next((one for one in state.authorities if one.certificate.subject == certificate.issuer), None)
    name = f"{authority.code if authority else '?'}/{identifier or '?'}"
    if authority is None:
        return Told(name, "left_out", "no authority of the State's trust list issued it")
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (InvalidSignature, ValueError, TypeError):
        return Told(name, "left_out", f"the signature of {authority.code} on it does not hold")
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return Told(name, "left_out", "its key is not one of P-256, P-384 or P-521")
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if len(point) not in POINT_LENGTHS or key.curve.name not in ("secp256r1", "secp384r1", "secp521r1"):
        return Told(name, "left_out", "its key is not one of P-256, P-384 or P-521")
    if not _may_sign(certificate):
        return Told(name, "left_out", "it is not for signatures")
    if authority.code not in lists:
        return Told(name, "left_out", f"no current revocation list of {authority.code} was given")
    first, last = _window(certificate, authority)
    if first > last:
        return Told(name, "left_out", f"its time of use and that of {authority.code} share no day")
    revoked = lists[authority.code].get_revoked_certificate_by_serial_number(certificate.serial_number) is not None
    row = SealCertificate(
        authority=authority.code,
        identifier=identifier,
        public_key=point,
        not_before=first,
        not_after=last,
        state=REVOKED if revoked else IN_USE,
        issuer=_issuer(certificate, authority),
        types=tuple(types.get(name, ())),
    )
    try:
        listing.check(row)
    except FormError:
        return Told(
            name,
            "left_out",
            "its name is neither four letters and digits nor five hexadecimal digits, or its types are not two each",
        )
    return row


def _window(certificate: x509.Certificate, authority: state_list.Authority) -> tuple[int, int]:
    """When it may sign, UTC seconds: never outside the time of the authority's own certificate (RFC 5280 §6.1)."""
    both = (certificate, authority.certificate)
    return (
        max(int(one.not_valid_before_utc.timestamp()) for one in both),
        min(int(one.not_valid_after_utc.timestamp()) for one in both),
    )


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except ValueError:
        return False
    return usage.digital_signature or usage.content_commitment


def _issuer(certificate: x509.Certificate, authority: state_list.Authority) -> str:
    """Who seals with this certificate: its organisation, as far as the text rule can write it; else the authority's
    name.
    """
    for oid, of in (
        (x509.NameOID.ORGANIZATION_NAME, certificate),
        (x509.NameOID.ORGANIZATION_NAME, authority.certificate),
    ):
        for attribute in of.subject.get_attributes_for_oid(oid):
            text = " ".join(unicodedata.normalize("NFC", str(attribute.value)).split())[:120].rstrip()
            if latin.follows(text, 1, 120):
                return text
    return authority.code
