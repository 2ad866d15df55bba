"""Receipts of checks (``docs/format.md`` §9): made a second way, the device's signatures by ``cryptography``."""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.vectors.scene import (
    DAY,
    IAT,
    LOCAL_ORIGIN,
    NOW,
    ORIGIN,
    RECEIPT,
    REFERENCE_PAYLOAD,
    ROOTS,
    SIGNER,
    STATUS,
    STATUS_ISSUED,
    STATUSES,
    STRANGER,
    main_trust,
)
from tests.vectors.wire import (
    TOKEN_TYP,
    Key,
    Pairs,
    Raw,
    head,
    item,
    sign1,
    sign1_header,
    to_be_signed,
    trust_entry,
    trust_list,
)

TYP, COUNTER_TYP = "application/wif-receipt+cbor", "application/wif-countersignature+cbor"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PROTECTED = item({1: -7, 16: TYP})
COUNTER = Key("countersignatures")
COUNTER_RETIRED = Key("countersignatures, retired")
COUNTER_REVOKED = Key("countersignatures, revoked")
COUNTER_CROOKED = Key("countersignatures, kid of another key")
TOKEN = sign1(
    sign1_header(SIGNER.kid, TOKEN_TYP),
    REFERENCE_PAYLOAD,
    SIGNER.sign(to_be_signed(sign1_header(SIGNER.kid, TOKEN_TYP), REFERENCE_PAYLOAD)),
)
OTHER_TOKEN = TOKEN[:-1] + bytes([TOKEN[-1] ^ 1])
ENTRIES = [
    *main_trust()[6],
    trust_entry(COUNTER, 4),
    trust_entry(COUNTER_RETIRED, 4, f6=2, f4=NOW - 90 * DAY, f5=NOW - DAY),
    trust_entry(COUNTER_REVOKED, 4, f6=3),
    trust_entry(COUNTER_CROOKED, 4, f1=STRANGER.kid),
]
TRUST = {"receipts": (trust_list(main_trust(k6=ENTRIES), ROOTS[:2]), NOW)}


def short(data: bytes) -> bytes:
    """The first half of the SHA-256."""
    return hashlib.sha256(data).digest()[:16]


LISTED = [1, STATUS_ISSUED, short(STATUSES["one"][1])]
SECOND = [2, STATUS_ISSUED + 5, short(STATUSES["two"][1])]


