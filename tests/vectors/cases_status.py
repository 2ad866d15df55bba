"""Acceptance of a status list: every rule of ``docs/format.md`` §4."""

import hashlib
import zlib

from tests.vectors import curve, scene
from tests.vectors.scene import (
    DAY,
    LARGE,
    NOW,
    ORIGIN,
    RECEIPT,
    SIGNER,
    SMALL,
    STATUS,
    STATUS_EXPIRES,
    STATUS_ISSUED,
    STRANGER,
    trust_bytes,
)
from tests.vectors.wire import (
    STATUS_TYP,
    TOKEN_TYP,
    Key,
    Pairs,
    Raw,
    deflated,
    item,
    sign1,
    sign1_header,
    status_list,
    status_payload,
    to_be_signed,
    trust_entry,
)

URI = f"{ORIGIN}/status-1.cose"
ZEROS = deflated(bytes(SMALL))
OLD_STATUS = Key("status, retired")

TRUST = {
    "main": scene.TRUST["main"],
    "status-revoked": (trust_bytes(k6=[trust_entry(SIGNER, 1), trust_entry(STATUS, 2, f6=3)]), NOW),
    "status-retired": (trust_bytes(k6=[trust_entry(STATUS, 2, f6=2)]), NOW),
    "status-window": (trust_bytes(k6=[trust_entry(STATUS, 2, f4=STATUS_ISSUED, f5=STATUS_ISSUED + 10)]), NOW),
    "two-status-keys": (trust_bytes(k6=[trust_entry(STATUS, 2), trust_entry(OLD_STATUS, 2)]), NOW),
}


class Acceptances:
    """The vectors, in order."""

    def __init__(self) -> None:
        self.rows: list[dict] = []

    def _add(
        self,
        name: str,
        comment: str,
        data: bytes,
        expect: dict,
        trust: str = "main",
        number: int = 1,
        held: bytes | None = None,
        now: int = NOW,
    ) -> None:
        self.rows.append(
            {
                "id": name,
                "spec": "4",
                "comment": comment,
                "trust": trust,
                "number": number,
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
        issued: int = STATUS_ISSUED,
        values: dict | None = None,
        **rest: object,
    ) -> None:
        """An acceptance: the time of issue of the list in use afterwards, and some of its entries (None: not held)."""
        entries = {str(index): value for index, value in (values or {}).items()}
        self._add(name, comment, data, {"accepted": True, "issued_at": issued, "values": entries}, **rest)

    def refused(self, name: str, comment: str, data: bytes, code: str, **rest: object) -> None:
        """A refusal with its code."""
        self._add(name, comment, data, {"accepted": False, "code": code}, **rest)


def _list(
    key: Key = STATUS,
    uri: object = URI,
    issued: object = STATUS_ISSUED,
    expires: object = STATUS_EXPIRES,
    ttl: object = DAY,
    lst: object = ZEROS,
    **rest: object,
) -> bytes:
    return status_list(key, status_payload(uri, issued, expires, ttl, lst), **rest)


def acceptances() -> Acceptances:
    """All vectors."""
    cases = Acceptances()
    _right(cases)
    _signer(cases)
    _age(cases)
    _form(cases)
    _compressed(cases)
    return cases


def _right(cases: Acceptances) -> None:
    cases.accepted("small", "131,072 entries, the fewest", _list(), values={0: 0, 131_071: 0, 131_072: None})
    cases.accepted(
        "large",
        "1,048,576 entries, the most",
        _list(lst=deflated(bytes(LARGE))),
        values={1_048_575: 0, 1_048_576: None},
    )
    entries = scene.status_values(SMALL, {0: 1, 1: 2, 2: 3, 3: 0, 4: 3, 131_071: 2})
    cases.accepted(
        "entries",
        "two bits an entry, least significant first",
        _list(lst=deflated(entries)),
        values={0: 1, 1: 2, 2: 3, 3: 0, 4: 3, 5: 0, 131_070: 0, 131_071: 2},
    )
    odd = bytes(SMALL) + b"\x04"
    cases.accepted(
        "odd-length",
        "four entries more than the fewest",
        _list(lst=deflated(odd)),
        values={131_073: 1, 131_075: 0, 131_076: None},
    )
    cases.accepted(
        "second-origin", "the address at another listed origin", _list(uri=f"{scene.SECOND_ORIGIN}/status-1.cose")
    )
    cases.accepted("other-list", "another listed number", _list(uri=f"{ORIGIN}/status-2.cose"), number=2)
    cases.accepted(
        "second-status-key-unused",
        "two status keys, the one named for this list signed",
        _list(),
        trust="two-status-keys",
    )
    cases.accepted("retired-key", "a retired status key stays trusted for its window", _list(), trust="status-retired")
    cases.accepted("window-first", "issued in the first second of the key's window", _list(), trust="status-window")
    cases.accepted(
        "window-last",
        "issued in the last second of the key's window",
        _list(issued=STATUS_ISSUED + 10),
        issued=STATUS_ISSUED + 10,
        trust="status-window",
    )
    stored = (
        b"\x78\x01"
        + b"".join(
            bytes([last]) + (8192).to_bytes(2, "little") + (8192 ^ 0xFFFF).to_bytes(2, "little") + bytes(8192)
            for last in (0, 0, 0, 1)
        )
        + zlib.adler32(bytes(SMALL)).to_bytes(4, "big")
    )
    cases.accepted("stored", "stored blocks: any zlib stream will do", _list(lst=stored), values={0: 0})
    far = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(256)) * 4
    cases.accepted(
        "far-in-a-small-window",
        "the header declares a window of 256 bytes, distances reach back 8,192",
        _list(lst=b"\x08\x1d" + zlib.compress(far, 9)[2:]),
        values={0: far[0] & 3, 131_071: far[-1] >> 6},
    )


