"""The trust list: make, sign, read and accept it (``docs/format.md`` §3). Pure: the time is an argument.

Acceptance, in this order; the first that fails names the refusal:

1. ``form``       a tagged COSE_Sign, deterministic, with every field of the tables
2. ``key``        every kid is its key's hash, every key a prime-order point, none twice, roots included
3. ``threshold``  at least ``threshold`` distinct pinned roots signed it
4. ``successor``  it names other roots or another threshold, and lacks the new set's own threshold of signatures
5. ``future``     issued more than 300 s after now
6. ``expired``    now is at or past its expiry
7. ``rollback``   its version is lower than the held one's
8. ``conflict``   its version is the held one's, its payload is not
"""

from dataclasses import dataclass

from keys import cbor, cose, ed25519
from keys.errors import FormError, TrustRefused
from keys.roots import RootSet
from keys.signer import Signer
from keys.trust_content import AT_MOST_AHEAD, TrustContent, content_from, encode_payload

BODY_PROTECTED = cose.protected_header(None, "application/wif-trust+cbor")
_SIGN_PREFIX = bytes.fromhex("a201270448")


@dataclass(frozen=True)
class TrustList(TrustContent):
    """An accepted trust list.

    ``payload`` and ``cose`` are its exact bytes; ``build_time`` is the site's build time in UTC seconds (0: none).
    """

    payload: bytes = b""
    cose: bytes = b""
    build_time: int = 0


@dataclass(frozen=True)
class Accepted:
    """What an acceptance gives: the list to hold, the root set to pin, and whether the list is new."""

    trust: TrustList
    pinned: RootSet
    changed: bool


def sign_payload(payload: bytes, signers: list[Signer]) -> list[cose.SignatureOf]:
    """One COSE_Signature per root signer, over the exact payload bytes (RFC 9052 §4.4)."""
    return [_signature(payload, signer) for signer in signers]


def _signature(payload: bytes, signer: Signer) -> cose.SignatureOf:
    protected = cose.protected_header(signer.kid, None)
    return cose.SignatureOf(protected, signer.sign(cose.sign_structure(BODY_PROTECTED, protected, payload)))


def make(content: TrustContent, signers: list[Signer]) -> bytes:
    """The tagged COSE_Sign of ``content``, signed by every signer (root keys). Raises FormError for bad content."""
    payload = encode_payload(content)
    return cose.build_sign(BODY_PROTECTED, payload, sign_payload(payload, signers))


def combine(lists: list[bytes]) -> bytes:
    """One COSE_Sign with the signatures of several over the same payload, each kid once, in order of kid.

    Raises FormError when a form is wrong or the payloads differ.
    """
    parsed = [parse(data) for data in lists]
    if len({sign.payload for sign in parsed}) != 1:
        raise FormError("These trust lists are not the same: sign the very same file on every machine.")
    signatures = {s.protected: s for sign in parsed for s in sign.signatures}
    return cose.build_sign(BODY_PROTECTED, parsed[0].payload, [signatures[p] for p in sorted(signatures)])


def parse(data: bytes) -> cose.Sign:
    """The COSE_Sign taken apart, its body header checked. Raises FormError."""
    sign = cose.parse_sign(data)
    if sign.protected != BODY_PROTECTED:
        raise FormError("The protected header is not that of a trust list.")
    return sign


def signed_by(sign: cose.Sign, roots: RootSet) -> set[bytes]:
    """The kids of the roots whose strict signature of this list holds. Unknown and bad signatures do not count."""
    keys = roots.by_kid()
    good = set()
    for signature in sign.signatures:
        kid = signature.protected[len(_SIGN_PREFIX) :]
        if signature.protected != _SIGN_PREFIX + kid or kid not in keys:
            continue
        message = cose.sign_structure(sign.protected, signature.protected, sign.payload)
        if ed25519.verify_checked(keys[kid], message, signature.signature):
            good.add(kid)
    return good


def read(data: bytes, build_time: int = 0) -> TrustList:
    """Read a trust list without trusting it: form and keys only. Raises TrustRefused ``form`` or ``key``."""
    try:
        sign = parse(data)
        content = content_from(cbor.decode(sign.payload))
    except FormError as error:
        raise TrustRefused("form", f"This is not a trust list. {error}") from None
    _check_keys(content)
    fields = {name: getattr(content, name) for name in TrustContent.__dataclass_fields__}
    return TrustList(**fields, payload=sign.payload, cose=data, build_time=build_time)


def _check_keys(content: TrustContent) -> None:
    seen: set[bytes] = set()
    for key in content.roots.keys:
        seen |= {key, ed25519.kid(key)}
    for trusted in content.keys:
        if trusted.kid != ed25519.kid(trusted.public_key):
            raise TrustRefused("key", "A kid of the trust list is not its key's hash. Do not use this list.")
        if not ed25519.is_prime_order_point(trusted.public_key):
            raise TrustRefused(
                "key", "A key of the trust list is not a prime-order Ed25519 point. Do not use this list."
            )
        if trusted.public_key in seen or trusted.kid in seen:
            raise TrustRefused("key", "A key or kid stands twice in the trust list. Do not use this list.")
        seen |= {trusted.public_key, trusted.kid}


def accept(data: bytes, pinned: RootSet, held: TrustList | None, now: int, build_time: int = 0) -> Accepted:
    """Accept a fetched trust list, or raise TrustRefused with the first failing rule's code.

    ``pinned`` is the root set trusted so far, ``held`` the list in use (None: none yet), ``now`` UTC
    seconds, ``build_time`` the site's. With the held version and payload again there is nothing to do:
    ``changed`` is False and the held list comes back.
    """
    trust = read(data, build_time)
    sign = parse(data)
    if len(signed_by(sign, pinned)) < pinned.threshold:
        raise TrustRefused("threshold", "Too few of the pinned roots signed this trust list. Keep the one you hold.")
    rotated = not trust.roots.same_as(pinned)
    if rotated and len(signed_by(sign, trust.roots)) < trust.roots.threshold:
        raise TrustRefused(
            "successor", "This trust list names new roots, but too few of them signed it. Keep the one you hold."
        )
    if trust.issued > now + AT_MOST_AHEAD:
        raise TrustRefused("future", "This trust list was issued in the future. Check this device's clock.")
    if now >= trust.expires:
        raise TrustRefused("expired", "This trust list has expired. Fetch a newer one.")
    if held is not None:
        if trust.version < held.version:
            raise TrustRefused("rollback", "This trust list is older than the one you hold. Keep the one you hold.")
        if trust.version == held.version:
            if trust.payload != held.payload:
                raise TrustRefused(
                    "conflict", "Two different trust lists bear the same version. Keep the one you hold, and report it."
                )
            return Accepted(held, pinned, False)
    return Accepted(trust, trust.roots if rotated else pinned, True)
