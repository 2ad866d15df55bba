"""Steps 6a and 6b: the bytes of the payload, and claims of a later version."""

from tests.vectors.cases import Cases
from tests.vectors.scene import EXP, IAT, NBF, REFERENCE, REFERENCE_PAYLOAD, attestation, payload
from tests.vectors.wire import Pairs, Raw, head, item

PAIRS = sorted(REFERENCE.items())


def _pairs(**changes: object) -> Pairs:
    """The reference with raw values, in the order of its keys."""
    return Pairs(tuple(sorted(attestation(**changes).items())))


def _nested(levels: int) -> list:
    """Arrays in arrays: ``levels`` of them."""
    value: list = []
    for _ in range(levels - 1):
        value = [value]
    return value


def undecodable() -> Cases:
    """Step 6a. Where it says "critical key", step 6b would answer ``unsupported`` if it came first."""
    cases = Cases("5.6a")

    def raw(name: str, comment: str, **changes: object) -> None:
        cases.invalid(f"cbor-{name}", comment, payload(_pairs(**changes)))

    raw("kind-true", "true where 1 belongs: in Python True == 1", k1=Raw(b"\xf5"))
    raw("kind-float-half", "1.0 in 16 bits where 1 belongs", k1=Raw(b"\xf9\x3c\x00"))
    raw("kind-float-single", "1.0 in 32 bits", k1=Raw(b"\xfa\x3f\x80\x00\x00"))
    raw("kind-float-double", "1.0 in 64 bits", k1=1.0)
    raw("siret-float", "a SIRET as a double", k8=81234567800013.0)
    raw("hours-float", "half an hour as a float", k11=[0.5, 1])
    raw("hours-unit-true", "true for the unit 1", k11=Raw(b"\x82\x19\x01\x00\xf5"))
    raw("status-index-false", "false for the index 0", k15=Raw(b"\x82\x01\xf4"))
    cases.invalid("cbor-nbf-false", "false for a time", payload(REFERENCE, nbf=False))
    cases.invalid("cbor-exp-float", "a time as a double", payload(REFERENCE, exp=float(EXP)))
    cases.invalid("cbor-iat-null", "null for a time", payload(REFERENCE, iat=Raw(b"\xf6")))
    for name, comment, data in (
        ("true", "true", "f5"),
        ("false", "false", "f4"),
        ("null", "null", "f6"),
        ("undefined", "undefined", "f7"),
        ("simple-19", "an unassigned simple value", "f3"),
        ("simple-32", "a simple value of two bytes", "f820"),
        ("nan", "not a number", "f97e00"),
        ("infinity", "infinity", "f97c00"),
        ("float", "one half", "f93800"),
        ("tag-0", "a tagged date", "c074323032362d30312d30315430303a30303a30305a"),
        ("tag-1", "a tagged time", "c100"),
        ("bignum", "a big number (tag 2)", "c249010000000000000000"),
        ("tag-18", "a tag of COSE", "d280"),
        ("break", "a break without a beginning", "ff"),
        ("head-28", "a reserved head", "1c"),
        ("head-30", "a reserved head", "1e"),
        ("head-31", "an indefinite integer", "1f"),
        ("indefinite-bytes", "bytes of indefinite length", "5f4100ff"),
        ("indefinite-text", "a text of indefinite length", "7f6161ff"),
        ("indefinite-array", "an array of indefinite length", "9f00ff"),
        ("indefinite-map", "a map of indefinite length", "bf0000ff"),
        ("long-1", "23 in two bytes", "1817"),
        ("long-2", "255 in three bytes", "1900ff"),
        ("long-4", "65535 in five bytes", "1a0000ffff"),
        ("long-8", "2^32 − 1 in nine bytes", "1b00000000ffffffff"),
        ("long-negative", "−24 in two bytes", "3817"),
        ("long-text", "a text whose length is longer than needed", "780161"),
        ("long-bytes", "bytes whose length is longer than needed", "580100"),
        ("long-array", "an array whose length is longer than needed", "980100"),
        ("long-map", "a map whose length is longer than needed", "b8010000"),
        ("map-unsorted", "a map with unsorted keys", "a201000000"),
        ("map-twice", "a map with a key twice", "a200000001"),
        ("map-text-before-int", "a text key before an integer key", "a2616100" + "0000"),
        (
            "map-length-first",
            "bytewise, 1818 comes before 20; length-first it is the other way round",
            "a220001818" + "00",
        ),
        ("map-bytes-key", "a map with a byte string for key", "a1410000"),
        ("map-array-key", "a map with an array for key", "a1800000"),
        ("map-true-key", "a map with true for key", "a1f500"),
        ("map-float-key", "a map with a float for key", "a1f93c0000"),
        ("utf8-lone", "a lone continuation byte", "6180"),
        ("utf8-overlong", "an overlong form of U+0000", "62c080"),
        ("utf8-surrogate", "a surrogate", "63eda080"),
        ("utf8-too-high", "beyond U+10FFFF", "64f4908080"),
        ("utf8-cut", "a character cut short", "62e28200"[:6]),
        ("utf8-latin-1", "é in Latin-1", "61e9"),
        ("utf8-in-key", "a bad text key", "a1618000"),
    ):
        raw(f"critical-{name}", f"{comment}, under a critical key", k17=Raw(bytes.fromhex(data)))
    raw("critical-depth-9", "nested 9 deep, under a critical key", k17=_nested(7))
    cases.invalid("cbor-trailing-byte", "a byte after the item", REFERENCE_PAYLOAD + b"\x00")
    cases.invalid("cbor-second-item", "a second map after the item", REFERENCE_PAYLOAD + b"\xa0")
    cases.invalid("cbor-trailing-break", "a break after the item", REFERENCE_PAYLOAD + b"\xff")
    cases.invalid("cbor-cut-short", "the last byte is missing", REFERENCE_PAYLOAD[:-1])
    cases.invalid("cbor-huge-text", "a text that says it holds 2^64 − 1 bytes", b"\x7b" + b"\xff" * 8 + b"a" * 40)
    cases.invalid("cbor-huge-array", "an array that says it holds 2^64 − 1 items", b"\x9b" + b"\xff" * 8 + b"\x00" * 40)
    cases.invalid(
        "cbor-huge-map", "a map that says it holds 2^32 pairs", b"\xbb" + (1 << 32).to_bytes(8, "big") + b"\x00" * 40
    )
    cases.invalid("cbor-deep-arrays", "800 arrays in one another", b"\x81" * 799 + b"\x80")
    cases.invalid(
        "cbor-unsorted-labels", "nbf before exp", item(Pairs(((5, NBF), (4, EXP), (6, IAT), (-65537, REFERENCE))))
    )
    cases.invalid("cbor-unsorted-keys", "key 2 before key 1", payload(Pairs((PAIRS[1], PAIRS[0], *PAIRS[2:]))))
    cases.invalid(
        "cbor-key-twice",
        "the family name twice: one reader takes the first, another the last",
        payload(Pairs((*PAIRS[:3], (3, "DURAND"), *PAIRS[3:]))),
    )
    cases.invalid("cbor-same-key-twice", "the same family name twice", payload(Pairs((*PAIRS[:3], *PAIRS[2:]))))
    cases.invalid(
        "cbor-long-key", "key 3 in two bytes", payload(Pairs((*PAIRS[:2], (Raw(b"\x18\x03"), "NGUYEN"), *PAIRS[3:])))
    )
    cases.invalid("cbor-long-kind", "kind 1 in two bytes", payload(_pairs(k1=Raw(head(0, 1, 1)))))
    cases.invalid(
        "cbor-long-map",
        "the attestation's number of pairs is longer than needed",
        payload(Raw(head(5, len(PAIRS), 1) + item(Pairs(tuple(PAIRS)))[1:])),
    )
    cases.invalid(
        "cbor-long-exp", "exp in eight bytes where four are enough", payload(REFERENCE, exp=Raw(head(0, EXP, 8)))
    )
    cases.invalid(
        "cbor-indefinite-payload",
        "the payload is a map of indefinite length",
        b"\xbf" + REFERENCE_PAYLOAD[1:] + b"\xff",
    )
    cases.invalid("cbor-tagged-payload", "the payload is tagged as a CWT (61)", b"\xd8\x3d" + REFERENCE_PAYLOAD)
    cases.invalid("cbor-wrapped-payload", "the payload stands in a byte string", item(REFERENCE_PAYLOAD))
    cases.invalid("cbor-json", "JSON instead of CBOR", b'{"kind": "APT", "number": "4829130571"}')
    return cases


