"""Tokens and lists, read by python-cwt, cbor2 and OpenSSL: libraries that know nothing of this project."""

import cbor2
import cwt
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, strategies as st

from issuer.attestation import status, token
from keys import cose, trust
from keys.errors import FormError, StatusRefused
from tests.support import made


def witness(signer) -> cwt.COSEKey:
    """The public key as python-cwt takes it."""
    return cwt.COSEKey.new({1: 1, 2: signer.kid, 3: -8, -1: 6, -2: signer.public_key})


def test_python_cwt_verifies_a_token_and_reads_its_claims():
    payload = cwt.COSE.new().decode(made.REFERENCE_TOKEN, witness(made.SIGNER))
    read = cbor2.loads(payload)
    assert read[-65537][3] == "NGUYEN ÉPOUSE DUPONT"
    assert (read[4], read[5], read[6]) == (1798758000, 1767567600, made.ISSUED)


def test_python_cwt_refuses_an_altered_token_and_another_key():
    altered = made.REFERENCE_TOKEN.replace(b"NGUYEN", b"NGUYEM")
    for data, signer in ((altered, made.SIGNER), (made.REFERENCE_TOKEN, made.STRANGER)):
        with pytest.raises((cwt.VerifyError, ValueError)):
            cwt.COSE.new().decode(data, witness(signer))


def test_openssl_verifies_the_signature_over_cbor2s_own_structure():
    tag = cbor2.loads(made.REFERENCE_TOKEN)
    protected, unprotected, payload, signature = tag.value
    assert tag.tag == 18 and unprotected == {}
    assert cbor2.loads(protected) == {1: -8, 4: made.SIGNER.kid, 16: "application/wif+cwt"}
    message = cbor2.dumps(["Signature1", protected, b"", payload])
    Ed25519PublicKey.from_public_bytes(made.SIGNER.public_key).verify(signature, message)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(made.SIGNER.public_key).verify(signature, message + b"\0")


def test_a_token_is_what_the_format_shows():
    parts = token.split(made.REFERENCE_TOKEN)
    length = bytes([0x58, len(parts.payload)])
    assert (
        b"\xd2\x84\x58\x22\xa3\x01\x27\x04\x48"
        + parts.kid
        + b"\x10\x73application/wif+cwt\xa0"
        + length
        + parts.payload
        + b"\x58\x40"
        + parts.signature
    ) == made.REFERENCE_TOKEN


def test_python_cwt_reads_a_status_list():
    payload = cwt.COSE.new().decode(made.status_bytes(), witness(made.STATUS))
    read = cbor2.loads(payload)
    assert list(read) == [2, 4, 6, 65533, 65534] and list(read[65533]) == ["lst", "bits"]
    assert read[2] == f"{made.ORIGIN}/status-1.cose" and read[65533]["bits"] == 2


def test_python_cwt_verifies_a_trust_list():
    data = trust.make(made.content(), [made.ROOT])
    payload = cwt.COSE.new().decode(data, witness(made.ROOT))
    assert cbor2.loads(payload)[1] == 1


def test_cbor2_writes_a_token_that_we_read():
    tag = cbor2.loads(made.REFERENCE_TOKEN)
    assert token.split(cbor2.dumps(tag, canonical=True)) == token.split(made.REFERENCE_TOKEN)


def test_combine_takes_each_root_once_and_refuses_different_payloads():
    one = trust.make(made.content(), [made.ROOT])
    two = trust.make(made.content(), [made.STRANGER, made.ROOT])
    combined = trust.parse(trust.combine([one, two, one]))
    assert {signature.protected[-8:] for signature in combined.signatures} == {made.ROOT.kid, made.STRANGER.kid}
    assert len(combined.signatures) == 2
    with pytest.raises(FormError):
        trust.combine([one, trust.make(made.content(version=2), [made.ROOT])])


@given(st.binary(max_size=120))
def test_any_bytes_are_refused_with_the_declared_error(data):
    for parse in (cose.parse_sign1, cose.parse_sign, token.split, trust.parse):
        for prefix in (b"", b"\xd2", b"\xd8\x62", b"\xd2\x84\x58\x22"):
            with pytest.raises(FormError):
                parse(prefix + data)


@given(st.integers(0, len(made.REFERENCE_TOKEN) - 1), st.integers(1, 255))
def test_every_fixed_byte_of_a_token_is_looked_at(at, change):
    """A changed byte is refused, or stands in one of the three parts that vary."""
    data = bytearray(made.REFERENCE_TOKEN)
    data[at] ^= change
    try:
        parts = token.split(bytes(data))
    except FormError:
        return
    assert parts != token.split(made.REFERENCE_TOKEN)


@pytest.mark.parametrize("size", [23, 801])
def test_a_payload_out_of_range_is_not_signed_and_not_split(size):
    with pytest.raises(FormError):
        token.sign(bytes(size), made.SIGNER)
    whole = token.join(token.Parts(made.SIGNER.kid, bytes(64), bytes(size)))
    with pytest.raises(FormError):
        token.split(whole)


@pytest.mark.parametrize("size", [24, 255, 256, 800])
def test_payloads_in_range_survive(size):
    whole = token.sign(b"\x40" * size, made.SIGNER)
    assert cbor2.loads(whole).value[2] == b"\x40" * size == token.split(whole).payload


def test_a_status_list_is_refused_where_a_token_is_wanted_and_the_other_way_round():
    with pytest.raises(FormError):
        token.split(made.status_bytes())
    with pytest.raises(StatusRefused) as refusal:
        status.accept(made.REFERENCE_TOKEN, 1, made.held_trust(), None, made.NOW)
    assert refusal.value.code == "form"
