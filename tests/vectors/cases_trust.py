"""Acceptance of a trust list: every rule of ``docs/format.md`` §3."""

import hashlib

from tests.vectors import curve, scene
from tests.vectors.scene import (
    NOW,
    RECEIPT,
    ROOTS,
    SIGNER,
    STATUS,
    STRANGER,
    TRUST_EXPIRES,
    TRUST_ISSUED,
    main_trust,
    trust_bytes,
)
from tests.vectors.wire import (
    TOKEN_TYP,
    Key,
    Pairs,
    Raw,
    item,
    root_signature,
    sign1,
    sign1_header,
    to_be_signed,
    trust_entry,
    trust_list,
)

OLD = (2, ROOTS)
NEW_ROOTS = [ROOTS[2], Key("root 4"), Key("root 5")]
NEW = [2, [root.public for root in NEW_ROOTS]]
HELD = trust_bytes()
OF_ORDER_2_L = bytes.fromhex("003789297ce02defa2f4bc7635d1d7ce99b96d76eb91d31f905101674ddab720")
"""A point whose component of order 2 libsodium overlooked before the fix in PyNaCl 1.6.2."""


class Acceptances:
    """The vectors, in order."""

    def __init__(self) -> None:
        self.rows: list[dict] = []

    def _add(
        self, name: str, comment: str, data: bytes, expect: dict, pinned: tuple, held: bytes | None, now: int, spec: str
    ) -> None:
        self.rows.append(
            {
                "id": name,
                "spec": spec,
                "comment": comment,
                "pinned": _roots(*pinned),
                "held": held.hex() if held else None,
                "held_now": NOW if held else None,
                "list": data.hex(),
                "now": now,
                "expect": expect,
            }
        )

    def accepted(
        self,
        name: str,
        comment: str,
        data: bytes,
        version: int = 7,
        changed: bool = True,
        pinned: tuple = OLD,
        then: tuple | None = None,
        held: bytes | None = None,
        now: int = NOW,
        spec: str = "3",
    ) -> None:
        """An acceptance: the version in use afterwards, whether the list is new, and the roots to pin from now on."""
        expect = {"accepted": True, "changed": changed, "version": version, "pinned": _roots(*(then or pinned))}
        self._add(name, comment, data, expect, pinned, held, now, spec)

    def refused(
        self,
        name: str,
        comment: str,
        data: bytes,
        code: str,
        pinned: tuple = OLD,
        held: bytes | None = None,
        now: int = NOW,
        spec: str = "3",
    ) -> None:
        """A refusal with its code."""
        self._add(name, comment, data, {"accepted": False, "code": code}, pinned, held, now, spec)


def _roots(threshold: int, keys: list) -> dict:
    return {"threshold": threshold, "keys": [key.public.hex() for key in keys]}


def _with_keys(*entries: object) -> bytes:
    return trust_bytes(k6=[trust_entry(STATUS, 2), *entries])


def _entry(**changes: object) -> bytes:
    return _with_keys(trust_entry(SIGNER, 1, **changes))


def acceptances() -> Acceptances:
    """All vectors."""
    cases = Acceptances()
    _versions(cases)
    _signatures(cases)
    _rotation(cases)
    _keys(cases)
    _form(cases)
    return cases