class Device:
    """A device's key of P-256; what it signs means nothing."""

    def __init__(self, name: str) -> None:
        number = int.from_bytes(hashlib.sha512(b"work-in-france test device: " + name.encode()).digest(), "big")
        self._private = ec.derive_private_key(number % (1 << 255) + 1, ec.SECP256R1())
        self.public = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign(self, message: bytes, high: bool = False) -> bytes:
        """The pair r and s, s in the lower half of its range unless ``high``; the same at each run (RFC 6979)."""
        signed = self._private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(signed)
        if (s > ORDER // 2) != high:
            s = ORDER - s
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


DEVICE, OTHER_DEVICE = Device("first"), Device("second")
AT = NOW - 600
STATEMENT = {
    1: AT,
    2: ["valid", "green"],
    3: hashlib.sha256(TOKEN).digest(),
    4: [7, short(item(main_trust(k6=ENTRIES)))],
    5: LISTED,
    6: bytes(range(8)),
    7: DEVICE.public,
    8: bytes(range(16)),
    9: {1: 81234567800013, 2: "SOCIÉTÉ EXEMPLE SAS", 3: "Claude EXEMPLE, gérance"},
    10: [2, 2, 1],
}
JSON = {
    "declared_at": "2026-02-02T02:30:00Z",
    "verdict": "valid",
    "level": "green",
    "token_sha256": STATEMENT[3].hex(),
    "trust": {"version": 7, "hash": STATEMENT[4][1].hex()},
    "status": {"list": 1, "issued_at": "2026-02-02T02:23:20Z", "hash": LISTED[2].hex()},
    "build": "0001020304050607",
    "device": DEVICE.public.hex(),
    "company": {"siret": "81234567800013", "name": "SOCIÉTÉ EXEMPLE SAS", "person": "Claude EXEMPLE, gérance"},
    "seen": {"original": "yes", "person": "yes", "permit": "no"},
}
"""The statement by its JSON names."""


def statement(**changes: object) -> dict:
    """The statement with changes named k1 … after its keys; None takes one out."""
    made = {**STATEMENT, **{int(name[1:]): value for name, value in changes.items()}}
    return {label: value for label, value in made.items() if value is not None}


def signed(encoded: bytes, device: Device = DEVICE, high: bool = False, protected: bytes = PROTECTED) -> bytes:
    """The device's signature of an encoded statement."""
    return device.sign(to_be_signed(protected, encoded), high)


def counter(
    encoded: bytes,
    signature: bytes,
    time: object = NOW,
    lists: object = None,
    key: Key = COUNTER,
    kid: bytes | None = None,
    typ: str = COUNTER_TYP,
    digest: bytes | None = None,
) -> list:
    """The countersignature of a receipt, as the array that stands in the symbol."""
    lists = [LISTED, SECOND] if lists is None else lists
    kid = key.kid if kid is None else kid
    digest = hashlib.sha256(sign1(PROTECTED, encoded, signature)).digest() if digest is None else digest
    payload = item({1: digest, 2: time, 3: lists})
    return [kid, time, lists, key.sign(to_be_signed(sign1_header(kid, typ), payload))]


def text(content: object, origin: str = ORIGIN, first: int = 1, version: str = "9") -> str:
    """The QR text of what a symbol carries."""
    return f"{origin.upper()}/#{version}{int.from_bytes(bytes([first]) + item(content), 'big')}"


def whole(fields: object = None, counted: bool = True, **more: object) -> str:
    """A receipt signed rightly, and countersigned unless told otherwise."""
    encoded = item(statement() if fields is None else fields)
    signature = signed(encoded)
    return text([encoded, signature, counter(encoded, signature, **more)] if counted else [encoded, signature])


class Cases:
    """Rows with the one word expected."""

    def __init__(self) -> None:
        self.rows: list[dict] = []

    def add(
        self,
        name: str,
        comment: str,
        made: str,
        word: str,
        *,
        paper: bytes | None = TOKEN,
        since: int | None = None,
        until: int | None = None,
        dating: str | None = None,
        said: dict | None = None,
        trust: str = "receipts",
    ) -> None:
        """One receipt. ``said`` is the statement by its JSON names, where it may be shown."""
        expect = {"word": word, "since": since, "until": until, "dating": dating, "statement": said}
        row = {"id": name, "comment": comment, "text": made, "paper": None if paper is None else paper.hex()}
        self.rows.append({**row, "trust": trust, "expect": expect})

    def good(self, name: str, comment: str, made: str, said: dict | None = None, word: str = "dated", **rest) -> None:
        """A receipt whose signature holds."""
        times = {"since": STATUS_ISSUED, "until": NOW} if word == "dated" else {}
        said = {label: value for label, value in (JSON | (said or {})).items() if value is not None}
        self.add(name, comment, made, word, **{"dating": word, "said": said, **times, **rest})

    def bad(self, name: str, comment: str, made: str, word: str = "malformed", **rest: object) -> None:
        """A receipt of which nothing may be shown."""
        self.add(name, comment, made, word, **rest)


def receipts() -> list[dict]:
    """All vectors."""
    cases = Cases()
    _right(cases)
    _dating(cases)
    _papers(cases)
    _foreign(cases)
    _structure(cases)
    _fields(cases)
    _signatures(cases)
    return cases.rows


def _right(cases: Cases) -> None:
    cases.good("reference", "countersigned ten minutes after the check", whole())
    cases.good("local", "another origin of the trust list", whole().replace(ORIGIN.upper(), LOCAL_ORIGIN.upper()))
    compared = {0: 1, 8: 3, 9: 4, 11: 2}
    words = {"dates": "same", "employer.siret": "near", "job": "not_comparable", "hours": "different"}
    cases.good(
        "compared", "with a comparison: outcomes, never values", whole(statement(k11=compared)), {"compared": words}
    )
    cases.good(
        "hired", "with the first day of the hire", whole(statement(k12="2026-02-04")), {"hired_on": "2026-02-04"}
    )
    asked = ["2026-02-02", 1, "", 0, ""]
    cases.good(
        "request",
        "with a request to the préfet that has no answer yet",
        whole(statement(k13=asked)),
        {"request": {"sent_on": "2026-02-02", "channel": "email", "answer": "none_yet"}},
    )
    answered = ["2026-02-02", 2, "2026/75/0042", 3, "2026-02-05"]
    former = bytes(range(32))
    said = {"sent_on": "2026-02-02", "channel": "registered_letter", "reference": "2026/75/0042", "answer": "silence"}
    cases.good(
        "suite",
        "a suite: silence counted as done, a DPAE, the former receipt",
        whole(statement(k13=answered, k14=[AT, "ACOSS-0042-EX"], k15=former)),
        {
            "request": said | {"answered_on": "2026-02-05"},
            "dpae": {"at": "2026-02-02T02:30:00Z", "certificate": "ACOSS-0042-EX"},
            "former": former.hex(),
        },
    )
    cases.good("more", "an additional field is no fault", whole(statement(k20=1, k23="à suivre")))
    cases.good(
        "unsaid",
        "nothing said of what was seen",
        whole(statement(k10=[0, 0, 0])),
        {"seen": dict.fromkeys(JSON["seen"], "unsaid")},
    )
    cases.good("no-person", "a company alone", whole(statement(k9={2: "A"})), {"company": {"name": "A"}})
    cases.good(
        "bad-paper",
        "a receipt of a paper that was red",
        whole(statement(k2=["bad_signature", "red"])),
        {"verdict": "bad_signature", "level": "red"},
    )


def _dating(cases: Cases) -> None:
    cases.good("alone", "not countersigned", whole(counted=False), word="undated")
    cases.good("a-day", "the list was as old as it may be", whole(time=STATUS_ISSUED + DAY), until=STATUS_ISSUED + DAY)
    late = STATUS_ISSUED + DAY + 1
    cases.good("late", "a second more", whole(time=late), word="late", since=STATUS_ISSUED, until=late)
    eight = [LISTED, SECOND, *([number, 1, bytes(16)] for number in range(3, 9))]
    cases.good("eight-lists", "as many lists as there may be", whole(lists=eight), until=NOW)
    cases.good(
        "list-not-named", "the countersignature names another list", whole(lists=[SECOND]), word="late", until=NOW
    )
    other = [1, STATUS_ISSUED, short(b"another file")]
    cases.good(
        "list-other-hash",
        "the same list by number and time, with another hash",
        whole(lists=[other]),
        word="late",
        until=NOW,
    )
    elsewhere = [2, STATUS_ISSUED, LISTED[2]]
    cases.good(
        "list-other-number",
        "the same time and hash under another number",
        whole(lists=[elsewhere]),
        word="late",
        until=NOW,
    )
    again = [1, STATUS_ISSUED + 1, LISTED[2]]
    cases.good("list-other-time", "the same hash under another time", whole(lists=[again]), word="late", until=NOW)
    cases.good("no-list", "no list was held", whole(statement(k5=None)), {"status": None}, word="late", until=NOW)
    cases.good("unknown-key", "countersigned by a key that is not listed", whole(key=STRANGER), word="undated")
    cases.good("other-use", "by a key of use 3, which signs the log", whole(key=RECEIPT), word="undated")
    cases.good("status-key", "by a key of status lists", whole(key=STATUS), word="undated")
    cases.good(
        "kid-of-another",
        "an entry whose kid is not its key's hash names no key",
        whole(key=COUNTER_CROOKED, kid=STRANGER.kid),
        word="undated",
    )
    cases.good("revoked-key", "by a revoked key: undated, never forged", whole(key=COUNTER_REVOKED), word="undated")
    cases.good("retired-key", "by a retired key, outside its window", whole(key=COUNTER_RETIRED), word="undated")
    old = [1, NOW - 2 * DAY, LISTED[2]]
    cases.good(
        "retired-in-window",
        "by a retired key, inside its window",
        whole(statement(k5=old), key=COUNTER_RETIRED, time=NOW - DAY, lists=[old]),
        {"status": JSON["status"] | {"issued_at": "2026-01-31T02:40:00Z"}},
        since=NOW - 2 * DAY,
        until=NOW - DAY,
    )
    cases.good("no-keys", "under a trust list without keys of use 4", whole(), word="undated", trust="main")
    ahead = [1, NOW + 301, LISTED[2]]
    cases.good(
        "before-its-list",
        "countersigned before the list that it was judged by",
        whole(statement(k5=ahead)),
        {"status": JSON["status"] | {"issued_at": "2026-02-02T02:45:01Z"}},
        word="contradiction",
        until=NOW,
        dating=None,
    )
    near = [1, NOW + 300, LISTED[2]]
    cases.good(
        "just-before",
        "two clocks that differ by five minutes",
        whole(statement(k5=near), lists=[near]),
        {"status": JSON["status"] | {"issued_at": "2026-02-02T02:45:00Z"}},
        since=NOW + 300,
    )


def _papers(cases: Cases) -> None:
    cases.good("other-paper", "another paper beside it", whole(), word="other_paper", paper=OTHER_TOKEN, dating=None)
    cases.good(
        "other-paper-alone",
        "the same, not countersigned",
        whole(counted=False),
        word="other_paper",
        paper=OTHER_TOKEN,
        dating=None,
    )
    cases.good(
        "no-paper",
        "the receipt alone names no worker",
        whole(),
        word="paper_missing",
        paper=None,
        since=STATUS_ISSUED,
        until=NOW,
        dating="dated",
    )
    cases.good(
        "no-paper-undated",
        "the same, not countersigned",
        whole(counted=False),
        word="paper_missing",
        paper=None,
        dating="undated",
    )


def _foreign(cases: Cases) -> None:
    right = whole()
    cases.bad("foreign-origin", "an address that is not ours", right.replace("WORKINFRANCE", "WORK1NFRANCE"), "foreign")
    cases.bad("attestation", "the text of an attestation", right.replace("/#9", "/#1"), "foreign")
    cases.bad("no-mark", "no /#", right.replace("/#", "/"), "foreign")
    cases.bad("letters", "letters that are not ASCII", right + "é", "foreign")
    cases.bad("nothing", "no text at all", "", "foreign")


def _structure(cases: Cases) -> None:
    encoded = item(statement())
    signature = signed(encoded)
    row = counter(encoded, signature)
    right = text([encoded, signature])
    cases.bad("letter-behind", "a letter behind the digits", right + "A")
    cases.bad("space-behind", "a space behind the digits", right + " ")
    cases.bad("no-digits", "no digits", f"{ORIGIN.upper()}/#9")
    cases.bad("long", "more digits than any receipt has", f"{ORIGIN.upper()}/#9" + "1" * 2102)
    cases.bad("leading-zero", "a zero in front", right.replace("/#9", "/#90"))
    cases.bad("first-byte", "the first byte is 02", text([encoded, signature], first=2))
    cases.bad("empty", "an empty array", text([]))
    cases.bad("statement-alone", "no signature", text([encoded]))
    cases.bad("four", "a fourth part", text([encoded, signature, row, 0]))
    cases.bad("counter-null", "null for a countersignature", text([encoded, signature, None]))
    cases.bad("counter-empty", "an empty countersignature", text([encoded, signature, []]))
    cases.bad(
        "counter-no-lists",
        "a countersignature of no list",
        text([encoded, signature, counter(encoded, signature, lists=[])]),
    )
    cases.bad(
        "counter-order",
        "its lists in another order",
        text([encoded, signature, counter(encoded, signature, lists=[SECOND, LISTED])]),
    )
    cases.bad(
        "counter-twice",
        "one list twice",
        text([encoded, signature, counter(encoded, signature, lists=[LISTED, LISTED])]),
    )
    cases.bad("counter-kid", "a kid of seven bytes", text([encoded, signature, [row[0][:7], *row[1:]]]))
    cases.bad(
        "counter-time", "a time that is a text", text([encoded, signature, counter(encoded, signature, time="now")])
    )
    nine = [[number, 1, bytes(16)] for number in range(1, 10)]
    cases.bad("counter-many", "9 lists", text([encoded, signature, counter(encoded, signature, lists=nine)]))
    cases.bad("short-signature", "a signature of 63 bytes", text([encoded, signature[:63]]))
    cases.bad(
        "long-length", "a length longer than it need be", text([Raw(head(2, len(encoded), 4) + encoded), signature])
    )
    cases.bad("trailing", "a byte behind", text(Raw(item([encoded, signature]) + b"\x00")))
    cases.bad("map", "a map for the array", text({1: encoded, 2: signature}))


def _fields(cases: Cases) -> None:
    def field(name: str, comment: str, **changes: object) -> None:
        cases.bad(name, comment, whole(statement(**changes)))

    for label in (1, 2, 3, 4, 6, 8, 9, 10):
        field(f"without-{label}", f"without field {label}", **{f"k{label}": None})
    encoded = item(statement(k7=None))
    cases.bad("without-7", "without the device's key", text([encoded, signed(encoded)]))
    field("undefined", "a field that is not defined", k16=1)
    field("no-level", "a level that is none", k2=["valid", "gold"])
    field("no-verdict", "a word that is no verdict", k2=["authentic", "green"])
    field("foreign-verdict", "a verdict of something without a token", k2=["foreign", "grey"])
    field("time-ahead", "a time past the year 9998", k1=253_370_764_800)
    field("short-hash", "a hash of 31 bytes", k3=bytes(31))
    field("list-number", "status list 0", k5=[0, IAT, bytes(16)])
    field("company-text", "a company with a doubled space", k9={2: "SOCIÉTÉ  EXEMPLE"})
    field("company-hidden", "a hidden character", k9={2: "EXEM\u200bPLE"})
    field("company-long", "81 characters", k9={2: "A" * 81})
    field("siret", "15 digits", k9={1: 10**14, 2: "A"})
    field("seen", "3 is no answer", k10=[3, 0, 0])
    field("compared-empty", "an empty comparison", k11={})
    field("compared-value", "an outcome that is not defined", k11={9: 5})
    field("compared-label", "a comparison of the nationality", k11={6: 1})
    field("hired-never", "31 February", k12="2026-02-31")
    field("hired-short", "no day", k12="2026-02")
    field("request-day", "a day of an answer that has not come", k13=["2026-02-02", 1, "", 0, "2026-02-03"])
    field("request-no-day", "an answer without its day", k13=["2026-02-02", 1, "", 1, ""])
    field("dpae", "a certificate of 41 characters", k14=[AT, "A" * 41])
    field("former", "the hash of a former receipt, cut", k15=bytes(16))
    field("additional", "an additional field that is an array", k20=[1])
    encoded = item(Pairs(tuple(reversed(list(statement().items())))))
    cases.bad("unsorted", "fields in another order", text([encoded, signed(encoded)]))
    encoded = item(statement(k9={2: "A" * 80, 3: "B" * 80}, k20="C" * 200, k21="D" * 200))
    cases.bad("long-statement", "701 bytes and more", text([encoded, signed(encoded)]))
    for label in (17, 18, 19):
        cases.bad(
            f"critical-{label}",
            "a critical field of a later version",
            whole(statement(**{f"k{label}": 1})),
            "unsupported",
        )


def _signatures(cases: Cases) -> None:
    encoded = item(statement())
    signature = signed(encoded)
    r, s = signature[:32], signature[32:]
    zero = bytes(32)

    def altered(name: str, comment: str, content: list) -> None:
        cases.bad(name, comment, text(content), "altered")

    other = item(statement(k10=[2, 2, 2]))
    altered("statement-changed", "the permit was not seen, it says it was", [other, signature])
    altered("high-s", "s in the upper half: the other signature of the same", [encoded, signed(encoded, high=True)])
    altered("r-zero", "r is 0", [encoded, zero + s])
    altered("s-zero", "s is 0", [encoded, r + zero])
    altered("r-order", "r is the order", [encoded, ORDER.to_bytes(32, "big") + s])
    altered("both-zero", "r and s are 0", [encoded, zero + zero])
    altered("other-device", "signed by another device", [encoded, signed(encoded, OTHER_DEVICE)])
    altered("other-typ", "signed as something else", [encoded, signed(encoded, protected=item({1: -7, 16: TOKEN_TYP}))])
    altered("no-typ", "signed without a type", [encoded, signed(encoded, protected=item({1: -7}))])
    swapped = item(statement(k7=OTHER_DEVICE.public))
    altered("key-swapped", "the key of another device", [swapped, signed(swapped)])
    infinite = item(statement(k7=b"\x02" + b"\xff" * 32))
    altered("no-point", "a key that is no point", [infinite, signed(infinite)])
    off = item(statement(k7=b"\x02" + bytes(31) + b"\x01"))
    altered("off-curve", "a key whose x is in range and of no point", [off, signed(off)])
    row = counter(encoded, signature)
    flipped = [*row[:3], row[3][:-1] + bytes([row[3][-1] ^ 1])]
    altered("counter-flipped", "a bit of the countersignature", [encoded, signature, flipped])
    altered(
        "counter-moved", "the countersignature of another receipt", [encoded, signature, counter(other, signed(other))]
    )
    altered("counter-earlier", "its time put back", [encoded, signature, [row[0], NOW - DAY, row[2], row[3]]])
    altered("counter-list", "a list put in", [encoded, signature, [row[0], row[1], [LISTED], row[3]]])
    altered(
        "counter-typ",
        "countersigned as something else",
        [encoded, signature, counter(encoded, signature, typ=TOKEN_TYP)],
    )
    altered(
        "counter-token",
        "the hash of the token instead",
        [encoded, signature, counter(encoded, signature, digest=STATEMENT[3])],
    )
    cases.good(
        "expiry",
        "the check of a paper that ends is no business of the receipt",
        whole(statement(k12="2027-01-01")),
        {"hired_on": "2027-01-01"},
    )
