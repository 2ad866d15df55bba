"""issuer/attestation/qr.py: the text, the symbol, and zxing reading it back."""

import io

import pytest
import segno
import zxingcpp
from hypothesis import given, strategies as st
from PIL import Image

from issuer.attestation import qr, token
from issuer.attestation.claims import encode
from keys.errors import FormError
from tests.support import made

BITS_12_M = 290 * 8
"""Data bits of a version 12 symbol at level M (ISO/IEC 18004, table 7)."""


def segment_bits(text: str) -> int:
    """What three segments take below version 27: mode 4 bits, counts 11, 16 and 12 bits for versions 10 to 26."""
    origin, _, digits = text.partition("#")
    alphanumeric = 11 * (len(origin) // 2) + 6 * (len(origin) % 2)
    numeric = 10 * (len(digits) // 3) + (0, 4, 7)[len(digits) % 3]
    return 4 + 11 + alphanumeric + 4 + 16 + 8 + 4 + 12 + numeric


def test_the_reference_fits_version_12_with_a_byte_to_spare():
    symbol = qr.make_symbol(made.REFERENCE_TEXT)
    assert (symbol.version, symbol.error, symbol.symbol_size(border=0)) == (12, "M", (65, 65))
    spare = BITS_12_M - segment_bits(made.REFERENCE_TEXT)
    assert 8 <= spare < 16


def test_the_symbol_holds_three_segments():
    """Alphanumeric up to the slash, # as a byte, the rest as digits: seen by a reader that tells the modes apart."""
    matrix = io.BytesIO()
    qr.make_symbol(made.REFERENCE_TEXT).save(matrix, kind="png", scale=4, border=4)
    found = zxingcpp.read_barcodes(Image.open(matrix))
    assert [result.text for result in found] == [made.REFERENCE_TEXT]
    plain = segno.make(made.REFERENCE_TEXT, error="m", boost_error=False, micro=False)
    assert plain.version > 12, "the same text in one byte segment is larger"


@pytest.mark.parametrize(
    "text", ["", "HTTPS://A.EXAMPLE/", "HTTPS://A.EXAMPLE/#", "HTTPS://A.EXAMPLE/#1a", "HTTPS://A.EXAMPLE/#١"]
)
def test_what_is_no_qr_text_has_no_symbol(text):
    with pytest.raises(ValueError):
        qr.make_symbol(text)


def test_the_largest_attestation_still_has_a_symbol():
    text = made.signed(b"\x40" * 800)
    assert qr.make_symbol(text).version <= 24
    assert len(text.partition("/#")[2]) in (2101, 2102)


@given(st.binary(min_size=24, max_size=800), st.binary(min_size=64, max_size=64), st.binary(min_size=8, max_size=8))
def test_what_is_packed_unpacks_to_the_same_parts(payload, signature, kid):
    parts = token.Parts(kid, signature, payload)
    text = qr.encode_text(made.ORIGIN, token.join(parts))
    origin, digits = qr.split_text(text)
    assert (origin, digits[0]) == (made.ORIGIN, "1")
    assert qr.unpack(digits[1:]) == parts


@given(st.text(st.sampled_from("0123456789_+- \n٣３a."), max_size=300) | st.integers(10**231, 10**2101).map(str))
def test_any_digits_are_unpacked_or_none(digits):
    parts = qr.unpack(digits)
    if parts is not None:
        number = int.from_bytes(b"\x01" + parts.kid + parts.signature + parts.payload, "big")
        assert str(number) == digits and 24 <= len(parts.payload) <= 800


def test_only_a_whole_token_has_a_text():
    with pytest.raises(FormError):
        qr.encode_text(made.ORIGIN, made.REFERENCE_TOKEN[:-1])


def test_the_text_is_upper_case_and_ascii():
    text = qr.encode_text(made.ORIGIN, token.sign(encode(made.claims(family_name="ŒUVRARD")), made.SIGNER))
    assert text.startswith("HTTPS://VERIF.WORKINFRANCE.EXAMPLE/#1") and text.isascii()
    assert set(text.partition("#")[0]) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), "QR's alphanumeric mode"