def _versions(cases: Acceptances) -> None:
    cases.accepted("first", "the first list of a fresh verifier", HELD)
    cases.accepted("newer", "a higher version", trust_bytes(k1=8), 8, held=HELD)
    cases.accepted("same", "the held list again: nothing to do", HELD, changed=False, held=HELD)
    other = trust_list(main_trust(), [ROOTS[1], ROOTS[2]])
    cases.accepted(
        "same-payload-other-signatures",
        "the held payload, signed by others: nothing to do",
        other,
        changed=False,
        held=HELD,
    )
    cases.refused("rollback", "a lower version, issued later", trust_bytes(k1=6, k2=NOW), "rollback", held=HELD)
    cases.refused("rollback-zero", "version 0", trust_bytes(k1=0), "rollback", held=HELD)
    cases.refused(
        "conflict", "the held version with another payload", trust_bytes(k2=TRUST_ISSUED + 1), "conflict", held=HELD
    )
    cases.refused("expired", "now is its expiry", HELD, "expired", now=TRUST_EXPIRES)
    cases.accepted("last-second", "the last second before its expiry", HELD, now=TRUST_EXPIRES - 1)
    cases.refused("future", "issued 301 s ahead", trust_bytes(k2=NOW + 301), "future")
    cases.accepted("ahead", "issued 300 s ahead", trust_bytes(k2=NOW + 300))
    cases.refused(
        "held-expired",
        "the held list again, now expired: nothing to do comes last",
        HELD,
        "expired",
        held=HELD,
        now=TRUST_EXPIRES,
    )
    cases.accepted(
        "times-in-any-order",
        "an expiry before the next update, and both before the issue: no relation among the three is examined",
        trust_bytes(k2=NOW + 300, k3=0, k4=NOW + 1),
    )
    cases.accepted("past-next-update", "past its next update, not expired", HELD, now=scene.NEXT_UPDATE + 1)


def _signatures(cases: Acceptances) -> None:
    claims = main_trust()
    payload = item(claims)
    one, two, three = (root_signature(root, payload) for root in ROOTS)
    stranger = root_signature(STRANGER, payload)
    bad_two = [two[0], {}, bytes(64)]

    def signed(*rows: list) -> bytes:
        return trust_list(claims, [], signatures=list(rows))

    cases.refused("no-signature", "nobody signed", signed(), "threshold")
    cases.refused("one-signature", "one root where two must sign", signed(one), "threshold")
    cases.refused("same-root-twice", "the same root twice counts once", signed(one, one), "threshold")
    cases.refused("bad-second", "the second signature is bad and does not count", signed(one, bad_two), "threshold")
    cases.refused("stranger-second", "the second signer is no root", signed(one, stranger), "threshold")
    cases.refused(
        "attestation-key-signs",
        "an attestation key of the list signs it",
        signed(one, root_signature(SIGNER, payload)),
        "threshold",
    )
    cases.accepted("three-signatures", "more signatures than needed", signed(one, two, three))
    cases.accepted("other-order", "signatures in any order", signed(three, one))
    cases.accepted("stranger-besides", "an unknown signer besides is ignored", signed(stranger, one, two))
    cases.accepted("bad-besides", "a bad signature besides does not count", signed(one, bad_two, three))
    cases.accepted("bad-then-good", "a root's bad signature does not hide its good one", signed(bad_two, one, two))
    cases.accepted(
        "short-besides", "a signature of 63 bytes besides does not count", signed([two[0], {}, bytes(63)], one, three)
    )
    malleable = two[2][:32] + (int.from_bytes(two[2][32:], "little") + curve.L).to_bytes(32, "little")
    cases.refused(
        "malleable-second",
        "S + L in the second signature",
        signed(one, [two[0], {}, malleable]),
        "threshold",
        spec="1.1",
    )
    for name, comment, header in (
        ("with-typ", "a signer's header with typ", b"\xa3\x01\x27\x04\x48" + ROOTS[1].kid + b"\x10\x61\x61"),
        ("without-alg", "a signer's header without alg", b"\xa1\x04\x48" + ROOTS[1].kid),
        ("long-head", "a signer's header in a longer form", b"\xa2\x01\x27\x04\x58\x08" + ROOTS[1].kid),
        ("long-kid", "a signer's header with a kid of nine bytes", b"\xa2\x01\x27\x04\x49" + ROOTS[1].kid + b"\x00"),
        ("empty-header", "an empty signer's header", b""),
    ):
        cases.refused(
            name,
            f"{comment} is ignored, though its signature holds",
            signed(one, root_signature(ROOTS[1], payload, header=header)),
            "threshold",
        )
    cases.refused(
        "other-body",
        "signed for another body header",
        signed(one, root_signature(ROOTS[1], payload, body=item({16: "application/x"}))),
        "threshold",
    )
    replay = sign1_header(ROOTS[1].kid, TOKEN_TYP)
    cases.refused(
        "signature1",
        "the second root signed a COSE_Sign1 of the same payload",
        signed(one, [two[0], {}, ROOTS[1].sign(to_be_signed(replay, payload))]),
        "threshold",
    )
    cases.refused("altered", "a byte of the payload is altered", HELD.replace(b"75", b"92"), "threshold")
    cases.refused("other-roots", "another verifier's roots are pinned", HELD, "threshold", pinned=(1, [STRANGER]))
    cases.accepted(
        "threshold-one",
        "one pinned root, one needed",
        trust_list(main_trust(k5=[1, [ROOTS[0].public]]), ROOTS[:1]),
        pinned=(1, ROOTS[:1]),
    )


