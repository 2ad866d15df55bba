"""2D-DOC: texts to read and judge, and lists of seal certificates to accept (``docs/format.md`` §8).

Made a second way, like all vectors: the rules in the words of the specification, signatures by ``cryptography`` with keys made
from their names. The documents are invented; no production certificate is in them.
"""

import base64
import hashlib
from datetime import date

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.vectors.scene import DAY, NOW, RECEIPT, ROOTS, SIGNER, STATUS, STRANGER, main_trust
from tests.vectors.wire import Key, item, sign1, sign1_header, to_be_signed, trust_entry, trust_list

GS, RS, US = "\x1d", "\x1e", "\x1f"
TYP = "application/wif-seals+cbor"
CURVES = {
    "P-256": (ec.SECP256R1(), hashes.SHA256(), 32),
    "P-384": (ec.SECP384R1(), hashes.SHA384(), 48),
    "P-521": (ec.SECP521R1(), hashes.SHA512(), 66),
}
ORDERS = {
    "P-256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
}


class Seal:
    """A test certificate's key: what it signs means nothing."""

    def __init__(self, name: str, curve: str = "P-256") -> None:
        self.curve, self.digest, self.size = CURVES[curve]
        number = int.from_bytes(hashlib.sha512(b"work-in-france test seal: " + name.encode()).digest(), "big")
        self._private = ec.derive_private_key(number % (1 << 255) + 1, self.curve)
        numbers = self._private.public_key().public_numbers()
        self.point = b"\x04" + numbers.x.to_bytes(self.size, "big") + numbers.y.to_bytes(self.size, "big")

    def pair(self, message: bytes) -> tuple[int, int]:
        """The pair r and s, the same at each run (RFC 6979)."""
        return decode_dss_signature(self._private.sign(message, ec.ECDSA(self.digest, deterministic_signing=True)))

    def sign(self, message: bytes) -> bytes:
        """The bytes of r, then of s."""
        r, s = self.pair(message)
        return r.to_bytes(self.size, "big") + s.to_bytes(self.size, "big")


MAIN, OTHER, OLD, GONE, WIDE, WIDER, TESTS = (
    Seal("main"),
    Seal("other"),
    Seal("old"),
    Seal("gone"),
    Seal("wide", "P-384"),
    Seal("wider", "P-521"),
    Seal("of tests"),
)
ISSUER = "Ministère d'exemple"
WINDOW = (NOW - 400 * DAY, NOW + 400 * DAY)


def row(
    authority: str,
    identifier: str,
    key: Seal,
    window=WINDOW,
    state: int = 1,
    types: tuple = (),
    issuer: object = ISSUER,
) -> list:
    """One certificate of the list."""
    return [authority, identifier, key.point, *window, state, issuer, list(types)]


ROWS = [
    row("DE00", "0001", TESTS),
    row("FR00", "0001", TESTS),
    row("FR00", "00001", TESTS),
    row("FR99", "0000", TESTS),
    row("FR99", "00000", TESTS),
    row("FR99", "0B1A1", OTHER),
    row("FR99", "0B1A5", WIDER),
    row("FR99", "0B1A7", MAIN, types=("13", "15")),
    row("FR99", "0B1AF", GONE, state=3),
    row("FR99", "GONE", GONE, state=3),
    row("FR99", "MAI1", MAIN, types=("13", "15")),
    ["FR99", "OFFC", MAIN.point[:-1] + bytes([MAIN.point[-1] ^ 1]), *WINDOW, 1, ISSUER, []],
    row("FR99", "OLD1", OLD, (NOW - 400 * DAY, NOW - 100 * DAY)),
    row("FR99", "OTHR", OTHER),
    row("FR99", "WID3", WIDE),
    row("FR99", "WID5", WIDER),
]
LIST_ISSUED = NOW - 500


def payload(
    rows: object = None, issued: object = LIST_ISSUED, next_update: object = NOW + 30 * DAY, edition: object = 23
) -> dict:
    """The claims of a list."""
    return {1: issued, 2: next_update, 3: [edition, NOW - 90 * DAY], 4: ROWS if rows is None else rows}


def seal_list(claims: object, key: Key = STATUS, kid: bytes | None = None, typ: str = TYP) -> bytes:
    """A signed list of seal certificates."""
    protected = sign1_header(key.kid if kid is None else kid, typ)
    data = item(claims)
    return sign1(protected, data, key.sign(to_be_signed(protected, data)))


NAMED = {1: "seals.cose", 2: STATUS.kid}
TRUST = {
    "seals": (trust_list(main_trust(k32=NAMED), ROOTS[:2]), NOW),
    "seals-other-form": (trust_list(main_trust(k32="seals.cose"), ROOTS[:2]), NOW),
    "seals-path-up": (trust_list(main_trust(k32={1: "../seals.cose", 2: STATUS.kid}), ROOTS[:2]), NOW),
    "seals-more": (trust_list(main_trust(k32=NAMED | {3: 0}), ROOTS[:2]), NOW),
    "seals-receipt-key": (trust_list(main_trust(k32={1: "seals.cose", 2: RECEIPT.kid}), ROOTS[:2]), NOW),
    "seals-revoked-key": (
        trust_list(main_trust(k32=NAMED, k6=[trust_entry(SIGNER, 1), trust_entry(STATUS, 2, f6=3)]), ROOTS[:2]),
        NOW,
    ),
    "seals-window": (
        trust_list(
            main_trust(k32=NAMED, k6=[trust_entry(SIGNER, 1), trust_entry(STATUS, 2, f5=LIST_ISSUED - 1)]), ROOTS[:2]
        ),
        NOW,
    ),
}
LIST = seal_list(payload())


