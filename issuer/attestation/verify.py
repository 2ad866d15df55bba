"""Verification: one text, one of fifteen verdicts (``docs/format.md`` §5). Reads no clock, file or network.

The first failing step names the verdict:

1.  the text is ASCII, holds ``/#``, its origin is listed, a digit follows   ``foreign`` grey
2.  the version digit is 1                                                   ``unsupported`` grey
3.  digits, first byte, payload length                                       ``malformed`` red
4.  the kid is a key of use 1 in the trust list                              ``unknown_key`` red; amber past next update
5.  the strict signature over the received bytes                             ``bad_signature`` red
6.  a. decoding and round trip                                               ``invalid_claims`` red
    b. claims of a later version                                             ``unsupported`` grey
    c. every other rule of the claims                                        ``invalid_claims`` red
7.  iat in the key's window, may sign for this département                   ``untrusted_key`` red, no claims
    key not revoked, or the token in its list of the genuine                 ``untrusted_key`` red; amber if not held
8.  status 1 or 3                                                            ``revoked`` ``replaced`` red
    status 2                                                                 ``suspended`` amber
9.  the clock is not behind what was seen                                    ``clock_wrong`` amber
10. nbf ≤ now < exp                                                          ``not_yet_valid`` ``expired`` red
11. trust and status lists not expired, the index held                       ``status_unknown`` amber
12. —                                                                        ``valid`` green within the ttl, else amber

The caller still owes: lists accepted by ``keys.trust.accept`` and ``issuer.attestation.status.accept``,
and a ``now`` that is this device's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from issuer.attestation import qr
from issuer.attestation.claims import Claims, Unsupported, decode
from issuer.attestation.genuine import GenuineList
from issuer.attestation.status import REPLACED, REVOKED, SUSPENDED, StatusList, life
from issuer.attestation.token import signed_bytes
from keys import ed25519
from keys.errors import FormError
from keys.trust import TrustList
from keys.trust_content import AT_MOST_AHEAD, STATE_REVOKED, USE_ATTESTATION

_DIGITS = frozenset("0123456789")


@dataclass(frozen=True)
class Verdict:
    """What verification says. Its ``repr`` shows no personal data."""

    verdict: str
    """One of ``verdicts.VERDICTS``."""
    level: str
    """One of ``verdicts.LEVELS``."""
    claims: dict[str, Any] | None = None
    """The claims by their JSON names from step 8 on, else None."""
    key: str | None = None
    """The kid as 16 hexadecimal digits, from step 4 on."""
    status_age_s: int | None = None
    """Seconds since the status list in question was issued; None without such a list or claims."""
    more: bool = False
    """Whether the token holds additive claims that this version does not know."""
    authority: str | None = None
    """The authority that the trust list names for the key, with the claims."""

    def __repr__(self) -> str:
        return f"<Verdict {self.verdict} {self.level}>"


def verify(
    text: str,
    trust: TrustList | None,
    status: Mapping[int, StatusList],
    now: int,
    floor: int = 0,
    genuine: Mapping[bytes, GenuineList] = MappingProxyType({}),
) -> Verdict:
    """The verdict on one QR text.

    ``trust`` is the accepted trust list (None: none acceptable), ``status`` the accepted status lists by
    number, ``now`` UTC seconds, ``floor`` the latest issue time of any list this device ever accepted, ``genuine`` the
    lists of the genuine of revoked keys by the SHA-256 of their index, as far as they are held.
    Raises TypeError for wrong types; no text raises anything.
    """
    if not isinstance(text, str) or type(now) is not int or type(floor) is not int:
        raise TypeError("verify takes a text, and integers of UTC seconds")
    if trust is None:
        return Verdict("status_unknown", "amber")

    # 1. one of our addresses
    found = qr.split_text(text)
    if found is None or found[0] not in trust.origins or found[1][:1] not in _DIGITS:
        return Verdict("foreign", "grey")
    digits = found[1]

    # 2. the format version
    if digits[0] != qr.FORMAT_VERSION:
        return Verdict("unsupported", "grey")

    # 3. digits, first byte, payload length
    parts = qr.unpack(digits[1:])
    if parts is None:
        return Verdict("malformed", "red")
    kid = parts.kid.hex()

    # 4. the key; an unknown kid never makes us try other keys
    key = trust.key(parts.kid)
    if key is None or key.use != USE_ATTESTATION:
        return Verdict("unknown_key", "amber" if now > trust.next_update else "red", key=kid)

    # 5. the received bytes, before anything is decoded (A was checked when the trust list was accepted)
    if not ed25519.verify_checked(key.public_key, signed_bytes(parts.kid, parts.payload), parts.signature):
        return Verdict("bad_signature", "red", key=kid)

    # 6. decoding, later versions, every other rule of the claims
    try:
        claims = decode(parts.payload)
    except Unsupported:
        return Verdict("unsupported", "grey", key=kid)
    except FormError:
        return Verdict("invalid_claims", "red", key=kid)

    # 7. window and départements; the key's state, or its list of the genuine
    if not (key.spans(claims.issued_at) and key.covers(claims.department)):
        return Verdict("untrusted_key", "red", key=kid)
    if key.state == STATE_REVOKED:
        held = genuine.get(key.genuine[1]) if key.genuine else None
        if held is None or not held.holds_parts(parts):
            return Verdict("untrusted_key", "amber" if key.genuine and held is None else "red", key=kid)

    listed = status.get(claims.status[0])
    verdict, level = _state(claims, listed, trust, status, now, floor)
    return Verdict(
        verdict,
        level,
        claims.to_json(),
        kid,
        None if listed is None else now - listed.issued_at,
        bool(claims.additional),
        key.authority,
    )


def _state(
    claims: Claims,
    listed: StatusList | None,
    trust: TrustList,
    status: Mapping[int, StatusList],
    now: int,
    floor: int,
) -> tuple[str, str]:
    """Steps 8 to 12 over authentic claims."""
    value = None if listed is None else listed.value(claims.status[1])
    ttl, until = (0, 0) if listed is None else life(listed, trust)
    current = listed is not None and now < until

    # 8. the status; an expired list's revocations and replacements still count
    if value == REVOKED:
        return "revoked", "red"
    if value == REPLACED:
        return "replaced", "red"
    if value == SUSPENDED and current:
        return "suspended", "amber"

    # 9. the clock
    seen = max(
        floor, trust.build_time, trust.issued, claims.issued_at, *(held.issued_at for held in status.values()), 0
    )
    if now + AT_MOST_AHEAD < seen:
        return "clock_wrong", "amber"

    # 10. the validity
    if now < claims.not_before:
        return "not_yet_valid", "red"
    if now >= claims.expires:
        return "expired", "red"

    # 11. lists that can speak
    if listed is None or not current or value is None or now >= trust.expires:
        return "status_unknown", "amber"

    # 12. valid
    return "valid", "green" if now - listed.issued_at <= ttl else "amber"
