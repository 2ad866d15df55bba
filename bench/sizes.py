"""QR symbols of the reference attestation beside those of other formats with the same claims: ``wif bench sizes``.

Every format carries the same claims, an 8-byte key identifier and a 64-byte signature, at error correction M.
Prints Markdown tables.
"""

import argparse
import base64
import json
import random
import zlib
from collections import Counter

import segno
import segno.encoder
from segno import consts

from bench._people import records
from issuer.attestation import qr, token
from issuer.attestation.claims import Claims, encode
from issuer.attestation.numbers import draw_number
from issuer.attestation.record import read_record
from keys.signer import SeedSigner
from tests.support.records import RECORD

ORIGIN = "https://verif.workinfrance.example"
SIGNER = SeedSigner(bytes(range(32)))
ISSUED = 1_767_000_000
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(data: bytes) -> str:
    """RFC 9285 §4: two bytes are three characters, a last one two."""
    out = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        number, digits = int.from_bytes(pair, "big"), 3 if len(pair) == 2 else 2
        for _ in range(digits):
            number, digit = divmod(number, 45)
            out.append(BASE45[digit])
    return "".join(out)


def base64url(data: bytes) -> str:
    """RFC 7515 §2: without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def symbol(*segments: tuple[str | bytes, int]) -> segno.QRCode:
    """The smallest symbol at level M of these segments."""
    parts = [(content, mode, None) for content, mode in segments]
    return segno.QRCode(segno.encoder.encode(parts, error="m", boost_error=False, micro=False))


def hc1(whole: bytes) -> tuple[int, segno.QRCode]:
    """As EU health certificates did: COSE_Sign1, zlib, base45, behind ``HC1:``, in alphanumeric mode."""
    text = "HC1:" + base45(zlib.compress(whole, 9))
    return len(text), symbol((text, consts.MODE_ALPHANUMERIC))


def smart_health_card(claims: dict) -> tuple[int, segno.QRCode]:
    """As SMART Health Cards do: minified JSON, raw deflate, a compact JWS, two digits a character, behind ``shc:/``."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode()
    header = json.dumps({"zip": "DEF", "alg": "EdDSA", "kid": base64url(SIGNER.kid)}, separators=(",", ":")).encode()
    signed = f"{base64url(header)}.{base64url(machine.compress(body) + machine.flush())}"
    jws = f"{signed}.{base64url(SIGNER.sign(signed.encode()))}"
    digits = "".join(f"{ord(character) - 45:02d}" for character in jws)
    return len("shc:/") + len(digits), symbol(("shc:/", consts.MODE_BYTE), (digits, consts.MODE_NUMERIC))


def rows(claims: Claims, whole: bytes) -> list[tuple[str, int, segno.QRCode]]:
    """Format, characters (or bytes), symbol."""
    parts = token.split(whole)
    packed = b"\x01" + parts.kid + parts.signature + parts.payload
    text = qr.encode_text(ORIGIN, whole)
    url = f"{ORIGIN}/#1{base64url(packed)}"
    return [
        ("ours: URL, numeric segment", len(text), qr.make_symbol(text)),
        ("ours without the URL: raw bytes (no camera opens it)", len(packed), symbol((packed, consts.MODE_BYTE))),
        ("whole COSE_Sign1, raw bytes", len(whole), symbol((whole, consts.MODE_BYTE))),
        ("URL + base64url of the same bytes", len(url), symbol((url, consts.MODE_BYTE))),
        ("HC1: zlib + base45 of the COSE_Sign1", *hc1(whole)),
        ("SMART Health Card: JWS, numeric", *smart_health_card(jwt_claims(claims))),
    ]


def jwt_claims(claims: Claims) -> dict:
    """The same claims as JSON, with the times of a JWT instead of days."""
    named = claims.to_json()
    for name in ("valid_from", "valid_until", "issued_at"):
        del named[name]
    return {"exp": claims.expires, "nbf": claims.not_before, "iat": claims.issued_at} | named


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=2000)
    people = parser.parse_args().people
    claims = read_record(RECORD).to_claims(4829130571, (1, 524_287), ISSUED)
    print(
        "Reference attestation, level M:\n\n| format | characters or bytes | QR version | modules | area, ours = 100"
        " |\n|---|--:|--:|--:|--:|"
    )
    table = rows(claims, token.sign(encode(claims), SIGNER))
    ours = table[0][2].symbol_size(border=0)[0]
    for name, length, code in table:
        side = code.symbol_size(border=0)[0]
        print(f"| {name} | {length} | {code.version}-{code.error} | {side} × {side} | {100 * side**2 / ours**2:.0f} |")
    chance, versions = random.Random(1), Counter()
    peers: dict[str, Counter] = {}
    for value in records(people):
        claims = read_record(value).to_claims(draw_number(chance.randrange), (1, chance.randrange(1 << 20)), ISSUED)
        whole = token.sign(encode(claims), SIGNER)
        versions[qr.make_symbol(qr.encode_text(ORIGIN, whole)).version] += 1
        for name, code in (("HC1", hc1(whole)[1]), ("SMART Health Card", smart_health_card(jwt_claims(claims))[1])):
            peers.setdefault(name, Counter())[code.version] += 1
    print(
        f"\n{people} invented people:\n\n| format | version ≤ 12 | ≤ 13 | ≤ 15 | median | largest"
        " |\n|---|--:|--:|--:|--:|--:|"
    )
    for name, seen in {"ours": versions, **peers}.items():
        ordered = sorted(seen.elements())
        shares = (f"{100 * sum(version <= most for version in ordered) / people:.1f} %" for most in (12, 13, 15))
        print(f"| {name} | {' | '.join(shares)} | {ordered[people // 2]} | {ordered[-1]} |")


if __name__ == "__main__":
    main()