def days(moment: int) -> str:
    """Four hexadecimal digits: days since 2000-01-01 of a UTC second."""
    return f"{moment // DAY - (date(2000, 1, 1) - date(1970, 1, 1)).days:04X}"


SIGNED = days(NOW - 10 * DAY)


def header(
    version: str = "04",
    authority: str = "FR99",
    identifier: str = "MAI1",
    issued: str = SIGNED,
    signed: str = SIGNED,
    kind: str = "15",
    perimeter: str = "01",
) -> str:
    """The header of a text."""
    more = {"03": perimeter, "04": perimeter + "FR"}.get(version, "")
    return f"DC{version}{authority}{identifier}{issued}{signed}{kind}" + more


PERMIT = {
    "6L": "12012026",
    "5N": "123456789012345678901",
    "5Q": "DUPONT",
    "5R": "CLAIRE",
    "5S": "GERANTE",
    "62": "NGUYEN",
    "61": "MAI",
    "69": "14031996",
    "6A": "HUE",
    "67": "VN",
    "5T": "0",
    "55": "05012026",
    "5U": "12 MOIS",
    "50": "81234567800013",
    "5M": "SOCIETE EXEMPLE",
}
"""A work permit of type 15."""
VARIABLE = {
    "5Q",
    "5R",
    "5S",
    "62",
    "61",
    "6A",
    "5U",
    "5M",
    "5O",
    "5P",
    "66",
    "6Z",
    "6P",
    "6Q",
    "60",
    "63",
    "64",
    "6M",
    "20",
    "25",
    "6X",
}


def body(fields: dict[str, str], mark: str = GS) -> str:
    """The fields in the order given; what may vary in length ends with ``mark``."""
    return "".join(name + value + (mark if name in VARIABLE else "") for name, value in fields.items())


def base32(data: bytes) -> str:
    """Base32 without padding."""
    return base64.b32encode(data).decode("ascii").rstrip("=")


def sealed(message: str, key: Seal = MAIN, annex: str = "", signature: bytes | None = None) -> str:
    """The text of a signed message."""
    raw = key.sign(message.encode("latin-1", "replace")) if signature is None else signature
    return message + US + base32(raw) + annex


GOOD = header() + body(PERMIT)
STAY = {
    "6J": "3",
    "6K": "1234567890123456789",
    "6L": "12012026",
    "62": "NGUYEN",
    "60": "MAI/LINH",
    "69": "14031996",
    "6A": "HUE",
    "6C": "VN",
    "67": "VN",
    "6P": "AUTORISE A TRAVAILLER",
    "6N": "12012026",
    "6O": "11042026",
}


class Cases:
    """The vectors, in order."""

    def __init__(self) -> None:
        self.rows: list[dict] = []

    def add(
        self,
        name: str,
        comment: str,
        text: str,
        verdict: str,
        level: str,
        fields: dict | None = None,
        annex: dict | None = None,
        listed: bool = True,
        now: int = NOW,
    ) -> None:
        """One text and its word; ``fields`` are the signed ones, by identifier."""
        expect = {"verdict": verdict, "level": level, "fields": fields, "annex": annex or {}}
        self.rows.append({"id": name, "comment": comment, "text": text, "listed": listed, "now": now, "expect": expect})

    def malformed(self, name: str, comment: str, text: str) -> None:
        """A text that is no 2D-DOC by the rules, whatever its signature."""
        self.add(f"malformed-{name}", comment, text, "malformed", "red")


def texts() -> Cases:
    """All texts."""
    cases = Cases()
    _right(cases)
    _certificates(cases)
    _signatures(cases)
    _structure(cases)
    _fields(cases)
    _binary(cases)
    return cases