def later() -> Cases:
    """Step 6b."""
    cases = Cases("5.6b")

    def inner(name: str, comment: str, **changes: object) -> None:
        cases.unsupported(f"later-{name}", comment, payload(attestation(**changes)))

    for key in (17, 18, 19):
        inner(f"critical-{key}", f"the critical key {key}", **{f"k{key}": 1})
    inner("critical-text", "a critical key may hold anything: a text outside the text rule", k17="\u202e")
    inner("critical-map", "a critical key may hold a map", k17={"x": [b"\x00"], -1: 2})
    inner("critical-depth-8", "nested 8 deep, as deep as allowed", k17=_nested(6))
    inner("critical-bytewise", "keys 24 and −1 in bytewise order, which is not length-first", k17={24: 0, -1: 0})
    inner("critical-2-64", "the largest CBOR integer", k17=(1 << 64) - 1)
    inner("critical-negative", "the smallest CBOR integer", k17=-(1 << 64))
    inner("critical-and-missing", "what is missing comes after what is not known", k17=0, k3=None)
    inner("critical-and-undefined", "an undefined key comes after what is not known", k17=0, k24=0)
    inner("critical-and-bad-text", "a bad text comes after what is not known", k19=0, k3=" ")
    for kind in (0, 4, 23, (1 << 53) - 1):
        inner(f"kind-{kind}", f"kind {kind} is in no table of this version", k1=kind)
    for contract in (0, 8, 24):
        inner(f"contract-{contract}", f"contract {contract} is in no table of this version", k10=contract)
    for unit in (0, 4, 255):
        inner(f"hours-unit-{unit}", f"hours by the unit {unit}", k11=[3500, unit])
    inner("hours-count-0-unit-4", "the unit is looked at before the count", k11=[0, 4])
    inner("hours-count-text-unit-4", "the unit is looked at before the count, whatever the count is", k11=["35", 4])
    inner("kind-4-bad-nationality", "the kind is looked at before the nationality", k1=4, k6="vnm")
    cases.unsupported(
        "later-more-labels",
        "another label around comes after what is not known",
        item({1: "https://issuer.example", 4: EXP, 5: NBF, 6: IAT, -65537: attestation(k17=0)}),
    )
    cases.unsupported(
        "later-missing-labels", "missing labels come after what is not known", item({-65537: attestation(k17=0)})
    )
    return cases


