"""The list of the genuine of a revoked key: its files, and what it changes in step 7 (``docs/format.md`` §4.5)."""

import hashlib

from tests.vectors import curve
from tests.vectors.cases import Cases
from tests.vectors.scene import (
    IAT,
    NOW,
    ORIGIN,
    REFERENCE,
    REFERENCE_PAYLOAD,
    REVOKED,
    ROOTS,
    SIGNER,
    STATUS,
    attestation,
    main_trust,
    payload,
)
from tests.vectors.wire import (
    TOKEN_TYP,
    Key,
    Pairs,
    item,
    sign1,
    sign1_header,
    text_of,
    to_be_signed,
    token_text,
    trust_entry,
    trust_list,
)

SALT = hashlib.sha256(b"work-in-france test salt").digest()[:16]
PATH = "genuine/d0.cbor"


def whole(key: Key, claims: bytes) -> bytes:
    """The whole token of a payload."""
    protected = sign1_header(key.kid, TOKEN_TYP)
    return sign1(protected, claims, key.sign(to_be_signed(protected, claims)))


def entries(*tokens: bytes, salt: bytes = SALT) -> bytes:
    """The sorted entries of whole tokens."""
    return b"".join(sorted(hashlib.sha256(salt + token).digest()[:12] for token in tokens))


EXPIRED = payload(REFERENCE, exp=NOW)
NARROWED = payload(attestation(k14="92"))
EARLY = payload(REFERENCE, iat=IAT - 1)
REVOKED_ONE = payload(attestation(k15=[1, 1]))
FILLER = [whole(REVOKED, payload(attestation(k2=1_000_000_000 + number))) for number in range(40)]
LISTED = [whole(REVOKED, one) for one in (REFERENCE_PAYLOAD, EXPIRED, NARROWED, EARLY, REVOKED_ONE)]
PART = entries(*LISTED, *FILLER)