def _right(cases: Cases) -> None:
    def right(name: str, comment: str, fields: dict, key: Seal = MAIN, **head: str) -> None:
        cases.add(name, comment, sealed(header(**head) + body(fields), key), "authentic", "amber", fields)

    right("permit", "a work permit of type 15: never plain green", PERMIT)
    right("stay", "a document of type 13 that allows to work", STAY, kind="13")
    right("reordered", "the fields in another order", dict(reversed(PERMIT.items())))
    right(
        "private",
        "a private employer",
        {name: value for name, value in PERMIT.items() if name not in ("50", "5M")} | {"5O": "MARTIN", "5P": "PAUL"},
    )
    right("optional", "the optional fields too", PERMIT | {"66": "07CD12304", "6Z": "123456ABC"})
    right("birth-year", "day and month of birth unknown", PERMIT | {"69": "00001996"})
    right("birth-month", "day of birth unknown", PERMIT | {"69": "00031996"})
    right("empty-value", "an empty value of variable length", PERMIT | {"5S": ""})
    right("no-issue-date", "no date of issue", PERMIT, issued="FFFF")
    right("no-signature-date", "no date of signature: the certificate must be in use now", PERMIT, signed="FFFF")
    right("no-type-said", "a certificate that does not say its types", PERMIT, OTHER, identifier="OTHR")
    right("p384", "a certificate of P-384", PERMIT, WIDE, identifier="WID3")
    right("p521", "a certificate of P-521", PERMIT, WIDER, identifier="WID5")
    for version in ("02", "03"):
        right(f"version-{version}", f"header version {version}", PERMIT, version=version)
    full = "N" * 38
    message = header() + body(PERMIT).replace("62NGUYEN" + GS, "62" + full)
    cases.add(
        "full-length",
        "a value as long as it may be needs no separator",
        sealed(message),
        "authentic",
        "amber",
        PERMIT | {"62": full},
    )
    message = header() + body(PERMIT).replace("62NGUYEN" + GS, "62" + full + GS)
    cases.add(
        "full-length-separated",
        "nor is one refused there",
        sealed(message),
        "authentic",
        "amber",
        PERMIT | {"62": full},
    )
    message = header() + body(PERMIT).replace("62NGUYEN" + GS, "62" + full + RS)
    cases.add("cut", "a value that was cut ends with RS", sealed(message), "authentic", "amber", PERMIT | {"62": full})
    message = header() + body(PERMIT).replace("62NGUYEN" + GS, "62NGUY" + RS)
    short = PERMIT | {"62": "NGUY"}
    cases.add("cut-short", "wherever it was cut", sealed(message), "authentic", "amber", short)
    message = header() + "01ABC" + RS + body(PERMIT)
    cases.add("cut-unlimited", "of no greatest length", sealed(message), "authentic", "amber", PERMIT | {"01": "ABC"})
    message = (header() + body(PERMIT)).removesuffix(GS) + RS
    cases.add("cut-last", "the last value, cut", sealed(message), "authentic", "amber", PERMIT)
    message = GOOD.removesuffix(GS)
    cases.add("last-without-separator", "the last value may do without", sealed(message), "authentic", "amber", PERMIT)
    cases.add(
        "annex",
        "an annex behind the signature: nobody signed it",
        sealed(GOOD, annex=GS + body({"25": "LYON"})),
        "authentic",
        "amber",
        PERMIT,
        {"25": "LYON"},
    )
    cases.add(
        "annex-same-field",
        "an annex that repeats a signed field with another value",
        sealed(GOOD, annex=GS + body({"62": "DURAND"})),
        "authentic",
        "amber",
        PERMIT,
        {"62": "DURAND"},
    )
    cases.add("annex-empty", "an annex without a field", sealed(GOOD, annex=GS), "authentic", "amber", PERMIT)
    r, s = MAIN.pair(GOOD.encode())
    other = r.to_bytes(32, "big") + (ORDERS["P-256"] - s).to_bytes(32, "big")
    cases.add(
        "other-s",
        "(r, n − s) holds too: a signature is no name of a document",
        sealed(GOOD, signature=other),
        "authentic",
        "amber",
        PERMIT,
    )


def _certificates(cases: Cases) -> None:
    def seal(
        name: str,
        comment: str,
        verdict: str,
        level: str,
        key: Seal = MAIN,
        fields: dict | None = None,
        listed: bool = True,
        now: int = NOW,
        **head: str,
    ) -> None:
        cases.add(
            name, comment, sealed(header(**head) + body(PERMIT), key), verdict, level, fields, listed=listed, now=now
        )

    unknown = ("certificate_unknown", "amber")
    seal("unknown-identifier", "a certificate that the list does not name", *unknown, identifier="NONE")
    seal("unknown-authority", "the identifier of a listed one under another authority", *unknown, authority="FR98")
    seal(
        "unknown-known-key",
        "a listed key signed under an unknown name: no other is tried",
        *unknown,
        OTHER,
        identifier="OTH2",
    )
    seal("no-list", "no list on this device", *unknown, listed=False)
    seal("revoked", "a revoked certificate, whenever it signed", "certificate_revoked", "red", GONE, identifier="GONE")
    seal(
        "revoked-old",
        "a revoked certificate that signed long before",
        "certificate_revoked",
        "red",
        GONE,
        identifier="GONE",
        signed=days(NOW - 390 * DAY),
    )
    seal(
        "expired",
        "signed after the certificate's last day",
        "certificate_expired",
        "red",
        OLD,
        PERMIT,
        identifier="OLD1",
    )
    seal(
        "before",
        "signed before the certificate's first day",
        "certificate_expired",
        "red",
        MAIN,
        PERMIT,
        signed=days(NOW - 402 * DAY),
    )
    seal(
        "old-in-time",
        "signed in time by a certificate that has expired since",
        "authentic",
        "amber",
        OLD,
        PERMIT,
        identifier="OLD1",
        signed=days(NOW - 101 * DAY),
    )
    seal(
        "last-day",
        "signed on the certificate's last day",
        "authentic",
        "amber",
        OLD,
        PERMIT,
        identifier="OLD1",
        signed=days(NOW - 100 * DAY),
    )
    seal(
        "day-after",
        "signed on the day after",
        "certificate_expired",
        "red",
        OLD,
        PERMIT,
        identifier="OLD1",
        signed=days(NOW - 99 * DAY),
    )
    seal(
        "first-day",
        "signed on the certificate's first day",
        "authentic",
        "amber",
        MAIN,
        PERMIT,
        signed=days(NOW - 400 * DAY),
    )
    seal(
        "no-date-expired",
        "no date of signature, and the certificate has expired now",
        "certificate_expired",
        "red",
        MAIN,
        PERMIT,
        signed="FFFF",
        now=WINDOW[1] + 1,
    )
    cases.add(
        "other-type",
        "a certificate for types 13 and 15 under a tax notice",
        sealed(header(kind="04") + body({"25": "LYON"})),
        "certificate_type",
        "red",
    )
    seal(
        "test",
        "the authority of tests: nobody takes it for real",
        "test",
        "grey",
        TESTS,
        PERMIT,
        authority="FR00",
        identifier="0001",
    )
    seal(
        "test-no-list",
        "the authority of tests, without a list",
        "test",
        "grey",
        TESTS,
        authority="FR00",
        identifier="0001",
        listed=False,
    )
    for name, authority, identifier in (
        ("test-country", "DE00", "0001"),
        ("test-0000", "FR99", "0000"),
        ("test-named", "FR99", "TEST"),
    ):
        fields = None if identifier == "TEST" else PERMIT
        comment = f"{authority}/{identifier} is of tests too"
        seal(name, comment, "test", "grey", TESTS, fields, authority=authority, identifier=identifier)
    seal(
        "test-0000-bad",
        "a certificate of tests, and another's signature",
        "bad_signature",
        "red",
        MAIN,
        identifier="0000",
    )
    seal(
        "test-bad",
        "the authority of tests, signed by another",
        "bad_signature",
        "red",
        MAIN,
        authority="FR00",
        identifier="0001",
    )