def _signer(cases: Acceptances) -> None:
    cases.refused(
        "unlisted",
        "a number that the trust list does not name",
        _list(uri=f"{ORIGIN}/status-3.cose"),
        "unlisted",
        number=3,
    )
    cases.refused("attestation-key", "signed by an attestation key", _list(SIGNER), "signer")
    cases.refused("receipt-key", "signed by a receipt key", _list(RECEIPT), "signer")
    cases.refused("stranger", "signed by a stranger", _list(STRANGER), "signer")
    cases.refused(
        "other-status-key",
        "signed by a status key that is not the one named for this list",
        _list(OLD_STATUS),
        "signer",
        trust="two-status-keys",
    )
    cases.refused("revoked-key", "the status key is revoked", _list(), "signer", trust="status-revoked")
    cases.refused(
        "before-window",
        "issued a second before the key's window",
        _list(issued=STATUS_ISSUED - 1),
        "window",
        trust="status-window",
    )
    cases.refused(
        "after-window",
        "issued a second after the key's window",
        _list(issued=STATUS_ISSUED + 11),
        "window",
        trust="status-window",
    )
    cases.refused("other-uri", "the list of another address", _list(uri=f"{ORIGIN}/status-2.cose"), "uri")
    cases.refused(
        "other-origin", "an origin that is not listed", _list(uri="https://evil.example/status-1.cose"), "uri"
    )
    cases.refused("upper-uri", "the address in upper case", _list(uri=URI.upper()), "uri")
    cases.refused("relative-uri", "a relative address", _list(uri="status-1.cose"), "uri")
    cases.refused("list-as-another", "list 1 offered as list 2", _list(), "uri", number=2)
    cases.refused(
        "stranger-under-kid",
        "a stranger signed under the status key's kid",
        _list(STRANGER, kid=STATUS.kid),
        "signature",
    )
    good = _list()
    cases.refused("bit-flipped", "one bit of the signature is flipped", good[:-1] + bytes([good[-1] ^ 1]), "signature")
    cases.refused("ttl-altered", "the ttl is altered", good.replace(item(DAY), item(DAY + 1)), "signature")
    signature = int.from_bytes(good[-32:], "little") + curve.L
    cases.refused("malleable", "S + L", good[:-32] + signature.to_bytes(32, "little"), "signature")
    payload = item(status_payload(URI, STATUS_ISSUED, STATUS_EXPIRES, DAY, ZEROS))
    protected = sign1_header(STATUS.kid, STATUS_TYP)
    cases.refused(
        "external-data",
        "signed with external data",
        sign1(protected, payload, STATUS.sign(to_be_signed(protected, payload, external=b"x"))),
        "signature",
    )
    cases.refused("short-signature", "a signature of 63 bytes", sign1(protected, payload, bytes(63)), "signature")