def _rotation(cases: Acceptances) -> None:
    claims = main_trust(k1=8, k5=NEW)
    both = [ROOTS[0], ROOTS[1], ROOTS[2], NEW_ROOTS[1]]
    data = trust_list(claims, both)
    cases.accepted(
        "rotation",
        "new roots, signed by both sets: they are pinned from now on",
        data,
        8,
        held=HELD,
        then=(2, NEW_ROOTS),
    )
    cases.accepted("slept-through", "a verifier that knows only the old roots follows", data, 8, then=(2, NEW_ROOTS))
    cases.accepted(
        "rotation-same",
        "the held list again: nothing to do, the pinned roots stay too",
        data,
        8,
        changed=False,
        held=data,
    )
    cases.accepted(
        "already-rotated", "a verifier that pinned the new roots takes the same list", data, 8, pinned=(2, NEW_ROOTS)
    )
    cases.refused(
        "rotation-without-old",
        "the new roots signed, the old ones did not",
        trust_list(claims, NEW_ROOTS),
        "threshold",
        held=HELD,
    )
    cases.refused(
        "rotation-without-new",
        "the old roots signed, the new ones did not",
        trust_list(claims, ROOTS[:2]),
        "successor",
        held=HELD,
    )
    cases.refused(
        "rotation-too-few-new",
        "one new root signed where two must",
        trust_list(claims, [ROOTS[0], ROOTS[1], NEW_ROOTS[1]]),
        "successor",
        held=HELD,
    )
    cases.accepted(
        "rotation-shared-root",
        "a root of both sets counts in both",
        trust_list(claims, [ROOTS[1], ROOTS[2], NEW_ROOTS[2]]),
        8,
        then=(2, NEW_ROOTS),
    )
    higher = main_trust(k1=8, k5=[3, [root.public for root in ROOTS]])
    cases.refused(
        "threshold-raised-too-few",
        "the same roots, three of three from now on: two are too few",
        trust_list(higher, ROOTS[:2]),
        "successor",
    )
    cases.accepted(
        "threshold-raised", "the same roots, three of three from now on", trust_list(higher, ROOTS), 8, then=(3, ROOTS)
    )
    lower = main_trust(k1=8, k5=[1, [root.public for root in ROOTS]])
    cases.refused(
        "threshold-lowered-too-few", "a list may not lower its own threshold", trust_list(lower, ROOTS[:1]), "threshold"
    )
    cases.accepted(
        "threshold-lowered", "one of three from now on, signed by two", trust_list(lower, ROOTS[:2]), 8, then=(1, ROOTS)
    )
    shuffled = main_trust(k1=8, k5=[2, [ROOTS[2].public, ROOTS[0].public, ROOTS[1].public]])
    cases.accepted(
        "roots-in-other-order", "the same roots in another order are no rotation", trust_list(shuffled, ROOTS[:2]), 8
    )
    cases.refused(
        "rotation-rollback",
        "new roots do not excuse a lower version",
        trust_list(main_trust(k1=6, k5=NEW), both),
        "rollback",
        held=HELD,
    )