def _signatures(cases: Cases) -> None:
    n = ORDERS["P-256"]
    good = MAIN.sign(GOOD.encode())
    r, s = good[:32], good[32:]

    def bad(name: str, comment: str, signature: bytes, message: str = GOOD) -> None:
        cases.add(f"signature-{name}", comment, sealed(message, signature=signature), "bad_signature", "red")

    bad("bit", "one bit of s is flipped", good[:-1] + bytes([good[-1] ^ 1]))
    bad("message", "one letter of a name is another", good, GOOD.replace("NGUYEN", "NGUYEM"))
    bad("separator", "a separator more at the end", good, GOOD.removesuffix(GS))
    bad("other-certificate", "the other listed certificate's name", good, GOOD.replace("MAI1", "OTHR"))
    elsewhere = GOOD.replace("MAI1", "OFFC")
    bad("off-curve", "the certificate's point is not on the curve", MAIN.sign(elsewhere.encode()), elsewhere)
    bad("stranger", "signed by another key", OTHER.sign(GOOD.encode()))
    bad("r-zero", "r is 0", bytes(32) + s)
    bad("s-zero", "s is 0", r + bytes(32))
    bad("r-order", "r is the order of the curve", n.to_bytes(32, "big") + s)
    bad("s-order", "s is the order of the curve", r + n.to_bytes(32, "big"))
    bad("s-too-large", "s + n, where it fits", r + b"\xff" * 32)
    bad("halves", "s before r", s + r)
    bad("with-us", "signed with the US behind the message", MAIN.sign((GOOD + US).encode()))
    bad("p384-of-p256", "a signature of 96 bytes under a certificate of P-256", WIDE.sign(GOOD.encode()))


def _structure(cases: Cases) -> None:
    good = sealed(GOOD)
    message, _, signature = good.partition(US)

    def wrong(name: str, comment: str, text: str) -> None:
        cases.malformed(name, comment, text)

    def signed(name: str, comment: str, message: str) -> None:
        cases.malformed(name, comment, sealed(message))

    wrong("empty", "nothing at all", "")
    wrong("dc", "two letters", "DC")
    wrong("header-alone", "a header alone", header())
    wrong("no-signature", "the message without US and signature", message)
    wrong("empty-signature", "nothing behind US", message + US)
    wrong("cut-signature", "a character of the signature is missing", good[:-1])
    wrong("long-signature", "a character too many", good + "A")
    wrong("padding", "Base32 with padding", good + "=")
    wrong("base32-lower", "Base32 in lower case", message + US + signature.lower())
    wrong("base32-digit", "a digit that Base32 does not have", message + US + "1" + signature[1:])
    wrong("base32-spare", "bits behind the signature that say something", good[:-1] + chr(ord(good[-1]) + 1))
    wrong("two-us", "a second US", good + US + signature)
    wrong("lost-separators", "a scanner dropped GS and US", good.replace(GS, "").replace(US, ""))
    wrong("lost-us", "a scanner dropped US", good.replace(US, ""))
    wrong(
        "named-separators",
        "a reader turned the control characters into words",
        good.replace(GS, "<GS>").replace(US, "<US>"),
    )
    wrong("lower-case", "the whole in lower case", good.lower())
    wrong("leading-space", "a space before it", " " + good)
    wrong("final-newline", "a line break behind it", good + "\n")
    wrong("full-width", "a full-width digit", good.replace("1", "\uff11", 1))
    wrong("marker", "another marker", "DD" + good[2:])
    signed("version-letters", "letters for a version", "DCAB" + GOOD[4:])
    signed("date-not-hexadecimal", "a date that is not hexadecimal", header(signed="XYZ1") + body(PERMIT))
    signed("date-lower", "a date in lower case", header(signed="25ab") + body(PERMIT))
    signed("country-digit", "a digit in the country", GOOD[:24] + "F1" + GOOD[26:])
    signed("short-header", "a header cut short", header()[:20])
    text = sealed(header(version="01") + body(PERMIT))
    cases.add("unsupported-version-01", "header version 01, one experiment", text, "unsupported", "grey")
    text = sealed(header(version="01", authority="FR00", identifier="0001") + body(PERMIT), TESTS)
    cases.add("test-version-01", "header version 01 of the authority of tests", text, "test", "grey", PERMIT)
    for version in ("00", "05", "99"):
        text = sealed("DC" + version + GOOD[4:])
        cases.add(f"unsupported-version-{version}", f"header version {version}", text, "unsupported", "grey")
    cases.malformed(
        "annex-version-03",
        "an annex before version 04",
        sealed(header(version="03") + body(PERMIT), annex=GS + body({"25": "LYON"})),
    )
    cases.malformed("annex-us", "a US in an annex", sealed(GOOD, annex=GS + "25A" + US + "B"))
    text = sealed(header() + "01" + "A" * 3_000)
    cases.add("joined", "more than the largest symbol holds: it stood in several", text, "authentic", "amber")
    most = 16 * 2_335 - len(header() + "01" + US) - 103
    cases.malformed("long", "more than sixteen symbols hold", sealed(header() + "01" + "A" * (most + 1)))