def _age(cases: Acceptances) -> None:
    held = _list()
    later = _list(issued=STATUS_ISSUED + 1)
    cases.accepted("newer", "issued a second later than the held one", later, issued=STATUS_ISSUED + 1, held=held)
    cases.accepted("same", "the held list again: nothing to do", held, held=held)
    cases.refused(
        "rollback", "issued a second before the held one", _list(issued=STATUS_ISSUED - 1), "rollback", held=held
    )
    cases.refused(
        "same-second",
        "issued in the held one's second, with other entries",
        _list(lst=deflated(b"\x01" + bytes(SMALL - 1))),
        "rollback",
        held=held,
    )
    protected, claims = (
        sign1_header(STATUS.kid, STATUS_TYP),
        item(status_payload(URI, STATUS_ISSUED, STATUS_EXPIRES, DAY, ZEROS)),
    )
    nonce = 7
    point = curve.encode(curve.times(nonce, curve.BASE))
    resigned = curve.with_chosen_r(STATUS.seed, STATUS.public, to_be_signed(protected, claims), nonce, point)
    cases.refused(
        "same-claims-signed-again",
        "the held one's claims under another good signature: not the held one, byte for byte",
        sign1(protected, claims, resigned),
        "rollback",
        held=held,
    )
    cases.refused("future", "issued 301 s ahead", _list(issued=NOW + 301), "future")
    cases.accepted("ahead", "issued 300 s ahead", _list(issued=NOW + 300), issued=NOW + 300)
    cases.accepted("expired", "expired: values 1 and 3 still count", _list(), now=STATUS_EXPIRES + DAY)
    cases.accepted("expires-before-issue", "an expiry before its issue: expired from the start", _list(expires=1))
    cases.accepted("ttl-0", "a ttl of 0", _list(ttl=0))