def _keys(cases: Acceptances) -> None:
    good = trust_entry(SIGNER, 1)
    eight = curve.order_eight()
    cases.refused("key-twice", "a key stands twice", _with_keys(good, good), "key")
    cases.refused(
        "key-twice-other-use", "a key stands twice, with two uses", _with_keys(good, trust_entry(SIGNER, 3)), "key"
    )
    cases.refused("key-is-root", "a root is an attestation key too", _with_keys(good, trust_entry(ROOTS[0], 1)), "key")
    cases.refused("kid-of-another", "a kid is not its key's hash", _entry(f1=RECEIPT.kid), "key")
    cases.refused(
        "kid-twice", "two keys under one kid", _with_keys(good, trust_entry(RECEIPT, 3, f1=SIGNER.kid)), "key"
    )
    for name, comment, point in (
        ("identity", "the identity", curve.encode(curve.IDENTITY)),
        ("order-2", "a point of order 2", curve.encode(curve.times(4, eight))),
        ("order-4", "a point of order 4", curve.encode(curve.times(2, eight))),
        ("order-8", "a point of order 8", curve.encode(eight)),
        ("mixed-order-2", "a point with a component of order 2", _mixed(2)),
        ("mixed-order-4", "a point with a component of order 4", _mixed(4)),
        ("mixed-order", "a point with a component of order 8", _mixed(8)),
        ("libsodium-order-2", "a point with a component of order 2, which libsodium took for good", OF_ORDER_2_L),
        ("no-point", "32 bytes that are no point", (2).to_bytes(32, "little")),
        ("non-canonical", "a point in a form that is not canonical", (curve.P + 1).to_bytes(32, "little")),
    ):
        cases.refused(f"key-{name}", f"a key is {comment}", _with_keys(_point_entry(point)), "key", spec="1.1")
    unknown = trust_entry(SIGNER, 4, f1="anything", f2=b"", f6=[], f7="\u202e")
    cases.accepted("unknown-use", "an entry whose use is 4 is ignored whole", _with_keys(good, unknown))
    cases.accepted("unknown-use-0", "an entry whose use is 0 is ignored whole", _with_keys(good, {3: 0}))
    cases.accepted(
        "extension-keys",
        "integer keys from 32 on are ignored, in the list and in its entries",
        trust_bytes(
            k40="later",
            k99=[1],
            k7=[{1: 1, 2: "status-1.cose", 3: STATUS.kid, 40: 0}],
            k6=[trust_entry(STATUS, 2, f40={"a": 1}), trust_entry(SIGNER, 1, f255=0)],
        ),
    )
    cases.accepted("list-life", "a list may live longer than the format says", trust_bytes(k7=[_lasting([0, 9])]))
    deep: list = []
    for _ in range(6):
        deep = [deep]
    cases.accepted(
        "depth-8",
        "an extension nested 8 deep: the tag, the array around and the byte string do not count",
        trust_bytes(k40=deep),
    )
    cases.refused("depth-9", "an extension nested 9 deep", trust_bytes(k40=[deep]), "form")
    for name, comment, origins in (
        ("digits", "a host of digits", ["https://192.168.1.5:8001"]),
        ("one-letter", "hosts of a letter", ["https://a", "https://a.b"]),
        ("hyphens", "hyphens inside a label", ["https://xn--e1aybc.a-b--c.example"]),
        ("label-63", "a label of 63 characters", [f"https://{'a' * 63}.example"]),
        ("host-253", "a host of 253 characters", [f"https://{'.'.join(['a' * 63] * 3)}.{'b' * 61}"]),
        ("ports", "the lowest and the highest port", ["https://a.example:1", "https://a.example:65535"]),
        (
            "other-default",
            "the other scheme's port",
            ["https://a.example:80", "http://localhost:443", "http://127.0.0.1:8001"],
        ),
    ):
        cases.accepted(f"origin-{name}", comment, trust_bytes(k8=origins))
    for path in ("a", ".well-known/status-1.cose", "...", "a/..b/c.", "-_.", "0/1/2"):
        cases.accepted(f"path-{path}", f"the path {path}", trust_bytes(k7=[{1: 1, 2: path, 3: STATUS.kid}]))
    cases.accepted(
        "genuine-in-use",
        "a list of the genuine of a key that is not revoked: nothing is looked up",
        _entry(f32=["g", bytes(32)]),
    )
    cases.accepted("no-keys", "no keys and no status lists", trust_bytes(k6=[], k7=[]))
    cases.accepted("authority-120", "an authority of 120 code points", _entry(f7="É" * 120))
    cases.accepted("window-of-a-second", "a window of one second", _entry(f4=5, f5=5))
    cases.refused(
        "status-key-missing", "a status list names a kid that is not in the list", trust_bytes(k6=[good]), "form"
    )
    cases.refused(
        "status-key-wrong-use",
        "a status list names an attestation key",
        trust_bytes(k7=[{1: 1, 2: "s", 3: SIGNER.kid}]),
        "form",
    )