def _fields(cases: Cases) -> None:
    def wrong(name: str, comment: str, fields: str) -> None:
        cases.malformed(f"field-{name}", comment, sealed(header() + fields))

    plain = body(PERMIT)
    wrong("twice", "a field stands twice", plain + body({"62": "DURAND"}))
    wrong("same-twice", "the same field twice, the same value", plain + body({"62": "NGUYEN"}))
    short = sealed(header() + plain.replace("5081234567800013", "508123456780001"))
    cases.add(
        "field-fixed-short",
        "a SIRET of 13 digits takes the next field's first: what follows is no identifier",
        short,
        "unsupported",
        "grey",
    )
    wrong("fixed-cut", "the last value is cut short", plain + "572026")
    wrong(
        "fixed-separated",
        "a separator behind a value of fixed length",
        plain.replace("69" + PERMIT["69"], "69" + PERMIT["69"] + GS),
    )
    wrong("too-long", "39 letters of 38", plain.replace("62NGUYEN", "62" + "N" * 39))
    wrong("fixed-cut-off", "a value of fixed length marked as cut", plain.replace("6914031996", "6914031996" + RS))
    wrong("letters-in-siret", "letters in a SIRET", plain.replace("81234567800013", "8123456780001A"))
    wrong("digits-in-name", "a digit in the declarant's name", plain.replace("5QDUPONT", "5QDUP0NT"))
    wrong("lower-case", "small letters", plain.replace("NGUYEN", "Nguyen"))
    wrong("eight-bit", "a letter of eight bits", plain.replace("GERANTE", "G\u00c9RANTE"))
    wrong("nul", "a NUL", plain.replace("HUE", "H\x00E"))
    wrong("31-april", "31 April", plain.replace("5505012026", "5531042026"))
    wrong("29-february", "29 February of a common year", plain.replace("5505012026", "5529022026"))
    wrong("month-13", "the thirteenth month", plain.replace("6914031996", "6914131996"))
    wrong("day-without-month", "a day without its month", plain.replace("6914031996", "6914001996"))
    wrong("year-0", "the year 0", plain.replace("6914031996", "6900000000"))
    wrong("one-character", "half an identifier at the end", plain + "6")
    for name, fields in (
        ("unknown", plain + "ZZABC" + GS),
        ("unknown-first", "ZZABC" + GS + plain),
        ("unknown-lower", plain + "6zA" + GS),
    ):
        level = ("malformed", "red") if name == "unknown-lower" else ("unsupported", "grey")
        cases.add(f"field-{name}", "an identifier that is in no table", sealed(header() + fields), *level)
    cases.add("part", "one symbol of several", text_parts(sealed(GOOD), 3)[1], "incomplete", "grey")
    cases.add("part-binary", "the same, in binary", binary_parts(binary(binary_header()), 2)[0], "incomplete", "grey")
    for name in ("02", "0A", "ZZ"):
        text = sealed(header(perimeter=name) + plain)
        cases.add(f"perimeter-{name}", "a perimeter of another table", text, "unsupported", "grey")
    wrong("perimeter-lower", "a perimeter in lower case", plain)
    cases.rows[-1]["text"] = sealed(header(perimeter="0a") + plain)
    mixed = (header() + plain).encode() + tlv(0x62, bytes.fromhex("00ff10"))
    text = (mixed + tlv(0xFF, MAIN.sign(mixed))).decode("latin-1")
    cases.add("mixed", "a text that goes on in binary: nothing tells where", text, "unsupported", "grey")
    text += tlv(0x01, b"A").decode("latin-1")
    cases.add("mixed-annex", "the same, with an annex", text, "unsupported", "grey")
    wrong("mixed-cut", "the same, its signature cut short", plain)
    cases.rows[-1]["text"] = (mixed + tlv(0xFF, MAIN.sign(mixed))[:-1]).decode("latin-1")


def c40(text: str) -> bytes:
    """Letters and digits as C40 codewords (ISO/IEC 16022 table 5), last places that are empty filled with 0."""
    values = [ord(one) - ord("0") + 4 if one.isdigit() else ord(one) - ord("A") + 14 for one in text]
    values += [0] * (-len(values) % 3)
    packed = b""
    for at in range(0, len(values), 3):
        a, b, c = values[at : at + 3]
        packed += (1600 * a + 40 * b + c + 1).to_bytes(2, "big")
    return packed


def tlv(identifier: int, value: bytes, long: bool = False) -> bytes:
    """One field of a binary message."""
    if long or len(value) > 254:
        return bytes([identifier, 0xFF]) + len(value).to_bytes(2, "big") + value
    return bytes([identifier, len(value)]) + value


SIGNED_BINARY = (1_23_2026).to_bytes(3, "big")
BINARY_FIELDS = tlv(0x01, b"NGUYEN") + tlv(0x62, bytes.fromhex("00ff10")) + tlv(0x02, b"")
BINARY_EXPECTED = {"0x01": "h'4e475559454e'", "0x62": "h'00ff10'", "0x02": "h''"}


def binary_header(
    country: str = "FRA",
    name: str = "FR990B1A1",
    issued: bytes = SIGNED_BINARY,
    signed: bytes = SIGNED_BINARY,
    perimeter: int = 1,
) -> bytes:
    """The header of a binary message."""
    return b"\xdc\x04" + c40(country) + c40(name) + issued + signed + b"\x15" + perimeter.to_bytes(2, "big")