def _form(cases: Acceptances) -> None:
    def form(name: str, comment: str, data: bytes) -> None:
        cases.refused(f"form-{name}", comment, data, "form")

    good = _list()
    form("empty", "no bytes", b"")
    form("html", "a captive portal's page", b"<html><body>Connexion</body></html>")
    form("untagged", "without its tag", good[1:])
    form("tag-17", "another tag", b"\xd1" + good[1:])
    form("cwt-tag", "the CWT tag around", b"\xd8\x3d" + good)
    form("trailing-byte", "a byte after the list", good + b"\x00")
    form("cut-short", "the last byte is missing", good[:-1])
    form("trust-list", "a trust list instead of a status list", scene.TRUST["main"][0])
    form(
        "attestation",
        "an attestation token instead of a status list",
        sign1(sign1_header(STATUS.kid, TOKEN_TYP), scene.REFERENCE_PAYLOAD, bytes(64)),
    )
    form("attestation-typ", "the typ of an attestation", _list(typ=TOKEN_TYP))
    form(
        "short-kid",
        "a kid of seven bytes",
        sign1(
            bytes.fromhex("a30127 0447") + STATUS.kid[:7] + b"\x10" + item(STATUS_TYP),
            item(status_payload(URI, 0, 1, 1, ZEROS)),
            bytes(64),
        ),
    )
    form(
        "unprotected",
        "a parameter in the unprotected header",
        good.replace(b"\xa0\x59", b"\xa1\x04\x40\x59", 1).replace(b"\xa0\x58", b"\xa1\x04\x40\x58", 1),
    )
    claims = status_payload(URI, STATUS_ISSUED, STATUS_EXPIRES, DAY, ZEROS)
    for label in claims:
        form(
            f"without-{label}",
            f"without the claim {label}",
            status_list(STATUS, {key: value for key, value in claims.items() if key != label}),
        )
    form("more", "a claim more", status_list(STATUS, claims | {1: "issuer"}))
    form(
        "lst-more",
        "a third member beside lst and bits",
        status_list(STATUS, claims | {65533: {"lst": ZEROS, "bits": 2, "aggregation_uri": "x"}}),
    )
    form("without-bits", "without bits", status_list(STATUS, claims | {65533: {"lst": ZEROS}}))
    form("bits-1", "one bit an entry", status_list(STATUS, claims | {65533: {"lst": ZEROS, "bits": 1}}))
    form("bits-8", "eight bits an entry", status_list(STATUS, claims | {65533: {"lst": ZEROS, "bits": 8}}))
    form("bits-float", "2.0 for bits", status_list(STATUS, claims | {65533: {"lst": ZEROS, "bits": 2.0}}))
    form(
        "length-first",
        "bits before lst: sorted by the letters of the keys, not by their bytes",
        status_list(STATUS, claims | {65533: Pairs((("bits", 2), ("lst", ZEROS)))}),
    )
    form("unsorted", "the claims in another order", status_list(STATUS, Pairs(tuple(reversed(claims.items())))))
    form("trailing-payload", "a byte after the claims", status_list(STATUS, Raw(item(claims) + b"\x00")))
    form("array", "an array instead of the claims", status_list(STATUS, [URI, 1, 2]))
    for name, comment, changes in (
        ("uri-bytes", "an address that is a byte string", dict(uri=URI.encode())),
        ("issued-text", "a time that is a text", dict(issued="1")),
        ("issued-float", "a time that is a float", dict(issued=float(STATUS_ISSUED))),
        ("issued-negative", "a negative time", dict(issued=-1)),
        ("expires-2-53", "an expiry of 2^53", dict(expires=1 << 53)),
        ("ttl-true", "a ttl of true", dict(ttl=True)),
        ("ttl-negative", "a negative ttl", dict(ttl=-1)),
        ("lst-text", "a list that is a text", dict(lst="x")),
    ):
        form(name, comment, _list(**changes))


def _compressed(cases: Acceptances) -> None:
    def form(name: str, comment: str, lst: bytes) -> None:
        cases.refused(f"zlib-{name}", comment, _list(lst=lst), "form")

    form("too-short", "four entries too few", deflated(bytes(SMALL - 1)))
    form("too-long", "four entries too many", deflated(bytes(LARGE + 1)))
    form("bomb", "two megabytes behind thirteen kilobytes: inflating stops at the limit", deflated(bytes(1 << 21)))
    form("empty", "nothing compressed", deflated(b""))
    form("no-bytes", "no bytes", b"")
    form("raw-deflate", "deflate without the zlib header", ZEROS[2:-4])
    form("gzip", "gzip's header", b"\x1f\x8b\x08\x00" + bytes(6) + ZEROS[2:-4])
    form("trailing", "a byte after the stream", ZEROS + b"\x00")
    form("second-stream", "a second stream after the first", ZEROS + ZEROS)
    form("cut-short", "the last byte of the check sum is missing", ZEROS[:-1])
    form("without-check-sum", "the check sum is missing", ZEROS[:-4])
    form("check-sum", "a wrong check sum", ZEROS[:-1] + bytes([ZEROS[-1] ^ 1]))
    form("header-check", "a wrong header check", b"\x78\x02" + ZEROS[2:])
    form("dictionary", "a preset dictionary", b"\x78\x20" + bytes(4) + ZEROS[2:])
    form("bad-block", "a block of a reserved type", b"\x78\x01\x07" + ZEROS[3:])
    form("uncompressed", "bare entries", bytes(64))