def _mixed(order: int) -> bytes:
    """The attestation key's point with a component of ``order`` (2, 4 or 8) added."""
    y = int.from_bytes(SIGNER.public, "little")
    point = curve.lift(y & (1 << 255) - 1, y >> 255)
    return curve.encode(curve.add(point, curve.times(8 // order, curve.order_eight())))


def _lasting(life: object) -> dict:
    return {1: 1, 2: "s", 3: STATUS.kid, 32: life}


def _point_entry(point: bytes) -> dict:
    key = Key("the form of a point")
    key.public = point
    key.kid = hashlib.sha256(point).digest()[:8]
    return trust_entry(key, 1)


def _form(cases: Acceptances) -> None:
    def form(name: str, comment: str, data: bytes) -> None:
        cases.refused(f"form-{name}", comment, data, "form")

    form("empty", "no bytes", b"")
    form("html", "a captive portal's page", b"<!doctype html><title>Connexion</title>")
    form("untagged", "without its tag", HELD[2:])
    form("tag-18", "the tag of a COSE_Sign1", b"\xd2" + HELD[2:])
    form("long-tag", "a tag longer than needed", b"\xd9\x00\x62" + HELD[2:])
    form("trailing-byte", "a byte after the list", HELD + b"\x00")
    form("cut-short", "the last byte is missing", HELD[:-1])
    form(
        "token",
        "an attestation token instead of a list",
        sign1(sign1_header(SIGNER.kid, TOKEN_TYP), scene.REFERENCE_PAYLOAD, SIGNER.sign(b"")),
    )
    form("other-typ", "another typ in the body header", trust_list(main_trust(), ROOTS[:2], body=item({16: TOKEN_TYP})))
    form(
        "alg-in-body",
        "an algorithm in the body header",
        trust_list(main_trust(), ROOTS[:2], body=item({1: -8, 16: "application/wif-trust+cbor"})),
    )
    form(
        "payload-trailing", "a byte after the payload's item", trust_list(Raw(item(main_trust()) + b"\x00"), ROOTS[:2])
    )
    form("payload-array", "a payload that is no map", trust_list([1, 2, 3], ROOTS[:2]))
    form("unsorted", "unsorted keys", trust_list(Pairs(tuple(reversed(main_trust().items()))), ROOTS[:2]))
    payload = item(main_trust())
    row = root_signature(ROOTS[0], payload)
    form(
        "unprotected",
        "a parameter in a signer's unprotected header",
        trust_list(main_trust(), [], signatures=[[row[0], {4: ROOTS[0].kid}, row[2]], row]),
    )
    form(
        "signature-of-two",
        "a COSE_Signature of two parts",
        trust_list(main_trust(), [], signatures=[[row[0], row[2]], row]),
    )
    for key in range(1, 9):
        form(f"without-{key}", f"without key {key}", trust_bytes(**{f"k{key}": None}))
    form("key-10", "an undefined key below 32", trust_bytes(k10=0))
    form("text-key", "a text key", trust_list(main_trust() | {"x": 1}, ROOTS[:2]))
    form("negative-key", "a negative key", trust_list(main_trust() | {-1: 1}, ROOTS[:2]))
    for name, comment, changes in (
        ("version-text", "the version is a text", dict(k1="7")),
        ("version-2-53", "the version is 2^53", dict(k1=1 << 53)),
        ("version-true", "the version is true", dict(k1=True)),
        ("issued-float", "the time of issue is a float", dict(k2=1.0)),
        ("issued-negative", "the time of issue is negative", dict(k2=-1)),
        ("expires-2-53", "the expiry is 2^53", dict(k4=1 << 53)),
        ("demonstration-0", "the demonstration mark is 0", dict(k9=0)),
        ("demonstration-true", "the demonstration mark is true", dict(k9=True)),
        ("roots-empty", "no roots", dict(k5=[0, []])),
        ("threshold-0", "a threshold of 0", dict(k5=[0, [ROOTS[0].public]])),
        ("threshold-high", "a threshold above the number of roots", dict(k5=[4, [root.public for root in ROOTS]])),
        ("root-twice", "a root stands twice", dict(k5=[2, [ROOTS[0].public, ROOTS[0].public]])),
        ("root-short", "a root of 31 bytes", dict(k5=[1, [bytes(31)]])),
        ("root-small-order", "a root of small order", dict(k5=[1, [curve.encode(curve.IDENTITY)]])),
        ("root-mixed-order-2", "a root with a component of order 2", dict(k5=[1, [_mixed(2)]])),
        ("root-mixed-order-4", "a root with a component of order 4", dict(k5=[1, [_mixed(4)]])),
        ("root-mixed-order-8", "a root with a component of order 8", dict(k5=[1, [_mixed(8)]])),
        ("root-libsodium-order-2", "a root that libsodium took for a good point", dict(k5=[1, [OF_ORDER_2_L]])),
        ("roots-three", "a third part beside the roots", dict(k5=[2, [root.public for root in ROOTS], 0])),
        ("keys-map", "the keys are a map", dict(k6={})),
        ("lists-map", "the status lists are a map", dict(k7={})),
        ("origins-empty", "no origin", dict(k8=[])),
        ("origin-upper", "an origin in upper case", dict(k8=["HTTPS://A.EXAMPLE"])),
        ("origin-slash", "an origin with a trailing slash", dict(k8=["https://a.example/"])),
        ("origin-http", "http away from this machine", dict(k8=["http://a.example"])),
        ("origin-http-like", "a host that only begins like this machine's", dict(k8=["http://localhost.example"])),
        ("origin-userinfo", "an origin with a user name", dict(k8=["https://a@b.example"])),
        ("origin-newline", "an origin with a final newline", dict(k8=["https://a.example\n"])),
        ("origin-bytes", "an origin that is a byte string", dict(k8=[b"https://a.example"])),
        ("origin-empty", "an origin without a host", dict(k8=["https://"])),
        ("origin-no-host", "an origin with a port and no host", dict(k8=["https://:8443"])),
        ("origin-two-dots", "an empty label", dict(k8=["https://a..b"])),
        ("origin-first-dot", "a host that begins with a dot", dict(k8=["https://.a.example"])),
        ("origin-final-dot", "a host that ends with a dot", dict(k8=["https://a.example."])),
        ("origin-final-dot-port", "a host that ends with a dot, before a port", dict(k8=["https://a.example.:8443"])),
        ("origin-hyphen", "a label of one hyphen", dict(k8=["https://-"])),
        ("origin-first-hyphen", "a label that begins with a hyphen", dict(k8=["https://a.-b.example"])),
        ("origin-last-hyphen", "a label that ends with a hyphen", dict(k8=["https://a-.example"])),
        ("origin-underscore", "an underscore in a host", dict(k8=["https://a_b.example"])),
        ("origin-label-64", "a label of 64 characters", dict(k8=[f"https://{'a' * 64}.example"])),
        ("origin-host-254", "a host of 254 characters", dict(k8=[f"https://{'.'.join(['a' * 63] * 3)}.{'b' * 62}"])),
        ("origin-ipv6", "an IPv6 address", dict(k8=["https://[::1]"])),
        ("origin-wildcard", "a wildcard", dict(k8=["https://*.example"])),
        ("origin-port-empty", "a colon without a port", dict(k8=["https://a.example:"])),
        ("origin-port-0", "port 0", dict(k8=["https://a.example:0"])),
        ("origin-port-zeros", "a port with a zero before it", dict(k8=["https://a.example:08443"])),
        ("origin-port-65536", "port 65536", dict(k8=["https://a.example:65536"])),
        ("origin-port-99999", "port 99999", dict(k8=["https://a.example:99999"])),
        ("origin-port-443", "the port that https has anyway", dict(k8=["https://a.example:443"])),
        ("origin-port-80", "the port that http has anyway", dict(k8=["http://localhost:80"])),
        ("origin-port-word", "a word for a port", dict(k8=["https://a.example:http"])),
        ("origin-path", "an origin with a path", dict(k8=["https://a.example/b"])),
        ("origin-query", "an origin with a query", dict(k8=["https://a.example?b"])),
        (
            "origin-twice",
            "an origin stands twice",
            dict(k8=["https://a.example", "https://b.example", "https://a.example"]),
        ),
        ("origin-one-bad", "one good origin and one bad", dict(k8=["https://a.example", "https://b..example"])),
        ("list-number-0", "status list 0", dict(k7=[{1: 0, 2: "s", 3: STATUS.kid}])),
        ("list-number-1000", "status list 1000", dict(k7=[{1: 1000, 2: "s", 3: STATUS.kid}])),
        (
            "list-twice",
            "a status list number stands twice",
            dict(k7=[{1: 1, 2: "s", 3: STATUS.kid}, {1: 1, 2: "t", 3: STATUS.kid}]),
        ),
        (
            "list-path-twice",
            "the path of a status list stands twice",
            dict(k7=[{1: 1, 2: "s", 3: STATUS.kid}, {1: 2, 2: "s", 3: STATUS.kid}]),
        ),
        ("list-path-dot", "the path .", dict(k7=[{1: 1, 2: ".", 3: STATUS.kid}])),
        ("list-path-dots", "the path ..", dict(k7=[{1: 1, 2: "..", 3: STATUS.kid}])),
        ("list-path-up", "a path that goes up", dict(k7=[{1: 1, 2: "../s", 3: STATUS.kid}])),
        ("list-path-up-inside", "a path that goes up inside", dict(k7=[{1: 1, 2: "a/../s", 3: STATUS.kid}])),
        ("list-path-dot-inside", "a path with the name .", dict(k7=[{1: 1, 2: "a/./s", 3: STATUS.kid}])),
        ("list-path-dots-last", "a path that ends in ..", dict(k7=[{1: 1, 2: "a/..", 3: STATUS.kid}])),
        ("list-path-slash", "a path with a slash at its end", dict(k7=[{1: 1, 2: "a/", 3: STATUS.kid}])),
        ("list-path-two-slashes", "an empty name in a path", dict(k7=[{1: 1, 2: "a//s", 3: STATUS.kid}])),
        ("list-path-encoded", "a percent sign in a path", dict(k7=[{1: 1, 2: "%2e%2e/s", 3: STATUS.kid}])),
        ("list-path-newline", "a path with a final newline", dict(k7=[{1: 1, 2: "s\n", 3: STATUS.kid}])),
        ("list-path-bytes", "a path that is a byte string", dict(k7=[{1: 1, 2: b"s", 3: STATUS.kid}])),
        ("list-path-absolute", "a path with a leading slash", dict(k7=[{1: 1, 2: "/s", 3: STATUS.kid}])),
        ("list-path-empty", "an empty path", dict(k7=[{1: 1, 2: "", 3: STATUS.kid}])),
        ("list-path-query", "a path with a query", dict(k7=[{1: 1, 2: "s?x", 3: STATUS.kid}])),
        ("list-extra-key", "an undefined key of a status list entry", dict(k7=[{1: 1, 2: "s", 3: STATUS.kid, 4: 0}])),
        ("list-life-number", "the longest life is a number", dict(k7=[_lasting(7)])),
        ("list-life-one", "a longest life of one part", dict(k7=[_lasting([7])])),
        ("list-life-three", "a longest life of three parts", dict(k7=[_lasting([7, 7, 7])])),
        ("list-life-negative", "a negative longest life", dict(k7=[_lasting([-1, 7])])),
        ("list-life-text", "a longest life in words", dict(k7=[_lasting(["7", 7])])),
        ("list-kid-short", "a kid of seven bytes", dict(k7=[{1: 1, 2: "s", 3: STATUS.kid[:7]}])),
    ):
        form(name, comment, trust_bytes(**changes))
    for key in range(1, 9):
        entry = trust_entry(SIGNER, 1)
        del entry[key]
        form(f"entry-without-{key}", f"a key without its field {key}", _with_keys(entry))
    for name, comment, changes in (
        ("use-text", "a use that is a text", dict(f3="1")),
        ("use-true", "a use that is true", dict(f3=True)),
        ("use-negative", "a negative use", dict(f3=-1)),
        ("use-2-53", "a use of 2^53", dict(f3=1 << 53)),
        ("kid-short", "a kid of seven bytes", dict(f1=SIGNER.kid[:7])),
        ("key-short", "a public key of 31 bytes", dict(f2=SIGNER.public[:31])),
        ("window-reversed", "not before after not after", dict(f4=6, f5=5)),
        ("state-0", "state 0", dict(f6=0)),
        ("state-4", "state 4", dict(f6=4)),
        ("genuine-number", "a list of the genuine that is a number", dict(f32=7)),
        ("genuine-path", "a list of the genuine without its hash", dict(f32=["g"])),
        ("genuine-hash-short", "a hash of 31 bytes", dict(f32=["g", bytes(31)])),
        ("genuine-path-up", "a list of the genuine whose path goes up", dict(f32=["../g", bytes(32)])),
        ("genuine-three", "a third part beside path and hash", dict(f32=["g", bytes(32), 0])),
        ("genuine-map", "a list of the genuine named by a map", dict(f32={1: "g", 2: bytes(32)})),
        ("authority-empty", "an empty authority", dict(f7="")),
        ("authority-121", "an authority of 121 code points", dict(f7="A" * 121)),
        ("authority-bidi", "a hidden character in an authority", dict(f7="A\u202eB")),
        ("department-form", "a département that is none", dict(f8=["7"])),
        ("department-twice", "a département twice", dict(f8=["75", "75"])),
        ("departments-text", "a text instead of the array", dict(f8="75")),
        ("field-9", "an undefined field below 32", dict(f9=0)),
    ):
        form(f"entry-{name}", comment, _entry(**changes))
    form(
        "duplicate-key-of-map",
        "a key of the payload stands twice",
        trust_list(Pairs(((1, 6), *main_trust().items())), ROOTS[:2]),
    )
    form("expiry-null", "the expiry is null", trust_list(main_trust() | {4: None}, ROOTS[:2]))