def binary(message: bytes, key: Seal = OTHER, signature: bytes | None = None, more: bytes = b"") -> str:
    """A signed binary message, a character a byte."""
    return (message + tlv(0xFF, key.sign(message) if signature is None else signature) + more).decode("latin-1")


def _binary(cases: Cases) -> None:
    good = binary_header() + BINARY_FIELDS

    def right(name: str, comment: str, text: str, fields: dict, level: str = "amber", word: str = "authentic") -> None:
        cases.add(f"binary-{name}", comment, text, word, level, fields)

    def wrong(name: str, comment: str, text: str, word: str = "malformed", level: str = "red") -> None:
        cases.add(f"binary-{name}", comment, text, word, level)

    right("good", "a binary message: numbered fields, and their bytes", binary(good), BINARY_EXPECTED)
    written = bytes.fromhex("dc047ba77b9d200f2d0a") + good[10:]
    cases.add(
        "binary-printed",
        "the country and the name of the specification's own example, FRA and FR01 12345",
        binary(written),
        "certificate_unknown",
        "amber",
    )
    right("no-field", "a header and a signature", binary(binary_header()), {})
    wrong("two-letters", "a country of two letters", binary(binary_header(country="FR")))
    cases.add(
        "binary-annex",
        "blocks behind the signature: nobody signed them",
        binary(good, more=tlv(0x01, b"X") + tlv(0x07, b"")),
        "authentic",
        "amber",
        BINARY_EXPECTED,
        {"0x01": "h'58'", "0x07": "h''"},
    )
    wrong("annex-twice", "a block twice behind the signature", binary(good, more=tlv(1, b"X") + tlv(1, b"Y")))
    wrong("second-signature", "a second signature", binary(good, more=tlv(0xFF, bytes(64))))
    wrong("perimeter", "a perimeter that is not known", binary(binary_header(perimeter=2)), "unsupported", "grey")
    long = binary_header() + tlv(0x05, b"A" * 300)
    right("long", "a value of 300 bytes", binary(long), {"0x05": f"h'{'41' * 300}'"})
    right(
        "long-form", "a short value in the long form", binary(binary_header() + tlv(5, b"A", True)), {"0x05": "h'41'"}
    )
    right("no-days", "no days", binary(binary_header(issued=b"\xff" * 3, signed=b"\xff" * 3)), {})
    right("p521", "P-521", binary(binary_header(name="FR990B1A5"), WIDER), {})
    right("test", "of tests", binary(binary_header(name="FR0000001"), TESTS), {}, "grey", "test")
    right("test-00000", "of tests", binary(binary_header(name="FR9900000"), TESTS), {}, "grey", "test")
    late = (3_15_2027).to_bytes(3, "big")
    right("expired", "signed after the last day", binary(binary_header(signed=late)), {}, "red", "certificate_expired")
    wrong(
        "types-said",
        "the certificate names types of the text table, which says nothing of a binary one",
        binary(binary_header(name="FR990B1A7"), MAIN),
        "unsupported",
        "grey",
    )
    wrong("version-03", "binary version 03", binary(good[:1] + b"\x03" + good[2:]), "unsupported", "grey")
    wrong("more", "half a block behind the signature", binary(good, more=b"\x00\x01"))
    wrong("unknown", "an unknown certificate", binary(binary_header(name="FR99ABCDE")), "certificate_unknown", "amber")
    wrong("revoked", "a revoked one", binary(binary_header(name="FR990B1AF"), GONE), "certificate_revoked", "red")
    wrong("altered", "one letter altered", binary(good, MAIN), "bad_signature", "red")
    wrong(
        "as-text",
        "a text's message signed, in binary",
        binary(good, signature=OTHER.sign(GOOD.encode())),
        "bad_signature",
    )
    wrong("mark-alone", "the first byte alone", "\xdc")
    wrong("header-alone", "a header alone", binary_header().decode("latin-1"))
    wrong("header-short", "a header cut short", binary_header()[:18].decode("latin-1"))
    wrong("no-signature", "no signature", good.decode("latin-1"))
    wrong("cut", "the signature is cut", binary(good)[:-1])
    wrong("signature-63", "63 bytes of signature", binary(good, signature=b"\x01" * 63))
    wrong("signature-empty", "an empty signature", binary(good, signature=b""))
    wrong("length-cut", "the two bytes of a length are missing", (good + b"\x05\xff").decode("latin-1"))
    wrong("identifier-alone", "an identifier without a length", (good + b"\x05").decode("latin-1"))
    wrong("twice", "a field twice", binary(good + tlv(0x01, b"DURAND")))
    wrong("wide", "a character that is no byte", binary(good) + "\u0153")
    wrong("country-digit", "a digit in the country", binary(binary_header(country="FR1")))
    wrong("c40-zero", "C40 codewords of zero", binary(b"\xdc\x04\x00\x00" + binary_header()[4:]))
    wrong("c40-high", "C40 codewords above all", binary(b"\xdc\x04\xff\xff" + binary_header()[4:]))
    wrong("name-letters", "letters that are no hexadecimal digits", binary(binary_header(name="FR99OTHRS")))
    wrong("name-short", "eight characters of a name", binary(binary_header(name="FR990B1A")))
    for name, digits in (("day", 2_30_2026), ("month", 13_01_2026), ("day-0", 1_00_2026), ("month-0", 1_2026)):
        wrong(f"{name}-none", "a day that does not exist", binary(binary_header(signed=digits.to_bytes(3, "big"))))
    wrong("year-0", "the year 0", binary(binary_header(signed=(1_23_0000).to_bytes(3, "big"))))


PLACES = "0123456789ABCDEF"