def index(parts: object, count: object = len(PART) // 12, salt: object = SALT) -> bytes:
    """An index."""
    return item({1: salt, 2: count, 3: parts})


def named(*parts: bytes) -> list:
    """The parts as an index names them."""
    return [[f"{PATH}.{number}", hashlib.sha256(part).digest()] for number, part in enumerate(parts, 1)]


INDEX = index(named(PART))
DIGEST = hashlib.sha256(INDEX).digest()
HALF = len(PART) // 24 * 12


def _trust(extension: object, **entry: object) -> bytes:
    return trust_list(
        main_trust(
            k6=[trust_entry(SIGNER, 1), trust_entry(STATUS, 2), trust_entry(REVOKED, 1, f6=3, f32=extension, **entry)]
        ),
        ROOTS[:2],
    )


TRUST = {
    "genuine": (_trust([PATH, DIGEST]), NOW),
    "genuine-scoped": (_trust([PATH, DIGEST], f4=IAT, f8=["75"]), NOW),
}
FILES = {"main": (INDEX, [PART])}
"""Name: an index and its parts, as files of ``lists/``."""


def key_rules() -> Cases:
    """Step 7 with a revoked key."""
    cases = Cases("5.7")
    held = {"genuine": ["main"]}
    text = token_text(ORIGIN, REVOKED, REFERENCE_PAYLOAD)

    def untrusted(
        name: str, comment: str, text: str, level: str, trust: str = "genuine", genuine: tuple = ("main",)
    ) -> None:
        cases.add(f"genuine-{name}", comment, text, "untrusted_key", level, key=REVOKED, trust=trust)
        cases.rows[-1]["genuine"] = list(genuine)

    def listed(
        name: str,
        comment: str,
        claims: bytes,
        changes: dict | None = None,
        verdict: str = "valid",
        level: str = "green",
        trust: str = "genuine",
    ) -> None:
        cases.authentic(f"genuine-{name}", comment, claims, changes, verdict, level, signer=REVOKED, trust=trust)
        cases.rows[-1] |= held

    listed("listed", "the key is revoked, the token is in its list", REFERENCE_PAYLOAD)
    listed(
        "expired",
        "what has expired is in the list too: expired, no forgery",
        EXPIRED,
        {"valid_until": "2026-02-01"},
        "expired",
        "red",
    )
    listed(
        "status-speaks-on",
        "the list lifts the revocation of the key only",
        REVOKED_ONE,
        {"status": {"list": 1, "index": 1}},
        "revoked",
        "red",
    )
    untrusted("not-held", "named, and not on this device yet: amber, without claims", text, "amber", genuine=())
    untrusted("not-named", "held, and this trust list names none", text, "red", trust="main")
    forged = token_text(ORIGIN, REVOKED, payload(attestation(k3="DURAND")))
    untrusted("forged", "signed by the thief, with an old date", forged, "red")
    untrusted("forged-not-held", "the same before the list is there: no claims are shown", forged, "amber", genuine=())
    protected = sign1_header(REVOKED.kid, TOKEN_TYP)
    again = curve.with_chosen_r(
        REVOKED.seed,
        REVOKED.public,
        to_be_signed(protected, REFERENCE_PAYLOAD),
        7,
        curve.encode(curve.times(7, curve.BASE)),
    )
    untrusted(
        "signed-again",
        "the claims of a listed one under another good signature",
        text_of(ORIGIN, REVOKED.kid, again, REFERENCE_PAYLOAD),
        "red",
    )
    listed(
        "window-first-second",
        "in the list, in the window, of the département",
        REFERENCE_PAYLOAD,
        trust="genuine-scoped",
    )
    untrusted(
        "other-department",
        "in the list, but the key may not sign for its département",
        token_text(ORIGIN, REVOKED, NARROWED),
        "red",
        trust="genuine-scoped",
    )
    untrusted(
        "before-window",
        "in the list, but issued before the key's window",
        token_text(ORIGIN, REVOKED, EARLY),
        "red",
        trust="genuine-scoped",
    )
    early = token_text(ORIGIN, REVOKED, EARLY)
    untrusted(
        "before-window-not-held",
        "the window is looked at before the list",
        early,
        "red",
        trust="genuine-scoped",
        genuine=(),
    )
    return cases


def readings() -> list[dict]:
    """Lists to read."""
    rows: list[dict] = []

    def add(
        name: str, comment: str, data: bytes, parts: list[bytes], count: int | None = None, digest: bytes | None = None
    ) -> None:
        digest = hashlib.sha256(data).digest() if digest is None else digest
        expect = {"accepted": count is not None} | ({"count": count} if count is not None else {})
        rows.append(
            {
                "id": name,
                "spec": "4.5",
                "comment": comment,
                "hash": digest.hex(),
                "index": data.hex(),
                "parts": [part.hex() for part in parts],
                "expect": expect,
            }
        )

    first, second = PART[:HALF], PART[HALF:]
    full = len(PART) // 12
    add("one-part", "an index and one part", INDEX, [PART], full)
    add("two-parts", "two parts", index(named(first, second)), [first, second], full)
    add("empty-part", "a part without an entry", index(named(PART, b"")), [PART, b""], full)
    add("empty", "no attestation at all", index([], 0), [], 0)
    add("other-hash", "an index that the trust list does not name", INDEX, [PART], digest=bytes(32))
    add("part-altered", "one bit of a part is another", INDEX, [PART[:-1] + bytes([PART[-1] ^ 1])])
    add("part-missing", "a part is missing", index(named(first, second)), [first])
    add("part-more", "a part more than named", INDEX, [PART, b""])
    add("parts-exchanged", "the parts in the other order", index(named(first, second)), [second, first])
    add("unsorted", "parts named in the order that does not sort", index(named(second, first)), [second, first])
    add("twice", "an entry twice", index(named(PART + PART[-12:]), full + 1), [PART + PART[-12:]])
    add("count-less", "an entry more than counted", index(named(PART), full - 1), [PART])
    add("count-more", "an entry less than counted", index(named(PART), full + 1), [PART])
    add("torn", "an entry of eleven bytes", index(named(PART[:-1])), [PART[:-1]])
    add("salt-short", "a salt of 15 bytes", index(named(PART), salt=SALT[:15]), [PART])
    add("salt-text", "a salt that is a text", index(named(PART), salt="salt"), [PART])
    add("count-true", "a count of true", index(named(PART), count=True), [PART])
    add("count-negative", "a negative count", index(named(PART), count=-1), [PART])
    add("parts-map", "the parts are a map", index({}), [])
    add("part-twice", "a part is named twice", index([named(PART)[0]] * 2), [PART, PART])
    add("part-path-up", "a path that goes up", index([["../x", hashlib.sha256(PART).digest()]]), [PART])
    add("part-hash-short", "a hash of 31 bytes", index([[PATH, hashlib.sha256(PART).digest()[:31]]]), [PART])
    add("part-three", "a part of three things", index([[*named(PART)[0], 1]]), [PART])
    add("key-more", "a key more", item({1: SALT, 2: full, 3: named(PART), 4: 0}), [PART])
    add("key-less", "without the count", item({1: SALT, 3: named(PART)}), [PART])
    add("array", "an array", item([SALT, full, named(PART)]), [PART])
    add("unsorted-keys", "keys in another order", item(Pairs(((2, full), (1, SALT), (3, named(PART))))), [PART])
    add("trailing", "a byte behind the index", INDEX + b"\x00", [PART])
    add(
        "parts-65",
        "65 parts",
        index([[f"p{number}", hashlib.sha256(b"").digest()] for number in range(65)], 0),
        [b""] * 65,
    )
    add(
        "parts-64",
        "64 parts",
        index([[f"p{number}", hashlib.sha256(b"").digest()] for number in range(64)], 0),
        [b""] * 64,
        0,
    )
    return rows