def not_later() -> Cases:
    """What looks like a later version and is not: step 6c."""
    cases = Cases("5.6c")

    def inner(name: str, comment: str, **changes: object) -> None:
        cases.invalid(f"not-later-{name}", comment, payload(attestation(**changes)))

    inner("kind-2-53", "2^53 is no uint of this format", k1=1 << 53)
    inner("kind-2-60", "2^60 is no uint of this format", k1=1 << 60)
    inner("kind-2-53-plus-1", "2^53 + 1, which a double cannot tell from 2^53", k1=(1 << 53) + 1)
    inner("kind-negative", "a negative kind is no uint", k1=-1)
    inner("kind-text", "the word instead of the number", k1="APT")
    inner("kind-bytes", "a byte string", k1=b"\x04")
    inner("kind-array", "an array", k1=[4])
    inner("contract-2-64", "2^64 − 1 is no uint of this format", k10=(1 << 64) - 1)
    inner("contract-text", "the word instead of the number", k10="CDD")
    inner("hours-three", "an array of three is not the hours of any version", k11=[3500, 4, 1])
    inner("hours-one", "an array of one", k11=[3500])
    inner("hours-unit-negative", "a negative unit is no uint", k11=[3500, -1])
    inner("hours-unit-2-53", "2^53 is no uint", k11=[3500, 1 << 53])
    inner("hours-unit-text", "the word instead of the unit", k11=[3500, "week"])
    inner("hours-map", "a map instead of an array", k11={0: 3500, 1: 4})
    cases.invalid(
        "not-later-key-17-outside",
        "17 is a critical key of the attestation, not of the labels around it",
        item({4: EXP, 5: NBF, 6: IAT, 17: 0, -65537: REFERENCE}),
    )
    cases.invalid("not-later-text-17", "the text key 17", payload(REFERENCE | {"17": 0}))
    cases.invalid("not-later-inside", "a critical key inside another value", payload(attestation(k12={17: 0})))
    return cases
