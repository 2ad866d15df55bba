"""Steps 4 and 5: the key and the signature."""

from tests.vectors import curve, scene
from tests.vectors.cases import Cases
from tests.vectors.scene import (
    FUTURE_USE,
    NEXT_UPDATE,
    ORIGIN,
    OTHER_SIGNER,
    RECEIPT,
    REFERENCE_PAYLOAD,
    ROOTS,
    SIGNER,
    STATUS,
    STRANGER,
    TRUST_EXPIRES,
)
from tests.vectors.wire import STATUS_TYP, TOKEN_TYP, item, sign1_header, text_of, to_be_signed, token_text


def unknown_key() -> Cases:
    """Step 4."""
    cases = Cases("5.4")
    for name, comment, key in (
        ("stranger", "signed by a key that nobody listed", STRANGER),
        ("status", "signed by the key of the status lists (use 2)", STATUS),
        ("receipt", "signed by the key of the receipts (use 3)", RECEIPT),
        ("root", "signed by a root", ROOTS[0]),
        ("future-use", "signed by a key whose use (9) this version ignores", FUTURE_USE),
    ):
        cases.add(
            f"unknown-key-{name}", comment, token_text(ORIGIN, key, REFERENCE_PAYLOAD), "unknown_key", "red", key=key
        )
    text = token_text(ORIGIN, SIGNER, REFERENCE_PAYLOAD, kid=STRANGER.kid)
    cases.add(
        "unknown-kid-known-key",
        "a known key signed, but the kid is unknown: no other key is tried",
        text,
        "unknown_key",
        "red",
        key=STRANGER,
    )
    text = token_text(ORIGIN, STRANGER, REFERENCE_PAYLOAD)
    for name, comment, level, now in (
        ("at-next-update", "the trust list is not yet past its next update", "red", NEXT_UPDATE),
        ("past-next-update", "a newer trust list may know this key", "amber", NEXT_UPDATE + 1),
        ("past-expiry", "the trust list has expired, so it is past its next update", "amber", TRUST_EXPIRES + 1),
    ):
        cases.add(f"unknown-key-{name}", comment, text, "unknown_key", level, key=STRANGER, now=now)
    cases.add(
        "unknown-kid-zero",
        "a kid of zeros",
        text_of(ORIGIN, bytes(8), bytes(64), REFERENCE_PAYLOAD),
        "unknown_key",
        "red",
    )
    cases.rows[-1]["expect"]["key"] = "00" * 8
    return cases