def text_parts(text: str, count: int, name: str = "A1Z") -> list[str]:
    """A code cut into symbols of like size, each with the envelope of a text."""
    return [f"E{name}{PLACES[at]}{PLACES[count - 1]}{piece}" for at, piece in enumerate(_cut(text, count))]


def binary_parts(text: str, count: int, name: bytes = b"\x12\x34") -> list[str]:
    """The same, with envelopes of bytes: the place in the upper half, 17 less the count in the lower."""
    return [
        (b"\xee" + name + bytes([at * 16 + 17 - count])).decode("latin-1") + piece
        for at, piece in enumerate(_cut(text, count))
    ]


def _cut(text: str, count: int) -> list[str]:
    return [text[at * len(text) // count : (at + 1) * len(text) // count] for at in range(count)]


def gatherings() -> list[dict]:
    """Texts read beside each other, and the codes that they are."""
    rows: list[dict] = []
    good, other = sealed(GOOD), sealed(header(kind="13") + body(STAY))
    raw = binary(binary_header() + BINARY_FIELDS)

    def add(name: str, comment: str, texts: list[str], *expect: tuple) -> None:
        codes = [dict(zip(("text", "read", "count", "clash", "verdict"), code, strict=True)) for code in expect]
        rows.append({"id": name, "comment": comment, "texts": texts, "expect": codes})

    def whole(text: str, count: int, word: str = "authentic") -> tuple:
        return text, list(range(1, count + 1)), count, False, word

    def lacking(text: str, read: list[int], count: int, clash: bool = False) -> tuple:
        return text, read, count, clash, "incomplete"

    def alone(text: str, word: str) -> tuple:
        return text, [], 1, False, word

    for count in (2, 3, 16):
        parts = text_parts(good, count)
        add(f"text-{count}", f"{count} symbols of a text", parts, whole(good, count))
        add(f"reversed-{count}", "in another order", parts[::-1], whole(good, count))
        add(f"lacking-{count}", "the last is missing", parts[:-1], lacking(parts[0], list(range(1, count)), count))
        parts = binary_parts(raw, count)
        add(f"binary-{count}", f"{count} symbols in binary", parts, whole(raw, count))
    two, three, mine = text_parts(good, 2), text_parts(good, 3), text_parts(other, 2)
    add("one", "one symbol alone", two[:1], lacking(two[0], [1], 2))
    add("same-one", "the same symbol twice is one symbol", [two[0]] * 2, lacking(two[0], [1], 2))
    add("middle", "the one in the middle", three[1:2], lacking(three[1], [2], 3))
    add("twice", "each symbol read twice", two + two, whole(good, 2))
    altered = [two[0].replace("NGUYEN", "NGUYET"), two[1]]
    add(
        "altered",
        "a letter of one symbol altered",
        altered,
        whole(good.replace("NGUYEN", "NGUYET"), 2, "bad_signature"),
    )
    add("clash", "two symbols claim one place: none is chosen", [*two, mine[0]], lacking(two[0], [1, 2], 2, True))
    add(
        "other-name", "two codes, by their names", [*two, *text_parts(other, 2, "A1Y")], whole(good, 2), whole(other, 2)
    )
    add(
        "other-count",
        "a part of as many others is none of these",
        [two[0], three[1]],
        *[lacking(two[0], [1], 2), lacking(three[1], [2], 3)],
    )
    add("beside", "a whole code beside parts", [other, *two], alone(other, "authentic"), whole(good, 2))
    add("between", "parts around a whole code", [two[1], other, two[0]], whole(good, 2), alone(other, "authentic"))
    add(
        "in-parts",
        "parts of parts are not joined again",
        text_parts(two[0] + two[1], 2, "B00"),
        whole(two[0] + two[1], 2, "incomplete"),
    )
    packed = c40("A1Z")
    both = [text_parts(good, 2)[0], binary_parts(good, 2, packed)[1] + "\x00"]
    add("both-envelopes", "the name of a text is that of bytes, packed", both, whole(good + "\x00", 2, "malformed"))
    foreign = [two[0], *binary_parts(raw, 2)]
    add("both-kinds", "text and bytes of other names", foreign, lacking(two[0], [1], 2), whole(raw, 2))
    for name, comment, text in (
        ("place-beyond", "the third of two", "EA1Z21" + good),
        ("count-one", "the only one of one", "EA1Z00" + good),
        ("place-letter", "a place that is no digit", "EA1ZG1" + good),
        ("name-lower", "a name in lower case", "Ea1z01" + good),
        ("lower", "small letters behind an envelope", "EA1Z01" + good.lower()),
        ("short", "fewer characters than any symbol has", "EA1Z01ABCDEF"),
        ("binary-beyond", "the third of two, in bytes", "\xee\x12\x34\x2f" + raw),
        ("binary-seventeen", "the first of seventeen", "\xee\x12\x34\x00" + raw),
        ("binary-alone", "an envelope around nothing", "\xee\x12\x34\x0f"),
        ("binary-printable", "bytes without a control character", "\xeeAB1NGUYENB"),
        ("binary-wide", "a character that is no byte", "\xee\x12\x34\x0f" + raw + "\u0153"),
        ("word", "a word that begins with the letter of an envelope", "îles et presqu'îles"),
        ("nothing", "nothing", ""),
    ):
        add(name, comment, [text], alone(text, "malformed"))
    add("none", "no text at all", [])
    return rows


class Lists:
    """Acceptances of a list, in order."""

    def __init__(self) -> None:
        self.rows: list[dict] = []

    def add(
        self,
        name: str,
        comment: str,
        data: bytes,
        code: str | None,
        trust: str = "seals",
        held: bytes | None = None,
        now: int = NOW,
    ) -> None:
        """One list; ``code`` is the refusal, or None."""
        expect = {"accepted": code is None} | ({"code": code} if code else {})
        self.rows.append(
            {
                "id": name,
                "comment": comment,
                "trust": trust,
                "held": held.hex() if held else None,
                "list": data.hex(),
                "now": now,
                "expect": expect,
            }
        )


def lists() -> Lists:
    """All lists."""
    cases = Lists()
    add = cases.add
    add("first", "the first list of a device", LIST, None)
    add("same", "the held list again", LIST, None, held=LIST)
    add("newer", "issued a second later", seal_list(payload(issued=LIST_ISSUED + 1)), None, held=LIST)
    add(
        "newer-edition",
        "of a newer edition of the State's list",
        seal_list(payload(issued=LIST_ISSUED + 1, edition=24)),
        None,
        held=LIST,
    )
    add("empty", "no certificate", seal_list(payload([])), None)
    add("ahead-300", "issued 300 s ahead", seal_list(payload(issued=NOW + 300)), None)
    add("past-next-update", "past its next update: old, and said so", LIST, None, now=NOW + 400 * DAY)
    add(
        "rollback",
        "issued a second before the held one",
        seal_list(payload(issued=LIST_ISSUED - 1)),
        "rollback",
        held=LIST,
    )
    add("same-second", "issued in the held one's second", seal_list(payload(ROWS[:3])), "rollback", held=LIST)
    add(
        "older-edition",
        "issued later, of an older edition",
        seal_list(payload(issued=LIST_ISSUED + 1, edition=22)),
        "rollback",
        held=LIST,
    )
    add("future", "issued 301 s ahead", seal_list(payload(issued=NOW + 301)), "future")
    add("signature", "one bit of the signature is flipped", LIST[:-1] + bytes([LIST[-1] ^ 1]), "signature")
    add("certificate-altered", "a certificate's state is altered", LIST.replace(b"GONE", b"GONF"), "signature")
    add(
        "stranger-under-kid",
        "a stranger signed under the named kid",
        seal_list(payload(), STRANGER, kid=STATUS.kid),
        "signature",
    )
    add("stranger", "a stranger signed", seal_list(payload(), STRANGER), "signer")
    add("attestation-key", "an attestation key signed", seal_list(payload(), SIGNER), "signer")
    add(
        "receipt-key",
        "the trust list names a receipt key",
        seal_list(payload(), RECEIPT),
        "signer",
        trust="seals-receipt-key",
    )
    add("revoked-key", "its key is revoked", LIST, "signer", trust="seals-revoked-key")
    add("window", "issued outside the window of its key", LIST, "window", trust="seals-window")
    for name in ("main", "seals-other-form", "seals-path-up", "seals-more"):
        add(f"unlisted-{name}", "the trust list names none", LIST, "unlisted", trust=name)
    point = MAIN.point
    forms = {
        "no-bytes": b"",
        "html": b"<!doctype html>",
        "untagged": LIST[1:],
        "trailing": LIST + b"\x00",
        "status-typ": seal_list(payload(), typ="application/statuslist+cwt"),
        "array": seal_list([1, 2, 3, 4]),
        "claim-more": seal_list(payload() | {5: 0}),
        "claim-less": seal_list({key: value for key, value in payload().items() if key != 2}),
        "issued-text": seal_list(payload(issued="1")),
        "issued-true": seal_list(payload(issued=True)),
        "edition-number": seal_list(payload() | {3: 23}),
        "edition-negative": seal_list(payload(edition=-1)),
        "rows-map": seal_list(payload({})),
        "twice": seal_list(payload([ROWS[2], ROWS[2]])),
        "same-name-other-key": seal_list(payload([row("FR99", "MAI1", MAIN), row("FR99", "MAI1", OTHER)])),
        "authority-lower": seal_list(payload([row("fr99", "MAI1", MAIN)])),
        "identifier-letters": seal_list(payload([row("FR99", "0B1AG", MAIN)])),
        "identifier-six": seal_list(payload([row("FR99", "0B1AAB", MAIN)])),
        "identifier-long": seal_list(payload([row("FR99", "MAI12", MAIN)])),
        "window-reversed": seal_list(payload([row("FR99", "MAI1", MAIN, (2, 1))])),
        "state-2": seal_list(payload([row("FR99", "MAI1", MAIN, state=2)])),
        "state-true": seal_list(payload([row("FR99", "MAI1", MAIN, state=True)])),
        "issuer-hidden": seal_list(payload([row("FR99", "MAI1", MAIN, issuer="A\u202eB")])),
        "issuer-empty": seal_list(payload([row("FR99", "MAI1", MAIN, issuer="")])),
        "types-twice": seal_list(payload([row("FR99", "MAI1", MAIN, types=("15", "15"))])),
        "type-long": seal_list(payload([row("FR99", "MAI1", MAIN, types=("150",))])),
        "row-short": seal_list(payload([row("FR99", "MAI1", MAIN)[:7]])),
        "point-short": seal_list(payload([["FR99", "MAI1", point[:64], *WINDOW, 1, ISSUER, []]])),
        "point-compressed": seal_list(payload([["FR99", "MAI1", b"\x02" + point[1:33], *WINDOW, 1, ISSUER, []]])),
        "point-hybrid": seal_list(payload([["FR99", "MAI1", b"\x06" + point[1:], *WINDOW, 1, ISSUER, []]])),
    }
    for name, data in forms.items():
        add(f"form-{name}", name.replace("-", " "), data, "form")
    return cases