def bad_signature() -> Cases:
    """Step 5."""
    cases = Cases("5.5")
    protected = sign1_header(SIGNER.kid, TOKEN_TYP)
    message = to_be_signed(protected, REFERENCE_PAYLOAD)
    good = SIGNER.sign(message)
    r, s = good[:32], int.from_bytes(good[32:], "little")

    def add(name: str, comment: str, signature: bytes, payload: bytes = REFERENCE_PAYLOAD, key=SIGNER) -> None:
        cases.add(
            f"signature-{name}", comment, text_of(ORIGIN, key.kid, signature, payload), "bad_signature", "red", key=key
        )

    add("zero", "64 zero bytes", bytes(64))
    add("bit-of-r", "one bit of R is flipped", bytes([good[0] ^ 1]) + good[1:])
    add("bit-of-s", "one bit of S is flipped", good[:32] + bytes([good[32] ^ 1]) + good[33:])
    add("bit-of-payload", "one bit of a name is flipped", good, REFERENCE_PAYLOAD.replace(b"NGUYEN", b"NGUYEM"))
    add("longer-payload", "a byte is added to the payload", good, REFERENCE_PAYLOAD + b"\0")
    add("other-kid", "the kid of another listed key", good, key=OTHER_SIGNER)
    add("halves-exchanged", "S before R", good[32:] + good[:32])
    add("s-plus-l", "S + L satisfies the equation too: malleable", r + (s + curve.L).to_bytes(32, "little"))
    add("s-plus-7l", "S + 7 L, the largest that fits", r + (s + 7 * curve.L).to_bytes(32, "little"))
    add("s-is-l", "S = L", r + curve.L.to_bytes(32, "little"))
    add("negated-s", "L − S", r + (curve.L - s).to_bytes(32, "little"))

    eight = curve.order_eight()
    small = {order: curve.times(8 // order, eight) for order in (1, 2, 4, 8)}
    for order, point in small.items():
        add(
            f"small-order-r-{order}",
            f"R is a point of order {order}"
            + (": the equation holds" if order == 1 else ": it holds with the cofactor"),
            curve.with_chosen_r(SIGNER.seed, SIGNER.public, message, 0, curve.encode(point)),
        )
    for order, name in ((2, "mixed-order-2-r"), (4, "mixed-order-4-r"), (8, "mixed-order-r")):
        mixed = curve.add(curve.times(12345, curve.BASE), small[order])
        add(
            name,
            f"R has a component of order {order}: the equation holds with the cofactor",
            curve.with_chosen_r(SIGNER.seed, SIGNER.public, message, 12345, curve.encode(mixed)),
        )
    add(
        "non-canonical-r",
        "R is the identity, encoded as y = p + 1",
        curve.with_chosen_r(SIGNER.seed, SIGNER.public, message, 0, (curve.P + 1).to_bytes(32, "little")),
    )
    add(
        "negative-zero-r",
        "R is the identity with the sign of x set",
        curve.with_chosen_r(SIGNER.seed, SIGNER.public, message, 0, (1 | 1 << 255).to_bytes(32, "little")),
    )
    add("not-a-point-r", "R is no point of the curve", (2).to_bytes(32, "little") + good[32:])

    for name, comment, signed in (
        (
            "without-typ",
            "signed over a header without typ",
            to_be_signed(bytes.fromhex("a201270448") + SIGNER.kid, REFERENCE_PAYLOAD),
        ),
        (
            "of-a-status-list",
            "signed over the header of a status list",
            to_be_signed(sign1_header(SIGNER.kid, STATUS_TYP), REFERENCE_PAYLOAD),
        ),
        (
            "other-alg",
            "signed over a header with EdDSA's newer number −19",
            to_be_signed(b"\xa3\x01\x32\x04\x48" + SIGNER.kid + b"\x10" + item(TOKEN_TYP), REFERENCE_PAYLOAD),
        ),
        ("other-context", "signed as a COSE_Sign", to_be_signed(protected, REFERENCE_PAYLOAD, "Signature")),
        ("external-data", "signed with external data", to_be_signed(protected, REFERENCE_PAYLOAD, external=b"x")),
        ("bare-payload", "signed over the bare payload", REFERENCE_PAYLOAD),
        (
            "long-length",
            "signed over a structure whose payload length is longer than needed",
            b"\x84"
            + item("Signature1")
            + item(protected)
            + b"\x40\x59"
            + len(REFERENCE_PAYLOAD).to_bytes(2, "big")
            + REFERENCE_PAYLOAD,
        ),
    ):
        text = token_text(ORIGIN, SIGNER, REFERENCE_PAYLOAD, signed=signed)
        cases.add(f"signature-{name}", comment, text, "bad_signature", "red", key=SIGNER)
    text = token_text(ORIGIN, STRANGER, REFERENCE_PAYLOAD, kid=SIGNER.kid)
    cases.add(
        "signature-of-a-stranger", "a stranger signed under a listed kid", text, "bad_signature", "red", key=SIGNER
    )
    undecodable = b"\xff" * 40
    add("before-decoding", "an undecodable payload, not signed: the signature is looked at first", good, undecodable)
    return cases


def key_rules() -> Cases:
    """Step 7."""
    cases = Cases("5.7")
    paris, narrow, iat = scene.PARIS_ONLY, scene.NARROW, scene.IAT

    def untrusted(name: str, comment: str, key, payload: bytes) -> None:
        cases.add(f"untrusted-{name}", comment, token_text(ORIGIN, key, payload), "untrusted_key", "red", key=key)

    reference = scene.REFERENCE
    untrusted("revoked", "the key is revoked: no claims are shown", scene.REVOKED, REFERENCE_PAYLOAD)
    untrusted("before-window", "issued a second before the key's window", narrow, scene.payload(reference, iat=iat - 1))
    untrusted("after-window", "issued a second after the key's window", narrow, scene.payload(reference, iat=iat + 11))
    untrusted(
        "after-retirement",
        "issued after the retired key's window",
        scene.RETIRED,
        scene.payload(reference, iat=iat + 1),
    )
    untrusted(
        "other-department",
        "the key may sign for 75 and 2A, not for 92",
        paris,
        scene.payload(scene.attestation(k14="92")),
    )
    untrusted("corsica", "2B is not 2A", paris, scene.payload(scene.attestation(k14="2B")))
    cases.authentic(
        "window-first-second", "issued in the first second of the window", scene.payload(reference), signer=narrow
    )
    cases.authentic(
        "window-last-second",
        "issued in the last second of the window",
        scene.payload(reference, iat=iat + 10),
        {"issued_at": "2025-12-29T09:20:10Z"},
        signer=narrow,
    )
    cases.authentic(
        "retired-key", "a retired key stays trusted for its window", REFERENCE_PAYLOAD, signer=scene.RETIRED
    )
    cases.authentic("department-listed", "the key may sign for 75", REFERENCE_PAYLOAD, signer=paris)
    cases.authentic(
        "department-2a",
        "the key may sign for 2A",
        scene.payload(scene.attestation(k14="2A")),
        {"department": "2A"},
        signer=paris,
    )
    text = token_text(ORIGIN, scene.REVOKED, scene.payload(scene.attestation(k6="vnm")))
    cases.add(
        "revoked-key-bad-claims",
        "the claims are looked at before the key's state",
        text,
        "invalid_claims",
        "red",
        key=scene.REVOKED,
        spec="5.6c",
    )
    cases.add(
        "untrusted-before-status",
        "the key's state is looked at before the status",
        token_text(ORIGIN, scene.REVOKED, REFERENCE_PAYLOAD),
        "untrusted_key",
        "red",
        key=scene.REVOKED,
        status=("one-revoked",),
    )
    return cases
